"""Joining the parts of series and the writes of several files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from efssim.text.quantities import format_duration
from efssim.text.quoting import listed, quoted
from efssim.traces.formats.names import NO_WRITES, is_unit_of_rate
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.parts import ExportPart, SeriesPart
from efssim.traces.metric import Floats, Integers, MetricSeries, WriteRecords
from efssim.traces.problems import refuse
from efssim.traces.quality import spacing_s

ASSUMED_SUM = "statistic: Sum"
"""Entry of `FileRead.assumed` for a series of which nobody says the statistic."""


PLAIN_TABLE = "csv"
"""Name of the format of plain tables."""


@dataclass(frozen=True, slots=True)
class FileOfParts:
    """A file that was read; notes and assumptions are added as its parts are joined to others."""

    file: str
    format: str
    part: ExportPart
    notes: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A part of a series with the file that it is from."""

    part: SeriesPart
    file: FileOfParts


# ---- series -------------------------------------------------------------------------------------


def joined_series(files: Sequence[FileOfParts], options: ReadOptions) -> tuple[MetricSeries, ...]:
    """Return the series of all files that options choose, those without samples left out.

    Raise TraceErrors where none is chosen of those there are, or two samples contradict.
    """
    placed = [
        _Placed(_with_statistic(part, file, options), file)
        for file in files
        for part in file.part.series
    ]
    chosen = _of_metric(_where(placed, options), options)
    groups: dict[tuple[object, ...], list[_Placed]] = {}
    for one in chosen:
        key = one.part.metric, one.part.statistic, one.part.dimensions
        groups.setdefault(key, []).append(one)
    found = (_series(group, options) for group in groups.values())
    return tuple(series for series in found if len(series.time_s))


def _with_statistic(part: SeriesPart, file: FileOfParts, options: ReadOptions) -> SeriesPart:
    """Return a part with the statistic that options say, or with Sum where that is assumed.

    Ages and sizes of EFS, and rates, are no totals, so nothing is assumed of them.
    """
    is_total = part.metric not in NO_WRITES and not is_unit_of_rate(part.unit)
    if part.statistic is not None or (options.statistic is None and not is_total):
        return part
    if options.statistic is None and ASSUMED_SUM not in file.assumed:
        file.assumed.append(ASSUMED_SUM)
        file.notes.append(
            "does not say its statistic, so Sum is assumed: `statistic: Sum` says that it is"
        )
    return replace(part, statistic=options.statistic or "Sum")


def _where(placed: list[_Placed], options: ReadOptions) -> list[_Placed]:
    """Return the parts whose dimensions have the values that options say."""
    for name, value in options.where if placed else ():
        kept = [one for one in placed if dict(one.part.dimensions).get(name) == value]
        if not kept:
            has = dict.fromkeys(dict(one.part.dimensions).get(name, "none") for one in placed)
            text = f"no series has {name} {quoted(value)}; they have {listed(has, quotes=True)}"
            refuse(placed[0].file.file, None, text)
        placed = kept
    return placed


def _of_metric(placed: list[_Placed], options: ReadOptions) -> list[_Placed]:
    """Return the parts of the metric that options say, by its name or by its Id."""
    wanted = options.metric
    if wanted is None or not placed:
        return placed
    kept = [
        one for one in placed if wanted in (one.part.metric, dict(one.part.dimensions).get("Id"))
    ]
    if not kept and all(one.part.metric is None for one in placed):
        kept = [replace(one, part=replace(one.part, metric=wanted)) for one in placed]
    if not kept:
        names = dict.fromkeys(one.part.metric or "without a name" for one in placed)
        text = f"has no series {quoted(wanted)}; it has {listed(names, quotes=True)}"
        refuse(placed[0].file.file, None, text)
    return kept


