"""`efssim merge`: the study that parts are together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from efssim.cli.common import Command, handles_errors, study_failures
from efssim.cli.options import Folder, examples, quiet_option, result_options
from efssim.cli.output import say
from efssim.cli.request import refuse_tables, requested
from efssim.cli.run import RunRequest, run, run_asked
from efssim.cli.scenario_file import STDIN, KeptSource
from efssim.cli.studies.part import processor
from efssim.cli.sweep import SweepRequest, sweep, sweep_asked

if TYPE_CHECKING:
    from efssim.study.kept.parts import MergedParts


@dataclass(frozen=True, slots=True)
class MergedOutput:
    """The output that is asked for, whatever the parts were asked for."""

    out: Path | None
    tables: str | None
    form: str
    quiet: bool


@click.command(
    cls=Command,
    epilog=examples(
        "efssim run scenario.yaml -n 1000 --part 1/2 -o part-1",
        "efssim run scenario.yaml -n 1000 --part 2/2 -o part-2",
        "efssim merge part-1 part-2 -o out",
    ),
)
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=Folder())
@result_options
@click.option("--check", is_flag=True, help="As of `efssim run`: exit 1 unless the RPO is met.")
@quiet_option("No messages on standard error.")
@handles_errors
def merge(
    folders: tuple[Path, ...],
    out: Path | None,
    tables: str | None,
    form: str,
    check: bool,
    quiet: bool,
) -> None:
    """Join the parts of a study in folders DIR, given in any order.

    It prints and writes what the study prints and writes that is run whole. Files that the scenario
    names, as traces, have to be where they were.
    """
    from efssim.study.kept.parts import merged

    refuse_tables(tables, out)
    output = MergedOutput(out, tables, form, quiet)
    with study_failures():
        parts = merged(folders)
        if not quiet:
            _name_processors(parts)
        how: dict[str, Callable[[], None]] = {
            "run": lambda: _run(parts, output, check=check),
            "sweep": lambda: _sweep(parts, output, check=check),
        }
        how[parts.study.command]()


def _name_processors(parts: MergedParts) -> None:
    """Say on which CPU families parts were run, where there are several."""
    here, known = processor(), parts.processors
    if set(known) - {here}:
        listed = " and ".join(known)
        say(f"the parts were run on {listed}, this is {here}: last bits of numbers may differ")


def _words(parts: MergedParts) -> list[str]:
    """Return the arguments of the command that ran a part."""
    names = [each.name for each in parts.study.files]
    files = [f"./{name}" if name.startswith("-") and name != STDIN else name for name in names]
    return [*files, *parts.study.options]


def _sources(parts: MergedParts) -> tuple[KeptSource, ...]:
    return tuple(KeptSource(each.name, each.text) for each in parts.study.files)


def _run(parts: MergedParts, output: MergedOutput, *, check: bool) -> None:
    """Do as `efssim run` does, with the trials of the parts."""
    with run.make_context("run", _words(parts)) as context:
        request = requested(RunRequest, **context.params)
        run_asked(
            replace(
                request,
                files=_sources(parts),
                parts=parts,
                check=check,
                **asdict(output),
                verify=parts.study.verified,
            )
        )


def _sweep(parts: MergedParts, output: MergedOutput, *, check: bool) -> None:
    """Do as `efssim sweep` does, with the trials of the parts."""
    if check:
        raise click.UsageError("--check is about one scenario, and these are parts of a sweep")
    with sweep.make_context("sweep", _words(parts)) as context:
        request = requested(SweepRequest, **context.params)
        (file,) = _sources(parts)
        sweep_asked(replace(request, file=file, parts=parts, **asdict(output)))
