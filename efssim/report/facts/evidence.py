"""Sentences on the evidence of a study: strata, units of evidence, long faults."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.report.words.lines import counted, percent
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.evidence import Evidence
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.long_faults import LONG, long_faults
from efssim.text.quantities import format_duration


def strata_text(trials: TrialSet) -> str:
    """Return how trials are shared out over rare faults; nothing where they are not."""
    return strata_sentence(trials.weighing)


def strata_sentence(weighing: Weighing) -> str:
    """Return how trials of these weights are shared out: see `strata_text`."""
    strata = weighing.strata()
    if not strata:
        return ""
    listed = "; ".join(
        f"{stratum_name(row.faults)} {percent(row.probability)} ({counted(row.trials, 'trial')})"
        for row in strata
    )
    return (
        f"Rare faults are drawn more often than they come, and every number weighs each trial with "
        f"the probability of its kind: {listed}."
    )


def stratum_name(faults: Sequence[str] | None) -> str:
    """Return the rare faults of the trials of a stratum, in words."""
    if faults is None:
        return "any others"
    return " and ".join(faults) or "no rare fault"


def units_text(found: Evidence, trials: TrialSet) -> str:
    """Return a sentence on the units of evidence and their number."""
    if all(trials.design.exact):
        return "Nothing is drawn in this scenario, so one trial is the whole truth."
    if trials.design.exact[0]:
        drawn = found.windows - trials.weighing.counts[0]
        return (
            f"Evidence: {counted(drawn, 'trial')} with a rare fault; without one nothing is drawn, "
            "so that one trial is the whole truth."
        )
    if found.unit == "span":
        return (
            f"Evidence: {counted(found.windows, 'independent unit')}; trials without a fault are "
            "divided into days or more where the process starts anew."
        )
    return f"Evidence: {counted(found.windows, 'trial')}; only whole trials count as independent."


def long_faults_text(trials: TrialSet) -> str:
    """Return a sentence on faults so long that the end of a run hides much of them."""
    return long_text(long_faults(trials.scenario))


def long_text(found: dict[str, float]) -> str:
    """Return that these faults, of mean lengths in seconds, are cut by the end of the run."""
    if not found:
        return ""
    listed = " and ".join(f"{name} ({format_duration(s)})" for name, s in found.items())
    verb = "lasts" if len(found) == 1 else "last"
    return (
        f"{listed} {verb} longer on average than {percent(LONG)} of the window, whose end cuts it: "
        "the long-run attainment is lower."
    )
