"""A sweep over fleets: how a measure spreads over the items at each combination of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from efssim.lag.fleets.summary import ItemSpread, SpreadTree
from efssim.report.text.fleets.tables import SPREAD_HEAD
from efssim.report.verdicts.fleets import SECTIONS, are_many, worst_kind
from efssim.report.verdicts.trials import colour_of
from efssim.report.verdicts.varied.sweep import STATES
from efssim.report.verdicts.words import Kind
from efssim.report.words.lines import counted, percent
from efssim.study.run.trial_set import TrialSet
from efssim.text.items import every_item, is_meant

if TYPE_CHECKING:
    from collections.abc import Callable

    from efssim.study.varying.points import Point, SweepPoints

_ABSENT = ItemSpread(None, None, None, None)


def shown_replications(sweep: SweepPoints) -> list[str]:
    """Return the replications that a report shows: those that there are at each value.

    Of many in fleets, the worst of each fleet.
    """
    names = [str(name) for name in sweep.points[0].trials.table["replication"].unique()]
    # A fleet that is larger at some values has items that there are not at the others.
    names = [name for name in names if all(name in point.trials.means for point in sweep.points)]
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
    names = (str(vary.segments[-1]) for vary in sweep.parameters)
    rows = [[*names, *SPREAD_HEAD, "all at once", "RPO of each"]]
    for point in sweep.points:
        one = point.trials.fleets[fleet]
        spread = spread_at(one.spread, measure)
        numbers = (spread.min, spread.p50, spread.p95, spread.max)
        share = "-" if one.attainment_all is None else percent(one.attainment_all)
        shares = [share, STATES[_kind(fleet, point.trials)]]
        rows.append([*_values(sweep, point), *(shown(measure, x) for x in numbers), *shares])
    return rows


def _kind(fleet: str, trials: TrialSet) -> Kind:
    """Return the kind of the verdict on all items: met only where each meets the RPO."""
    items = every_item(fleet)
    return worst_kind([colour_of(name, trials) for name in trials.means if is_meant(items, name)])


def items_text(sweep: SweepPoints, fleet: str) -> str:
    """Return how many items a fleet has at the values of a sweep."""
    counts = {point.trials.fleets[fleet].count for point in sweep.points}
    if len(counts) == 1:
        return counted(counts.pop(), "item")
    return f"{min(counts):,} to {max(counts):,} items"


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
