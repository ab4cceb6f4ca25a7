"""Parameters with their intervals, how well they are identified, and why they are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.calibration.data import FittedParameter, Identified, ParameterName
from efssim.calibration.estimate.estimate import Bounded, DurationEstimate
from efssim.calibration.rows.gap import GapBounds
from efssim.calibration.rows.interval import CutInterval
from efssim.calibration.rows.rows import Flags, Rows

RATIO, ROUGH_RATIO, SHARE = 1.25, 2.0, 0.05
"""Bounds of `identified`: high over low, and width over the median duration of a sync."""
FEW, OTHERS = 5, 0.1
"""Disturbed waits, and their share of the late syncs, up to which they are rare; assumed."""
LATE = 3
"""Late syncs that have to agree on a gap: one may be a short outage; assumed."""
BEND, BEND_SHARE = 5.0, 0.02
"""Standard errors, and share of the median duration, from which a bend is one; assumed."""
STRAYS = 0.02
"""Share of syncs that no fixed time and rate explain beyond which none is believed; assumed."""
EVEN = 0.3
"""Spread of the bytes of syncs over their median below which writes are even; assumed."""


@dataclass(frozen=True, slots=True)
class Found:
    """All that parameters are judged by."""

    rows: Rows
    used: Flags
    interval: CutInterval | None
    gap: GapBounds
    estimate: DurationEstimate
    has_writes: bool
    resolution_s: float
    period_s: float

    @property
    def late(self) -> int:
        """Return the number of late syncs that tell the gap."""
        return int((self.gap.is_telling & ~self.estimate.is_stray).sum())

    @property
    def is_unwritten(self) -> bool:
        """Return whether no sync that takes part has any bytes."""
        return not np.nanmax(self.rows.middle_bytes[self.used], initial=0.0)

    @property
    def is_bent(self) -> bool:
        """Return whether durations surely do not grow in proportion to the bytes."""
        bend = self.estimate.bend
        is_far = bend.off_s > BEND_SHARE * self.estimate.median_s
        return self.has_writes and abs(bend.errors) > BEND and is_far

    @property
    def stray_share(self) -> float:
        """Return the share of the syncs that nothing explains, disturbed ones left out."""
        strange = self.estimate.is_stray & self.used & ~self.gap.is_disturbed
        return float(strange.sum() / max(int(self.used.sum()), 1))


def parameters(found: Found) -> tuple[FittedParameter, ...]:
    """Return interval, gap, fixed time and throughput with what is known of each."""
    made = _interval(found), _gap(found), _setup(found), _throughput(found)
    return tuple(_plain(one) for one in made)


def _plain(one: FittedParameter) -> FittedParameter:
    """Return a parameter whose numbers are Python's, as files have them, and not NumPy's."""
    value, high = (None if number is None else float(number) for number in (one.value, one.high))
    return FittedParameter(one.name, value, float(one.low), high, one.identified, one.reason)


def unknown(reason: str) -> tuple[FittedParameter, ...]:
    """Return the parameters of which nothing is known."""
    names: tuple[ParameterName, ...] = ("interval", "gap", "setup", "throughput")
    return tuple(FittedParameter(name, None, 0.0, None, Identified.NO, reason) for name in names)


def _judged(
    name: ParameterName, one: Bounded, high: float | None, median_s: float, reason: str
) -> FittedParameter:
    """Return a parameter by the width of its interval; a rate has no width in seconds."""
    known = Identified.NO
    is_rate = name == "throughput"
    if high is not None:
        ratio = high / one.low if one.low > 0 else np.inf
        if ratio <= RATIO or (not is_rate and high - one.low <= SHARE * median_s):
            known = Identified.YES
        elif ratio <= ROUGH_RATIO:
            known = Identified.ROUGHLY
    why = None if known is Identified.YES else reason
    return FittedParameter(name, one.value, one.low, high, known, why)


def _interval(found: Found) -> FittedParameter:
    interval = found.interval
    if interval is None:
        sure = found.rows.is_late
        high = float(found.rows.spacing_s[sure].min(initial=np.inf))
        reason = "every sync is late, so the interval is at most the least time between cuts"
        return FittedParameter(
            "interval", None, 0.0, high if np.isfinite(high) else None, Identified.NO, reason
        )
    if not _is_paced(found, interval):
        reason = (
            "cuts are equally far apart, but so they are if each follows the completion before it, "
            "as no sync is seen to take longer than another"
        )
        return FittedParameter(
            "interval", interval.value_s, 0.0, interval.high_s, Identified.NO, reason
        )
    one = Bounded(interval.value_s, interval.low_s, interval.high_s)
    reason = "too few cuts are on time to tell it better"
    return _judged("interval", one, one.high, found.estimate.median_s, reason)


def _is_paced(found: Found, interval: CutInterval) -> bool:
    """Return whether equal spacings go with different durations.

    With a gap alone the spacings would differ as the durations do.
    """
    rows = found.rows
    paced = rows.is_paced & found.used & ~found.estimate.is_stray
    if not paced.any():
        return False
    slack_s = 2 * found.resolution_s + interval.tolerance_s
    if rows.low_s[paced].max() > rows.high_s[paced].min() + slack_s:
        return True
    if not found.has_writes:
        return False
    size = rows.middle_bytes[paced]
    spread = float(np.quantile(size, 0.95) - np.quantile(size, 0.05))
    noise = float(np.median(np.sqrt(rows.variance[paced])))
    rest_s = rows.spacing_s[paced] % interval.value_s
    off_s = float(np.quantile(np.minimum(rest_s, interval.value_s - rest_s), 0.95))
    return bool(
        found.estimate.slope.low * max(spread - 3 * noise, 0.0)
        > 10 * max(off_s, found.resolution_s, 1e-9)
    )


def _gap(found: Found) -> FittedParameter:
    gap, estimate = found.gap, found.estimate
    if found.late < LATE:
        some = "no sync is late" if not found.late else f"only {found.late} syncs are late"
        reason = f"{some}, so the gap has an upper bound only"
        reason = _varying(found) or reason
        high = gap.high_s if np.isfinite(gap.high_s) else None
        return FittedParameter("gap", None, 0.0, high, Identified.NO, reason)
    reason = "late syncs are too few, or completions too seldom sampled"
    one = _judged("gap", estimate.gap_s, estimate.gap_s.high, estimate.median_s, reason)
    varying = _varying(found)
    if varying is not None:
        return FittedParameter("gap", one.value, 0.0, one.high, Identified.NO, varying)
    return _doubted(one, found)


def _varying(found: Found) -> str | None:
    """Return why waits do not tell one gap; None if nearly all of them have it."""
    waiting = int(found.gap.is_disturbed.sum())
    if waiting <= max(FEW, OTHERS * found.late):
        return None
    return (
        f"{waiting} syncs came later than the other {found.late} late ones explain: the gap "
        "varies, or disturbances are many"
    )


def _setup(found: Found) -> FittedParameter:
    setup = found.estimate.setup_s
    if not found.has_writes:
        reason = "without the writes it cannot be told from the time that bytes take"
        return FittedParameter("setup", setup.value, 0.0, setup.high, Identified.NO, reason)
    if found.is_unwritten:
        reason = "nothing was written, so what bytes take is in it"
        return FittedParameter("setup", setup.value, 0.0, setup.high, Identified.NO, reason)
    one = _judged("setup", setup, setup.high, found.estimate.median_s, _why(found))
    return _doubted(one, found)


def _throughput(found: Found) -> FittedParameter:
    slope = found.estimate.slope
    if not found.has_writes:
        reason = "no writes are given"
        return FittedParameter("throughput", None, 0.0, None, Identified.NO, reason)
    if found.is_unwritten or slope.high <= 0:
        reason = "nothing was written"
        return FittedParameter("throughput", None, 0.0, None, Identified.NO, reason)
    # A slope that is 0 for all that is seen is no limit.
    high = 1 / slope.low if slope.low > 0.01 * slope.high else None
    value = 1 / slope.value if slope.value > 0.01 * slope.high else None
    one = Bounded(0.0 if value is None else value, 1 / slope.high, 0.0 if high is None else high)
    judged = _judged("throughput", one, high, found.estimate.median_s, _why(found))
    if value is None:
        judged = FittedParameter("throughput", None, one.low, high, Identified.NO, _why(found))
    return _doubted(judged, found)


def _doubted(parameter: FittedParameter, found: Found) -> FittedParameter:
    """Return a parameter as not identified where syncs do not follow the model."""
    reason = _doubt(found)
    if reason is None:
        return parameter
    return FittedParameter(
        parameter.name, parameter.value, parameter.low, parameter.high, Identified.NO, reason
    )


def _doubt(found: Found) -> str | None:
    """Return why syncs do not follow the model; None if they do."""
    if found.is_bent:
        return (
            "durations do not grow in proportion to the bytes written: overwrites may be sent "
            "once, or the rate may vary"
        )
    if found.stray_share <= STRAYS:
        return None
    return (
        f"{100 * found.stray_share:.0f} % of the syncs take a time that no fixed time with one "
        "throughput explains"
    )


def _why(found: Found) -> str:
    """Return why fixed time and throughput are not told apart."""
    rows, estimate = found.rows, found.estimate
    size = rows.middle_bytes[found.used]
    low, middle, high = np.quantile(size, (0.02, 0.5, 0.98))
    if middle > 0 and high - low < EVEN * middle:
        spread = 100 * (high - low) / middle
        return (
            f"writes are too even: the bytes of most syncs lie within {spread:.0f} % of their "
            "median, so a fixed time and a transfer time look alike"
        )
    if estimate.slope.value * (high - low) < found.period_s:
        return (
            f"transfers take {estimate.slope.value * (high - low):.2g} s more or less, little "
            f"beside the {found.period_s:.0f} s between samples"
        )
    return "the syncs whose durations differ are too few to tell a fixed time from a transfer time"
