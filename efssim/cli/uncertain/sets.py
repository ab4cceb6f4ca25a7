"""Trials at parameter sets on the command line: their run, their output and their check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from efssim.cli.common import deliver, progress_of_trials, study_failures
from efssim.cli.gates.forms import forms_of
from efssim.cli.options import Share
from efssim.cli.output import fail, say
from efssim.text.largest import TRIALS_MAX

if TYPE_CHECKING:
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.report.files.formats import TableFormat
    from efssim.scenario import Scenario
    from efssim.study.run.interrupts import Interrupts

C = TypeVar("C", bound=Callable[..., Any])

SETS = 100
"""Parameter sets unless another number is asked for."""


def sets_options(command: C) -> C:
    """Add the options of parameter sets."""
    for option in (_sobol(), share_option(), sets_option(str(SETS))):
        command = option(command)
    return command


def sets_option(default: str) -> Callable[[C], C]:
    """Return the option of how many parameter sets there are."""
    return click.option(
        "--sets",
        type=click.IntRange(2, TRIALS_MAX),
        metavar="M",
        show_default=default,
        help="Of a scenario with uncertain parameters: parameter sets, each with the trials.",
    )


def share_option() -> Callable[[C], C]:
    """Return the option of the share of sets in which an objective has to be met."""
    return click.option(
        "--share-of-sets",
        type=Share(),
        metavar="SHARE",
        show_default="95%",
        help="Share of the parameter sets in which the RPO has to be met.",
    )


def _sobol() -> Callable[[C], C]:
    return click.option(
        "--sobol",
        type=click.IntRange(2, TRIALS_MAX),
        metavar="N",
        show_default="none",
        help="With sets: Sobol indices, by N times as many evaluations as parameters and two.",
    )


def require_uncertain(scenario: Scenario, given: Mapping[str, object]) -> bool:
    """Return whether a scenario has parameters that are not known.

    Raise click.UsageError where it has none, and an option needs some.
    """
    from efssim.scenario.unknowns.parameters import is_uncertain, uncertain_parameters

    if is_uncertain(scenario) and uncertain_parameters(scenario):
        return True
    from efssim.study.uncertain.running import NOTHING_UNKNOWN

    for option, value in given.items():
        if value is not None:
            raise click.UsageError(f"{option}: {NOTHING_UNKNOWN}")
    return False


def say_written(scenario: Scenario, quiet: bool) -> None:
    """Say that a command has the values as written, where parameters are not known."""
    from efssim.scenario.unknowns.parameters import uncertain_parameters

    count = len(uncertain_parameters(scenario))
    if count and not quiet:
        noun = "parameter" if count == 1 else "parameters"
        say(f"NOT KNOWN: {count} {noun}; all of this holds for the values as written")


def refuse_fixed(scenario: Scenario, overrides: tuple[str, ...]) -> None:
    """Raise click.UsageError for a --set of a parameter that the sets have values of."""
    from efssim.scenario.unknowns.parameters import uncertain_parameters
    from efssim.text.yaml.overrides import override_path

    paths = {each.segments for each in uncertain_parameters(scenario)}
    for ordinal, text in enumerate(overrides, start=1):
        path = override_path(text, ordinal)
        if path in paths:
            named = text.partition("=")[0].strip()
            raise click.UsageError(
                f"--set {named} has no effect: it is uncertain, and each parameter set has a value "
                f"of its own; --set 'uncertain={{}}' makes everything known again"
            )


@dataclass(frozen=True, kw_only=True)
class SetsRequest:
    """The options of trials at parameter sets."""

    sets: int | None
    trials: int
    share_of_sets: float | None
    sobol: int | None
    seed: int | None
    workers: int | None
    resume: Path | None
    verify: bool
    quiet: bool


def run_of_sets(scenario: Scenario, interrupts: Interrupts, request: SetsRequest) -> ParameterSets:
    """Run the study; KeyboardInterrupt if it is interrupted before the first set is complete."""
    from efssim.errors import ArgumentError, MissingExtraError
    from efssim.model.world.world import World

    with interrupts.allowed():
        World(scenario, scenario.seed)  # raises the errors of EFS at the start, before any bar
    try:
        with study_failures():
            found = _run(scenario, request)
    except MissingExtraError as error:
        fail(str(error))
    except ArgumentError as error:
        raise click.UsageError(str(error).removeprefix("efssim.run_sets: ")) from None
    if not len(found):
        raise KeyboardInterrupt
    return found


def _run(scenario: Scenario, request: SetsRequest) -> ParameterSets:
    from efssim.api.sets.parameter_sets import run_sets
    from efssim.study.uncertain.share import SHARE_OF_SETS

    asked = request.share_of_sets
    with progress_of_trials(request.quiet, "sets", request.workers) as tell:
        return run_sets(
            scenario,
            request.sets or SETS,
            request.trials,
            seed=request.seed,
            share_of_sets=SHARE_OF_SETS if asked is None else asked,
            sobol=request.sobol,
            workers=request.workers,
            resume=request.resume,
            verify=request.verify,
            on_progress=tell,
        )


def deliver_sets(
    found: ParameterSets,
    out: Path | None,
    form: str,
    again: str,
    tables: TableFormat,
    keep: Callable[[Mapping[str, str]], None] | None = None,
) -> None:
    """Print a study of parameter sets, and write its files; `keep` is as for `deliver`."""
    from efssim.report.files.uncertain.sets import sets_json, write_sets
    from efssim.report.text.uncertain.sets import sets_text

    deliver(
        None if out is None else partial(write_sets, found, out, again, tables),
        form,
        lambda: sets_json(found),
        lambda: sets_text(found, again),
        keep,
        forms_of(found, again),
    )
