"""Rows of a trace that is an export: totals of one series, or the single writes of block traces."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from efssim.text.quoting import listed, quoted
from efssim.traces.exports import read_contents
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.names import is_known_metric
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.table import recognised_format, unknown
from efssim.traces.formats.tables.choice import is_said
from efssim.traces.formats.tables.parquet import PARQUET
from efssim.traces.formats.tables.plain_csv import PLAIN_CSV
from efssim.traces.formats.totals import written_totals
from efssim.traces.metric import Exports, WriteRecords
from efssim.traces.problems import refuse
from efssim.traces.rows import ExportOrigin, RawRows
from efssim.traces.spec import DEFAULT_BYTES, DEFAULT_TIME, TraceSpec
from efssim.traces.times import UNIX_EPOCH


def is_export(spec: TraceSpec, contents: Sequence[ExportContent]) -> bool:
    """Return whether files are read by what they hold, and not as the columns of one plain CSV.

    Raise TraceErrors for content of no format at all.
    """
    content = contents[0]
    if len(contents) > 1:
        return True
    kind = recognised_format(content)
    header = [name.strip(' "') for name in content.first_line.split(",")]
    if {spec.time, spec.bytes} <= set(header):
        return False
    if kind is PLAIN_CSV:
        has_default = (spec.time, spec.bytes) == (DEFAULT_TIME, DEFAULT_BYTES)
        return has_default and any(map(is_said, header[1:]))
    if kind is None and _is_foreign(content):
        content.fail(None, unknown(content))
    return kind is not None


def _is_foreign(content: ExportContent) -> bool:
    """Return whether content is text of another kind than CSV."""
    line = content.first_line
    return bool(line) and line[0] in "{[<" and "\0" not in content.head


def exported_rows(spec: TraceSpec, start: datetime, contents: Sequence[ExportContent]) -> RawRows:
    """Return the rows of exports in order of time; raise TraceErrors."""
    file = str(spec.file)
    is_table = all(recognised_format(content) in (PLAIN_CSV, PARQUET) for content in contents)
    _refuse_keys(spec, file, is_table=is_table)
    exports = read_contents(contents, _options(spec, is_table=is_table))
    start_s = (start - UNIX_EPOCH).total_seconds()
    if exports.series and exports.records:
        refuse(file, None, "holds samples of metrics and single writes; read them one by one")
    if exports.records:
        return _of_records(spec, file, exports, start_s)
    return _of_series(spec, file, exports, start_s)


def _refuse_keys(spec: TraceSpec, file: str, *, is_table: bool) -> None:
    """Raise TraceErrors for keys that name columns of what has none."""
    if is_table:
        return
    said = {"time": spec.time != DEFAULT_TIME, "bytes": spec.bytes != DEFAULT_BYTES}
    said["time_unit"] = spec.time_unit is not None
    keys = [f"`{key}`" for key, is_there in said.items() if is_there]
    if keys:
        refuse(file, None, f"is an export that says its times and values; drop {listed(keys)}")


def _options(spec: TraceSpec, *, is_table: bool) -> ReadOptions:
    # A period, a rate or a counter says what values are, so nothing is assumed.
    says = (is_table and spec.period_s is not None) or spec.per is not None or spec.counter
    return ReadOptions(
        timezone=spec.timezone,
        statistic=spec.statistic or ("Sum" if says else None),
        period_s=spec.period_s,
        metric=spec.metric,
        where=spec.where,
        time=spec.time if is_table and spec.time != DEFAULT_TIME else None,
        value=spec.bytes if is_table and spec.bytes != DEFAULT_BYTES else None,
    )


def _of_series(spec: TraceSpec, file: str, exports: Exports, start_s: float) -> RawRows:
    totals = written_totals(exports, file)
    series = totals.series
    is_plain = series.unit is None and totals.statistic == "Sum"
    if not is_plain and (spec.unit or spec.per or spec.counter):
        text = f"says its unit, {quoted(series.unit or 'bytes')}; drop `unit`, `per` and `counter`"
        refuse(file, None, text)
    is_named = series.metric is None or is_known_metric(series.metric)
    notes = [note for one in exports.files for note in one.notes]
    origin = ExportOrigin(
        format=_formats(exports),
        metric=series.metric,
        statistic=totals.statistic,
        period_s=series.period_s,
        assumed=tuple(dict.fromkeys(key for one in exports.files for key in one.assumed)),
        notes=tuple(dict.fromkeys(notes)),
        column=series.metric if is_plain and not is_named else None,
    )
    return RawRows(
        time_s=series.time_s - start_s,
        value=series.value,
        times=_times(exports),
        header_line=None,
        rows_passed_over=0,
        unsorted=False,
        origin=origin,
    )


def _formats(exports: Exports) -> str:
    return ", ".join(dict.fromkeys(one.format for one in exports.files))


def _times(exports: Exports) -> str:
    return ", ".join(dict.fromkeys(one.times for one in exports.files))


def _of_records(spec: TraceSpec, file: str, exports: Exports, start_s: float) -> RawRows:
    (records,) = exports.records
    keys = {"period": spec.period_s, "unit": spec.unit, "per": spec.per, "counter": spec.counter}
    keys |= {"statistic": spec.statistic, "metric": spec.metric}
    said = [f"`{key}`" for key, value in keys.items() if value]
    if said:
        refuse(file, None, f"holds single writes in bytes; drop {listed(said)}")
    notes = [note for one in exports.files for note in one.notes]
    origin = ExportOrigin(
        format=_formats(exports),
        metric=None,
        statistic=None,
        period_s=None,
        notes=(*dict.fromkeys(notes), *_volumes(records)),
    )
    zero = 0.0 if records.is_relative else start_s
    return RawRows(
        time_s=records.time_s - zero,
        value=records.bytes.astype(np.float64),
        times=_times(exports),
        header_line=None,
        rows_passed_over=0,
        unsorted=False,
        origin=origin,
    )


def _volumes(records: WriteRecords) -> tuple[str, ...]:
    if len(records.volumes) < 2:
        return ()
    choice = f"`where: {{volume: {records.volumes[0]}}}` chooses one"
    return (f"the writes of {len(records.volumes):,} volumes together; {choice}",)
