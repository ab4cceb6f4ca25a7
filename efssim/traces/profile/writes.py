"""The profile of written bytes: everything that one series, or one trace of writes, shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.traces.metric import Floats, MetricSeries, WriteRecords
from efssim.traces.profile.busiest import BusiestWindow, busiest_of_grid, busiest_of_records
from efssim.traces.profile.dispersion import Dispersion, DispersionGrowth, dispersions, growth_of
from efssim.traces.profile.grid import (
    Coverage,
    WriteGrid,
    grid_of_records,
    grid_of_series,
)
from efssim.traces.profile.hot_set import HotSetFit, fitted_hot_set
from efssim.traces.profile.hours import ClockProfile, clock_profile
from efssim.traces.profile.unique import UniqueBytes, unique_bytes
from efssim.traces.quality import each_once, spacing_s

GAPS_MAX = 0.05
"""Share of the periods that are missing above which a profile is said to have gaps; assumed, as
that above which a trace is too thin for `--check`."""

EVEN_LEAST, EVEN_ROWS = 0.9, 20
"""Share of equal distances, and times at least, from which single writes look like totals;
assumed."""


@dataclass(frozen=True, slots=True)
class WritesProfile:
    """The load that measurements of written bytes show."""

    name: str
    """Metric and dimensions, or volumes, in words."""
    statistic: str
    """Statistic that was read: `Sum`, `Average x SampleCount`, or `each write`."""
    coverage: Coverage
    bytes: float
    """Of all periods that were measured."""
    writes: float | None
    """None where their number is not known."""
    mean_bytes_per_s: float
    """Over the periods that were measured."""
    busiest: tuple[BusiestWindow, ...]
    dispersion: tuple[Dispersion, ...]
    growth: DispersionGrowth
    clock: ClockProfile
    unique: UniqueBytes | None
    unique_reason: str | None
    """Why unique bytes are not known."""
    hot_set: HotSetFit | None
    even_spacing_s: float | None
    """Distance of most single writes, where they look like totals of periods; None: they do not."""


@dataclass(frozen=True, slots=True, eq=False)
class ProfiledWrites:
    """A profile with the periods that it is of, for figures."""

    profile: WritesProfile
    grid: WriteGrid


def profile_of_series(
    total: MetricSeries,
    count: MetricSeries | None = None,
    *,
    timezone: str = "UTC",
    statistic: str = "Sum",
    missing_is_zero: bool = False,
) -> ProfiledWrites:
    """Return the profile of totals per period; `count` has the number of writes of each.

    `missing_is_zero` says that nothing was written in missing periods.
    Raise ProfileError for a series of which none can be made, ValueError for an unknown time zone.
    """
    grid = grid_of_series(total, count, missing_is_zero=missing_is_zero)
    name = described(total.metric, total.dimensions)
    unknown = (None, "offsets are not known", None)
    return _profiled(name, statistic, grid, busiest_of_grid(grid), timezone, unknown, None)


def profile_of_records(
    records: WriteRecords, *, timezone: str = "UTC", block_bytes: int = 4096
) -> ProfiledWrites:
    """Return the profile of single writes, with unique bytes by blocks where offsets are known.

    Raise ProfileError for fewer than two writes, ValueError for an unknown time zone.
    """
    grid = grid_of_records(records)
    found = unique_bytes(records, block_bytes)
    unknown: tuple[UniqueBytes | None, str | None, HotSetFit | None]
    if isinstance(found, str):
        unknown = (None, found, None)
    else:
        unknown = (found, None, fitted_hot_set(records, found))
    volumes = len(records.volumes) or 1
    name = f"writes of {volumes:,} volume{'s' * (volumes != 1)}"
    if volumes == 1 and records.volumes:
        name = f"writes of volume {records.volumes[0]}"
    busiest = busiest_of_records(records)
    even_s = even_spacing(records.time_s)
    return _profiled(name, "each write", grid, busiest, timezone, unknown, even_s)


def _profiled(
    name: str,
    statistic: str,
    grid: WriteGrid,
    busiest: tuple[BusiestWindow, ...],
    timezone: str,
    places: tuple[UniqueBytes | None, str | None, HotSetFit | None],
    even_spacing_s: float | None,
) -> ProfiledWrites:
    found = dispersions(grid)
    measured_s = grid.period_s * int(grid.present.sum())
    if grid.coverage.period_s is None:
        measured_s = grid.coverage.span_s
    total = float(grid.bytes.sum())
    unique, reason, hot_set = places
    profile = WritesProfile(
        name=name,
        statistic=statistic,
        coverage=grid.coverage,
        bytes=total,
        writes=None if grid.writes is None else float(grid.writes.sum()),
        mean_bytes_per_s=total / measured_s,
        busiest=busiest,
        dispersion=found,
        growth=growth_of(found),
        clock=clock_profile(grid, timezone),
        unique=unique,
        unique_reason=reason,
        hot_set=hot_set,
        even_spacing_s=even_spacing_s,
    )
    return ProfiledWrites(profile, grid)


def even_spacing(time_s: Floats) -> float | None:
    """Return the distance of times, a second or more, if most have it; None: they do not.

    Single writes do not come like this; rows of totals do.
    """
    distinct = each_once(time_s)
    common = spacing_s(distinct)
    if common is None or common < 1.0 or len(distinct) < EVEN_ROWS:
        return None
    share = np.count_nonzero(np.abs(np.diff(distinct) - common) < 1e-6) / (len(distinct) - 1)
    return common if share >= EVEN_LEAST else None


def described(metric: str | None, dimensions: tuple[tuple[str, str], ...]) -> str:
    """Return a series in words: its metric, and the values of its dimensions."""
    values = ", ".join(f"{name} {value}" for name, value in dimensions)
    return f"{metric or 'bytes written'}{f' ({values})' if values else ''}"
