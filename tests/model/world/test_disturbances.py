"""Creation, pauses, failure and deletion, each alone and at every moment of a sync, by hand.

The replication and the notation are those of `disturbed.py`: a sync of n seconds' writes takes
5 + n/2 s. Comments give the arithmetic of the syncs that are not as if nothing had happened.
"""

from __future__ import annotations

import pytest
from helpers.disturbed import (
    Case,
    check,
    create,
    degraded,
    delete,
    destination_down,
    each,
    fail,
    fail_destination,
    kms,
    link_down,
    opt_out,
    permission,
    run,
    source_down,
    worlds_of,
)
from helpers.worlds import constant, numbers, overwriting

from efssim import Simulation
from efssim.records.timeline import ApiCall

UNDISTURBED = [(60, 95), (120, 155), (180, 215), (240, 275)]


def test_nothing_happens():
    check(Case([], UNDISTURBED, in_flight=300))


# --- a replication is created -------------------------------------------------------------------

CREATIONS = {
    # initial 5 + 50 = 55; then 60 writes each: 5 + 30
    "enabling": Case(
        [],
        [(100, 155), (160, 195), (220, 255)],
        [(100, "ENABLED")],
        in_flight=280,
        created=True,
    ),
    # initial 0 + 55; the next cut at 60 as if established
    "at once": Case(
        [],
        [(0, 55), *UNDISTURBED],
        [(0, "ENABLED")],
        in_flight=300,
        created=True,
        control={"enabling": 0},
    ),
    "not within the run": Case([], [], created=True, control={"enabling": 301}),
    # ENABLED exactly at the end: the initial sync is cut there
    "at the end": Case(
        [], [], [(300, "ENABLED")], in_flight=300, created=True, control={"enabling": 300}
    ),
}


@each(CREATIONS)
def test_creation(case):
    check(case)


_OTHER_LINK = "us-east-1 -> eu-south-1"
_BY_CALL = {
    "others": {"second": {"region": "us-east-1", "size": 20_000, "writes": {"w": overwriting()}}},
    "defaults": {
        "sync": {"preset": "none", "interval": 60, "setup": 5, "throughput": 2000},
        "control": {"preset": "none", "enabling": 20},
    },
}


def _by_call(events):
    """Return syncs and statuses of the replication that an event creates."""
    result = run(Case(events, [], links={_OTHER_LINK: {"capacity": "2000 B/s"}}, top=_BY_CALL))
    made = next(outcome for name, outcome in result.outcomes.items() if name != "dr")
    times = (made.syncs[key].tolist() for key in ("cut_s", "completed_s"))
    return list(zip(*times, strict=True)), [(s.time_s, s.after) for s in made.statuses]


def test_creation_by_a_call():
    # ENABLED at 130; 20,000 B: 5 + 10: 145; 190: n = 60: 225; 250: 285
    syncs, statuses = _by_call([create(110, "second", "eu-south-1")])
    assert syncs == [(130, 145), (190, 225), (250, 285)]
    assert statuses == [(110, "ENABLING"), (130, "ENABLED")]


def test_creation_by_a_call_in_an_outage():
    # no sync starts before 180: 195; 240: n = 60: 275; 300
    syncs, statuses = _by_call(
        [link_down(100, 180, _OTHER_LINK), create(110, "second", "eu-south-1")]
    )
    assert syncs == [(180, 195), (240, 275)]
    assert statuses == [(110, "ENABLING"), (130, "ENABLED")]


def test_creation_by_a_call_over_a_degraded_link():
    # 130: 20,000 B, from 135 at 1,000: 155; 190: n = 60: 5 + 60: 255; 255: n = 65: 70
    syncs, statuses = _by_call(
        [degraded(100, link=_OTHER_LINK), create(110, "second", "eu-south-1")]
    )
    assert syncs == [(130, 155), (190, 255)]
    assert statuses == [(110, "ENABLING"), (130, "ENABLED")]


def test_creation_by_a_call_in_a_region_under_outage_fails():
    result = run(
        Case([source_down(100, 180), create(110, "second", "eu-south-1")], [], top=_BY_CALL)
    )
    assert list(result.outcomes) == ["dr"]


