"""Refusing studies that would pass over what is not known."""

from __future__ import annotations

from efssim.scenario import Scenario
from efssim.scenario.unknowns.parameters import uncertain_parameters
from efssim.study.errors import StudyError


def require_known(scenario: Scenario, study: str) -> None:
    """Raise StudyError where parameters are not known, of which a study takes no notice."""
    count = len(uncertain_parameters(scenario))
    if count:
        raise StudyError(
            f"{count} {'parameter is' if count == 1 else 'parameters are'} uncertain, and {study} "
            "has one parameter set: efssim.run_sets, or `efssim run --trials`, has many; without "
            "`uncertain`, and with another preset than efs-unknown, everything is known"
        )


def require_rpo_alone(scenario: Scenario, study: str) -> None:
    """Raise StudyError for objectives besides the RPO and thresholds, which a study passes over."""
    if scenario.thresholds:
        raise StudyError(f"{study} judges no thresholds: take `thresholds` away")
    if scenario.objectives:
        listed = ", ".join(scenario.objectives)
        raise StudyError(
            f"{study} judges the RPO alone, and no other objective ({listed}): take `objectives` "
            "away, or make each the RPO of a study of its own"
        )
