"""Profiles of everything that exports hold: written bytes, lags, and the series without one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from efssim.json_values import HIDDEN
from efssim.traces.formats.names import LAG_METRIC, NO_WRITES
from efssim.traces.metric import Exports, FileRead, MetricSeries
from efssim.traces.profile.grid import ProfileError
from efssim.traces.profile.lags import LagProfile, profile_of_lag
from efssim.traces.profile.writes import (
    ProfiledWrites,
    WritesProfile,
    described,
    profile_of_records,
    profile_of_series,
)

_LAG_STATISTICS = ("Maximum", "Average", "Minimum", "Sum", None)
"""Statistics of a lag, the one that tells most of its peaks first."""


@dataclass(frozen=True, slots=True)
class TracesSummary:
    """The profiles of all files, as JSON has them."""

    files: tuple[FileRead, ...]
    writes: tuple[WritesProfile, ...]
    lags: tuple[LagProfile, ...]
    without_profile: tuple[str, ...]
    """Series that have no profile, with the reason."""


@dataclass(frozen=True)
class MeasuredTraces:
    """The profiles of all files, with the periods that they are of."""

    files: tuple[FileRead, ...]
    profiled: tuple[ProfiledWrites, ...] = field(metadata=HIDDEN)
    lags: tuple[LagProfile, ...]
    without_profile: tuple[str, ...]
    timezone: str

    @property
    def summarised(self) -> TracesSummary:
        """The profiles alone."""
        writes = tuple(one.profile for one in self.profiled)
        return TracesSummary(self.files, writes, self.lags, self.without_profile)


def measured_traces(
    exports: Exports, *, timezone: str = "UTC", block_bytes: int = 4096
) -> MeasuredTraces:
    """Return the profiles of all series and writes; raise ProfileError where there is none.

    Raise ValueError for an unknown time zone.
    """
    profiled: list[ProfiledWrites] = []
    lags: list[LagProfile] = []
    left: list[str] = []
    for group in _groups(exports.series):
        first = group[0]
        try:
            if first.metric == LAG_METRIC:
                lags.append(profile_of_lag(_most_telling(group)))
            else:
                profiled.append(_of_writes(group, timezone))
        except ProfileError as error:
            left.append(f"{described(first.metric, first.dimensions)}: {error}")
    for records in exports.records:
        try:
            found = profile_of_records(records, timezone=timezone, block_bytes=block_bytes)
            profiled.append(found)
        except ProfileError as error:
            left.append(f"single writes: {error}")
    if not profiled and not lags:
        raise ProfileError("\n".join(left) or "holds no measurement")
    return MeasuredTraces(exports.files, tuple(profiled), tuple(lags), tuple(left), timezone)


def _of_writes(group: Sequence[MetricSeries], timezone: str) -> ProfiledWrites:
    if group[0].metric in NO_WRITES:
        raise ProfileError("is no metric of the bytes of writes")
    total, count = _totals(group)
    said = "Sum" if total is not None and total.statistic == "Sum" else "Average x SampleCount"
    if total is None:
        statistics = ", ".join(str(one.statistic) for one in group)
        raise ProfileError(
            f"has {statistics}, and bytes are needed: export Sum, or Average with SampleCount, "
            "whose product they are"
        )
    if (total.value < 0).any():
        raise ProfileError("has values below 0, which are no bytes written")
    return profile_of_series(total, count, timezone=timezone, statistic=said)


def _totals(group: Sequence[MetricSeries]) -> tuple[MetricSeries | None, MetricSeries | None]:
    """Return bytes and number of writes per period, of the statistics that there are."""
    by_statistic = {one.statistic or "Sum": one for one in group}
    count, average = by_statistic.get("SampleCount"), by_statistic.get("Average")
    if "Sum" in by_statistic:
        return by_statistic["Sum"], count
    if average is None or count is None:
        return None, count
    both, of_average, of_count = np.intersect1d(
        average.time_s, count.time_s, assume_unique=True, return_indices=True
    )
    value = average.value[of_average] * count.value[of_count]
    return replace(average, time_s=both, value=value), count


def _groups(series: Sequence[MetricSeries]) -> Iterator[list[MetricSeries]]:
    """Yield the statistics of each metric together.

    Results of get-metric-data have an Id each; it only tells metrics apart where nothing else does.
    """
    groups: dict[tuple[str | None, tuple[tuple[str, str], ...]], list[MetricSeries]] = {}
    for one in series:
        plain = tuple(pair for pair in one.dimensions if pair[0] != "Id")
        groups.setdefault((one.metric, plain), []).append(one)
    for (_, plain), group in groups.items():
        if len({one.statistic for one in group}) == len(group):
            yield [replace(one, dimensions=plain) for one in group]
        else:
            yield from ([one] for one in group)


def _most_telling(group: Sequence[MetricSeries]) -> MetricSeries:
    by_statistic = {one.statistic: one for one in group}
    chosen = next((s for s in _LAG_STATISTICS if s in by_statistic), group[0].statistic)
    return by_statistic[chosen]
