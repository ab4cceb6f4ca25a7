"""The report of `efssim alarms --tune`: a table of settings, and what they advise."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.report.facts.alarms import monthly
from efssim.report.text.parts import absent_lines, heading, joined, reproduce
from efssim.report.words.lines import aligned, counted, percent, short, wrapped
from efssim.study.alarms.tuning import Advice, AlarmTuning, Outcome, TunedSetting
from efssim.study.run.trial_set import TrialSet
from efssim.text.quantities import format_duration

_HEAD = (
    "",
    "threshold",
    "M of N",
    "detected",
    "at least",
    "delay",
    "longest",
    "false/30 d",
    "up to",
)
_NONE = "-"


def tuning_report(found: AlarmTuning, trials: TrialSet, command: str) -> str:
    """Return the report; `command` reproduces it."""
    about = (
        f"alarm {found.alarm}: {found.statistic} over {format_duration(found.period_s)}; "
        f"{counted(found.violations, 'violation')} in {counted(len(trials), 'trial')}"
    )
    partial = []
    if trials.partial:
        partial = [f"PARTIAL: interrupted after {len(trials)} of {trials.wanted} trials"]
    return joined(
        [
            [*partial, *heading(trials), *absent_lines(trials), *wrapped(about, indent=2)],
            wrapped(advice_text(found.advice), indent=2),
            aligned([_HEAD, *(_row(one) for one in listed(found.settings))]),
            wrapped(legend(found), indent=2),
            reproduce(trials, command),
        ]
    )


def listed(settings: Sequence[TunedSetting]) -> list[TunedSetting]:
    """Return the settings that a short table shows: the front and the alarm's own."""
    return [one for one in settings if one.on_front or one.is_current]


def advice_text(advice: Advice) -> str:
    """Return the advice with its word."""
    return f"{WORDS[advice.outcome]}: {advice_sentence(advice)}"


WORDS: dict[Outcome, str] = {
    "recommended": "RECOMMENDED",
    "not_enough": "NO RECOMMENDATION",
    "none": "NO RECOMMENDATION",
}


def advice_sentence(advice: Advice) -> str:
    """Return the advice without its word."""
    if advice.outcome == "recommended":
        return f"{setting_text(advice)}. It was {advice.reason}."
    if advice.threshold_s is None:
        return f"{advice.reason}."
    return f"{advice.reason}. Best so far, and not confirmed: {setting_text(advice)}."


def setting_text(advice: Advice) -> str:
    """Return the setting of an advice in words."""
    threshold = format_duration(advice.threshold_s or 0.0)
    return f"threshold {threshold}, {advice.datapoints_to_alarm} of {advice.evaluation_periods}"


def legend(found: AlarmTuning) -> str:
    """Return the meaning of marks and columns."""
    left = len(found.settings) - len(listed(found.settings))
    return (
        "* no other setting has fewer misses, a shorter delay and fewer false alarms at once; "
        "> the alarm as it is. “At least” and “up to” are ends of 95 % intervals, each by itself; "
        "who is in ALARM for more than 5 % of the time without a violation is no choice; "
        f"the delay counts from when the age passes the RPO target. {left:,} more settings in the "
        "JSON and in the table of --out DIR."
    )


def mark(one: TunedSetting) -> str:
    """Return the marks of a setting."""
    return "*" * one.on_front + ">" * one.is_current


def _row(one: TunedSetting) -> list[str]:
    return [
        mark(one),
        short(one.threshold_s),
        one.out_of,
        _share(one.share),
        _share(one.share_low),
        short(one.delay_s),
        short(one.delay_max_s),
        rate(one.false_per_month),
        rate(one.false_per_month_high),
    ]


def _share(value: float | None) -> str:
    return _NONE if value is None else percent(round(value, 3))


def rate(value: float | None) -> str:
    """Return a number of false alarms in 30 days."""
    return _NONE if value is None else monthly(value)
