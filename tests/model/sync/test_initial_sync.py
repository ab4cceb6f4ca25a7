"""The initial sync, and what a sync sends of hot sets and large files, undisturbed and disturbed.

The replication is that of `disturbed.py`: the initial sync of 100,000 B runs from 100 to 155 s.
"""

from __future__ import annotations

import pytest
from helpers.disturbed import (
    LINK,
    Case,
    check,
    delete,
    each,
    kms,
    link_down,
    permission,
    run,
    source_down,
)
from helpers.worlds import constant, numbers

CREATED = [(100, "ENABLED")]


def _syncs(result, *columns):
    found = result.outcomes["dr"].syncs
    return [tuple(row) for row in zip(*(found[c].tolist() for c in columns), strict=True)]


# --- how long it takes --------------------------------------------------------------------------

DURATIONS = {
    # setup only; 160: n = 60: 195; 220: 255
    "nothing stored": Case(
        [],
        [(100, 105), (160, 195), (220, 255)],
        CREATED,
        in_flight=280,
        created=True,
        top={"file_system": {"size": 0}},
    ),
    # 15 + 100,000/1,000: 215; n = 115: 62.5: 277.5; 275 has passed
    "throughput and setup of its own": Case(
        [],
        [(100, 215), (215, 277.5)],
        CREATED,
        in_flight=277.5,
        created=True,
        replication={"initial": {"throughput": 1000, "setup": 15}},
    ),
    # 5 + max(50, 400/4): 205; n = 105: 57.5: 262.5; 265: 300
    "file rate of its own": Case(
        [],
        [(100, 205), (205, 262.5), (265, 300)],
        CREATED,
        created=True,
        replication={"initial": {"file_rate": 4}},
        top={"file_system": {"size": 100_000, "files": 400}},
    ),
    # 5 + max(50, 400/4): 205; n = 105: 5 + max(52.5, 105/4): 262.5; 265: 300
    "the file rate of the others": Case(
        [],
        [(100, 205), (205, 262.5), (265, 300)],
        CREATED,
        created=True,
        sync={"file_rate": 4},
        top={"file_system": {"size": 100_000, "files": 400}},
    ),
    # lifted: 5 + 50; then 5 + max(30, 60/1): 160: 225; n = 65: 295; n = 70
    "no file rate of its own": Case(
        [],
        [(100, 155), (160, 225), (225, 295)],
        CREATED,
        in_flight=295,
        created=True,
        sync={"file_rate": 1},
        replication={"initial": {"file_rate": "none"}},
        top={"file_system": {"size": 100_000, "files": 400}},
    ),
    # 5 + 400/40 + 50: 165; n = 65: 5 + 10 + 32.5: 212.5; 225: n = 60: 45: 270; 285
    "inventory": Case(
        [],
        [(100, 165), (165, 212.5), (225, 270)],
        CREATED,
        in_flight=285,
        created=True,
        sync={"scan_rate": 40},
        top={"file_system": {"size": 100_000, "files": 400}},
    ),
    # 7 + 50: 157; 7 + 30: 197, 257
    "latency": Case(
        [],
        [(100, 157), (160, 197), (220, 257)],
        CREATED,
        in_flight=280,
        created=True,
        links={LINK: {"latency": "2 s"}},
    ),
    # 5 + 100: 205; n = 105: 5 + 105
    "capacity": Case(
        [],
        [(100, 205)],
        CREATED,
        in_flight=205,
        created=True,
        links={LINK: {"capacity": "1000 B/s"}},
    ),
    # 20,000 differ and 100,000 were written since: 5 + 60: 165; n = 65: 37.5: 202.5; 225; 285
    "an existing destination that differs": Case(
        [],
        [(100, 165), (165, 202.5), (225, 260)],
        CREATED,
        in_flight=285,
        created=True,
        replication={
            "destination": {"file_system": "replica"},
            "initial": {"differing": 20_000},
        },
        top={"others": {"replica": {"region": "us-west-2"}}, "file_system": {"size": 200_000}},
    ),
    # at most the size of the source: 5 + 50
    "an existing destination that differs in more than the source has": Case(
        [],
        [(100, 155), (160, 195), (220, 255)],
        CREATED,
        in_flight=280,
        created=True,
        replication={
            "destination": {"file_system": "replica"},
            "initial": {"differing": 20_000},
        },
        top={"others": {"replica": {"region": "us-west-2"}}, "file_system": {"size": 100_000}},
    ),
    # 100,000 B and the 100,000 that were added by the cut: 5 + 100; n = 105: 57.5: 262.5; 265
    "a source that grows": Case(
        [],
        [(100, 205), (205, 262.5), (265, 300)],
        CREATED,
        created=True,
        streams={"w": constant()},
    ),
    # 40 and 10 files in the inventory: 5 + 5 + 100: 210; n = 110, 61 files: 5 + 6.1 + 55: 276.1
    "files that grow": Case(
        [],
        [(100, 210), (210, 276.1)],
        CREATED,
        in_flight=276.1,
        created=True,
        streams={"w": {**constant(), "new_files": "10 %"}},
        sync={"scan_rate": 10},
        top={"file_system": {"size": 100_000, "files": 40}},
    ),
    "an existing destination": Case(
        [],
        [(100, 155), (160, 195), (220, 255)],
        CREATED,
        in_flight=280,
        created=True,
        replication={"destination": {"file_system": "replica"}},
        top={"others": {"replica": {"region": "us-west-2"}}, "file_system": {"size": 100_000}},
    ),
    # begun anew with its own setup and throughput: 150: 115: 265; n = 115: 62.5
    "of its own, abandoned": Case(
        [kms(120, 130)],
        [(150, 265)],
        [*CREATED, (120, "PAUSING"), (150, "PAUSED"), (150, "ENABLED")],
        [(100, 120)],
        in_flight=265,
        created=True,
        replication={"initial": {"throughput": 1000, "setup": 15}},
    ),
    # 95 of 115 s left at 120; on at 150: 245; n = 145: 77.5
    "of its own, frozen": Case(
        [link_down(120, 150)],
        [(100, 245)],
        CREATED,
        in_flight=245,
        created=True,
        replication={"initial": {"throughput": 1000, "setup": 15}},
    ),
}


