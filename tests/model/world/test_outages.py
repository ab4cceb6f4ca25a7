"""Outages and degraded links, each alone and at every moment of a sync, worked out by hand.

The replication and the notation are those of `disturbed.py`: a sync of n seconds' writes takes
5 + n/2 s. Comments give the arithmetic of the syncs that are not as if nothing had happened.
"""

from __future__ import annotations

import pytest
from helpers.disturbed import (
    LINK,
    Case,
    check,
    degraded,
    destination_down,
    each,
    kms,
    link_down,
    run,
    source_down,
)
from helpers.worlds import constant, numbers

UNDISTURBED = [(60, 95), (120, 155), (180, 215), (240, 275)]

OUTAGES = {
    # 10 of 35 s done; on at 180: 205; n = 85: 47.5: 252.5; 265: 300
    "in transfer": ((130, 180), [(60, 95), (120, 205), (205, 252.5), (265, 300)], None),
    # 2 of 5 s of setup done; on at 152: 33 left: 185; n = 65: 37.5: 222.5; 245: 280
    "in setup": ((122, 152), [(60, 95), (120, 185), (185, 222.5), (245, 280)], None),
    # exactly between setup and transfer; on at 150: 30 left: 180
    "between phases": ((125, 150), [(60, 95), (120, 180), (180, 215), (240, 275)], 300),
    "over before the planned cut": ((100, 110), UNDISTURBED, 300),
    # the end comes before the cut
    "over at the planned cut": ((100, 120), UNDISTURBED, 300),
    # 150: n = 90: 50: 200; 210: 245; 270
    "over after the planned cut": ((100, 150), [(60, 95), (150, 200), (210, 245)], 270),
    # the cut of 120 comes last in its instant
    "from the planned cut on": ((120, 150), [(60, 95), (150, 200), (210, 245)], 270),
    # the completion comes first; 205: n = 85: 47.5: 252.5; 265: 300
    "from a completion on": (
        (155, 205),
        [(60, 95), (120, 155), (205, 252.5), (265, 300)],
        None,
    ),
    # 90: n = 90: 50: 140; 150: 185; 210: 245; 270
    "from the start on": ((0, 90), [(90, 140), (150, 185), (210, 245)], 270),
    # 1 s left at 154; on at 250: 251; n = 131: 70.5 > 49
    "just before a completion": ((154, 250), [(60, 95), (120, 251)], 251),
    "to the end": ((130, None), [(60, 95)], 120),
    "ends at the end": ((250, 300), [(60, 95), (120, 155), (180, 215)], 240),
    "idle to the end, the cut is made there": ((220, 300), [*UNDISTURBED[:3]], 300),
}


@each(OUTAGES)
@pytest.mark.parametrize("down", [link_down, destination_down])
def test_outage(down, case):
    when, syncs, in_flight = case
    check(Case([down(*when)], syncs, in_flight=in_flight))


OUTAGES_OF_THE_SOURCE = {
    # writes of 131 to 180 are not made (130 comes first, 180 too);
    # on at 180: 205; n = 10 + 25: 22.5: 227.5; 265: n = 60: 300
    "in transfer": Case(
        [source_down(130, 180)],
        [(60, 95), (120, 205), (205, 227.5), (265, 300)],
        dropped={"region_outage": 50},
    ),
    # 152: 33 left: 185; n = 2 + 33: 22.5: 207.5; 245: 280
    "in setup": Case(
        [source_down(122, 152)],
        [(60, 95), (120, 185), (185, 207.5), (245, 280)],
        dropped={"region_outage": 30},
    ),
    # 150: n = 40: 25: 175; 210: 245; 270
    "over after the planned cut": Case(
        [source_down(100, 150)],
        [(60, 95), (150, 175), (210, 245)],
        in_flight=270,
        dropped={"region_outage": 50},
    ),
    # syncs go on; 120: n = 50: 30: 150; 180 as ever
    "over before the planned cut": Case(
        [source_down(100, 110)],
        [(60, 95), (120, 150), (180, 215), (240, 275)],
        in_flight=300,
        dropped={"region_outage": 10},
    ),
    # the change set of 150 holds nothing: setup only; 210: n = 60
    "an empty change set": Case(
        [source_down(60, 150)],
        [(150, 185), (210, 245)],
        in_flight=270,
        dropped={"region_outage": 90},
    ),
    "to the end": Case(
        [source_down(130)], [(60, 95)], in_flight=120, dropped={"region_outage": 170}
    ),
    # the write at the end comes before the outage
    "from the end on": Case([source_down(300)], UNDISTURBED),
}


