"""Tests of varied parameters: quantities by path, values of ranges, scenarios with one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.places import SCENARIOS
from helpers.worlds import constant, poisson, scenario

import efssim
from efssim.scenario import Scenario
from efssim.scenario.unknowns.quantity import quantity_at
from efssim.study.trial.facts import is_random
from efssim.study.varying.space import parameter, parse_assignment, range_of, values_of, with_value
from efssim.text.yaml.paths import parse_path
from efssim.text.yaml.problems import Position


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("replications.dr.sync.throughput", "bytes_per_s"),
        ("replications.dr.sync.scan_rate", "per_s"),
        ("replications.dr.sync.gap", "s"),
        ("replications.dr.sync.setup.exponential.mean", "s"),
        ("replications.dr.sync.failure_probability", "fraction"),
        ("file_systems.x.growth", "number"),
        ("file_systems.x.files", "count"),
        ("file_systems.x.writes.w.size.lognormal.median", "bytes"),
        ("file_systems.x.writes.w.size.lognormal.sigma", "number"),
        ("file_systems.x.writes.w.arrivals.poisson.rate", "per_s"),
        ("file_systems.x.writes.w.arrivals.batch.writes", "count"),
        ('links."us-east-1 -> us-west-2".capacity', "bytes_per_s"),
        ("events.0.for", "s"),
        ("events.0.factor", "fraction"),
        ("faults.wan.every.exponential.mean", "s"),
        ("rpo.target", "s"),
        ("file_systems.x.region", None),
        ("file_systems.x.writes", None),
        ("nothing.at.all", None),
        ("name.x", None),
    ],
)
def test_what_stands_at_a_path(path: str, unit: str | None) -> None:
    found = quantity_at(parse_path(path))
    assert (found.unit if found else None) == unit


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("replications.dr.sync.interval", 300.0, "5 min"),
        ("replications.dr.sync.interval", 754.83, "12 min 35 s"),
        ("replications.dr.sync.interval", 100_000.0, "1.1574 days"),
        ("replications.dr.sync.throughput", 110_415_600.0, "105.3 MiB/s"),
        ("replications.dr.sync.throughput", float("inf"), "none"),
        ("replications.dr.sync.scan_rate", 271_234.4, "271234 per s"),
        ("replications.dr.sync.failure_probability", 0.0125, "1.25 %"),
        ("file_systems.x.files", 12.0, "12"),
        ("file_systems.x.growth", 1.23456789, "1.2346"),
    ],
)
def test_text_of_a_value_reads_back(path: str, value: float, text: str) -> None:
    named = parameter(path)
    assert named.text(value) == text
    assert named.value(text) == pytest.approx(value, rel=5e-4)


def test_another_value_leaves_the_rest() -> None:
    world = efssim.load(SCENARIOS / "random-year.yaml")
    changed = with_value(world, "replications.dr.sync.interval", "5 min")
    assert changed.replications["dr"].sync.interval == 300
    assert with_value(changed, "replications.dr.sync.interval", 60) != world
    dumped: dict[str, Any] = changed.model_dump(exclude_unset=True, by_alias=True)
    del dumped["replications"]["dr"]["sync"]["interval"]
    assert Scenario.model_validate(dumped) == world


def test_another_value_is_what_set_would_have_given() -> None:
    file = SCENARIOS / "region-opt-out.yaml"
    for path, value in (
        ("events.0.at", "1 day"),
        ("file_systems.orders.writes.oltp.size", "64 KiB"),
        ("replications.dr.control.pausing", "2 min"),
        ('links."us-east-1 -> eu-south-1".capacity', "1 Gbit/s"),
    ):
        assert with_value(efssim.load(file), path, value) == efssim.load(file, [f"{path}={value}"])


def test_a_trace_is_still_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = efssim.load(SCENARIOS / "measured.yaml")
    monkeypatch.chdir(tmp_path)
    assert with_value(world, "file_systems.shared.growth", 2).file_systems["shared"].growth == 2


def test_sizes_are_rounded_and_counts_are_not() -> None:
    world = scenario({"w": constant()}, {"interval": 1})
    assert with_value(world, "file_systems.fs.size", 4.6).file_systems["fs"].size == 5
    with pytest.raises(efssim.ScenarioError, match=r"4\.6 is not a whole number"):
        with_value(world, "seed", 4.6)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("replications.dr.sync.intervall", 5, "unknown key \\(did you mean 'interval'"),
        ("replications.dr.sync.interval", "5 m", "ambiguous"),
        ("replications.dr.sync.interval", -1, "negative"),
        ("events.3.at", 5, "the list has no index 3, only 1 items"),
        ("name.x", 5, "a single value has no parts"),
        ("replications.other.established", "true", "source"),
        ("a b", 5, "needs double quotes"),
    ],
)
def test_values_that_do_not_fit(path: str, value: object, message: str) -> None:
    events = [{"at": 5, "fail": "fs"}]
    world = scenario({"w": constant()}, {"interval": 60}, events=events)
    with pytest.raises(efssim.ScenarioError, match=message):
        with_value(world, path, value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("replications.dr.sync.interval=60 s, 5 min", [60, 300]),
        ("replications.dr.sync.interval=1min..5min:3", [60, 180, 300]),
        ("replications.dr.sync.interval=1 s .. 100 s:3log", [1, 10, 100]),
        ("file_systems.x.files=1..4:10", [1, 2, 3, 4]),
        ("file_systems.x.throughput_mode=bursting,elastic", ["bursting", "elastic"]),
        ('links."a=b".latency=0', [0]),
        ("replications.dr.established=true,false", [True, False]),
        ("replications.dr.sync.throughput=1 MB/s,none", [1e6, float("inf")]),
    ],
)
def test_values_of_a_text(text: str, values: list[object]) -> None:
    named, rest = parse_assignment(text)
    found = values_of(named, rest)
    assert found == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("replications.dr.sync.interval", "--vary:2:1: expected path=values"),
        ("replications.dr.sync.interval=", "--vary:2:31: .*needs at least one value"),
        ("replications.dr.sync.interval=60 s,1 min", "has a value twice"),
        ("replications.dr.sync.interval=1..5", "a range needs how many values"),
        ("replications.dr.sync.interval=1..5:1", "a range has 2 to 10,000 values"),
        ("replications.dr.sync.interval=0..5:3log", "a low end above 0"),
        ("replications.dr.sync.interval=9..5:3", "low end of a range must be below"),
        ("file_systems.x.region=a..b:3", "no number here"),
    ],
)
def test_texts_without_values(text: str, message: str) -> None:
    with pytest.raises(efssim.ScenarioError, match=message):
        values_of(*parse_assignment(text, 2))


def test_the_range_of_a_plan_has_no_count() -> None:
    named, rest = parse_assignment("replications.dr.sync.throughput=10MiB/s..1GiB/s")
    assert range_of(named, rest) == (10 * 2**20, 2**30)
    assert named.at == Position("--vary", 1, 33)
    with pytest.raises(efssim.ScenarioError, match="expected LOW"):
        range_of(named, "1..2:3")


SHARE = {"hot_set": {"size": "1 MiB", "block": "1 KiB", "share": 0.5}}
GAMMA = {"gamma": {"mean": 1, "cv": 1}}
FAULT = {"link_outage": "us-east-1 -> us-west-2", "every": "1 h", "for": "1 min"}


@pytest.mark.parametrize(
    ("random", "streams", "sync", "top"),
    [
        (False, {"w": constant()}, {}, {}),
        (False, {"w": {**constant(), "hot_set": {"size": "1 MiB", "block": "1 KiB"}}}, {}, {}),
        (False, {"w": constant()}, {}, {"faults": {"wan": FAULT}}),
        (True, {"w": poisson("1 per s", "1 B")}, {}, {}),
        (True, {"w": {**constant(), **SHARE}}, {}, {}),
        (True, {"w": constant()}, {"failure_probability": 0.1}, {}),
        (True, {"w": constant()}, {"setup": {"exponential": {"mean": 1}}}, {}),
        (True, {"w": constant()}, {}, {"faults": {"w": {**FAULT, "for": GAMMA}}}),
    ],
)
def test_what_makes_a_scenario_random(
    random: bool, streams: dict[str, Any], sync: dict[str, Any], top: dict[str, Any]
) -> None:
    world = scenario(streams, {"interval": 600, **sync}, "1 day", **top)
    assert is_random(world) is random
    digests = {efssim.run(world, trial=trial).digest for trial in (0, 1)}
    assert len(digests) == 1 + random
