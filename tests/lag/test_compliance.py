"""Compliance by calendar month: cases by hand, sums over months, the target that was achievable."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from helpers.commands import command, write_tiny
from helpers.worlds import numbers, poisson, scenario, simulate
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.lag.compliance.judged import (
    Compliance,
    ComplianceTerms,
    Unprotected,
    achievable_min,
    achievable_without_min,
)
from efssim.lag.compliance.left_out import Replicated, left_out
from efssim.lag.compliance.months import months_between
from efssim.lag.weighted.time_weighted import Ramps
from efssim.records.timeline import Occurrence

HOUR, DAY = 3600.0, 86_400.0
LINK = "link_outage"
START = datetime(2026, 1, 1, tzinfo=UTC)


# Months


@pytest.mark.parametrize(
    ("zone", "year", "month", "hours"),
    [
        ("UTC", 2026, 3, 744),
        ("UTC", 2026, 2, 672),
        ("UTC", 2028, 2, 696),
        ("Europe/Rome", 2026, 3, 743),  # the clock goes on in its last week
        ("Europe/Rome", 2026, 10, 745),
        ("America/New_York", 2026, 3, 743),
        ("America/New_York", 2026, 11, 721),
        ("Australia/Lord_Howe", 2026, 4, 720.5),  # by half an hour
        ("Asia/Kolkata", 2026, 1, 744),
    ],
)
def test_the_length_of_a_month(zone: str, year: int, month: int, hours: float) -> None:
    middle = datetime(year, month, 15, tzinfo=UTC)
    (found,) = months_between(middle, 0.0, 1.0, ZoneInfo(zone))
    assert found.name == f"{year}-{month:02}"
    assert found.end_s - found.begin_s == hours * HOUR
    begin = middle + timedelta(seconds=found.begin_s)
    assert begin.astimezone(ZoneInfo(zone)).isoformat()[:19] == f"{year}-{month:02}-01T00:00:00"


def test_months_follow_one_another_over_a_year() -> None:
    start = datetime(2026, 11, 20, 6, tzinfo=timezone(timedelta(hours=5)))
    found = list(months_between(start, DAY, 60 * DAY, ZoneInfo("Pacific/Auckland")))
    assert [month.name for month in found] == ["2026-11", "2026-12", "2027-01"]
    assert all(a.end_s == b.begin_s for a, b in itertools.pairwise(found))
    assert found[0].begin_s < DAY < 60 * DAY < found[-1].end_s


def test_the_instant_between_two_months_is_of_the_later_one() -> None:
    edge = 31 * DAY
    assert [m.name for m in months_between(START, edge, edge + 1, UTC)] == ["2026-02"]
    assert [m.name for m in months_between(START, edge - 1, edge, UTC)] == ["2026-01"]
    assert not list(months_between(START, edge, edge, UTC))


def test_the_last_month_of_the_calendar_ends_with_the_window() -> None:
    start = datetime(9999, 11, 30, tzinfo=UTC)
    november, december = months_between(start, 0.0, 32 * DAY, UTC)
    assert november == ("9999-11", -29 * DAY, DAY)
    assert december == ("9999-12", DAY, 32 * DAY)


# By hand


def found(violations: list[tuple[float, float]], **changes: Any) -> Replicated:
    """Return a replication that was there throughout 90 days, with some violations."""
    values = {
        "window_s": (0.0, 90 * DAY),
        "created_s": 0.0,
        "defined_s": 0.0,
        "gone_s": math.inf,
        "has_initial_sync": False,
        "begin_s": np.array([begin for begin, _ in violations], dtype=np.float64),
        "end_s": np.array([end for _, end in violations], dtype=np.float64),
        "peak_s": np.array([HOUR for _ in violations], dtype=np.float64),
        "target_s": 900.0,
        "disturbances": (),
    }
    return Replicated(**{**values, **changes})


def judged(given: Replicated, zone: str = "UTC", unprotected: float = 0.0) -> Compliance:
    terms = ComplianceTerms(0.999, START, ZoneInfo(zone), zone)
    return Compliance(given, terms, Unprotected(lambda _: unprotected, lambda _: 0.0))


def outage(begin_s: float, end_s: float | None, *, planned: bool, kind: str = LINK) -> Occurrence:
    return Occurrence(1, begin_s, kind, "a -> b", end_s=end_s, is_planned=planned)


def months_of(given: Replicated, zone: str = "UTC", unprotected: float = 0.0) -> dict[str, Any]:
    judge = judged(given, zone, unprotected)
    return {m.name: judge._month(m) for m in judge._months()}


def test_a_violation_over_the_edge_of_a_month_is_in_both() -> None:
    edge = 31 * DAY
    months = months_of(found([(edge - 2 * HOUR, edge + HOUR)]))
    january, february, march = months.values()
    assert (january.violations, january.whole.violation_s, january.longest_s) == (1, 7200, 7200)
    assert (february.violations, february.whole.violation_s) == (1, 3600)
    assert january.whole.attainment == (744 - 2) / 744
    assert february.whole.attainment == (672 - 1) / 672
    assert (january.whole.met, february.whole.met) == (False, False)
    assert (march.violations, march.whole.attainment, march.whole.met) == (0, 1.0, True)
    assert [month.partial for month in months.values()] == [False, False, False]
    # In Rome the hour before midnight in UTC is the first of February.
    rome = months_of(found([(edge - 2 * HOUR, edge + HOUR)]), "Europe/Rome")
    assert [month.whole.violation_s for month in rome.values()] == [3600, 7200, 0, 0]
    assert rome["2026-03"].seconds == 743 * HOUR
    assert [month.partial for month in rome.values()] == [True, False, False, True]


def test_a_month_with_part_of_it_in_the_window_is_marked() -> None:
    window = (10 * DAY, 50 * DAY)
    january, february = months_of(found([], window_s=window)).values()
    assert (january.partial, january.seconds) == (True, 21 * DAY)
    assert (february.partial, february.seconds) == (True, 19 * DAY)


def test_a_month_without_a_recovery_point_is_missed() -> None:
    late = found([], defined_s=31 * DAY)
    january, february, _ = months_of(late, unprotected=5.0).values()
    assert (january.whole.attainment, january.whole.met) == (None, False)
    assert (february.whole.attainment, february.whole.met) == (1.0, False)
    # Where nothing tells, it is unknown and never met.
    assert months_of(late)["2026-01"].whole.met is None


@pytest.mark.parametrize("planned", [True, False])
def test_pauses_of_events_are_left_out_and_those_of_faults_are_not(planned: bool) -> None:
    given = found(
        [(5 * DAY + 900, 5 * DAY + 4 * HOUR)],
        disturbances=[outage(5 * DAY, 5 * DAY + 3 * HOUR, planned=planned)],
    )
    windows = [(w.reason, w.cause, w.begin_s, w.end_s) for w in left_out(given)]
    january = months_of(given)["2026-01"]
    assert january.whole.violation_s == 4 * HOUR - 900
    if planned:
        pause, cause = 5 * DAY + 3 * HOUR, "link_outage a -> b"
        assert windows == [
            ("planned pause", cause, 5 * DAY, pause),
            ("catch-up", cause, pause, pause + HOUR),
        ]
        assert january.left_out_s == 4 * HOUR
        assert january.counted.defined_s == 740 * HOUR
        assert (january.counted.violation_s, january.counted.attainment) == (0.0, 1.0)
        assert january.counted.met
    else:
        assert windows == []
        assert january.counted == january.whole


def test_a_fault_ends_a_catch_up() -> None:
    over = 5 * DAY + 3 * HOUR
    pause = outage(5 * DAY, over, planned=True)
    violation = [(5 * DAY + 900, over + 2 * HOUR)]
    fault = outage(over + HOUR, over + 1.5 * HOUR, planned=False)
    given = found(violation, disturbances=[pause, fault])
    assert [w.end_s for w in left_out(given)] == [over, over + HOUR]
    assert months_of(given)["2026-01"].counted.violation_s == HOUR
    # One that is there when the pause ends leaves no catch-up at all.
    fault = outage(over - 60, over + HOUR, planned=False)
    given = found(violation, disturbances=[pause, fault])
    assert [w.reason for w in left_out(given)] == ["planned pause"]
    # One that was over before the pause changes nothing.
    fault = outage(5 * DAY + 60, over - 60, planned=False)
    given = found(violation, disturbances=[pause, fault])
    assert [w.end_s for w in left_out(given)] == [over, over + 2 * HOUR]
    # A degraded link is no pause, planned or not.
    degraded = outage(5 * DAY, over, planned=True, kind="link_degraded")
    assert left_out(found(violation, disturbances=[degraded])) == []


def test_a_violation_that_does_not_end_is_no_catch_up() -> None:
    pause = outage(5 * DAY, 6 * DAY, planned=True)
    given = found([(5 * DAY + 900, 90 * DAY)], disturbances=[pause])
    assert [(w.begin_s, w.end_s) for w in left_out(given)] == [(5 * DAY, 6 * DAY)]
    still = outage(5 * DAY, None, planned=True)
    given = found([(5 * DAY + 900, 90 * DAY)], disturbances=[still])
    assert [(w.begin_s, w.end_s) for w in left_out(given)] == [(5 * DAY, 90 * DAY)]
    assert months_of(given)["2026-03"].counted.met is None


def test_a_catch_up_begins_within_a_target_of_the_pause() -> None:
    pause = outage(5 * DAY, 5 * DAY + 600, planned=True)
    after = found([(5 * DAY + 1400, 5 * DAY + 1500)], disturbances=[pause])
    assert [w.seconds for w in left_out(after)] == [600, 100]
    later = found([(5 * DAY + 1501, 5 * DAY + 1600)], disturbances=[pause])
    assert [w.seconds for w in left_out(later)] == [600]
    before = found([(5 * DAY - 1, 5 * DAY + 700)], disturbances=[pause])
    assert [w.seconds for w in left_out(before)] == [600]


def test_an_initial_sync_is_left_out_until_the_age_is_at_the_target() -> None:
    given = found([(DAY, DAY + HOUR)], has_initial_sync=True, created_s=60.0, defined_s=DAY)
    windows = [(w.reason, w.cause, w.begin_s, w.end_s) for w in left_out(given)]
    assert windows == [
        ("initial sync", "", 60.0, DAY),
        ("catch-up", "initial sync", DAY, DAY + HOUR),
    ]
    never = found([], has_initial_sync=True, defined_s=math.inf)
    assert [w.seconds for w in left_out(never)] == [90 * DAY]
    assert months_of(never)["2026-01"].counted.met is None


def test_windows_do_not_overlap() -> None:
    disturbances = [
        outage(5 * DAY, 7 * DAY, planned=True),
        outage(6 * DAY, 8 * DAY, planned=True, kind="region_outage"),
    ]
    given = found([(5 * DAY + 900, 8 * DAY + HOUR)], disturbances=disturbances)
    windows = left_out(given)
    assert sum(w.seconds for w in windows) == 3 * DAY + HOUR
    assert all(a.end_s <= b.begin_s for a, b in itertools.pairwise(windows))


# Runs


SYNC = {"interval": 300, "setup": 20, "throughput": "3 MiB/s"}
OUTAGE = "us-east-1 -> us-west-2"


def disturbed(**top: Any) -> efssim.Scenario:
    given = {
        "start": "2026-03-28T21:00:00Z",
        "warm_up": "3 h",
        "rpo": {"target": "15 min", "attainment": 0.98},
        "compliance": {"timezone": "Europe/Rome"},
        "events": [{"at": "70 h", LINK: OUTAGE, "for": "3 h"}],
        "faults": {"wan": {LINK: OUTAGE, "every": {"exponential": {"mean": "1 day"}}, "for": 2000}},
        **top,
    }
    stream = poisson("1 per 10 s", {"exponential": {"mean": "4 MiB"}})
    return scenario({"w": stream}, SYNC, "5 days", **given)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6), lost=st.sampled_from([{}, {"established": False}]))
def test_sums_over_months_are_those_of_the_run(seed: int, lost: dict[str, Any]) -> None:
    summary = numbers(simulate(world(lost), seed))
    found = summary["compliance"]
    months = found["months"].values()
    assert [*found["months"]] == ["2026-03", "2026-04"]

    def total(*keys: str) -> float:
        values = []
        for month in months:
            for key in keys:
                month = month[key]
            values.append(month)
        return math.fsum(values)

    rpo, age = summary["rpo"], summary["time_since_last_sync_s"]
    assert total("seconds") == pytest.approx(117 * HOUR, abs=1e-6)
    assert total("violation_s") == pytest.approx(rpo["violation_s"], abs=1e-6)
    defined_s = 117 * HOUR - age["undefined_s"]
    assert total("defined_s") == pytest.approx(defined_s, abs=1e-6)
    assert total("unprotected_s") == pytest.approx(summary["unprotected_s"], abs=1e-6)
    weighted = math.fsum(m["attainment"] * m["defined_s"] for m in months) / defined_s
    assert weighted == pytest.approx(rpo["attainment"], abs=1e-9)
    counted = found["counted"]
    for key in ("defined_s", "violation_s", "unprotected_s"):
        assert total("counted", key) == pytest.approx(counted[key], abs=1e-6)
    left_s = math.fsum(window["seconds"] for window in found["left_out"])
    assert total("left_out_s") == pytest.approx(left_s, abs=1e-6)
    breaches = math.fsum(each["seconds"] for each in found["breaches"])
    assert breaches == pytest.approx(rpo["violation_s"], abs=1e-6)
    kept = math.fsum(each["seconds"] - each["left_out_s"] for each in found["breaches"])
    assert kept == pytest.approx(counted["violation_s"], abs=1e-6)
    assert len(found["breaches"]) == rpo["violations"]


def world(replication: dict[str, Any], **top: Any) -> efssim.Scenario:
    data = disturbed(**top)
    changes = {f"replications.dr.{key}": value for key, value in replication.items()}
    return data.with_(changes) if changes else data


def test_the_achievable_rpo_without_some_time_by_hand() -> None:
    # Ages of 0 to 10 min, and one rise to 100 min of which the last 40 are left out.
    low, high = np.zeros(11), np.append(np.full(10, 600.0), 6000.0)
    left = Ramps(np.array([3600.0]), np.array([6000.0]))
    age = Ramps(low, high)
    # 160 min count, 110 of them at or below 10; from there on a minute more is a minute more.
    assert achievable_without_min(age, left, 110 / 160) == 10
    assert achievable_without_min(age, left, 110.5 / 160) == 11
    assert achievable_without_min(age, left, 1.0) == 60
    assert achievable_without_min(age, Ramps(np.zeros(0), np.zeros(0)), 1.0) == 100
    assert achievable_min(age, 1.0) == 100
    assert achievable_without_min(age, age, 0.5) is None
    assert achievable_without_min(age, left, 0.0) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_achievable_rpo_meets_the_objective_and_a_minute_less_does_not(seed: int) -> None:
    minutes = numbers(simulate(disturbed(), seed))["compliance"]["achievable_rpo_min"]["all"]
    assert minutes > 1
    for target, is_met in ((minutes, True), (minutes - 1, False)):
        changed = disturbed(rpo={"target": f"{target} min", "attainment": 0.98})
        assert numbers(simulate(changed, seed))["rpo"]["met"] is is_met


def test_the_second_achievable_rpo_is_of_the_ages_that_count() -> None:
    found = numbers(simulate(disturbed(faults={}), 1))["compliance"]
    whole, counted = (found["achievable_rpo_min"][key] for key in ("all", "counted"))
    calm = numbers(simulate(disturbed(faults={}, events=[]), 1))["compliance"]
    assert whole > 60 > counted
    assert counted == calm["achievable_rpo_min"]["all"]
    off = numbers(simulate(disturbed(faults={}, records="off"), 1))["compliance"]
    assert off == {**found, "achievable_rpo_min": {"all": whole, "counted": None}}


def test_the_last_sync_and_its_bytes() -> None:
    result = simulate(disturbed(), 1)
    last = numbers(result)["compliance"]["last_sync"]
    row = result.syncs[result.syncs["outcome"] == "completed"].iloc[-1]
    assert last["bytes"] == row["bytes"]
    assert last["duration_s"] == pytest.approx((row["completed"] - row["cut"]).total_seconds())
    assert last["completed"] == row["completed"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_short_runs_have_months_only_where_asked_for() -> None:
    short = disturbed().with_({"compliance": None})
    assert "compliance" not in numbers(simulate(short))
    assert not len(simulate(short).compliance)
    long = scenario({}, {"interval": "1 h", "setup": 1}, "28 days")
    assert [*numbers(simulate(long))["compliance"]["months"]] == ["2026-01"]
    trials = efssim.run_trials(long, trials=2, workers=1)
    assert "compliance" not in trials.summary["replications"]["dr"]


def test_months_of_trials_are_means() -> None:
    trials = efssim.run_trials(disturbed(), trials=4, workers=1)
    found = trials.summary["replications"]["dr"]["compliance"]
    each = [numbers(efssim.run(disturbed(), trial=k))["compliance"] for k in range(4)]
    for name, month in found["months"].items():
        for key in ("attainment", "violation_s", "left_out_s", "violations"):
            values = [one["months"][name][key] for one in each]
            assert month[key] == pytest.approx(math.fsum(values) / 4, abs=1e-9)
        assert (month["met"], month["partial"]) == (None, True)
    assert "compliance" not in trials.summary["ci95"]["dr"]
    assert not [name for name in trials.table if name.startswith("compliance")]


def test_the_files_of_a_run_and_of_trials(tmp_path: Any) -> None:
    file = write_tiny(tmp_path)
    set_it = ("--set", "compliance={}")
    asked = command("run", file, *set_it, "-o", tmp_path / "out")
    assert "By calendar month (UTC): 2026-01 (part)" in " ".join(asked.out.split())
    assert "By calendar month" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    rows = (tmp_path / "out" / "compliance.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("replication,trial,month,begin,end,partial,seconds,defined_s,")
    assert rows[1].startswith("dr,0,2026-01,2026-01-01T00:01:00.000000Z,2026-01-01T00:10:00")
    command("run", file, *set_it, "-n", 2, "-w", 1, "-o", tmp_path / "out")
    rows = (tmp_path / "out" / "compliance.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[:3] for row in rows[1:]] == [
        ["dr", "0", "2026-01"],
        ["dr", "1", "2026-01"],
    ]
    plain = command("run", file, "-n", 2, "-w", 1, "-o", tmp_path / "out")
    assert "By calendar month" not in plain.out
    assert not (tmp_path / "out" / "compliance.csv").exists()


def test_an_unknown_time_zone_is_an_error(tmp_path: Any) -> None:
    ended = command("run", write_tiny(tmp_path), "--set", "compliance.timezone=Europe/Room")
    assert ended.code == 2
    assert "compliance.timezone: unknown time zone 'Europe/Room' (did you mean" in ended.err
