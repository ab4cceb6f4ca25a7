"""What a run is expected to do, and that one without an end is refused in a sentence."""

import subprocess

import numpy as np
import pytest
from helpers.places import EFSSIM, SCENARIOS
from helpers.worlds import constant, poisson, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.runs.drill.drill import PATIENCE_S
from efssim.scenario.amounts.effort import exported, refusals, rehearsed, renewals
from efssim.scenario.amounts.volume import expected_volume
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Duration
from efssim.study.varying.drawn_as import drawn_as

BARE = """\
name: bare
duration: 30 days
file_systems: {a: {region: us-east-1}}
replications:
  dr:
    source: a
    destination: {region: us-west-2}
    established: true
    sync: {preset: none, %s}
"""


def distribution(data):
    return Distribution[Duration].model_validate(data)


def counted(world):
    return [refusal.message.split(" are expected")[0] for refusal in refusals(world)]


def test_renewals_by_hand():
    # Cycles of 3 s + 7 s in 1000 s: 100 of them, and the bound is twice that.
    assert renewals([distribution(3), distribution(7)], 1000) == pytest.approx(200)
    assert renewals([distribution(0)], 1000) == np.inf
    # A cycle far longer than the run counts as the run.
    assert renewals([distribution(1e9)], 1000) == 2


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(
        [
            {"exponential": {"mean": 2}},
            {"lognormal": {"median": 0.01, "sigma": 4}},
            {"pareto": {"min": 0.001, "alpha": 0.5, "max": 1e6}},
            {"gamma": {"mean": 3, "cv": 5}},
        ]
    ),
    st.integers(0, 2**32),
)
def test_renewals_bound_what_happens(form, seed):
    part, duration_s = distribution(form), 100.0
    drawn = part.sample(np.random.Generator(np.random.PCG64(seed)), 200_000)
    times = drawn.cumsum()
    assert times[-1] > duration_s
    # A single run may be twice its mean and more, but not ten times.
    assert times.searchsorted(duration_s) <= 10 * renewals([part], duration_s) + 20


@pytest.mark.parametrize(
    ("sync", "what"),
    [
        ({"interval": "1e-6 s"}, "about 2,600,000,000,000 syncs"),
        ({"gap": "1e-6 s"}, "about 5,200,000,000,000 syncs"),
        (
            {"gap": {"lognormal": {"median": "1e-6 s", "sigma": 0.01}}},
            "about 5,200,000,000,000 syncs",
        ),
        (
            {"interval": "60 s", "failure_probability": 0.9999},
            "about 430,000,000 attempts of syncs",
        ),
    ],
)
def test_syncs_and_attempts(sync, what):
    assert what in counted(scenario({}, sync, "30 days"))


def test_disturbances_and_bursts():
    fault = {"every": "1 ms", "link_outage": "us-east-1 -> us-west-2", "for": "0 s"}
    assert counted(scenario({}, {"interval": 60}, "30 days", faults={"f": fault})) == [
        "about 5,200,000,000 disturbances"
    ]
    bursts = {"on_off": {"on": "1 ms", "off": "1 ms", "rate": "1 per day"}}
    stream = {"arrivals": bursts, "size": 1}
    assert counted(scenario({"s": stream}, {"interval": 60}, "30 days")) == [
        "about 2,500,000,000 periods of writing"
    ]


MORE = {
    "backups": (
        {"file_systems": {"fs": {"region": "us-east-1", "backups": {"every": "1 ms"}}}},
        "about 2,600,000,000 backups",
    ),
    "jobs": (
        {
            "file_systems": {
                "fs": {
                    "region": "us-east-1",
                    "writes": {
                        "s": {
                            "arrivals": {
                                "batch": {
                                    "at": "00:00",
                                    "every": "1 ms",
                                    "writes": 1,
                                    "over": "0 s",
                                }
                            },
                            "size": 1,
                        }
                    },
                }
            }
        },
        "about 2,600,000,000 jobs that write",
    ),
    "alarms": (
        {
            "duration": "2900000 days",
            "alarms": {
                "late": {
                    "metric": "TimeSinceLastSync",
                    "replication": "dr",
                    "statistic": "Maximum",
                    "period": "1 min",
                    "threshold": 900,
                    "comparison": "GreaterThanThreshold",
                    "evaluation_periods": 1,
                }
            },
        },
        "about 4,200,000,000 periods of alarms",
    ),
}


@pytest.mark.parametrize("part", MORE)
def test_what_else_happens_again_and_again(part):
    keys, what = MORE[part]
    world = scenario({}, {"interval": "10 days"}, "30 days").with_(keys)
    assert counted(world) == [what]


@pytest.mark.parametrize(
    ("duration", "retry", "told"),
    [
        ("1 h", "1 ms", ["about 2,600,000,000 tries of a step"]),
        ("1 h", "10 ms", ["about 260,000,000 tries of a step"]),
        ("365 days", "1 s", []),
        ("3650 days", "30 s", []),
    ],
)
def test_steps_of_a_drill_that_efs_may_refuse_until_it_is_given_up(duration, retry, told):
    drill = {"steps": [{"delete": None, "retry": retry}, "mount_targets"]}
    world = scenario({}, {"interval": "1 h"}, duration).with_({"drill": drill})
    found = [each.message.split(" are expected")[0] for each in rehearsed(world, PATIENCE_S)]
    assert found == told
    assert counted(world) == []  # a run tries none


