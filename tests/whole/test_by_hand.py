"""Numbers worked out by hand where things fall on one instant, stay open, or come two at a time.

An independent model and random scenarios found nothing else that could be changed unseen: each test
here is one of those changes.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from helpers.worlds import constant, scenario, simulate

import efssim
from efssim import Scenario, Simulation

SOURCE, DESTINATION = "us-east-1", "us-west-2"
LINK = f"{SOURCE} -> {DESTINATION}"
OPTIONAL = {name: {"default": False} for name in (SOURCE, DESTINATION)}


def summary_of(world: Scenario, name: str = "dr") -> dict[str, Any]:
    numbers: dict[str, Any] = simulate(world).summary["replications"][name]
    return numbers


# --- exactly at the begin of the window ---------------------------------------------------------


def at_the_edges(warm_up: float = 40) -> Scenario:
    """Return a run in which everything happens at the window's begin and at its end, too.

    100 B are written every 10 s; syncs are cut at 30, 60 and 90 s, set up for 5 s, send 300 B at
    60 B/s and so complete at 40, 70 and 100 s. Every 20 s somebody tries to write 7 B to the
    destination. The window is [40 s, 100 s].
    """
    return scenario(
        {"w": constant("1 per 10 s", 100)},
        {"interval": 30, "setup": 5, "throughput": 60},
        100,
        others={"replica": {"region": DESTINATION, "writes": {"v": constant("1 per 20 s", 7)}}},
        replication={"destination": {"file_system": "replica"}},
        warm_up=warm_up,
        rpo={"target": 25, "attainment": 0.5},
    )


def test_every_number_where_the_window_begins_and_ends_with_events() -> None:
    lag = {"mean": 20, "p50": 20, "p90": 30, "p95": 30, "p99": 30, "p99_9": 30, "max": 30}
    assert summary_of(at_the_edges()) == close(
        {
            # From 40 s and from 70 s, the age rises from 10 to 40 s.
            "time_since_last_sync_s": {
                "mean": 25,
                "p50": 25,
                "p90": 37,
                "p95": 38.5,
                "p99": 39.7,
                "p99_9": 39.97,
                "max": 40,
                "peak_mean": 40,
                "undefined_s": 0,
            },
            # Made from 40 to 60 s and published at 70 s, from 70 to 90 s and published at 100 s.
            "write_lag_s": {"count": 6, **lag} | {"mean": 20},
            "write_lag_by_byte_s": {"count": 600, **lag},
            # What is written at 40 s is the oldest from then to 70 s, and at 70 s to 100 s.
            "oldest_pending_s": {
                "mean": 15,
                "p50": 15,
                "p90": 27,
                "p95": 28.5,
                "p99": 29.7,
                "p99_9": 29.97,
                "max": 30,
            },
            # 100, 200 and 300 B for 10 s each, twice; 400 B just before the completion at 70 s.
            "pending_bytes": {
                "mean": 200,
                "max": 400,
                "open_at_end": 100,
                "open_at_end_writes": 1,
                "lost_at_deletion": None,
            },
            "writes": {
                "count": 7,
                "bytes": 700,
                "coalesced_bytes": 0,
                "dropped_bytes": {"read_only": 28},
            },
            "rpo": {
                "target_s": 25,
                "attainment": 0.5,
                "objective": 0.5,
                "met": True,
                "violations": 2,
                "violation_s": 30,
                "longest_s": 15,
            },
            "syncs": {
                "completed": 3,
                "failed_attempts": 0,
                "abandoned": 0,
                "bytes": 900,
                "duration_mean_s": 10,
                "utilisation": 700 / 60 / 60,
                "diverging": False,
            },
            "initial_sync_s": None,
            "initial_bytes": None,
            "status_s": {"ENABLED": 60},
            "final_status": "ENABLED",
            "last_replicated_timestamp": "2026-01-01T00:01:30.000000Z",
            "last_sync_completed": "2026-01-01T00:01:40.000000Z",
        }
    )


def close(tree: Any) -> Any:
    """Compare the numbers of a tree but for rounding, and only the fields that it names."""
    if isinstance(tree, dict):
        return _Fields({key: close(value) for key, value in tree.items()})
    return pytest.approx(tree, rel=1e-12) if isinstance(tree, float) else tree


class _Fields:
    """Equal to a mapping that has these fields with these values, whatever others it has."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and all(
            key in other and other[key] == value for key, value in self.fields.items()
        )

    def __repr__(self) -> str:
        return repr(self.fields)

    __hash__ = None  # type: ignore[assignment]  # like the mapping that it stands for


