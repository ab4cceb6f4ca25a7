"""Windows of a calendar as spans of a run: by hand, most of them around changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import efssim
from efssim.scenario.grammar.calendars.windows import Blackouts

H = 3600.0
DAY = 24 * H


def spans(
    windows: list[dict[str, Any]], start: datetime, days: float, timezone: str = "UTC"
) -> list[tuple[float, float]]:
    """Return the spans of windows in hours since the start of a run."""
    calendar = Blackouts.model_validate({"windows": windows, "timezone": timezone})
    return [(begin / H, end / H) for begin, end in calendar.spans(start, days * DAY)]


THURSDAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([{"from": "02:00", "to": "03:30"}], [(2, 3.5), (26, 27.5), (50, 51.5)]),
        # of the next day; the first belongs to the day before the run
        ([{"from": "22:00", "to": "06:00"}], [(0, 6), (22, 30), (46, 54), (70, 72)]),
        # it belongs to the weekday of `from`: Friday's, of which the run sees the whole
        ([{"weekdays": ["Fri"], "from": "22:00", "to": "06:00"}], [(46, 54)]),
        ([{"weekdays": ["Wed"], "from": "22:00", "to": "06:00"}], [(0, 6)]),
        ([{"weekdays": ["Fri"], "from": "00:00", "to": "24:00"}], [(24, 48)]),
        # `to` is not after `from`: a whole day
        ([{"weekdays": ["Fri"], "from": "12:00", "to": "12:00"}], [(36, 60)]),
        ([{"from": "00:00", "to": "24:00"}], [(0, 72)]),
        ([{"weekdays": ["Mon"], "from": "01:00", "to": "02:00"}], []),
        # overlapping, and touching
        ([{"from": "01:00", "to": "03:00"}, {"from": "02:00", "to": "04:00"}], None),
        ([{"from": "01:00", "to": "02:00"}, {"from": "02:00", "to": "04:00"}], None),
        (
            [{"begin": "2026-01-02T06:00", "end": "2026-01-02T07:15:30"}],
            [(30, 31 + 15.5 / 60)],
        ),
        ([{"begin": "2025-01-01", "end": "2026-01-01T00:30"}], [(0, 0.5)]),
    ],
)
def test_spans_of_three_days(
    windows: list[dict[str, Any]], expected: list[tuple[float, float]] | None
) -> None:
    wanted = [(1, 4), (25, 28), (49, 52)] if expected is None else expected
    assert spans(windows, THURSDAY, 3) == wanted


# Rome puts its clocks forward on 29 March 2026 at 01:00 UTC (02:00 to 03:00), and back on
# 25 October 2026 at 01:00 UTC (03:00 to 02:00).
SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)
NIGHTS = {
    # 01:30 is 00:30 UTC, and what the clock shows next from 02:45 on is 03:00, at 01:00 UTC
    "into the gap": (SPRING, "01:30", "02:45", [(0.5, 1)]),
    "inside the gap": (SPRING, "02:30", "02:45", []),
    "out of the gap": (SPRING, "02:30", "04:00", [(1, 2)]),
    "over the gap": (SPRING, "01:00", "04:00", [(0, 2)]),
    # summer time until 01:00 UTC: 02:30 is 00:30 and 01:30 UTC
    "inside what comes twice": (AUTUMN, "02:30", "02:45", [(0.5, 0.75), (1.5, 1.75)]),
    "into what comes twice": (AUTUMN, "02:00", "02:45", [(0, 0.75), (1, 1.75)]),
    "out of what comes twice": (AUTUMN, "02:30", "04:00", [(0.5, 1), (1.5, 3)]),
    "over what comes twice": (AUTUMN, "02:00", "03:00", [(0, 2)]),
    "after it": (AUTUMN, "03:00", "04:00", [(2, 3)]),
}


@pytest.mark.parametrize("case", NIGHTS)
def test_nights_in_which_clocks_change(case: str) -> None:
    start, begin, end, expected = NIGHTS[case]
    assert spans([{"from": begin, "to": end}], start, 0.2, "Europe/Rome") == expected


def test_a_working_day_moves_with_the_clock() -> None:
    start = datetime(2026, 3, 28, tzinfo=UTC)  # a Saturday
    found = spans([{"from": "08:00", "to": "18:00"}], start, 2, "Europe/Rome")
    assert found == [(7, 17), (24 + 6, 24 + 16)]


def test_clocks_that_move_by_half_an_hour() -> None:
    # Lord Howe Island: back from 02:00 (+11:00) to 01:30 (+10:30) on 5 April 2026, 15:00 UTC before
    start = datetime(2026, 4, 4, 14, tzinfo=UTC)
    found = spans([{"from": "01:30", "to": "02:00"}], start, 0.1, "Australia/Lord_Howe")
    assert found == [(0.5, 1.5)]


def test_a_window_by_date_is_on_the_clock_of_the_zone() -> None:
    window = {"begin": "2026-01-01T02:00", "end": "2026-01-01T03:00"}
    assert spans([window], THURSDAY, 1, "Europe/Rome") == [(1, 2)]


WRONG = {
    "no window": ([], "windows: needs at least one window"),
    "no weekday": ([{"weekdays": [], "from": "01:00", "to": "02:00"}], "needs at least one day"),
    "one end": ([{"from": "01:00"}], "needs `from` and `to`"),
    "nothing": ([{"weekdays": ["Mon"]}], "needs `from` and `to`"),
    "both": ([{"from": "01:00", "to": "02:00", "begin": "2026-01-01"}], "cannot stand beside"),
    "no time": ([{"from": "25:00", "to": "02:00"}], "not a time of the day such as '22:00'"),
    "no minutes": ([{"from": "10:60", "to": "02:00"}], "not a time of the day"),
    "an offset": (
        [{"begin": "2026-01-01T00:00Z", "end": "2026-01-02"}],
        "takes no offset: it is on the clock of `timezone`",
    ),
    "no date": ([{"begin": "soon", "end": "2026-01-02"}], "'soon' is not a date"),
    "no day": ([{"weekdays": ["Monday"], "from": "01:00", "to": "02:00"}], "weekdays"),
    "backwards": ([{"begin": "2026-01-02", "end": "2026-01-01"}], "is not after `begin`"),
}


def _scenario(windows: object, **more: Any) -> dict[str, Any]:
    stream = {"arrivals": {"constant": {"rate": "1/s"}}, "size": 60}
    blackouts = {"windows": windows, **more}
    return {
        "name": "blackouts",
        "duration": 1000,
        "file_systems": {"fs": {"region": "us-east-1", "writes": {"w": stream}}},
        "replications": {
            "dr": {
                "source": "fs",
                "destination": {"region": "us-west-2"},
                "established": True,
                "sync": {"preset": "none", "interval": 100, "throughput": 100},
                "blackouts": blackouts,
            }
        },
    }


@pytest.mark.parametrize("case", WRONG)
def test_mistakes(case: str) -> None:
    windows, words = WRONG[case]
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(_scenario(windows))
    assert words in str(caught.value)
    assert "replications.dr.blackouts" in str(caught.value)


def test_an_unknown_time_zone() -> None:
    with pytest.raises(efssim.ScenarioError, match="unknown time zone 'Europe/Rom'"):
        efssim.load(_scenario([{"from": "01:00", "to": "02:00"}], timezone="Europe/Rom"))


FROM_2_TO_6 = [{"from": "00:02", "to": "00:06"}]
SYNCS = {
    # due at 200, 300: cut when the blackout is over, with 260 writes
    "finish": [(100, 160), (360, 516), (516, 609.6)],
    # 40 s of 60 are left from 120 on
    "stall": [(100, 400), (400, 580), (580, 688)],
}


@pytest.mark.parametrize("in_flight", SYNCS)
def test_no_sync_begins_in_a_blackout(in_flight: str) -> None:
    world = efssim.load(_scenario(FROM_2_TO_6, in_flight=in_flight))
    result = efssim.run(world, verify=True)
    found = result.outcomes["dr"].syncs
    columns = (found[key].tolist()[:3] for key in ("cut_s", "completed_s"))
    assert list(zip(*columns, strict=True)) == SYNCS[in_flight]
    (event,) = result.events.itertuples()
    assert (event.kind, event.target) == ("blackout", "dr")
    assert (event.end - event.begin).total_seconds() == 240
    assert result.summary["replications"]["dr"]["status_s"] == {"ENABLED": 1000.0}


def test_a_cut_at_the_begin_of_a_blackout_waits_and_one_at_its_end_does_not() -> None:
    window = {"begin": "2026-01-01T00:01:40", "end": "2026-01-01T00:05:00"}
    found = efssim.run(efssim.load(_scenario([window]))).outcomes["dr"].syncs
    assert found["cut_s"].tolist()[0] == 300


def test_a_blackout_to_the_end_of_the_run() -> None:
    found = efssim.run(efssim.load(_scenario([{"from": "00:02", "to": "24:00"}])), verify=True)
    assert found.outcomes["dr"].syncs["cut_s"].tolist() == [100]
    assert found.events["end"].isna().tolist() == [True]


def test_an_estimate_knows_nothing_of_blackouts() -> None:
    found = efssim.estimate(efssim.load(_scenario(FROM_2_TO_6))).summary["replications"]["dr"]
    assert found["rpo_met"] is None
    assert "no closed form is known of blackouts" in found["rpo_reasons"]


def test_a_scenario_with_blackouts_survives_json_and_pickle() -> None:
    import pickle

    window = {"begin": "2026-01-01T00:01:40", "end": "2026-01-01T00:05:00"}
    world = efssim.load(_scenario([*FROM_2_TO_6, window], timezone="Europe/Rome"))
    written = world.model_dump_json(by_alias=True, exclude_unset=True)
    assert efssim.Scenario.model_validate_json(written) == world
    assert pickle.loads(pickle.dumps(world)) == world
