"""The evidence of trials at one value, by hand."""

from __future__ import annotations

from typing import Any

from efssim.study.planning.evaluation import Evaluation, Losses
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.weighing import Design


def evaluation(*losses: float, strata: tuple[int, ...] = (), **changed: Any) -> Evaluation:
    """Return an evaluation whose trials have some losses, and nothing else but what is changed.

    With strata, the first has a probability of 0.9 and the second of 0.1.
    """
    probabilities = (0.9, 0.1) if strata else (1.0,)
    names: tuple[tuple[str, ...] | None, ...] = (None,) * len(probabilities)
    design = Design((), probabilities, names, (False,) * len(probabilities))
    of_trials = strata or (0,) * len(losses)
    given: dict[str, Any] = {
        "value": 0,
        "interval": Interval(0.0, 1.0),
        "met": None,
        "holds": False,
        "more_trials": None,
        "stage": "search",
        "seed": 1,
        "trials": len(losses),
        "confidence": 0.95,
        "violations_per_month": 0.0,
        "above_s_per_month": 0.0,
        "peak_s": None,
    }
    found = Losses({"dr": losses}, of_trials, design.weighing(of_trials))
    return Evaluation(losses=found, **(given | changed))