@each(OUTAGES_OF_THE_SOURCE)
def test_outage_of_the_source_region_stops_writes(case):
    check(case)


OUTAGES_ELSEWHERE = {
    "the link back": link_down(130, 180, "us-west-2 -> us-east-1"),
    "another link": link_down(130, 180, "us-east-1 -> eu-south-1"),
    "another Region": {"at": 130, "region_outage": "eu-south-1", "for": 50},
}


@each(OUTAGES_ELSEWHERE)
def test_outage_elsewhere(case):
    check(Case([case], UNDISTURBED, in_flight=300))


OUTAGES_OF_PHASES = {
    # setup to 125, inventory 600/60 to 135, diff 20,000/4,000 to 140, transfer to 170
    "none": Case([], [(60, 110), (120, 170), (180, 230), (240, 290)], in_flight=300),
    # 10 of 50 s done; on at 150: 190; n = 70: 20 + 35: 245; 250: 300
    "inventory": Case([link_down(130, 150)], [(60, 110), (120, 190), (190, 245), (250, 300)]),
    # 17 done; on at 157: 190
    "diff": Case([link_down(137, 157)], [(60, 110), (120, 190), (190, 245), (250, 300)]),
    # at 167: n = 107: 20 + 53.5: 240.5; n = 73: 56.5: 297
    "abandoned in diff": Case(
        [kms(137, 147)],
        [(60, 110), (167, 240.5), (240.5, 297)],
        [(137, "PAUSING"), (167, "PAUSED"), (167, "ENABLED")],
        [(120, 137)],
    ),
    # until 140 the rate does not matter, 5 s at 1,000; 55,000 left: 27.5: 172.5
    "degraded, mostly before transfer": Case(
        [degraded(120, 145)],
        [(60, 110), (120, 172.5), (180, 230), (240, 290)],
        in_flight=300,
    ),
    "degraded before transfer": Case(
        [degraded(120, 140)],
        [(60, 110), (120, 170), (180, 230), (240, 290)],
        in_flight=300,
    ),
}


@each(OUTAGES_OF_PHASES)
def test_inventory_and_diff_are_disturbed_as_phases(case):
    phases = {"scan_rate": 60, "diff_rate": 4000}
    large = {"w": {**constant(), "in_file": {"size": "20 kB"}}}
    file_system = {"size": 100_000, "files": 600}
    changed = {"sync": phases, "streams": large, "top": {"file_system": file_system}}
    check(Case(**{**vars(case), **changed}))


STALLED_OTHERWISE = {
    # no writes: setup only
    "empty change sets": Case(
        [link_down(62, 82)],
        [(60, 85), (120, 125), (180, 185), (240, 245)],
        in_flight=300,
        streams={},
    ),
    # 2 s of latency: setup 7; 6 done; on at 146: 31 left: 177
    "latency, which is setup": Case(
        [link_down(126, 146)],
        [(60, 97), (120, 177), (180, 217), (240, 277)],
        in_flight=300,
        links={LINK: {"latency": "2 s"}},
    ),
    # at 1,000 B/s: 5 + n; 125: n = 65: 195, of which 5 done at 130; on at 180: 245; 5 + 120
    "capacity that binds": Case(
        [link_down(130, 180)],
        [(60, 125), (125, 245)],
        in_flight=245,
        links={LINK: {"capacity": "1000 B/s"}},
    ),
    # gated by 20 s: 122 of 120..125: 3 left: 145; 165, …
    "gated, in flight": Case(
        [link_down(122, 142)],
        [
            *[(20, 25), (45, 50), (70, 75), (95, 100), (120, 145)],
            *[(165, 170), (190, 195), (215, 220), (240, 245), (265, 270), (290, 295)],
        ],
        sync={"interval": 0, "gap": 20, "throughput": "none"},
        links={},
    ),
    # max(145, 160)
    "gated, idle": Case(
        [link_down(130, 160)],
        [
            *[(20, 25), (45, 50), (70, 75), (95, 100), (120, 125)],
            *[(160, 165), (185, 190), (210, 215), (235, 240), (260, 265), (285, 290)],
        ],
        sync={"interval": 0, "gap": 20, "throughput": "none"},
        links={},
    ),
}