@each(DURATIONS)
def test_duration(case):
    check(case)


# --- what it is counted as ----------------------------------------------------------------------


def test_measures():
    result = run(Case([], [], created=True))
    # It publishes the writes of 1 to 100, which are no part of its bytes.
    assert _syncs(result, "bytes", "writes") == [(100_000, 100), (60_000, 60), (60_000, 60)]
    summary = numbers(result)
    assert (summary["initial_sync_s"], summary["initial_bytes"]) == (55, 100_000)
    assert summary["syncs"]["bytes"] == 120_000
    age = summary["time_since_last_sync_s"]
    # Undefined to 155; 55..95, 35..95, 35..80.
    assert age["undefined_s"] == 155
    squares = (95**2 - 55**2) + (95**2 - 35**2) + (80**2 - 35**2)
    assert age["mean"] == pytest.approx(squares / 2 / 145)
    assert age["max"] == 95
    lag = summary["write_lag_s"]
    # 1 to 100 are published at 155, 101 to 160 at 195, 161 to 220 at 255: 34.5..94 on average.
    assert (lag["count"], lag["max"]) == (220, 154)
    assert lag["mean"] == pytest.approx((100 * 104.5 + 2 * 60 * 64.5) / 220)
    assert summary["last_replicated_timestamp"] == "2026-01-01T00:03:40.000000Z"
    assert summary["status_s"] == {"ENABLING": 100, "ENABLED": 200}
    # Defined from 155 on; before 195 writes of 101 to 195 are pending, the write at 195 too.
    assert summary["pending_bytes"]["max"] == 95_000
    assert summary["pending_bytes"]["open_at_end"] == 80_000