# --- causes to pause ----------------------------------------------------------------------------

PAUSES = {
    "opt-out of the destination's Region": opt_out(130, 180),
    "opt-out of the source's Region": opt_out(130, 180, "us-east-1"),
    "KMS key disabled": kms(130, 180),
    "permission lost": permission(130, 180),
}


@each(PAUSES)
def test_every_cause_pauses_alike_and_none_stops_writes(case):
    # cut 180: n = 180 - 60: 5 + 60 = 65: 245; cut 245: n = 65: 37.5: 282.5; 305
    check(
        Case(
            [case],
            [(60, 95), (180, 245), (245, 282.5)],
            [(130, "PAUSING"), (160, "PAUSED"), (180, "ENABLED")],
            [(120, 130)],
        )
    )


PAUSED = {
    # over before PAUSING has run its time: 160; n = 100: 55: 215; 220: 255; 280
    "shorter than pausing": Case(
        [kms(130, 140)],
        [(60, 95), (160, 215), (220, 255)],
        [(130, "PAUSING"), (160, "PAUSED"), (160, "ENABLED")],
        [(120, 130)],
        in_flight=280,
    ),
    "exactly as long as pausing": Case(
        [kms(130, 160)],
        [(60, 95), (160, 215), (220, 255)],
        [(130, "PAUSING"), (160, "PAUSED"), (160, "ENABLED")],
        [(120, 130)],
        in_flight=280,
    ),
    "pausing takes no time": Case(
        [kms(130, 180)],
        [(60, 95), (180, 245), (245, 282.5)],
        [(130, "PAUSING"), (130, "PAUSED"), (180, "ENABLED")],
        [(120, 130)],
        control={"pausing": 0},
    ),
    "to the end of the run": Case(
        [kms(130)],
        [(60, 95)],
        [(130, "PAUSING"), (160, "PAUSED")],
        [(120, 130)],
    ),
    # in setup, 2 s of 5: 152: n = 92: 51: 203; 212: 247; 272
    "in setup": Case(
        [kms(122, 132)],
        [(60, 95), (152, 203), (212, 247)],
        [(122, "PAUSING"), (152, "PAUSED"), (152, "ENABLED")],
        [(120, 122)],
        in_flight=272,
    ),
    # the completion at 155 comes first: 185: n = 65: 37.5: 222.5; 245: 280
    "at a completion": Case(
        [kms(155, 165)],
        [(60, 95), (120, 155), (185, 222.5), (245, 280)],
        [(155, "PAUSING"), (185, "PAUSED"), (185, "ENABLED")],
    ),
    # the cut at 180 comes last, so it is not made: 210: n = 90: 50: 260; 270
    "at a cut": Case(
        [kms(180, 190)],
        [(60, 95), (120, 155), (210, 260)],
        [(180, "PAUSING"), (210, "PAUSED"), (210, "ENABLED")],
        in_flight=270,
    ),
    # nothing runs from 95 to 120; 150: n = 90: 50: 200; 210: 245; 270
    "while nothing runs": Case(
        [kms(100, 150)],
        [(60, 95), (150, 200), (210, 245)],
        [(100, "PAUSING"), (130, "PAUSED"), (150, "ENABLED")],
        in_flight=270,
    ),
    # at once, not at 120: 107: n = 47: 28.5: 135.5; 167: 202; 227: 262; 287
    "over before the planned cut": Case(
        [kms(97, 99)],
        [(60, 95), (107, 135.5), (167, 202), (227, 262)],
        [(97, "PAUSING"), (107, "PAUSED"), (107, "ENABLED")],
        in_flight=287,
        control={"pausing": 10},
    ),
    # 30: n = 30: 20: 50; 90: 125; 150: 185; 210: 245; 270
    "at the start": Case(
        [kms(0, 10)],
        [(30, 50), (90, 125), (150, 185), (210, 245)],
        [(0, "PAUSING"), (30, "PAUSED"), (30, "ENABLED")],
        in_flight=270,
    ),
    "at the end": Case([kms(300)], UNDISTURBED, [(300, "PAUSING")]),
    # ends at the end: the cut there is made
    "ends at the end": Case(
        [kms(130, 300)],
        [(60, 95)],
        [(130, "PAUSING"), (160, "PAUSED"), (300, "ENABLED")],
        [(120, 130)],
        in_flight=300,
    ),
    "opt-out of another Region": Case(
        [opt_out(130, 180, "eu-south-1")], UNDISTURBED, in_flight=300
    ),
}


