"""Whole days of a trace, drawn with replacement: by hand, by the clock, and in trials."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from helpers.commands import command
from helpers.traced import PATH, csv, write

import efssim
from efssim.model.kernel.draws import Draws
from efssim.study.trial.facts import is_random
from efssim.traces.calendar.local_days import DAY_S, HOUR_S, day_parts, weekday
from efssim.traces.calendar.whole_days import WholeDays, whole_days

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday


def generator(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def days_of(
    hours: int = 72, *, unit: Any = "days", zone: Any = UTC, origin: datetime = START, gap: int = -1
) -> WholeDays:
    """Return the days of hourly rows from the origin on, each with its number as its bytes."""
    number = np.array([k for k in range(hours) if k != gap], dtype=np.float64)
    span = (0.0, hours * HOUR_S)
    begins = number * HOUR_S
    return whole_days(unit, zone, origin, (begins, number), span, begins, HOUR_S)


# ---- days by the clock --------------------------------------------------------------------------


def test_parts_of_the_day_on_which_an_hour_is_left_out() -> None:
    """2026-03-29 begins at 23:00 UTC in Rome; at 01:00 UTC the clock goes from 2 to 3."""
    parts = day_parts(datetime(2026, 3, 28, tzinfo=UTC), 0, 3 * DAY_S, ROME)
    assert (parts.begin_s / HOUR_S).tolist() == [0, 23, 25, 46, 70]
    assert (parts.clock_s / HOUR_S).tolist() == [1, 0, 3, 0, 0]
    assert parts.end_s.tolist() == [*parts.begin_s[1:].tolist(), 3 * DAY_S]
    assert np.diff(parts.day).tolist() == [1, 0, 1, 1]
    assert parts.is_whole.tolist() == [False, False, False, True, False]


def test_parts_of_the_day_on_which_an_hour_comes_twice() -> None:
    parts = day_parts(datetime(2026, 10, 24, tzinfo=UTC), 0, 3 * DAY_S, ROME)
    assert (parts.begin_s / HOUR_S).tolist() == [0, 22, 25, 47, 71]
    assert (parts.clock_s / HOUR_S).tolist() == [2, 0, 2, 0, 0]


def test_midnights_of_an_origin_with_a_fraction() -> None:
    origin = START + timedelta(hours=5, microseconds=123_457)
    parts = day_parts(origin, -10.0, 40 * DAY_S, UTC)
    assert parts.is_whole.tolist() == [False, *[True] * 39, False]
    assert weekday(parts.day).tolist() == [(k % 7) for k in range(41)]
    assert parts.begin_s[1] == pytest.approx(19 * HOUR_S - 0.123457, abs=1e-9)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome", "America/New_York", "Asia/Kathmandu"])
def test_parts_are_those_of_the_clock_itself(zone: str) -> None:
    """Every hour of a year, told by Python's own time zones."""
    known = ZoneInfo(zone)
    parts = day_parts(START, 0, 365 * DAY_S, known)
    for hour in range(365 * 24):
        time_s = hour * HOUR_S + 17 * 60
        at = int(parts.begin_s.searchsorted(time_s, "right")) - 1
        local = (START + timedelta(seconds=time_s)).astimezone(known)
        clock = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
        assert parts.clock_s[at] + time_s - parts.begin_s[at] == clock.total_seconds()
        assert parts.day[at] == local.toordinal() - datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 - for its number alone


# ---- draws --------------------------------------------------------------------------------------


def test_each_day_is_one_of_the_trace_at_its_own_time_of_day() -> None:
    days = days_of(72)
    time_s, sizes = days.drawn(generator(), 0.0, 200 * DAY_S)
    assert time_s.tolist() == [k * HOUR_S for k in range(200 * 24)]
    by_day = sizes.reshape(200, 24)
    drawn = by_day[:, 0] // 24
    assert (by_day == drawn[:, None] * 24 + np.arange(24)).all()
    assert set(drawn.tolist()) == {0.0, 1.0, 2.0}