def _series(group: list[_Placed], options: ReadOptions) -> MetricSeries:
    """Return the one series of parts that agree in metric, statistic and dimensions."""
    first = group[0].part
    time_s = np.concatenate([one.part.time_s for one in group])
    value = np.concatenate([one.part.value for one in group])
    order = np.argsort(time_s, kind="stable")
    time_s, value = _without_absent(group, time_s[order], value[order])
    time_s, value = _each_time_once(group, time_s, value)
    period = _period(group, time_s, options)
    units = dict.fromkeys(one.part.unit for one in group)
    if len(units) > 1:
        named = " and ".join(str(unit) for unit in units)
        refuse(group[-1].file.file, None, f"{name_of(first)} has several units: {named}")
    return MetricSeries(
        metric=first.metric,
        statistic=first.statistic,
        time_s=time_s,
        value=value,
        period_s=period,
        unit=first.unit,
        dimensions=first.dimensions,
    )


def name_of(series: SeriesPart | MetricSeries) -> str:
    """Return the name of a series for people: metric, statistic and dimensions."""
    words = [series.metric or "a series without a name", series.statistic or ""]
    where = ", ".join(f"{name}={value}" for name, value in series.dimensions)
    return " ".join([*filter(None, words), *([f"({where})"] if where else [])])


def _without_absent(group: list[_Placed], time_s: Floats, value: Floats) -> tuple[Floats, Floats]:
    """Return samples without those that are no number, which stand for absent periods."""
    absent = np.isnan(value)
    if not absent.any():
        return time_s, value
    count = int(np.count_nonzero(absent))
    samples = "1 sample" if count == 1 else f"{count:,} samples"
    group[0].file.notes.append(f"{name_of(group[0].part)}: {samples} without a number left out")
    return time_s[~absent], value[~absent]


def _each_time_once(group: list[_Placed], time_s: Floats, value: Floats) -> tuple[Floats, Floats]:
    """Return each sample once; raise TraceErrors where one time has two values."""
    again = np.append(False, np.diff(time_s) == 0)[: len(time_s)]
    if not again.any():
        return time_s, value
    if _adds_up(group):
        return _added(group, time_s, value, again)
    differs = again & (value != np.append(np.nan, value[:-1]))
    if differs.any():
        at = int(differs.argmax())
        moment = moment_of(float(time_s[at]))
        text = (
            f"{name_of(group[0].part)} has {value[at - 1]:.15g} and {value[at]:.15g} at {moment}; "
            "keep one of them, or one of the files"
        )
        refuse(_file_with(group, float(time_s[at]), float(value[at])), None, text)
    count = int(np.count_nonzero(again))
    samples = "1 sample occurs" if count == 1 else f"{count:,} samples occur"
    group[-1].file.notes.append(
        f"{name_of(group[0].part)}: {samples} again with the same value (each kept once)"
    )
    return time_s[~again], value[~again]


def _adds_up(group: list[_Placed]) -> bool:
    """Return whether rows of one time are parts of its total, as those of plain tables are."""
    is_total = group[0].part.statistic == "Sum" and group[0].part.metric not in NO_WRITES
    return is_total and all(one.file.format == PLAIN_TABLE for one in group)