def test_measures_before_it_completes():
    summary = numbers(run(Case([], [], created=True, until=154)))
    assert (summary["initial_sync_s"], summary["initial_bytes"]) == (None, None)
    age = summary["time_since_last_sync_s"]
    assert (age["mean"], age["max"], age["undefined_s"]) == (None, None, 154)
    assert summary["last_replicated_timestamp"] is None
    assert summary["last_sync_completed"] is None
    assert summary["pending_bytes"]["mean"] is None
    assert summary["rpo"]["met"] is None
    assert summary["write_lag_s"]["count"] == 0


def test_an_abandoned_initial_sync_counts_once():
    result = run(Case([kms(120, 130)], [], created=True))
    # 150: 205 publishes the writes of 1 to 150.
    assert _syncs(result, "bytes", "writes") == [(100_000, 150), (60_000, 60)]
    summary = numbers(result)
    assert summary["initial_bytes"] == 100_000
    assert summary["syncs"]["bytes"] == 60_000
    assert summary["syncs"]["abandoned"] == 1
    assert summary["time_since_last_sync_s"]["undefined_s"] == 205


def test_a_frozen_initial_sync_takes_longer():
    summary = numbers(run(Case([link_down(120, 150)], [], created=True)))
    assert summary["initial_sync_s"] == 85
    assert summary["time_since_last_sync_s"]["undefined_s"] == 185


def test_deletion_before_it_completes():
    summary = numbers(run(Case([delete(120)], [], created=True)))
    assert summary["time_since_last_sync_s"]["undefined_s"] == 300
    assert summary["last_replicated_timestamp"] is None
    assert summary["status_s"] == {"ENABLING": 100, "ENABLED": 20, "DELETING": 90}
    # Gone at 210; none of its writes is published.
    assert summary["pending_bytes"]["lost_at_deletion"] == 210_000


def test_the_initial_sync_of_an_established_replication_never_was():
    summary = numbers(run(Case([], [])))
    assert (summary["initial_sync_s"], summary["initial_bytes"]) == (None, None)
    assert summary["syncs"]["bytes"] == 240_000


# --- hot sets: 4 blocks of 1,000 B, a write every 30 s ------------------------------------------

HOT = {**constant("1 per 30 s", "1000 B"), "hot_set": {"size": "4000 B", "block": "1000 B"}}


def test_a_hot_set_sends_the_expected_blocks():
    # n = 2: 4 (1 - 9/16) = 1.75 blocks: 5 + 0.875 s
    result = run(Case([], [], streams={"w": HOT}))
    assert _syncs(result, "cut_s", "completed_s", "bytes", "published_bytes") == [
        (cut, cut + 5.875, 1750, 2000) for cut in (60, 120, 180, 240)
    ]
    summary = numbers(result)
    assert summary["writes"]["coalesced_bytes"] == 1000
    assert summary["writes"]["bytes"] == 10_000
    # The open writes of 270 and 300, as written.
    assert summary["pending_bytes"]["open_at_end"] == 2000


def test_a_write_dirties_every_block_that_it_fills():
    # 1,500 B are 2 blocks; n = 4: 4 (1 - 81/256) = 2.734375 blocks
    stream = {**HOT, "size": "1500 B"}
    result = run(Case([], [], streams={"w": stream}))
    assert _syncs(result, "bytes", "published_bytes") == [(2734, 3000)] * 4


def test_cold_writes_are_sent_as_written():
    # 1,750 + 60,000: 5 + 30.875
    result = run(Case([], [], streams={"hot": HOT, "cold": constant()}))
    assert _syncs(result, "completed_s", "bytes") == [
        (cut + 35.875, 61_750) for cut in (60, 120, 180, 240)
    ]


def test_two_hot_sets_coalesce_apart():
    result = run(Case([], [], streams={"a": HOT, "b": HOT}))
    assert _syncs(result, "bytes", "published_bytes") == [(3500, 4000)] * 4


