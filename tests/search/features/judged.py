"""Features of what is asked about a run: objectives, alarms, prices, drills; and of defaults."""

from __future__ import annotations

from efssim.scenario.alarms.names import KEYS
from search.features.drills import add_drill
from search.features.feature import Feature
from search.features.worlds import each_replication
from search.maker import DESTINATION, SOURCE, Json, Maker


def _rpo(maker: Maker, scenario: Json) -> None:
    sync = scenario["replications"]["dr"]["sync"]
    peak = maker.time(1, 30)
    if isinstance(sync["interval"], int) and isinstance(sync.get("setup", 0), int):
        peak = maker.one_of((sync["interval"] + sync.get("setup", 0) or maker.step, peak))
    scenario["rpo"] = {"target": peak, "attainment": maker.one_of((0.5, 0.9, 1))}


def _exclusions(maker: Maker, scenario: Json) -> None:
    rpo = scenario.setdefault("rpo", {})
    rpo |= maker.maybe(0.7, initial_sync="excluded") | maker.maybe(0.7, after_deletion="excluded")


def _records(maker: Maker, scenario: Json) -> None:
    if not maker.chosen & {"alarms", "mute rules"}:
        scenario["records"] = "off"


def _objectives(maker: Maker, scenario: Json) -> None:
    scenario["objectives"] = {
        f"o{k}": {
            "target": maker.step * maker.between(1, 20),
            "attainment": maker.one_of((0.5, 0.99, 1)),
            **maker.maybe(0.7, of=of),
            **maker.maybe(0.4, replications=[maker.target(maker.replications)]),
        }
        for k, of in enumerate(("time", "writes", "bytes"))
        if maker.chance(0.7)
    }


def _compliance(maker: Maker, scenario: Json) -> None:
    zone = maker.one_of(("UTC", "Europe/Rome"))
    scenario["compliance"] = maker.one_of(({}, {"timezone": zone}))


def _thresholds(maker: Maker, scenario: Json) -> None:
    name = maker.one_of(maker.replications)
    scenario["thresholds"] = [
        f"{name}.write_lag_s.p99 {maker.one_of(('<', '<=', '>', '>='))} {maker.step} s",
        f"{name}.rpo.attainment >= 99.9 %",
        f"{name}.syncs.completed > 3",
    ][: maker.between(1, 3)]


def _cloudwatch(maker: Maker, scenario: Json) -> None:
    scenario["cloudwatch"] = {"phase": maker.one_of((0, 20, 59.5))}


def _alarms(maker: Maker, scenario: Json) -> None:
    name = maker.one_of(maker.replications)
    periods = maker.between(1, 3)
    late: Json = {
        "metric": "TimeSinceLastSync",
        "statistic": maker.one_of(("Maximum", "Average", "Minimum", "SampleCount")),
        "replication": name,
        "period": maker.one_of((60, 300)),
        "evaluation_periods": periods,
        **maker.maybe(0.5, datapoints_to_alarm=maker.between(1, periods)),
        "threshold": maker.step * maker.between(1, 20),
        "comparison": maker.one_of(("GreaterThanThreshold", "LessThanOrEqualToThreshold")),
        **maker.maybe(0.6, treat_missing_data=maker.one_of(("breaching", "ignore", "missing"))),
        **maker.maybe(0.2, actions_enabled=False),
        **maker.maybe(0.2, evaluation_range=periods + 1),
        **maker.maybe(0.2, region=maker.one_of((SOURCE, DESTINATION))),
    }
    scenario["alarms"] = {"late": late}
    if maker.chance(0.6):
        scenario["cloudwatch"] = {"phase": maker.one_of((0, 20, 59.5))}
    if maker.chance(0.5):
        scenario["alarms"]["fast"] = _fast(maker)


