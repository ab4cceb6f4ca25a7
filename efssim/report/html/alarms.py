"""The part of a page on alarms."""

from __future__ import annotations

from efssim.report.facts.alarms import (
    alarm_sentences,
    monthly,
    sampling_note,
    sentences_over_trials,
    word_of_alarm,
    word_over_trials,
)
from efssim.report.html.study import Block
from efssim.report.html.tables import (
    Cell,
    Column,
    HtmlTable,
    bounded,
    duration,
    number,
    share,
    text,
)
from efssim.report.words.lines import clock
from efssim.runs.run import Run
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.intervals import Interval

_ROWS = 300
"""Changes of state at most; alarms.csv has the rest."""


def alarm_table(run: Run) -> HtmlTable:
    """Return a row for each alarm of a run."""
    rows = [
        [
            text(name),
            text(alarm.replication or "none"),
            text(word_of_alarm(alarm)),
            number(alarm.fired),
            number(alarm.violations),
            number(alarm.detected),
            number(alarm.missed),
            duration(alarm.detection_delay_s.mean),
            duration(alarm.detection_delay_s.max),
            number(alarm.false_alarms),
            share(alarm.unwarranted_share),
            text(alarm.final_state),
        ]
        for name, alarm in run.alarms.items()
    ]
    head = [Column("alarm"), Column("of"), Column("in short")]
    counts = ("fired", "violations", "detected", "missed", "mean delay", "longest delay")
    numbers = [Column(title, True) for title in (*counts, "false alarms", "ALARM without cause")]
    return HtmlTable("Alarms", [*head, *numbers, Column("state at the end")], rows)


def change_table(run: Run, suffix: str) -> HtmlTable:
    """Return a row for each change of the state of an alarm, in order of time."""
    found = sorted(
        (change.time_s, name, change)
        for name, alarm in run.alarms.items()
        for change in alarm.transitions
    )
    rows, note = bounded(
        (
            [
                Cell(clock(run.scenario, time_s), time_s, is_time=True),
                text(name),
                text(change.before),
                text(change.after),
                text(change.reason),
            ]
            for time_s, name, change in found
        ),
        _ROWS,
        f"alarms{suffix}",
    )
    head = [Column(title) for title in ("time", "alarm", "from", "to", "reason")]
    return HtmlTable("Changes of state", head, rows, note=note)


def alarm_texts(run: Run) -> list[str]:
    """Return a text on each alarm of a run."""
    texts = [f"{name}: {said}" for name, said in alarm_sentences(run).items()]
    return [*texts, *sampling_note(run.scenario)]


def alarm_blocks(trials: TrialSet) -> list[Block]:
    """Return the block on the alarms of a study; none without alarms."""
    if not trials.alarms:
        return []
    said = " ".join(f"{name}: {one}" for name, one in sentences_over_trials(trials).items())
    return [Block("Alarms", "alarms", text=said, table=trials_alarm_table(trials))]


def trials_alarm_table(trials: TrialSet) -> HtmlTable:
    """Return a row for each alarm over trials, with intervals."""
    rows = [
        [
            text(name),
            text(alarm.replication or "none"),
            text(word_over_trials(alarm)),
            number(alarm.pooled.violations),
            number(alarm.pooled.detected),
            share(alarm.pooled.share),
            *_ends(alarm.pooled.share_ci95, is_share=True),
            duration(alarm.pooled.delay_s.mean),
            duration(alarm.pooled.delay_s.max),
            _rate(alarm.means.false_alarms_per_month),
            *_ends(alarm.pooled.false_per_month_ci95, is_share=False),
            share(alarm.means.unwarranted_share),
        ]
        for name, alarm in trials.alarms.items()
    ]
    titles = (
        "violations",
        "detected",
        "share detected",
        "from",
        "to",
        "mean delay",
        "longest delay",
        "false alarms in 30 days",
        "from",
        "to",
        "ALARM without cause",
    )
    head = [Column("alarm"), Column("of"), Column("in short")]
    return HtmlTable("Alarms over the trials", [*head, *(Column(t, True) for t in titles)], rows)


def _rate(value: float) -> Cell:
    return number(value, monthly(value))


def _ends(bounds: Interval | None, *, is_share: bool) -> list[Cell]:
    """Return the cells of the ends of an interval."""
    if bounds is None:
        return [number(None), number(None)]
    return [share(end) if is_share else _rate(end) for end in (bounds.low, bounds.high)]