def _added(
    group: list[_Placed], time_s: Floats, value: Floats, again: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return the sum of the samples of each time."""
    count = int(np.count_nonzero(again))
    rows = "1 row repeats" if count == 1 else f"{count:,} rows repeat"
    group[-1].file.notes.append(f"{rows} the time of another (all kept)")
    return time_s[~again], np.add.reduceat(value, np.flatnonzero(~again))


def _file_with(group: list[_Placed], time_s: float, value: float) -> str:
    """Return the last file that has a sample."""
    holding = (
        one.file.file
        for one in reversed(group)
        if ((one.part.time_s == time_s) & (one.part.value == value)).any()
    )
    return next(holding, group[-1].file.file)


def moment_of(time_s: float) -> str:
    """Return seconds since 1970 as a date for people."""
    try:
        return f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%d %H:%M:%S}"
    except (OverflowError, ValueError, OSError):
        return f"{time_s:.15g} s"


def _period(group: list[_Placed], time_s: Floats, options: ReadOptions) -> float | None:
    """Return the length of a period: as options or files say it, or the most frequent distance."""
    said = list(dict.fromkeys(one.part.period_s for one in group if one.part.period_s))
    if len(said) > 1:
        named = " and ".join(format_duration(period) for period in said)
        text = f"{name_of(group[0].part)} has periods of {named}; read them one by one"
        refuse(group[-1].file.file, None, text)
    known = said[0] if said else options.period_s
    period = known or spacing_s(time_s)
    if period is None or not len(time_s):
        return period
    notes = group[0].file.notes
    name = name_of(replace(group[0].part, statistic=None))  # all of a metric say it once
    how = "as it says" if said else "as was asked" if known else "inferred from the spacing"
    notes.append(f"{name}: period {format_duration(period)}, {how}")
    gaps = round(float(time_s[-1] - time_s[0]) / period) + 1 - len(time_s)
    if gaps > 0:
        notes.append(f"{name}: {gaps:,} of {gaps + len(time_s):,} periods have no sample")
    return period


# ---- writes -------------------------------------------------------------------------------------


def joined_records(files: Sequence[FileOfParts], options: ReadOptions) -> tuple[WriteRecords, ...]:
    """Return the writes of all files as one, in order of time; raise TraceErrors for two clocks."""
    placed = [(file, one) for file in files for one in file.part.records]
    if not placed:
        return ()
    if len({one.is_relative for _, one in placed}) > 1:
        text = "has times since a zero of its own, and others have dates; read them one by one"
        refuse(placed[-1][0].file, None, text)
    records = [one for _, one in placed]
    made = records[0] if len(records) == 1 else _one_of(records)
    kept = _of_volume(placed[0][0].file, made, options)
    order = np.argsort(kept.time_s, kind="stable")
    return (_taken(kept, order),) if len(order) else ()


def _one_of(records: Sequence[WriteRecords]) -> WriteRecords:
    """Return several records as one; places are kept where all have them."""
    names = list(dict.fromkeys(name for one in records for name in one.volumes))
    has_offsets = all(one.offset is not None for one in records)
    has_volumes = all(one.volume is not None for one in records)
    return WriteRecords(
        time_s=np.concatenate([one.time_s for one in records]),
        bytes=np.concatenate([one.bytes for one in records]),
        offset=_concatenated(one.offset for one in records) if has_offsets else None,
        volume=(_concatenated(_renumbered(one, names) for one in records) if has_volumes else None),
        volumes=tuple(names),
        is_relative=records[0].is_relative,
    )


def _renumbered(records: WriteRecords, names: list[str]) -> Integers | None:
    if records.volume is None:
        return None
    numbers = np.array([names.index(name) for name in records.volumes], dtype=np.int64)
    found: Integers = numbers[records.volume]
    return found


def _concatenated(columns: Iterable[Integers | None]) -> Integers:
    return np.concatenate([column for column in columns if column is not None])


def _of_volume(file: str, records: WriteRecords, options: ReadOptions) -> WriteRecords:
    """Return the writes of the volume that options choose; raise TraceErrors for another choice."""
    for name, value in options.where:
        if name != "volume" or records.volume is None:
            refuse(file, None, f"has no {quoted(name)} to choose by; writes have a volume at most")
        if value not in records.volumes:
            has = listed(records.volumes, quotes=True)
            refuse(file, None, f"has no volume {quoted(value)}; its volumes are {has}")
        records = _taken(records, np.flatnonzero(records.volume == records.volumes.index(value)))
    return records


def _taken(records: WriteRecords, rows: Integers) -> WriteRecords:
    return replace(
        records,
        time_s=records.time_s[rows],
        bytes=records.bytes[rows],
        offset=None if records.offset is None else records.offset[rows],
        volume=None if records.volume is None else records.volume[rows],
    )