def test_what_is_dropped_before_the_window_is_not_counted() -> None:
    """7 B at 20 s fall into the warm-up, those at 40, 60, 80 and 100 s do not."""
    assert summary_of(at_the_edges(20))["writes"]["dropped_bytes"] == {"read_only": 35}
    assert summary_of(at_the_edges(20.5))["writes"]["dropped_bytes"] == {"read_only": 28}


@pytest.mark.parametrize(("warm_up", "mean"), [(55, 45), (55.5, 35)])
def test_the_peak_at_the_begin_of_the_window_counts(warm_up: float, mean: float) -> None:
    """Stalled until 50 s, a sync completes at 55 s and ends an age of 55 s, the next of 35 s."""
    world = scenario(
        {},
        {"interval": 30, "setup": 5},
        100,
        warm_up=warm_up,
        events=[{"at": 30, "link_outage": LINK, "for": 20}],
    )
    assert summary_of(world)["time_since_last_sync_s"]["peak_mean"] == mean


@pytest.mark.parametrize(("warm_up", "abandoned"), [(0, 1), (35, 1), (36, 0)])
def test_a_sync_abandoned_at_the_begin_of_the_window_counts(warm_up: int, abandoned: int) -> None:
    world = at_the_edges(warm_up).with_({"events": [{"at": 35, "kms_key_disabled": "dr"}]})
    assert summary_of(world)["syncs"]["abandoned"] == abandoned


def test_what_a_sync_publishes_at_the_begin_of_the_window_was_pending_before_it() -> None:
    """100 B are pending until 20 s, the window's begin, and 200 B at its end.

    The sync of 20 s takes no time and publishes the write of its own instant, too: as if published
    before the window, but not written before it, there would have been -100 B.
    """
    world = scenario(
        {"w": constant("1 per 10 s", 100)},
        {"interval": 20},
        40,
        warm_up=20,
        events=[{"at": 21, "link_outage": LINK}],
    )
    outcome = simulate(world).outcomes["dr"]
    assert outcome.summary.pending_bytes.open_at_end == 200
    assert outcome.pending_growth_bytes == 200 - 100