@each(PAUSED)
def test_pause(case):
    check(case)


# --- the last cause is removed ------------------------------------------------------------------

RESUMES = {
    # out from 140, in from 200: n = 140: 75: 275; 275
    "opting out and in take time": Case(
        [opt_out(130, 180)],
        [(60, 95), (200, 275)],
        [(140, "PAUSING"), (170, "PAUSED"), (200, "ENABLED")],
        [(120, 140)],
        in_flight=275,
        regions={"us-west-2": {"opting_out": 10, "opting_in": 20}},
    ),
    # the same for the source's Region
    "opting out of the source's Region takes time": Case(
        [opt_out(130, 180, "us-east-1")],
        [(60, 95), (200, 275)],
        [(140, "PAUSING"), (170, "PAUSED"), (200, "ENABLED")],
        [(120, 140)],
        in_flight=275,
        regions={"us-east-1": {"opting_out": 10, "opting_in": 20}},
    ),
    # the call to opt in comes before the opt-out takes effect; out from 140, in from 155; 170:
    # n = 110: 60: 230; n = 60: 265; 290
    "opting in is called before the opt-out takes effect": Case(
        [opt_out(130, 135)],
        [(60, 95), (170, 230), (230, 265)],
        [(140, "PAUSING"), (170, "PAUSED"), (170, "ENABLED")],
        [(120, 140)],
        in_flight=290,
        regions={"us-west-2": {"opting_out": 10, "opting_in": 20}},
    ),
    # PAUSED from 160, for at least 40 s: 200: n = 140: 75: 275
    "resuming is the least time in PAUSED": Case(
        [kms(130, 140)],
        [(60, 95), (200, 275)],
        [(130, "PAUSING"), (160, "PAUSED"), (200, "ENABLED")],
        [(120, 130)],
        in_flight=275,
        control={"resuming": 40},
    ),
    "removed while PAUSED for less than resuming": Case(
        [kms(130, 180)],
        [(60, 95), (200, 275)],
        [(130, "PAUSING"), (160, "PAUSED"), (200, "ENABLED")],
        [(120, 130)],
        in_flight=275,
        control={"resuming": 40},
    ),
    # PAUSED for 70 s already: 230: n = 170: 90: 320
    "removed after more than resuming": Case(
        [kms(130, 230)],
        [(60, 95)],
        [(130, "PAUSING"), (160, "PAUSED"), (230, "ENABLED")],
        [(120, 130)],
        in_flight=230,
        control={"resuming": 40},
    ),
    # gated by 20 s, n irrelevant: 5 s each; at once at 135, not at 145
    "at once, whatever the gap": Case(
        [kms(130, 132)],
        [
            *[(20, 25), (45, 50), (70, 75), (95, 100), (120, 125)],
            *[(135, 140), (160, 165), (185, 190), (210, 215), (235, 240), (260, 265), (285, 290)],
        ],
        [(130, "PAUSING"), (135, "PAUSED"), (135, "ENABLED")],
        sync={"interval": 0, "gap": 20, "throughput": "none"},
        control={"pausing": 5},
        links={},
    ),
}


@each(RESUMES)
def test_resumption(case):
    check(case)


# --- a file system is unrecoverable -------------------------------------------------------------

