"""Times and values of CloudWatch's JSON, with what is wrong with them at their lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import NoReturn

import numpy as np

from efssim.json_values import JsonValue
from efssim.text.quoting import quoted
from efssim.traces.formats.cells import CellError, counted, dates, finite
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.documents import Step, line_of
from efssim.traces.metric import Floats

JsonPath = tuple[Step, ...]


def fail_at(content: ExportContent, path: JsonPath, message: str) -> NoReturn:
    """Raise TraceErrors with the line of the value at a path of a document."""
    content.fail(line_of(content, path), message)


def json_times(values: Sequence[JsonValue]) -> Floats:
    """Return times as seconds since 1970: dates (UTC without an offset) or numbers.

    Raise CellError for what is no time.
    """
    if values and all(type(value) is str for value in values):
        return dates(values, UTC)  # type: ignore[arg-type]  # they are texts, as was asked
    return counted(json_values(values, "time"), values)[0]


def json_values(values: Sequence[JsonValue], what: str = "value") -> Floats:
    """Return numbers of JSON, NaN for `null` and NaN; raise CellError for anything else."""
    kinds = set(map(type, values))
    if not kinds <= {int, float, type(None)}:
        wrong = (row for row, value in enumerate(values) if type(value) not in _NUMBERS)
        row = next(wrong)
        raise CellError(row, f"{what} {quoted(values[row])} is not a number")
    try:
        found = np.array(values, dtype=np.float64)
    except OverflowError:
        row = next(row for row, value in enumerate(values) if _is_huge(value))
        raise CellError(row, f"{what} {quoted(values[row])} is not finite") from None
    return finite(found, values, what)


_NUMBERS = (int, float, type(None))


def _is_huge(value: JsonValue) -> bool:
    return isinstance(value, int) and abs(value) >= 2**1023


def text_of(value: JsonValue) -> str | None:
    """Return a text or number of JSON as text; None for anything else, and for an empty text."""
    return str(value) or None if isinstance(value, str | int | float) else None
