"""`efssim export`: the metrics of a run as CloudWatch would export them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from efssim.cli.common import (
    Command,
    check_folder,
    handles_errors,
    placing_refusals,
    progress,
    refuse,
    refuse_absurd,
    say_folder,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import (
    Folder,
    effort_options,
    examples,
    parsed,
    seed_option,
    set_option,
    tables_option,
)
from efssim.cli.output import fail
from efssim.cli.scenario_file import ScenarioFile, Source
from efssim.cli.uncertain.sets import say_written

if TYPE_CHECKING:
    from efssim.scenario import Scenario

_PHASE = "cloudwatch.phase"
_LONGEST_S = 366 * 86_400
"""Longest period, as that of an export that is read back (`traces.exports`)."""
"""Path in a scenario that `--phase` replaces."""


def _within_a_minute(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Return the seconds of `--phase`; raise click.BadParameter."""
    from efssim.text.quantities import parse_duration

    if value is None:
        return None
    phase_s = parsed(parse_duration, value)
    if phase_s >= 60:
        raise click.BadParameter(f"{value!r}: must be less than 60 s")
    return phase_s


@click.command(
    cls=Command,
    epilog=examples(
        "efssim export scenario.yaml -o metrics",
        "efssim export scenario.yaml --period 300 --tables csv -o metrics",
    ),
)
@click.argument("file", type=ScenarioFile())
@click.option(
    "--period",
    type=click.IntRange(60, _LONGEST_S),
    metavar="SECONDS",
    default=60,
    show_default=True,
    help="Length of the periods, a multiple of 60.",
)
@click.option(
    "--phase",
    callback=_within_a_minute,
    metavar="SECONDS",
    show_default="the scenario's, else drawn once by the seed",
    help="When within its minute TimeSinceLastSync is sampled.",
)
@tables_option("Also write each metric as a table; parquet needs pyarrow.", "none")
@seed_option()
@set_option()
@click.option(
    "--out",
    "-o",
    type=Folder(),
    metavar="DIR",
    required=True,
    help="Folder for the files; what efssim did not write stays as it is.",
)
@effort_options
@handles_errors
def export(
    file: Source,
    period: int,
    phase: float | None,
    tables: str | None,
    seed: int | None,
    overrides: tuple[str, ...],
    out: Path,
    yes: bool,
    quiet: bool,
) -> None:
    """Simulate scenario FILE and write its metrics as CloudWatch exports them.

    TimeSinceLastSync.json, DataWriteIOBytes.json and StorageBytes.json have the shape of
    `aws cloudwatch get-metric-data`, and cover the whole run, warm-up included. FILE - is standard
    input.
    """
    from efssim.scenario.amounts.effort import exported

    if period % 60:
        raise click.UsageError(f"--period is a multiple of 60 seconds, and {period} is not")
    options = {"--seed": (seed, "seed"), "--phase": (phase, _PHASE)}
    refuse_ignored(
        overrides, {o: path for o, (value, path) in options.items() if value is not None}
    )
    changes = (*overrides, *(f"{_PHASE}={phase!r}" for _ in range(phase is not None)))
    scenario = _with_phase(file.load(changes), seed)
    if scenario.records == "off":
        fail(f"{file}: records: an export needs the syncs, and `records: off` keeps none")
    refuse_absurd(scenario, file, insist=yes)
    refuse(exported(scenario), file, insist=yes)
    say_written(scenario, quiet)
    _check_folder(out, tables)
    with placing_refusals(file, changes):
        _write(scenario, seed, out, period, tables, quiet)
    say_folder(out, quiet)


def _with_phase(scenario: Scenario, seed: int | None) -> Scenario:
    """Return a scenario whose metric is sampled at one time of each minute.

    A run draws it for each minute anew, as AWS documents none. What publishes a metric every minute
    keeps to its time, and only then do its samples show when a sync was cut.
    """
    from efssim.model.kernel.draws import Draws

    if scenario.cloudwatch.phase is not None:
        return scenario
    generator = Draws(scenario.seed if seed is None else seed).generator("export.phase")
    drawn = scenario.cloudwatch.model_copy(update={"phase": float(generator.uniform(0.0, 60.0))})
    return scenario.model_copy(update={"cloudwatch": drawn})


def _check_folder(out: Path, tables: str | None) -> None:
    from efssim.report.files.data.export import file_names
    from efssim.report.files.formats import TABLE_FORMATS

    check_folder(out, *file_names(None if tables is None else TABLE_FORMATS[tables]))


def _write(
    scenario: Scenario, seed: int | None, out: Path, period: int, tables: str | None, quiet: bool
) -> None:
    from efssim.api.simulation import Simulation

    world = Simulation(scenario, seed)
    with progress(scenario, quiet) as tell:
        world.advance_to_end(tell)
    world.export(out, period=period, tables=tables)