FAILURES = {
    # the write at 130 comes first; those at 131 to 300 are not made
    "source": Case([fail(130)], [(60, 95)], [(130, "ERROR")], [(120, 130)], dropped={"fail": 170}),
    "destination": Case([fail_destination(130)], [(60, 95)], [(130, "ERROR")], [(120, 130)]),
    "existing destination": Case(
        [fail(130, "replica")],
        [(60, 95)],
        [(130, "ERROR")],
        [(120, 130)],
        replication={"destination": {"file_system": "replica"}},
        top={"others": {"replica": {"region": "us-west-2"}}},
    ),
    "in setup": Case([fail_destination(122)], [(60, 95)], [(122, "ERROR")], [(120, 122)]),
    "while nothing runs": Case([fail_destination(100)], [(60, 95)], [(100, "ERROR")]),
    "at a completion": Case([fail_destination(155)], [(60, 95), (120, 155)], [(155, "ERROR")]),
    "at a cut": Case([fail(180)], [(60, 95), (120, 155)], [(180, "ERROR")], dropped={"fail": 120}),
    "at the end": Case([fail(300)], UNDISTURBED, [(300, "ERROR")]),
    "at the start": Case([fail(0)], [], [(0, "ERROR")], dropped={"fail": 300}),
    "of neither": Case(
        [fail(130, "bystander")],
        UNDISTURBED,
        in_flight=300,
        top={"others": {"bystander": {"region": "us-west-2"}}},
    ),
}


@each(FAILURES)
def test_failure(case):
    check(case)


# --- the configuration is deleted ---------------------------------------------------------------

DELETIONS = {
    "in transfer": Case([delete(130)], [(60, 95)], [(130, "DELETING"), (220, None)], [(120, 130)]),
    "in setup": Case([delete(122)], [(60, 95)], [(122, "DELETING"), (212, None)], [(120, 122)]),
    "while nothing runs": Case([delete(100)], [(60, 95)], [(100, "DELETING"), (190, None)]),
    # the completion comes first
    "at a completion": Case(
        [delete(155)], [(60, 95), (120, 155)], [(155, "DELETING"), (245, None)]
    ),
    # the cut comes last
    "at a cut": Case([delete(180)], [(60, 95), (120, 155)], [(180, "DELETING"), (270, None)]),
    "gone at the end": Case(
        [delete(210)], [(60, 95), (120, 155)], [(210, "DELETING"), (300, None)], [(180, 210)]
    ),
    "not gone at the end": Case(
        [delete(250)],
        [(60, 95), (120, 155), (180, 215)],
        [(250, "DELETING")],
        [(240, 250)],
    ),
    "at once": Case(
        [delete(130)],
        [(60, 95)],
        [(130, "DELETING"), (130, None)],
        [(120, 130)],
        control={"deleting": 0},
    ),
}


@each(DELETIONS)
def test_deletion(case):
    check(case)


# --- two things at one instant ------------------------------------------------------------------

TIES = {
    # the pause begins before the call
    "pause begins, delete": Case(
        [kms(130, 200), delete(130)],
        [(60, 95)],
        [(130, "PAUSING"), (130, "DELETING"), (220, None)],
        [(120, 130)],
    ),
    # the pause ends, the call comes, no cut is left to make
    "pause ends, delete": Case(
        [kms(130, 180), delete(180)],
        [(60, 95)],
        [(130, "PAUSING"), (160, "PAUSED"), (180, "ENABLED"), (180, "DELETING"), (270, None)],
        [(120, 130)],
    ),
    "failure, delete": Case(
        [fail_destination(130), delete(130)],
        [(60, 95)],
        [(130, "ERROR"), (130, "DELETING"), (220, None)],
        [(120, 130)],
    ),
    "outage of the destination begins, delete": Case(
        [destination_down(130, 200), delete(130)],
        [(60, 95)],
        [(130, "DELETING"), (220, None)],
        [(120, 130)],
    ),
    # the call fails; 25 left at 130; on at 180: 205; n = 10 + 25: 227.5; 265: 300
    "outage of the source begins, delete": Case(
        [source_down(130, 180), delete(130)],
        [(60, 95), (120, 205), (205, 227.5), (265, 300)],
        dropped={"region_outage": 50},
    ),
    # the call works again; the sync goes on and is abandoned at once
    "outage of the source ends, delete": Case(
        [source_down(130, 180), delete(180)],
        [(60, 95)],
        [(180, "DELETING"), (270, None)],
        [(120, 180)],
        dropped={"region_outage": 50},
    ),
    # 25 left; on at 150, abandoned at 150; 190: n = 130: 70: 260; n = 70: 40: 300
    "outage ends, pause begins": Case(
        [link_down(130, 150), kms(150, 190)],
        [(60, 95), (190, 260), (260, 300)],
        [(150, "PAUSING"), (180, "PAUSED"), (190, "ENABLED")],
        [(120, 150)],
    ),
    # 220: n = 160: 85: 305
    "pause ends, outage begins": Case(
        [kms(130, 180), link_down(180, 220)],
        [(60, 95)],
        [(130, "PAUSING"), (160, "PAUSED"), (180, "ENABLED")],
        [(120, 130)],
        in_flight=220,
    ),
    "pause ends, failure": Case(
        [kms(130, 180), fail_destination(180)],
        [(60, 95)],
        [(130, "PAUSING"), (160, "PAUSED"), (180, "ENABLED"), (180, "ERROR")],
        [(120, 130)],
    ),
    # ENABLED for an instant, then PAUSING anew; 230: n = 170: 90
    "pause ends, pause begins": Case(
        [kms(130, 190), permission(190, 230)],
        [(60, 95)],
        [
            *[(130, "PAUSING"), (160, "PAUSED"), (190, "ENABLED")],
            *[(190, "PAUSING"), (220, "PAUSED"), (230, "ENABLED")],
        ],
        [(120, 130)],
        in_flight=230,
    ),
}


