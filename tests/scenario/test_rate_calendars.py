"""Rates that follow the clock in a scenario: spans by hand, mistakes by their place, and paths."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import efssim
from efssim.scenario.grammar.calendars.rates import RateCalendar
from efssim.scenario.unknowns.quantity import BYTE_RATE, quantity_at
from efssim.study.varying.space import with_value
from efssim.text.yaml.paths import parse_path

H = 3600.0
LINK = "us-east-1 -> eu-south-1"
CAPACITY = f'links."{LINK}".capacity'

Windows = list[dict[str, Any]]


def spans(
    windows: Windows, start: datetime, hours: float, zone: str = "UTC"
) -> list[tuple[float, float, float]]:
    """Return begin and end, in hours, and the rate of each time with a window."""
    calendar = RateCalendar.model_validate({"base": 1, "timezone": zone, "windows": windows})
    found = calendar.spans(start, hours * H)
    return [(span.begin_s / H, span.end_s / H, span.rate) for span in found]


def window(begin: str, end: str, value: object, *weekdays: str) -> dict[str, Any]:
    days = {"weekdays": list(weekdays)} if weekdays else {}
    return {"from": begin, "to": end, "value": value, **days}


THURSDAY = datetime(2026, 1, 1, tzinfo=UTC)
BY_HAND: dict[str, tuple[Windows, list[tuple[float, float, float]]]] = {
    "over midnight": ([window("22:00", "06:00", 5)], [(0, 6, 5), (22, 30, 5), (46, 48, 5)]),
    "of the weekday of `from`": ([window("22:00", "06:00", 5, "Thu")], [(22, 30, 5)]),
    "to the end of the day": ([window("12:00", "24:00", 5, "Thu")], [(12, 24, 5)]),
    "no limit": ([window("01:00", "02:00", "none", "Fri")], [(25, 26, math.inf)]),
    "nested": (
        [window("01:00", "09:00", 5, "Fri"), window("02:00", "03:00", 7)],
        [(2, 3, 7), (25, 26, 5), (26, 27, 7), (27, 33, 5)],
    ),
    "nested the other way": (
        [window("02:00", "03:00", 7, "Fri"), window("01:00", "09:00", 5, "Fri")],
        [(25, 33, 5)],
    ),
    "overlapping": (
        [window("01:00", "03:00", 5, "Fri"), window("02:00", "04:00", 7, "Fri")],
        [(25, 26, 5), (26, 28, 7)],
    ),
    "alike and touching": (
        [window("01:00", "03:00", 5, "Fri"), window("03:00", "04:00", 5, "Fri")],
        [(25, 27, 5), (27, 28, 5)],
    ),
    "by date in a week day": (
        [
            window("00:00", "24:00", 5, "Fri"),
            {"begin": "2026-01-02T06:00", "end": "2026-01-02T07:00", "value": 7},
        ],
        [(24, 30, 5), (30, 31, 7), (31, 48, 5)],
    ),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_spans_of_two_days(case: str) -> None:
    windows, expected = BY_HAND[case]
    assert spans(windows, THURSDAY, 48) == expected


# Rome puts its clocks forward on 29 March 2026 at 01:00 UTC, from 02:00 to 03:00, and back on
# 25 October 2026 at 01:00 UTC, from 03:00 to 02:00.
SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)
NIGHTS = {
    "not on the spring night": (SPRING, [window("02:30", "02:45", 5)], []),
    "twice on the autumn night": (
        AUTUMN,
        [window("02:30", "02:45", 5)],
        [(0.5, 0.75, 5), (1.5, 1.75, 5)],
    ),
    "seven hours in spring": (SPRING, [window("00:00", "08:00", 5)], [(0, 6, 5)]),
    "the inner one is skipped": (
        SPRING,
        [window("01:30", "04:00", 5), window("02:15", "02:45", 7)],
        [(0.5, 2, 5)],
    ),
    "the inner one comes twice": (
        AUTUMN,
        [window("01:30", "04:00", 5), window("02:15", "02:45", 7)],
        [(0, 0.25, 5), (0.25, 0.75, 7), (0.75, 1.25, 5), (1.25, 1.75, 7), (1.75, 3, 5)],
    ),
}


@pytest.mark.parametrize("case", NIGHTS)
def test_nights_in_which_clocks_change(case: str) -> None:
    start, windows, expected = NIGHTS[case]
    assert spans(windows, start, 8, "Europe/Rome") == expected


FILE = f"""\
name: nights
duration: 3 days
links:
  {LINK}:
    capacity:
      base: 1 Gbit/s
      timezone: Europe/Rome
      windows:
        - {{weekdays: [Mon, Tue], from: "22:00", to: "06:00", value: 100 Mbit/s}}
        - {{begin: 2026-03-01T00:00, end: 2026-03-02T00:00, value: none}}
