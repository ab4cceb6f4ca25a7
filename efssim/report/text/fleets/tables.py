"""The tables of many replications: how their numbers spread, and the worst of them."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.report.verdicts.fleets import (
    IN_WORST,
    NUMBERS,
    Member,
    Spread,
    shown,
    spreads,
    worst,
)
from efssim.report.words.lines import aligned, cut, padded

_TITLE, _CELL = 35, 11
_NAME = 18
"""Columns of a name in the table of the worst."""
SPREAD_HEAD = ("min", "p50", "p95", "max")
WORST_HEAD = ("replication", "RPO", "attainment", "mean age", "p99", "worst age", "exp. loss")


def spread_rows(members: Sequence[Member]) -> list[tuple[str, ...]]:
    """Return a row for each number: its title and how it spreads over replications."""
    found = spreads(members)
    return [
        (_title(title, found[title], len(members)), *_cells(title, found)) for title, _ in NUMBERS
    ]


def _title(title: str, spread: Spread, members: int) -> str:
    return title if spread.count == members else f"{title} ({spread.count:,} have it)"


def _cells(title: str, found: dict[str, Spread]) -> tuple[str, ...]:
    spread = found[title]
    values = (spread.least, spread.p50, spread.p95, spread.most)
    return tuple(shown(title, value) for value in values)


def spread_lines(members: Sequence[Member]) -> list[str]:
    """Return the lines of the table of numbers over replications."""
    rows = [(f"over {len(members):,} replications", *SPREAD_HEAD), *spread_rows(members)]
    return [_line(title, cells) for title, *cells in rows]


def _line(title: str, cells: Sequence[str]) -> str:
    return padded(cut(title, _TITLE), _TITLE) + "".join(f"{cell:>{_CELL}}" for cell in cells)


def worst_rows(members: Sequence[Member]) -> list[tuple[str, ...]]:
    """Return a row for each of the worst: name, verdict and numbers."""
    return [
        (one.name, one.word, *(shown(title, one.numbers[title]) for title in IN_WORST))
        for one in worst(members)
    ]


def worst_lines(members: Sequence[Member]) -> list[str]:
    """Return the lines of the table of the worst."""
    rows = [(cut(name, _NAME), *cells) for name, *cells in worst_rows(members)]
    return [f"The {len(rows)} with the least attainment:", *aligned([WORST_HEAD, *rows])]
