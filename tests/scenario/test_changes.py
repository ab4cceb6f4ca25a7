"""Tests of `Scenario.with_`: a changed copy, validated as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.places import SCENARIOS
from helpers.worlds import constant, scenario

import efssim
from efssim.scenario import Scenario

WAN = {"link_outage": "us-east-1 -> us-west-2", "every": "1 day", "for": "1 h"}


@pytest.fixture
def world() -> Scenario:
    return scenario({"w": constant()}, {"interval": 60, "gap": 1}, events=[{"at": 5, "fail": "fs"}])


def problems(world: Scenario, changes: dict[str, Any], **keys: Any) -> list[str]:
    with pytest.raises(efssim.ScenarioError) as caught:
        world.with_(changes, **keys)
    return str(caught.value).splitlines()


def test_paths_and_keys(world: Scenario) -> None:
    changed = world.with_({"replications.dr.sync.interval": "5 min"}, seed=2, duration="4 days")
    assert changed.replications["dr"].sync.interval == 300
    assert (changed.seed, changed.duration) == (2, 345_600)


def test_the_scenario_itself_stays(world: Scenario) -> None:
    before = world.model_dump_json(by_alias=True, exclude_unset=True)
    changed = world.with_({"events.0.at": 6, "file_systems.fs.writes.w.growth": 2})
    assert changed != world
    assert world.model_dump_json(by_alias=True, exclude_unset=True) == before
    assert world.with_() == world


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("events.0.at", "1 day"),
        ("file_systems.orders.writes.oltp.size", "64 KiB"),
        ('links."us-east-1 -> eu-south-1".capacity', "1 Gbit/s"),
        ("replications.dr.sync.throughput", "none"),
        ("faults.wan", WAN),
        ("seed", 7),
    ],
)
def test_a_change_is_what_set_would_have_given(path: str, value: Any) -> None:
    file = SCENARIOS / "region-opt-out.yaml"
    text = str(value).replace("'", '"')
    assert efssim.load(file).with_({path: value}) == efssim.load(file, [f"{path}={text}"])


def test_changes_apply_in_order_and_keys_last(world: Scenario) -> None:
    changed = world.with_({"seed": 2, "faults.wan": WAN, "faults.wan.for": "2 h"}, seed=3)
    assert changed.seed == 3
    assert changed == world.with_({"faults.wan": {**WAN, "for": "2 h"}}, seed=3)


def test_a_part_of_another_scenario(world: Scenario) -> None:
    other = world.with_({"faults.wan": WAN})
    assert world.with_(faults=other.faults) == other
    assert world.with_(events=[*world.events, {"at": 9, "fail": "fs"}]).events[1].at == 9


def test_none_takes_away(world: Scenario) -> None:
    changed = world.with_({"faults.wan": WAN, "faults.lan": {**WAN, "for": "2 h"}}, seed=9)
    back = changed.with_({"faults.wan": None, "replications.dr.sync.interval": None}, seed=None)
    assert list(back.faults) == ["lan"]
    assert (back.seed, "seed" in back.model_fields_set) == (1, False)
    assert back.replications["dr"].sync.interval is None  # the preset's
    assert back.with_(description=None) == back
    assert back.with_({"replications.dr.control.pausing": None, "defaults.sync.gap": None}) == back
    assert world.with_({"events.0": None}).events == ()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("faults.wna", "faults.wna: there is nothing to take away (did you mean 'wan'?)"),
        (
            "replications.dr.snyc.interval",
            "replications.dr.snyc.interval: there is nothing to take away (did you mean 'sync'?)",
        ),
        ("name.x", "name.x: a single value has no parts to take away"),
        ("events.1", "events.1: the list has no index 1, only 1 items"),
        ("events.first", "events.first: a part of a list is set by its index, from 0"),
        ("name", "name: is required"),
        ("replications.dr.source", "replications.dr.source: is required"),
    ],
)
def test_what_cannot_be_taken_away(world: Scenario, path: str, message: str) -> None:
    assert problems(world.with_({"faults.wan": WAN}), {path: None}) == [message]


def test_all_problems_without_line_numbers(world: Scenario) -> None:
    changes = {
        "replications.dr.sync.intervall": 5,
        "replications.dr.source": "fss",
        "events.3.at": 5,
        "name.x": 5,
        "a b": 5,
        "faults.wan.every": None,
    }
    assert problems(world, changes, duration="4 m", seeds=2, rpo__target=5) == [
        "events.3.at: the list has no index 3, only 1 items",
        "name.x: a single value has no parts to set",
        "'a b' is no path: in a path, a name with ' ' needs double quotes",
        "faults.wan.every: there is nothing to take away",
        'rpo__target: a path is written with dots, in a mapping: with_({"rpo.target": …})',
        "duration: unit 'm' in '4 m' is ambiguous (did you mean 'min'?)",
        "replications.dr.source: no file system is named 'fss' (did you mean 'fs'?)",
        "replications.dr.sync.intervall: unknown key (did you mean 'interval'?)",
        "seeds: unknown key (did you mean 'seed'?)",
    ]


def test_a_trace_is_still_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("measured.yaml", "measured-writes.csv"):
        (folder / name).write_bytes((SCENARIOS / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    changed = efssim.load("in/measured.yaml").with_({"replications.dr.sync.interval": "5 min"})
    efssim.run(changed.with_(duration="2 h"))
    trace = {"file": "gone.csv", "time": "t", "bytes": "b"}
    with pytest.raises(efssim.ScenarioError, match=r"other\.trace\.file: no such file"):
        changed.with_({"file_systems.shared.writes.other": {"trace": trace}})
