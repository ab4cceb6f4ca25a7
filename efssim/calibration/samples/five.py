"""Five ages from their least, mean and largest, where only one course of the lag has these.

Between two minutes an age grows by 60 s, or a sync shows and it falls. So five minutes are the last
age before them and the fall at each minute; with at most two minutes that show a sync, the three
statistics leave finitely many courses. All of them are carried on, and those that a later minute
contradicts are dropped. Minutes are taken for decoded only where a single course is left. A sync
for each of three minutes out of five is not looked for: it takes an interval below five minutes,
of which five-minute statistics show nothing that is proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from efssim.calibration.data import Floats, LagSamples
from efssim.calibration.refusal import CannotFitError
from efssim.calibration.samples.ages import MINUTE_S, Ages, ages_of
from efssim.errors import EfssimError

FIVE_S = 5 * MINUTE_S
NEAR_S = 2e-3
"""Error of statistics that are rounded to a millisecond; assumed."""
LEAST_FALL_S = 2.0
"""Least time between the cuts of two syncs that show in different minutes; assumed."""
MOST_COURSES = 16
"""Courses that are carried on; with more, the minutes count as undecoded; assumed."""
LEAST_SHARE = 0.8
"""Share of periods that have to decode; with less those that do are the long syncs of catch-ups,
and the usual ones stay unseen. Assumed."""
_PATTERNS = tuple(pattern for size in (1, 2) for pattern in combinations(range(1, 6), size))
"""Minutes (1 to 5) that first show a sync."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Least, total and largest age of five minutes."""

    least: float
    total: float
    largest: float

    def fits(self, ages: tuple[float, ...]) -> bool:
        """Return whether five ages have these statistics."""
        return (
            abs(min(ages) - self.least) <= NEAR_S
            and abs(max(ages) - self.largest) <= NEAR_S
            and abs(sum(ages) - self.total) <= 5 * NEAR_S
        )


@dataclass(frozen=True, slots=True)
class Course:
    """Five ages, and the course before them; None at the begin."""

    ages: tuple[float, ...]
    before: Course | None


class AmbiguousError(EfssimError):
    """Infinitely many courses have the same statistics."""


def decoded_ages(lag: LagSamples) -> tuple[Ages, NDArray[np.bool_]]:
    """Return the ages of the minutes that decode, and which of them follow undecoded ones.

    Raise CannotFitError where most do not.
    """
    whole = np.isfinite(lag.least) & np.isfinite(lag.mean) & np.isfinite(lag.largest)
    if not whole.any():
        raise CannotFitError(
            "samples of five minutes need the statistics Minimum, Average and Maximum together"
        )
    time_s = lag.time_s[whole]
    least, total, largest = lag.least[whole], 5 * lag.mean[whole], lag.largest[whole]
    statistics = [Statistics(*one) for one in zip(least, total, largest, strict=True)]
    follows = np.diff(time_s, prepend=-np.inf) <= 1.5 * FIVE_S
    minutes, decoded = _decoded(statistics, follows.tolist())
    if decoded.mean() < LEAST_SHARE:
        raise CannotFitError(
            f"only {100 * decoded.mean():.0f} % of the five-minute samples have a single course "
            "of the lag: cycles are too short for them, export the lag at 60 s"
        )
    offsets_s = np.arange(5) * MINUTE_S
    at_s = (time_s[decoded][:, None] + offsets_s).ravel()
    ages = ages_of(at_s, minutes[decoded].ravel(), MINUTE_S)
    return ages, np.diff(ages.time_s, prepend=-np.inf) > 1.5 * MINUTE_S