def test_a_longer_run_has_the_same_first_days() -> None:
    days = days_of(72)
    short, long = (days.drawn(generator(), 0.0, n * DAY_S)[1] for n in (30, 60))
    assert long[: len(short)].tolist() == short.tolist()


def test_days_that_are_cut_or_have_gaps_are_left_out() -> None:
    origin = START + timedelta(hours=18)
    found = days_of(96, origin=origin, gap=40).found
    # 6 hours of the first day, then whole ones; hour 40 is on the second whole day.
    assert (found.whole, found.days_cut, found.days_gaps) == (2, 2, 1)
    assert "2 days in which the trace begins or ends" in found.text()
    sizes = days_of(96, origin=origin, gap=40).drawn(generator(), 6 * HOUR_S, 90 * DAY_S)[1]
    assert {int(size - 6) // 24 for size in sizes} == {0, 2}


def test_a_run_that_begins_within_a_day() -> None:
    """From 10:30 on; the row of 10:00 is asked for, as its period reaches into the run."""
    days = days_of(72)
    begin_s = 10 * DAY_S + 10.5 * HOUR_S
    time_s, sizes = days.drawn(generator(), begin_s - HOUR_S, begin_s + 5 * HOUR_S)
    assert (time_s / HOUR_S - 240).tolist() == [10, 11, 12, 13, 14, 15]
    assert (sizes % 24).tolist() == [10, 11, 12, 13, 14, 15]


def test_the_hour_that_is_left_out_and_the_one_that_comes_twice() -> None:
    days = days_of(24 * 9, zone=ROME, origin=START)
    assert (days.found.whole, days.found.days_cut) == (8, 2)
    spring = (datetime(2026, 3, 28, 23, tzinfo=UTC) - START).total_seconds()
    time_s, sizes = days.drawn(generator(), spring, spring + 23 * HOUR_S)
    local = [(START + timedelta(seconds=t)).astimezone(ROME).hour for t in time_s.tolist()]
    assert local == [0, 1, *range(3, 24)]
    # Midnight in Rome is row 23 of the trace and every 24th after it.
    assert ((sizes - 23) % 24).tolist() == local
    autumn = (datetime(2026, 10, 24, 22, tzinfo=UTC) - START).total_seconds()
    time_s, sizes = days.drawn(generator(), autumn, autumn + 25 * HOUR_S)
    local = [(START + timedelta(seconds=t)).astimezone(ROME).hour for t in time_s.tolist()]
    assert local == [0, 1, 2, 2, *range(3, 24)]
    assert ((sizes - 23) % 24).tolist() == local


def test_days_of_the_change_are_not_drawn() -> None:
    origin = datetime(2026, 3, 27, 23, tzinfo=UTC)  # midnight in Rome
    found = days_of(24 * 3 - 1, zone=ROME, origin=origin).found
    assert (found.whole, found.days_clock, found.days_cut) == (2, 1, 0)


def test_weeks_keep_their_weekdays() -> None:
    days = days_of(24 * 24, unit="weeks", origin=START - timedelta(days=1))
    # A Sunday, three weeks and two days; all of them whole days.
    assert (days.found.whole, days.found.days_beside, days.found.days_cut) == (3, 3, 0)
    sizes = days.drawn(generator(), DAY_S, 71 * DAY_S)[1].reshape(10, 7 * 24)
    first = sizes[:, 0] - 24
    assert (sizes - first[:, None] - 24 == np.arange(7 * 24)).all()
    assert set(first.tolist()) <= {0.0, 168.0, 336.0}
    # A run that begins on a Thursday has Thursday's rows.
    assert days.drawn(generator(), 4 * DAY_S, 5 * DAY_S)[1][0] % 168 == 24 * 4


def test_the_mean_over_draws_is_that_of_the_days() -> None:
    """By the central limit theorem within 4 standard errors: wrong once in 16,000 times."""
    days = days_of(240)
    totals = [days.drawn(generator(seed), 0.0, 10 * DAY_S)[1].sum() for seed in range(400)]
    of_days = np.arange(240).reshape(10, 24).sum(axis=1)
    error = math.sqrt(10 * of_days.var() / 400)
    assert abs(np.mean(totals) - 10 * of_days.mean()) < 4 * error
    assert np.var(totals) == pytest.approx(10 * of_days.var(), rel=0.3)


def test_bounds_of_a_run_are_above_what_is_drawn() -> None:
    days = days_of(72)
    for seed in range(20):
        sizes = days.drawn(generator(seed), 0.0, 4.5 * DAY_S)[1]
        assert days.most_bytes(4.5 * DAY_S) >= sizes.sum()
        assert days.most_rows(4.5 * DAY_S) >= len(sizes)


# ---- scenarios ----------------------------------------------------------------------------------


def hourly(days: int, skip: tuple[int, ...] = (), begin: int = 0) -> str:
    """Return rows of an hour, each day with its number of MiB in each, from 2026-01-01 on."""
    origin = datetime(2026, 1, 1, tzinfo=UTC)
    return csv(
        (f"{origin + timedelta(hours=k):%Y-%m-%d %H:%M:%S}", (1 + k // 24) * 2**20)
        for k in range(begin, 24 * days)
        if k not in skip
    )


def loaded(folder: Path, content: str, **keys: Any) -> efssim.Scenario:
    keys = {"period": "1 h", "resample": "days", "duration": "30 days", **keys}
    keys = {key: value for key, value in keys.items() if value is not None}
    return efssim.load(write(folder, content, **keys))


def written(result: efssim.Result) -> int:
    return int(result.summary["replications"]["dr"]["writes"]["bytes"])


def test_trials_differ_and_each_repeats(tmp_path: Path) -> None:
    """A run has 30 days of 24 to 240 MiB, and may be longer than the trace has days."""
    scenario = loaded(tmp_path, hourly(10))
    runs = [efssim.run(scenario, trial=k) for k in (0, 1, 2, 1)]
    assert runs[1].digest == runs[3].digest
    assert len({run.digest for run in runs}) == 3
    for run in runs:
        total = written(run) / 2**20
        assert total % 24 == 0
        assert 30 * 24 <= total <= 30 * 240
    assert efssim.run(scenario, seed=2).digest != runs[0].digest
    found = runs[0].traces[PATH]
    assert found.resample is not None
    assert (found.resample.whole, found.coverage, found.is_thin) == (10, 1.0, False)
    assert (found.rows_used, found.bytes_unused) == (240, 0)


def test_a_run_writes_what_was_drawn(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, hourly(10), duration="20 days")
    trace = scenario.file_systems["src"].writes["w"].trace
    assert trace is not None
    days = trace.read(scenario.start, scenario.duration).days
    assert days is not None
    own = Draws(scenario.seed, 3).generator(f"{PATH}.resample")
    sizes = days.drawn(own, -HOUR_S, scenario.duration)[1]
    # The row before the start has its last write at the start, which is no write of the run.
    assert written(efssim.run(scenario, trial=3)) == sizes[1:].sum()


def test_draws_hang_on_the_name_of_the_stream(tmp_path: Path) -> None:
    file = write(tmp_path, hourly(10), period="1 h", resample="days", duration="30 days")
    before = efssim.load(file)
    arrivals, size = "{poisson: {rate: 1 per h}}", "{exponential: {mean: 1}}"
    other = f"file_systems.src.writes.a={{arrivals: {arrivals}, size: {size}}}"
    after = efssim.load(file, overrides=[other])
    added = written(efssim.run(after)) - written(efssim.run(before))
    assert 0 < added < 30 * 24 * 20  # a few bytes an hour, and no whole MiB moved


def test_a_trace_that_is_resampled_is_random(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, hourly(10))
    assert is_random(scenario)
    assert not is_random(loaded(tmp_path, hourly(10), resample=None, duration="10 days"))
    trials = efssim.run_trials(scenario, 4, workers=1)
    assert trials.table["writes.bytes"].nunique() > 1
    assert "whose days are drawn" in str(efssim.estimate(scenario).summary)


def test_days_left_out_are_reported(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        hourly(12, skip=(100,), begin=6),
        period="1 h",
        resample="days",
        duration="30 days",
    )
    done = command("run", file, "--quiet")
    assert done.code == 0, done.err
    text = " ".join(done.out.split())
    assert (
        "10 whole days drawn with replacement, by the clock of UTC (1 day in which the trace "
        "begins or ends, 1 day with a missing period left out)"
    ) in text
    assert "41 rows are on no day that is drawn" in text
    assert "whole days of it drawn with replacement" in text


@pytest.mark.parametrize(("days", "code"), [(7, 0), (6, 1)])
def test_check_fails_below_seven_days(tmp_path: Path, days: int, code: int) -> None:
    file = write(tmp_path, hourly(days), period="1 h", resample="days", duration="2 days")
    done = command("run", file, "--quiet", "--check", "--set", "rpo.attainment=50%")
    assert "TRACE TOO THIN" not in done.out if code == 0 else "TRACE TOO THIN" in done.out
    if code:
        assert "has 6 whole days to draw from; fewer than 7 say too little" in " ".join(
            done.out.split()
        )
        assert done.code == 1


@pytest.mark.parametrize(
    ("content", "keys", "message"),
    [
        (hourly(1, begin=1), {}, "has no whole day to draw from"),
        (hourly(3), {"resample": "weeks"}, "has no whole week to draw from"),
        (hourly(14), {"resample": "weeks", "period": "1 h"}, None),
        (hourly(9), {"align": "start"}, "goes without `resample`"),
        (hourly(9), {"repeat": True}, "goes without `resample`"),
        (hourly(9), {"timezone": "Europe/Roma"}, "unknown time zone"),
        (hourly(9), {"timezone": "Europe/Rome", "resample": None}, "goes with `resample`"),
        (hourly(9), {"resample": "months"}, "days"),
        (csv((420 * k, 1) for k in range(900)), {"period": "7 min"}, "that divides a day"),
    ],
)
def test_what_is_refused(
    tmp_path: Path, content: str, keys: dict[str, Any], message: str | None
) -> None:
    if message is None:
        assert loaded(tmp_path, content, **keys)
        return
    with pytest.raises(efssim.ScenarioError, match=message):
        loaded(tmp_path, content, **keys)


def test_a_gap_in_every_day_is_cured_by_a_word(tmp_path: Path) -> None:
    content = hourly(9, skip=tuple(range(5, 24 * 9, 24)))
    with pytest.raises(efssim.ScenarioError, match="9 days of it have a missing period; write"):
        loaded(tmp_path, content)
    (found,) = efssim.run(loaded(tmp_path, content, missing="zero")).traces.values()
    assert found.resample is not None
    assert (found.resample.whole, found.is_thin) == (9, False)


def test_single_writes_are_resampled_too(tmp_path: Path) -> None:
    """Days between the first and the last write are whole: none of their writes can be missing."""
    rows = [(HOUR_S * 6 + DAY_S * k + 60 * n, 1000 + k) for k in range(9) for n in range(5)]
    scenario = loaded(tmp_path, csv(rows), period=None, duration="50 days")
    found = efssim.run(scenario)
    trace = found.traces[PATH]
    assert trace.resample is not None
    assert (trace.resample.whole, trace.resample.days_cut, trace.rows_used) == (7, 2, 35)
    assert found.summary["replications"]["dr"]["writes"]["count"] == 250


def test_a_counter_is_resampled_by_its_growth(tmp_path: Path) -> None:
    rows = [(HOUR_S * k, 2**20 * k) for k in range(24 * 9 + 1)]
    scenario = loaded(tmp_path, csv(rows), counter=True, duration="20 days")
    found = efssim.run(scenario)
    assert written(found) == 20 * 24 * 2**20
    assert found.traces[PATH].rows_used <= 24 * 9 + 1