@each(STALLED_OTHERWISE)
def test_outage_of_other_syncs(case):
    check(case)


# --- a link is degraded -------------------------------------------------------------------------

DEGRADED = {
    # 10,000 sent by 130; 50,000 at 1,000: 180; 180: 45,000 from 185 to 230, 15,000: 237.5
    "in transfer": Case(
        [degraded(130, 230)],
        [(60, 95), (120, 180), (180, 237.5), (240, 275)],
        in_flight=300,
    ),
    "in setup": Case([degraded(120, 125)], UNDISTURBED, in_flight=300),
    # 30 s at 1,000 from 125; 30,000 left at 155: 15: 170
    "from the cut on": Case(
        [degraded(120, 155)], [(60, 95), (120, 170), (180, 215), (240, 275)], in_flight=300
    ),
    # completion first; setup to 185
    "from a completion to the end of setup": Case([degraded(155, 185)], UNDISTURBED, in_flight=300),
    # 5 + n: 60..125; 125: n = 65: 195; n = 70: 270; n = 75
    "from the start on": Case([degraded(0)], [(60, 125), (125, 195), (195, 270)], in_flight=270),
    # 10,000 B/s times 0.5 is still above 2,000
    "still not binding": Case(
        [degraded(130, 230)],
        UNDISTURBED,
        in_flight=300,
        links={LINK: {"capacity": "10000 B/s"}},
    ),
    # 10,000 B/s times 0.1 is 1,000
    "binding when degraded": Case(
        [degraded(130, 230, 0.1)],
        [(60, 95), (120, 180), (180, 237.5), (240, 275)],
        in_flight=300,
        links={LINK: {"capacity": "10000 B/s"}},
    ),
    "an absent link never limits": Case([degraded(130, 230)], UNDISTURBED, in_flight=300, links={}),
    # at 1,000 B/s: 5 + n; 65,000 from 130: 50 s at 500: 40,000 left: 220; n = 95: 100
    "capacity that binds": Case(
        [degraded(130, 180)],
        [(60, 125), (125, 220)],
        in_flight=220,
        links={LINK: {"capacity": "1000 B/s"}},
    ),
    # 5 + max(n/2, n/1.5): 60..105, 120..165; a quarter done at 135; 3/4 of max(60, 40): 180;
    # 180: 5 + 60: 245; n = 65: 70
    "slower files than bytes, then the other way round": Case(
        [degraded(135)],
        [(60, 105), (120, 180), (180, 245)],
        in_flight=245,
        sync={"file_rate": 1.5},
    ),
}


@each(DEGRADED)
def test_degraded_link(case):
    check(case)


def test_capacity_limits_a_replication():
    # 5 + n: n = 60: 125; n = 65: 195; n = 70: 270; n = 75
    check(
        Case(
            [],
            [(60, 125), (125, 195), (195, 270)],
            in_flight=270,
            links={LINK: {"capacity": "1000 B/s"}},
        )
    )


def test_an_outage_leaves_the_status():
    summary = numbers(run(Case([link_down(130, 180)], [])))
    assert summary["status_s"] == {"ENABLED": 300}
    # LRT 60 stands until 205.
    assert summary["time_since_last_sync_s"]["max"] == 145
