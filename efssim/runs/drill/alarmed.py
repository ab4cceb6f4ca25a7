"""Detection by an alarm: how long after the disaster its first period in ALARM ends.

Before somebody knows of the disaster the runbook changes nothing. So the scenario is run with the
disaster alone until the alarm has fired, and the drill then has the time as that of its detection.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from efssim.cloudwatch.series import MINUTE_S
from efssim.lag.detection.summary import ALARM, AlarmSummary
from efssim.lag.kinds.asked import Asked
from efssim.records.timeline import Entry, Occurrence
from efssim.runs.measured import MeasuredWorld
from efssim.scenario import Scenario
from efssim.scenario.alarms.mute import joined_spans
from efssim.scenario.grammar.disturbances.effects import Silence
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES

Span = tuple[float, float]

_FIRST_LOOK_S = 3600.0
"""Time after the disaster at which the alarm is looked at first; each later one is twice as far."""
_ASKED = Asked(lags=(), pooled=(), curves=False, pending_mean=False, digest=False)


def detected_s(
    rehearsed: Scenario, alarm: str, seed: int, trial: int, disaster_s: float, until_s: float
) -> float | None:
    """Return how long after the disaster an alarm tells of it; None: never.

    `rehearsed` has the disaster among its events. RunError as of a run.
    """
    only = rehearsed.model_copy(
        update={"alarms": {alarm: rehearsed.alarms[alarm]}, "records": "on", "prices": None}
    )
    measured = MeasuredWorld(only, seed, trial=trial, metrics=False, asked=_ASKED, until_s=until_s)
    ahead_s = _FIRST_LOOK_S
    while measured.world.now_s < until_s:
        measured.world.advance_to(min(disaster_s + ahead_s, until_s))
        found = measured.so_far().alarms[alarm]
        if found.not_evaluated is not None or found.blind:
            return None
        told_s = _first_told(measured, found, alarm, disaster_s)
        if told_s is not None:
            return told_s - disaster_s
        ahead_s *= 2
    return None


def _first_told(
    measured: MeasuredWorld, found: AlarmSummary, alarm: str, disaster_s: float
) -> float | None:
    """Return the first end of a period in ALARM at or after the disaster that anybody hears of."""
    now_s, spec = measured.world.now_s, measured.scenario.alarms[alarm]
    region = spec.region or _home(measured, alarm)
    rules = (rule.spans(measured.scenario.start, now_s) for rule in spec.mute)
    silent = joined_spans(
        [span for spans in rules for span in spans]
        + list(_silences(measured.world.timeline, region))
    )
    for begin_s, end_s in _spans_in_alarm(found, now_s):
        told_s = _minute_from(max(begin_s, disaster_s))
        for mute_begin_s, mute_end_s in silent:
            if mute_begin_s <= told_s < mute_end_s:
                told_s = _minute_from(mute_end_s)
        if told_s < end_s:
            return told_s
    return None


def _home(measured: MeasuredWorld, alarm: str) -> str:
    """Return the Region of an alarm that names none: the destination's, else the source's."""
    account, spec = measured.world.account, measured.scenario.alarms[alarm]
    if spec.replication is not None:
        return account.replications[spec.replication].destination.region
    named = (spec.dimensions.get(key) for key in ("DestinationFileSystemId", "FileSystemId"))
    found = [account.find(name) for name in named if name is not None]
    return next((part.region for part in found if part is not None), "")


def _spans_in_alarm(found: AlarmSummary, now_s: float) -> Iterator[Span]:
    begin_s: float | None = None
    for change in found.transitions:
        if change.after == ALARM:
            begin_s = change.time_s
        elif begin_s is not None:
            yield begin_s, change.time_s
            begin_s = None
    if begin_s is not None:
        yield begin_s, math.nextafter(now_s, math.inf)


def _silences(timeline: Iterable[Entry], region: str) -> Iterator[Span]:
    """Yield when nothing in a Region answers, so that no alarm in it can tell anybody."""
    for entry in timeline:
        kind = DISTURBANCES.get(entry.kind) if isinstance(entry, Occurrence) else None
        if kind is not None and kind.has(Silence) and entry.target == region:
            yield entry.begin_s, math.inf if entry.end_s is None else entry.end_s


def _minute_from(time_s: float) -> float:
    """Return the first end of a minute at or after a time."""
    return math.ceil(time_s / MINUTE_S) * MINUTE_S if math.isfinite(time_s) else time_s
