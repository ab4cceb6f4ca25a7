"""The verdict on a result in a word, for lists of results: it is met where `--check` passes."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.lag.objectives.thresholds import ThresholdSummary
from efssim.report.facts.traces import Traces
from efssim.report.verdicts.check import Checked, checked_trials, keeps_up, passes
from efssim.study.planning.answer.cautions import hangs_on_ends
from efssim.study.planning.findings import PlanFindings
from efssim.study.run.summary import thresholds_of
from efssim.study.varying.points import SweepPoints

MET, NOT_DECIDED = "met", "not decided"


def word_of(
    parts: Sequence[Checked], traces: Traces, thresholds: Sequence[ThresholdSummary] = ()
) -> str:
    """Return the verdict on a run, trials or parameter sets by the conditions of `--check`."""
    if passes(parts, traces, thresholds):
        return MET
    if not parts:
        return "no replication"
    missed = any(part.met_throughout is False or False in part.objectives for part in parts)
    if missed or any(each.outcome == "fails" for each in thresholds):
        return "missed"
    return NOT_DECIDED if keeps_up(parts) else "falls behind"


def word_of_plan(plan: PlanFindings) -> str:
    """Return the outcome of a plan, with the value that it found."""
    outcome = plan.outcome.replace("_", " ") + ", diverging" * plan.is_so_far
    outcome += ", so far" * (plan.outcome != "never" and hangs_on_ends(plan))
    if plan.answer is None:
        return outcome
    return f"{outcome}: {plan.parameter.text(plan.answer.holds_at)}"


def word_of_sweep(sweep: SweepPoints) -> str:
    """Return in how many combinations of a sweep `--check` would pass."""
    met = 0
    for point in sweep.points:
        thresholds = thresholds_of(point.trials)
        met += passes(checked_trials(point.trials), point.trials.traces, thresholds)
    return f"met in {met} of {len(sweep.points)}"