def _decoded(statistics: list[Statistics], follows: list[bool]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return five ages for each period, and which periods have a single course."""
    ages = np.full((len(statistics), 5), np.nan)
    alive: list[Course] = []
    for at, one in enumerate(statistics):
        if not follows[at]:
            alive = _settled(ages, at, alive)
        grown = _continued(alive, one)
        if not grown:
            _settled(ages, at, alive)
            last = at + 1 == len(statistics) or not follows[at + 1]
            grown = _begun(one, None if last else statistics[at + 1])
        alive = grown
        if len(alive) == 1:
            _shared(ages, at, alive)
            alive = [Course(alive[0].ages, None)]
    _settled(ages, len(statistics), alive)
    return ages, np.isfinite(ages).all(axis=1)


def _shared(ages: Floats, at: int, alive: list[Course]) -> None:
    """Write down the course that is left, up to a period."""
    course: Course | None = alive[0]
    while course is not None:
        ages[at] = course.ages
        course, at = course.before, at - 1


def _settled(ages: Floats, end: int, alive: list[Course]) -> list[Course]:
    """Write down what the courses that are left before a period have in common."""
    heads = alive
    at = end - 1
    while heads and heads[0] is not None:
        if len({one.ages for one in heads}) == 1:
            ages[at] = heads[0].ages
        if len({id(one) for one in heads}) == 1:
            _shared(ages, at, heads[:1])
            break
        heads = [one.before for one in heads if one.before is not None]
        at -= 1
    return []


def _begun(one: Statistics, following: Statistics | None) -> list[Course]:
    """Return the course of a period in which no sync shows, which needs nothing before it.

    Syncs 300 s apart give the same statistics wherever they show, so the period after it has to
    follow from it with no sync, or with one that is not 300 s after the one before.
    """
    ages = tuple(one.least + k * MINUTE_S for k in range(5))
    if following is None or not one.fits(ages):
        return []
    grown = tuple(ages[-1] + k * MINUTE_S for k in range(1, 6))
    if following.fits(grown):
        return [Course(ages, None)]
    fall_s = sum(grown) - following.total
    for minute in range(1, 6):
        falls = (fall_s / (6 - minute),)
        is_telling = falls[0] >= LEAST_FALL_S and abs(falls[0] - FIVE_S) > 1.0
        if is_telling and following.fits(_after(grown, (minute,), falls)):
            return [Course(ages, None)]
    return []


def _continued(alive: list[Course], one: Statistics) -> list[Course]:
    """Return the courses that go on with a period; none if they are too many to tell."""
    found: list[Course] = []
    try:
        for course in alive:
            found += [Course(ages, course) for ages in courses(course.ages[-1], one)]
    except AmbiguousError:
        return []
    return found if len(found) <= MOST_COURSES else []


def courses(last_s: float, one: Statistics) -> list[tuple[float, ...]]:
    """Return all courses of five minutes after an age that have some statistics.

    Raise AmbiguousError where they are infinitely many.
    """
    grown = tuple(last_s + k * MINUTE_S for k in range(1, 6))
    if one.fits(grown):
        return [grown]  # a fall would make the last age smaller than the largest
    found: list[tuple[float, ...]] = []
    fall_s = sum(grown) - one.total
    for pattern in _PATTERNS:
        for falls in _falls(grown, pattern, fall_s, one):
            if min(falls) < LEAST_FALL_S or not _has_ends(grown, pattern, falls, one):
                continue
            ages = _after(grown, pattern, falls)
            if min(ages) < -NEAR_S or not one.fits(ages):
                continue
            if all(max(abs(a - b) for a, b in zip(ages, old, strict=True)) > 1e-2 for old in found):
                found.append(ages)
    return found


def _has_ends(
    grown: tuple[float, ...], pattern: tuple[int, ...], falls: tuple[float, ...], one: Statistics
) -> bool:
    """Return whether the least and the largest age fit; ages only grow between falls."""
    first, fallen = pattern[0], falls[0]
    least = grown[first - 1] - fallen
    largest = -np.inf
    if first > 1:
        least, largest = min(least, grown[0]), grown[first - 2]
    if len(pattern) == 2:
        second = pattern[1]
        largest = max(largest, grown[second - 2] - fallen)
        fallen += falls[1]
        least = min(least, grown[second - 1] - fallen)
    largest = max(largest, grown[4] - fallen)
    return abs(least - one.least) <= NEAR_S and abs(largest - one.largest) <= NEAR_S


def _after(
    grown: tuple[float, ...], pattern: tuple[int, ...], falls: tuple[float, ...]
) -> tuple[float, ...]:
    """Return the ages with the falls at the minutes of a pattern."""
    return tuple(
        age - sum(fall for at, fall in zip(pattern, falls, strict=True) if at <= minute)
        for minute, age in enumerate(grown, 1)
    )


def _falls(
    grown: tuple[float, ...], pattern: tuple[int, ...], fall_s: float, one: Statistics
) -> Iterator[tuple[float, ...]]:
    """Yield the falls that give the total and, if there are two, the least or the largest age."""
    if len(pattern) == 1:
        yield (fall_s / (6 - pattern[0]),)
        return
    first, second = pattern
    head, tail = 6 - first, 6 - second
    if first > 1 and abs(grown[0] - one.least) <= NEAR_S:
        _check_free(grown, pattern, fall_s, one)
    # The age after the first fall is the least or, before the second, the largest.
    for fall in (grown[first - 1] - one.least, grown[second - 2] - one.largest):
        yield fall, (fall_s - head * fall) / tail
    # The age after both falls is the least or, at the end, the largest.
    for both in (grown[second - 1] - one.least, grown[4] - one.largest):
        rest = fall_s - tail * both
        if head > tail:
            yield rest / (head - tail), both - rest / (head - tail)


def _check_free(
    grown: tuple[float, ...], pattern: tuple[int, ...], fall_s: float, one: Statistics
) -> None:
    """Raise AmbiguousError where ages before the first fall are the least and the largest.

    Then the falls may be any whose ages lie between.
    """
    first, second = pattern
    if abs(grown[first - 2] - one.largest) > NEAR_S:
        return
    head, tail = 6 - first, 6 - second
    low = max(LEAST_FALL_S, grown[second - 2] - one.largest)
    high = min(grown[first - 1] - one.least, (fall_s - tail * LEAST_FALL_S) / head)
    if high - low > 2 * NEAR_S:
        middle = (low + high) / 2
        ages = _after(grown, pattern, (middle, (fall_s - head * middle) / tail))
        if one.fits(ages):
            raise AmbiguousError
