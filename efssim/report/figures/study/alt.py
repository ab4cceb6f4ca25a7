"""Descriptions of the figures of a study in words and numbers, for readers who cannot see them."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from efssim.report.figures.study.comparison import drawn_rows
from efssim.report.text.sweep import shown
from efssim.report.words.compare_shares import SHARES
from efssim.report.words.lines import counted, percent
from efssim.study.planning.sentences import answer_text
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from efssim.study.planning.findings import PlanFindings
    from efssim.study.run.trial_set import TrialSet
    from efssim.study.varying.paired import PairedTrials
    from efssim.study.varying.points import SweepPoints


def trials_alt(kind: str, trials: TrialSet, name: str) -> str:
    """Return a sentence on a figure of trials, of the kind attainment or lag."""
    number = counted(len(trials), "trial")
    if kind == "lag":
        most_s = trials.summary["pooled"][name]["time_since_last_sync_s"]["max"]
        most = "unknown" if most_s is None else format_duration(most_s)
        return f"{name}: share with a longer lag, by lag, over {number}; the age is at most {most}."
    rpo = trials.summary["replications"][name]["rpo"]
    mean = "unknown" if rpo["attainment"] is None else percent(rpo["attainment"])
    bounds = trials.summary["ci95"][name]["rpo"]["attainment"]
    between = "" if bounds is None else " (95 % interval {} to {})".format(*map(percent, bounds))
    objective = percent(trials.scenario.rpo.attainment)
    return (
        f"{name}: attainment of each of {number}, {mean} on average{between}; the objective is "
        f"{objective}."
    )


def plan_alt(plan: PlanFindings) -> str:
    """Return a sentence on the figure of a plan: its answer."""
    return f"Attainment against {plan.parameter.path}: {answer_text(plan)}."


def sweep_alt(sweep: SweepPoints, measure: str, name: str) -> str:
    """Return a sentence on the figure of a sweep: the largest number, and where it is."""
    paths = ", ".join(vary.path for vary in sweep.parameters)
    if sweep.one_at_a_time:
        rows = sweep.tornado(measure, name).to_dict("records")
        key, what = "difference", f"Change of {measure} of {name} by each of {paths} alone"
    else:
        rows = sweep.means(measure, name).to_dict("records")
        key, what = "mean", f"{measure} of {name} by {paths}"
    known = [row for row in rows if not math.isnan(row[key])]
    if not known:
        return f"{what}; no number is defined."
    most = max(known, key=lambda row: abs(float(row[key])))
    number = shown(measure, most[key], signed=sweep.one_at_a_time)
    return f"{what}; the largest is {number} at {_where(sweep, most)}."


def _where(sweep: SweepPoints, row: dict[Any, Any]) -> str:
    by_path = {vary.path: vary for vary in sweep.parameters}
    if sweep.one_at_a_time:
        return f"{row['path']} = {by_path[row['path']].text(row['value'])}"
    return ", ".join(f"{path} = {vary.text(row[path])}" for path, vary in by_path.items())


def comparison_alt(comparison: PairedTrials) -> str:
    """Return a sentence on the figure of a comparison: the largest change."""
    first, second = comparison.first.scenario.name, comparison.second.scenario.name
    what = f"Change of the main measures from {first} to {second}, in per cent of {first}"
    rows = [
        (row["difference"] / _unit(row), row["measure"])
        for row in drawn_rows(comparison).to_dict("records")
    ]
    known = [row for row in rows if not math.isnan(row[0])]
    if not known:
        return f"{what}; no number is defined."
    change, measure = max(known, key=lambda row: abs(row[0]))
    unit = "percentage points" if measure.split(".")[-1] in SHARES else "%"
    return f"{what}; the largest is {100 * change:+.3g} {unit}, of {measure}."


def _unit(row: dict[Hashable, Any]) -> float:
    """Return the denominator of a relative change: the first mean, or 1 if it is a share."""
    return 1.0 if row["measure"].split(".")[-1] in SHARES else float(abs(row["first"]))
