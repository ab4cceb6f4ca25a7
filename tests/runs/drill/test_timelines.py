"""Drills by hand: the loss and the times of a disaster in every state of a replication.

A write of 1,000 bytes every 10 s into one large file; a sync each minute, at 60 k seconds. Its
phases: setup 5 s, inventory 100 files / (10/s) = 10 s, diff 5,000 bytes / (1,000/s) = 5 s, transfer
6 writes of 1,000 bytes / (1,000/s) = 6 s. So the sync that is cut at 300 completes at 326, and
LastReplicatedTimestamp is 240 before that and 300 after it.

The runbook: known after 1 min, decided 2 min later, 5 min of DELETING, 2 min for mount targets:
600 s altogether.
"""

import pytest
from helpers.worlds import scenario

from efssim.model.drill.record import Ending
from efssim.runs.drill.drill import run_drill

SYNC = {
    "interval": 60,
    "setup": 5,
    "scan_rate": "10 per s",
    "diff_rate": "1000 B/s",
    "throughput": "1000 B/s",
}
CONTROL = {"enabling": 100, "pausing": 60, "deleting": 300}
DRILL = {"detect": 60, "decide": 120}
RTO_S = 600.0
SIZE = 10_000


def drill_world(at, *, events=(), drill=None, sync=None, replication=None, **top):
    stream = {
        "arrivals": {"constant": {"rate": "1 per 10 s"}},
        "size": 1000,
        "in_file": {"size": 5000},
    }
    return scenario(
        {"w": stream},
        {**SYNC, **(sync or {})},
        files=100,
        file_system={"size": SIZE},
        replication={"control": CONTROL, **(replication or {})},
        events=list(events),
        drill={**DRILL, "at": at, **(drill or {})},
        **top,
    )


def drilled(at, **options):
    return run_drill(drill_world(at, **options), 1)


def seconds_of(outcome):
    return {phase.name: phase.seconds for phase in outcome.phases}


@pytest.mark.parametrize(
    ("at", "writes", "loss_s", "age_s", "partial"),
    [
        # Idle: the sync of 300 is complete. Lost are the writes of 310 ... 350.
        (350, 5, 40, 50, 0),
        # Setup (300 to 305): LRT is 240. Lost are the writes of 250 ... 300.
        (302, 6, 52, 62, 0),
        # Inventory (305 to 315): 250 ... 310; the write of this instant was made before.
        (310, 7, 60, 70, 0),
        # Diff (315 to 320): 250 ... 310.
        (317, 7, 67, 77, 0),
        # Transfer (320 to 326): 250 ... 320; half of the 6,000 bytes have arrived.
        (323, 8, 73, 83, 3000),
    ],
    ids=["idle", "setup", "inventory", "diff", "transfer"],
)
def test_phases_of_a_sync(at, writes, loss_s, age_s, partial):
    found = drilled(at)
    assert found.ending is Ending.DONE
    assert (found.loss.writes, found.loss.bytes) == (writes, 1000 * writes)
    assert found.loss.seconds == loss_s
    assert found.loss.recovery_point_age_s == age_s
    assert found.partial.bytes == partial
    assert found.rto_s == RTO_S
    assert found.writable_s == 480
    # Ten minutes without a write; those after the configuration is gone at 480 s are nobody's.
    assert found.dropped_writes == 48


def test_the_timeline_of_phases():
    found = drilled(350)
    spans = [(phase.name, phase.begin_s, phase.end_s) for phase in found.phases]
    assert spans == [
        ("detect", 350, 410),
        ("decide", 410, 530),
        ("delete", 530, 830),
        ("mount_targets", 830, 950),
    ]


def test_backoff():
    # The first sync, of 60, fails all but surely, and waits for an hour: LRT is still 0, and the
    # writes of 10 ... 300 are lost.
    found = drilled(300, sync={"failure_probability": 0.9999, "backoff": "1 h"})
    assert (found.loss.writes, found.loss.seconds) == (30, 290)
    assert found.loss.recovery_point_age_s == 300
    assert found.rto_s == RTO_S


@pytest.mark.parametrize(
    ("at", "status", "partial"),
    [
        (50, "ENABLING", (0, 0)),
        # The initial sync: cut at 100, setup to 105, inventory to 115, 10,000 bytes to 125.
        (103, "ENABLED", (0, 0)),
        (120, "ENABLED", (5000, 50)),
    ],
    ids=["enabling", "initial setup", "initial transfer"],
)
def test_no_recovery_point_before_the_initial_sync(at, status, partial):
    found = drilled(at, replication={"established": False})
    assert found.status == status
    assert found.has_no_recovery_point
    assert (found.loss.bytes, found.loss.seconds) == (SIZE, None)
    assert found.loss.recovery_point_age_s is None
    assert (found.partial.bytes, found.partial.files) == partial
    assert not found.meets_rpo(1e9)
    assert found.rto_s == RTO_S


