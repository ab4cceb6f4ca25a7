"""A sweep over fleets: how a measure spreads over the items at each combination of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from efssim.lag.fleets.summary import ItemSpread, SpreadTree
from efssim.report.text.fleets.tables import SPREAD_HEAD
from efssim.report.verdicts.fleets import SECTIONS, are_many
from efssim.report.words.lines import percent
from efssim.text.items import every_item, is_meant

if TYPE_CHECKING:
    from collections.abc import Callable

    from efssim.study.varying.points import Point, SweepPoints

_ABSENT = ItemSpread(None, None, None, None)


def shown_replications(sweep: SweepPoints) -> list[str]:
    """Return the replications that a report shows: of many in fleets, the worst of each fleet."""
    names = [str(name) for name in sweep.points[0].trials.table["replication"].unique()]
    fleets = sweep.points[0].trials.fleets
    if not fleets or not are_many(names):
        return names
    of_fleets = {name for fleet in fleets for name in names if is_meant(every_item(fleet), name)}
    worst = {name for fleet in fleets.values() for name in fleet.worst[:SECTIONS]}
    return [name for name in names if name not in of_fleets or name in worst]


def fleet_rows(
    sweep: SweepPoints, measure: str, fleet: str, shown: Callable[[str, float | None], str]
) -> list[list[str]]:
    """Return the head of a table, and a row for each combination: values and spread over items."""
    head = [*(str(vary.segments[-1]) for vary in sweep.parameters), *SPREAD_HEAD, "all at once"]
    rows = [head]
    for point in sweep.points:
        one = point.trials.fleets[fleet]
        spread = spread_at(one.spread, measure)
        numbers = (spread.min, spread.p50, spread.p95, spread.max)
        share = "-" if one.attainment_all is None else percent(one.attainment_all)
        rows.append([*_values(sweep, point), *(shown(measure, x) for x in numbers), share])
    return rows


def _values(sweep: SweepPoints, point: Point) -> Sequence[str]:
    return [
        vary.text(point.values[vary.path]) if vary.path in point.values else "-"
        for vary in sweep.parameters
    ]


def spread_at(tree: SpreadTree, measure: str) -> ItemSpread:
    """Return how a number spreads over items, by its dotted name; empty if there is none."""
    first, _, rest = measure.partition(".")
    if not rest:
        return tree.numbers.get(first, _ABSENT)
    return spread_at(tree.parts[first], rest) if first in tree.parts else _ABSENT
