"""The conditions of `--check` on a run, on trials and on parameter sets, with their outcomes.

They are those of `report.verdicts.check`, one by one: all hold where that passes, and only there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from efssim.lag.objectives.thresholds import Held, ThresholdSummary
from efssim.report.facts.traces import Traces, thin_traces
from efssim.report.gates.gate import OF_ALL, RPO, Gate, Gates, gate_of_partial, outcome_of
from efssim.report.text.parts import NO_REPLICATION
from efssim.report.text.trials import verdict_of_trials
from efssim.report.verdicts.check import (
    Checked,
    checked_run,
    checked_sets,
    checked_trials,
    ignores_unknowns,
    keeps_up,
)
from efssim.report.verdicts.objectives import (
    objective_texts,
    objective_texts_of_trials,
    said_of_run,
    said_of_trials,
)
from efssim.report.verdicts.run import verdict
from efssim.report.verdicts.sets import verdict_of_sets
from efssim.report.words.thresholds import threshold_texts
from efssim.runs.run import Run
from efssim.study.run.summary import thresholds_of
from efssim.study.run.trial_set import TrialSet
from efssim.study.uncertain.study import SetStudy

FALLS_BEHIND = "DIVERGING: more is written than can be sent, so what it attains only falls."


def judged_run(result: Run) -> Gates:
    """Return the conditions on a run."""
    parts = dict(zip(result.outcomes, checked_run(result), strict=True))
    unknown = ignores_unknowns(result)
    gates = list(_unknown(unknown))
    for name, outcome in result.outcomes.items():
        gates.append(_rpo(name, parts[name], verdict(outcome, result)))
        gates += _objectives(
            name,
            objective_texts(outcome.summary),
            said_of_run(outcome.summary),
        )
    thresholds = result.run_summary.thresholds
    return Gates(result.scenario.name, (*gates, *_of_all(parts, result.traces, thresholds)))


def judged_trials(trials: TrialSet) -> Gates:
    """Return the conditions on trials."""
    parts = dict(zip(trials.means, checked_trials(trials), strict=True))
    gates = gate_of_partial(trials.partial, len(trials), trials.wanted, "trials")
    for name in trials.means:
        gates.append(_rpo(name, parts[name], verdict_of_trials(name, trials)))
        gates += _objectives(
            name,
            objective_texts_of_trials(name, trials),
            said_of_trials(name, trials),
        )
    thresholds = thresholds_of(trials)
    return Gates(trials.scenario.name, (*gates, *_of_all(parts, trials.traces, thresholds)))


def judged_sets(study: SetStudy) -> Gates:
    """Return the conditions on trials at parameter sets."""
    parts = dict(zip(study.shares, checked_sets(study), strict=True))
    gates = gate_of_partial(study.partial, len(study), len(study.design), "sets")
    gates += [
        Gate(name, RPO, _of_sets(name, study, part), _said_of_sets(name, study), ("rpo",))
        for name, part in parts.items()
    ]
    return Gates(study.scenario.name, (*gates, *_of_all(parts, study.traces, ())))


def _said_of_sets(name: str, study: SetStudy) -> str:
    text = verdict_of_sets(name, study)
    return f"{text} {FALLS_BEHIND}" if study.falls_behind(name) else text


def _of_sets(name: str, study: SetStudy, part: Checked) -> Held:
    if study.met(name) is None:
        return "undecided"
    return outcome_of(part.met_throughout is True and keeps_up([part]))


def _rpo(name: str, part: Checked, text: str) -> Gate:
    """Return the condition that the RPO is met throughout and the replication keeps up."""
    is_kept = keeps_up([part])
    outcome = outcome_of(part.met_throughout if is_kept else False)
    return Gate(name, RPO, outcome, text if is_kept else f"{text} {FALLS_BEHIND}", ("rpo",))


def _objectives(name: str, texts: Sequence[str], mets: Mapping[str, bool | None]) -> Iterator[Gate]:
    for (key, met), text in zip(mets.items(), texts, strict=True):
        yield Gate(name, f"objective {key}", outcome_of(met), text, ("objectives", key))


def _unknown(reason: str) -> Iterator[Gate]:
    if reason:
        yield Gate(OF_ALL, "known parameters", "undecided", f"{reason}.", ("uncertain",))


def _of_all(
    parts: Mapping[str, Checked], traces: Traces, thresholds: Sequence[ThresholdSummary]
) -> Iterator[Gate]:
    """Yield the conditions on the whole: that there is a replication, thresholds, traces."""
    if not parts:
        yield Gate(OF_ALL, "replication", "fails", NO_REPLICATION, ("replications",))
    for ordinal, (each, text) in enumerate(
        zip(thresholds, threshold_texts(thresholds), strict=True)
    ):
        yield Gate(OF_ALL, each.threshold, each.outcome, text, ("thresholds", ordinal))
    for ordinal, text in enumerate(thin_traces(traces), start=1):
        yield Gate(OF_ALL, f"trace {ordinal}", "undecided", text, ("file_systems",))
