"""Flaws that make a readable trace unfit for a run, and their cures.

A cure is only offered where the trace with it has this flaw no more, no other one instead, and no
thin coverage: it is tried before it is offered.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from efssim.text.largest import COUNTED_MAX, LARGEST_FILE_BYTES
from efssim.text.quantities import format_size
from efssim.text.quoting import quoted
from efssim.text.zones import time_zone
from efssim.traces.calendar.local_days import DAY_S
from efssim.traces.calendar.whole_days import WholeDays, whole_days
from efssim.traces.quality import (
    TIME_TOLERANCE_S,
    TraceQuality,
    each_once,
    first_lap,
    never_falls,
    off_grid,
    periods_of,
    spacing_s,
)
from efssim.traces.rows import Floats, RawRows, WrittenRows, is_per_second, statistic_of, written
from efssim.traces.spec import TraceSpec
from efssim.traces.units import NamedUnit, named_unit

OFF_GRID_MAX = 0.01
"""Share of rows off the grid above which `period` is not that of the rows; assumed."""

MISSING_MAX = 0.5
"""Share of the run's periods without a row above which a trace says too little of it; assumed."""

_SPACING_TOLERANCE = 1e-6
"""Relative: a period written in decimals, and times, are rounded."""

_EXACT = (("week", 604_800), ("day", 86_400), ("h", 3_600), ("min", 60))


Chosen = NDArray[np.bool_]


@dataclass(frozen=True)
class TraceSpan:
    """The part of a scenario that a trace has to fit."""

    start: datetime
    duration_s: float


@dataclass(frozen=True)
class Cure:
    """Keys that would mend a flaw, as a scenario has them, and the trace and run with them."""

    keys: str
    spec: TraceSpec
    run: TraceSpan
    is_about_missing: bool = False


@dataclass(frozen=True)
class Flaw:
    """A defect that makes a trace unfit for a run; `kind` identifies it, `cures` may mend it."""

    kind: str
    text: str
    cures: tuple[Cure, ...] = ()
    use: str = "; write"
    """The words between the text and the cures."""
    in_header: bool = False


@dataclass(frozen=True)
class Judged:
    """A trace against a run."""

    quality: TraceQuality
    written: WrittenRows
    keep: Chosen
    """Which of the written rows have a part in the run."""
    repeat_s: float | None
    flaws: tuple[Flaw, ...]
    days: WholeDays | None = None
    """Days that are drawn; None where the trace is replayed as it is."""


def judge(spec: TraceSpec, raw: RawRows, run: TraceSpan) -> Judged:
    """Return the part of a trace that a run uses, and its flaws with cures that hold."""
    found = _judged(spec, raw, run)
    if not found.flaws:
        return found
    kinds = {flaw.kind for flaw in found.flaws}
    told = {
        flaw.kind: _with_true_cures(flaw, kinds, raw)
        for flaw in found.flaws
        if not _HIDDEN.get(flaw.kind, set()) & kinds
    }
    if {"spacing", "grid"} <= kinds:
        # Where rows have another period they are off this grid; where they have none, their most
        # frequent distance is chance.
        del told["grid" if "; write" in told["spacing"].text else "spacing"]
    return replace(found, flaws=tuple(told.values()))


_HIDDEN = {
    "total": {"size"},
    "length": {"counter"},
    "outside": {"counter", "length"},
    "cover": {"counter", "length", "spacing", "outside"},
    "days": {"counter", "spacing", "unit"},
    "missing": {"counter", "length", "spacing", "cover", "outside"},
}
"""Flaws that say nothing of their own beside others."""


def _with_true_cures(flaw: Flaw, kinds: set[str], raw: RawRows) -> Flaw:
    keys = [f"`{cure.keys}`" for cure in flaw.cures if _cures(cure, flaw, kinds, raw)]
    if not keys:
        return flaw
    if len(keys) > 1:
        keys = [", ".join(keys[:-1]), keys[-1]]
    return replace(flaw, text=f"{flaw.text}{flaw.use} {' or '.join(keys)}")


