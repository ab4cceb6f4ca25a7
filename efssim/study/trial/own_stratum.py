"""The stratum of a single trial, for a look at it alone."""

from __future__ import annotations

from efssim.model.kernel.draws import Draws
from efssim.model.kernel.strata import Stratum, placed, strata_of
from efssim.scenario import Scenario


def stratum_of(scenario: Scenario, seed: int, trial: int) -> Stratum | None:
    """Return the stratum that a trial is drawn from; None where there is one for all."""
    strata = strata_of(scenario)
    if len(strata) == 1:
        return None
    return strata.every[placed(scenario, Draws(seed, trial), strata).ordinal]
