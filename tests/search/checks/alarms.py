"""Alarms on the age, by the second evaluator on samples of the second model."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from typing import Any

from helpers.brute_alarms import changes, states_by_minute
from independent_model import World
from independent_model.streams import UnknownError

from search.checks.check import Case, Check, SkippedError
from search.checks.models import MOST_WRITES, is_in_cells, unknown
from search.checks.outcome import few, unequal


def _alarms(case: Case) -> list[str]:
    """Compare every change of state of alarms on an age that is sampled at a given second."""
    phase = case.data.get("cloudwatch", {}).get("phase")
    found = [
        name
        for name, each in case.scenario.alarms.items()
        if each.metric == "TimeSinceLastSync" and not case.run.alarms[name].never
    ]
    if not found or phase is None:
        raise SkippedError("no alarm on an age whose samples are known")
    writes = sum(p["writes"]["count"] for p in case.run.summary["replications"].values())
    if unknown(case.data) or is_in_cells(case.data) or writes > MOST_WRITES:
        raise SkippedError("a world that the second model does not know")
    try:
        world = World(case.scenario).run()
    except UnknownError as error:
        raise SkippedError(str(error)) from None
    if world.agenda.near_ties:
        raise SkippedError("times that differ by rounding alone")
    return few(
        text
        for name in found
        for text in unequal(_ours(case, world, name, phase), _theirs(case, name), name)
    )


def _theirs(case: Case, name: str) -> list[tuple[int, str]]:
    rows = case.run.summary["alarms"][name]["transitions"]
    return [(_minute(case, row["time"]), row["after"]) for row in rows]


def _minute(case: Case, text: str) -> int:
    return round((datetime.fromisoformat(text) - case.scenario.start).total_seconds() / 60)


def _ours(case: Case, world: World, name: str, phase_s: float) -> list[tuple[int, str]]:
    alarm = case.scenario.alarms[name]
    data = case.data["alarms"][name]
    periods = data["evaluation_periods"]
    replication = world.replications[data["replication"]]
    minutes = int(case.scenario.duration // 60)
    rule = {
        "m": data.get("datapoints_to_alarm", periods),
        "n": periods,
        "range": max(periods, data.get("evaluation_range", periods + 2)),
        "period": data["period"],
        "missing": data.get("treat_missing_data", "missing"),
        "threshold": alarm.threshold,
        "comparison": data["comparison"],
        "statistic": data["statistic"],
    }
    # A metric is of two file systems, whichever configuration is between them.
    samples = sorted(
        sample
        for each in world.replications.values()
        if (each.source, each.destination) == (replication.source, replication.destination)
        and _is_near(alarm.region, each)
        for sample in _samples(each, phase_s, minutes)
    )
    had_none = replication.statuses[0][1] != "ENABLED" or not _is_near(alarm.region, replication)
    return changes(states_by_minute(samples, minutes, rule, nothing_before=had_none))


def _is_near(region: str | None, replication: Any) -> bool:
    """Return whether the metric is in the Region of an alarm: it is in those of both ends."""
    return region in (None, replication.source.region, replication.destination.region)


def _samples(replication: Any, phase_s: float, minutes: int) -> list[tuple[float, float]]:
    """Return the age at a second of every minute in which it is defined."""
    lrts = [(done.completed_s, done.cut_s) for done in replication.syncs]
    if replication.statuses[0][1] == "ENABLED":
        lrts.insert(0, (replication.created_s, replication.created_s))
    visible = [time_s for time_s, _ in lrts]
    found = []
    for minute in range(minutes):
        at_s = 60.0 * minute + phase_s
        known = bisect_right(visible, at_s)
        if known and (replication.gone_s is None or at_s < replication.gone_s):
            found.append((at_s, at_s - lrts[known - 1][1]))
    return found


ALARMS = Check("alarms", _alarms)