def _cures(cure: Cure, flaw: Flaw, kinds: set[str], raw: RawRows) -> bool:
    """Return whether a flaw is gone with a cure, and nothing came or was covered up instead."""
    after = _judged(cure.spec, raw, cure.run)
    left = {other.kind for other in after.flaws}
    # Other flaws only show once the unit of values and the distance of rows are known.
    if flaw.kind in _FIRST:
        return not _FIRST[flaw.kind] & left
    return left <= kinds - {flaw.kind} and not after.quality.is_thin


_FIRST = {"unit": {"unit"}, "spacing": {"spacing", "grid"}}
"""Flaws that hide others until they are cured, and those that must not be left then."""


def _judged(spec: TraceSpec, raw: RawRows, run: TraceSpan) -> Judged:
    """Return a trace against a run with all of its flaws, and cures that nobody has tried."""
    rows = written(spec, raw)
    marks = raw.time_s - raw.time_s[0] if spec.align_start else raw.time_s
    marks = marks[:-1] if spec.counter else marks  # the last reading begins no period
    repeat_s, flaw = _repeat_length(spec, rows.end_s - rows.begin_s)
    days = _days(spec, rows, each_once(marks), run)
    keep = (
        _inside(spec, rows, repeat_s, run.duration_s) if days is None else days.covers(rows.time_s)
    )
    quality = _quality(spec, raw, rows, each_once(marks), keep, repeat_s, run)
    if days is not None:
        used = int(np.count_nonzero(days.covers(raw.time_s)))
        quality = replace(
            quality, resample=days.found, rows_used=used, periods_missing=quality.periods and 0
        )
    flaws = [
        *([flaw] if flaw else []),
        *_unit_flaws(spec, raw, quality, run),
        *_counter_flaws(spec, raw),
        *_grid_flaws(spec, quality, len(marks), run),
        *_run_flaws(spec, rows, quality, keep, run, days),
        *_size_flaws(spec, rows.bytes[keep], repeat_s, run, days),
    ]
    return Judged(quality, rows, keep, repeat_s, tuple(flaws), days)


def _days(spec: TraceSpec, rows: WrittenRows, begins: Floats, run: TraceSpan) -> WholeDays | None:
    """Return the whole days of a trace that is resampled."""
    if spec.resample is None:
        return None
    return whole_days(
        spec.resample,
        time_zone(spec.timezone or "UTC"),
        run.start,
        (rows.time_s, rows.bytes),
        (rows.begin_s, rows.end_s),
        None if spec.missing_zero else begins,
        spec.period_s,
    )


def _quality(
    spec: TraceSpec,
    raw: RawRows,
    rows: WrittenRows,
    begins: Floats,
    keep: Chosen,
    repeat_s: float | None,
    run: TraceSpan,
) -> TraceQuality:
    all_distinct, origin = each_once(raw.time_s), raw.origin
    periods, missing = periods_of(spec, begins, repeat_s, run.duration_s)
    used = _rows_used(spec, raw, keep, repeat_s, run.duration_s)
    total, part = (math.fsum(sizes.tolist()) for sizes in (rows.bytes, rows.bytes[keep]))
    return TraceQuality(
        file=spec.file.name,
        format="csv" if origin is None else origin.format,
        times=raw.times,
        statistic=_statistic(spec, raw),
        spacing_s=spacing_s(all_distinct),
        rows=raw.rows,
        rows_used=used,
        bytes_used=round(part),
        bytes_unused=round(total) - round(part),
        periods=periods,
        periods_missing=missing,
        repeated_rows=len(raw.time_s) - len(all_distinct),
        off_grid_rows=off_grid(all_distinct, spec.period_s),
        missing_zero=spec.missing_zero,
        rows_passed_over=raw.rows_passed_over,
        unsorted=raw.unsorted,
        never_falls=spec.counter is None and never_falls(raw.value),
        metric=None if origin is None else origin.metric,
        period_s=None if origin is None else origin.period_s,
        assumed=() if origin is None else origin.assumed,
        notes=() if origin is None else origin.notes,
    )


