"""`efssim alarms`: the CloudWatch alarms of a scenario, on its simulated metrics."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from efssim.cli.common import (
    Command,
    build,
    check_folder,
    deliver,
    handles_errors,
    keeping_results,
    placing_refusals,
    progress,
    progress_of_trials,
    refuse_absurd,
    say_folder,
    study_failures,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import (
    Share,
    effort_options,
    examples,
    result_options,
    seed_option,
    set_option,
    trials_option,
    workers_option,
)
from efssim.cli.output import fail
from efssim.cli.request import Request, requested
from efssim.cli.scenario_file import ScenarioFile, Source
from efssim.cli.uncertain.sets import say_written

if TYPE_CHECKING:
    from efssim.api.result import Result
    from efssim.api.trials import Trials
    from efssim.lag.kinds.asked import Asked
    from efssim.scenario import Scenario
    from efssim.study.alarms.tuning import AlarmTuning

_TRIALS = 30
"""Trials of a tuning, unless it is told how many."""


@dataclass(frozen=True, kw_only=True)
class AlarmsRequest(Request):
    """The request of `efssim alarms`."""

    file: Source
    described: Path | None
    tune: bool
    alarm: str | None
    trials: int | None
    detect: float
    false_alarms: float

    def refuse_contradictions(self) -> None:
        """Raise click.UsageError for options that have no effect."""
        if not self.tune:
            for name in ("alarm", "detect", "false_alarms"):
                if name in self.given:
                    raise click.UsageError(f"--{name.replace('_', '-')} needs --tune")
            if self.workers is not None and self.trials is None:
                raise click.UsageError("--workers needs --trials or --tune")
        if self.detect > 1:
            raise click.UsageError("--detect is a share of at most 100 %")
        refuse_ignored(self.overrides, {"--seed": "seed"} if self.seed is not None else {})

    @property
    def changes(self) -> tuple[str, ...]:
        """The changes of the scenario, with the file of alarms that was given."""
        if self.described is None:
            return self.overrides
        return (f"alarms.file={json.dumps(str(self.described.absolute()))}", *self.overrides)


@click.command(
    cls=Command,
    epilog=examples(
        "efssim alarms scenario.yaml",
        "aws cloudwatch describe-alarms > alarms.json",
        "efssim alarms scenario.yaml --alarms alarms.json -o out",
        "efssim alarms scenario.yaml --tune --trials 200",
    ),
)
@click.argument("file", type=ScenarioFile())
@click.option(
    "--alarms",
    "described",
    type=click.Path(path_type=Path),
    metavar="JSON",
    show_default="those of the scenario",
    help="Also read these alarms, as `aws cloudwatch describe-alarms` prints them.",
)
@click.option("--tune", is_flag=True, help="Try thresholds and M of N on the same trials.")
@click.option(
    "--alarm",
    metavar="NAME",
    show_default="the only one on TimeSinceLastSync",
    help="With --tune: the alarm to tune.",
)
@trials_option("a single run; with --tune 30")
@click.option(
    "--detect",
    type=Share(),
    metavar="SHARE",
    default="95%",
    show_default=True,
    help="With --tune: the least share of violations that a recommended alarm detects.",
)
@click.option(
    "--false-alarms",
    type=click.FloatRange(min=0),
    metavar="N",
    default=1.0,
    show_default=True,
    help="With --tune: most false alarms in 30 days of a recommended alarm.",
)
@seed_option()
@set_option()
@workers_option()
@result_options
@effort_options
@handles_errors
def alarms(**asked: Any) -> None:
    """Evaluate the CloudWatch alarms of scenario FILE on its simulated metrics.

    For each: when it fired, how late it detected the violations of the RPO, which it missed, and
    how often it fired without one; and why it can never fire, where it cannot. FILE - is standard
    input.
    """
    request = requested(AlarmsRequest, **asked)
    request.refuse_contradictions()
    scenario = request.file.load(request.changes)
    refuse_absurd(scenario, request.file, insist=request.yes)
    say_written(scenario, request.quiet)
    check_folder(request.out, "alarms.json")
    build(scenario, request.file, request.changes)
    if request.tune:
        _tune(scenario, request)
    elif request.trials is None:
        _run_once(scenario, request)
    else:
        _run_trials(scenario, request)


def _run_once(scenario: Scenario, request: AlarmsRequest) -> None:
    from efssim.api.simulation import run
    from efssim.report.files.data.alarms import alarms_json, write_alarms
    from efssim.report.text.alarms.report import alarms_report

    with (
        placing_refusals(request.file, request.changes),
        progress(scenario, request.quiet) as tell,
    ):
        result: Result = run(scenario, request.seed, on_progress=tell)
    again = request.reproducing(seed=result.seed)
    write = None
    if request.out is not None:
        write = partial(write_alarms, result, request.out, again, request.table_format)
    deliver(write, request.form, lambda: alarms_json(result), lambda: alarms_report(result, again))
    say_folder(request.out, request.quiet)


def _run_trials(scenario: Scenario, request: AlarmsRequest) -> None:
    from efssim.lag.kinds.asked import OF_TRIALS
    from efssim.report.files.data.alarms import trials_alarms_json, write_trials_alarms
    from efssim.report.text.alarms.report import alarms_report_over_trials

    with keeping_results():
        trials = _trials(scenario, request, OF_TRIALS)
        again = request.reproducing(seed=trials.seed)
        _deliver(
            trials,
            request,
            partial(write_trials_alarms, trials, command=again, tables=request.table_format),
            lambda: trials_alarms_json(trials),
            lambda: alarms_report_over_trials(trials, again),
        )


def _tune(scenario: Scenario, request: AlarmsRequest) -> None:
    from efssim.report.files.data.alarms import trials_alarms_json, write_trials_alarms
    from efssim.report.text.alarms.tuning import tuning_report
    from efssim.study.alarms.grid import alarm_to_tune, settings_of, with_settings
    from efssim.study.alarms.tuning import READS, TuningGoal, tuning

    try:
        name, alarm = alarm_to_tune(scenario, request.alarm)
    except (KeyError, ValueError) as error:
        fail(f"{request.file}: {error}")
    tried = settings_of(alarm, scenario.rpo.target)
    with keeping_results():
        trials = _trials(with_settings(scenario, alarm, tried), request, READS)
        goal = TuningGoal(request.detect, request.false_alarms)
        found: AlarmTuning = tuning(
            name, alarm.period or 0.0, alarm.statistic or "", tried, trials, goal
        )
        again = request.reproducing(seed=trials.seed)
        _deliver(
            trials,
            request,
            partial(
                write_trials_alarms,
                trials,
                command=again,
                tuned=found,
                tables=request.table_format,
            ),
            lambda: trials_alarms_json(trials, found),
            lambda: tuning_report(found, trials, again),
        )


def _deliver(
    trials: Trials,
    request: AlarmsRequest,
    write: Callable[[Path], None],
    as_json: Callable[[], str],
    as_text: Callable[[], str],
) -> None:
    """Print and write a result; KeyboardInterrupt after it if it is partial."""
    deliver(
        None if request.out is None else partial(write, request.out), request.form, as_json, as_text
    )
    say_folder(request.out, request.quiet)
    if trials.partial:
        raise KeyboardInterrupt


def _trials(scenario: Scenario, request: AlarmsRequest, asked: Asked) -> Trials:
    """Run trials; KeyboardInterrupt if they are interrupted before the first is complete."""
    from efssim.api.trials import trials_on
    from efssim.study.run.executors import Workers

    with (
        placing_refusals(request.file, request.changes),
        study_failures(),
        progress_of_trials(request.quiet, workers=request.workers) as tell,
    ):
        found = trials_on(
            Workers(None, request.workers),
            scenario,
            request.trials or _TRIALS,
            scenario.seed if request.seed is None else request.seed,
            None,
            verify=False,
            on_progress=tell,
            asked=asked,
        )
    if not len(found):
        raise KeyboardInterrupt
    return found