KEY = {"at": 300, "kms_key_disabled": "dr"}


@pytest.mark.parametrize(
    ("at", "event", "status", "writes", "loss_s", "age_s"),
    [
        # The key is disabled at 300, before the cut of that instant: LRT stays 240.
        (330, KEY, "PAUSING", 9, 80, 90),
        (400, KEY, "PAUSED", 16, 150, 160),
        # The sync of 300 is stalled at 310 and never ends.
        (400, {"at": 310, "link_outage": "us-east-1 -> us-west-2"}, "ENABLED", 16, 150, 160),
        # The source fails at 310: nothing is written after that. Its age goes on.
        (400, {"at": 310, "fail": "fs"}, "ERROR", 7, 60, 160),
        # It is down since 310.
        (400, {"at": 310, "region_outage": "us-east-1"}, "ENABLED", 7, 60, 160),
    ],
    ids=["pausing", "paused", "stalled", "error of source", "source down"],
)
def test_trouble_before_the_disaster(at, event, status, writes, loss_s, age_s):
    found = drilled(at, events=[event])
    assert found.status == status
    assert (found.loss.writes, found.loss.seconds) == (writes, loss_s)
    assert found.loss.recovery_point_age_s == age_s
    assert found.rto_s == RTO_S


def test_error_of_the_destination():
    # Delete works, and what is left is a file system that cannot be written.
    found = drilled(400, events=[{"at": 310, "fail": "dr.destination"}])
    assert found.status == "ERROR"
    assert (found.ending, found.error) == (Ending.FAILED, "IncorrectFileSystemLifeCycleState")
    assert found.has_no_recovery_point
    assert found.loss.bytes == SIZE
    assert found.rto_s is None
    assert seconds_of(found) == {"detect": 60, "decide": 120, "delete": None}


def delete_at(time_s, region="us-east-1"):
    return {
        "at": time_s,
        "region": region,
        "call": "DeleteReplicationConfiguration",
        "with": {"SourceFileSystemId": "fs"},
    }


def test_deleting():
    # Somebody has deleted at 380, which abandons the sync of 360: LRT is 300. Gone at 680, 100 s
    # after the decision of 580; mount targets at 800.
    found = drilled(400, events=[delete_at(380)])
    assert found.status == "DELETING"
    assert (found.loss.writes, found.loss.seconds) == (10, 90)
    assert found.loss.recovery_point_age_s == 100
    assert seconds_of(found) == {"detect": 60, "decide": 120, "delete": 100, "mount_targets": 120}
    assert found.rto_s == 400


def test_deleted_while_deciding():
    # Somebody else deletes at 410: gone at 710, before the decision of 400 + 60 + 600. LRT is 360,
    # and the writes of 370 ... 400 are lost.
    found = drilled(400, events=[delete_at(410, "us-west-2")], drill={"decide": 600})
    assert seconds_of(found)["delete"] == 0
    assert (found.loss.writes, found.loss.seconds) == (4, 30)
    assert found.rto_s == 60 + 600 + 0 + 120


def test_no_configuration():
    found = drilled(500, events=[delete_at(100)])
    assert found.ending is Ending.NOT_APPLICABLE
    assert found.loss is None
    assert found.rto_s is None
    assert not found.meets_rpo(1e9)
    assert not found.meets_rto(1e9)
    assert found.phases == ()


def test_a_refused_step_ends_the_drill():
    found = drilled(350, events=[{"at": 340, "region_outage": "us-west-2"}])
    assert (found.ending, found.error) == (Ending.FAILED, "ServiceUnavailable")
    assert found.rto_s is None
    assert seconds_of(found) == {"detect": 60, "decide": 120, "delete": None}
    # The outage of the destination's Region stalls syncs, too: the last is that of 240 ... 300.
    assert found.loss.writes == 5


def test_a_step_is_tried_again():
    # The first try is at 530, the Region is back at 900: tries every 100 s, that of 930 works.
    steps = [{"delete": None, "retry": 100}, "mount_targets"]
    down = {"at": 340, "region_outage": "us-west-2", "for": 560}
    control = {**CONTROL, "mount_target": 90}
    found = drilled(350, events=[down], drill={"steps": steps}, replication={"control": control})
    assert found.ending is Ending.DONE
    assert found.error is None
    assert seconds_of(found)["delete"] == 700  # 400 s of refusals, 300 s of DELETING
    assert seconds_of(found)["mount_targets"] == 90
    assert found.rto_s == 970


