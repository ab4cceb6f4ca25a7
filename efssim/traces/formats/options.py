"""How to read exports where they do not say themselves what they hold."""

from __future__ import annotations

from dataclasses import dataclass

STATISTICS = ("Sum", "Average", "Minimum", "Maximum", "SampleCount")
"""Statistics of CloudWatch that series have; percentiles are none of them."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Settings of a reader; None: as the file says it."""

    timezone: str | None = None
    """IANA name, such as `Europe/Berlin`, of local times: of a console, a panel, or sysstat."""
    statistic: str | None = None
    """One of `STATISTICS`, of series that do not say theirs."""
    period_s: float | None = None
    """Length of a period: of series that do not say it, and of tables, whose rows are single
    writes without it."""
    metric: str | None = None
    """Name of the series to keep where a file has several, or of one that has no name."""
    where: tuple[tuple[str, str], ...] = ()
    """Dimensions, such as FileSystemId, device or volume, and the value that is kept."""
    time: str | None = None
    """Column of the time in a table."""
    value: str | None = None
    """Column of the values in a table."""
