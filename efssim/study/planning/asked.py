"""The question of a plan, checked: objective, confidence, replications and budget of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from efssim.errors import UsageError
from efssim.scenario import Scenario
from efssim.scenario.expansion.seeds import drawn_with
from efssim.scenario.unknowns.quantity import DURATION, FRACTION
from efssim.study.errors import StudyError
from efssim.study.planning.findings import PlanObjective
from efssim.study.varying.space import (
    VariedParameter,
    bounds,
    parameter,
    require_key,
    with_value,
    without_records,
)
from efssim.text.items import every_item, fleet_hint, meant
from efssim.text.quoting import cut, listed
from efssim.text.yaml.problems import Position

_LEAST = 10
"""Trials of an evaluation at least."""


@dataclass(frozen=True)
class PlanQuestion:
    """The parameter of a plan, its range, and the objective to meet."""

    scenario: Scenario
    """With the target and the attainment of the objective."""
    parameter: VariedParameter
    between: tuple[float, float]
    objective: PlanObjective
    trials: int
    """Of each evaluation in the search, if trials differ at all."""
    seed: int
    minimise: Literal["cost"] | None = None
    """Quantity to be least among the values that meet the objective; None: none."""


def question(
    scenario: Scenario,
    vary: object,
    between: Sequence[object],
    *,
    rpo: object,
    attainment: object,
    confidence: object,
    replication: str | None,
    trials: int,
    seed: int | None,
    minimise: object = None,
    named: str | None = None,
) -> PlanQuestion:
    """Return the question of a plan; raise as `efssim.plan` does if it makes no sense."""
    chosen = _varied(vary, between)
    require_key(scenario, chosen)
    low, high = bounds(chosen, *between)
    if chosen.segments == ("rpo", "attainment"):
        raise chosen.problem("is the objective itself; vary something else, or rpo.target")
    if chosen.segments[:1] == ("file_systems",) and chosen.segments[2:] == ("count",):
        raise chosen.problem("changes which replications there are; a sweep takes such values")
    if chosen.segments == ("seed",):
        raise chosen.problem("trials have one seed for all values; more trials have more draws")
    base = with_objective(drawn_with(scenario, seed), rpo, attainment)
    sure = confidence_of(confidence)
    names = _replications(base, chosen, replication)
    objective = PlanObjective(base.rpo.target, base.rpo.attainment, sure, names)
    if named is not None:
        objective = named_objective(base, named, sure, names, replaces=(rpo, attainment))
    if trials < _LEAST:
        raise StudyError(f"a plan needs at least {_LEAST} trials")
    chosen_seed = base.seed if seed is None else seed
    least = _minimised(base, minimise)
    return PlanQuestion(base, chosen, (low, high), objective, trials, chosen_seed, least)


def _minimised(scenario: Scenario, minimise: object) -> Literal["cost"] | None:
    if minimise is None:
        return None
    if minimise != "cost":
        raise StudyError(f"a plan can minimise the cost only, not {cut(repr(minimise))}")
    if scenario.prices is None:
        raise StudyError("the scenario has no `prices`, so nothing has a cost to minimise")
    return "cost"


def named_objective(
    scenario: Scenario,
    name: str,
    sure: float,
    replications: tuple[str, ...],
    *,
    replaces: tuple[object, object],
) -> PlanObjective:
    """Return one of the objectives of a scenario; raise StudyError for any other.

    Also where target or attainment of the RPO are to be replaced, which it has of its own.
    """
    if any(value is not None for value in replaces):
        raise StudyError("rpo and attainment replace those of the RPO, not of an objective")
    asked = scenario.objectives.get(name)
    if asked is None:
        known = ", ".join(scenario.objectives) or "the RPO"
        raise StudyError(f"no objective '{cut(name)}', only {known}")
    common = tuple(each for each in replications if asked.concerns(each))
    if not common:
        raise StudyError(f"objective '{name}' is not one of {listed(replications)}")
    return PlanObjective(asked.target, asked.attainment, sure, common, name, asked.of)


def _varied(vary: object, between: Sequence[object]) -> VariedParameter:
    if not isinstance(vary, str | VariedParameter):
        raise UsageError(f"efssim.plan: vary has to be a path, not {vary!r}")
    if len(between) != 2:
        raise UsageError("efssim.plan: between has to be two values, (low, high)")
    return vary if isinstance(vary, VariedParameter) else parameter(vary)


def budget_s(value: object) -> float:
    """Return the seconds of a budget of time; raise ScenarioError for one of none."""
    at = VariedParameter("budget", (), DURATION, Position("--budget", 1, 1))
    seconds = float(at.value(value))
    if not seconds > 0:
        raise at.problem("a budget is longer than 0 s")
    return seconds


def with_objective(scenario: Scenario, rpo: object, attainment: object) -> Scenario:
    """Return a scenario with another target and attainment, and without records.

    Raise ScenarioError for any other value.
    """
    changed = without_records(scenario)
    for option, value in (("rpo", rpo), ("attainment", attainment)):
        if value is not None:
            path = "rpo.target" if option == "rpo" else "rpo.attainment"
            changed = with_value(changed, parameter(path, Position(f"--{option}", 1, 1)), value)
    if changed.rpo.attainment == 0:
        at = Position("--attainment", 1, 1)
        raise parameter("rpo.attainment", at).problem("an attainment of 0 is always met")
    return changed


def confidence_of(value: object) -> float:
    """Return a confidence; raise ScenarioError unless it is at least 50 % and below 100 %."""
    at = VariedParameter("confidence", (), FRACTION, Position("--confidence", 1, 1))
    share = float(at.value(value))
    if not 0.5 <= share < 1:
        raise at.problem("a confidence is at least 50 % and below 100 %")
    return share


def _replications(
    scenario: Scenario, vary: VariedParameter, replication: str | None
) -> tuple[str, ...]:
    known = tuple(scenario.replications)
    if not known:
        raise vary.problem("the scenario has no replication whose RPO could be met")
    if replication is not None:
        chosen = tuple(meant(replication, known))
        if not chosen:
            hint = fleet_hint(replication, known)
            raise StudyError(hint or f"no replication '{replication}', only {listed(known)}")
        return chosen
    section, *rest = vary.segments
    named = str(rest[0]) if section == "replications" and rest else ""
    # A path to what all items of a fleet have in common is about all of them.
    return tuple(meant(named, known)) or tuple(meant(every_item(named), known)) or known
