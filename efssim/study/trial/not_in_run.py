"""Faults, events and links of a scenario that are in none of its numbers, as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from efssim.closed_forms.replications import concerns, link_between
from efssim.scenario import Scenario
from efssim.scenario.grammar.disturbances.effects import Target
from efssim.scenario.grammar.events import Disturbance
from efssim.scenario.unknowns.parameters import UncertainParameter
from efssim.study.trial.absent import absent, absent_texts
from efssim.text.quoting import listed
from efssim.text.yaml.paths import Path, format_path

_NAMED = 4
"""Of them that are named."""
_BY_PLACE = (Target.REGION, Target.LINK)
"""Targets that a scenario need not have: others are names of its own parts."""


def not_in_run(scenario: Scenario, unknown: Sequence[UncertainParameter] = ()) -> list[str]:
    """Return sentences on what does not begin before the end of a run, and on what reaches nothing.

    `unknown` are its parameters that are not known, of trials at parameter sets.
    """
    return [*absent_texts(absent(scenario, unknown)), *unreached_texts(scenario)]


def not_in_runs(scenarios: Iterable[Scenario]) -> list[str]:
    """Return these of several scenarios, each after the name of its scenario."""
    return [f"{each.name}: {text}" for each in scenarios for text in not_in_run(each)]


def unreached_texts(scenario: Scenario) -> list[str]:
    """Return a sentence on what concerns no replication; none where there is nothing.

    Nor where replications may be made by calls, whose Regions nobody knows before.
    """
    if not scenario.replications or any(event.call is not None for event in scenario.events):
        return []
    found = [*_disturbances(scenario), *_links(scenario)]
    if not found:
        return []
    concerns_none, it_changes = (
        ("concerns", "it changes") if len(found) == 1 else ("concern", "they change")
    )
    return [
        f"REACHES NOTHING: {listed(found, most=_NAMED)} {concerns_none} no replication of the "
        f"scenario: {it_changes} no verdict."
    ]


def _disturbances(scenario: Scenario) -> Iterator[str]:
    parts: list[tuple[Path, Disturbance]] = [
        *((("faults", name), fault) for name, fault in scenario.faults.items()),
        *((("events", ordinal), event) for ordinal, event in enumerate(scenario.events)),
    ]
    for path, part in parts:
        if part.entry.target in _BY_PLACE and not _is_concerned(scenario, part):
            yield f"{format_path(path)} ({part.kind} {part.target})"


def _is_concerned(scenario: Scenario, part: Disturbance) -> bool:
    if any(alarm.region == part.target for alarm in scenario.alarms.values()):
        return True
    return any(concerns(scenario, name, part) for name in scenario.replications)


def _links(scenario: Scenario) -> Iterator[str]:
    """Yield links that nothing is sent over; a way back of a drill has one of its own."""
    if not scenario.links or scenario.drill is not None:
        return
    used = {link_between(scenario, each) for each in scenario.replications.values()}
    for name in scenario.links:
        if name not in used:
            yield format_path(("links", name))
