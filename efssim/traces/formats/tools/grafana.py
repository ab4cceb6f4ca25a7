"""CSV of a panel of Grafana ("Inspect", "Data", "Download CSV").

The first column is "Time", in quotes: milliseconds since 1970 as it is, or local dates where the
data were formatted. Formatted values have units, such as `977 KiB`, and are rounded. Separators
follow the browser's language; "Download for Excel" puts a line `sep=;` on top.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from efssim.text.quoting import quoted
from efssim.traces.formats.byte_columns import ByteColumn
from efssim.traces.formats.cells import CellError, numbers
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.names import metric_of, statistic_of
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart
from efssim.traces.formats.tables.columns import CsvTable, table_parts
from efssim.traces.formats.tables.plain_csv import column_times, zone_of
from efssim.traces.metric import Floats, Integers

_SEP = re.compile(r"sep=(.)")
_HEADERS = (
    re.compile(r'(?P<time>"Time")(?P<sep>[,;\t|])'),
    re.compile(r"Time(?P<sep>[;\t|])"),
    re.compile(r'"?Series"?(?P<sep>[,;\t])"?Time"?'),
)
"""Begins of a header: of a panel, and of versions before 7, which name the series in each row."""

_PER_SECOND = "/s"
_BYTES = {
    "B": 1.0, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40, "PiB": 2.0**50,
    "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15,
}  # fmt: skip
"""Units of data: IEC ones are powers of 1024, SI ones of 1000 (Grafana, standard units)."""
_OTHERS = {
    "": 1.0, "K": 1e3, "Mil": 1e6, "Bil": 1e9, "Tri": 1e12, "s": 1.0, "ms": 1e-3, "µs": 1e-6,
    "us": 1e-6, "ns": 1e-9, "min": 60.0, "mins": 60.0, "hour": 3600.0, "hours": 3600.0,
    "day": 86400.0, "days": 86400.0, "week": 604800.0, "weeks": 604800.0,
}  # fmt: skip
"""Units of counts and times."""
_BITS = {"b": 1 / 8, "kb": 125.0, "Mb": 1.25e5, "Gb": 1.25e8}
_FACTORS = {
    **_OTHERS,
    **_BYTES,
    **{f"{unit}{_PER_SECOND}": factor for unit, factor in {**_BYTES, **_BITS}.items()},
    **{f"{unit}ps": factor for unit, factor in _BYTES.items()},
}
_ABSENT = ("", "null", "undefined", "NaN", "No data", "-")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,  ]\d{3})+(?:\.\d+)?")


def _recognise(content: ExportContent) -> bool:
    return _separator(content) is not None


def _separator(content: ExportContent) -> str | None:
    """Return the separator of a panel's CSV; None where it is none."""
    said = _SEP.fullmatch(content.first_line)
    if said is not None:
        return said[1]
    found = next((one for head in _HEADERS if (one := head.match(content.first_line))), None)
    return None if found is None else found["sep"]


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:
    separator = _separator(content)
    assert separator is not None, "it was recognised by it"
    above = content.head[: content.head.find(content.first_line)].count("\n")
    skip = above + (_SEP.fullmatch(content.first_line) is not None)
    series: list[SeriesPart] = []
    for table in table_parts(content, separator, skip=skip):
        is_long = [name.lower() for name in table.header[:3]] == ["series", "time", "value"]
        time_at = 1 if is_long else 0
        if len(table.header) <= time_at + 1:
            content.fail(table.header_line, "has a time and no values; export the panel's data")
        time_s, meaning = column_times(content, table, time_at, zone_of(options, None))
        found = _long(content, table) if is_long else _wide(content, table)
        for name, rows, value, unit in found:
            times = time_s if rows is None else time_s[rows]
            part = SeriesPart(metric_of(name), statistic_of(name), times, value, unit)
            series.append(part)
        if not table.lines:
            content.fail(None, "has a header but no rows")
    rounded = any(part.unit for part in series)
    return ExportPart(tuple(series), notes=(_ROUNDED,) if rounded else (), times=meaning)


