"""The queries of a request, of which some are expressions on others."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from efssim.cloudwatch.math.evaluation import MathScope
from efssim.cloudwatch.math.expression import ExpressionError, expression
from efssim.cloudwatch.math.values import MathValue, TimedValues, ValuesList
from efssim.cloudwatch.shapes import DataQuery

_ID = re.compile("[a-z][a-zA-Z0-9_]*")


class Queries:
    """The queries by their ids; each is evaluated once, when it is asked for."""

    def __init__(
        self,
        queries: Sequence[DataQuery],
        read: Callable[[DataQuery], TimedValues],
        begin_s: float,
        end_s: float,
    ) -> None:
        """Take queries and the function that reads the metric of one."""
        self._queries: dict[str, DataQuery] = {}
        self._doubled: list[str] = []
        for query in queries:
            if query["Id"] in self._queries:
                self._doubled.append(query["Id"])
            self._queries[query["Id"]] = query
        self._read, self._span = read, (begin_s, end_s)
        self._values: dict[str, MathValue] = {}
        self._open: list[str] = []

    def results(self, query: str) -> tuple[TimedValues, ...]:
        """Return the series of a query, several for an array; raise ExpressionError without one."""
        found, label = self.value_of(query), self._queries[query].get("Label")
        if isinstance(found, float):
            raise ExpressionError("its result is a number, and has to be time series")
        if isinstance(found, TimedValues):
            own = found.label if found.is_metric else label if label is not None else query
            return (TimedValues(found.points, found.period_s, own),)
        first = query if label is None else label
        return tuple(
            TimedValues(part.points, part.period_s, f"{first} {part.label}".strip())
            for part in found.parts
        )

    def value_of(self, query: str) -> MathValue:
        """Return the value of a query; raise ExpressionError where it has none."""
        if query in self._values:
            return self._values[query]
        if query not in self._queries:
            raise ExpressionError(f"no query has the id '{query}'")
        if query in self._open:
            raise ExpressionError(f"'{query}' is about itself")
        self._open.append(query)
        found = self._values[query] = self._evaluated(query)
        self._open.pop()
        return found

    def _evaluated(self, query: str) -> MathValue:
        if not _ID.fullmatch(query):
            raise ExpressionError(f"'{query}' is no id: it begins with a lowercase letter")
        if query in self._doubled:
            raise ExpressionError(f"'{query}' is the id of two queries")
        asked = self._queries[query]
        if ("MetricStat" in asked) == ("Expression" in asked):
            raise ExpressionError("a query has either a MetricStat or an Expression")
        if "MetricStat" in asked:
            return self._read(asked)
        metrics = {
            name: self._metric(name) for name, part in self._queries.items() if "MetricStat" in part
        }
        by = MathScope(self.value_of, metrics, *self._span)
        found = by.value(expression(asked["Expression"]))
        if isinstance(found, TimedValues):
            return found.with_points(found.points)
        if isinstance(found, ValuesList):
            return ValuesList(tuple(part.with_points(part.points) for part in found.parts))
        return found

    def _metric(self, query: str) -> TimedValues:
        found = self.value_of(query)
        assert isinstance(found, TimedValues), "a metric is one series"
        return found
