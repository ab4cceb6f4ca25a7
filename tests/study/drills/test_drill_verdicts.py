"""Verdicts on drills: thin evidence decides nothing, and what does not exist is worse than all."""

import math

import pytest
from helpers.worlds import scenario

from efssim.model.drill.record import Ending
from efssim.runs.drill.drill import run_drill
from efssim.study.drills.statistics import intervals_of, quantile, statistic_of
from efssim.study.drills.study import drilled
from efssim.study.drills.summary import passes, rpo_of, rto_of, summary_of
from efssim.study.drills.verdict import share_interval, verdict_of, whole_minutes
from efssim.study.errors import StudyError

STREAM = {"arrivals": {"constant": {"rate": "1 per s"}}, "size": 1000}


def world(**top):
    return scenario(
        {"w": STREAM},
        {"interval": 60, "setup": 5},
        "2 h",
        replication={"control": {"deleting": 300, "mount_target": 120}},
        **{"rto": {"target": "10 min"}, **top},
    )


def verdict(within, objective=0.95, **options):
    seconds = [60.0 if each else None for each in within]
    return verdict_of(within, seconds, 60.0, objective, **{"is_exact": False, **options})


def test_seventy_seven_drills_show_95_percent():
    assert verdict([True] * 76).met is None
    assert verdict([True] * 77).met is True


def test_many_misses_are_a_miss():
    assert verdict([True] * 50 + [False] * 50).met is False


def test_few_misses_decide_nothing():
    assert verdict([True] * 30 + [False] * 2).met is None


def test_one_exact_drill_decides():
    assert verdict([True], is_exact=True).met is True
    assert verdict([False], is_exact=True).met is False
    assert verdict([True], is_exact=True).interval is None


def test_a_replication_that_falls_behind_misses():
    assert verdict([True] * 1000, is_diverging=True).met is False


def test_no_drill_decides_nothing():
    assert verdict([]).met is None


def test_the_bounds_hold_the_share():
    found = share_interval([True] * 90 + [False] * 10)
    assert found.low < 0.9 < found.high


def test_minutes_are_rounded_up():
    assert whole_minutes([60.0] * 100) == 1
    assert whole_minutes([60.1] * 100) == 2
    assert whole_minutes([0.0] * 100) == 0
    # Nineteen of twenty are within a minute; the twentieth never ends.
    assert whole_minutes([60.0] * 19 + [None]) == 1
    assert whole_minutes([60.0] * 18 + [None] * 2) is None


def test_statistics_where_some_have_none():
    found = statistic_of([1.0, 3.0, None])
    assert (found.mean, found.p50, found.p95, found.max, found.count) == (2.0, 3.0, None, None, 2)
    nothing = statistic_of([None])
    assert (nothing.mean, nothing.p50, nothing.max, nothing.count) == (None, None, None, 0)
    assert statistic_of([]).max is None
    assert quantile([5.0], 0.95) == 5.0
    assert intervals_of([None, None]).mean is None
    assert intervals_of([float(k) for k in range(100)]).p50 is not None


def test_one_drill_where_nothing_is_drawn():
    study = drilled(world(drill={"at": "1 h", "detect": 60, "steps": ["delete", "mount_targets"]}))
    found = summary_of(study)
    assert (found.drills, study.is_exact) == (1, True)
    assert found.measures["rto_s"].mean == 60 + 300 + 120
    # The cut of 3,600 comes last in its instant: LRT is 3,540, and writes of 3,541 ... are lost.
    assert found.measures["loss_writes"].mean == 60
    assert found.measures["loss_s"].mean == 59
    assert found.text == "RPO 1 min, RTO 8 min in the one drill"
    assert (found.rpo.met, found.rto.met, found.both, found.passes) == (True, True, 1.0, True)


def test_many_drills_by_default_where_the_time_is_drawn():
    study = drilled(world(), trials=None)
    assert len(study.outcomes) == 200
    assert not study.is_exact
    assert summary_of(study).rto.met is True
    assert rpo_of(study).met is None  # 99.9 % takes more drills
    assert not passes(study)


def test_progress_counts_the_complete_drills():
    told = []
    drilled(world(), trials=3, on_progress=lambda *progress: told.append(progress))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_the_mean_loss_is_the_byte_rate_times_the_mean_age():
    # Constant writes of 1,000 bytes/s, periodic syncs: the age is uniform on [5 s, 65 s], 35 s on
    # average. Twice the half width of the interval is missed once in 10,000 seeds.
    fine = {"arrivals": {"constant": {"rate": "50 per s"}}, "size": 20}
    made = scenario({"w": fine}, {"interval": 60, "setup": 5}, "2 h", drill={"steps": ["delete"]})
    found = summary_of(drilled(made, trials=400))
    for name, expected in (("loss_bytes", 35_000.0), ("recovery_point_age_s", 35.0)):
        low, high = found.ci95[name].mean
        assert abs(found.measures[name].mean - expected) < high - low
        assert high - low < 0.12 * expected


def test_a_drill_that_fails_never_passes():
    down = [{"at": "5 min", "region_outage": "us-west-2"}]
    made = world(events=down, drill={"at": "1 h"}, rpo={"target": "2 h"}).with_({"rto": None})
    study = drilled(made)
    assert study.outcomes[0].ending is Ending.FAILED
    assert rpo_of(study).met is True
    assert rto_of(study) is None
    assert not passes(study)
    assert summary_of(study).failed == {"ServiceUnavailable": 1}


def test_a_drill_without_a_configuration_is_a_miss():
    gone = {
        "at": 10,
        "call": "DeleteReplicationConfiguration",
        "with": {"SourceFileSystemId": "fs"},
    }
    study = drilled(world(events=[gone], drill={"at": "1 h"}))
    found = summary_of(study)
    assert found.not_applicable == 1
    assert (found.rpo.met, found.rto.met, found.passes) == (False, False, False)
    assert found.measures["loss_bytes"].count == 0


def test_a_scenario_that_falls_behind_for_good_misses():
    slow = {"interval": 60, "throughput": "500 B/s"}
    made = scenario({"w": STREAM}, slow, "2 h", rpo={"target": "9 days"}, drill={"at": "1 h"})
    study = drilled(made)
    assert study.diverging
    assert study.outcomes[0].meets_rpo(made.rpo.target)
    assert rpo_of(study).met is False


def test_hours_and_weekdays():
    at = {"hours": [22, 6], "weekdays": ["Sat"], "timezone": "Europe/Rome"}
    made = scenario({"w": STREAM}, {"interval": 3600}, "14 days", drill={"at": at})
    for trial in range(20):
        found = run_drill(made.with_({"file_systems.fs.writes.w.arrivals": SPARSE}), 1, trial)
        local = found.disaster_s + 3600  # Rome in January; the start is a Thursday
        day, hour = math.floor(local / 86_400), local % 86_400 / 3600
        assert day % 7 == 2
        assert hour >= 22 or hour < 6


SPARSE = {"constant": {"rate": "1 per h"}}


def test_the_default_drill_of_a_scenario_without_one():
    made = scenario({"w": STREAM}, {"interval": 60}, "1 h")
    assert made.drill is None
    assert len(drilled(made, trials=2).outcomes) == 2
    with pytest.raises(StudyError, match="no replication"):
        drilled(made.with_({"replications.dr": None}))
