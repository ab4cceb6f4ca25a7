"""JSON of `aws cloudwatch get-metric-data`: results by Id, in pages of any order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from efssim.json_values import JsonValue
from efssim.text.quoting import quoted
from efssim.traces.formats.cells import CellError
from efssim.traces.formats.cloudwatch.json_cells import (
    JsonPath,
    fail_at,
    json_times,
    json_values,
    text_of,
)
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.documents import JsonMapping, documents
from efssim.traces.formats.names import metric_of, statistic_of
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart
from efssim.traces.metric import Floats

_RESULTS = "MetricDataResults"

_STATUS = {
    "PartialData": "a part of its data is missing; ask again with NextToken",
    "InternalError": "the service failed; ask again",
    "Forbidden": "the caller may not read it",
}
"""Values of StatusCode other than Complete (API reference, MetricDataResult)."""


def _recognise(content: ExportContent) -> bool:
    return content.is_json and f'"{_RESULTS}"' in content.text


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:  # noqa: ARG001  # as others
    pages = documents(content)
    found = [
        (path, result)
        for number, page in enumerate(pages)
        for path, result in _results(content, number, page)
    ]
    notes = [note for _, result in found for note in result_notes(result)]
    notes += [note for page in pages for note in message_notes(page.get("Messages"))]
    return ExportPart(
        tuple(_series(content, path, result) for path, result in found),
        notes=tuple(dict.fromkeys(notes)),
        has_more=all(page.get("NextToken") for page in pages),
    )


def _results(
    content: ExportContent, number: int, page: JsonMapping
) -> Iterator[tuple[JsonPath, JsonMapping]]:
    """Yield each result of a page with its path."""
    results = page.get(_RESULTS, [])
    if not isinstance(results, list):
        fail_at(content, (number, _RESULTS), f"{_RESULTS} is not a list")
    for index, result in enumerate(results):
        path = number, _RESULTS, index
        if not isinstance(result, dict):
            fail_at(content, path, f"{_RESULTS}[{index}] is not an object with Timestamps")
        yield path, result


def _series(content: ExportContent, path: JsonPath, result: JsonMapping) -> SeriesPart:
    times = _list(content, path, result, "Timestamps")
    values = _list(content, path, result, "Values")
    if len(times) != len(values):
        text = f"{len(times):,} Timestamps and {len(values):,} Values; each time has one value"
        fail_at(content, path, f"result {quoted(result.get('Id'))} has {text}")
    label, name = text_of(result.get("Label")), text_of(result.get("Id"))
    return SeriesPart(
        metric=metric_of(label),
        statistic=statistic_of(label),
        time_s=_column(content, (*path, "Timestamps"), times),
        value=_column(content, (*path, "Values"), values),
        dimensions=_dimensions(label, name),
    )


def _dimensions(label: str | None, name: str | None) -> tuple[tuple[str, str], ...]:
    """Return the Id of a result, and the dimensions that its label says as `Name=value`."""
    said = (word.partition("=") for word in (label or "").split())
    pairs = {key: value for key, _, value in said if key.isidentifier() and value}
    return tuple(sorted({**pairs, **({} if name is None else {"Id": name})}.items()))


def _list(
    content: ExportContent, path: JsonPath, result: JsonMapping, key: str
) -> Sequence[JsonValue]:
    found = result.get(key, [])
    if not isinstance(found, list):
        fail_at(content, (*path, key), f"{key} is not a list; export with `--output json`")
    return found


def _column(content: ExportContent, path: JsonPath, values: Sequence[JsonValue]) -> Floats:
    """Return times or values; raise TraceErrors with the line of the first that is none."""
    try:
        return json_times(values) if path[-1] == "Timestamps" else json_values(values)
    except CellError as error:
        fail_at(content, (*path, error.row), error.message)


def result_notes(result: JsonMapping) -> Iterator[str]:
    """Yield sentences about a result that is not complete, and its messages."""
    name = quoted(result.get("Id"))
    yield from status_note(text_of(result.get("Id")), text_of(result.get("StatusCode")))
    for note in message_notes(result.get("Messages")):
        yield f"result {name}: {note}"


def status_note(name: str | None, code: str | None) -> Iterator[str]:
    """Yield a sentence for a result that is not complete."""
    if code is not None and code != "Complete":
        says = f": {_STATUS[code]}" if code in _STATUS else ""
        yield f"result {quoted(name)} has StatusCode {code}{says}"


def message_notes(found: JsonValue) -> Iterator[str]:
    """Yield a sentence for each message of the service."""
    for message in found if isinstance(found, list) else []:
        if isinstance(message, dict):
            said = ", ".join(str(message[key]) for key in ("Code", "Value") if key in message)
            yield f"the service said {quoted(said, 200)}"


METRIC_DATA = ExportFormat(
    name="CloudWatch get-metric-data JSON",
    recognise=_recognise,
    read=_read,
    words=(_RESULTS, "Timestamps", "Values", "Id", "Label", "StatusCode"),
)
