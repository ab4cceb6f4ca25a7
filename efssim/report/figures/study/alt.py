"""Descriptions of the figures of a study in words and numbers, for readers who cannot see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from efssim.lag.summary import AGE
from efssim.report.figures.study.comparison import drawn_differences
from efssim.report.text.sweep import shown
from efssim.report.words.compare_shares import SHARES
from efssim.report.words.lines import counted, percent
from efssim.study.planning.answer.sentences import answer_text
from efssim.study.varying.screening import SCREENINGS, effects
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from efssim.json_values import JsonValue
    from efssim.study.planning.findings import PlanFindings
    from efssim.study.run.trial_set import TrialSet
    from efssim.study.varying.paired import MeasureDifference, PairedTrials
    from efssim.study.varying.points import SweepPoints


def trials_alt(kind: str, trials: TrialSet, name: str) -> str:
    """Return a sentence on a figure of trials, of the kind attainment or lag."""
    number = counted(len(trials), "trial")
    if kind == "lag":
        most_s = trials.pooled[name][AGE].max
        most = "unknown" if most_s is None else format_duration(most_s)
        return f"{name}: share with a longer lag, by lag, over {number}; the age is at most {most}."
    attained = trials.means[name].rpo.attainment
    mean = "unknown" if attained is None else percent(attained)
    bounds = trials.intervals[name].rpo.attainment
    between = "" if bounds is None else " (95 % interval {} to {})".format(*map(percent, bounds))
    objective = percent(trials.scenario.rpo.attainment)
    return (
        f"{name}: attainment of each of {number}, {mean} on average{between}; the objective is "
        f"{objective}."
    )


def plan_alt(plan: PlanFindings) -> str:
    """Return a sentence on the figure of a plan: its answer."""
    return f"Attainment against {plan.parameter.path}: {answer_text(plan)}."


def compared_lag_alt(comparison: PairedTrials, names: tuple[str, str]) -> str:
    """Return a sentence on the figure of two ages: the largest of each."""
    studies = zip((comparison.first, comparison.second), names, strict=True)
    most = [(study.scenario.name, study.pooled[name][AGE].max) for study, name in studies]
    words = " and ".join(
        f"{'unknown' if most_s is None else format_duration(most_s)} in {name}"
        for name, most_s in most
    )
    return f"Share of the time with a longer age, by age; the age is at most {words}."


def sweep_alt(sweep: SweepPoints, measure: str, name: str) -> str:
    """Return a sentence on the figure of a sweep: the largest number, and where it is."""
    paths = ", ".join(vary.path for vary in sweep.parameters)
    if sweep.arrangement in SCREENINGS:
        first, *_ = effects(sweep, measure, name)
        return f"How {measure} of {name} hangs on each parameter; the most on {first.path}."
    if sweep.one_at_a_time:
        what = f"Change of {measure} of {name} by each of {paths} alone"
        known = [
            (row.change.difference, _where(sweep, {row.path: row.value}))
            for row in sweep.changes(measure, name)
        ]
    else:
        what = f"{measure} of {name} by {paths}"
        known = [
            (row.mean, _where(sweep, row.values))
            for row in sweep.point_means(measure, name)
            if row.mean is not None
        ]
    if not known:
        return f"{what}; no number is defined."
    most, where = max(known, key=lambda row: abs(row[0]))
    number = shown(measure, most, signed=sweep.one_at_a_time)
    return f"{what}; the largest is {number} at {where}."


def _where(sweep: SweepPoints, values: Mapping[str, JsonValue]) -> str:
    by_path = {vary.path: vary for vary in sweep.parameters}
    return ", ".join(f"{path} = {by_path[path].text(value)}" for path, value in values.items())


def comparison_alt(comparison: PairedTrials) -> str:
    """Return a sentence on the figure of a comparison: the largest change."""
    first, second = comparison.first.scenario.name, comparison.second.scenario.name
    what = f"Change of the main measures from {first} to {second}, in per cent of {first}"
    rows = [(row.difference / _unit(row), row.measure) for row in drawn_differences(comparison)]
    if not rows:
        return f"{what}; no number is defined."
    change, measure = max(rows, key=lambda row: abs(row[0]))
    unit = "percentage points" if measure.split(".")[-1] in SHARES else "%"
    return f"{what}; the largest is {100 * change:+.3g} {unit}, of {measure}."


def _unit(row: MeasureDifference) -> float:
    """Return the denominator of a relative change: the first mean, or 1 if it is a share."""
    return 1.0 if row.measure.split(".")[-1] in SHARES else abs(row.first)
