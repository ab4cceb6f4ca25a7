"""What writes add to a file system, by hand: sizes, inventories, initial syncs, what API shows."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.worlds import constant, numbers, overwriting, scenario, simulate

import efssim
from efssim import Scenario, Simulation
from efssim.report.facts.assumptions import assumed_parameters
from efssim.report.figures.files import drawings
from efssim.report.html.run import run_page
from efssim.report.text.run import text_report
from efssim.report.text.trials import study_text
from efssim.scenario.shown.provenance import resolved
from efssim.text.quantities import format_duration

CREATE = {
    "call": "CreateReplicationConfiguration",
    "with": {"SourceFileSystemId": "fs", "Destinations": [{"Region": "us-west-2"}]},
}

DELETE = {"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}}


def columns(world: Scenario, *names: str, replication: str = "dr") -> list[tuple[Any, ...]]:
    syncs = simulate(world).outcomes[replication].syncs
    return list(zip(*(syncs[name].tolist() for name in names), strict=True))


def stored(streams: dict[str, Any], **file_system: Any) -> list[tuple[int, int]]:
    """Return size and files of the source at cuts at 60 s and 120 s."""
    world = scenario(streams, {"interval": 60}, 130, file_system=file_system)
    return columns(world, "source_bytes", "source_files")


# --- what adds how much -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ({}, [(60_000, 0), (120_000, 0)]),
        ({"new_bytes": 0}, [(0, 0), (0, 0)]),
        ({"new_bytes": "25 %"}, [(15_000, 0), (30_000, 0)]),
        # the running total is rounded, not each write: 20.02 and 40.04
        ({"size": 1, "new_bytes": 1.001 / 3}, [(20, 0), (40, 0)]),
        ({"new_files": "100 %"}, [(60_000, 60), (120_000, 120)]),
        ({"files": 5, "new_files": "10 %"}, [(60_000, 30), (120_000, 60)]),
        ({"in_file": {"size": "1 GB"}}, [(0, 0), (0, 0)]),
        ({"in_file": {"size": "1 GB"}, "new_bytes": "50 %"}, [(30_000, 0), (60_000, 0)]),
        # all are hot, so the share is of nothing
        ({"hot_set": {"size": "1 MB", "block": "1 kB"}, "new_bytes": 1}, [(0, 0), (0, 0)]),
        ({"hot_set": {"size": "1 MB", "block": "1 kB", "share": 0}}, [(60_000, 0), (120_000, 0)]),
    ],
)
def test_what_a_stream_adds(stream: dict[str, Any], expected: list[tuple[int, int]]) -> None:
    assert stored({"w": {**constant(), **stream}}) == expected


def test_streams_add_up_on_top_of_what_is_there() -> None:
    streams = {"a": constant(), "b": {**constant("2 per s", "10 B"), "new_files": 1}}
    assert stored(streams, size="1 MB", files=7) == [(1_061_200, 127), (1_122_400, 247)]


def test_hot_writes_add_nothing_and_the_others_their_share() -> None:
    hot = {"hot_set": {"size": "1 MB", "block": "1 kB", "share": 0.5}, "new_bytes": 0.5}
    world = scenario({"w": {**constant(), **hot}}, {"interval": 60}, 6000)
    ((size,),) = columns(world, "source_bytes")[-1:]
    # 5,940 or 6,000 writes, half of them hot, half of the others new; four deviations
    assert abs(size / 1000 - 1500) < 4 * (6000 * 0.25) ** 0.5 / 2 + 20


def test_dropped_writes_add_nothing() -> None:
    outage = [{"at": 30, "region_outage": "us-east-1", "for": 60}]
    world = scenario({"w": constant()}, {"interval": 60, "setup": 1}, 130, events=outage)
    # those after 30 and up to 90 are not made, and no sync is cut meanwhile
    assert columns(world, "cut_s", "source_bytes") == [(90, 30_000)]


def test_new_files_make_the_inventory_longer() -> None:
    stream = {**constant(), "new_files": 1}
    sync = {"interval": 60, "setup": 1, "scan_rate": 10}
    world = scenario({"w": stream}, sync, 200, files=40)
    # 1 + (40 + 60) / 10, 1 + (40 + 120) / 10, 1 + (40 + 180) / 10
    assert columns(world, "cut_s", "completed_s") == [(60, 71), (120, 137)]
    late = scenario({"w": stream}, {**sync, "interval": 0, "gap": 5}, 60, files=40)
    # one after the other: 5: 1 + 4.5; 15.5: 55 files: 1 + 5.5; 27: 67 files: 1 + 6.7; 39.7
    assert columns(late, "cut_s", "completed_s", "source_files") == [
        (5, 10.5, 45),
        (15.5, 22, 55),
        (27, 34.7, 67),
        (pytest.approx(39.7), pytest.approx(48.6), 79),
    ]


def test_new_files_have_no_place_in_one_file() -> None:
    with pytest.raises(ValueError, match="new_files: a stream with in_file writes into one file"):
        stored({"w": {**constant(), "in_file": {"size": 1000}, "new_files": 0.5}})


# --- initial syncs ----------------------------------------------------------------------------


def test_ten_days_of_10_mb_per_s_before_the_creation() -> None:
    """At 100 GB / 445 s the 8.64 TB and what ENABLING adds take 10.7 hours."""
    world = scenario(
        {"w": constant("10 per s", "1 MB")},
        {"preset": "efs"},
        "11 days",
        replication={"control": {"preset": "none"}},
        events=[
            {
                "at": 0,
                "call": "DeleteReplicationConfiguration",
                "with": {"SourceFileSystemId": "fs"},
            },
            {"at": "10 days", **CREATE},
        ],
        defaults={"control": {"preset": "none"}},
    )
    result = simulate(world)
    made = result.summary["replications"]["fs-replication-1"]
    assert made["initial_bytes"] == 8_640_000_000_000
    assert made["initial_sync_s"] == pytest.approx(5 + 8640e9 / (100e9 / 445), rel=1e-12)
    assert format_duration(made["initial_sync_s"]) == "10 h 41 min"


@pytest.mark.parametrize(
    ("differing", "expected"),
    [(0, 2048), ("1 kB", 3048), ("10 kB", 10_240), ("1 GB", 10_240)],
)
def test_what_is_written_while_enabling_differs_too(differing: Any, expected: int) -> None:
    """2 KiB are written at 2 s to a source of 8 KiB; never more is sent than there is."""
    world = scenario(
        {"w": {**constant("1 per 2 s", "2 KiB")}},
        {"interval": 60, "setup": 1},
        3.5,
        replication={
            "established": False,
            "destination": {"file_system": "copy"},
            "initial": {"differing": differing},
            "control": {"preset": "none", "enabling": 2},
        },
        file_system={"size": "8 KiB"},
        others={"copy": {"region": "us-west-2"}},
    )
    assert numbers(simulate(world))["initial_bytes"] == expected


def test_the_way_back_sends_what_either_side_wrote_since() -> None:
    """1 kB/s; the configuration is gone at 150 s with the cut at 120 s; back from 300 s on.

    The source wrote from 120 to 300 s, the old destination 1 kB/s from 150 to 300 s.
    """
    result = simulate(_and_back(reverse=True))
    back = result.summary["replications"]["copy-replication-1"]
    assert back["initial_bytes"] == 180_000 + 150_000
    assert back["discarded"] == {
        "bytes": 180_000,
        "writes": 180,
        "first": "2026-01-01T00:02:01.000000Z",
        "last": "2026-01-01T00:05:00.000000Z",
    }
    # 1 MB and what was replicated by 120 s, and what was written since
    size = result.outcomes["copy-replication-1"].syncs["source_bytes"][0]
    assert size == 1_000_000 + 120_000 + 150_000


def _and_back(reverse: bool, **top: Any) -> Scenario:
    source, destination = ("copy", "fs") if reverse else ("fs", "copy")
    region = "us-west-2" if reverse else "us-east-1"
    protection = {"FileSystemId": destination, "ReplicationOverwriteProtection": "DISABLED"}
    again = {"SourceFileSystemId": source, "Destinations": [{"FileSystemId": destination}]}
    return scenario(
        {"w": constant()},
        {"interval": 60, "setup": 1},
        400,
        replication={"destination": {"file_system": "copy"}, "control": {"preset": "none"}},
        file_system={"size": "1 MB"},
        others={"copy": {"region": "us-west-2", "writes": {"w": constant()}}},
        events=[
            {"at": 150, **DELETE},
            {"at": 300, "call": "UpdateFileSystemProtection", "with": protection},
            {
                "at": 300,
                "call": "CreateReplicationConfiguration",
                "with": again,
                "region": region,
                "expect": "ok",
            },
        ],
        defaults={"sync": {"preset": "none", "interval": 60}, "control": {"preset": "none"}},
        **top,
    )


def test_writes_on_the_standby_are_discarded_by_the_first_configuration_again() -> None:
    """60 MB a minute for 121 minutes on the standby are 7.26 GB."""
    protection = {"FileSystemId": "copy", "ReplicationOverwriteProtection": "DISABLED"}
    again = {"SourceFileSystemId": "fs", "Destinations": [{"FileSystemId": "copy"}]}
    world = scenario(
        {},
        {"interval": 60, "setup": 1},
        "4 h",
        replication={"destination": {"file_system": "copy"}, "control": {"preset": "none"}},
        others={
            "copy": {"region": "us-west-2", "writes": {"w": constant("1 per min", "60 MB")}},
        },
        events=[
            {"at": "30 min 30 s", **DELETE},
            {
                "at": "151 min 30 s",
                "call": "UpdateFileSystemProtection",
                "with": protection,
                "region": "us-west-2",
            },
            {
                "at": "151 min 30 s",
                "call": "CreateReplicationConfiguration",
                "with": again,
                "expect": "ok",
            },
        ],
        defaults={"sync": {"preset": "none", "interval": 60}, "control": {"preset": "none"}},
    )
    found = simulate(world).summary["replications"]
    assert found["fs-replication-1"]["discarded"] == {
        "bytes": 7_260_000_000,
        "writes": 121,
        "first": "2026-01-01T00:31:00.000000Z",
        "last": "2026-01-01T02:31:00.000000Z",
    }
    nothing = {"bytes": 0, "writes": 0, "first": None, "last": None}
    assert found["dr"]["discarded"] == nothing


def test_reports_say_what_was_discarded() -> None:
    result = simulate(_and_back(reverse=True))
    sentence = (
        "DISCARDED: 180 writes of 176 KiB, made on the destination from 2026-01-01 00:02:01 to "
        "2026-01-01 00:05:00 and never replicated, were overwritten when it became the destination."
    )
    page = run_page(result, drawings(result), "")
    for report in (text_report(result, ""), page, result._repr_html_()):
        assert " ".join(report.split()).count(sentence) == 1
    trials = efssim.run_trials(_and_back(reverse=True), trials=2)
    assert "DISCARDED in 2 of 2 trials" in " ".join(study_text(trials, "").split())
    found = trials.summary["replications"]["copy-replication-1"]["discarded"]
    assert found == {"bytes": 180_000, "writes": 180, "first": None, "last": None}
    times = trials.table[["discarded.first", "discarded.last"]].drop_duplicates()
    row = trials.table["replication"] == "copy-replication-1"
    assert str(trials.table.loc[row, "discarded.first"].iloc[0]) == "2026-01-01 00:02:01+00:00"
    assert {str(kind) for kind in times.dtypes} == {"datetime64[us, UTC]"}


# --- what the API shows -----------------------------------------------------------------------


def sizes(simulation: Simulation) -> tuple[int, int]:
    """Return SizeInBytes of source and destination."""
    return tuple(
        simulation.call("DescribeFileSystems", region=region)["FileSystems"][0]["SizeInBytes"][
            "Value"
        ]
        for region in ("us-east-1", "us-west-2")
    )


def test_size_in_bytes_of_a_destination_grows_during_its_initial_sync() -> None:
    """Cut at 100 s with 200 kB; 5 s of setup, then 1,000 B/s."""
    simulation = Simulation(
        scenario(
            {"w": constant()},
            {"interval": 60, "setup": 5, "throughput": 1000},
            "1 h",
            replication={
                "established": False,
                "overhead": "7 B",
                "control": {"preset": "none", "enabling": 100},
            },
            file_system={"size": "100 kB"},
        ),
        verify=True,
    )
    seen = []
    for step in (50, 54, 1, 100, 99, 1):
        simulation.advance(step)
        seen.append(sizes(simulation))
    assert seen == [
        (150_000, 7),
        (204_000, 7),
        (205_000, 7),
        (305_000, 100_007),
        (404_000, 199_007),
        (405_000, 200_007),  # complete: the size at the cut
    ]
    simulation.result()


def test_a_failed_attempt_and_an_abandoned_sync_leave_nothing_behind() -> None:
    pause = [{"at": 155, "kms_key_disabled": "dr", "for": 60}]
    simulation = Simulation(
        scenario(
            {"w": overwriting()},
            {"interval": 60, "setup": 5, "throughput": 1000},
            "1 h",
            replication={
                "established": False,
                "control": {"preset": "none", "enabling": 100, "pausing": 10},
            },
            file_system={"size": "100 kB"},
            events=pause,
        )
    )
    seen = []
    for until in (154, 156, 230):
        simulation.advance(until - simulation.elapsed_s)
        seen.append(sizes(simulation)[1])
    assert seen == [49_000, 0, 10_000]


def test_the_overhead_is_documented_and_never_sent() -> None:
    world = scenario(
        {},
        {"preset": "efs"},
        "1 h",
        replication={"established": False, "control": {"preset": "none"}},
        file_system={"size": "1 MiB"},
    )
    simulation = Simulation(world)
    simulation.advance("10 min")
    assert sizes(simulation) == (2**20, 2**20 + 12 * 2**20)
    assert numbers(simulation.result())["initial_bytes"] == 2**20
    none = Simulation(scenario({}, {"interval": 60}, file_system={"size": 5}))
    assert sizes(none) == (5, 5)


def test_a_released_destination_keeps_what_it_received() -> None:
    simulation = Simulation(_and_back(reverse=True), verify=True)
    seen = []
    for until in (149, 151, 299, 300, 301):
        simulation.advance(until - simulation.elapsed_s)
        seen.append(sizes(simulation))
    # The first cut is at 60 s, the last at 120 s; from 150 s on the copy is written itself.
    assert seen == [
        (1_149_000, 1_120_000),
        (1_151_000, 1_121_000),
        (1_299_000, 1_269_000),
        (1_270_000, 1_270_000),  # the initial sync takes no time: what it had is overwritten
        (1_270_000, 1_271_000),
    ]
    simulation.advance_to_end()
    simulation.result()


# --- what is shown of it ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sync", "stream", "expected"),
    [
        ({"preset": "efs"}, {}, ("12 MiB", "documented", "100 %")),
        ({"interval": 60}, {"in_file": {"size": 1}}, ("0 B", "default", "0 %")),
    ],
)
def test_what_follows_from_other_keys_is_resolved(
    sync: dict[str, Any], stream: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    found = {part.path: part for part in resolved(scenario({"w": {**constant(), **stream}}, sync))}
    overhead = found["replications.dr.overhead"]
    share = found["file_systems.fs.writes.w.new_bytes"]
    assert (overhead.value, overhead.provenance, share.value) == expected


def test_the_scan_rate_is_assumed_where_files_only_come_to_be() -> None:
    stream = {**constant(), "new_files": 1}
    for streams, expected in (({"w": stream}, True), ({"w": constant()}, False)):
        result = simulate(scenario(streams, {"preset": "efs"}, 600))
        assumed = dict(assumed_parameters(result.scenario, result.outcomes["dr"]))
        assert ("scan_rate" in assumed) is expected


def test_an_estimate_grows_its_source() -> None:
    """ENABLING of 5 min at 1 kB/s and a file a second, then 100 kB and 600 files at the start."""
    world = scenario(
        {"w": {**constant(), "new_files": 1}},
        {"preset": "efs", "throughput": 1000, "scan_rate": 10, "file_rate": "none"},
        "1 day",
        files=600,
        file_system={"size": "100 kB"},
        replication={"established": False},
    )
    found = efssim.estimate(world).replications["dr"]
    assert found["initial_bytes"] == 400_000
    assert found["initial_sync_s"] == 5 + 900 / 10 + 400
    assert numbers(simulate(world))["initial_sync_s"] == 5 + 900 / 10 + 400
