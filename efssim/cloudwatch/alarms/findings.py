"""Why an alarm has no data, can never fire, or says less than it seems to, whatever a run brings.

Names, dimensions, units and statistics of AWS/EFS are documented in "CloudWatch metrics for Amazon
EFS" of the EFS User Guide. It does not say in which Region TimeSinceLastSync is: here it is in
those of both file systems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from efssim.cloudwatch.efs_metrics import NAMESPACE, UNITS
from efssim.scenario.alarms.alarm import MetricAlarm
from efssim.scenario.alarms.names import is_other_extended
from efssim.text.quantities import format_duration
from efssim.text.suggestions import closest

AGE_METRIC = "TimeSinceLastSync"
SOURCE, DESTINATION, STORAGE_CLASS = "FileSystemId", "DestinationFileSystemId", "StorageClass"
NOT_SIMULATED = (
    "BurstCreditBalance",
    "ClientConnections",
    "DataReadIOBytes",
    "MetadataIOBytes",
    "MetadataReadIOBytes",
    "MetadataWriteIOBytes",
    "MeteredIOBytes",
    "PercentIOLimit",
    "PermittedThroughput",
    "TotalIOBytes",
)
"""Metrics of AWS/EFS besides the simulated ones; documented."""
_DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    AGE_METRIC: (DESTINATION, SOURCE),
    "DataWriteIOBytes": (SOURCE,),
    "StorageBytes": (SOURCE, STORAGE_CLASS),
}
_ABOUT_LAG = ("lag", "replic", "sync", "rpo")
"""Parts of names that people give to the age."""


@dataclass(frozen=True, slots=True)
class ReplicationEnds:
    """The replication that an alarm may be for, with ids and Regions of its file systems."""

    name: str
    source: str
    destination: str
    regions: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sight:
    """The metrics that there can be in a world."""

    replications: Sequence[ReplicationEnds]
    homes: Mapping[str, str]
    """Regions by the ids of all file systems."""
    duration_s: float
    target_s: float


@dataclass(frozen=True, slots=True)
class AlarmPlace:
    """An alarm with the ids and the Region that its names stand for."""

    alarm: MetricAlarm
    dimensions: Mapping[str, str]
    region: str


def not_evaluated(place: AlarmPlace, sight: Sight) -> str | None:
    """Return why an alarm is not evaluated; None if it is."""
    alarm = place.alarm
    if alarm.not_evaluated is not None:
        return f"{alarm.not_evaluated}, which is not simulated"
    if alarm.namespace != NAMESPACE and alarm.metric not in (*UNITS, *NOT_SIMULATED):
        return f"no metric of the namespace {alarm.namespace} is simulated"
    if alarm.metric in NOT_SIMULATED:
        return f"{alarm.metric} is not simulated: only {', '.join(UNITS)}"
    if alarm.statistic is not None and is_other_extended(alarm.statistic):
        return f"the statistic {alarm.statistic} is not simulated"
    if alarm.period is not None and alarm.period < 60:
        return f"a period of {alarm.period:g} s is for high-resolution metrics, and EFS has none"
    unknown = [
        value
        for key, value in place.dimensions.items()
        if key in (SOURCE, DESTINATION) and value not in sight.homes
    ]
    if unknown:
        listed = " and ".join(unknown)
        return (
            f"no file system of the scenario has the id {listed}: `id` or `alarms.ids` says which"
        )
    return None


def blind(place: AlarmPlace, sight: Sight) -> Iterator[str]:
    """Yield the reasons why an alarm never has a data point."""
    alarm, metric = place.alarm, place.alarm.metric or ""
    if metric not in UNITS:
        near = _meant(metric)
        yield f"there is no metric {metric}" + (f": {near} is the one" if near else "")
        return
    if alarm.namespace != NAMESPACE:
        yield f"{metric} is in the namespace {NAMESPACE}, not in {alarm.namespace}"
    if alarm.unit not in (None, UNITS[metric]):
        yield f"the unit of {metric} is {UNITS[metric]}, not {alarm.unit}"
    given, wanted = set(place.dimensions), set(_DIMENSIONS[metric])
    if given != wanted:
        yield _dimensions_text(metric, given)
    elif metric == AGE_METRIC:
        yield from _pair_problems(place, sight)
    elif place.region != sight.homes[place.dimensions[SOURCE]]:
        home = sight.homes[place.dimensions[SOURCE]]
        yield f"the metric is in {home}, where the file system is, not in {place.region}"
    if metric == "StorageBytes" and place.dimensions.get(STORAGE_CLASS) not in (
        None,
        "Total",
        "Standard",
    ):
        yield "of the storage classes only Total and Standard are simulated"


def _meant(metric: str) -> str | None:
    """Return the metric that somebody means by a name that there is not."""
    known = (*UNITS, *NOT_SIMULATED)
    if near := closest(metric, known):
        return near
    return AGE_METRIC if any(part in metric.lower() for part in _ABOUT_LAG) else None


def _dimensions_text(metric: str, given: set[str]) -> str:
    wanted = _DIMENSIONS[metric]
    listed = " and ".join(sorted(wanted, reverse=True))
    count = {1: "one dimension", 2: "two dimensions"}[len(wanted)]
    has = " and ".join(sorted(given, reverse=True)) or "none"
    return f"{metric} has {count}, {listed}, and the alarm has {has}"


def _pair_problems(place: AlarmPlace, sight: Sight) -> Iterator[str]:
    """Yield why no replication has the dimensions of an alarm on the age, in its Region."""
    ends = place.dimensions[SOURCE], place.dimensions[DESTINATION]
    pairs = {(one.source, one.destination): one for one in sight.replications}
    if ends in pairs:
        one = pairs[ends]
        if place.region not in one.regions:
            where = " and ".join(dict.fromkeys(one.regions))
            yield f"the metric is in {where}, not in {place.region}"
    elif ends[::-1] in pairs:
        yield f"its {SOURCE} is the destination, and its {DESTINATION} the source"
    else:
        yield f"no replication goes from {ends[0]} to {ends[1]}"


def out_of_reach(place: AlarmPlace, sight: Sight) -> Iterator[str]:
    """Yield the reasons why no value of the metric can make an alarm fire in a run."""
    alarm = place.alarm
    threshold, period_s = alarm.threshold or 0.0, alarm.period or 60.0  # it is evaluated
    if alarm.comparison in ("LessThanThreshold", "LessThanOrEqualToThreshold"):
        is_lowest = threshold < 0 or (threshold == 0 and alarm.comparison == "LessThanThreshold")
        if is_lowest:
            yield f"the metric is never below {threshold:g}"
    elif alarm.metric == AGE_METRIC:
        yield from _above_all(alarm, threshold, period_s, sight.duration_s)
    needed = (alarm.datapoints_to_alarm or alarm.evaluation_periods or 1) * period_s
    if needed > sight.duration_s and alarm.treat_missing_data != "breaching":
        yield f"it needs {format_duration(needed)} of data, and the run is shorter"


def _above_all(
    alarm: MetricAlarm, threshold: float, period_s: float, duration_s: float
) -> Iterator[str]:
    """Yield why the age never gets above a threshold, or its count or sum does not."""
    samples = period_s / 60
    most = {"SampleCount": samples, "Sum": samples * duration_s}.get(
        alarm.statistic or "", duration_s
    )
    or_equal = alarm.comparison == "GreaterThanOrEqualToThreshold"
    if threshold > most or (threshold == most and not or_equal):
        if alarm.statistic == "SampleCount":
            yield f"there is a sample a minute, so SampleCount is at most {samples:g}"
        else:
            yield (
                f"the threshold of {format_duration(threshold)} is beyond the whole run; "
                "the metric is in seconds"
            )


def cautions(place: AlarmPlace, sight: Sight) -> Iterator[str]:
    """Yield the blind spots of an alarm, and states that say less than they seem to."""
    alarm = place.alarm
    if not alarm.actions_enabled:
        yield "its actions are disabled, so that it notifies nobody"
    if alarm.metric != AGE_METRIC or alarm.threshold is None or alarm.period is None:
        return
    if alarm.statistic == "Sum" and alarm.period > 60:
        samples = int(alarm.period // 60)
        yield f"Sum adds up the {samples} samples of a period, and is no age: Maximum is"
    rises = (alarm.comparison or "").startswith("Greater")
    is_age = alarm.statistic not in ("Sum", "SampleCount")
    if rises and is_age and alarm.threshold > sight.target_s:
        beyond = format_duration(alarm.threshold - sight.target_s)
        yield f"its threshold is {beyond} above the RPO target: violations below it are missed"
    if not rises:
        yield "it fires when the age is low, not when it is high"
