"""`efssim plan` and `efssim sweep`: trials at many values of parameters."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from efssim.cli.common import (
    check_folder,
    handles_errors,
    placing_refusals,
    refuse_absurd,
    show,
    shows_progress,
    study_errors,
    study_options,
    typed,
)

if TYPE_CHECKING:
    from efssim.study.evaluation import Evaluation
    from efssim.study.space import Parameter


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--vary", required=True, metavar="PATH=LOW..HIGH", help="What to look for.")
@click.option("--rpo", metavar="DURATION", help="Largest acceptable age; replaces the scenario's.")
@click.option("--attainment", metavar="SHARE", help="Share of the time; replaces the scenario's.")
@click.option("--confidence", default="95%", show_default=True, metavar="SHARE")
@click.option("--replication", metavar="NAME", help="Whose RPO; that of PATH or of all unless set.")
@click.option("--trials", type=click.IntRange(min=10), default=30, show_default=True)
@study_options
@handles_errors
def plan(
    file: Path,
    vary: str,
    rpo: str | None,
    attainment: str | None,
    confidence: str,
    replication: str | None,
    trials: int,
    seed: int | None,
    workers: int | None,
    overrides: tuple[str, ...],
    out: Path | None,
    form: str,
    yes: bool,
    quiet: bool,
) -> None:
    """Find the smallest (or largest) value that meets the RPO of scenario FILE."""
    from efssim.report.plan_json import plan_json, write_plan
    from efssim.report.plan_text import plan_report
    from efssim.scenario import load
    from efssim.study.plan import plan as find
    from efssim.study.space import parse_assignment, range_of, require_key, with_value

    scenario = load(file, overrides)
    chosen, text = parse_assignment(vary)
    require_key(scenario, chosen)
    between = range_of(chosen, text)
    for end in between:
        refuse_absurd(with_value(scenario, chosen, end), file, insist=yes)
    check_folder(out, png=False)
    with placing_refusals(file, overrides), study_errors(file):
        found = find(
            scenario,
            chosen,
            between,
            rpo=rpo,
            attainment=attainment,
            confidence=confidence,
            replication=replication,
            trials=trials,
            seed=seed,
            workers=workers,
            on_progress=_tell_evaluation(chosen) if shows_progress(quiet) else None,
        )
    if out is not None:
        write_plan(found, out, typed())
    show(form, lambda: plan_json(found), lambda: plan_report(found, typed()))
    if out is not None and not quiet:
        click.echo(f"wrote {out}{os.sep}", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--vary", required=True, multiple=True, metavar="PATH=VALUES", help="a,b,c or LOW..HIGH:n[log]."
)
@click.option("--one-at-a-time", is_flag=True, help="Each value alone, and what it changes.")
@click.option("--measure", default="time_since_last_sync_s.mean", show_default=True, metavar="NAME")
@click.option("--trials", type=click.IntRange(min=1), default=1, show_default=True)
@study_options
@handles_errors
def sweep(
    file: Path,
    vary: tuple[str, ...],
    one_at_a_time: bool,
    measure: str,
    trials: int,
    seed: int | None,
    workers: int | None,
    overrides: tuple[str, ...],
    out: Path | None,
    form: str,
    yes: bool,
    quiet: bool,
) -> None:
    """Run trials of scenario FILE at every combination of values."""
    from efssim.report.sweep_json import sweep_json, write_sweep
    from efssim.report.sweep_text import sweep_report
    from efssim.scenario import load
    from efssim.study.space import parse_assignment, values_of
    from efssim.study.sweep import combinations, swept

    scenario = load(file, overrides)
    parsed = [parse_assignment(text, ordinal) for ordinal, text in enumerate(vary, start=1)]
    chosen = [(named, values_of(named, text)) for named, text in parsed]
    for _, world in combinations(scenario, chosen, one_at_a_time=one_at_a_time):
        refuse_absurd(world, file, insist=yes)
    check_folder(out, png=False)
    with placing_refusals(file, overrides), study_errors(file):
        found = swept(
            scenario,
            chosen,
            trials,
            one_at_a_time=one_at_a_time,
            seed=seed,
            workers=workers,
            on_progress=_tell_combination if shows_progress(quiet) else None,
        )
        found.check_measure(measure)
    if out is not None:
        write_sweep(found, out, measure, typed())
    show(form, lambda: sweep_json(found), lambda: sweep_report(found, measure, typed()))
    if out is not None and not quiet:
        click.echo(f"wrote {out}{os.sep}", err=True)


def _tell_combination(done: int, wanted: int) -> None:
    click.echo(f"{done} of {wanted} combinations", err=True)


def _tell_evaluation(vary: Parameter) -> Callable[[Evaluation], None]:
    """Return what shows each evaluation of a plan as it is made."""

    def tell(made: Evaluation) -> None:
        met = "met" if made.met else "missed"
        shown = f"{vary.text(made.value)}: attainment {made.attainment:.5f}, {met}"
        click.echo(f"{shown} ({made.stage}, {made.trials} trials)", err=True)

    return tell