file_systems:
  orders:
    region: us-east-1
    writes: {{app: {{arrivals: {{constant: {{rate: 1/s}}}}, size: 1 MiB}}}}
replications:
  dr:
    source: orders
    destination: {{region: eu-south-1}}
    established: true
    sync: {{throughput: {{base: none, windows: [{{from: "01:00", to: "02:00", value: 10 MB/s}}]}}}}
"""
DAILY = 'from: "22:00", to: "06:00"'
MISTAKES = {
    "a weekday": ("[Mon, Tue]", "[Mon, Tues]", "9:28", "windows.0.weekdays.1: must be 'Mon',"),
    "a zone": ("Europe/Rome", "Europe/Rom", "7:17", "(did you mean 'Europe/Rome'?)"),
    "a unit": ("value: 100 Mbit/s", "value: 5 s", "9:69", "windows.0.value: unknown unit 's'"),
    "no value": (", value: none", "", "10:11", "windows.1.value: is required"),
    "no base": ("      base: 1 Gbit/s\n", "", "6:7", "capacity.base: is required"),
    "a time": ('"22:00"', '"25:00"', "9:40", "windows.0.from: '25:00' is not a time of the day"),
    "no end": (', to: "06:00"', "", "9:11", "windows.0: needs `from` and `to`"),
    "backwards": ("end: 2026-03-02", "end: 2026-02-02", "10:11", "`end` is not after `begin`"),
    "an offset": ("03-01T00:00", "03-01T00:00Z", "10:19", "begin: takes no offset"),
    "an unknown key": ("base: 1", "bse: 1", "6:7", "unknown key (did you mean 'base'?)"),
    "both": (DAILY, f"{DAILY}, begin: 2026-01-01", "9:69", "begin: cannot stand beside from"),
    "nothing": ("value: none", "value: 0", "10:67", "windows.1.value: 0 is not above 0"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(case: str, tmp_path: Path) -> None:
    old, new, place, words = MISTAKES[case]
    assert FILE.count(old) == 1
    path = tmp_path / "s.yaml"
    path.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(path)
    lines = str(caught.value).splitlines()
    assert [line for line in lines if f"{path}:{place}: {CAPACITY}" in line and words in line]
    assert all(CAPACITY in line for line in lines)


def test_empty_windows_are_refused_once(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    kept = [line for line in FILE.splitlines() if not line.startswith("        - ")]
    path.write_text("\n".join(kept).replace("  windows:", "  windows: []", 1), encoding="utf-8")
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(path)
    assert str(caught.value) == f"{path}:8:16: {CAPACITY}.windows: needs at least one window"


@pytest.fixture
def world(tmp_path: Path) -> efssim.Scenario:
    path = tmp_path / "s.yaml"
    path.write_text(FILE, encoding="utf-8")
    return efssim.load(path)


def test_a_scenario_with_calendars_survives_json_and_pickle(world: efssim.Scenario) -> None:
    written = world.model_dump_json(by_alias=True, exclude_unset=True)
    assert '"from":"22:00","to":"06:00"' in written
    assert efssim.Scenario.model_validate_json(written) == world
    assert pickle.loads(pickle.dumps(world)) == world


def test_a_path_leads_to_the_numbers_of_a_calendar(world: efssim.Scenario) -> None:
    for path in (CAPACITY, f"{CAPACITY}.base", f"{CAPACITY}.windows.1.value"):
        assert quantity_at(parse_path(path)) is BYTE_RATE
    throughput = "replications.dr.sync.throughput"
    for path in (throughput, f"{throughput}.base", f"{throughput}.windows.0.value"):
        assert quantity_at(parse_path(path)) is BYTE_RATE
    assert quantity_at(parse_path(f"{throughput}.timezone")) is None


def test_a_study_varies_the_rate_outside_the_windows(world: efssim.Scenario) -> None:
    calendar = world.links[LINK].capacity
    assert isinstance(calendar, RateCalendar)
    varied = with_value(world, CAPACITY, "2 Gbit/s").links[LINK].capacity
    assert varied == calendar.model_copy(update={"base": 250e6})
    inner = with_value(world, f"{CAPACITY}.windows.0.value", 7).links[LINK].capacity
    assert isinstance(inner, RateCalendar)
    assert [each.value for each in inner.windows] == [7, math.inf]
    # An override replaces all of it, and so does `with_`.
    assert world.with_({CAPACITY: 5}).links[LINK].capacity == 5
    assert with_value(world.with_({CAPACITY: 5}), CAPACITY, 6).links[LINK].capacity == 6


def test_a_sweep_over_a_calendar(world: efssim.Scenario) -> None:
    short = world.with_(duration="1 h", start="2026-01-05T20:30")
    found = efssim.sweep(short, {CAPACITY: ["1 Mbit/s", "5 Mbit/s", "1 Gbit/s"]}, workers=1)
    parts = [point["replications"]["dr"] for point in found.summary["points"]]
    first, second, third = (part["time_since_last_sync_s"]["mean"] for part in parts)
    assert first > second > third


def test_what_is_not_known_of_a_calendar_is_the_rate_outside_the_windows(
    world: efssim.Scenario,
) -> None:
    from efssim.scenario.unknowns.parameters import uncertain_parameters

    prior = {"uniform": {"low": "1 Mbit/s", "high": "1 Gbit/s"}}
    (found,) = uncertain_parameters(world.with_(uncertain={CAPACITY: prior}))
    assert found.path == f"{CAPACITY}.base"


def test_the_resolved_view_has_every_part(world: efssim.Scenario) -> None:
    from efssim.scenario.shown.provenance import resolved

    found = {each.path: each for each in resolved(world)}
    assert found[f"{CAPACITY}.base"].provenance == "scenario"
    assert found[f"{CAPACITY}.windows.0.from"].value == '"22:00"'
    assert found["replications.dr.sync.throughput.timezone"].provenance == "default"
    assert "replications.dr.sync.throughput" not in found


def test_the_schema_takes_a_rate_or_a_calendar() -> None:
    schema = efssim.Scenario.model_json_schema(by_alias=True)
    for part, key in (("Link", "capacity"), ("Sync", "throughput")):
        text = str(schema["$defs"][part]["properties"][key])
        assert "'$ref': '#/$defs/RateCalendar'" in text
        assert "120 MiB/s" in text
    assert schema["$defs"]["Link"]["properties"]["capacity"]["default"] == "none"
    assert schema["$defs"]["RateCalendar"]["properties"]["windows"]["minItems"] == 1


def test_trials_with_a_calendar_are_the_units_of_evidence(world: efssim.Scenario) -> None:
    from efssim.model.kernel.strata import Strata
    from efssim.study.trial.spans import division

    none = Strata((), ())
    for path in (CAPACITY, "replications.dr.sync.throughput"):
        assert division(world.with_({path: "10 MB/s"}), none, 0) is None
    plain = world.with_({CAPACITY: "1 Gbit/s", "replications.dr.sync.throughput": "10 MB/s"})
    assert division(plain, none, 0) is not None


def fleet(throughput: object) -> efssim.Scenario:
    """Return three replications of one fleet."""
    stream = {"arrivals": {"constant": {"rate": "1/s"}}, "size": 60}
    return efssim.load(
        {
            "name": "fleet",
            "duration": "1 h",
            "file_systems": {"fs": {"count": 3, "region": "us-east-1", "writes": {"w": stream}}},
            "replications": {
                "dr": {
                    "source": "fs",
                    "destination": {"region": "eu-south-1"},
                    "sync": {"throughput": throughput},
                }
            },
        }
    )


def bases(world: efssim.Scenario) -> list[object]:
    """Return the throughput of each item, of a calendar that outside its windows."""
    found = [part.sync.throughput for part in world.replications.values()]
    return [each.base if isinstance(each, RateCalendar) else ("all of it", each) for each in found]


def test_a_study_varies_the_rate_outside_the_windows_of_a_fleet() -> None:
    world = fleet({"base": 100, "windows": [window("01:00", "02:00", 5)]})
    every, second = (f"replications.dr[{item}].sync.throughput" for item in ("*", "2"))
    assert bases(with_value(world, every, 7)) == [7, 7, 7]
    one = with_value(world, second, 7)
    assert bases(one) == [100, 7, 100]
    assert bases(with_value(one, every, 8)) == [8, 8, 8]
    assert bases(with_value(world.with_({second: 5}), second, 9)) == [100, ("all of it", 9), 100]
    assert bases(with_value(world.with_({second: 5}), every, 9)) == [9, 9, 9]


def test_each_item_of_a_fleet_may_have_its_own_rate_in_a_calendar() -> None:
    drawn = {"each": {"uniform": {"low": 50, "high": 150}}}
    world = fleet({"base": drawn, "windows": [window("01:00", "02:00", 5)]})
    assert len(set(bases(world))) == 3
