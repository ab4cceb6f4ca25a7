"""Parts of a scenario, run one after the other: to the last bit the run of one world."""

import pickle
from dataclasses import replace

import pytest

import efssim
from efssim.lag.kinds.asked import EVERYTHING, OF_TRIALS
from efssim.runs.measured import MeasuredWorld, last_run
from efssim.runs.parts import independent
from efssim.runs.parts.parted import run_to_end

LINK = "us-east-1 -> us-west-2"
POISSON = {"poisson": {"rate": "1 per min"}}
STREAMS = {
    "drawn": {"arrivals": POISSON, "size": {"lognormal": {"median": "1 MiB", "sigma": 1.5}}},
    "even": {"arrivals": {"constant": {"rate": "1 per min"}}, "size": "2 MB"},
    "cells": {"arrivals": {"poisson": {"rate": "50 per s"}}, "size": "1 kB", "drawn": "cells"},
}
SYNC = {"interval": "1 min", "setup": {"exponential": {"mean": 5}}, "throughput": "1 MiB/s"}


def many(count=7, **changes):
    """Return replications that differ and cannot notice each other."""
    names = [f"fs{k}" for k in range(count)]
    kinds = list(STREAMS)
    world = {
        "name": "many",
        "duration": "2 h",
        "warm_up": "10 min",
        "rpo": {"target": "2 min"},
        "objectives": {"quick": {"of": "writes", "target": "1 min", "attainment": "90 %"}},
        "links": {LINK: {"capacity": f"{count} MiB/s", "latency": "80 ms"}},
        "file_systems": {
            name: {
                "region": "us-east-1",
                "size": "1 GiB",
                "writes": {kind: STREAMS[kind] for kind in (kinds[k % 3], kinds[(k // 3) % 3])},
            }
            for k, name in enumerate(names)
        },
        # Not in the order of their names, and the first with an initial sync.
        "replications": {
            f"dr{count - k}": {
                "source": name,
                "destination": {"region": "us-west-2"},
                "established": k > 0,
                "sync": {**SYNC, "failure_probability": 0.1} if k == 2 else SYNC,
            }
            for k, name in enumerate(names)
        },
    }
    world["file_systems"]["alone"] = {"region": "us-east-1", "writes": {"even": STREAMS["even"]}}
    return efssim.load({**world, **changes})


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(independent, "LEAST", 3)
    monkeypatch.setattr(independent, "_PART", 3)


def whole(scenario, **options):
    """Return the run in one world."""
    world = MeasuredWorld(scenario, metrics=False, **options)
    world.advance_to_end()
    return last_run(world)


def same(found, expected):
    assert found.digest == expected.digest
    assert found.run_summary == expected.run_summary
    assert list(found.outcomes) == list(expected.outcomes)
    for name, outcome in found.outcomes.items():
        assert pickle.dumps(outcome) == pickle.dumps(expected.outcomes[name])


@pytest.mark.parametrize("asked", [EVERYTHING, OF_TRIALS, replace(EVERYTHING, digest=False)])
def test_parts_are_the_whole_to_the_last_bit(asked):
    scenario = many()
    assert len(independent.parts_of(scenario)) == 3
    same(run_to_end(scenario, trial=2, asked=asked), whole(scenario, trial=2, asked=asked))


def test_fleets_and_thresholds_are_those_of_the_whole():
    scenario = efssim.load(
        {
            "name": "fleet",
            "duration": "3 h",
            "thresholds": ["fleets.dr.attainment_all >= 50 %", "dr[2].write_lag_s.p99 < 5 min"],
            "file_systems": {
                "a": {"count": 12, "region": "us-east-1", "writes": {"app": STREAMS["drawn"]}}
            },
            "replications": {
                "dr": {
                    "source": "a",
                    "destination": {"region": "us-west-2"},
                    "established": True,
                    "sync": {**SYNC, "phase": {"each": {"uniform": {"low": 0, "high": 59}}}},
                }
            },
        }
    )
    assert len(independent.parts_of(scenario)) == 4
    same(run_to_end(scenario), whole(scenario))
    assert run_to_end(scenario).run_summary.fleets["dr"].count == 12


def test_rows_that_nobody_reads_are_not_kept_and_change_no_number():
    scenario = many()
    found, expected = (
        run_to_end(scenario, asked=replace(OF_TRIALS, rows=False)),
        run_to_end(scenario),
    )
    assert found.summary == expected.summary
    assert not found.has_records


def test_progress_is_told_after_each_part():
    told = []
    run_to_end(many(), on_progress=lambda *progress: told.append(progress))
    assert told == [(7200 * (part / 3), 7200) for part in range(3)] + [(7200, 7200)]


def replication(**keys):
    return {"source": "alone", "destination": {"region": "us-west-2"}, "sync": SYNC, **keys}


@pytest.mark.parametrize(
    "changes",
    [
        {"events": [{"at": "1 h", "region_outage": "us-west-2", "for": "5 min"}]},
        {"faults": {"wan": {"link_outage": LINK, "every": "1 h", "for": "1 min"}}},
        {"links": {LINK: {"capacity": "6 MiB/s"}}},
        {"links": {LINK: {"capacity": "10 MiB/s", "concurrency": 6}}},
        {"replications": {"one": replication()}},
    ],
    ids=["events", "faults", "link that binds", "slots", "few"],
)
def test_there_are_no_parts_where_replications_may_notice_each_other(changes):
    assert independent.parts_of(many(**changes)) is None


def test_a_run_without_parts_is_that_of_one_world():
    scenario = many(faults={"wan": {"link_outage": LINK, "every": "1 h", "for": "1 min"}})
    same(run_to_end(scenario), whole(scenario))
