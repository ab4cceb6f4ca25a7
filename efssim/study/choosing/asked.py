"""The question of a choice, checked: the scenarios, the measure, and what is best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from efssim.errors import UsageError
from efssim.runs.thresholds.numbers import parsed, require_number, unit_of
from efssim.scenario import Scenario
from efssim.scenario.expansion.seeds import drawn_with
from efssim.study.errors import StudyError
from efssim.study.known import require_known
from efssim.study.planning.asked import confidence_of
from efssim.study.varying.drawn_as import drawn_as
from efssim.study.varying.space import without_records
from efssim.text.quoting import cut

Best: TypeAlias = Literal["least", "most"]
"""Whether the smallest mean is the best, or the largest."""
LEAST_FIRST = 10
"""Observations of each scenario before anything is decided, at least. Chosen: variances from fewer
are so uncertain that the procedure takes several times the trials that it saves."""


@dataclass(frozen=True)
class ChoiceQuestion:
    """Scenarios, the measure whose mean decides among them, and how sure the answer has to be."""

    scenarios: tuple[Scenario, ...]
    """Without records."""
    replications: tuple[str, ...]
    """The replication of each scenario."""
    measure: str
    """A column of the table of trials, such as `write_lag_s.p99`."""
    best: Best
    indifference: float
    """The smallest difference of two means that matters."""
    confidence: float
    first: int
    """Trials of each scenario before anything is decided."""
    budget: int
    """Trials of a scenario at most."""
    seed: int


def choice_question(
    scenarios: Sequence[Scenario],
    measure: object,
    best: object,
    indifference: object,
    *,
    replication: str | None,
    confidence: object,
    trials: int,
    budget: int,
    seed: int | None,
) -> ChoiceQuestion:
    """Return the question; raise as `efssim.choose` does if it makes no sense."""
    _check_scenarios(scenarios)
    if not isinstance(measure, str):
        raise UsageError(f"efssim.choose: measure has to be a name, not {cut(repr(measure))}")
    if best not in get_args(Best):
        raise StudyError(f"best is 'least' or 'most', not {cut(repr(best))}")
    if trials < LEAST_FIRST:
        raise StudyError(f"a choice needs at least {LEAST_FIRST} trials of each")
    if budget < trials:
        raise StudyError(f"a budget of {budget} trials is below the first {trials} of each")
    names = _replications(scenarios, replication)
    _check_measure(scenarios[0], names[0], measure)
    chosen = scenarios[0].seed if seed is None else seed
    worlds = [drawn_with(each, chosen) for each in scenarios]
    alike = (without_records(drawn_as(worlds[0], each)) for each in worlds)
    return ChoiceQuestion(
        scenarios=tuple(alike),
        replications=names,
        measure=measure,
        best="least" if best == "least" else "most",
        indifference=_indifference(measure, indifference),
        confidence=confidence_of(confidence),
        first=trials,
        budget=budget,
        seed=chosen,
    )


def _check_scenarios(scenarios: Sequence[Scenario]) -> None:
    given: tuple[object, ...] = tuple(scenarios)  # callers may break the annotations
    if not all(isinstance(each, Scenario) for each in given):
        raise UsageError("efssim.choose: takes a list of scenarios, as efssim.load reads them")
    if len(scenarios) < 2:
        raise StudyError("a choice is among two scenarios or more")
    names: list[str] = []
    for scenario in scenarios:
        require_known(scenario, "a choice")
        if scenario.name in names:
            raise StudyError(f"'{scenario.name}' is the name of two scenarios: tell them apart")
        names.append(scenario.name)


def _replications(scenarios: Sequence[Scenario], wanted: str | None) -> tuple[str, ...]:
    """Return the replication of each scenario: the one wanted, else its only one."""
    found = []
    for scenario in scenarios:
        known = list(scenario.replications)
        if wanted in known:
            found.append(str(wanted))
        elif len(known) == 1 and wanted is None:
            found.append(known[0])
        else:
            asked = "name one of them" if wanted is None else f"there is no '{cut(wanted)}'"
            raise StudyError(
                f"{scenario.name} has replications {_listed(known)}: {asked}"
                if known
                else f"{scenario.name} has no replication"
            )
    return tuple(found)


def _check_measure(scenario: Scenario, replication: str, measure: str) -> None:
    """Raise StudyError, with a suggestion, unless summaries have such a number."""
    try:
        require_number((replication, *measure.split(".")), scenario)
    except ValueError as error:
        raise StudyError(str(error)) from None


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


_INDIFFERENCE = (1e-12, 1e18)
"""Bounds of an indifference in seconds, bytes or shares, whose square is a number; chosen."""


def _indifference(measure: str, given: object) -> float:
    """Return the smallest difference that matters, in the unit of the measure."""
    unit = unit_of((*measure.split("."),))
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise UsageError(f"efssim.choose: indifference is a difference, not {cut(repr(given))}")
    try:
        value = parsed(unit, given) if isinstance(given, str) else float(given)
    except (ValueError, OverflowError) as error:
        raise StudyError(f"indifference: {error}") from None
    if not 0 < value < float("inf"):
        raise StudyError("an indifference is a difference above 0 that does not matter")
    low, high = _INDIFFERENCE
    if not low <= value <= high:
        raise StudyError(f"an indifference is from {low:g} to {high:g}, not {value:g}")
    return value
