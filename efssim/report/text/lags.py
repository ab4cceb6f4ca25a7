"""The table of lags that reports of a run and of many trials share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from efssim.report.words.lines import short


def lag_table(columns: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """Return the lines of a table: the columns' names, then a title and its cells each."""
    return [_line("lag", columns), *(_line(title, cells) for title, cells in rows)]


def _line(title: str, cells: Sequence[str]) -> str:
    # Six cells of a short duration, and a line is full.
    return f"{title:<26}" + "".join(f"{cell:>9}" for cell in cells)


def half_width(bounds: Sequence[float] | None) -> str:
    """Return half the width of an interval in at most 8 characters."""
    if bounds is None:
        return "-"
    half = (bounds[1] - bounds[0]) / 2
    if half >= 1 or half == 0:
        return short(half)
    return f"{half:.2g} s" if half >= 0.001 else "< 1 ms"
