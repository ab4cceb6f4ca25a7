"""Alarms in sentences: whether they fired, what they missed, and why they cannot fire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from efssim.lag.detection.summary import TOO_OFTEN, AlarmSummary, DelaySummary
from efssim.report.words.lines import clock, counted, percent, wrapped
from efssim.runs.run import Run
from efssim.scenario import Scenario
from efssim.study.means.alarms import AlarmOfTrials
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.intervals import Interval
from efssim.text.quantities import format_duration

_TIMES = 3
"""How many times of firing are listed."""
BLIND, NOISY = "IN ALARM WITHOUT DATA", "IN ALARM TOO OFTEN TO TELL ANYTHING"
NEVER, UNUSED = "CAN NEVER FIRE", "NOT EVALUATED"
SILENT, NONE, UNKNOWN = "DID NOT FIRE", "NO VIOLATION TO DETECT", "NOT DECIDED"
_KINDS = {
    "DETECTED": "detected every violation",
    "MISSED": "missed violations",
    SILENT: "did not fire in any violation",
    NEVER: "can never fire",
    BLIND: "in ALARM without data",
    NOISY: "in ALARM too often to tell anything",
    NONE: "had no violation to detect",
    UNKNOWN: "not decided",
    UNUSED: "not evaluated",
}
"""How the word for an alarm begins, and what to say of so many with it."""


def alarm_sentences(run: Run) -> dict[str, str]:
    """Return a text on each alarm of a run, by its name."""
    return {
        name: " ".join(_of_run(alarm, run.scenario, run.window.seconds))
        for name, alarm in run.alarms.items()
    }


def word_of_alarm(alarm: AlarmSummary) -> str:
    """Return the word for an alarm in a run: never a good one without a violation detected."""
    if alarm.not_evaluated is not None:
        return UNUSED
    if alarm.never or alarm.blind:
        return NEVER if alarm.never else BLIND
    if alarm.is_noisy:
        return NOISY
    decided = alarm.detected + alarm.missed
    if not decided:
        return UNKNOWN if alarm.violations else NONE
    return _counted(alarm.detected, decided, is_silent=not (alarm.fired or alarm.detected))


def answer_on_alarms(words: Sequence[str]) -> str:
    """Return in a sentence how many alarms do which, by the word for each."""
    kinds = [_kind(word) for word in words]
    told = (f"{kinds.count(kind):,} {said}" for kind, said in _KINDS.items() if kind in kinds)
    return f"Of {counted(len(words), 'alarm')}: {'; '.join(told)}."


def tell_nothing(words: Sequence[str]) -> bool:
    """Return whether any of the alarms with these words misses violations, or tells nothing."""
    return any(_kind(word) in ("MISSED", SILENT, NEVER, BLIND, NOISY) for word in words)


def _kind(word: str) -> str:
    """Return a word without the numbers in it."""
    return next(kind for kind in _KINDS if word.startswith(kind))


def _counted(detected: int, decided: int, *, is_silent: bool) -> str:
    """Return the word where there are violations: with their numbers, as few show little."""
    if is_silent:
        return f"{SILENT} IN {counted(decided, 'VIOLATION').upper()}"
    if detected < decided:
        return f"MISSED {decided - detected:,} OF {decided:,}"
    return f"DETECTED {detected:,} OF {decided:,}"


def _of_run(alarm: AlarmSummary, scenario: Scenario, seconds: float) -> Iterator[str]:
    yield f"{word_of_alarm(alarm)}{_because(alarm)}."
    if not alarm.watches:
        if alarm.violations and alarm.not_evaluated is None:
            yield f"Violations: {alarm.violations:,}."
        return
    yield f"{_fired(alarm, scenario)}."
    if alarm.violations:
        yield _detection(alarm)
    yield f"{_false(alarm, seconds)}."
    yield from _unwarranted(alarm.unwarranted_share)
    if alarm.muted:
        yield f"Muted from begin to end: {counted(alarm.muted, 'ALARM period')}."
    if alarm.region_down:
        periods = counted(alarm.region_down, "ALARM period")
        yield f"Its Region was down until the end, so that nobody was told: {periods}."
    yield from (f"Note: {text}." for text in alarm.cautions)


def _because(alarm: AlarmSummary | AlarmOfTrials) -> str:
    """Return the reasons why an alarm is not evaluated or can never fire."""
    reasons = alarm.never or alarm.blind
    if alarm.not_evaluated is not None:
        reasons = (alarm.not_evaluated,)
    return f": {'; '.join(reasons)}" if reasons else ""


def _fired(alarm: AlarmSummary, scenario: Scenario) -> str:
    """Return how often an alarm went to ALARM in the window, and when at first."""
    times = [clock(scenario, time_s) for time_s in alarm.fired_s]
    if not times:
        return "It did not fire"
    more = len(times) - _TIMES
    listed = ", ".join(times[:_TIMES]) + (f" and {more:,} more" if more > 0 else "")
    return f"It fired {counted(len(times), 'time')}: {listed}"


def _detection(alarm: AlarmSummary) -> str:
    """Return how many violations an alarm detected, and how late."""
    decided = alarm.detected + alarm.missed
    text = f"Detected {alarm.detected:,} of {counted(decided, 'violation')}"
    text += delays_text(alarm.detection_delay_s)
    if alarm.late:
        text += f"; of the missed ones {alarm.late:,} set it off after their end"
    if alarm.open_at_end:
        text += f"; {counted(alarm.open_at_end, 'more')} at the end of the run is not decided"
    return f"{text}."


def delays_text(delay: DelaySummary) -> str:
    """Return the delays of detection in words; nothing where nothing was detected."""
    if delay.mean is None or delay.max is None:
        return ""
    if not delay.max:
        return ", in ALARM already when the age passed the RPO target"
    if delay.mean == delay.max:
        return f", {format_duration(delay.mean)} after the age passed the RPO target"
    mean, most = format_duration(delay.mean), format_duration(delay.max)
    return f", {mean} after the age passed the RPO target on average, at most {most}"


def _unwarranted(share: float) -> Iterator[str]:
    """Yield how much of the time an alarm was in ALARM without a violation, if that is much."""
    if share > TOO_OFTEN / 5:
        yield f"In ALARM without a violation: {percent(share)} of the time."


def _false(alarm: AlarmSummary, seconds: float) -> str:
    if not alarm.false_alarms:
        return f"No false alarm in {format_duration(seconds)}"
    each = f"{monthly(alarm.false_alarms_per_month)} in 30 days"
    return f"{counted(alarm.false_alarms, 'false alarm')}, {each}"


def alarm_lines(run: Run) -> list[str]:
    """Return the lines on alarms of the text report of a run."""
    texts = [f"alarm {name}: {text}" for name, text in alarm_sentences(run).items()]
    texts += sampling_note(run.scenario)
    return [line for text in texts for line in wrapped(text, indent=2)]


def sampling_note(scenario: Scenario) -> list[str]:
    """Return a sentence on the moments of samples where the seed draws them for alarms."""
    if not scenario.alarms or scenario.cloudwatch.phase is not None:
        return []
    return [
        "Alarms read a sample a minute, at a moment that the seed draws unless cloudwatch.phase "
        "sets it: their times are those of this seed."
    ]


# --- many trials ----------------------------------------------------------------------------------


def word_over_trials(alarm: AlarmOfTrials) -> str:
    """Return the word for an alarm over trials."""
    if alarm.not_evaluated is not None:
        return UNUSED
    if alarm.never or alarm.blind:
        return NEVER if alarm.never else BLIND
    if alarm.is_noisy:
        return NOISY
    found = alarm.pooled
    if not found.violations:
        return UNKNOWN if alarm.means.violations else NONE
    silent = not (found.detected or alarm.means.fired)
    return _counted(found.detected, found.violations, is_silent=silent)


def sentences_over_trials(trials: TrialSet) -> dict[str, str]:
    """Return a text on each alarm of a study, by its name."""
    return {
        name: " ".join(_over_trials(alarm, len(trials))) for name, alarm in trials.alarms.items()
    }


def _over_trials(alarm: AlarmOfTrials, trials: int) -> Iterator[str]:
    yield f"{word_over_trials(alarm)}{_because(alarm)}."
    if not alarm.watches:
        if alarm.not_evaluated is None and alarm.means.violations:
            yield f"Violations in a trial: {alarm.means.violations:,.3g} on average."
        return
    found = alarm.pooled
    if found.violations and found.share is not None:
        yield (
            f"Detected {found.detected:,} of {counted(found.violations, 'violation')} in "
            f"{counted(trials, 'trial')}, {percent(found.share)}{bounds_text(found.share_ci95)}"
            f"{delays_text(found.delay_s)}."
        )
    else:
        yield f"There was none in {counted(trials, 'trial')}, so its detection is not known."
    yield f"False alarms in 30 days: {rate_text(alarm)}."
    yield from _unwarranted(alarm.means.unwarranted_share)
    yield from (f"Note: {text}." for text in alarm.cautions)


def rate_text(alarm: AlarmOfTrials) -> str:
    """Return the false alarms in 30 days with their interval."""
    text, bounds = monthly(alarm.means.false_alarms_per_month), alarm.pooled.false_per_month_ci95
    return text if bounds is None else f"{text} [{monthly(bounds.low)}, {monthly(bounds.high)}]"


def monthly(value: float) -> str:
    """Return a number of alarms in 30 days: three digits, or all before the point from 1,000 on."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def bounds_text(bounds: Interval | None) -> str:
    """Return an interval of a share in brackets; nothing if it is not known."""
    return "" if bounds is None else f" [{percent(bounds.low)}, {percent(bounds.high)}]"


def alarm_lines_over_trials(trials: TrialSet) -> list[str]:
    """Return the lines on alarms of the text report of a study."""
    texts = sentences_over_trials(trials).items()
    return [line for name, text in texts for line in wrapped(f"alarm {name}: {text}", indent=2)]
