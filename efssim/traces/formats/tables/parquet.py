"""Parquet files, read by pyarrow where it is installed: columns as those of a plain CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING

import numpy as np

from efssim.text.quantities import format_size
from efssim.text.quoting import quoted
from efssim.traces.formats.cells import CellError, counted, dates, finite, local_seconds
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.names import statistic_of
from efssim.traces.formats.opening import MAX_FILE_BYTES
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart
from efssim.traces.formats.tables.choice import ChosenColumns, chosen_columns, metric_of_column
from efssim.traces.formats.tables.plain_csv import zone_of
from efssim.traces.metric import Floats, Integers, WriteRecords
from efssim.traces.times import SINCE_START

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

_MAGIC = b"PAR1"
_ROWS_AT_ONCE = 2**17
_CELL_BYTES = 8

NO_PYARROW = "is Parquet, which takes pyarrow to read: pip install 'efssim[parquet]'"


def _recognise(content: ExportContent) -> bool:
    return content.data.startswith(_MAGIC)


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        content.fail(None, NO_PYARROW)
    try:
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content.data))
        return _part(content, file, options)
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        content.fail(None, f"is a damaged Parquet file: {reason}")


def _part(
    content: ExportContent, file: pyarrow.parquet.ParquetFile, options: ReadOptions
) -> ExportPart:
    names = list(file.schema_arrow.names)
    chosen = chosen_columns(content, None, names, options)
    wanted = (chosen.time, *chosen.values, *([] if chosen.offset is None else [chosen.offset]))
    _refuse_large(content, file.metadata, len(wanted))
    series: list[SeriesPart] = []
    records: list[WriteRecords] = []
    meaning, row = "dates", 0
    columns = [names[at] for at in wanted]
    for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=columns):
        time_s, meaning = _times(content, batch.column(names[chosen.time]), row, options)
        if chosen.is_sampled:
            series += _series(content, batch, names, chosen, options, (time_s, meaning, row))
        else:
            records.append(_writes(content, batch, names, chosen, (time_s, meaning, row)))
        row += len(time_s)
    if not row:
        content.fail(None, "has columns but no rows")
    return ExportPart(tuple(series), tuple(records), times=meaning)


def _refuse_large(
    content: ExportContent, metadata: pyarrow.parquet.FileMetaData, columns: int
) -> None:
    """Raise TraceErrors for more content unpacked than a file may have."""
    groups = range(metadata.num_row_groups)
    packed = sum(metadata.row_group(number).total_byte_size for number in groups)
    if max(packed, metadata.num_rows * columns * _CELL_BYTES) > MAX_FILE_BYTES:
        most = format_size(MAX_FILE_BYTES)
        content.fail(None, f"has more than {most} unpacked; at most {most} are read")


def _times(
    content: ExportContent, column: pyarrow.Array, row: int, options: ReadOptions
) -> tuple[Floats, str]:
    """Return a column as seconds since 1970, or of its own zero, and its interpretation."""
    import pyarrow.types as kinds

    if column.null_count:
        at = row + int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0])
        content.fail(None, f"row {at + 1:,} has no time")
    try:
        if kinds.is_string(column.type) or kinds.is_large_string(column.type):
            zone = zone_of(options, UTC)
            return dates([value.as_py() for value in column], zone), "dates"
        if not kinds.is_temporal(column.type):
            values = _numbers(content, column, "time")
            return counted(values, values.tolist())
        moments = column.cast("timestamp[us]", safe=False).cast("int64")
        time_s = moments.to_numpy(zero_copy_only=False) / 1e6
        zone = zone_of(options, UTC) if getattr(column.type, "tz", None) is None else UTC
        return (time_s if zone is None else local_seconds(time_s, zone)), "dates"
    except CellError as error:
        content.fail(None, f"row {row + error.row + 1:,}: {error.message}")


def _numbers(content: ExportContent, column: pyarrow.Array, what: str) -> Floats:
    """Return a column of numbers, NaN for nulls; raise TraceErrors for one of another kind."""
    import pyarrow.types as kinds

    kind = column.type
    if not (kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind)):
        content.fail(None, f"the column of the {what} holds {quoted(kind)} and no numbers")
    return np.asarray(column.cast("float64", safe=False).to_numpy(zero_copy_only=False))


_Rows = tuple[Floats, str, int]
"""Times of a batch, their interpretation, and the number of its first row."""


def _values(content: ExportContent, batch: pyarrow.RecordBatch, name: str, rows: _Rows) -> Floats:
    values = _numbers(content, batch.column(name), "value")
    try:
        return finite(values, values.tolist())
    except CellError as error:
        content.fail(None, f"row {rows[2] + error.row + 1:,}: {error.message}")


def _series(
    content: ExportContent,
    batch: pyarrow.RecordBatch,
    names: list[str],
    chosen: ChosenColumns,
    options: ReadOptions,
    rows: _Rows,
) -> Iterator[SeriesPart]:
    for at in chosen.values:
        yield SeriesPart(
            metric=metric_of_column(names[at], options),
            statistic=statistic_of(names[at]),
            time_s=rows[0],
            value=_values(content, batch, names[at], rows),
            times=rows[1],
        )


def _writes(
    content: ExportContent,
    batch: pyarrow.RecordBatch,
    names: list[str],
    chosen: ChosenColumns,
    rows: _Rows,
) -> WriteRecords:
    time_s, meaning, _ = rows
    offset = None
    if chosen.offset is not None:
        offset = _bytes(content, batch, names[chosen.offset], rows)
    size = _bytes(content, batch, names[chosen.values[0]], rows)
    return WriteRecords(time_s, size, offset, None, is_relative=meaning == SINCE_START.name)


def _bytes(content: ExportContent, batch: pyarrow.RecordBatch, name: str, rows: _Rows) -> Integers:
    values = _values(content, batch, name, rows)
    wrong = np.isnan(values) | (values < 0) | (values >= 2**63)
    if wrong.any():
        at = int(wrong.argmax())
        text = f"row {rows[2] + at + 1:,}: {name} {quoted(values[at])}"
        content.fail(None, f"{text} is no number of bytes from 0 to 2^63")
    return np.rint(values).astype(np.int64)


PARQUET = ExportFormat(
    name="Parquet",
    recognise=_recognise,
    read=_read,
    words=(_MAGIC.decode(),),
)
