"""Forms of a result for CI, besides text and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from efssim.api.comparison import Comparison
    from efssim.api.result import Result
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.api.trials import Trials
    from efssim.report.gates.gate import Gates
    from efssim.study.baseline.regressions import BaselineSummary
    from efssim.study.drills.study import DrillStudy

Forms: TypeAlias = Mapping[str, Callable[[], str]]
"""Functions that return a form, by its name."""
Reported: TypeAlias = "Result | Trials | ParameterSets"
"""A result of one scenario."""
MARKDOWN, JUNIT = "markdown", "junit"


def forms_of(result: Reported, again: str, before: BaselineSummary | None = None) -> Forms:
    """Return the forms of the result of one scenario; the command `again` repeats it.

    `before` is its comparison with a baseline.
    """
    return {
        MARKDOWN: partial(_markdown, result, again, before),
        JUNIT: partial(_junit, [result], before),
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


def forms_of_drills(study: DrillStudy, again: str) -> Forms:
    """Return the forms of drills; the command `again` repeats them."""
    from efssim.json_values import timestamp
    from efssim.report.gates.drills import drill_markdown, judged_drills
    from efssim.report.gates.junit import junit_xml

    begin = timestamp(study.scenario.start, study.scenario.warm_up)
    return {
        MARKDOWN: lambda: drill_markdown(study, again),
        JUNIT: lambda: junit_xml([judged_drills(study)], begin),
    }


def _markdown(result: Reported, again: str, before: BaselineSummary | None) -> str:
    from efssim.api.result import Result
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.report.gates.markdown import run_markdown, sets_markdown, trials_markdown

    if isinstance(result, ParameterSets):
        return sets_markdown(result, again)
    if isinstance(result, Result):
        return run_markdown(result, again, before)
    return trials_markdown(result, again, before)


def _junit(results: Sequence[Reported], before: BaselineSummary | None = None) -> str:
    from efssim.json_values import timestamp
    from efssim.report.gates.junit import junit_xml

    first = results[0]
    begin = timestamp(first.scenario.start, first.window.begin_s)
    return junit_xml([judged(result, before) for result in results], begin)


def judged(result: Reported, before: BaselineSummary | None = None) -> Gates:
    """Return the conditions of `--check` on a result and its baseline, with their outcomes."""
    found = _judged(result)
    if before is None:
        return found
    from efssim.report.gates.baseline import baseline_gates

    return replace(found, gates=(*found.gates, *baseline_gates(before)))


def _judged(result: Reported) -> Gates:
    from efssim.api.result import Result
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.report.gates.results import judged_run, judged_sets, judged_trials

    if isinstance(result, ParameterSets):
        return judged_sets(result)
    return judged_run(result) if isinstance(result, Result) else judged_trials(result)
