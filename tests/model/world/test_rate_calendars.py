"""Rates that follow the clock: syncs by hand, and laws that hold for any calendar."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent_model.calendars import steps

import efssim
from efssim.model.world.world import World
from efssim.report.facts.timeline import timeline_lines
from efssim.scenario.grammar.calendars.rates import RateCalendar, rate_at

LINK = "us-east-1 -> us-west-2"
SLOW, FAST = 50, 100

Json = dict[str, Any]


def calendar(
    base: object, *windows: tuple[str, str, object], zone: str = "UTC", **more: Any
) -> Json:
    """Return a rate with windows: from minute and second to minute and second of the hour."""
    found = [
        {"begin": f"2026-01-01T00:{begin}", "end": f"2026-01-01T00:{end}", "value": value, **more}
        for begin, end, value in windows
    ]
    return {"base": base, "timezone": zone, "windows": found}


def replication(source: str, sync: Json, **more: Any) -> Json:
    """Return one whose syncs send 60 bytes for each second between their cuts."""
    usual = {"preset": "none", "interval": 100, "throughput": FAST}
    made = {"source": source, "destination": {"region": "us-west-2"}, "established": True}
    return {**made, "sync": {**usual, **sync}, **more}


def scenario(link: Json | None = None, *syncs: Json, **more: Any) -> efssim.Scenario:
    """Return replications over a link, by the keys of their `sync`."""
    names = [f"f{k}" for k in range(len(syncs) or 1)]
    stream = {"arrivals": {"constant": {"rate": "1/s"}}, "size": 60}
    system = {"region": "us-east-1", "writes": {"w": stream}, **more.pop("system", {})}
    made: Json = {
        "name": "calendars",
        "duration": 700,
        "links": {} if link is None else {LINK: link},
        "file_systems": dict.fromkeys(names, system),
        "replications": {
            f"r{k}": replication(name, sync)
            for k, (name, sync) in enumerate(zip(names, syncs or ({},), strict=True))
        },
    }
    return efssim.load(made | more)


def syncs_of(world: efssim.Scenario, name: str = "r0") -> list[tuple[float, float]]:
    """Return cut and completion of each sync."""
    found = efssim.run(world, verify=True).outcomes[name].syncs
    return list(zip(found["cut_s"].tolist(), found["completed_s"].tolist(), strict=True))


HALF = ("02:10", "04:00", SLOW)  # from 130 to 240 seconds
IN_130_TO_240: dict[str, tuple[Json | None, Json, list[tuple[float, float]]]] = {
    # 30 s are left at 130, and take 60; the next has 6000 bytes, 2000 of them in the window
    "capacity halves": ({"capacity": calendar(FAST, HALF)}, {}, [(100, 190), (200, 280)]),
    "a link that has a capacity at times": (
        {"capacity": calendar("none", HALF)},
        {},
        [(100, 190), (200, 280)],
    ),
    "throughput halves": (None, {"throughput": calendar(FAST, HALF)}, [(100, 190), (200, 280)]),
    # 4500 bytes are left at 130, and the throughput is 100
    "no capacity in the window": (
        {"capacity": calendar(SLOW, ("02:10", "04:00", "none"))},
        {},
        [(100, 175), (200, 280)],
    ),
    # the rest of a transfer without a limit takes no time
    "no limit for a second": (
        None,
        {"throughput": calendar(SLOW, ("02:10", "02:11", "none"))},
        [(100, 130), (200, 320)],
    ),
    # from 140 on 5000 bytes at 50, and the last 1000 at once
    "a limit that comes in the setup": (
        None,
        {"setup": 40, "throughput": calendar("none", HALF)},
        [(100, 240), (240, 280)],
    ),
    # both change at one instant: at no time is there no limit
    "two that take turns": (
        {"capacity": calendar("none", HALF)},
        {"throughput": calendar(SLOW, ("02:10", "04:00", "none"))},
        [(100, 220), (220, 364)],
    ),
    # 130 to 140 at 50, to 150 at 10, to 240 at 50: 100 + 500 bytes less in the first 20 s
    "the last listed wins": (
        {"capacity": calendar(FAST, HALF, ("02:20", "02:30", 10))},
        {},
        [(100, 198), (200, 280)],
    ),
    "the last listed wins, also where it is wider": (
        {"capacity": calendar(FAST, ("02:20", "02:30", 10), HALF)},
        {},
        [(100, 190), (200, 280)],
    ),
    # 10 s at 10, 5900 bytes at 50; of 128 writes 4080 bytes are left at 300
    "windows that follow each other": (
        {"capacity": calendar(FAST, ("01:40", "01:50", 10), ("01:50", "05:00", SLOW))},
        {},
        [(100, 228), (228, 340.8)],
    ),
    # at no time between the two is there no limit; the 4080 bytes take no time at 300
    "windows that follow each other, with no limit but in them": (
        None,
        {"throughput": calendar("none", ("01:40", "01:50", 10), ("01:50", "05:00", SLOW))},
        [(100, 228), (228, 300)],
    ),
    # files bind: 100 a second of 2, whatever the bytes may
    "files bind": (
        {"capacity": calendar(FAST, ("02:10", "04:00", 70))},
        {"file_rate": 1},
        [(100, 200), (200, 300)],
    ),
}


@pytest.mark.parametrize("case", IN_130_TO_240)
def test_by_hand(case: str) -> None:
    link, sync, expected = IN_130_TO_240[case]
    assert np.array(syncs_of(scenario(link, sync))[:2]) == pytest.approx(np.array(expected))


def test_a_window_in_setup_and_inventory_changes_the_transfer_alone() -> None:
    sync = {"setup": 10, "scan_rate": 2, "throughput": calendar(FAST, ("01:50", "02:10", 25))}
    # 10 s of setup, 10 of inventory; 250 bytes in the window, 5750 after it
    found = syncs_of(scenario(None, sync, system={"files": 20, "writes": _writes()}))
    assert found[0] == (100, 187.5)


def _writes() -> Json:
    return {"w": {"arrivals": {"constant": {"rate": "1/s"}}, "size": 60}}


@pytest.mark.parametrize(
    ("initial", "expected"),
    # 1000 bytes at 100; in the window from 5 on 500 are left at 50, unless it has its own
    [({}, 15.0), ({"throughput": 100}, 10.0), ({"throughput": 20}, 50.0)],
)
def test_an_initial_sync_follows_the_calendar_unless_it_has_its_own(
    initial: Json, expected: float
) -> None:
    sync = {"throughput": calendar(FAST, ("00:05", "04:00", SLOW))}
    part = replication("f0", sync, established=False, initial=initial, control={"preset": "none"})
    system = {"region": "us-east-1", "size": 1000, "writes": _writes()}
    world = scenario(replications={"r0": part}, file_systems={"f0": system})
    assert syncs_of(world)[0] == (0, expected)


def test_windows_multiply_with_degradations() -> None:
    event = {"at": 150, "link_degraded": LINK, "factor": 0.5, "for": 20}
    # 1000 bytes to 150 and 500 to 170, of 3000 that are left at 130
    world = scenario({"capacity": calendar(FAST, HALF)}, events=[event])
    assert syncs_of(world)[0] == (100, 200)


def test_a_pause_in_a_window() -> None:
    event = {"at": 150, "permission_lost": "r0", "for": 60}
    control = {"preset": "none"}
    part = replication("f0", {"throughput": calendar(FAST, HALF)}, control=control)
    world = scenario(replications={"r0": part}, events=[event])
    # cut at 210: 1500 bytes to 240, the others at 100
    assert syncs_of(world)[0] == (210, 240 + (210 * 60 - 1500) / 100)


# --- links that several share --------------------------------------------------------------------


def test_a_link_that_is_shared_in_its_window_alone() -> None:
    world = scenario({"capacity": calendar("none", HALF)}, {}, {})
    # 3000 bytes of each are left at 130, 250 at 240; then 142 writes
    for name in ("r0", "r1"):
        assert syncs_of(world, name)[0] == pytest.approx((100, 242.5))
        assert syncs_of(world, name)[1] == pytest.approx((242.5, 327.7))


def test_a_window_of_one_throughput_makes_others_share() -> None:
    window = calendar(SLOW, ("02:10", "02:30", 150))
    world = scenario({"capacity": 100}, {"throughput": window}, {"throughput": SLOW, "weight": 3})
    # no more than 50 each but in 20 s, in which the other has a claim to 75 and 50 of it
    assert syncs_of(world, "r0")[0] == (100, 220)
    assert syncs_of(world, "r1")[0] == (100, 220)
    world = scenario({"capacity": 100}, {"throughput": window}, {"throughput": 80})
    # shared from the first: 50 each; in the window 50 each as well
    assert syncs_of(world, "r1")[0] == (100, 220)
    window = calendar(20, ("02:10", "02:30", 150))
    world = scenario({"capacity": 100}, {"throughput": window}, {"throughput": 80})
    # 80 a second but for 20 s of 50: 600 bytes less by 150
    assert syncs_of(world, "r1")[0] == (100, 182.5)


def test_a_transfer_that_was_slowed_keeps_its_progress_when_its_throughput_changes() -> None:
    window = calendar(FAST, ("02:10", "02:30", 10))
    world = scenario({"capacity": 100}, {"throughput": window}, {})
    # 50 each to 130: 1500. Then 10 and 90 to 150: 1700 and 3300. Then 50 each: 2700 take to 204,
    # when the next of r1 begins, and 1600 that are left of r0 to 236.
    assert syncs_of(world, "r0")[0] == pytest.approx((100, 236))
    assert syncs_of(world, "r1")[0] == pytest.approx((100, 204))


# --- what comes of it ----------------------------------------------------------------------------


def test_the_table_of_events_has_the_windows_and_a_violation_names_one_that_slows() -> None:
    link = {"capacity": calendar(FAST, HALF)}
    world = scenario(link, rpo={"target": 185, "attainment": "99 %"})
    result = efssim.run(world)
    (event,) = result.events.itertuples()
    assert (event.kind, event.target, event.affected) == ("capacity_window", LINK, "r0")
    assert (event.end - event.begin).total_seconds() == 110
    said = " ".join("\n".join(timeline_lines(result)).split())
    assert f"capacity_window {LINK} for 1 min 50 s; 50 B/s while it lasts; age up to" in said
    assert result.violations.disturbances.tolist()[0] == f"capacity_window {LINK}"


@pytest.mark.parametrize("window", [("02:10", "04:00", 150), ("02:10", "04:00", "none")])
def test_a_window_that_slows_nothing_explains_nothing(window: tuple[str, str, object]) -> None:
    links: list[Json] = [
        {"capacity": calendar(SLOW, window)},
        {"capacity": calendar("none", window)},
    ]
    for link in links:
        result = efssim.run(scenario(link, rpo={"target": 150, "attainment": "99 %"}))
        assert len(result.events) == 1
        assert set(result.violations.disturbances) == {""}


def test_a_replication_of_a_call_meets_the_window_that_is_in_force() -> None:
    calls = [
        {"at": 0, "call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "f0"}},
        {
            "at": 150,
            "call": "CreateReplicationConfiguration",
            "with": {"SourceFileSystemId": "f0", "Destinations": [{"Region": "us-west-2"}]},
        },
    ]
    sync = replication("f0", {"throughput": calendar(FAST, HALF)})["sync"]
    defaults = {"sync": sync, "control": {"preset": "none"}}
    part = replication("f0", {}, control={"preset": "none"})
    world = scenario(replications={"r0": part}, events=calls, defaults=defaults)
    # an initial sync of 9000 bytes: 90 s at 50, and 45 s at 100
    (first, *_) = syncs_of(world, "f0-replication-1")
    assert first == (150, 285)
    events = efssim.run(world).events
    assert events[events.kind == "throughput_window"].target.tolist() == ["f0-replication-1"]


def test_utilisation_is_of_the_rates_in_force() -> None:
    world = scenario({"capacity": calendar(FAST, HALF)})
    summary = efssim.run(world).summary["replications"]["r0"]["syncs"]
    assert summary["utilisation"] == pytest.approx(700 * 60 / (590 * 100 + 110 * 50))
    # a window from the start on
    world = scenario({"capacity": calendar(FAST, ("00:00", "02:10", SLOW))})
    summary = efssim.run(world).summary["replications"]["r0"]["syncs"]
    assert summary["utilisation"] == pytest.approx(700 * 60 / (130 * 50 + 570 * 100))
    # without a limit at times there is none on average
    world = scenario({}, {"throughput": calendar(FAST, ("02:10", "04:00", "none"))})
    assert efssim.run(world).summary["replications"]["r0"]["syncs"]["utilisation"] is None
    # 40 a second for all but an hour of a day: more work than that, and it grows
    short = {"base": 40, "windows": [{"from": "23:00", "to": "24:00", "value": 100}]}
    found = efssim.run(scenario({"capacity": short})).summary["replications"]["r0"]["syncs"]
    assert found["utilisation"] == 1.5
    assert found["diverging"] is True


def test_an_estimate_says_nothing() -> None:
    for world, path in (
        (scenario({"capacity": calendar(FAST, HALF)}), f'links."{LINK}".capacity'),
        (scenario(None, {"throughput": calendar(FAST, HALF)}), "replications.r0.sync.throughput"),
    ):
        found = efssim.estimate(world).summary["replications"]["r0"]
        assert (found["rpo_met"], found["attainment"], found["utilisation"]) == (None, None, None)
        assert found["rpo_reasons"] == [f"no closed form is known of calendars, and {path} has one"]


# --- laws ----------------------------------------------------------------------------------------

START = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # the clocks of Rome are put back at 01:00


@st.composite
def calendars(draw: st.DrawFn) -> Json:
    """Return a rate with windows, around the end of summer time."""
    minutes = st.integers(0, 59)
    windows = []
    for _ in range(draw(st.integers(1, 3))):
        hours = [draw(st.integers(2, 3)) for _ in range(2)]
        ends = [f"{hour:02d}:{draw(minutes):02d}" for hour in hours]
        value = draw(st.floats(20, 300))
        windows.append({**dict(zip(("from", "to"), ends, strict=True)), "value": value})
    return {"base": draw(st.floats(20, 300)), "timezone": "Europe/Rome", "windows": windows}


def dated(link: Json | None, sync: Json, **more: Any) -> efssim.Scenario:
    return scenario(link, sync, start=START.isoformat(), duration=5400, **more)


@given(calendar=calendars(), gap=st.sampled_from([0.0, 7.0]))
@settings(max_examples=10, deadline=None)
def test_a_transfer_has_sent_what_its_rate_allows(calendar: Json, gap: float) -> None:
    world = dated({"capacity": calendar}, {"throughput": "none", "gap": gap, "setup": 3})
    found = efssim.run(world).outcomes["r0"].syncs
    rates = steps(world.links[LINK].capacity, START, 5400.0)
    edges = np.array([at_s for at_s, _ in rates] + [math.inf])
    values = np.array([rate for _, rate in rates])
    for cut_s, completed_s, sent in zip(
        found["cut_s"], found["completed_s"], found["bytes"], strict=True
    ):
        inside = np.minimum(edges[1:], completed_s) - np.maximum(edges[:-1], cut_s + 3)
        assert (inside.clip(min=0) * values).sum() == pytest.approx(sent, rel=1e-9)


@given(calendar=calendars())
@settings(max_examples=10, deadline=None)
def test_alone_a_capacity_is_a_throughput(calendar: Json) -> None:
    by_link = syncs_of(dated({"capacity": calendar}, {"throughput": "none"}))
    by_throughput = syncs_of(dated(None, {"throughput": calendar}))
    assert by_link == by_throughput


@given(calendar=calendars())
@settings(max_examples=10, deadline=None)
def test_windows_that_change_nothing_change_nothing(calendar: Json) -> None:
    same = {**calendar, "windows": [{**w, "value": calendar["base"]} for w in calendar["windows"]]}
    plain = syncs_of(dated({"capacity": calendar["base"]}, {}))
    assert syncs_of(dated({"capacity": same}, {"throughput": FAST})) == plain


@given(calendar=calendars(), probability=st.sampled_from([0.0, 0.3]))
@settings(max_examples=10, deadline=None)
def test_stretches_do_not_show(calendar: Json, probability: float) -> None:
    sync = {"throughput": calendar, "failure_probability": probability, "setup": 2, "gap": 1}
    world = dated(None, sync)
    tables = []
    for longest in (1, 3, 65_536):
        run = World(world, seed=1, longest=longest)
        run.advance_to(5400.0)
        records = run.records("r0").syncs.copy()
        tables.append([records[key].tolist() for key in ("cut_s", "completed_s", "attempts")])
    assert tables[0] == tables[1] == tables[2]


def test_trials_side_by_side_equal_single_runs() -> None:
    windows = [("00:20", "05:00", 150), ("02:00", "02:30", "none")]
    stream = {"arrivals": {"poisson": {"rate": "2/s"}}, "size": {"exponential": {"mean": 60}}}
    sync = {"interval": 0, "gap": 5, "throughput": calendar(160, *windows)}
    system = {"writes": {"w": stream}}
    world = scenario(None, sync, system=system)
    trials = efssim.run_trials(world, 4, workers=1).table
    for trial in range(4):
        found = efssim.run(world, trial=trial).summary["replications"]["r0"]
        age, row = found["time_since_last_sync_s"], trials.iloc[trial]
        assert row["time_since_last_sync_s.mean"] == age["mean"]
        assert row["time_since_last_sync_s.max"] == age["max"]


# --- nothing is polled ---------------------------------------------------------------------------


def test_a_window_costs_two_events_and_not_more() -> None:
    """A month of nights without a sync to slow: the clock stops at their begins and ends alone."""
    nights = {"base": 100, "windows": [{"from": "22:00", "to": "06:00", "value": 50}]}
    sync = {"preset": "none", "interval": "30 days", "throughput": nights}
    world = scenario(None, sync, duration="30 days", file_systems={"f0": {"region": "us-east-1"}})
    assert _steps(world) - _steps(world.with_({"replications.r0.sync.throughput": 100})) < 200


def test_a_link_that_binds_in_an_hour_of_a_day_costs_in_that_hour() -> None:
    hour = {"from": "02:00", "to": "03:00", "value": 150}
    capacities = {"never": 1000, "an hour": {"base": 1000, "windows": [hour]}, "always": 150}
    steps = {
        name: _steps(scenario({"capacity": capacity}, {}, {}, duration="1 day"))
        for name, capacity in capacities.items()
    }
    always, an_hour = steps["always"] - steps["never"], steps["an hour"] - steps["never"]
    assert 0 < an_hour < 1.5 * always / 24


def test_a_window_that_binds_nobody_wakes_nobody() -> None:
    nights = {"base": 10_000, "windows": [{"from": "22:00", "to": "06:00", "value": 5_000}]}
    by_count = []
    for count in (1, 20):
        world = scenario({"capacity": nights}, *[{}] * count, duration="5 days")
        plain = world.with_({f'links."{LINK}".capacity': 10_000})
        by_count.append(_steps(world) - _steps(plain))
    # Each ends a stretch at the first edge, and no more: a stop there was not worth it.
    assert by_count[1] - by_count[0] <= 19


def _steps(world: efssim.Scenario) -> int:
    run, taken = World(world, seed=1), 0
    clock, until_s = run.clock, world.duration
    while clock.peek() <= until_s:
        clock.step()
        taken += 1
    return taken


def test_a_rate_at_a_time() -> None:
    found = RateCalendar.model_validate(calendar(FAST, HALF, ("03:00", "03:10", "none")))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    times = [0, 129.9, 130, 180, 189.9, 190, 239.9, 240, 9999]
    rates = [rate_at(found, start, 700.0, time_s) for time_s in times]
    assert rates == [100, 100, 50, math.inf, math.inf, 50, 50, 100, 100]
