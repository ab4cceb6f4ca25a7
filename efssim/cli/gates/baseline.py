"""`--baseline DIR`: a scenario of a pull request against a result that is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from efssim.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from efssim.api.result import Result
    from efssim.api.trials import Trials
    from efssim.scenario import Scenario
    from efssim.study.baseline.baseline import Against
    from efssim.study.baseline.regressions import BaselineSummary


def opened(
    folder: Path | None, texts: Sequence[str], scenario: Scenario, seed: int, trials: int | None
) -> Against | None:
    """Read a baseline before anything runs; None where none is asked for.

    `trials` is None for a single run. Raise StudyError for one that cannot be compared, and
    click.UsageError for margins of numbers that there are not.
    """
    if folder is None:
        return None
    from efssim.study.baseline.baseline import Against
    from efssim.study.baseline.differences import refuse_design
    from efssim.study.baseline.margins import margins_of
    from efssim.study.baseline.stored import StoredResult

    try:
        margins = margins_of(texts, scenario)
    except ValueError as error:
        raise click.UsageError(f"--margin {error}") from None
    stored = StoredResult.read(folder)
    refuse_design(stored, scenario, seed, trials)
    stored.numbers(())  # so that a table which is not there is known before the run
    return Against(stored, margins)


def compared(
    against: Against | None, result: Result | Trials, *, quiet: bool
) -> BaselineSummary | None:
    """Compare a result with its baseline, if there is one; warn of another version."""
    if against is None:
        return None
    from efssim.report.facts.traces import trace_findings
    from efssim.report.gates.baseline import version_warning

    traces = {path: "; ".join(lines) for path, lines in trace_findings(result.traces).items()}
    found = against.compared(result, traces)
    warning = version_warning(found)
    if warning and not quiet:
        say(f"warning: {warning}")
    return found