@pytest.mark.parametrize(
    ("replication", "events"),
    [
        # The configuration is gone at 30 s, in the warm-up.
        ({"control": {"preset": "none"}}, [30]),
        # Nothing is ever cut.
        ({"established": False, "control": {"preset": "none", "enabling": 200}}, []),
        # The initial sync of 1,000 B completes at 100 s, the end.
        ({"established": False, "control": {"preset": "none", "enabling": 90}}, []),
    ],
    ids=["gone", "never", "at the end"],
)
def test_nothing_is_the_most_pending_where_nothing_is_defined(
    replication: dict[str, Any], events: list[int]
) -> None:
    delete = {"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}}
    world = scenario(
        {"w": {**constant("1 per 20 s", "100 B"), "hot_set": {"size": 100, "block": 100}}},
        {"interval": 50, "throughput": 100},
        100,
        file_system={"size": 1000},
        replication=replication,
        events=[{"at": at, **delete} for at in events],
        warm_up=40,
    )
    found = summary_of(world)
    assert found["time_since_last_sync_s"]["undefined_s"] == 60
    for lag in ("time_since_last_sync_s", "oldest_pending_s", "pending_bytes"):
        assert (lag, found[lag]["mean"], found[lag]["max"]) == (lag, None, None)


# --- exactly at the target ----------------------------------------------------------------------


def test_an_age_that_reaches_the_target_is_within_it() -> None:
    """With cuts 60 s apart and 5 s of setup the age just reaches 65 s, again and again."""
    world = scenario({}, {"interval": 60, "setup": 5}, 3600, rpo={"target": 65})
    found = summary_of(world)
    assert found["time_since_last_sync_s"]["max"] == 65
    assert found["rpo"] == close(
        {"attainment": 1.0, "met": True, "violations": 0, "violation_s": 0.0, "longest_s": 0.0}
    )


def test_an_age_that_falls_to_the_target_ends_a_violation() -> None:
    """After each sync of 30 s the age is 30 s, the target, for an instant."""
    world = scenario({}, {"interval": 30, "setup": 30}, 120, rpo={"target": 30})
    rpo = summary_of(world)["rpo"]
    # Completions at 60, 90 and 120 s; the age is above 30 s from 30 s on.
    assert (rpo["violations"], rpo["longest_s"], rpo["violation_s"]) == (3, 30, 90)


# --- still open at the end, and two causes at once ----------------------------------------------


@pytest.mark.parametrize("kind", ["link_outage", "region_outage"])
def test_an_outage_without_an_end_takes_its_time_from_the_utilisation(kind: str) -> None:
    """At 20 s the syncs stop for good: 10 s of writes at 0.5 of the throughput, over 20 s."""
    target = LINK if kind == "link_outage" else SOURCE
    world = scenario(
        {"w": constant("1 per s", 100)},
        {"interval": 5, "throughput": 200},
        40,
        events=[{"at": 20, kind: target}],
    )
    made = 40 if kind == "link_outage" else 20
    assert summary_of(world)["syncs"]["utilisation"] == made * 100 / 200 / 20


def test_syncs_that_are_slow_to_begin_do_not_diverge() -> None:
    """At the end 55 s of writes are pending, and the one sync had 5 s of them; most can be sent."""
    sync = {"interval": 5, "setup": 30, "throughput": 1000}
    world = scenario({"w": constant("1 per s", 100)}, sync, 60)
    summary = summary_of(world)
    assert (summary["syncs"]["bytes"], summary["pending_bytes"]["open_at_end"]) == (500, 5500)
    assert summary["syncs"]["diverging"] is False


def test_without_a_sync_a_single_byte_too_much_diverges() -> None:
    """It takes 20 s to send, of 15 s."""
    sync = {"interval": 60, "throughput": 0.05}
    summary = summary_of(scenario({"w": constant("1 per 10 s", 1)}, sync, 15))
    assert (summary["syncs"]["completed"], summary["pending_bytes"]["open_at_end"]) == (0, 1)
    assert summary["syncs"]["diverging"] is True


def test_the_capacity_of_the_link_bounds_the_utilisation() -> None:
    streams = {"w": constant("1 per s", 100)}
    world = scenario(streams, {"interval": 5}, 100, links={LINK: {"capacity": 80}})
    syncs = summary_of(world)["syncs"]
    assert (syncs["utilisation"], syncs["diverging"]) == (1.25, True)


def test_what_is_dropped_counts_under_the_cause_that_began_first() -> None:
    """A write every 10 s, 60 to 150 s under the outage, 160 to 200 s because the source failed."""
    events = [{"at": 50, "region_outage": SOURCE, "for": 100}, {"at": 100, "fail": "fs"}]
    world = scenario(
        {"w": constant("1 per 10 s", 1)}, {"interval": 30}, 200, events=[*reversed(events)]
    )
    assert summary_of(world)["writes"]["dropped_bytes"] == {"region_outage": 10, "fail": 5}


def test_the_status_message_names_the_cause_that_holds() -> None:
    """The key is disabled from 50 to 150 s, the permission is lost from 100 to 200 s."""
    world = scenario(
        {},
        {"interval": 30},
        300,
        replication={"control": {"preset": "none"}},
        events=[
            {"at": 50, "kms_key_disabled": "dr", "for": 100},
            {"at": 100, "permission_lost": "dr", "for": 100},
        ],
    )
    simulation = Simulation(world)
    messages = []
    for _ in range(4):
        simulation.advance(60)  # to 60, 120, 180 and 240 s
        found = simulation.call("DescribeReplicationConfigurations", {}, region=SOURCE)
        destination = found["Replications"][0]["Destinations"][0]
        messages.append((destination["Status"], destination.get("StatusMessage")))
    key, both, permission, none = messages
    assert [status for status, _ in messages] == ["PAUSED", "PAUSED", "PAUSED", "ENABLED"]
    assert "key" in key[1]
    assert "ermission" in permission[1]
    assert both[1] == key[1]
    assert none[1] is None


@pytest.mark.parametrize("excluded", [{}, {"initial_sync": "excluded"}])
def test_a_destination_that_has_failed_protects_nothing(excluded: dict[str, str]) -> None:
    """From 680 s on the age still counts and is within the target, but there is nothing left."""
    events = [{"at": 680, "fail": "dr.destination"}]
    world = scenario({}, {"interval": 50}, 700, events=events, rpo={"target": 60, **excluded})
    found = summary_of(world)
    assert found["unprotected_s"] == 20
    assert found["rpo"]["met"] is True
    assert found["rpo"]["met_throughout"] is False


# --- what a disturbance reaches -----------------------------------------------------------------

REACHED: dict[str, tuple[dict[str, Any], str]] = {
    "opt_out": ({"opt_out": DESTINATION}, "dr"),
    "region_outage of the source": ({"region_outage": SOURCE}, "dr; fs"),
    "region_outage of the destination": ({"region_outage": DESTINATION}, "dr; dr.destination"),
    "link_outage": ({"link_outage": LINK}, "dr"),
    "link_degraded": ({"link_degraded": LINK, "factor": 0.5}, "dr"),
    "kms_key_disabled": ({"kms_key_disabled": "dr"}, "dr"),
    "permission_lost": ({"permission_lost": "dr"}, "dr"),
    "fail of the source": ({"fail": "fs"}, "dr; fs"),
    "fail of the destination": ({"fail": "dr.destination"}, "dr; dr.destination"),
    "api_error": ({"api_error": "DescribeFileSystems", "code": "InternalServerError"}, ""),
    "call": (
        {"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}},
        "dr",
    ),
    "nobody": ({"link_outage": "eu-west-1 -> us-west-2"}, ""),
}


@pytest.mark.parametrize(("event", "reached"), REACHED.values(), ids=REACHED)
def test_what_an_event_reached(event: dict[str, Any], reached: str) -> None:
    """Beside `dr` there is another replication, which none of them reaches."""
    world = scenario(
        {},
        {"interval": 30},
        100,
        others={"else": {"region": "eu-west-1"}},
        regions=OPTIONAL,
        links={LINK: {"capacity": 1000}},
        events=[{"at": 10, **event}],
    ).with_(
        {
            "replications.other": {
                "source": "else",
                "destination": {"region": "eu-central-1"},
                "established": True,
            }
        }
    )
    row = simulate(world).events.iloc[0]
    assert sorted(row["affected"].split("; ")) == sorted(reached.split("; "))


# --- writes -------------------------------------------------------------------------------------


def test_a_batch_begins_at_its_time_of_day_even_if_it_comes_more_often() -> None:
    """From 06:00 the first 02:00 is 20 h away, though a job is due every 6 h: at 20, 26, 32 h …"""
    batch = {"at": "02:00", "every": "6 h", "writes": 1, "over": 0}
    world = scenario(
        {"w": {"arrivals": {"batch": batch}, "size": 100}},
        {"interval": "1 h"},
        "40 h",
        start="2026-01-01T06:00:00Z",
    )
    syncs = simulate(world).syncs
    hours = (syncs["cut"][syncs["bytes"] > 0] - syncs["cut"][0]).dt.total_seconds() / 3600 + 1
    assert hours.tolist() == [20, 26, 32, 38]


@pytest.mark.parametrize(("timezone", "begin"), [("UTC", "05T00"), ("Asia/Tokyo", "04T15")])
def test_a_profile_writes_on_its_weekday(timezone: str, begin: str) -> None:
    """Only on Mondays; 2026-01-05 is the first, and Tokyo's begins at 15:00 on Sunday, UTC."""
    profile = {"rate": "60 per h", "weekdays": [1, 0, 0, 0, 0, 0, 0], "timezone": timezone}
    world = scenario(
        {"w": {"arrivals": {"profile": profile}, "size": 1}},
        {"interval": "1 h"},
        "7 days",
        start="2026-01-01T00:00:00Z",
    )
    syncs = simulate(world).syncs
    monday = pd.Timestamp(f"2026-01-{begin}:00:00Z")
    cuts = [monday + pd.Timedelta(hours=k) for k in range(1, 25)]
    assert syncs["cut"][syncs["bytes"] > 0].tolist() == cuts


def test_an_initial_sync_of_nothing_but_empty_files_scans_and_sends_them() -> None:
    """5 s of setup, 100 files scanned at 10/s and sent at 20/s."""
    world = scenario(
        {},
        {"interval": 30, "setup": 5, "scan_rate": 10, "file_rate": 20},
        100,
        files=100,
        replication={"established": False, "control": {"preset": "none"}},
    )
    found = summary_of(world)
    assert (found["initial_sync_s"], found["initial_bytes"]) == (5 + 10 + 5, 0)


# --- a second replication to the same destination -----------------------------------------------


def test_pending_bytes_of_a_second_replication_to_the_same_destination() -> None:
    """What was pending of the first, and written in between, is not pending of the second.

    100 B are written every 10 s. The first configuration is gone at 50 s, its last sync was cut at
    30 s: 200 B are lost. The second is created at 100 s, after the write of that instant. Its
    initial sync, cut then, completes at 115 s; its syncs are cut at 130 and 160 s and take 15 s.
    """
    timing = {"preset": "none", "interval": 30, "setup": 15}
    given = {"SourceFileSystemId": "fs", "Destinations": [{"FileSystemId": "dr.destination"}]}
    protection = {"FileSystemId": "dr.destination", "ReplicationOverwriteProtection": "DISABLED"}
    world = scenario(
        {"w": constant("1 per 10 s", 100)},
        timing,
        180,
        replication={"control": {"preset": "none"}},
        defaults={"sync": timing, "control": {"preset": "none"}},
        events=[
            {
                "at": 50,
                "call": "DeleteReplicationConfiguration",
                "with": {"SourceFileSystemId": "fs"},
            },
            {"at": 60, "call": "UpdateFileSystemProtection", "with": protection},
            {"at": 100, "call": "CreateReplicationConfiguration", "with": given},
        ],
    )
    first, second = (
        summary_of(world, name)["pending_bytes"] for name in ("dr", "fs-replication-1")
    )
    assert (first["lost_at_deletion"], first["open_at_end"]) == (200, 200)
    # From 115 s: 100 B (written at 110 s), 200 B from 120 s, 300 B from 130 s, 400 B from 140 s
    # until, at 145 s, those of 110, 120 and 130 s arrive; then 100, 200, 300 and 400 B from 170 s;
    # at 175 s again 100 B, and at 180 s 200 B.
    area = (
        100 * 5 + 200 * 10 + 300 * 10 + 400 * 5 + 100 * 5 + 200 * 10 + 300 * 10 + 400 * 5 + 100 * 5
    )
    assert second == close(
        {
            "mean": area / 65,
            "max": 400,
            "open_at_end": 200,
            "open_at_end_writes": 2,
            "lost_at_deletion": None,
        }
    )


# --- the pool of one trial ----------------------------------------------------------------------

BIN = 0.008
"""Pooled quantiles are exact but for the width of a bin (docs/results.md)."""

CREATED = {"established": False, "control": {"preset": "none", "enabling": 20}}
DELETED = [
    {"at": 300, "call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}}
]


@pytest.mark.parametrize("replication", [{}, CREATED], ids=["established", "created"])
@pytest.mark.parametrize("events", [[], DELETED], ids=["kept", "deleted"])
@pytest.mark.parametrize("warm_up", [0, 60])
def test_the_pool_of_one_trial_is_that_run(
    replication: dict[str, Any], events: list[dict[str, Any]], warm_up: int
) -> None:
    world = scenario(
        {"w": constant("1 per 20 s", 100), "x": constant("1 per 70 s", 4000)},
        {"interval": 30, "setup": 5, "throughput": 200},
        600,
        file_system={"size": 5000},
        replication=replication,
        events=events,
        warm_up=warm_up,
    )
    alone = summary_of(world)
    pooled = efssim.run_trials(world, 1, workers=1).summary["pooled"]["dr"]
    for lag in ("time_since_last_sync_s", "write_lag_s", "write_lag_by_byte_s", "oldest_pending_s"):
        for name, value in pooled[lag].items():
            exact = name in ("mean", "max", "count")
            if alone[lag][name] is None:
                assert value is None, (lag, name)
                continue
            assert value == pytest.approx(alone[lag][name], rel=1e-9 if exact else BIN), (lag, name)