_ROUNDED = "values are rounded to a few digits, as in `977 KiB`; switch off `Formatted data`"

_Found = tuple[str, Integers | None, Floats, str | None]
"""Name, rows (None: all), values and unit of a series."""


def _wide(content: ExportContent, table: CsvTable) -> Iterator[_Found]:
    """Yield each column after the first one."""
    for at in range(1, len(table.header)):
        value, unit = _values(content, table.columns[at], table.lines)
        yield table.header[at], None, value, unit


def _long(content: ExportContent, table: CsvTable) -> Iterator[_Found]:
    """Yield the rows of each series that the first column names."""
    names = np.array(table.columns[0])
    for name in dict.fromkeys(table.columns[0]):
        rows = np.flatnonzero(names == name)
        cells = [table.columns[2][row] for row in rows.tolist()]
        value, unit = _values(content, cells, [table.lines[row] for row in rows.tolist()])
        yield name, rows, value, unit


def _values(
    content: ExportContent, cells: Sequence[str], lines: Sequence[int]
) -> tuple[Floats, str | None]:
    """Return cells in bytes, seconds or counts, and their unit; raise TraceErrors with a line."""
    fast = _plain_values(cells) if isinstance(cells, ByteColumn) else None
    if fast is not None:
        return fast
    try:
        return numbers([cell or "nan" for cell in cells]), None
    except CellError:
        pass
    parts = [_split(cell) for cell in cells]
    units = dict.fromkeys(unit for _, unit in parts if unit is not None)
    for unit in units:
        if unit not in _FACTORS:
            row = next(row for row, (_, one) in enumerate(parts) if one == unit)
            text = f"value {quoted(cells[row])} has a unit that is not known"
            content.fail(lines[row], f"{text}; switch off `Formatted data` in the panel")
    rates = {unit for unit in units if unit.endswith((_PER_SECOND, "ps"))}
    if rates and len(rates) < len([unit for unit in units if unit]):
        content.fail(lines[0], "has rates and totals in one column; switch off `Formatted data`")
    factor = np.array([_FACTORS[unit or ""] for _, unit in parts])
    try:
        value = numbers([number for number, _ in parts])
    except CellError as error:
        hint = "write numbers with a decimal point, or switch off `Formatted data` in the panel"
        content.fail(lines[error.row], f"value {quoted(cells[error.row])} is not a number; {hint}")
    named = [unit for unit in units if unit]
    return value * factor, (f"B{_PER_SECOND}" if rates else named[0] if named else None)


def _plain_values(cells: ByteColumn) -> tuple[Floats, str | None] | None:
    """Return cells that are all plain numbers, or all numbers with a known unit of one kind."""
    value = cells.floats()
    if value is not None:
        return value, None
    parts = cells.before_and_after_blank()
    units = None if parts is None else parts[1].distinct()
    if parts is None or units is None or not set(units[0]) <= set(_FACTORS):
        return None
    value = parts[0].floats()
    is_rate = {unit.endswith((_PER_SECOND, "ps")) for unit in units[0]}
    if value is None or np.isnan(value).any() or len(is_rate) > 1:
        return None
    factor = np.array([_FACTORS[unit] for unit in units[0]])[units[1]]
    return value * factor, f"B{_PER_SECOND}" if True in is_rate else units[0][0]


def _split(cell: str) -> tuple[str, str | None]:
    """Return number and unit of a cell; `nan` without a unit where it holds no value."""
    if cell in _ABSENT:
        return "nan", None
    number, _, unit = cell.rpartition(" ")
    if not number or unit[:1].isdigit():
        number, unit = cell, ""
    if _GROUPED.fullmatch(number):
        number = re.sub("[,  ]", "", number)
    return number, unit


GRAFANA = ExportFormat(
    name="Grafana CSV",
    recognise=_recognise,
    read=_read,
    words=('"Time"', "sep=", ";", "KiB"),
)
