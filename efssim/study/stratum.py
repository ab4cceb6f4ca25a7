"""Which stratum a single run belongs to, for its report."""

from __future__ import annotations

from efssim.model.draws import Draws
from efssim.model.strata import placed, strata_of
from efssim.scenario import Scenario


def stratum_of(scenario: Scenario, seed: int, trial: int) -> tuple[list[str] | None, float] | None:
    """Return the rare faults that a trial was made to have, and how many of all runs have them.

    The faults are None where the stratum is what is left; None altogether for a run that is as it
    comes: trial 0, and all where no fault is rare.
    """
    strata = strata_of(scenario)
    if not trial or len(strata) == 1:
        return None
    stratum = strata.every[placed(scenario, Draws(seed, trial), strata).ordinal]
    return stratum.faults, stratum.probability