def _statistic(spec: TraceSpec, raw: RawRows) -> str | None:
    """Return the statistic of a value: as keys say it, or that of an export."""
    said = statistic_of(spec)
    return said if raw.origin is None or said != "Sum" else raw.origin.statistic


def _rows_used(
    spec: TraceSpec,
    raw: RawRows,
    keep: Chosen,
    repeat_s: float | None,
    duration_s: float,
) -> int:
    """Return how many rows of the file have a part in the run."""
    if not spec.counter:
        return int(np.count_nonzero(keep))
    # A reading has a part if the writes between it and the next one, or the one before, have.
    time_s = raw.time_s - raw.time_s[0] if spec.align_start else raw.time_s
    if repeat_s is not None:
        return len(time_s)
    between = (time_s[1:] > 0) & (time_s[:-1] < duration_s)
    used = np.zeros(len(time_s), dtype=np.bool_)
    used[:-1] |= between
    used[1:] |= between
    return int(np.count_nonzero(used))


def _inside(
    spec: TraceSpec, rows: WrittenRows, repeat_s: float | None, duration_s: float
) -> Chosen:
    """Return which rows have a part in the run, in any lap."""
    if repeat_s is None:
        return _within(spec, rows.time_s, duration_s)
    lap = first_lap(rows.end_s, repeat_s)
    laps = (rows.time_s + (lap + more) * repeat_s for more in (0, 1))
    return np.logical_or(*(_within(spec, time_s, duration_s) for time_s in laps))


def _within(spec: TraceSpec, time_s: Floats, duration_s: float) -> Chosen:
    # Writes at or before the start belong to the state that the run starts from; the
    # first write of a period comes after its begin.
    if spec.period_s is None:
        return np.asarray((time_s > 0) & (time_s <= duration_s), dtype=np.bool_)
    return np.asarray((time_s + spec.period_s > 0) & (time_s < duration_s), dtype=np.bool_)


def _repeat_length(spec: TraceSpec, span_s: float) -> tuple[float | None, Flaw | None]:
    """Return the seconds after which a trace that covers `span_s` seconds repeats, > 0."""
    length = spec.length_s
    if not spec.repeat:
        return None, None
    if length is None:
        if spec.period_s is None:
            text = "needs a `length` to be repeated, for its rows have no `period`"
            return None, Flaw("length", text)
        length = span_s
    if length <= 0 or length < span_s - TIME_TOLERANCE_S:
        return None, Flaw(
            "length",
            f"repeats every {length:.15g} s but is {span_s:.15g} s long; "
            "a repeated trace must end before it begins again",
        )
    return length, None


# ---- units of the values ------------------------------------------------------------------------


def _unit_flaws(
    spec: TraceSpec, raw: RawRows, quality: TraceQuality, run: TraceSpan
) -> Iterator[Flaw]:
    """Yield a flaw where a column's name gives a unit, rate or counter that the scenario omits."""
    named = spec.bytes if raw.origin is None else raw.origin.column
    name = None if named is None else named_unit(named)
    if name is None:
        return
    lacks_unit = bool(name.units) and spec.unit is None
    says_per = spec.per is not None or is_per_second(spec)
    lacks_per = name.per == "second" and not says_per and not spec.counter
    lacks_counter = name.counter and spec.counter is None and not says_per
    if lacks_unit or lacks_per or lacks_counter:
        column = f"{'column' if raw.origin is None else 'metric'} {quoted(named)}"
        text = f"{column} holds {name.says}, as its name says, and would be read as bytes"
        cures = tuple(
            _unit_cure(spec, name, unit, quality, run)
            for unit in (name.units if lacks_unit else (spec.unit,)) or (None,)
        )
        yield Flaw("unit", text, cures, in_header=True)