@each(TIES)
def test_order_within_an_instant(case):
    check(case)


# --- calls --------------------------------------------------------------------------------------


def _calls(case):
    calls = [entry for entry in run(case).timeline if isinstance(entry, ApiCall)]
    return [(call.begin_s, call.error.split(":")[0]) for call in calls]


def test_calls_in_a_region_under_outage_fail():
    # [130, 180) fails, 180 does not.
    at = (130, 179, 180)
    calls = _calls(Case([source_down(130, 180), *map(delete, at)], []))
    assert [(time_s, bool(error)) for time_s, error in calls] == [
        (130, True),
        (179, True),
        (180, False),
    ]


def test_deleting_twice_is_no_error():
    assert _calls(Case([delete(130), delete(150)], [])) == [(130, ""), (150, "")]


def test_deleting_what_is_gone_is_an_error():
    # Gone at 220.
    calls = _calls(Case([delete(130), delete(219), delete(221)], []))
    assert [(time_s, bool(error)) for time_s, error in calls] == [
        (130, False),
        (219, False),
        (221, True),
    ]


def test_a_failed_file_system_says_so():
    case = Case([fail(130), fail_destination(150)], [])
    simulation = Simulation(worlds_of(case)[0], verify=True)
    simulation.advance(129)
    assert _states(simulation) == {"us-east-1": "available", "us-west-2": "available"}
    simulation.advance(11)
    assert _states(simulation) == {"us-east-1": "error", "us-west-2": "available"}
    simulation.advance(20)
    assert _states(simulation) == {"us-east-1": "error", "us-west-2": "error"}


def _states(simulation):
    regions = ("us-east-1", "us-west-2")
    return {region: _described(simulation, region)["LifeCycleState"] for region in regions}


def _described(simulation, region):
    (found,) = simulation.call("DescribeFileSystems", region=region)["FileSystems"]
    return found


def test_a_destination_is_protected_until_its_configuration_is_gone():
    simulation = Simulation(worlds_of(Case([delete(130)], []))[0], verify=True)
    protection = []
    for _ in range(3):
        simulation.advance(100)
        described = _described(simulation, "us-west-2")
        protection.append(described["FileSystemProtection"]["ReplicationOverwriteProtection"])
    # At 100 and 200 s, before and in DELETING, and at 300 s.
    assert protection == ["REPLICATING", "REPLICATING", "ENABLED"]


# --- measures -----------------------------------------------------------------------------------


def test_paused_time_counts_as_age():
    summary = numbers(run(Case([kms(130, 180)], [])))
    # LRT 60 stands until 245; ages 0..95, 35..185, 65..102.5, 37.5..55.
    squares = 95**2 + (185**2 - 35**2) + (102.5**2 - 65**2) + (55**2 - 37.5**2)
    age = summary["time_since_last_sync_s"]
    assert age["max"] == 185
    assert age["mean"] == pytest.approx(squares / 2 / 300)
    assert age["undefined_s"] == 0
    assert summary["status_s"] == {"ENABLED": 250, "PAUSING": 30, "PAUSED": 20}
    assert summary["syncs"]["abandoned"] == 1