def test_a_step_that_is_refused_for_good():
    steps = [{"delete": None, "retry": "1 h"}]
    found = drilled(350, events=[{"at": 340, "region_outage": "us-west-2"}], drill={"steps": steps})
    assert (found.ending, found.error) == (Ending.FAILED, "ServiceUnavailable")


def test_a_region_that_comes_back_while_deciding():
    # Down from 350 to 455. The cut of 455 completes 5 + 10 + 5 + 5 s later, at 480; that of 515 is
    # abandoned by the deletion of 530. LRT is 455, and the writes of 460 ... 830 are lost: counted
    # back from 830, when the configuration is gone and the source can still be written.
    disaster = {"region_outage": "us-east-1", "for": 105}
    found = drilled(350, drill={"disaster": disaster})
    assert found.loss.recovery_point_s == 455
    assert (found.loss.writes, found.loss.seconds) == (38, 370)
    assert found.loss.recovery_point_age_s == 375
    assert found.rto_s == RTO_S


def test_the_run_goes_on_past_its_end_and_streams_do_not():
    # The Region is back after 100 s, the run ends 50 s later, at 3,650: no write after that.
    disaster = {"region_outage": "us-east-1", "for": 100}
    found = drilled(3500, duration=3650, drill={"disaster": disaster})
    assert found.rto_s == RTO_S
    # The cut of 3,600 completes before Delete at 3,680; nothing is written from 3,660 on.
    assert found.loss.bytes <= 5000


def test_the_disaster_may_be_a_failure_of_the_source():
    found = drilled(350, drill={"disaster": {"fail": "fs"}})
    assert (found.loss.writes, found.loss.seconds, found.rto_s) == (5, 40, RTO_S)


def test_named_steps_and_calls():
    steps = [
        {"call": "DescribeFileSystems", "with": {"FileSystemId": "dr.destination"}},
        "delete",
        {"dns": 30},
    ]
    found = drilled(350, drill={"steps": steps})
    names = ["detect", "decide", "DescribeFileSystems", "delete", "dns"]
    assert [phase.name for phase in found.phases] == names
    assert found.rto_s == 60 + 120 + 0 + 300 + 30


def alarm(**changes):
    return {
        "late": {
            "metric": "TimeSinceLastSync",
            "statistic": "Maximum",
            "period": 60,
            "evaluation_periods": 1,
            "threshold": 120,
            "comparison": "GreaterThanThreshold",
            "replication": "dr",
            **changes,
        }
    }


BY_ALARM = {"detect": {"alarm": "late"}}


def test_detection_by_an_alarm():
    # LRT is 300. The age is 120 at 420 and 180 at 480: the period that ends at 540 is in ALARM.
    found = drilled(350, drill=BY_ALARM, alarms=alarm(), cloudwatch={"phase": 0})
    assert seconds_of(found)["detect"] == 540 - 350
    assert found.rto_s == 190 + 120 + 300 + 120


def test_an_alarm_in_the_region_that_is_down_tells_nobody():
    # Back at 700, 350 s after the disaster; until then CloudWatch in it answers nobody. It syncs
    # at once then, which completes at 725: the age of 720 is still above, known at the end of 720.
    disaster = {"region_outage": "us-east-1", "for": 350}
    drill = {**BY_ALARM, "disaster": disaster}
    found = drilled(350, drill=drill, alarms=alarm(region="us-east-1"), cloudwatch={"phase": 0})
    assert seconds_of(found)["detect"] == 720 - 350


def test_an_alarm_that_never_fires():
    alarms = alarm(threshold=1e9)
    found = drilled(350, drill=BY_ALARM, alarms=alarms, cloudwatch={"phase": 0})
    assert found.ending is Ending.UNDETECTED
    assert found.rto_s is None
    assert found.loss.writes == 5


def test_the_instant_moves_nothing_else():
    # Two drills of one seed differ in the disaster alone: the loss of a later one is that of the
    # same draws.
    world = drill_world("random", sync={"setup": {"exponential": {"mean": 5}}})
    early, late = (run_drill(world, 1, trial) for trial in (1, 2))
    assert early.disaster_s != late.disaster_s
    again = world.with_({"drill.at": early.disaster_s})
    assert run_drill(again, 1, 1).loss == early.loss
