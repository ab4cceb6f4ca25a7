"""A comparison on a terminal: side by side, with the difference and the gain by pairing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from efssim.report.facts.load import drawn_lines
from efssim.report.facts.traces import thin_lines, trace_lines
from efssim.report.text.parts import joined
from efssim.report.text.sweep import shown
from efssim.report.text.trials import study_text, verdict_of_trials
from efssim.report.verdicts.varied.compared import shown_differences
from efssim.report.words.compare_shares import SHARES
from efssim.report.words.lines import command_lines, counted, wrapped
from efssim.scenario.shown.cells_use import streams_in_cells
from efssim.study.trial.not_in_run import not_in_run
from efssim.text.digits import grouped

if TYPE_CHECKING:
    from efssim.study.run.trial_set import TrialSet
    from efssim.study.varying.paired import MeasureDifference, PairedTrials

_NOUGHT = 1e-12
"""Relative change below which two means are the same but for rounding."""


def comparisons_report(
    comparisons: Sequence[PairedTrials],
    again: str,
    partial: str = "",
    alone: TrialSet | None = None,
) -> str:
    """Return the reports of comparisons with one first study, and how to reproduce them.

    `partial` names the trials that Ctrl-C left out, and `alone` is the first study where nothing is
    there to compare it with.
    """
    reports = [comparison_report(comparison) for comparison in comparisons]
    first = [joined([wrapped(partial)])] if partial else []
    if alone is not None:
        return "\n".join([*first, study_text(alone, again)])
    return "\n".join([*first, *reports, joined([command_lines(again)])])


def comparison_report(comparison: PairedTrials) -> str:
    """Return the report of the main measures: both means, the change and its interval."""
    a, b = comparison.first.scenario.name, comparison.second.scenario.name
    pairs = counted(len(comparison.numbers), "pair")
    title = f"{b} compared with {a}: {pairs} of trials with the same draws"
    if not comparison.is_paired:
        title = f"{b} compared with {a}: no pairs of trials, since their rare faults differ"
    said = [line for text in verdicts(comparison) for line in wrapped(text, indent=2)]
    parts = [wrapped(title, indent=2), said]
    rows = shown_differences(comparison)
    for name in dict.fromkeys(row.replication for row in rows):
        lines = [_row(row) for row in rows if row.replication == name]
        header = f"{'':<29}{'first':>9}{'second':>10} {'change, 95 % interval':<26}{'saved':>5}"
        parts.append([*wrapped(f"{name}:"), header, *lines])
    parts += [_of_traces(study) for study in (comparison.first, comparison.second)]
    parts.append(
        wrapped(
            "saved: share of the variance of the change that the common draws took away; with "
            "independent draws the same interval would need 1 / (1 - saved) times the trials. pp: "
            "percentage points."
        )
    )
    return joined(parts)


def _of_traces(study: TrialSet) -> list[str]:
    """Return the findings on a study's traces and cells; nothing without both."""
    lines = [*thin_lines(study.traces), *trace_lines(study.traces)]
    lines += [line for text in not_in_run(study.scenario) for line in wrapped(text)]
    lines += drawn_lines(streams_in_cells(study.scenario), study.scenario)
    return [*wrapped(f"{study.scenario.name}:"), *lines] if lines else []


def verdicts(comparison: PairedTrials) -> list[str]:
    """Return the verdict of each study on its objective, the same as in its own report."""
    return [
        f"{study.scenario.name}, {name}: {verdict_of_trials(name, study)}"
        for study in (comparison.first, comparison.second)
        for name in study.replications
    ]


def _row(row: MeasureDifference) -> str:
    measure, saved = row.measure, row.variance_saved
    change = change_text(row)
    share = "" if saved is None else f"{100 * saved:.0f} %"
    first, second = shown(measure, row.first), shown(measure, row.second)
    return f"  {measure:<27}{first:>9}{second:>10} {change:<26}{share:>5}"


def change_text(row: MeasureDifference) -> str:
    """Return the change in per cent of the first mean, with its interval; of shares in points."""
    first, change = row.first, row.difference
    if abs(change) <= _NOUGHT * max(abs(first), 1.0):
        return "none"
    if row.measure.split(".")[-1] in SHARES:
        return _points(row)
    if not first:
        return shown(row.measure, change, signed=True)
    text = f"{grouped(100 * change / abs(first), signed=True)} %"
    if row.low is None or row.high is None:
        return text
    low, high = (100 * end / abs(first) for end in (row.low, row.high))
    return f"{text} [{grouped(low, signed=True)}, {grouped(high, signed=True)}]"


def _points(row: MeasureDifference) -> str:
    """Return the change of a share in percentage points, with its interval."""
    text = f"{_digits(row.difference)} pp"
    if row.low is None or row.high is None:
        return text
    return f"{text} [{_digits(row.low)}, {_digits(row.high)}]"


def _digits(share: float) -> str:
    """Return percentage points in at most six characters."""
    points = 100 * share
    if abs(points) >= 10:
        return f"{points:+.1f}"
    return f"{points:+.3f}" if abs(points) >= 1e-3 or not points else f"{points:+.0e}"
