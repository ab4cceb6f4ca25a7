"""Runways whose month follows from closed forms, and the outcomes that there are."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from helpers.worlds import constant, poisson, scenario, simulate

import efssim
from efssim import Scenario
from efssim.study.errors import StudyError
from efssim.study.runway.cautions import cautions_of
from efssim.study.runway.changes import changes
from efssim.study.runway.findings import MonthOutcome
from efssim.study.runway.months import Months, grows
from efssim.study.runway.sentences import months_text

GROWTH = "file_systems.fs.writes.w.growth"
LINK = "us-east-1 -> us-west-2"


def monthly(factor: float, **keys: Any) -> dict[str, Any]:
    return {"per": "month", "factor": factor, **keys}


def back_to_back(
    factor: float, sync: dict[str, Any], stream: dict[str, Any], **top: Any
) -> Scenario:
    """Return syncs of 10 s and more that follow each other: peak age 20 s / (1 - utilisation)."""
    rpo = {"target": 200, "attainment": 1}
    return scenario(
        {"w": {**stream, "growth": monthly(factor)}},
        {"interval": 10, "setup": 10, **sync},
        "6 h",
        **{"rpo": rpo, **top},
    )


def first_month(start: float, factor: float, most: float) -> int:
    """Return the first month in which a growing number is above the most it may be."""
    return math.floor(math.log(most / start) / math.log(factor)) + 1


@pytest.mark.parametrize("factor", [1.03, 1.05, 1.1, 1.5])
def test_the_month_in_which_bytes_are_too_many(factor: float) -> None:
    """The peak is above 200 s once the utilisation is above 0.9, of 0.5 in month 0."""
    world = back_to_back(factor, {"throughput": "1 MB/s"}, constant("1 per s", "500 kB"))
    expected = first_month(0.5, factor, 0.9)
    horizon = min(36, 2 * expected + 2)
    found = efssim.runway(world, horizon, workers=1)
    assert (found.outcome, found.first_missed) == ("found", expected)
    assert found.interval == (expected, expected)
    assert found.met_through == expected - 1
    assert found.undecided == ()
    assert found.cause is not None
    assert found.cause.term == "bytes"
    assert found.cause.batch is None
    bought = {each.name: each.bought for each in found.changes}
    doubled = first_month(0.25, factor, 0.9)
    assert bought["throughput × 2"] == (doubled - expected if doubled <= horizon else None)
    assert bought["interval ÷ 2"] == 0
    # Of the months that are met without a change, the first and the last are tried with it.
    tried = [each.month for each in found.changes[0].months]
    assert tried == [0, *range(expected - 1, min(doubled, horizon) + 1)]
    assert (found.trials, found.out_of_time, found.partial) == (1, False, False)


@pytest.mark.parametrize("factor", [1.05, 1.2])
def test_the_month_in_which_files_are_too_many(factor: float) -> None:
    stream = {**constant("1 per s"), "files": 5}
    expected = first_month(0.5, factor, 0.9)
    world = back_to_back(factor, {"file_rate": "10 per s"}, stream)
    found = efssim.runway(world, expected + 1, workers=1)
    assert found.first_missed == expected
    assert found.cause is not None
    assert found.cause.term == "files"
    assert next(each for each in found.changes if each.name == "file_rate × 2").at_least > 0


def scanning(file_system: dict[str, Any], stream: dict[str, Any], rate: str) -> Scenario:
    """Return syncs every 60 s of 5 s and the scan; above 35 s of it, the peak is above 100 s."""
    return scenario(
        {"w": stream},
        {"interval": 60, "setup": 5, "scan_rate": rate},
        "2 h",
        file_system=file_system,
        rpo={"target": 100, "attainment": 1},
    )


@pytest.mark.parametrize("factor", [1.05, 1.1, 1.4])
def test_the_month_in_which_the_inventory_is_too_large(factor: float) -> None:
    grown = {"files": 10_000, "growth": {"per": "month", "files": factor}}
    expected = first_month(10, factor, 35)
    world = scanning(grown, constant(), "1000 per s")
    found = efssim.runway(world, expected + 1, workers=1)
    assert found.first_missed == expected
    assert found.cause is not None
    assert found.cause.term == "inventory"


@pytest.mark.parametrize(("factor", "month"), [(1.0, 10), (1.2, 6)])
def test_new_files_of_the_months_before_are_scanned(factor: float, month: int) -> None:
    """A tenth of 2,592,000 writes a month are new files: 2.5 million more take 25 s more."""
    stream = {**constant(), "new_files": "10 %", "growth": monthly(factor)}
    found = efssim.runway(scanning({"files": 10**6}, stream, "100000 per s"), 12, workers=1)
    assert found.first_missed == month
    assert bool(found.cautions) is (factor == 1)


def test_a_batch_that_outgrows_its_time_is_named() -> None:
    jobs = {"at": "01:00", "every": "1 day", "writes": 100, "over": "10 min"}
    nightly = {"arrivals": {"batch": jobs}, "size": "2 MB", "growth": monthly(1.5)}
    world = scenario(
        {"w": constant("1 per s", "100 kB"), "night": nightly},
        {"interval": 60, "throughput": "1 MB/s"},
        "6 h",
        rpo={"target": "10 min", "attainment": 1},
    )
    found = efssim.runway(world, 12, workers=1)
    assert found.outcome == "found"
    assert found.cause is not None
    assert (found.cause.term, found.cause.batch) == ("bytes", "file_systems.fs.writes.night")
    assert "written by the batch file_systems.fs.writes.night" in found.summary["cause_text"]


def test_a_batch_that_wrote_half_of_the_bytes_or_less_is_not_named() -> None:
    """A minute writes 500 MB, which grow; the batch of 350 MB comes when nothing is late."""
    burst = {**constant("1 per s", "8333 kB"), "from": "1 h", "to": "61 min"}
    jobs = {"at": "05:00", "every": "1 day", "writes": 1, "over": 0}
    world = scenario(
        {
            "w": {**burst, "growth": monthly(1.2)},
            "night": {"arrivals": {"batch": jobs}, "size": "350 MB"},
        },
        {"interval": 60, "throughput": "1 MB/s"},
        "6 h",
        rpo={"target": "10 min", "attainment": 1},
    )
    found = efssim.runway(world, 2, workers=1)
    assert found.first_missed == 1
    assert found.cause is not None
    assert (found.cause.term, found.cause.batch) == ("bytes", None)


def test_an_outage_that_is_over_is_not_the_cause() -> None:
    """The link takes 60 s and more for what is written in a minute, from month 1 on."""
    world = scenario(
        {"w": {**constant("1 per s", "900 kB"), "growth": monthly(1.2)}},
        {"interval": 60},
        "2 h",
        links={LINK: {"capacity": "1 MB/s"}},
        rpo={"target": 150, "attainment": 1},
        events=[{"at": 70, "link_outage": LINK, "for": 1}],
    )
    found = efssim.runway(world, 1, workers=1)
    assert found.first_missed == 1
    assert found.cause is not None
    assert found.cause.term == "link"
    assert found.cause.seconds["disturbance"] <= 1


def test_always_and_never_are_said_with_the_horizon() -> None:
    sync = {"throughput": "1 MB/s"}
    small = back_to_back(1.01, sync, constant("1 per s", "100 kB"))
    found = efssim.runway(small, "5 months", workers=1)
    assert (found.outcome, found.first_missed, found.interval) == ("always", None, (None, None))
    assert found.text == "the objective is met in every month from month 0 to month 5"
    assert found.changes == ()
    large = back_to_back(1.01, sync, constant("1 per s", "950 kB"))
    never = efssim.runway(large, 3, workers=1)
    assert (never.outcome, never.first_missed, never.met_through) == ("never", 0, None)
    assert never.text == "the objective is missed in every month from month 0 to month 3"


def test_a_month_of_less_capacity_is_not_growth() -> None:
    window = {"begin": "2026-03-02T00:00", "end": "2026-03-31T00:00", "value": "400 kB/s"}
    sync = {"throughput": {"base": "1 MB/s", "windows": [window]}}
    found = efssim.runway(back_to_back(1.02, sync, constant("1 per s", "500 kB")), 6, workers=1)
    assert (found.outcome, found.first_missed) == ("not_monotone", 2)
    assert found.met_again == (3, 4, 5, 6)
    assert "met again in months 3 to 6" in found.text


def test_months_that_are_not_decided_are_not_claimed_to_be_met() -> None:
    world = back_to_back(
        1.1, {"throughput": "10 MB/s"}, poisson("1 per s", "500 kB"), rpo={"target": 200}
    )
    found = efssim.runway(world, 2, trials=10, workers=1)
    assert found.outcome == "undecided"
    assert found.undecided == (0, 1, 2)
    assert found.met_through is None
    assert [each.missed for each in found.months] == [False] * 3
    assert "months 0 to 2 are not decided" in found.text


def test_a_random_scenario_has_an_interval_and_the_same_result_again(tmp_path: Path) -> None:
    world = back_to_back(
        1.1,
        {"throughput": "1 MB/s"},
        poisson("1 per 10 s", "5 MB"),
        rpo={"target": 300, "attainment": 0.95},
    )
    said: list[str] = []
    found = efssim.runway(
        world,
        8,
        trials=10,
        workers=1,
        resume=tmp_path,
        on_progress=lambda made, change: said.append(f"{made.month} {change}"),
    )
    assert said[:9] == [f"{month} " for month in range(9)]
    low, high = found.interval
    assert found.first_missed is not None
    assert low is not None
    assert low <= found.first_missed
    assert high is None or found.first_missed <= high
    again = efssim.runway(world, 8, trials=10, workers=1, resume=tmp_path)
    assert again.summary == found.summary
    assert (tmp_path / "runway.jsonl").exists()
    table = found.table
    assert list(table[table["change"] == ""]["month"]) == list(range(9))


def test_unknown_parameters_widen_the_interval() -> None:
    world = back_to_back(
        1.1,
        {"throughput": "1 MB/s"},
        constant("1 per s", "500 kB"),
        uncertain={
            "replications.dr.sync.throughput": {"uniform": {"low": "700 kB/s", "high": "1.4 MB/s"}}
        },
    )
    found = efssim.runway(world, 14, sets=8, trials=10, workers=1)
    assert found.sets == 8
    # Of utilisation 0.5 at 1 MB/s: month 3 at 0.7 MB/s, 10 at 1.4 MB/s.
    low, high = found.interval
    assert low is not None
    assert high is not None
    assert 3 <= low <= 4
    assert 9 <= high <= 10
    assert found.first_missed in (6, 7)
    shares = [each.missed_share for each in found.months]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert set(found.undecided) == {k for k, share in enumerate(shares) if 0 < share < 1}


def test_kept_trials_change_nothing(tmp_path: Path) -> None:
    world = back_to_back(1.3, {"throughput": "1 MB/s"}, constant("1 per s", "500 kB"))
    plain = efssim.runway(world, 4, workers=1)
    assert plain.first_missed == 3
    for _ in range(2):
        assert efssim.runway(world, 4, workers=1, resume=tmp_path).summary == plain.summary


def test_ctrl_c_leaves_the_months_that_were_tried() -> None:
    def press(made: MonthOutcome, _: str) -> None:
        if made.month == 1:
            raise KeyboardInterrupt

    world = back_to_back(1.3, {"throughput": "1 MB/s"}, constant("1 per s", "500 kB"))
    found = efssim.runway(world, 4, workers=1, on_progress=press)
    assert found.partial
    assert (found.outcome, len(found.months)) == ("undecided", 1)


def test_three_years_unless_another_horizon_is_asked_for() -> None:
    world = scenario({"w": {**constant(), "growth": monthly(1.01)}}, {"interval": 60}, "5 min")
    assert efssim.runway(world, workers=1).horizon == 36


# --- the scenario of a month ---------------------------------------------------------------------


def test_a_month_is_the_window_moved_and_grown(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("timestamp,value\n2026-01-01T00:00:00Z,1000\n2026-01-01T01:00:00Z,3000\n")
    trace = {"file": str(file), "period": "1 h", "repeat": True}
    streams = {
        "w": {**constant(), "growth": monthly(2), "new_files": 1},
        "t": {"trace": trace, "new_bytes": 0},
    }
    world = scenario(
        streams,
        {"interval": 60},
        "2 h",
        file_system={"growth": monthly(1.5, size=1.1), "size": 10**9, "files": 7},
    )
    third = Months(world).at(2)
    system = third.file_systems["fs"]
    assert third.start.isoformat() == "2026-03-02T00:00:00+00:00"
    assert system.size == round(10**9 * 1.1**2)
    assert system.files == 7 + 2_592_000 * (1 + 3)
    by_hand = world.with_(
        {
            "start": "2026-03-02",
            "file_systems.fs.growth": 1.5**2,
            "file_systems.fs.size": system.size,
            "file_systems.fs.files": system.files,
            "file_systems.fs.writes.w.growth": 4,
            "file_systems.fs.writes.t.trace.start": "2026-01-01",
        }
    )
    assert simulate(third).digest == simulate(by_hand).digest
    assert Months(world).at(0) is world


def test_new_files_grow_with_rates_and_not_with_the_sizes_of_a_trace(tmp_path: Path) -> None:
    """A growth of 1.5 and of 2 by month makes more writes of a rate, and larger ones of a trace."""
    file = tmp_path / "t.csv"
    file.write_text("timestamp,value\n2026-01-01T00:00:00Z,7200\n2026-01-01T01:00:00Z,7200\n")
    trace = {"file": str(file), "period": "1 h", "repeat": True, "writes_per_row": 60}
    alike = {"growth": monthly(2), "new_files": 1}

    def files(stream: dict[str, Any]) -> list[float]:
        writes = {"w": {**stream, **alike}}
        months = Months(scenario(writes, {"interval": 60}, "2 h", file_system={"growth": 1.5}))
        return [months.at(month).file_systems["fs"].files for month in (1, 2)]

    assert files(constant("1 per s")) == [1.5 * 2_592_000, 1.5 * 2_592_000 * (1 + 2)]
    assert files({"trace": trace, "new_bytes": 0}) == [60 * 720, 2 * 60 * 720]


def test_without_streams_only_what_is_stored_grows() -> None:
    def grown(**growth: float) -> bool:
        system = {"growth": {"per": "month", **growth}}
        return grows(scenario({}, {"interval": 60}, file_system=system).file_systems["fs"])

    assert not grown(factor=1.5)
    assert grown(size=1.1)
    assert grown(files=1.1)


def test_months_that_begin_on_other_weekdays_are_a_caution() -> None:
    weekly = {"profile": {"rate": "1 per h", "weekdays": [1, 1, 1, 1, 1, 0, 0]}}
    stream = {"arrivals": weekly, "size": 1000, "growth": monthly(1.1)}

    def said(duration: str, stream: dict[str, Any] = stream) -> list[str]:
        return list(cautions_of(scenario({"w": stream}, {"interval": 60}, duration)))

    (only,) = said("1 day")
    assert only.startswith("The window is not a whole number of weeks")
    assert said("14 days") == []
    assert said("1 day", {**constant(), "growth": monthly(1.1)}) == []


def test_a_fleet_grows_alike() -> None:
    world = scenario(
        {"w": {**constant(), "growth": monthly(1.1)}},
        {"interval": 60, "throughput": "1 MB/s"},
        "1 h",
        file_system={"count": 3},
    )
    moved = Months(world).at(1)
    assert [each.size for each in moved.file_systems.values()] == [2_592_000_000] * 3
    assert len(moved.fleets) == 2
    found = {each.key: dict(each.values) for each in changes(world, list(world.replications))}
    assert found["throughput"] == {"replications.dr[*].sync.throughput": 2e6}


def test_changes_are_of_what_limits_and_delays() -> None:
    link = {LINK: {"capacity": "2 MB/s"}}
    gap = {"exponential": {"mean": "40 s"}}
    world = scenario({"w": constant()}, {"interval": 60, "gap": gap, "scan_rate": 10}, links=link)
    found = {each.name: dict(each.values) for each in changes(world, ["dr"])}
    assert found == {
        "scan_rate × 2": {"replications.dr.sync.scan_rate": 20.0},
        "capacity × 2": {'links."us-east-1 -> us-west-2".capacity': 4e6},
        "interval ÷ 2": {"replications.dr.sync.interval": 30.0},
        "gap ÷ 2": {"replications.dr.sync.gap": {"exponential": {"mean": 20.0}}},
    }


def test_questions_that_make_no_sense_are_refused() -> None:
    world = back_to_back(1.1, {"throughput": "1 MB/s"}, constant())
    for horizon in ("12 weeks", "0 months", 601, "soon"):
        with pytest.raises(efssim.ScenarioError, match="months"):
            efssim.runway(world, horizon)
    with pytest.raises(StudyError, match="nothing in the scenario grows by month"):
        efssim.runway(world.with_({GROWTH: 1.1}))
    with pytest.raises(StudyError, match="no replication 'nobody'"):
        efssim.runway(world, replication="nobody")
    with pytest.raises(StudyError, match="at least 10 trials"):
        efssim.runway(world, trials=9)


def test_months_in_words() -> None:
    assert months_text([3]) == "month 3"
    assert months_text([3, 4, 5, 9]) == "months 3 to 5 and 9"
    assert months_text([1, 3, 5]) == "months 1, 3 and 5"
