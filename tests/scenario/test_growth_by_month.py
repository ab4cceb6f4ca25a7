"""The grammar of growth by month: where it may stand, and what is wrong with it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from helpers.worlds import constant, scenario, simulate
from pydantic import ValidationError

from efssim import ScenarioError, load
from efssim.report.facts.load import load_text
from efssim.scenario.shown.display import scenario_html
from efssim.scenario.shown.provenance import resolved
from efssim.scenario.unknowns.quantity import quantity_at
from efssim.study.varying.space import with_value
from efssim.text.yaml.paths import parse_path

FILE = """
name: x
duration: {duration}
file_systems:
  fs:
    region: us-east-1
    growth: {of_all}
    writes:
      w: {{arrivals: {{constant: {{rate: 1 per s}}}}, size: 1, growth: {growth}}}
"""


def problems(growth: str, of_all: str = "1", duration: str = "1 day") -> str:
    with pytest.raises(ScenarioError) as failed:
        load(FILE.format(growth=growth, of_all=of_all, duration=duration))
    return "\n".join(map(str, failed.value.problems))


@pytest.mark.parametrize(
    ("growth", "said"),
    [
        ("{per: week, factor: 2}", "growth.per: must be 'month'"),
        ("{factor: 2}", "growth.per: is required"),
        ("{per: month}", "growth.factor: is required"),
        ("{per: month, factor: 0}", "growth.factor: must be greater than 0"),
        ("{per: month, factor: 2, size: 2}", "growth.size: unknown key"),
        ("{per: month, factor: 2, since: 2026-01-02}", "since: is after the scenario's start"),
        ("fast", "growth: must be a valid number"),
        ("0", "growth: must be greater than 0"),
        ("[2]", "growth: must be a valid number"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(growth: str, said: str) -> None:
    found = problems(growth)
    assert "9:" in found
    assert f"file_systems.fs.writes.w.growth{said.removeprefix('growth')}" in found or said in found
    assert "\n" not in found


def test_growth_of_a_file_system_is_checked_alike() -> None:
    assert "7:" in problems("1", "{per: month, fils: 2}")
    assert "did you mean 'files'" in problems("1", "{per: month, fils: 2}")
    said = problems("{per: month, factor: 10}", duration="1000 days")
    assert "9:" in said
    assert "comes to a factor of 1e+10 within the run" in said


def grown(growth: Any, of_all: Any = 1.0) -> Any:
    streams = {"w": {**constant(), "growth": growth}}
    return scenario(streams, {"interval": 60}, file_system={"growth": of_all})


def test_it_is_kept_as_written() -> None:
    growth = {"per": "month", "factor": 1.5}
    world = grown(growth, {"per": "month", "files": 1.1})
    again = pickle.loads(pickle.dumps(world))
    assert again == world
    assert again.file_systems["fs"].growth.factor == 1
    shown = {found.path: found.value for found in resolved(world)}
    assert shown["file_systems.fs.writes.w.growth.factor"] == "1.5"
    assert resolved(grown(1.0))  # a number stays one
    assert grown(1.3).file_systems["fs"].writes["w"].growth == 1.3
    with pytest.raises(ValidationError):
        grown({**growth, "since": "2030-01-01"})


def test_studies_vary_the_factor_or_the_number() -> None:
    path = "file_systems.fs.writes.w.growth"
    for each in (path, f"{path}.factor", "file_systems.fs.growth.size"):
        quantity = quantity_at(parse_path(each))
        assert quantity is not None
        assert quantity.unit == "number"
    world = with_value(grown({"per": "month", "factor": 1.5}), f"{path}.factor", 2)
    assert world.file_systems["fs"].writes["w"].growth.factor == 2  # type: ignore[union-attr]
    assert with_value(world, path, 3).file_systems["fs"].writes["w"].growth == 3


def test_people_read_it() -> None:
    world = grown({"per": "month", "factor": 1.5}, {"per": "month", "factor": 1.1})
    text = load_text(world, "fs")
    assert "times 1.5 a month, times 1.1 a month of the whole file system" in text
    assert "times 1.5 a month" in scenario_html(world)
    assert "a month" not in load_text(grown(2.0), "fs")


def test_a_trace_of_another_year_begins_at_its_start(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("timestamp,value\n2025-06-01T00:00:30Z,700\n2025-06-01T00:02:00Z,300\n")
    trace = {"file": str(file), "start": "2025-06-01"}
    made = simulate(scenario({"w": {"trace": trace}}, {"interval": 60}, "3 min"))
    assert made.outcomes["dr"].syncs.ints("bytes").tolist()[:2] == [700, 300]
    with pytest.raises(ValidationError, match="goes without `align`"):
        scenario({"w": {"trace": {**trace, "align": "start"}}}, {"interval": 60})
