"""The JSON and the files of `efssim alarms`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.json_values import to_json
from efssim.lag.detection.summary import AlarmSummary
from efssim.lag.summary import WindowSummary
from efssim.report.figures.files import FigureSvg
from efssim.report.figures.run.alarms import alarms_alt, drawn_alarms, plot_alarms
from efssim.report.figures.study.alarms import plot_tuning, tuning_alt
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.manifest import parameters
from efssim.report.files.study import Sketch, write_study
from efssim.report.words.json_text import json_text
from efssim.runs.run import Run
from efssim.study.alarms.tuning import AlarmTuning
from efssim.study.means.alarms import AlarmOfTrials
from efssim.study.run.trial_set import TrialSet
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd

_JSON = "alarms.json"


@dataclass(frozen=True, slots=True)
class AlarmsReport:
    """The keys of alarms.json, in their order."""

    scenario: str
    seed: int
    trials: int
    partial: bool
    window: WindowSummary
    alarms: Mapping[str, AlarmSummary] | Mapping[str, AlarmOfTrials]
    tuning: AlarmTuning | None
    traces: Mapping[str, TraceQuality]
    digest: str


def alarms_json(run: Run) -> str:
    """Return alarms.json of a run: what `efssim alarms --format json` prints."""
    return json_text(
        to_json(
            AlarmsReport(
                scenario=run.scenario.name,
                seed=run.seed,
                trials=1,
                partial=False,
                window=run.window,
                alarms=run.alarms,
                tuning=None,
                traces=run.traces,
                digest=run.digest,
            ),
            run.scenario.start,
        )
    )


def trials_alarms_json(trials: TrialSet, tuned: AlarmTuning | None = None) -> str:
    """Return alarms.json of trials; with `tuned` it has the settings in place of alarms."""
    return json_text(
        to_json(
            AlarmsReport(
                scenario=trials.scenario.name,
                seed=trials.seed,
                trials=len(trials),
                partial=trials.partial,
                window=trials.window,
                alarms=trials.alarms if tuned is None else {},
                tuning=tuned,
                traces=trials.traces,
                digest=trials.digest,
            ),
            trials.scenario.start,
        )
    )


def write_alarms(run: Run, folder: Path, command: str = "", tables: TableFormat = CSV) -> None:
    """Write alarms.json, a table, the figure, report.html and manifest.json into a folder.

    As for a run all are written or none. Raise OSError.
    """
    from efssim.report.html.studies.alarms import alarms_page

    sketches = {"alarms": Sketch(partial(plot_alarms, run), alarms_alt(run))}
    write_study(
        folder,
        {_JSON: alarms_json(run)},
        {"alarms": run.alarm_changes},
        sketches if drawn_alarms(run) else {},
        lambda drawn: alarms_page(run, drawn, command, tables.suffix),
        seed=run.seed,
        about=parameters(run.scenario),
        form=tables,
    )


def write_trials_alarms(
    trials: TrialSet,
    folder: Path,
    command: str = "",
    tuned: AlarmTuning | None = None,
    tables: TableFormat = CSV,
) -> None:
    """Write alarms.json, a table, report.html and manifest.json; with `tuned` the figure as well.

    Raise OSError.
    """
    from efssim.report.html.studies.alarms import alarms_page_over_trials, tuning_page

    def page(drawn: dict[str, FigureSvg]) -> str:
        if tuned is None:
            return alarms_page_over_trials(trials, command)
        return tuning_page(tuned, trials, drawn, command)

    sketches = {}
    if tuned is not None:
        sketches["tuning"] = Sketch(partial(plot_tuning, tuned), tuning_alt(tuned))
    name = "alarms" if tuned is None else "tuning"
    table = trials_alarm_frame(trials) if tuned is None else tuning_frame(tuned)
    write_study(
        folder,
        {_JSON: trials_alarms_json(trials, tuned)},
        {name: table},
        sketches,
        page,
        seed=trials.seed,
        about={**parameters(trials.scenario), "partial": trials.partial},
        form=tables,
    )


def trials_alarm_frame(trials: TrialSet) -> pd.DataFrame:
    """Return a row for each trial and alarm, with its numbers."""
    import pandas as pd

    columns = ("fired", "violations", "detected", "missed", "late", "open_at_end", "false_alarms")
    rows = [
        {
            "trial": trial.number,
            "alarm": name,
            **{column: getattr(alarm, column) for column in columns},
            "detection_delay_mean_s": alarm.detection_delay_s.mean,
        }
        for trial in trials.trials
        for name, alarm in trial.summary.alarms.items()
    ]
    return pd.DataFrame(rows, columns=["trial", "alarm", *columns, "detection_delay_mean_s"])


def tuning_frame(tuned: AlarmTuning) -> pd.DataFrame:
    """Return a row for each setting that was tried."""
    import pandas as pd

    return pd.DataFrame([to_json(one) for one in tuned.settings])
