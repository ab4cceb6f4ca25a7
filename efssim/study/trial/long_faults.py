"""Faults that last so long that the end of a run hides part of the loss by them."""

from __future__ import annotations

from efssim.scenario import Scenario
from efssim.study.trial.absent import may_begin

LONG = 0.05
"""Share of the window; a longer mean makes the attainment of a run differ from the long-run one."""


def long_faults(scenario: Scenario) -> dict[str, float]:
    """Return the mean lengths, in seconds, of the faults that last longer than that, by name.

    Of those that may begin before the end of a run.
    """
    window_s = scenario.duration - scenario.warm_up
    found = {
        name: fault.lasts.expected()
        for name, fault in scenario.faults.items()
        if fault.lasts is not None and may_begin(fault, scenario)
    }
    return {name: mean_s for name, mean_s in found.items() if mean_s > LONG * window_s}
