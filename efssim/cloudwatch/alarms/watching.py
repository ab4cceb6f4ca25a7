"""The alarms of a scenario on the metrics of its world."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from efssim.cloudwatch.alarms import findings
from efssim.cloudwatch.alarms.evaluation import AlarmRule, AlarmState, MissingData
from efssim.cloudwatch.alarms.findings import AlarmPlace, ReplicationEnds, Sight
from efssim.cloudwatch.alarms.machine import StateChange, points_of, state_changes
from efssim.cloudwatch.alarms.periods import Floats, values_by_minute
from efssim.cloudwatch.alarms.silences import muted_spans, outages_by_region
from efssim.cloudwatch.efs_metrics import EfsMetrics
from efssim.cloudwatch.series import MINUTE_S
from efssim.lag.detection.judging import (
    Span,
    Watched,
    delay_summary,
    judged,
    per_month,
    times_in_states,
)
from efssim.lag.detection.summary import AlarmChange, AlarmSummary
from efssim.model.world.world import World
from efssim.scenario.alarms.alarm import MetricAlarm
from efssim.text.quantities import format_duration

_NOTHING = AlarmState.INSUFFICIENT_DATA


@dataclass(frozen=True, slots=True)
class WatchedReplication:
    """A replication as an alarm is judged by it."""

    watched: Watched
    is_established: bool
    """Whether it had data before the run."""


@dataclass(frozen=True, slots=True)
class AlarmFindings:
    """Sentences on an alarm, as its summary has them."""

    not_evaluated: str | None = None
    never: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


class AlarmsOfWorld:
    """The alarms of a world, up to now."""

    def __init__(
        self, world: World, metrics: EfsMetrics, replications: Mapping[str, WatchedReplication]
    ) -> None:
        """Take `replications` as of now, by name."""
        self._world, self._metrics, self._replications = world, metrics, replications
        self._values: dict[tuple[object, ...], Floats] = {}
        account, scenario = world.account, world.scenario
        self._sight = Sight(
            [
                ReplicationEnds(
                    name,
                    part.source.id,
                    part.destination.id,
                    (part.source.region, part.destination.region),
                )
                for name, part in account.replications.items()
            ],
            {part.id: part.region for part in account.ever},
            scenario.duration,
            scenario.rpo.target,
        )

    def places(self) -> dict[str, AlarmPlace]:
        """Return the alarms of the scenario that are evaluated, with their ids and Regions."""
        found = {name: self._place(part) for name, part in self._world.scenario.alarms.items()}
        sight = self._sight
        return {
            name: part for name, part in found.items() if not findings.not_evaluated(part, sight)
        }

    def summaries(self) -> dict[str, AlarmSummary]:
        """Return how each alarm of the scenario did."""
        alarms = self._world.scenario.alarms
        return {name: self._summary(alarm) for name, alarm in alarms.items()}

    def _summary(self, alarm: MetricAlarm) -> AlarmSummary:
        place = self._place(alarm)
        reason = findings.not_evaluated(place, self._sight)
        of = self._replication_of(place)
        watched = Watched(self._window_s) if of is None else self._replications[of].watched
        if reason is not None:
            return _summed(place, of, watched, [], AlarmFindings(not_evaluated=reason))
        blind = tuple(findings.blind(place, self._sight))
        never = tuple(findings.out_of_reach(place, self._sight))
        cautions = tuple(findings.cautions(place, self._sight))
        if not blind:
            cautions += tuple(_without_data(alarm, watched))
        elif alarm.treat_missing_data != "breaching":
            never = blind + never
        changes = self._changes(place, of, is_blind=bool(blind))
        found = AlarmFindings(None, never, blind, cautions)
        return _summed(place, of, watched, changes, found, self._untold(place))

    def _untold(self, place: AlarmPlace) -> tuple[Sequence[Span], Sequence[Span]]:
        """Return the spans in which an alarm is muted, and those in which its Region is down.

        Without actions it notifies nobody, as if it were muted for good.
        """
        muted = muted_spans(place.alarm.mute, self._world.scenario.start, self._world.now_s)
        if not place.alarm.actions_enabled:
            muted = [(-math.inf, math.inf)]
        return muted, self._outages.get(place.region, ())

    @cached_property
    def _outages(self) -> dict[str, list[Span]]:
        """Spans in which nothing in a Region answers, by Region."""
        return outages_by_region(self._world.timeline)

    @property
    def _window_s(self) -> tuple[float, float]:
        now_s = self._world.now_s
        return min(self._world.scenario.warm_up, now_s), now_s

    # --- what an alarm is for -----------------------------------------------------------------

    def _place(self, alarm: MetricAlarm) -> AlarmPlace:
        """Return an alarm with the ids of its file systems, and its Region."""
        account = self._world.account
        dimensions = {key: self._id(value) for key, value in alarm.dimensions.items()}
        if alarm.replication is not None:
            part = account.replications[alarm.replication]
            dimensions = {
                findings.SOURCE: part.source.id,
                findings.DESTINATION: part.destination.id,
            }
        if alarm.region is not None:
            return AlarmPlace(alarm, dimensions, alarm.region)
        home = dimensions.get(findings.DESTINATION) or dimensions.get(findings.SOURCE, "")
        return AlarmPlace(alarm, dimensions, self._sight.homes.get(home, ""))

    def _id(self, text: str) -> str:
        found = {part.name: part.id for part in self._world.account.ever}
        return found.get(text, text)

    def _replication_of(self, place: AlarmPlace) -> str | None:
        """Return the replication that an alarm is meant for: by its dimensions, or the only one."""
        ids = set(place.dimensions.values())
        for every in (True, False):
            for one in self._sight.replications:
                ends = {one.source, one.destination}
                if one.name in self._replications and (ends <= ids if every else ends & ids):
                    return one.name
        names = list(self._replications)
        return names[0] if len(names) == 1 else None

    # --- its states ---------------------------------------------------------------------------

    def _changes(self, place: AlarmPlace, of: str | None, *, is_blind: bool) -> list[AlarmChange]:
        alarm = place.alarm
        width = int((alarm.period or MINUTE_S) // MINUTE_S)
        values = self._values_of(place)
        # Data before the run: none of what did not exist, unknown of what did.
        known = is_blind or of is None or not self._replications[of].is_established
        points = points_of(values, alarm.comparison or "", alarm.threshold or 0.0, width, known)
        start = self._world.scenario.start
        offset_s = (60 * start.minute + start.second) % 3600
        changes = state_changes(points, rule_of(alarm), width, known, offset_s)
        return [_told(change, alarm) for change in changes]

    def _values_of(self, place: AlarmPlace) -> Floats:
        """Return the statistic by minute; alarms of one metric share it."""
        alarm = place.alarm
        period_s, statistic = alarm.period or MINUTE_S, alarm.statistic or ""
        dimensions = tuple(sorted(place.dimensions.items()))
        key = alarm.namespace, alarm.metric, dimensions, place.region, alarm.unit
        key_of_values = (*key, period_s, statistic)
        if key_of_values not in self._values:
            series = self._metrics.series_for(
                alarm.namespace, alarm.metric or "", dimensions, place.region, alarm.unit
            )
            minutes = int(self._world.now_s // MINUTE_S)
            self._values[key_of_values] = values_by_minute(series, minutes, period_s, statistic)
        return self._values[key_of_values]


def rule_of(alarm: MetricAlarm) -> AlarmRule:
    """Return the settings of an alarm that decide its state."""
    n = alarm.evaluation_periods or 1
    return AlarmRule(
        alarm.datapoints_to_alarm or n,
        n,
        MissingData(alarm.treat_missing_data),
        alarm.evaluation_range or 0,
    )


def _told(change: StateChange, alarm: MetricAlarm) -> AlarmChange:
    """Return a change with its reason in words."""
    return AlarmChange(change.time_s, str(change.old), str(change.new), reason_of(change, alarm))


def reason_of(change: StateChange, alarm: MetricAlarm) -> str:
    """Return why an alarm changed its state, in words."""
    found, n = change.evaluated, alarm.evaluation_periods or 1
    if change.new is _NOTHING:
        return f"no data in the {rule_of(alarm).retrieved} latest periods"
    reason = f"{found.breaching} of {found.real} data points breach"
    if found.filled:
        reason += f"; {found.filled} of {n} missing, taken as {alarm.treat_missing_data}"
    return reason


def _without_data(alarm: MetricAlarm, watched: Watched) -> Iterator[str]:
    """Yield a caution where an alarm on the age met time without an age."""
    seconds = sum(end - begin for begin, end in watched.undefined)
    if alarm.metric != findings.AGE_METRIC or not seconds:
        return
    lasted = f"for {format_duration(seconds)} there was no recovery point and no data"
    if alarm.treat_missing_data == "notBreaching":
        yield f"{lasted}, and notBreaching says OK then"
    elif alarm.treat_missing_data != "breaching":
        yield f"{lasted}, and it cannot alarm then: `breaching` can"


def _summed(
    place: AlarmPlace,
    replication: str | None,
    watched: Watched,
    changes: list[AlarmChange],
    said: AlarmFindings,
    untold: tuple[Sequence[Span], Sequence[Span]] = ((), ()),
) -> AlarmSummary:
    alarm = place.alarm
    lookback_s = rule_of(alarm).retrieved * (alarm.period or 0.0)
    # Whatever its state, it detects nothing without data.
    found = judged([] if said.blind else changes, watched, lookback_s, *untold)
    seconds = watched.window_s[1] - watched.window_s[0]
    return AlarmSummary(
        metric=alarm.metric or "",
        replication=replication,
        not_evaluated=said.not_evaluated,
        never=said.never,
        blind=said.blind,
        cautions=said.cautions,
        fired=len(found.fired_s),
        violations=found.violations,
        detected=len(found.delays_s),
        missed=found.missed,
        late=found.late,
        open_at_end=found.open_at_end,
        detection_delay_s=delay_summary(found.delays_s),
        false_alarms=found.false_alarms,
        false_alarms_per_month=per_month(found.false_alarms, seconds),
        unwarranted_s=found.unwarranted_s,
        unwarranted_share=found.unwarranted_s / seconds if seconds else 0.0,
        muted=found.muted,
        region_down=found.region_down,
        state_s=times_in_states(changes, watched.window_s),
        final_state=changes[-1].after if changes else str(_NOTHING),
        transitions=tuple(changes),
        fired_s=found.fired_s,
        delays_s=found.delays_s,
        untold_s=found.untold_s,
    )
