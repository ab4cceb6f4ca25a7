"""Estimating a scenario: its lag from closed forms, without a run."""

from __future__ import annotations

from dataclasses import dataclass

from efssim.closed_forms.estimate import ScenarioEstimate, estimates
from efssim.errors import ArgumentError
from efssim.report.text.estimate import estimate_html
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked, duration_of


@dataclass(frozen=True, repr=False)
class Estimate(ScenarioEstimate):
    """Closed-form numbers of the replications of a scenario."""

    def __repr__(self) -> str:
        return f"<efssim.Estimate of {self.scenario.name!r}>"

    def _repr_html_(self) -> str:
        """Show the verdict and the numbers in the units of people, in Jupyter."""
        return estimate_html(self)


@checked("estimate")
def estimate(scenario: Scenario, outage: float | str = "1 h") -> Estimate:
    """Estimate the lag of every replication of a scenario from closed forms, without a run.

    `outage` (seconds, or as `"2 h"`) is how long a link outage lasts of which the catch-up is given
    beside those of the scenario's events. Raise ArgumentError, a ValueError, if it is no duration
    above 0.
    """
    outage_s = duration_of(outage)
    if not outage_s:
        raise ArgumentError("an outage lasts longer than 0 s")
    return Estimate(scenario, estimates(scenario, outage_s))
