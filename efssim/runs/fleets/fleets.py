"""The summaries of the fleets of replications in a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from efssim.lag.fleets.summary import FleetSummary, all_of
from efssim.lag.summary import AGE, ReplicationSummary
from efssim.runs.fleets.spread import spread_of
from efssim.runs.fleets.together import attainment_all
from efssim.runs.outcome import Outcome
from efssim.scenario import Scenario
from efssim.scenario.fleets.paths import REPLICATIONS

WORST = 10
"""Items that are named."""


def fleet_summaries(
    scenario: Scenario, outcomes: Mapping[str, Outcome], window_s: tuple[float, float]
) -> dict[str, FleetSummary]:
    """Return the summary of each fleet of replications of a scenario, by name."""
    return {
        fleet.name: _summary({name: outcomes[name] for name in fleet.members}, window_s)
        for fleet in scenario.fleets
        if fleet.section == REPLICATIONS
    }


def _summary(items: Mapping[str, Outcome], window_s: tuple[float, float]) -> FleetSummary:
    parts = {name: outcome.summary for name, outcome in items.items()}
    verdicts = [part.rpo for part in parts.values()]
    return FleetSummary(
        count=len(items),
        attainment_all=attainment_all(list(items.values()), window_s),
        met=all_of([each.met for each in verdicts]),
        met_throughout=all_of([each.met_throughout for each in verdicts]),
        worst=tuple(worst_of(parts)),
        spread=spread_of(list(parts.values())),
    )


def worst_of(parts: Mapping[str, ReplicationSummary]) -> Sequence[str]:
    """Return the names of those with the least attainment, the worst first.

    Those that do not meet the RPO come before those that do, one without an attainment before all;
    of equal ones, that with the worst age.
    """

    def rank(name: str) -> tuple[bool, float, float]:
        part = parts[name]
        attained, age = part.rpo.attainment, part.lags.get(AGE)
        oldest_s = 0.0 if age is None else age.max or 0.0
        return part.rpo.met is True, -1.0 if attained is None else attained, -oldest_s

    return sorted(parts, key=rank)[:WORST]
