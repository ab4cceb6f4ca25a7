"""JSON of a range query of Prometheus: of its HTTP API, of promtool, and of CloudWatch's PromQL.

Prometheus, "HTTP API", range vectors: `[{"metric": {labels}, "values": [[seconds, "value"], …]}]`,
in the API within `data.result`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from efssim.json_values import JsonValue
from efssim.text.quoting import quoted
from efssim.traces.formats.cells import CellError, counted, finite, numbers
from efssim.traces.formats.cloudwatch.json_cells import JsonPath, fail_at, json_values, text_of
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.documents import JsonMapping, documents
from efssim.traces.formats.names import metric_of, statistic_of
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart
from efssim.traces.metric import Floats


def _recognise(content: ExportContent) -> bool:
    if not content.is_json:
        return False
    head = content.head
    return '"resultType"' in head or (
        '"metric"' in head and ('"values"' in head or '"histograms"' in head)
    )


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:  # noqa: ARG001  # as others
    series: list[SeriesPart] = []
    notes: list[str] = []
    for number, page in enumerate(documents(content)):
        for path, result in _results(content, number, page):
            series.append(_series(content, path, result))
        warnings = page.get("warnings")
        said = warnings if isinstance(warnings, list) else []
        notes += [f"the service said {quoted(one, 200)}" for one in said]
    return ExportPart(tuple(series), notes=tuple(dict.fromkeys(notes)), times="epoch s")


def _results(
    content: ExportContent, number: int, page: JsonMapping
) -> Iterator[tuple[JsonPath, JsonMapping]]:
    """Yield each series of an answer with its path; of promtool every document is one."""
    if "metric" in page and "values" in page:
        yield (number,), page
        return
    if page.get("status") == "error":
        content.fail(1, f"is an error of the service: {quoted(page.get('error'), 200)}")
    data = page.get("data")
    if not isinstance(data, dict) or not isinstance(found := data.get("result"), list):
        text = "has no data.result with the series of a range query; query /api/v1/query_range"
        fail_at(content, (number, "data"), text)
    kind = text_of(data.get("resultType"))
    if kind not in (None, "matrix"):
        text = f"is a {kind}, which has one time; query /api/v1/query_range for a matrix"
        fail_at(content, (number, "data", "resultType"), text)
    for index, result in enumerate(found):
        path = number, "data", "result", index
        if not isinstance(result, dict):
            fail_at(content, path, "is no series, which has metric and values")
        yield path, result


def _series(content: ExportContent, path: JsonPath, result: JsonMapping) -> SeriesPart:
    labels, pairs = result.get("metric"), result.get("values")
    if not isinstance(pairs, list):
        what = "histograms" if "histograms" in result else "no values"
        fail_at(content, path, f"has {what}; query plain samples, as by histogram_sum(…)")
    named = labels if isinstance(labels, dict) else {}
    name = text_of(named.get("__name__"))
    dimensions = sorted(
        (str(key), str(value)) for key, value in named.items() if value and key != "__name__"
    )
    times, values = _columns(content, (*path, "values"), pairs)
    return SeriesPart(
        metric=metric_of(name),
        statistic=statistic_of(name),
        time_s=times,
        value=values,
        dimensions=tuple(dimensions),
        times="epoch s",
    )


def _columns(
    content: ExportContent, path: JsonPath, pairs: Sequence[JsonValue]
) -> tuple[Floats, Floats]:
    """Return times and values of pairs; raise TraceErrors with the line of one that is none."""
    try:
        times, values = [pair[0] for pair in pairs], [pair[1] for pair in pairs]  # type: ignore[index]  # asked for below
        if set(map(len, pairs)) - {2}:  # type: ignore[arg-type]  # as above
            raise ValueError
    except (TypeError, IndexError, KeyError, ValueError):
        row = next(row for row, pair in enumerate(pairs) if not _is_pair(pair))
        fail_at(content, (*path, row), 'is no pair of a time and a value such as [1767225600, "1"]')
    try:
        return counted(json_values(times, "time"), times)[0], _values(values)
    except CellError as error:
        fail_at(content, (*path, error.row), error.message)


def _values(values: Sequence[JsonValue]) -> Floats:
    if all(type(value) is str for value in values):
        return finite(numbers(values), values)  # type: ignore[arg-type]  # they are texts
    return json_values(values)


def _is_pair(pair: JsonValue) -> bool:
    return isinstance(pair, list) and len(pair) == 2


PROMETHEUS = ExportFormat(
    name="Prometheus matrix JSON",
    recognise=_recognise,
    read=_read,
    words=("resultType", "matrix", '"metric"', '"values"', "__name__"),
)