def _fast(maker: Maker) -> Json:
    """Return an alarm on what is written, in the names of CloudWatch or in those of scenarios."""
    file_system = maker.one_of(maker.items("a"))
    statistics: tuple[Json, ...] = ({"Statistic": "Sum"}, {"ExtendedStatistic": "p90"})
    periods = maker.between(1, 2)
    fast: Json = {
        "MetricName": "DataWriteIOBytes",
        "Namespace": "AWS/EFS",
        **maker.one_of(statistics),
        "Dimensions": [{"Name": "FileSystemId", "Value": file_system}],
        "Period": 60,
        "EvaluationPeriods": periods,
        "Threshold": 1000 * maker.unit,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        **maker.maybe(0.5, TreatMissingData="notBreaching"),
        **maker.maybe(0.3, DatapointsToAlarm=1),
        **maker.maybe(0.3, ActionsEnabled=maker.chance(0.5)),
        **maker.maybe(0.2, Unit="Bytes"),
    }
    if maker.chance(0.6):
        return fast
    own = {KEYS[key]: value for key, value in fast.items()}
    return {**own, "dimensions": {"FileSystemId": file_system}}


def _mute(maker: Maker, scenario: Json) -> None:
    _alarms(maker, scenario)
    rule = {"expression": "cron(1 0 * * *)", "duration": maker.one_of((60, 600))}
    rule |= maker.maybe(0.3, expire=maker.one_of(("2026-01-02", "2026-01-01T00:01:00Z")))
    once = {"expression": "at(2026-01-01T00:02)", "duration": 120, "timezone": "UTC"}
    scenario["alarms"]["late"]["mute"] = [rule, once][: maker.between(1, 2)]


def _prices(maker: Maker, scenario: Json) -> None:
    regions = [SOURCE, maker.place]
    scenario["prices"] = {
        "source": "nowhere",
        "date": "2026-08-01",
        "transfer": {f"{SOURCE} -> {DESTINATION}": 0.02},
        **maker.maybe(
            0.8,
            storage={name: {"standard": 0.3, "one_zone": 0.1} for name in dict.fromkeys(regions)},
        ),
        **maker.maybe(0.5, requests={SOURCE: {"write": 0.06}}),
        **maker.maybe(0.5, throughput={SOURCE: 6}),
        **maker.maybe(0.3, currency="EUR"),
    }


def _defaults(maker: Maker, scenario: Json) -> None:
    found = scenario.setdefault("defaults", {})
    plain = each_replication(scenario)[0]
    sync = {key: value for key, value in plain["sync"].items() if key != "phase"}
    if not isinstance(sync["interval"], dict):
        found["sync"] = sync
    found["control"] = {"preset": "none", "enabling": maker.time(0, 3)}
    found["file_system"] = {"creating": maker.time(0, 4), "deleting": maker.time(0, 4)}


def _undocumented(maker: Maker, scenario: Json) -> None:
    found = scenario.setdefault("defaults", {})
    found["undocumented"] = {
        **maker.maybe(0.5, already_in_a_replication="ConflictException"),
        **maker.maybe(0.5, protection_disabled_is_read_only="yes"),
        **maker.maybe(0.5, delete_during_outage_of_other_region="fails"),
        **maker.maybe(0.5, call_in_region_not_opted_in="works"),
        **maker.maybe(0.5, automatic_backups="one_zone_only"),
    }


def _uncertain(maker: Maker, scenario: Json) -> None:
    low = maker.unit * 32
    scenario["uncertain"] = {
        "file_systems.a.writes.w.growth": maker.one_of(
            (
                {"choice": {"values": [1, 1.3], "weights": [3, 1]}},
                {"triangular": {"low": 1, "mode": 1.1, "high": 2}},
                {"normal": {"mean": 1, "sd": 0.1, "low": 0.5, "high": 2}},
                {"lognormal": {"median": 1, "sigma": 0.1, "low": 0.5, "high": 2}},
            )
        )
    }
    sync = scenario["replications"]["dr"]["sync"]
    if isinstance(sync.get("throughput"), int) and maker.chance(0.5):
        key = "replications.dr.sync.throughput" if not maker.count else None
        part = {"loguniform": {"low": low, "high": 4 * low}, "source": "a guess"}
        scenario["uncertain"] |= {key: part} if key else {}


JUDGED = (
    Feature("RPO", _rpo),
    Feature("exclusions", _exclusions),
    Feature("records off", _records),
    Feature("objectives", _objectives),
    Feature("compliance", _compliance),
    Feature("thresholds", _thresholds),
    Feature("phase of CloudWatch", _cloudwatch),
    Feature("alarms", _alarms),
    Feature("mute rules", _mute),
    Feature("prices", _prices),
    Feature("drill", add_drill),
    Feature("defaults", _defaults),
    Feature("undocumented", _undocumented),
    Feature("uncertain", _uncertain),
)
