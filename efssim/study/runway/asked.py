"""The question of a runway, checked: horizon, objective and trials."""

from __future__ import annotations

import re
from dataclasses import dataclass

from efssim.scenario import Scenario, ScenarioError
from efssim.scenario.expansion.seeds import drawn_with
from efssim.study.errors import StudyError
from efssim.study.planning.asked import confidence_of, named_objective, with_objective
from efssim.study.planning.findings import PlanObjective
from efssim.text.quoting import cut
from efssim.text.yaml.problems import Position, Problem

MONTHS = 36
"""Horizon unless another is asked for: three years, in months of 30 days."""
MOST_MONTHS = 600
"""Months of a horizon at most; chosen: fifty years."""
_LEAST = 10
"""Trials of a month at least, if trials differ."""

_TEXT = re.compile(r"\s*([0-9]{1,6})\s*(?:months?)?\s*")


@dataclass(frozen=True)
class RunwayQuestion:
    """A scenario that grows, and the objective that it is to meet."""

    scenario: Scenario
    """With the target and the attainment of the objective."""
    horizon: int
    """Last month that is asked for, counted from 0."""
    objective: PlanObjective
    trials: int
    """Of each month, if trials differ at all."""
    seed: int
    sets: int | None = None
    """Parameter sets, where parameters are not known."""


def runway_question(
    scenario: Scenario,
    horizon: object,
    *,
    rpo: object,
    attainment: object,
    confidence: object,
    replication: str | None,
    named: str | None,
    trials: int,
    seed: int | None,
    sets: int | None,
) -> RunwayQuestion:
    """Return the question of a runway; raise as `efssim.runway` does if it makes no sense."""
    months = horizon_months(horizon)
    base = with_objective(drawn_with(scenario, seed), rpo, attainment)
    names = _replications(base, replication)
    sure = confidence_of(confidence)
    objective = PlanObjective(base.rpo.target, base.rpo.attainment, sure, names)
    if named is not None:
        objective = named_objective(base, named, sure, names, replaces=(rpo, attainment))
    if trials < _LEAST:
        raise StudyError(f"a runway needs at least {_LEAST} trials of a month")
    chosen_seed = base.seed if seed is None else seed
    return RunwayQuestion(base, months, objective, trials, chosen_seed, sets)


def horizon_months(value: object) -> int:
    """Return the months of a horizon, such as `36 months`; raise ScenarioError for any other."""
    if isinstance(value, int) and not isinstance(value, bool):
        months = value
    else:
        found = _TEXT.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise _problem(f"'{cut(str(value))}' is no number of months, such as '36 months'")
        months = int(found[1])
    if not 1 <= months <= MOST_MONTHS:
        raise _problem(f"a horizon is 1 to {MOST_MONTHS} months, not {months}")
    return months


def _problem(message: str) -> ScenarioError:
    return ScenarioError([Problem(Position("--horizon", 1, 1), (), message)])


def _replications(scenario: Scenario, replication: str | None) -> tuple[str, ...]:
    known = tuple(scenario.replications)
    if not known:
        raise StudyError("the scenario has no replication whose RPO could be met")
    if replication is not None:
        if replication not in known:
            raise StudyError(f"no replication '{replication}', only {', '.join(known)}")
        return (replication,)
    return known
