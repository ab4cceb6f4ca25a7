"""A choice on a terminal: the answer first, then the scenarios."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.report.facts.traces import thin_by_name, trace_lines
from efssim.report.text.parts import joined
from efssim.report.text.sweep import shown
from efssim.report.verdicts.trials import colour_of
from efssim.report.verdicts.varied.sweep import STATES
from efssim.report.words.lines import aligned, command_lines, counted, percent, wrapped
from efssim.study.choosing.choice import ChoiceFindings
from efssim.study.choosing.summary import AlternativeSummary, ChoiceSummary, choice_summary

HEAD = ("scenario", "mean", "95 % interval", "trials", "is", "attainment", "RPO")


def choice_report(found: ChoiceFindings, command: str) -> str:
    """Return the report; `command` reproduces it."""
    said = choice_summary(found)
    names = ", ".join(dict.fromkeys(each.replication for each in said.alternatives))
    title = f"efssim choose: {said.best} mean of {said.measure} of {names}"
    return joined(
        [
            [*(["PARTIAL: interrupted"] * said.partial), *wrapped(title)],
            [line for text in thin_by_name(said.traces) for line in wrapped(text)],
            wrapped(f"{answer_sentence(said)}", indent=2),
            *(wrapped(caution, indent=2) for caution in said.cautions),
            aligned([list(HEAD), *rows(found, said)]),
            wrapped(method(said), indent=2),
            *(_of_traces(each) for each in said.alternatives),
            command_lines(command),
        ]
    )


def _of_traces(each: AlternativeSummary) -> list[str]:
    """Return the findings on a scenario's traces; nothing without one."""
    lines = trace_lines(each.traces)
    return [*wrapped(f"{each.scenario}:"), *lines] if lines else []


def answer_sentence(said: ChoiceSummary) -> str:
    """Return the answer as a sentence."""
    first = said.text[0] if said.answer is not None else said.text[0].upper()
    return f"{first}{said.text[1:]}."


def rows(found: ChoiceFindings, said: ChoiceSummary) -> Sequence[list[str]]:
    """Return a row of words for each scenario, as `HEAD` names them."""
    return [_row(found, each, k) for k, each in enumerate(said.alternatives)]


def _row(found: ChoiceFindings, each: AlternativeSummary, k: int) -> list[str]:
    measure, ends = found.question.measure, each.interval or ()
    return [
        each.scenario,
        shown(measure, each.mean),
        " … ".join(shown(measure, end) for end in ends),
        f"{each.trials:,}",
        state(found, each, k),
        "-" if each.attainment is None else percent(each.attainment),
        rpo_word(found, k),
    ]


def rpo_word(found: ChoiceFindings, k: int) -> str:
    """Return the verdict on the RPO of a scenario, as sweeps have it."""
    each = found.alternatives[k]
    return STATES[colour_of(each.replication, each.trials)]


def state(found: ChoiceFindings, each: AlternativeSummary, k: int) -> str:
    """Return whether a scenario is the best, is left, or was dropped."""
    if each.dropped_after is not None:
        return "worse"
    return "best" if k == found.best else "left"


def method(said: ChoiceSummary) -> str:
    """Return how the answer was found."""
    of = counted(said.trials_of_an_observation, "trial")
    rounds = f" An observation is the mean of {of}, with each stratum of rare faults among them."
    return (
        "Trials of one number share their draws. A scenario that is clearly worse gets no more "
        "(Kim and Nelson, 2001); means and intervals are of the trials that it has."
        f"{rounds if said.trials_of_an_observation > 1 else ''}"
    )
