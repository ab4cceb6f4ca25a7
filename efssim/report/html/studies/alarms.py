"""The pages of `efssim alarms`: of a run, of trials, and of the settings that were tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from efssim.json_values import timestamp
from efssim.report.facts.alarms import (
    answer_on_alarms,
    sentences_over_trials,
    tell_nothing,
    word_of_alarm,
    word_over_trials,
)
from efssim.report.facts.traces import thin_traces
from efssim.report.figures.files import FigureSvg
from efssim.report.figures.run.alarms import alarms_alt
from efssim.report.figures.study.alarms import tuning_alt
from efssim.report.html.alarms import (
    alarm_table,
    alarm_texts,
    change_table,
    trials_alarm_table,
)
from efssim.report.html.sections import sentence
from efssim.report.html.study import Block, PageVerdict, Study, parameter_block, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import NONE, Column, HtmlTable, duration, number, share, text
from efssim.report.html.traces import trace_blocks
from efssim.report.text.alarms.report import NO_ALARM
from efssim.report.text.alarms.tuning import WORDS, advice_sentence, legend, mark, rate
from efssim.report.text.parts import Summarised
from efssim.report.words.lines import counted, percent
from efssim.runs.run import Run
from efssim.study.alarms.tuning import AlarmTuning, TunedSetting
from efssim.study.run.trial_set import TrialSet
from efssim.study.trial.not_in_run import not_in_run
from efssim.text.quantities import format_duration

_KIND = "CloudWatch alarms on simulated replication lag"


def alarms_page(
    run: Run, drawn: Mapping[str, FigureSvg], command: str, suffix: str = ".csv"
) -> str:
    """Return report.html of the alarms of a run; `drawn` has the SVG file by stem."""
    return _page(run, [], _run_blocks(run, drawn, suffix), command)


def _run_blocks(run: Run, drawn: Mapping[str, FigureSvg], suffix: str) -> Iterator[Block]:
    if not run.alarms:
        yield Block("Alarms", "alarms", text=NO_ALARM)
        return
    words = [word_of_alarm(each) for each in run.alarms.values()]
    yield Block("Alarms", "alarms", _verdict(words), points=alarm_texts(run))
    yield Block("In numbers", "numbers", table=alarm_table(run), is_part=True)
    if "alarms" in drawn:
        svg = inlined(drawn["alarms"], "states")
        figure = Figure("states", "States over time", svg, alarms_alt(run), _STATES)
        yield Block("States over time", "states-part", figure=figure, is_part=True)
    table = change_table(run, suffix)
    yield Block("Changes of state", "changes", table=table, is_folded=True, is_part=True)


_STATES = (
    "A bar for each alarm, coloured by its state; above them the violations of the RPO target that "
    "it is for."
)


def _verdict(words: Sequence[str]) -> PageVerdict:
    """Return the verdict on alarms; never a green one, as few violations show little."""
    kind = "missed" if tell_nothing(words) else "open"
    return PageVerdict(kind, "Do the alarms detect violations?", answer_on_alarms(words))


def alarms_page_over_trials(trials: TrialSet, command: str) -> str:
    """Return report.html of alarms over trials."""
    return _page(trials, [counted(len(trials), "trial")], _trials_blocks(trials), command)


def _trials_blocks(trials: TrialSet) -> Iterator[Block]:
    if not trials.alarms:
        yield Block("Alarms", "alarms", text=NO_ALARM)
        return
    words = [word_over_trials(each) for each in trials.alarms.values()]
    said = [f"{name}: {one}" for name, one in sentences_over_trials(trials).items()]
    yield Block("Alarms", "alarms", _verdict(words), points=said)
    yield Block("In numbers", "numbers", table=trials_alarm_table(trials))


def tuning_page(
    found: AlarmTuning, trials: TrialSet, drawn: Mapping[str, FigureSvg], command: str
) -> str:
    """Return report.html of the settings of an alarm."""
    about = [
        f"alarm {found.alarm}: {found.statistic} over {format_duration(found.period_s)}",
        counted(len(trials), "trial"),
        counted(found.violations, "violation"),
    ]
    return _page(trials, about, _tuning_blocks(found, drawn), command)


def _tuning_blocks(found: AlarmTuning, drawn: Mapping[str, FigureSvg]) -> Iterator[Block]:
    advice = found.advice
    kind = "met" if advice.outcome == "recommended" else "open"
    word = WORDS[advice.outcome].capitalize()
    goal = (
        f"Wanted: at least {percent(found.goal.detected)} of the violations detected, with at most "
        f"{_alarms(found.goal.false_per_month)} in 30 days."
    )
    yield Block(
        "Advice", "advice", PageVerdict(kind, word, sentence(advice_sentence(advice)), goal)
    )
    if "tuning" in drawn:
        svg = inlined(drawn["tuning"], "tuning-figure")
        caption = (
            "Each point is a setting, over the same trials. Hollow points miss violations. Points "
            "at the same place are drawn once."
        )
        title = "Delay of detection against false alarms"
        figure = Figure("tuning-figure", title, svg, tuning_alt(found), caption)
        yield Block(title, "figure", figure=figure, is_part=True)
    table = _settings(found, [one for one in found.settings if one.on_front or one.is_current])
    yield Block("Settings that none is better than", "front", text=legend(found), table=table)
    every = _settings(found, found.settings)
    yield Block("All settings", "all", table=every, is_folded=True, is_part=True)


def _alarms(number: float) -> str:
    return f"{number:g} false alarm{'s' * (number != 1)}"


def _settings(
    found: AlarmTuning, settings: tuple[TunedSetting, ...] | list[TunedSetting]
) -> HtmlTable:
    rows = [
        [
            text(mark(one) or NONE),
            duration(one.threshold_s),
            text(one.out_of),
            number(one.detected),
            share(one.share),
            share(one.share_low),
            duration(one.delay_s),
            duration(one.delay_max_s),
            number(one.false_per_month, rate(one.false_per_month)),
            number(one.false_per_month_high, rate(one.false_per_month_high)),
        ]
        for one in settings
    ]
    numbers = (
        "detected",
        "share",
        "at least",
        "mean delay",
        "longest delay",
        "false alarms in 30 days",
        "up to",
    )
    head = [Column("setting"), Column("threshold", True), Column("M of N")]
    caption = f"Settings of {found.alarm}"
    return HtmlTable(caption, [*head, *(Column(one, True) for one in numbers)], rows, True)


def _page(found: Summarised, about: list[str], blocks: Iterator[Block], command: str) -> str:
    start, window = found.scenario.start, found.window
    begin, end = (
        timestamp(start, at_s)[:16].replace("T", " ") for at_s in (window.begin_s, window.end_s)
    )
    if isinstance(found, TrialSet) and found.partial:
        about = [*about, f"PARTIAL: interrupted after {len(found)} of {found.wanted} trials"]
    pairs = [("Seed", str(found.seed)), ("Digest", found.digest)]
    return study_page(
        Study(
            kind=_KIND,
            title=found.scenario.name,
            description=found.scenario.description,
            meta=[
                f"{begin} to {end} UTC",
                *about,
                f"seed {found.seed}",
                *thin_traces(found.traces),
                *not_in_run(found.scenario),
            ],
            blocks=[
                *blocks,
                *trace_blocks({found.scenario.name: found.traces}),
                parameter_block(found.scenario),
            ],
            reproduce=[("Command", command), *pairs] if command else pairs,
        )
    )
