"""Sentences on profiles of measurements, which text report and page share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from efssim.report.words.lines import counted, percent
from efssim.text.digits import grouped
from efssim.text.quantities import format_byte_rate, format_duration, format_size
from efssim.traces.calendar.local_days import DAY_S
from efssim.traces.profile.grid import Coverage
from efssim.traces.profile.hot_set import HotSetFit
from efssim.traces.profile.lags import LagProfile
from efssim.traces.profile.measured import MeasuredTraces
from efssim.traces.profile.writes import GAPS_MAX, WritesProfile

UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
QUANTILES = ("p50", "p90", "p95", "p99", "max")


def moment(time_s: float | None) -> str:
    """Return seconds since 1970 as a date; a dash for None."""
    if time_s is None:
        return "-"
    return f"{UNIX_EPOCH + timedelta(seconds=time_s):%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def span_text(coverage: Coverage) -> str:
    """Return the time that is covered, in words."""
    length = format_duration(coverage.span_s)
    if coverage.begin_s is None:
        return f"{length}, by a clock of the trace's own"
    return f"{moment(coverage.begin_s)}Z to {moment(coverage.end_s)}Z ({length})"


def gaps_text(coverage: Coverage) -> str:
    """Return periods and gaps as a sentence."""
    if coverage.period_s is None:
        return "Each write is known by itself."
    period, missing = format_duration(coverage.period_s), coverage.missing or 0
    off = ""
    if coverage.off_grid:
        begin = "begins" if coverage.off_grid == 1 else "begin"
        off = f" {counted(coverage.off_grid, 'sample')} {begin} a part of a period later."
    if not missing:
        return f"{counted(coverage.periods or 0, 'period')} of {period}, none missing.{off}"
    gap = format_duration(coverage.longest_gap_s)
    off += " They count as without writes." if coverage.missing_is_zero else ""
    return (
        f"{counted(coverage.periods or 0, 'period')} of {period}, {missing:,} of them "
        f"({percent(coverage.missing_share)}) missing; the longest gap is {gap} from "
        f"{moment(coverage.longest_gap_begin_s)}Z.{off}"
    )


def written_text(profile: WritesProfile) -> str:
    """Return the totals as a sentence."""
    rate = f"{format_size(profile.bytes)} written, {format_byte_rate(profile.mean_bytes_per_s)}"
    if not profile.writes:
        return f"{rate} on average."
    size = format_size(profile.bytes / profile.writes)
    return f"{rate} on average; {grouped(profile.writes)} writes of {size} on average."


def cautions(profile: WritesProfile) -> Iterator[str]:
    """Yield reasons to mistrust a profile, the gravest first."""
    coverage = profile.coverage
    if profile.even_spacing_s is not None:
        apart = format_duration(profile.even_spacing_s)
        yield (
            f"TOTALS? Rows are {apart} apart, as totals of periods are, and were taken for single "
            f'writes: `--period "{apart}"` says that they are totals.'
        )
    if coverage.mixed_period_s is not None and coverage.period_s is not None:
        long, short = map(format_duration, (coverage.mixed_period_s, coverage.period_s))
        yield (
            f"MIXED PERIODS? Many samples are {long} apart among those of {short}. A file of both "
            "is no series of either; CloudWatch keeps minutes for 15 days, and 5 minutes for 63. "
            "Read them one by one."
        )
    if coverage.missing_share > GAPS_MAX and not coverage.missing_is_zero:
        yield (
            f"GAPS: {percent(coverage.missing_share)} of the periods are missing, and nobody knows "
            "what was written in them. If it was nothing, `missing: zero` says so in a scenario, "
            "and `--missing zero` here."
        )
    if coverage.span_s < 7 * DAY_S:
        yield (
            f"SHORT: {format_duration(coverage.span_s)} are covered. Less than 7 days hold no "
            "pattern of the week, and may lack a monthly or weekly job."
        )
    if profile.growth.verdict == "grows":
        yield growth_text(profile)
    elif profile.growth.verdict == "unknown":
        yield "BURSTINESS UNKNOWN: the trace is too short to tell whether it grows with the window."


def growth_text(profile: WritesProfile) -> str:
    """Return how the index of dispersion grows, as a sentence."""
    growth = profile.growth
    if growth.factor is None or growth.from_s is None or growth.to_s is None:
        return "The trace is too short to tell whether burstiness grows with the window."
    short, long = format_duration(growth.from_s), format_duration(growth.to_s)
    factor = grouped(growth.factor, 2)
    if growth.verdict == "grows":
        return (
            f"STILL GROWING: the index of dispersion is {factor} times as large in windows of "
            f"{long} as in those of {short}. Busy times last that long or longer (a long-range "
            "dependence, a daily pattern or a trend), so this trace may not have seen the worst."
        )
    return (
        f"From windows of {short} to those of {long} the index of dispersion changes by a factor "
        f"of {factor}; above {grouped(growth.threshold or 0.0, 2)} it would be said to grow."
    )


def resolution_text(profile: WritesProfile) -> str:
    """Return how much the length of a period hides, as sentences; none for single writes."""
    period_s = profile.coverage.period_s
    if period_s is None:
        return ""
    known = next((one for one in profile.busiest if one.bytes and one.at_most_bytes), None)
    if known is None:
        return (
            f"Nothing is known of the time within a period of {format_duration(period_s)}: all of "
            "its bytes may have come at once."
        )
    assert known.bytes is not None
    assert known.at_most_bytes is not None
    more = known.at_most_bytes / known.bytes - 1
    gaps = " (missing periods count as 0)" if profile.coverage.missing else ""
    return (
        f"Nothing is known of the time within a period of {format_duration(period_s)}: all of its "
        "bytes may have come at once. So `at most` bounds what any window of a length holds, "
        f"wherever it begins: for the {known.window}, {percent(max(0.0, round(more, 3)))} more "
        f"than its whole periods{gaps}. A run spreads them evenly."
    )


def hot_set_text(fit: HotSetFit) -> str:
    """Return the hot set that is offered, or why none is, as a sentence."""
    if not fit.is_offered:
        return f"No hot set is offered: {fit.reason}."
    return (
        f"A hot set of {format_size(fit.size_bytes)} in blocks of {format_size(fit.block_bytes)} "
        f"that takes {percent(fit.share)} of the writes has these unique bytes within "
        f"{percent(round(fit.largest_error, 3))}: `hot_set: {hot_set_yaml(fit)}`."
    )


def hot_set_yaml(fit: HotSetFit) -> str:
    """Return a hot set as a scenario has it."""
    share = f"{100 * fit.share:.1f}".removesuffix(".0")
    return f"{{size: {fit.size_bytes} B, block: {fit.block_bytes} B, share: {share} %}}"


def lag_text(lag: LagProfile) -> str:
    """Return the samples of a lag as sentences."""
    values = (lag.p50_s, lag.p90_s, lag.p95_s, lag.p99_s, lag.max_s)
    quantiles = ", ".join(
        f"{name} {format_duration(value)}" for name, value in zip(QUANTILES, values, strict=True)
    )
    return (
        f"{counted(lag.samples, 'sample')}: {quantiles} at {moment(lag.max_at_s)}Z. A sample is no "
        "peak: the age falls right after it was largest. `efssim calibrate --lag` reads this "
        "series, and fits the times of syncs to it."
    )


def file_notes(found: MeasuredTraces) -> Iterator[str]:
    """Yield a sentence for everything that readers noted, and for series without a profile."""
    for file in found.files:
        notes = "; ".join((*file.notes, *(f"assumed: {key}" for key in file.assumed)))
        yield f"{file.file}: {file.format}{f'; {notes}' if notes else ''}."
    for reason in found.without_profile:
        yield f"No profile of {reason}."