def _unit_cure(
    spec: TraceSpec, name: NamedUnit, unit: str | None, quality: TraceQuality, run: TraceSpan
) -> Cure:
    """Return the keys `unit`, `per` and `period` that the name of the column implies."""
    keys, changed = [], spec
    if unit is not None and spec.unit is None:
        keys.append(f"unit: {unit}")
        changed = replace(changed, unit=unit)
    if name.per == "second" and spec.per is None:
        keys.append("per: second")
        changed = replace(changed, per="second")
        if spec.period_s is None and quality.spacing_s is not None:
            keys.append(f"period: {exact_duration(quality.spacing_s)}")
            changed = replace(changed, period_s=quality.spacing_s)
    if name.counter and spec.counter is None:
        keys.append("counter: true")
        changed = replace(changed, counter=True)
    return Cure(", ".join(keys), changed, run)


def _counter_flaws(spec: TraceSpec, raw: RawRows) -> Iterator[Flaw]:
    if not spec.counter:
        return
    if len(raw.time_s) < 2:
        yield Flaw("counter", "has one reading of its counter; what was written takes two")
    same = np.diff(raw.time_s) == 0
    if (np.diff(raw.value)[same] != 0).any():
        yield Flaw(
            "counter",
            "has readings of one time that differ, as those of several counters; choose one of "
            "them by `where`, such as {device: sda}",
        )


# ---- the grid -----------------------------------------------------------------------------------


def _grid_flaws(
    spec: TraceSpec, quality: TraceQuality, rows: int, run: TraceSpan
) -> Iterator[Flaw]:
    """Yield the flaws of a trace whose times do not fit `period`."""
    period, spacing = spec.period_s, quality.spacing_s
    if period is None:
        return
    if spacing is not None and not _fits(spacing, period, multiples=spec.missing_zero):
        text = f"rows are {exact_duration(spacing)} apart, not {exact_duration(period)} as `period`"
        whole = replace(spec, period_s=spacing)
        cures = [Cure(f"period: {exact_duration(spacing)}", whole, run)]
        if not spec.missing_zero:
            cures.append(Cure("missing: zero", replace(spec, missing_zero=True), run, True))
        yield Flaw("spacing", f"{text} says", tuple(cures))
    if quality.off_grid_rows > OFF_GRID_MAX * rows:
        yield Flaw(
            "grid",
            f"{quality.off_grid_rows:,} of {rows:,} rows are not a whole number of periods "
            f"({exact_duration(period)}) after the one before; more than 1 % is no grid",
        )


def _fits(spacing: float, period: float, *, multiples: bool) -> bool:
    """Return whether rows at a spacing are those of a period, or of some periods each."""
    periods = max(1, round(spacing / period)) if multiples else 1
    return abs(spacing - periods * period) <= max(_SPACING_TOLERANCE * spacing, TIME_TOLERANCE_S)


# ---- the run ------------------------------------------------------------------------------------


def _run_flaws(
    spec: TraceSpec,
    rows: WrittenRows,
    quality: TraceQuality,
    keep: Chosen,
    run: TraceSpan,
    days: WholeDays | None,
) -> Iterator[Flaw]:
    """Yield the flaws of a trace that does not cover the run, or has nothing to draw from."""
    if days is not None:
        yield from _day_flaws(spec, rows, days, run)
        return
    covered = f"{_moment(run, rows.begin_s)} to {_moment(run, rows.end_s)}"
    needed = f"{_moment(run, 0.0)} to {_moment(run, run.duration_s)}"
    aligned = Cure("align: start", replace(spec, align_start=True), run)
    cures = [] if spec.align_start else [aligned]
    if not keep.any():
        text = f"has no row inside the run: it covers {covered}, the run is {needed}"
        yield Flaw("outside", text, tuple(cures))
    if spec.period_s is None or spec.missing_zero:
        return
    zero = Cure("missing: zero", replace(spec, missing_zero=True), run, True)
    missing, periods = quality.periods_missing or 0, quality.periods or 0
    if not spec.repeat and not _covers(rows, run):
        cures += list(_shorter(spec, rows, run))
        cures.append(Cure("repeat: true", replace(spec, repeat=True), run))
        cures += [zero] if missing <= MISSING_MAX * periods else []
        yield Flaw("cover", f"covers {covered} but the run needs {needed}", tuple(cures))
    if missing > MISSING_MAX * periods:
        text = f"has no row for {missing:,} of the run's {periods:,} periods"
        yield Flaw("missing", text, (zero,), "; if nothing was written in them, write")


