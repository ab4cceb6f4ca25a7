"""Phases of syncs: by hand, and that they add up to the duration whatever happens."""

import numpy as np
import pytest
from helpers.random_worlds import worlds as any_world
from helpers.worlds import constant, scenario
from hypothesis import HealthCheck, given, settings

import efssim
from efssim.runs.sync_phases import PHASES

LINK = "us-east-1 -> us-west-2"


def phases(world, seed=None):
    table = efssim.run(world, seed).syncs
    return table[table["outcome"] == "completed"].reset_index(drop=True)


def row(table, at):
    """Return the phases of the sync that was cut so many seconds after the start, rounded."""
    seconds = (table["cut"] - table["cut"].dt.normalize()).dt.total_seconds()
    (found,) = table[seconds == at].to_dict("records")
    return [round(found[name], 6) for name in PHASES]


def world(events=(), **sync):
    """60 s from cut to cut; 10 MB in 100 writes before the cut at 60 s, one file of 1 GB."""
    stream = {**constant("1 per min", "10 MB"), "in_file": {"size": "1 GB"}}
    rates = {
        "interval": "600 s",
        "setup": "5 s",
        "throughput": "1 MB/s",
        "scan_rate": "100 per s",
        "diff_rate": "100 MB/s",
        **sync,
    }
    return scenario(
        {"w": stream}, rates, "1 h", 2000,
        links={LINK: {"latency": "1 s"}}, events=list(events),
    )  # fmt: skip


def test_an_undisturbed_sync():
    # 600 s at one write of 10 MB a minute: 100 MB, at 1 MB/s 100 s; 2000 files at 100/s 20 s;
    # a file of 1 GB at 100 MB/s 10 s; a setup of 5 s and the latency of 1 s.
    assert row(phases(world()), 600) == [6, 20, 10, 100, 0]


def test_an_empty_sync_has_a_setup_only():
    idle = scenario({}, {"interval": "600 s", "setup": "5 s", "scan_rate": 1}, "1 h", 50)
    assert row(phases(idle), 600) == [5, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (603, [36, 20, 10, 100, 0]),  # in the setup
        (610, [6, 50, 10, 100, 0]),  # in the inventory
        (630, [6, 20, 40, 100, 0]),  # in the diff
        (700, [6, 20, 10, 130, 0]),  # in the transfer
    ],
)
def test_an_outage_counts_to_the_phase_that_it_met(at, expected):
    outage = {"at": at, "link_outage": LINK, "for": "30 s"}
    assert row(phases(world([outage])), 600) == expected


def test_a_slower_link_stretches_the_transfer():
    limited = world([{"at": 686, "link_degraded": LINK, "factor": 0.5}]).with_(
        {f'links."{LINK}".capacity': "1 MB/s"}
    )
    # Half of the transfer at 1 MB/s, the other half at 0.5.
    assert row(phases(limited), 600) == [6, 20, 10, 150, 0]


def test_the_initial_sync_has_phases():
    initial = scenario(
        {}, {"interval": "1 h", "setup": "5 s", "throughput": "1 MB/s", "scan_rate": 10}, "1 h", 50,
        replication={"established": False, "control": {"enabling": "1 min"}},
        file_system={"size": "100 MB"},
    )  # fmt: skip
    assert row(phases(initial), 60) == [5, 5, 0, 100, 0]


def test_failed_attempts_are_repeated_work():
    table = phases(world(failure_probability=0.5, backoff="7 s"), seed=3)
    again = table["attempts"] > 1
    assert again.any()
    assert (table.loc[again, "repeated_s"] >= 7).all()
    assert (table.loc[~again, "repeated_s"] == 0).all()
    # Whatever came before, the attempt that succeeds takes what an undisturbed one takes.
    full = table[table["bytes"] > 0]
    assert full["setup_s"].round(6).eq(6).all()
    assert full["inventory_s"].round(6).eq(20).all()
    assert np.allclose(full["transfer_s"], full["bytes"] / 1e6)


def test_what_is_not_complete_has_none():
    cut = world([{"at": 605, "kms_key_disabled": "dr", "for": "1 h"}])
    table = efssim.run(cut).syncs
    rest = table[table["outcome"] != "completed"]
    assert len(rest)
    assert rest[list(PHASES)].isna().all(axis=None)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(any_world)
def test_they_add_up_and_none_is_negative(some):
    result = efssim.run(some)
    table = result.syncs
    table = table[table["outcome"] == "completed"]
    for outcome in result.outcomes.values():
        found = np.array([outcome.sync_phases[name] for name in PHASES])
        total = outcome.syncs.floats("completed_s") - outcome.syncs.floats("cut_s")
        assert (found >= -1e-6).all()
        np.testing.assert_allclose(found.sum(axis=0), total, atol=1e-6)
        # Undisturbed syncs of one draw: the work is that of the rates.
        undisturbed = ~np.isin(outcome.syncs.floats("cut_s"), list(outcome.phases.disturbed))
        rate = outcome.sync.number("throughput")
        files = outcome.sync.number("file_rate")
        work = np.maximum(outcome.syncs.ints("bytes") / rate, outcome.syncs.ints("files") / files)
        if not some.links and not some.events and not some.faults:
            np.testing.assert_allclose(found[3][undisturbed], work[undisturbed], atol=1e-5)


def test_the_digest_has_nothing_of_them():
    result = efssim.run(world())
    again = efssim.run(world().with_({"file_systems.fs.writes.w.in_file.size": "2 GB",
                                      "replications.dr.sync.diff_rate": "200 MB/s"}))  # fmt: skip
    assert result.digest == again.digest
