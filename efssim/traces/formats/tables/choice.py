"""Columns of a table with a header: those of the time, of values, and of places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efssim.text.quoting import listed, quoted
from efssim.text.suggestions import suggest
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.names import is_known_metric, metric_of, statistic_of
from efssim.traces.formats.options import STATISTICS, ReadOptions
from efssim.traces.units import named_unit

TIME_NAMES = ("timestamp", "time", "datetime", "date", "ts")
"""Names of columns of times, in lower case."""
VALUE_NAMES = ("value", "bytes", "size", "length")
"""Names of columns of bytes, in lower case."""


@dataclass(frozen=True, slots=True)
class ChosenColumns:
    """Positions of the columns that are read."""

    time: int
    values: tuple[int, ...]
    offset: int | None
    """Of single writes; None: they have no places."""
    is_sampled: bool
    """Whether rows are samples of a metric, and not single writes."""


def chosen_columns(
    content: ExportContent, line: int | None, names: Sequence[str], options: ReadOptions
) -> ChosenColumns:
    """Return the columns of a header on a line; raise TraceErrors where it does not say them."""
    time = _time(content, line, names, options)
    values = _values(content, line, names, options, time)
    lower = [name.lower() for name in names]
    for at in values:
        _refuse_unit(content, line, names[at])
    is_sampled = options.period_s is not None or options.metric is not None
    return ChosenColumns(
        time=time,
        values=tuple(values),
        offset=lower.index("offset") if "offset" in lower else None,
        is_sampled=is_sampled or any(is_said(names[at]) for at in values),
    )


def _time(
    content: ExportContent, line: int | None, names: Sequence[str], options: ReadOptions
) -> int:
    if options.time is not None:
        return _named(content, line, names, options.time)
    lower = [name.lower() for name in names]
    found = [lower.index(name) for name in TIME_NAMES if name in lower]
    if not found:
        hint = suggest("timestamp", names)
        has = f"its columns are {listed(names, quotes=True)}"
        content.fail(line, f"has no column 'timestamp' or 'time'{hint}; {has}")
    return found[0]


def _values(
    content: ExportContent,
    line: int | None,
    names: Sequence[str],
    options: ReadOptions,
    time: int,
) -> list[int]:
    if options.value is not None:
        return [_named(content, line, names, options.value)]
    if options.metric is not None and options.metric in names:
        return [names.index(options.metric)]
    others = [at for at in range(len(names)) if at != time and names[at]]
    said = [at for at in others if is_said(names[at])]
    plain = [at for at in others if names[at].lower() in VALUE_NAMES]
    if said or plain:
        return said or plain[:1]
    if len(others) != 1:
        has = f"its columns are {listed(names, quotes=True)}"
        content.fail(line, f"has no column 'value' or 'bytes'; {has}")
    return others


def is_said(name: str) -> bool:
    """Return whether a name is that of a statistic or of a metric of EFS."""
    return statistic_of(name) is not None or is_known_metric(metric_of(name) or "")


def _refuse_unit(content: ExportContent, line: int | None, name: str) -> None:
    """Raise TraceErrors for a column whose name says another unit than bytes."""
    unit = named_unit(name)
    if unit is not None:
        text = f"column {quoted(name)} holds {unit.says}, as its name says; write bytes instead"
        content.fail(line, text)


def _named(content: ExportContent, line: int | None, names: Sequence[str], wanted: str) -> int:
    if wanted not in names:
        has = f"its columns are {listed(names, quotes=True)}"
        content.fail(line, f"has no column {quoted(wanted)}; {has}")
    return names.index(wanted)


def metric_of_column(name: str, options: ReadOptions) -> str | None:
    """Return the metric of a column: that of its name, or as options say."""
    metric = metric_of(name)
    if metric is not None and is_known_metric(metric):
        return metric
    is_plain = name in STATISTICS or name.lower() in VALUE_NAMES
    return options.metric if is_plain or options.metric is not None else metric
