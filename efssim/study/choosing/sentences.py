"""The answer of a choice in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.lag.too_short import could_none_miss
from efssim.runs.thresholds.numbers import shown, unit_of
from efssim.study.choosing.choice import SKEWED, Alternative, ChoiceFindings
from efssim.study.planning.ends import could_not_miss_text
from efssim.study.trial.not_in_run import not_in_runs


def value_text(found: ChoiceFindings, value: float | None) -> str:
    """Return a number of the measure in words."""
    if value is None:
        return "-"
    unit = unit_of((*found.question.measure.split("."),))
    sign = "-" if value < 0 else ""
    return sign + shown(abs(value), unit)


def choice_text(found: ChoiceFindings) -> str:
    """Return which scenario is best, and how sure that is."""
    asked = found.question
    mean = f"{asked.best} {asked.measure}"
    names = [found.alternatives[k].name for k in found.left]
    if found.outcome == "chosen":
        assert found.best is not None
        best = found.alternatives[found.best].name
        if found.is_exact:
            return f"{best} has the {mean}: nothing is drawn, so one trial of each is exact"
        return (
            f"{best} has the {mean}, or is within {value_text(found, asked.indifference)} of it, "
            f"with {100 * asked.confidence:g} % confidence"
        )
    if found.outcome == "tied":
        trials = "one trial, and nothing is drawn" if found.is_exact else "every trial"
        return f"{_listed(names)} have the same {asked.measure} in {trials}: none is better"
    why = "interrupted" if found.partial else f"{asked.budget:,} trials of each are the budget"
    text = f"undecided: {_listed(names)} are left ({why})"
    return text if found.needed is None else f"{text}; {found.needed:,} of each would decide"


def cautions(found: ChoiceFindings) -> list[str]:
    """Return reasons for which the answer is less sure, or less useful, than it sounds."""
    said = []
    if abs(found.skewness) > SKEWED:
        said.append(
            f"Differences from the best are far from normal (skewness {found.skewness:.1f}), as "
            "where few trials have large losses: the confidence is then a guess. More first "
            "trials (--trials) make it better."
        )
    growing = [each.name for each in found.alternatives if _diverges(each)]
    if growing:
        said.append(
            f"{_listed(growing)}: more is written than can be sent, so lags grow with the length "
            "of the run and are no property of the scenario."
        )
    if found.best is not None:
        said += _on_objective(found.alternatives[found.best])
    said += _too_short(found)
    return [*said, *not_in_runs(each.trials.scenario for each in found.alternatives)]


def _on_objective(best: Alternative) -> Iterator[str]:
    """Yield which objectives the best one is not shown to meet, and who judges thresholds."""
    means = best.trials.means[best.replication]
    verdicts = {"RPO objective": means.rpo.met}
    verdicts |= {f"objective {name}": found.met for name, found in means.objectives.items()}
    for what, met in verdicts.items():
        if met is not True:
            word = "misses" if met is False else "is not shown to meet"
            yield f"The best of these, {best.name}, {word} its {what}."
    if best.trials.scenario.thresholds:
        yield f"The thresholds of {best.name} are judged by `efssim run` alone."


def _too_short(found: ChoiceFindings) -> Iterator[str]:
    """Yield which scenarios meet their RPO in windows in which they could not miss it."""
    names = [each.name for each in found.alternatives if _could_not_miss(each)]
    if names:
        yield could_not_miss_text(f"with {_listed(names)}")


def _could_not_miss(each: Alternative) -> bool:
    """Return whether the trials of a scenario meet its RPO, as nothing in them could miss it."""
    trials, name = each.trials, each.replication
    parts = (trial.summary.replications[name] for trial in trials.trials)
    met = trials.means[name].rpo.met is True
    return met and could_none_miss(parts, trials.scenario.rpo.target)


def _diverges(alternative: Alternative) -> bool:
    numbers = (trial.summary.replications for trial in alternative.trials.trials)
    return any(each[alternative.replication].syncs.diverging for each in numbers)


def _listed(names: list[str]) -> str:
    shown_names = names if len(names) < 6 else [*names[:5], f"{len(names) - 5} more"]
    return " and ".join([", ".join(shown_names[:-1]), shown_names[-1]]) if names[1:] else names[0]
