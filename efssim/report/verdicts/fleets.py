"""Many replications summed up: how many meet the RPO, which do not, and how their numbers spread.

Nothing is left out in silence: each replication has one verdict and is counted under it, and those
that are not met, or of which nothing is known, are named first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from efssim.report.verdicts.run import goal
from efssim.report.verdicts.words import WRITTEN, Kind
from efssim.report.words.lines import percent, short
from efssim.scenario.schema import Rpo
from efssim.text.quantities import format_size
from efssim.text.quoting import listed

MOST = 10
"""Replications that reports show one by one; more are summed up (chosen: each takes 20 lines)."""
WORST = 10
"""Replications of a fleet that are shown by themselves: those with the least attainment."""
SECTIONS = 6
"""How many replications have a section of their own: of more, those with the least attainment."""
_NAMED = 5
"""Names that a sentence has at most."""
_ORDER: tuple[Kind, ...] = ("missed", "open", "once", "met")
"""Verdicts, the worst first."""

Numbers = Mapping[str, float | None]
"""Numbers of a replication by the titles of `NUMBERS`; None: it has none."""


@dataclass(frozen=True, slots=True)
class Member:
    """A replication among many: of a run, or over trials."""

    name: str
    kind: Kind
    word: str
    """The words of its verdict."""
    numbers: Numbers
    warnings: Collection[str] = ()
    """Warnings that hold for it, in the words that reports have for them."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number differs from replication to replication, over those that have it."""

    count: int
    """How many have it."""
    least: float | None
    p50: float | None
    p95: float | None
    most: float | None


ATTAINMENT, MAX_AGE = "attainment", "worst age"
NUMBERS: tuple[tuple[str, str], ...] = (
    (ATTAINMENT, "share"),
    ("time above the target", "seconds"),
    ("mean age", "seconds"),
    ("p99 of the age", "seconds"),
    (MAX_AGE, "seconds"),
    ("p99 of the write lag", "seconds"),
    ("expected loss", "bytes"),
    ("worst loss", "bytes"),
    ("worst loss in time", "seconds"),
    ("syncs completed", "count"),
    ("mean duration of a sync", "seconds"),
    ("utilisation", "share"),
)
"""Titles of the numbers of a replication, and what they are."""
IN_WORST = (ATTAINMENT, "mean age", "p99 of the age", MAX_AGE, "expected loss")
"""Those of a table of the worst."""


def are_many(names: Collection[str]) -> bool:
    """Return whether replications are summed up, and not reported one by one."""
    return len(names) > MOST


def shown(title: str, value: float | None) -> str:
    """Return a number of a replication in few letters."""
    if value is None:
        return "-"
    kind = dict(NUMBERS)[title]
    if kind == "share":
        return percent(value)
    if kind == "seconds":
        return short(value)
    return format_size(value) if kind == "bytes" else f"{value:,.6g}"


def worst(members: Sequence[Member], most: int = WORST) -> list[Member]:
    """Return the members with the least attainment, the worst first; without one comes before.

    Of equal ones, those with the worst age, and then in the order of the scenario.
    """

    def rank(member: Member) -> tuple[int, float, float]:
        attained, age_s = member.numbers[ATTAINMENT], member.numbers[MAX_AGE]
        held = member.kind in ("met", "once")
        return held, -1.0 if attained is None else attained, -(age_s or 0.0)

    return sorted(members, key=rank)[:most]


def least_attained(attainments: Mapping[str, float | None]) -> list[str]:
    """Return the replications with a section, in their order, from the attainment of each."""

    def attainment(name: str) -> float:
        found = attainments[name]
        return -1.0 if found is None else found

    chosen = set(sorted(attainments, key=attainment)[:SECTIONS])
    return [name for name in attainments if name in chosen]


def worst_in_order(members: Sequence[Member]) -> list[str]:
    """Return the names of the worst that have a section, in the order of the members."""
    chosen = {member.name for member in worst(members, SECTIONS)}
    return [member.name for member in members if member.name in chosen]


def spreads(members: Sequence[Member]) -> dict[str, Spread]:
    """Return the spread of each number over members, by its title."""
    return {title: _spread([one.numbers[title] for one in members]) for title, _ in NUMBERS}


def _spread(values: Sequence[float | None]) -> Spread:
    known = sorted(value for value in values if value is not None)
    if not known:
        return Spread(0, None, None, None, None)
    # The smallest value with at least this share of the replications at or below it.
    p50, p95 = (known[-(-len(known) * share // 100) - 1] for share in (50, 95))
    return Spread(len(known), known[0], p50, p95, known[-1])


def worst_kind(kinds: Collection[Kind]) -> Kind:
    """Return the worst of verdicts; not known without any."""
    return next((kind for kind in _ORDER if kind in kinds), "open")


def verdict_of_fleet(
    members: Sequence[Member], rpo: Rpo, names: Mapping[Kind, str], *, is_uncertain: bool = False
) -> str:
    """Return how many of many replications meet the RPO, the worst verdict first.

    `names` are the words of verdicts; `is_uncertain`: some parameters are not known, so that the
    RPO is met with the values written only.
    """
    counts = {kind: sum(one.kind == kind for one in members) for kind in _ORDER}
    written = f" {WRITTEN}" if is_uncertain else ""
    asked, total = goal(rpo.target, rpo.attainment), f"{len(members):,}"
    found = [
        (f"{names[kind]}{written if kind in ('met', 'once') else ''}", count)
        for kind, count in counts.items()
        if count
    ]
    word, count = found[0]
    if len(found) == 1:
        return f"RPO {word}: all {total} replications ({asked})."
    rest = ", ".join(f"{count:,} {word}" for word, count in found[1:])
    return f"RPO {word}: {count:,} of {total} replications ({asked}); {rest}."


def named_by_verdict(members: Sequence[Member], names: Mapping[Kind, str]) -> Iterator[str]:
    """Yield a sentence with the names of those that do not meet the RPO throughout."""
    for kind in _ORDER[:-1]:
        found = [one for one in members if one.kind == kind]
        if found:
            yield f"{names[kind]}: {_names(found)}."


def named_by_warning(members: Sequence[Member]) -> Iterator[str]:
    """Yield a sentence with the names of those for which a warning holds."""
    by_warning: dict[str, list[Member]] = {}
    for one in members:
        for warning in one.warnings:
            by_warning.setdefault(warning, []).append(one)
    for warning, found in by_warning.items():
        yield f"{warning}: {len(found):,} of {len(members):,}: {_names(found)}."


def _names(members: Sequence[Member]) -> str:
    return listed((one.name for one in worst(members, len(members))), most=_NAMED)
