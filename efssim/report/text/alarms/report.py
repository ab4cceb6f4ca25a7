"""The report of `efssim alarms`: each alarm in sentences, and its changes of state."""

from __future__ import annotations

from efssim.lag.detection.summary import AlarmChange
from efssim.report.facts.alarms import alarm_lines, alarm_lines_over_trials
from efssim.report.text.parts import absent_lines, heading, joined, reproduce
from efssim.report.words.lines import clock, wrapped
from efssim.runs.run import Run
from efssim.study.run.trial_set import TrialSet

NO_ALARM = "This scenario has no alarm: `alarms` has them, or --alarms a file of describe-alarms."
_CHANGES = 20
"""Changes of an alarm that are listed; alarms.csv has all."""


def alarms_report(run: Run, command: str) -> str:
    """Return the report of a run; `command` reproduces it."""
    changes = [_changes(name, run) for name in run.alarms]
    return joined(
        [
            [*heading(run), *absent_lines(run), *_violations(run)],
            alarm_lines(run) or wrapped(NO_ALARM),
            *changes,
            reproduce(run, command),
        ]
    )


def _violations(run: Run) -> list[str]:
    """Return how many violations each replication had."""
    return [
        line
        for name, outcome in run.outcomes.items()
        for line in wrapped(
            f"{name}: violations of the RPO: {outcome.summary.rpo.violations:,}", indent=2
        )
    ]


def _changes(name: str, run: Run) -> list[str]:
    """Return the first changes of the state of an alarm."""
    found = run.alarms[name].transitions
    if not found:
        return []
    lines = wrapped(f"{name} (UTC):")
    for change in found[:_CHANGES]:
        lines += wrapped(f"  {_change(change, run)}", indent=4)
    if len(found) > _CHANGES:
        lines.append(f"  and {len(found) - _CHANGES:,} more")
    return lines


def _change(change: AlarmChange, run: Run) -> str:
    when = clock(run.scenario, change.time_s)
    return f"{when}  {change.before} -> {change.after}: {change.reason}"


def alarms_report_over_trials(trials: TrialSet, command: str) -> str:
    """Return the report of trials; `command` reproduces them."""
    partial = []
    if trials.partial:
        partial = [f"PARTIAL: interrupted after {len(trials)} of {trials.wanted} trials"]
    parts = [
        [*partial, *heading(trials), *absent_lines(trials)],
        alarm_lines_over_trials(trials) or wrapped(NO_ALARM),
    ]
    return joined([*parts, reproduce(trials, command)])
