"""Profiles of measurements on a terminal: 80 columns, what was read, then what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from efssim.json_values import to_json
from efssim.report.facts.profiles import (
    UNIX_EPOCH,
    WEEKDAYS,
    cautions,
    file_notes,
    gaps_text,
    growth_text,
    hot_set_text,
    lag_text,
    moment,
    resolution_text,
    span_text,
    written_text,
)
from efssim.report.text.parts import joined
from efssim.report.words.json_text import json_text
from efssim.report.words.lines import aligned, command_lines, percent, short, wrapped
from efssim.text.digits import grouped
from efssim.text.quantities import format_byte_rate, format_size
from efssim.traces.profile.lags import LagProfile
from efssim.traces.profile.measured import MeasuredTraces
from efssim.traces.profile.writes import WritesProfile

_LEVELS = "▁▂▃▄▅▆▇█"
_NOT_MEASURED = " "


def traces_json(found: MeasuredTraces) -> str:
    """Return the JSON that `efssim traces --format json` prints."""
    return json_text(to_json(found.summarised, UNIX_EPOCH))


def traces_report(found: MeasuredTraces, command: str) -> str:
    """Return the report; `command` repeats it."""
    names = ", ".join(file.file for file in found.files)
    parts = [wrapped(f"efssim traces: {names}", indent=2)]
    for one in found.profiled:
        parts += _of_writes(one.profile)
    parts += [_of_lag(lag) for lag in found.lags]
    notes = [line for text in file_notes(found) for line in wrapped(text, indent=2)]
    parts += [notes, command_lines(command) if command else []]
    return joined(parts)


def _of_writes(profile: WritesProfile) -> Iterator[list[str]]:
    yield [
        *wrapped(f"{profile.name}, {profile.statistic}: {span_text(profile.coverage)}", indent=2),
        *wrapped(written_text(profile), indent=2),
        *wrapped(gaps_text(profile.coverage), indent=2),
    ]
    yield [line for text in cautions(profile) for line in wrapped(text, indent=2)]
    yield [*_busiest(profile), *wrapped(resolution_text(profile))]
    yield [*_dispersion(profile), *([] if _is_said(profile) else wrapped(growth_text(profile)))]
    yield _hours(profile)
    yield _unique(profile)


def _is_said(profile: WritesProfile) -> bool:
    """Return whether the growth of the index stands among the cautions."""
    return profile.growth.verdict != "level"


def _of_lag(lag: LagProfile) -> list[str]:
    statistic = "" if lag.statistic is None else f", {lag.statistic}"
    return [
        *wrapped(f"{lag.name}{statistic}: {span_text(lag.coverage)}", indent=2),
        *wrapped(gaps_text(lag.coverage), indent=2),
        *wrapped(lag_text(lag), indent=2),
    ]


def _busiest(profile: WritesProfile) -> list[str]:
    rows = [("busiest", "bytes", "rate", "of mean", "begins (UTC)", "at most")]
    for one in profile.busiest:
        if one.bytes is None or one.at_most_bytes is None:
            continue
        begins = moment(one.begin_s)
        if one.begin_s is None and one.after_s is not None:
            begins = f"after {short(one.after_s)}"
        rate = one.bytes / one.window_s
        times = rate / profile.mean_bytes_per_s if profile.mean_bytes_per_s else 0.0
        rows.append(
            (
                one.window,
                format_size(one.bytes),
                format_byte_rate(rate),
                f"x {grouped(times, 2)}",
                begins,
                format_size(one.at_most_bytes),
            )
        )
    absent = [f"No busiest {one.window}: {one.reason}." for one in profile.busiest if one.reason]
    return [*(_table(rows) if len(rows) > 1 else []), *wrapped(" ".join(absent))]


def _dispersion(profile: WritesProfile) -> list[str]:
    if not profile.dispersion:
        return []
    rows = [("window", "windows", "index of dispersion of bytes", "of writes")]
    for one in profile.dispersion:
        of_bytes = "-" if one.bytes is None else format_size(one.bytes)
        of_writes = "-" if one.writes is None else grouped(one.writes)
        rows.append((short(one.window_s), f"{one.windows:,}", of_bytes, of_writes))
    return _table(rows)


def _hours(profile: WritesProfile) -> list[str]:
    clock = profile.clock
    if not clock.daily_bytes_per_s:
        return wrapped(f"No profile by the hour: {clock.daily_reason}.")
    lines = [_bars("every day", clock.daily_bytes_per_s, clock.daily_bytes_per_s)]
    everything = [mean for day in clock.weekly_bytes_per_s for mean in day]
    for name, day in zip(WEEKDAYS, clock.weekly_bytes_per_s, strict=False):
        lines.append(_bars(name, day, everything))
    if clock.weekly_reason is not None:
        lines += wrapped(f"No profile by the weekday: {clock.weekly_reason}.")
    return _headed(lines, clock.timezone)


def _headed(lines: list[str], timezone: str) -> list[str]:
    """Return the lines with their bars below the hours of the first one."""
    width = max(len("by hour ()") + len(timezone), len("every day"))
    head = f"  {f'by hour ({timezone})':<{width}}  0     6     12    18    mean rate at the peak"
    return [head, *(line.replace("\t", " " * (width - 9), 1) for line in lines)]


def _bars(name: str, means: Sequence[float | None], scale: Sequence[float | None]) -> str:
    """Return a bar for each hour, the highest for the highest of the scale."""
    highest = max((mean for mean in scale if mean is not None), default=0.0)
    bars = "".join(_bar(mean, highest) for mean in means)
    peak = max((mean for mean in means if mean is not None), default=0.0)
    return f"  {name:<9}\t  {bars}  {format_byte_rate(peak)}"


def _bar(mean: float | None, highest: float) -> str:
    if mean is None:
        return _NOT_MEASURED
    return _LEVELS[round((len(_LEVELS) - 1) * mean / highest)] if highest else _LEVELS[0]


def _unique(profile: WritesProfile) -> list[str]:
    if profile.unique is None:
        return wrapped(f"No unique bytes: {profile.unique_reason}.")
    block = format_size(profile.unique.block_bytes)
    fitted = profile.hot_set.fitted_bytes if profile.hot_set is not None else ()
    rows = [("window", "written", f"unique ({block})", "of written", "hot set")]
    for k, one in enumerate(profile.unique.windows):
        share = (
            percent(round(one.unique_bytes / one.written_bytes, 3)) if one.written_bytes else "-"
        )
        fit = format_size(fitted[k]) if fitted else "-"
        amounts = format_size(one.written_bytes), format_size(one.unique_bytes)
        rows.append((short(one.window_s), *amounts, share, fit))
    said = [] if profile.hot_set is None else wrapped(hot_set_text(profile.hot_set))
    return [*_table(rows), *said]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table whose first column is to the left."""
    width = max(len(row[0]) for row in rows)
    rest = aligned([row[1:] for row in rows])
    return [f"  {row[0]:<{width}}{line}" for row, line in zip(rows, rest, strict=True)]
