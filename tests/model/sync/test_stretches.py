"""Stretches do not show: planned one sync at a time or many at once, a run is the same to the bit.

Every scenario has at least two disturbances that hit a sync in flight; their times are taken from a
first run without them.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from helpers.worlds import constant, poisson, scenario
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import efssim
from efssim import EfsError, Result, Scenario, Simulation
from efssim.model.sync.stretch import Planner, Stretch
from efssim.model.world.world import World
from efssim.model.writes.change_sets import no_work
from efssim.records.run_records import SYNC_COLUMNS, ReplicationRecords

LINK = "us-east-1 -> us-west-2"
TIMES = ("last_replicated_timestamp", "last_sync_completed", "final_status")
REGIONS = {"us-west-2": {"default": False}}
STREAMS: list[dict[str, Any]] = [
    constant("1 per 3 s", "777 B"),
    poisson("2 per s", {"exponential": {"mean": 300}}),
    poisson("1 per min", {"lognormal": {"median": 2000, "sigma": 1}}),
    {
        "arrivals": {"on_off": {"on": 40, "off": 90, "rate": "3 per s"}},
        "size": 100,
        "files": 2,
    },
    {"arrivals": {"profile": {"rate": "1 per s", "hours": [1, 9, 0] * 8}}, "size": 250},
    {
        "arrivals": {"batch": {"at": "00:01", "every": 300, "writes": 900, "over": 70}},
        "size": 90,
    },
    {**poisson("2 per s", {"exponential": {"mean": 300}}), "drawn": "cells"},
    {**poisson("1 per 20 s", {"lognormal": {"median": 2000, "sigma": 1}}), "drawn": "cells"},
    {
        "arrivals": {"profile": {"rate": "1 per s", "hours": [1, 9, 0] * 8}},
        "size": 250,
        "drawn": "cells",
    },
    {**poisson("3 per s", 200), "hot_set": {"size": 5000, "block": 100, "share": 0.7}},
    {**poisson("1 per 20 s", 200), "in_file": {"size": 60_000}},
]
KINDS: list[dict[str, Any]] = [
    {"link_outage": LINK},
    {"region_outage": "us-east-1"},
    {"region_outage": "us-west-2"},
    {"opt_out": "us-west-2"},
    {"kms_key_disabled": "dr"},
    {"link_degraded": LINK, "factor": 0.4},
    {"fail": "fs"},
    {"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}},
]
syncs = st.fixed_dictionaries(
    {
        "interval": st.sampled_from([0, 20, 60, 61.7]),
        "gap": st.sampled_from([1, 7.3, {"exponential": {"mean": 20}}]),
        "setup": st.sampled_from([0, 5, 33, {"gamma": {"mean": 9, "cv": 0.8}}]),
        "throughput": st.sampled_from(["none", 900, 5000]),
        "file_rate": st.sampled_from(["none", 4]),
        "scan_rate": st.sampled_from(["none", 50]),
        "diff_rate": st.sampled_from(["none", 9000]),
        "failure_probability": st.sampled_from([0, 0, 0.2]),
        "backoff": st.sampled_from([3, {"exponential": {"mean": 5}}]),
    }
)
hits = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.floats(0, 0.999),  # which sync
        st.floats(0.01, 0.99),  # where in it
        st.sampled_from([0.7, 30, 200.5]),  # how long
    ),
    min_size=2,
    max_size=5,
)


def run(
    world: Scenario, longest: int, looks: list[float] | None = None
) -> tuple[Result, list[Any]]:
    """Run with stretches of at most some length; return what Describe says at some times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(efssim.runs.measured, "World", partial(World, longest=longest))
        simulation = Simulation(world, verify=True)
    seen = []
    for time_s in sorted(looks or []):
        # Never negative: a sum of differences may end an ulp past the next look.
        simulation.advance(max(0.0, time_s - simulation.elapsed_s))
        result = simulation.result()
        times = [result.summary["replications"]["dr"][key] for key in TIMES]
        seen.append((_described(simulation), times, result.outcomes["dr"].open_sync))
    simulation.advance_to_end()
    return simulation.result(), seen


def _described(simulation: Simulation) -> Any:
    """Return what Describe says, which during an outage of the Region is an error."""
    try:
        return simulation.call("DescribeReplicationConfigurations", region="us-west-2")
    except EfsError as error:
        return str(error)


def hit_in_flight(world: Scenario, wanted: list[Any]) -> list[dict[str, Any]]:
    """Return events that begin while a sync of the undisturbed run is in flight."""
    columns = run(world, 1)[0].outcomes["dr"].syncs
    cut_s, completed_s = columns["cut_s"], columns["completed_s"]
    long = np.flatnonzero(completed_s > cut_s)
    assume(len(long) > 0)
    events = []
    for kind, which, where, lasts in wanted:
        sync = long[int(which * len(long))]
        at = cut_s[sync] + where * (completed_s[sync] - cut_s[sync])
        ends = {} if "fail" in kind or "call" in kind else {"for": lasts}
        events.append({"at": float(at), **kind, **ends})
    return events


def same(left: Result, right: Result) -> None:
    assert left.digest == right.digest
    assert left.summary == right.summary
    for name, outcome in left.outcomes.items():
        other = right.outcomes[name]
        for column in SYNC_COLUMNS:
            assert outcome.syncs[column].tobytes() == other.syncs[column].tobytes(), column
        assert outcome.statuses == other.statuses
        assert outcome.abandoned == other.abandoned
        assert outcome.open_sync == other.open_sync


