"""`efssim plan` and `efssim sweep`: trials at many values of parameters."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from efssim.cli.common import (
    Command,
    check_folder,
    deliver,
    handles_errors,
    keeping_results,
    placing_refusals,
    refuse_absurd,
    study_errors,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import examples, study_options
from efssim.cli.output import say, shows_progress
from efssim.cli.reproduce import reproducing
from efssim.cli.scenario_file import ScenarioFile, Source

if TYPE_CHECKING:
    from pathlib import Path

    from efssim.study.planning.evaluation import Evaluation
    from efssim.study.varying.space import Parameter


@click.command(
    cls=Command,
    epilog=examples(
        "efssim plan scenario.yaml --vary 'replications.dr.sync.throughput=10 MiB/s..1 GiB/s'",
        "efssim plan scenario.yaml --vary replications.dr.sync.interval=1min..1h --rpo 15min",
    ),
)
@click.argument("file", type=ScenarioFile())
@click.option("--vary", required=True, metavar="PATH=LOW..HIGH", help="What to look for.")
@click.option(
    "--rpo",
    metavar="DURATION",
    show_default="the scenario's",
    help="Largest acceptable age.",
)
@click.option(
    "--attainment",
    metavar="SHARE",
    show_default="the scenario's",
    help="Share of the time in which the age is at most that.",
)
@click.option(
    "--confidence",
    default="95%",
    show_default=True,
    metavar="SHARE",
    help="How sure the answer has to be.",
)
@click.option(
    "--replication",
    metavar="NAME",
    show_default="that of PATH, or all",
    help="Whose RPO is to be met.",
)
@click.option(
    "--trials",
    "-n",
    type=click.IntRange(min=10),
    metavar="N",
    default=30,
    show_default=True,
    help="Trials of each value in the search; more confirm the answer.",
)
@click.option(
    "--budget",
    default="5 min",
    show_default=True,
    metavar="DURATION",
    help="Real time after which it ends with what it knows.",
)
@study_options
@handles_errors
def plan(
    file: Source,
    vary: str,
    rpo: str | None,
    attainment: str | None,
    confidence: str,
    replication: str | None,
    trials: int,
    budget: str,
    seed: int | None,
    workers: int | None,
    overrides: tuple[str, ...],
    out: Path | None,
    form: str,
    yes: bool,
    quiet: bool,
) -> None:
    """Find the smallest (or largest) value that meets the RPO of scenario FILE.

    FILE - is standard input. Ctrl-C prints what is known by then.
    """
    from efssim.report.files.plan import plan_json, write_plan
    from efssim.report.text.plan import plan_report
    from efssim.study.planning.plan import budget_s
    from efssim.study.planning.plan import plan as find
    from efssim.study.varying.space import parse_assignment, range_of, require_key, with_value

    scenario = file.load(overrides)
    chosen, text = parse_assignment(vary)
    require_key(scenario, chosen)
    asked = {"--rpo": (rpo, "rpo.target"), "--attainment": (attainment, "rpo.attainment")}
    given = {option: path for option, (value, path) in asked.items() if value is not None}
    if seed is not None:
        given["--seed"] = "seed"
    for option, path in given.items():
        if path == chosen.path:
            raise click.UsageError(f"--vary {chosen.path} undoes {option}")
    refuse_ignored(overrides, {**given, "--vary": chosen.path})
    between = range_of(chosen, text)
    for end in between:
        refuse_absurd(with_value(scenario, chosen, end), file, insist=yes)
    check_folder(out, "plan.json", "evaluations.csv")
    seconds = budget_s(budget)
    with keeping_results(), placing_refusals(file, overrides), study_errors(file):
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
            budget=seconds,
            on_begin=None if quiet else lambda: _tell_budget(seconds),
            on_progress=_tell_evaluation(chosen) if not quiet else None,
        )
        again = reproducing()
        deliver(
            None if out is None else partial(write_plan, found, out, again),
            form,
            lambda: plan_json(found),
            lambda: plan_report(found, again),
        )
        _report_folder(out, quiet)
    if found.partial:
        raise KeyboardInterrupt


@click.command(
    cls=Command,
    epilog=examples(
        "efssim sweep scenario.yaml --vary 'replications.dr.sync.interval=1 min,5 min,1 h'",
        "efssim sweep scenario.yaml --vary 'replications.dr.sync.throughput=1 MiB/s..1 GiB/s:5log'",
        "efssim sweep scenario.yaml --vary rpo.target=5min,1h -n 20 --measure rpo.attainment",
    ),
)
@click.argument("file", type=ScenarioFile())
@click.option(
    "--vary",
    required=True,
    multiple=True,
    metavar="PATH=VALUES",
    help="a,b,c or LOW..HIGH:n[log]; may be repeated.",
)
@click.option("--one-at-a-time", is_flag=True, help="Each value alone, and what it changes.")
@click.option(
    "--measure",
    default="time_since_last_sync_s.mean",
    show_default=True,
    metavar="NAME",
    help="What report and figures show; the files have every number.",
)
@click.option(
    "--trials",
    "-n",
    type=click.IntRange(min=1),
    metavar="N",
    default=1,
    show_default=True,
    help="Trials of each combination.",
)
@study_options
@handles_errors
def sweep(
    file: Source,
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
    """Run trials of scenario FILE at every combination of values.

    FILE - is standard input. Ctrl-C prints the combinations that are complete.
    """
    from efssim.report.files.sweep import sweep_json, write_sweep
    from efssim.report.text.sweep import sweep_report
    from efssim.study.varying.space import parse_assignment, values_of
    from efssim.study.varying.sweep import combinations, swept

    scenario = file.load(overrides)
    parsed = [parse_assignment(text, ordinal) for ordinal, text in enumerate(vary, start=1)]
    given = {} if seed is None else {"--seed": "seed"}
    if not one_at_a_time:  # whose base has what was set
        given |= {f"--vary {named.path}": named.path for named, _ in parsed}
    refuse_ignored(overrides, given)
    chosen = [(named, values_of(named, text)) for named, text in parsed]
    for _, world in combinations(scenario, chosen, one_at_a_time=one_at_a_time):
        refuse_absurd(world, file, insist=yes)
    check_folder(out, "sweep.json", "sweep.csv")
    with keeping_results(), placing_refusals(file, overrides), study_errors(file):
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
        again = reproducing()
        deliver(
            None if out is None else partial(write_sweep, found, out, measure, again),
            form,
            lambda: sweep_json(found, measure),
            lambda: sweep_report(found, measure, again),
        )
        _report_folder(out, quiet)
    if found.partial:
        raise KeyboardInterrupt


def _report_folder(out: Path | None, quiet: bool) -> None:
    if out is not None and not quiet:
        say(f"wrote {out}{os.sep}")


def _tell_combination(done: int, wanted: int) -> None:
    say(f"{done} of {wanted} combinations")


def _tell_budget(seconds: float) -> None:
    from efssim.text.quantities import format_duration

    text = format_duration(seconds)
    say(f"planning for at most {text} (--budget), then with what is known")


def _tell_evaluation(vary: Parameter) -> Callable[[Evaluation], None]:
    """Return what shows each evaluation of a plan as it is made."""

    def tell(made: Evaluation) -> None:
        from efssim.study.planning.evaluation import said

        shown = f"{vary.text(made.value)}: attainment {made.attainment:.5f}, {said(made)}"
        say(f"{shown} ({made.stage}, {made.trials} trials)")

    return tell
