"""Forms of a result for CI, besides text and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from efssim.api.comparison import Comparison
    from efssim.api.result import Result
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.api.trials import Trials
    from efssim.report.gates.gate import Gates

Forms: TypeAlias = Mapping[str, Callable[[], str]]
"""Functions that return a form, by its name."""
Reported: TypeAlias = "Result | Trials | ParameterSets"
"""A result of one scenario."""
MARKDOWN, JUNIT = "markdown", "junit"


def forms_of(result: Reported, again: str) -> Forms:
    """Return the forms of the result of one scenario; the command `again` repeats it."""
    return {
        MARKDOWN: partial(_markdown, result, again),
        JUNIT: partial(_junit, [result]),
    }


def forms_of_several(
    studies: Sequence[Trials], found: Sequence[Comparison], missing: str, again: str
) -> Forms:
    """Return the forms of a comparison; `missing` says which trials Ctrl-C left out."""
    from efssim.report.gates.markdown import comparisons_markdown

    alone = None if found else studies[0]
    return {
        MARKDOWN: partial(comparisons_markdown, found, again, missing, alone),
        JUNIT: partial(_junit, studies),
    }


def _markdown(result: Reported, again: str) -> str:
    from efssim.api.result import Result
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.report.gates.markdown import run_markdown, sets_markdown, trials_markdown

    if isinstance(result, ParameterSets):
        return sets_markdown(result, again)
    if isinstance(result, Result):
        return run_markdown(result, again)
    return trials_markdown(result, again)


def _junit(results: Sequence[Reported]) -> str:
    from efssim.json_values import timestamp
    from efssim.report.gates.junit import junit_xml

    first = results[0]
    begin = timestamp(first.scenario.start, first.window.begin_s)
    return junit_xml([judged(result) for result in results], begin)


def judged(result: Reported) -> Gates:
    """Return the conditions of `--check` on a result, with their outcomes."""
    from efssim.api.result import Result
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.report.gates.results import judged_run, judged_sets, judged_trials

    if isinstance(result, ParameterSets):
        return judged_sets(result)
    return judged_run(result) if isinstance(result, Result) else judged_trials(result)