# No deadline: timing never decides a test.
@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(STREAMS), max_size=3),
    syncs,
    hits,
    st.booleans(),
    st.sampled_from([0, 500]),
    st.lists(st.floats(0, 4000), max_size=4),
    st.sampled_from([3, 7, 65_536]),
)
def test_stretches_do_not_show(
    parts: list[Any],
    sync: dict[str, Any],
    wanted: list[Any],
    established: bool,
    warm_up: float,
    looks: list[float],
    longest: int,
) -> None:
    def world(events: list[dict[str, Any]]) -> Scenario:
        return scenario(
            {f"s{k}": part for k, part in enumerate(parts)},
            sync,
            4000,
            files=80,
            warm_up=warm_up,
            regions=REGIONS,
            links={LINK: {"capacity": 4000, "latency": 0.2}},
            events=events,
            replication={"established": established, "control": {"preset": "none", "pausing": 9}},
        )

    disturbed = world(hit_in_flight(world([]), wanted))
    single, seen = run(disturbed, 1, looks)
    many, seen_too = run(disturbed, longest, looks)
    same(single, many)
    assert seen == seen_too
    # Looking on the way changes nothing either.
    same(many, run(disturbed, longest)[0])


def test_a_disturbance_before_the_next_cut_leaves_one_sync_to_plan() -> None:
    sync = {"interval": 1.5, "gap": 30.042456950396012}
    fault = {"link_degraded": LINK, "factor": 0.1, "every": {"exponential": {"mean": 300}}}
    world = scenario({}, sync, 2000, seed=19889, faults={"wan": {**fault, "for": 0}})
    same(run(world, 1)[0], run(world, 65_536)[0])


def lengths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the lengths of the stretches that are planned from now on, as they come."""
    planned: list[int] = []
    plan = Planner.plan

    def counted(self: Planner, cut_s: float, ordinal: int) -> Stretch:
        stretch = plan(self, cut_s, ordinal)
        planned.append(len(stretch))
        return stretch

    monkeypatch.setattr(Planner, "plan", counted)
    return planned


@pytest.mark.parametrize(("link", "most"), [(LINK, 1.1), ("us-east-2 -> us-west-1", 0.1)])
def test_stretches_end_with_disturbances_that_reach_the_replication_and_no_others(
    link: str, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = lengths(monkeypatch)
    fault = {"link_outage": link, "every": {"exponential": {"mean": "6 h"}}, "for": 1200}
    writes = constant("1 per min", "1 KiB")
    sync = {"interval": 60, "setup": 5, "throughput": "100 MB/s"}
    found = efssim.run(scenario({"s": writes}, sync, 60 * 86_400, faults={"wan": fault}))
    assert len(found.timeline) > 180
    assert len(planned) <= most * len(found.timeline) + 10
    # At most what a sync in flight and one or two more at each end cost.
    assert sum(planned) <= len(found.syncs) + 4 * len(planned) + 600


def test_stretches_double_while_nothing_disturbs(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = lengths(monkeypatch)
    efssim.run(scenario({"s": constant("1 per min", "1 KiB")}, {"interval": 60}, 20 * 86_400))
    assert sum(planned) > 28_800
    assert len(planned) < 10


def test_a_sync_is_done_at_its_completion_but_not_in_the_instant_of_its_cut() -> None:
    cuts_s, completed_s = np.array([100.0, 200.0, 300.0]), np.array([160.0, 260.0, 300.0])
    stretch = Stretch(0, no_work(cuts_s), completed_s, np.ones(3, dtype=np.int64), 400.0)
    times_s = [100.0, 159.9, 160.0, 260.0, 299.0, 300.0, 300.1]
    assert [stretch.done(time_s) for time_s in times_s] == [0, 0, 1, 2, 2, 2, 3]
    assert [stretch.nothing_new(time_s) for time_s in times_s[1:3]] == [True, False]
    stretch.recorded = 3
    assert not stretch.nothing_new(500.0)
    assert stretch.done(500.0) == 3


@pytest.mark.parametrize("sync", [{"interval": 60}, {"gap": 3}], ids=["on time", "one by one"])
def test_what_failed_attempts_sent_is_passed_on_with_their_syncs(sync: dict[str, Any]) -> None:
    terms = {**sync, "throughput": 500, "failure_probability": 0.3, "backoff": 1}
    records, passed = ReplicationRecords(), []
    records.repeated.sinks.append(lambda block: passed.extend(zip(*block.values(), strict=True)))
    world = World(scenario({"w": constant("1/s", 100)}, terms), 1, lambda _: records)
    world.advance_to(3600.0)
    records.repeated.flush()
    columns = (records.syncs[name].tolist() for name in ("cut_s", "attempts", "bytes"))
    failing = {cut_s: (tries - 1) * size for cut_s, tries, size in zip(*columns, strict=True)}
    failing = {cut_s: most for cut_s, most in failing.items() if most}
    assert len(failing) > 10
    assert [row[0] for row in passed] == list(failing)
    assert all(0 < sent < failing[cut_s] for cut_s, _, sent in passed)
