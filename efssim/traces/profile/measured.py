"""Profiles of everything that exports hold: written bytes, lags, and the series without one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from efssim.json_values import HIDDEN
from efssim.traces.exports import ReadOptions, read_exports
from efssim.traces.formats.names import LAG_METRIC, NO_WRITES
from efssim.traces.formats.totals import written_totals
from efssim.traces.metric import Exports, FileRead, MetricSeries
from efssim.traces.problems import TraceError, TraceErrors
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
    exports: Exports,
    *,
    timezone: str = "UTC",
    block_bytes: int = 4096,
    missing_is_zero: bool = False,
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
                profiled.append(_of_writes(group, timezone, missing_is_zero))
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


def _of_writes(
    group: Sequence[MetricSeries], timezone: str, missing_is_zero: bool
) -> ProfiledWrites:
    name = described(group[0].metric, group[0].dimensions)
    if group[0].metric in NO_WRITES:
        raise ProfileError("is no metric of the bytes of writes")
    try:
        found = written_totals(Exports(tuple(group)), name)
    except TraceErrors as failure:
        raise ProfileError("; ".join(error.message for error in failure.errors)) from None
    return profile_of_series(
        found.series,
        found.count,
        timezone=timezone,
        statistic=found.statistic,
        missing_is_zero=missing_is_zero,
    )


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


def read_profiles(
    files: Sequence[str | Path],
    options: ReadOptions,
    *,
    block_bytes: int = 4096,
    missing_is_zero: bool = False,
) -> MeasuredTraces:
    """Return the profiles of all that files hold, by the clock of the time zone of `options`.

    Raise TraceErrors for what cannot be read, and where there is nothing to profile.
    """
    exports = read_exports(files, options)
    try:
        return measured_traces(
            exports,
            timezone=options.timezone or "UTC",
            block_bytes=block_bytes,
            missing_is_zero=missing_is_zero,
        )
    except ProfileError as error:
        names = ", ".join(file.file for file in exports.files)
        texts = str(error).splitlines()
        raise TraceErrors([TraceError(names, None, text) for text in texts]) from None