def _day_flaws(
    spec: TraceSpec, rows: WrittenRows, days: WholeDays, run: TraceSpan
) -> Iterator[Flaw]:
    """Yield the flaws of a trace without a whole day, or week, to draw."""
    if spec.period_s is not None and not _fits(DAY_S, spec.period_s, multiples=True):
        period = exact_duration(spec.period_s)
        yield Flaw("days", f"needs a `period` that divides a day to be resampled, not {period}")
    elif not days.found.whole:
        covered = f"{_moment(run, rows.begin_s)} to {_moment(run, rows.end_s)}"
        unit = days.found.unit[:-1]
        gaps = days.found.days_gaps
        lacking = f", and {gaps:,} days of it have a missing period" if gaps else ""
        text = f"has no whole {unit} to draw from: it covers {covered}{lacking}"
        cures = [Cure("missing: zero", replace(spec, missing_zero=True), run, True)] if gaps else []
        if unit == "week":
            cures.append(Cure("resample: days", replace(spec, resample="days"), run))
        yield Flaw("days", text, tuple(cures))


def _covers(rows: WrittenRows, run: TraceSpan) -> bool:
    begins = rows.begin_s <= TIME_TOLERANCE_S
    return begins and rows.end_s >= run.duration_s - TIME_TOLERANCE_S


def _shorter(spec: TraceSpec, rows: WrittenRows, run: TraceSpan) -> Iterator[Cure]:
    """Yield the `duration` that a trace covers from the start, if it covers the start."""
    for changed, begin_s in ((spec, rows.begin_s), (replace(spec, align_start=True), 0.0)):
        end_s = rows.end_s - (rows.begin_s if changed.align_start else 0.0)
        if begin_s <= TIME_TOLERANCE_S < end_s < run.duration_s:
            align = "" if changed.align_start == spec.align_start else "align: start, "
            keys = f"{align}duration: {exact_duration(end_s)}"
            yield Cure(keys, changed, replace(run, duration_s=end_s))
            return


def _size_flaws(
    spec: TraceSpec,
    sizes: Floats,
    repeat_s: float | None,
    run: TraceSpan,
    days: WholeDays | None,
) -> Iterator[Flaw]:
    """Yield the flaws of writes too large for a file and of totals too large to count."""
    pieces = spec.writes_per_row if spec.period_s else 1
    if float(sizes.max(initial=0.0)) / pieces > LARGEST_FILE_BYTES:
        size = format_size(LARGEST_FILE_BYTES)
        yield Flaw("size", f"has a write above {size}, the largest file that EFS takes")
    laps = 1.0 if repeat_s is None else run.duration_s / repeat_s
    total = math.fsum(sizes.tolist()) * max(1.0, laps)
    total = total if days is None else days.most_bytes(run.duration_s)
    if not total <= COUNTED_MAX:
        most = format_size(COUNTED_MAX)
        yield Flaw("total", f"adds up to {format_size(total)}, more than can be counted ({most})")


def exact_duration(seconds: float) -> str:
    """Return seconds as a scenario may have them, in the largest unit that leaves no fraction."""
    for name, length in _EXACT:
        count = seconds / length
        if count >= 1 and count == round(count):
            return f"{round(count)} {name}{'s' if count > 1 and length >= 86_400 else ''}"
    return f"{seconds:.15g} s"


def _moment(run: TraceSpan, seconds: float) -> str:
    """Return a time for a reader, with its seconds since the start."""
    try:
        moment = run.start.astimezone(UTC) + timedelta(seconds=seconds)
    except OverflowError:  # beyond the years a datetime can hold
        return f"{seconds:.15g} s"
    return f"{moment:%Y-%m-%d %H:%M:%S} ({seconds:.15g} s)"