def test_blocks_dirtied_before_and_after_an_abandoned_sync_are_sent_once():
    # 182: writes of 90, 120, 150, 180: 4 (1 - 81/256): 2,734; 242: those of 210 and 240
    result = run(Case([kms(122, 182)], [], streams={"w": HOT}))
    assert _syncs(result, "cut_s", "completed_s", "bytes") == [
        (60, 65.875, 1750),
        (182, 188.367, 2734),
        (242, 247.875, 1750),
    ]
    assert numbers(result)["writes"]["coalesced_bytes"] == 250 + 1266 + 250


def test_a_sync_that_was_frozen_sends_what_it_cut():
    # 3.875 s left at 122; on at 182: 185.875, where the writes of 150 and 180 are cut
    result = run(Case([link_down(122, 182)], [], streams={"w": HOT}))
    assert _syncs(result, "cut_s", "completed_s", "bytes") == [
        (60, 65.875, 1750),
        (120, 185.875, 1750),
        (185.875, 191.75, 1750),
        (245.875, 251.75, 1750),
    ]


def test_dropped_hot_writes_dirty_nothing():
    # writes of 90 and 120 are not made; 125: nothing; 185: 150, 180; 245: 210, 240
    result = run(Case([source_down(85, 125)], [], streams={"w": HOT}))
    assert _syncs(result, "cut_s", "completed_s", "bytes") == [
        (60, 65.875, 1750),
        (125, 130, 0),
        (185, 190.875, 1750),
        (245, 250.875, 1750),
    ]
    assert numbers(result)["writes"]["dropped_bytes"] == {"region_outage": 2000}


def test_the_initial_sync_sends_the_size_whatever_is_hot():
    result = run(Case([], [], created=True, streams={"w": HOT}))
    # 100: 155; 160: writes of 120, 150: 165.875; 220: 180, 210; 280: 240, 270
    assert _syncs(result, "cut_s", "completed_s", "bytes") == [
        (100, 155, 100_000),
        (160, 165.875, 1750),
        (220, 225.875, 1750),
        (280, 285.875, 1750),
    ]
    assert numbers(result)["writes"]["coalesced_bytes"] == 750


# --- large files: 20,000 B written every second, 12,000 B every 90 s ----------------------------

LARGE = {
    "often": {**constant(), "in_file": {"size": "20 kB"}},
    "seldom": {**constant("1 per 90 s"), "in_file": {"size": "12 kB"}},
}


def test_large_files_are_compared_when_they_were_touched():
    # 5 + 5 + 30 without the second file, 5 + 8 + 30.5 with it
    result = run(Case([], [], streams=LARGE, sync={"diff_rate": 4000}))
    assert _syncs(result, "cut_s", "completed_s", "files") == [
        (60, 100, 1),
        (120, 163.5, 2),
        (180, 223.5, 2),
        (240, 280, 1),
    ]


def test_a_large_file_touched_before_and_after_an_abandoned_sync_is_compared_once():
    # 180: n = 120 + 2: 5 + 8 + 61: 254; n = 74: 5 + 5 + 37: 301
    check(
        Case(
            [permission(130, 180)],
            [(60, 100), (180, 254)],
            [(130, "PAUSING"), (160, "PAUSED"), (180, "ENABLED")],
            [(120, 130)],
            in_flight=254,
            streams=LARGE,
            sync={"diff_rate": 4000},
        )
    )


def test_a_large_file_that_could_not_be_written_is_not_compared():
    # the cut of 60 waits until 121: n = 60, without the write of 90: 5 + 5 + 30: 161; 181: n = 60
    # + 1: 5 + 8 + 30.5: 224.5; 241: 281
    check(
        Case(
            [source_down(60, 121)],
            [(121, 161), (181, 224.5), (241, 281)],
            dropped={"region_outage": 62},
            streams=LARGE,
            sync={"diff_rate": 4000},
        )
    )