def test_in_error_age_counts_and_the_timestamp_stands():
    summary = numbers(run(Case([fail_destination(130)], [])))
    age = summary["time_since_last_sync_s"]
    # 0..95, then 35..240.
    assert age["mean"] == pytest.approx((95**2 + 240**2 - 35**2) / 2 / 300)
    assert (age["max"], age["undefined_s"]) == (240, 0)
    assert summary["last_replicated_timestamp"] == "2026-01-01T00:01:00.000000Z"
    assert summary["last_sync_completed"] == "2026-01-01T00:01:35.000000Z"
    assert summary["status_s"] == {"ENABLED": 130, "ERROR": 170}
    assert summary["final_status"] == "ERROR"
    # Writes of 61 to 300 are pending.
    assert summary["pending_bytes"]["open_at_end"] == 240_000
    assert summary["pending_bytes"]["lost_at_deletion"] is None


def test_a_failed_source_leaves_what_was_written():
    summary = numbers(run(Case([fail(130)], [])))
    assert summary["time_since_last_sync_s"]["max"] == 240
    assert summary["pending_bytes"]["open_at_end"] == 70_000
    assert summary["writes"]["bytes"] == 130_000
    assert summary["writes"]["dropped_bytes"] == {"fail": 170_000}


def test_after_deletion_nothing_is_defined():
    summary = numbers(run(Case([delete(130)], [])))
    age = summary["time_since_last_sync_s"]
    # 0..95, then 35..160 when it is gone at 220.
    assert age["mean"] == pytest.approx((95**2 + 160**2 - 35**2) / 2 / 220)
    assert (age["max"], age["undefined_s"]) == (160, 80)
    assert summary["last_replicated_timestamp"] == "2026-01-01T00:01:00.000000Z"
    # Writes of 61 to 220 are pending when it is gone; that at 220 comes first in its instant.
    assert summary["pending_bytes"]["lost_at_deletion"] == 160_000
    assert summary["status_s"] == {"ENABLED": 130, "DELETING": 90}
    assert summary["final_status"] is None


def test_deletion_at_once_loses_what_is_pending():
    summary = numbers(run(Case([delete(130)], [], control={"deleting": 0})))
    # Writes of 61 to 130.
    assert summary["pending_bytes"]["lost_at_deletion"] == 70_000
    assert summary["time_since_last_sync_s"]["undefined_s"] == 170


# --- an existing destination --------------------------------------------------------------------

_REPLICA = {
    "replication": {"destination": {"file_system": "replica"}},
    "top": {
        "others": {
            "replica": {"region": "us-west-2", "writes": {"own": constant("1 per s", "1000 B")}}
        }
    },
}


def test_a_destination_is_read_only():
    check(Case([], UNDISTURBED, in_flight=300, dropped={"read_only": 300}, **_REPLICA))


def test_a_released_destination_is_written():
    # Gone at 220: writes of 1 to 220 are dropped, that at 220 comes before it is gone.
    check(
        Case(
            [delete(130)],
            [(60, 95)],
            [(130, "DELETING"), (220, None)],
            [(120, 130)],
            dropped={"read_only": 220},
            **_REPLICA,
        )
    )


def test_writes_to_a_released_destination_are_replicated_back():
    # Replicated back from 230 on: its writes of 231 to 240 are in the sync of 240.
    instant = {"control": {"preset": "none"}, "sync": {"preset": "none", "interval": 10}}
    top = {**_REPLICA["top"], "defaults": instant}
    case = Case([delete(130), create(230, "replica", "us-east-1")], [], **{**_REPLICA, "top": top})
    back = next(o for name, o in run(case).outcomes.items() if name != "dr")
    # The initial sync at 230 publishes nothing; then 10 writes every 10 s.
    rows = zip(back.syncs["cut_s"].tolist(), back.syncs["writes"].tolist(), strict=True)
    assert list(rows) == [(230, 0), *((cut, 10) for cut in range(240, 301, 10))]