WINDOW = {"windows": [{"from": "08:00", "to": "09:00"}, {"from": "10:00", "to": "11:00"}]}
RATES = {"base": "1 GiB/s", "windows": [{**WINDOW["windows"][0], "value": "1 MiB/s"}]}


@pytest.mark.parametrize(
    ("path", "calendar", "count"),
    [
        ("replications.dr.blackouts", WINDOW, "5,800,000"),
        ("replications.dr.sync.throughput", RATES, "2,900,000"),
        ("links", {"us-east-1 -> us-west-2": {"capacity": RATES}}, "2,900,000"),
    ],
)
def test_windows_of_calendars_wherever_they_stand(path, calendar, count):
    world = scenario({}, {"interval": "10 days"}, "2900000 days").with_({path: calendar})
    told = f"about {count} windows of calendars"
    assert counted(world) == [told]
    # Closed forms, too, look at each of them.
    (refusal,) = refusals(world, simulates=False)
    assert refusal == (f"{told} are expected; --yes estimates all the same", True)


def test_an_estimate_of_much_that_is_written_is_not_refused():
    years = scenario({"s": {**poisson("40 per s", 1), "drawn": "each"}}, {"interval": 60}, "9999 d")
    assert list(refusals(years))
    assert not list(refusals(years, simulates=False))


def test_what_is_usual_is_not_refused():
    for file in sorted(SCENARIOS.glob("*.yaml")):
        world = efssim.load(file)
        assert not [*refusals(world), *exported(world), *rehearsed(world, PATIENCE_S)]
    each = {**poisson("40 per s", 1), "drawn": "each"}
    years = scenario({"s": each}, {"interval": 60}, "3650 days")
    assert [refusal.insisting_helps for refusal in refusals(years)] == [True]  # 1.3e10 writes


def test_the_bound_of_writes_counts_what_is_drawn():
    fast = poisson("10000 per s", 1)
    for more in ({}, {"drawn": "cells"}):
        years = scenario({"s": {**fast, **more}}, {"interval": 60}, "3650 days")
        assert counted(years) == []
        # A count, a sum and at most four big writes a minute.
        assert expected_volume(years).writes == 3650 * 1440 * 6
    # Where cells cannot draw them, each of them counts.
    for other in ({"drawn": "each"}, constant("10000 per s", 1)):
        years = scenario({"s": {**fast, **other}}, {"interval": 60}, "3650 days")
        assert counted(years) == ["about 3,200,000,000,000 writes"]
    # By a study that draws each write, as its base scenario does.
    base = scenario({"s": poisson("1 per s", 1)}, {"interval": 60}, "3650 days")
    growth = "file_systems.fs.writes.s.growth"
    varied = base.with_({growth: 10_000})
    assert counted(drawn_as(base, varied)) == ["about 3,200,000,000,000 writes"]
    assert counted(varied) == []


@pytest.mark.parametrize(
    ("sync", "told"),
    [
        (
            "interval: 1e-6 s",
            "s.yaml: about 2,600,000,000,000 syncs are expected; --yes runs it all the",
        ),
        ("interval: 1e-9 s", "s.yaml:9:36: replications.dr.sync.interval: is below 1 µs"),
        ("gap: 1e-300 s", "s.yaml:9:31: replications.dr.sync.gap: is below 1 µs"),
        ("interval: 60 s, failure_probability: 0.999999, backoff: 0 s", "is above 99.99 %"),
        ("gap: {pareto: {min: 1e-12, alpha: 1, max: 1}}", "pareto.min: is below 1 µs"),
    ],
)
def test_the_command_refuses_in_a_sentence(tmp_path, sync, told):
    (tmp_path / "s.yaml").write_text(BARE % sync)
    done = subprocess.run(
        [EFSSIM, "run", "s.yaml"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


LONG = "--set", "duration=2900000 days", "--set", "replications.dr.sync.interval=10 days"


def test_an_estimate_may_be_insisted_on(tmp_path):
    (tmp_path / "s.yaml").write_text(BARE % "interval: 60 s")
    windows = "replications.dr.blackouts={windows: [{from: 8:00, to: 9:00}]}"

    def estimated(*more):
        command = [EFSSIM, "estimate", "s.yaml", "--set", windows, *more]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert "--yes needs --simulate" in estimated("--yes").stderr  # there is nothing to insist on
    assert estimated().returncode == 0


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            ("export", "-o", "out"),
            "about 4,200,000,000 minutes of metrics are expected; --yes expo",
        ),
        (
            ("estimate", "--set", "replications.dr.blackouts={windows: [{from: 8:00, to: 9:00}]}"),
            "about 2,900,000 windows of calendars are expected; --yes estimates all the same\n",
        ),
    ],
)
def test_commands_that_take_less_refuse_as_well(tmp_path, command, told):
    (tmp_path / "s.yaml").write_text(BARE % "interval: 60 s")
    name, *options = command
    done = subprocess.run(
        [EFSSIM, name, "s.yaml", *options, *LONG],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"s.yaml: {told}" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["s.yaml"]
