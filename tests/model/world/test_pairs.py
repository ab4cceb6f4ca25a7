"""Creation, pause or resumption and every other kind of disturbance at once, by hand.

The replication and the notation are those of `disturbed.py`: a sync of n seconds' writes takes
5 + n/2 s. Cases of a `link_down` are tried with the destination's Region in its stead, too.
"""

from __future__ import annotations

import pytest
from helpers.disturbed import (
    Case,
    check,
    create,
    degraded,
    delete,
    fail,
    fail_destination,
    kms,
    link_down,
    opt_out,
    pair_params,
    pairs_of,
    permission,
    source_down,
)

PAUSED = [(130, "PAUSING"), (160, "PAUSED")]
CREATED = [(100, "ENABLED")]
CUT = [(120, 130)]
FIRST = [(60, 95)]
AS_CREATED = [(100, 155), (160, 195), (220, 255)]
"""Syncs of an undisturbed creation; the next is cut at 280."""
AT_150 = [(150, 205), (210, 245)]
"""Syncs of one whose initial sync is cut at 150; the next is cut at 270."""


PAIRS: dict[tuple[str, str], dict[str, Case]] = {}

# --- create -------------------------------------------------------------------------------------

PAIRS["create", "create"] = {
    "refused while ENABLING": Case([create(50)], AS_CREATED, CREATED, in_flight=280, created=True),
    "refused in the initial sync": Case(
        [create(120)], AS_CREATED, CREATED, in_flight=280, created=True
    ),
}
PAIRS["create", "pause"] = {
    # acts at 100, before the cut; 150: 55: 205; n = 60: 210: 245; 270
    "acts when ENABLING ends": Case(
        [kms(50, 150)],
        AT_150,
        [*CREATED, (100, "PAUSING"), (130, "PAUSED"), (150, "ENABLED")],
        in_flight=270,
        created=True,
    ),
    "acts when ENABLING ends, opt-out": Case(
        [opt_out(50, 150)],
        AT_150,
        [*CREATED, (100, "PAUSING"), (130, "PAUSED"), (150, "ENABLED")],
        in_flight=270,
        created=True,
    ),
    # 130: 185; 190: n = 60: 225; 250: 285; 310
    "begins when ENABLING ends": Case(
        [kms(100, 120)],
        [(130, 185), (190, 225), (250, 285)],
        [*CREATED, (100, "PAUSING"), (130, "PAUSED"), (130, "ENABLED")],
        created=True,
    ),
    # abandoned 20 s after its cut and begun anew, all 55 s of it
    "in the initial sync": Case(
        [kms(120, 130)],
        AT_150,
        [*CREATED, (120, "PAUSING"), (150, "PAUSED"), (150, "ENABLED")],
        [(100, 120)],
        in_flight=270,
        created=True,
    ),
    # twice: abandoned at 120 and 160; 190: 245; 250: 285; 310
    "in the initial sync, twice": Case(
        [kms(120, 130), permission(160, 170)],
        [(190, 245), (250, 285)],
        [
            *[*CREATED, (120, "PAUSING"), (150, "PAUSED"), (150, "ENABLED")],
            *[(160, "PAUSING"), (190, "PAUSED"), (190, "ENABLED")],
        ],
        [(100, 120), (150, 160)],
        created=True,
    ),
    # 155 completes first; n = 85: 47.5: 232.5; 245: 280
    "when the initial sync completes": Case(
        [kms(155, 165)],
        [(100, 155), (185, 232.5), (245, 280)],
        [*CREATED, (155, "PAUSING"), (185, "PAUSED"), (185, "ENABLED")],
        created=True,
    ),
}
PAIRS["create", "resume"] = {
    "before ENABLING ends": Case([kms(50, 80)], AS_CREATED, CREATED, in_flight=280, created=True),
    # [50, 100) does not hold at 100
    "when ENABLING ends": Case([kms(50, 100)], AS_CREATED, CREATED, in_flight=280, created=True),
    # opted in at 110; PAUSING runs to 130; 130: 185; 190: 225; 250: 285; 310
    "opting in outlasts ENABLING": Case(
        [opt_out(50, 80)],
        [(130, 185), (190, 225), (250, 285)],
        [*CREATED, (100, "PAUSING"), (130, "PAUSED"), (130, "ENABLED")],
        created=True,
        regions={"us-west-2": {"opting_in": 30}},
    ),
    # opted out at 110, after ENABLING: abandoned; 140: 195; 200: 235; 260: 295; 320
    "opting out outlasts ENABLING": Case(
        [opt_out(80, 100)],
        [(140, 195), (200, 235), (260, 295)],
        [*CREATED, (110, "PAUSING"), (140, "PAUSED"), (140, "ENABLED")],
        [(100, 110)],
        created=True,
        regions={"us-west-2": {"opting_out": 30, "opting_in": 20}},
    ),
}
PAIRS["create", "fail"] = {
    "source while ENABLING": Case(
        [fail(50)], [], [(50, "ERROR")], dropped={"fail": 250}, created=True
    ),
    "destination while ENABLING": Case([fail_destination(50)], [], [(50, "ERROR")], created=True),
    "source in the initial sync": Case(
        [fail(120)],
        [],
        [*CREATED, (120, "ERROR")],
        [(100, 120)],
        dropped={"fail": 180},
        created=True,
    ),
    "destination in the initial sync": Case(
        [fail_destination(120)], [], [*CREATED, (120, "ERROR")], [(100, 120)], created=True
    ),
    "when the initial sync completes": Case(
        [fail_destination(155)], [(100, 155)], [*CREATED, (155, "ERROR")], created=True
    ),
}
PAIRS["create", "delete"] = {
    "while ENABLING": Case([delete(50)], [], [(50, "DELETING"), (140, None)], created=True),
    "in the initial sync": Case(
        [delete(120)], [], [*CREATED, (120, "DELETING"), (210, None)], [(100, 120)], created=True
    ),
    "when the initial sync completes": Case(
        [delete(155)], [(100, 155)], [*CREATED, (155, "DELETING"), (245, None)], created=True
    ),
    "refused in DELETING": Case(
        [delete(130), create(150)], FIRST, [(130, "DELETING"), (220, None)], CUT
    ),
}
PAIRS["create", "outage"] = {
    "over before ENABLING ends": Case(
        [link_down(50, 80)], AS_CREATED, CREATED, in_flight=280, created=True
    ),
    # the status stays, its time runs; no sync starts before 150
    "over after ENABLING": Case([link_down(50, 150)], AT_150, CREATED, in_flight=270, created=True),
    # 20 of 55 s done at 120; on at 150: 185; n = 85: 47.5: 232.5; 245: 280
    "in the initial sync": Case(
        [link_down(120, 150)],
        [(100, 185), (185, 232.5), (245, 280)],
        CREATED,
        created=True,
    ),
    # 3 of 5 s of setup done at 103; on at 113: 165; n = 65: 37.5: 202.5; 225: 260; 285
    "in the setup of the initial sync": Case(
        [link_down(103, 113)],
        [(100, 165), (165, 202.5), (225, 260)],
        CREATED,
        in_flight=285,
        created=True,
    ),
    # the size is constant; writes of 51 to 150 are not made
    "of the source while ENABLING": Case(
        [source_down(50, 150)],
        AT_150,
        CREATED,
        in_flight=270,
        dropped={"region_outage": 100},
        created=True,
    ),
    # 185; n = 85 - 30: 32.5: 217.5; 245: 280
    "of the source in the initial sync": Case(
        [source_down(120, 150)],
        [(100, 185), (185, 217.5), (245, 280)],
        CREATED,
        dropped={"region_outage": 30},
        created=True,
    ),
    # the outage holds at the cut of 100
    "when ENABLING ends": Case([link_down(100, 150)], AT_150, CREATED, in_flight=270, created=True),
    "over when ENABLING ends": Case(
        [link_down(50, 100)], AS_CREATED, CREATED, in_flight=280, created=True
    ),
}
PAIRS["create", "degraded"] = {
    # 30,000 from 105 to 120; 70,000 at 1,000: 190; n = 90: 5 + 90: 285; n = 95
    "in the initial sync": Case(
        [degraded(120)], [(100, 190), (190, 285)], CREATED, in_flight=285, created=True
    ),
    # 45,000 from 105 to 150; 55,000 left: 27.5: 177.5; writes of 101 to 177: 5 + 38.5: 221;
    # 237.5: n = 60: 272.5; 297.5
    "from ENABLING into the initial sync": Case(
        [degraded(50, 150)],
        [(100, 177.5), (177.5, 221), (237.5, 272.5)],
        CREATED,
        in_flight=297.5,
        created=True,
    ),
    "while ENABLING": Case([degraded(50, 80)], AS_CREATED, CREATED, in_flight=280, created=True),
}

# --- pause --------------------------------------------------------------------------------------

PAIRS["pause", "pause"] = {
    # 250: n = 190: 100: 350; n = 100: 55: 405
    "nested": Case(
        [kms(130, 250), permission(150, 180)],
        [*FIRST, (250, 350)],
        [*PAUSED, (250, "ENABLED")],
        CUT,
        in_flight=350,
        until=400,
    ),
    # 190: n = 130: 70: 260; n = 70: 40: 300
    "one after the other begins": Case(
        [kms(130, 170), permission(150, 190)],
        [*FIRST, (190, 260), (260, 300)],
        [*PAUSED, (190, "ENABLED")],
        CUT,
    ),
    # 200: n = 140: 75: 275
    "the second begins in PAUSING, the first is over": Case(
        [kms(130, 140), permission(150, 200)],
        [*FIRST, (200, 275)],
        [*PAUSED, (200, "ENABLED")],
        CUT,
        in_flight=275,
    ),
    # 160: n = 100: 55: 215; 220: 255
    "both over in PAUSING": Case(
        [kms(130, 140), permission(135, 155)],
        [*FIRST, (160, 215), (220, 255)],
        [*PAUSED, (160, "ENABLED")],
        CUT,
        in_flight=280,
    ),
    "the same key twice, nested": Case(
        [kms(130, 190), kms(150, 170)],
        [*FIRST, (190, 260), (260, 300)],
        [*PAUSED, (190, "ENABLED")],
        CUT,
    ),
    "the same key twice": Case(
        [kms(130, 170), kms(150, 190)],
        [*FIRST, (190, 260), (260, 300)],
        [*PAUSED, (190, "ENABLED")],
        CUT,
    ),
    "the same Region twice": Case(
        [opt_out(130, 170), opt_out(150, 190)],
        [*FIRST, (190, 260), (260, 300)],
        [*PAUSED, (190, "ENABLED")],
        CUT,
    ),
    "both Regions": Case(
        [opt_out(130, 170, "us-east-1"), opt_out(150, 190)],
        [*FIRST, (190, 260), (260, 300)],
        [*PAUSED, (190, "ENABLED")],
        CUT,
    ),
    "all three causes": Case(
        [opt_out(130, 150), kms(140, 170), permission(165, 190)],
        [*FIRST, (190, 260), (260, 300)],
        [*PAUSED, (190, "ENABLED")],
        CUT,
    ),
    # cut 160, abandoned at 165; 195: n = 135: 72.5: 267.5; writes of 196 to 267: 41: 308.5
    "one soon after the other": Case(
        [kms(130, 140), permission(165, 175)],
        [*FIRST, (195, 267.5)],
        [*PAUSED, (160, "ENABLED"), (165, "PAUSING"), (195, "PAUSED"), (195, "ENABLED")],
        [(120, 130), (160, 165)],
        in_flight=267.5,
    ),
}
PAIRS["pause", "resume"] = {
    # at least to 200, then for as long as a cause is left; 220: n = 160: 85
    "begins in the least time of PAUSED": Case(
        [kms(130, 140), permission(180, 220)],
        [*FIRST],
        [*PAUSED, (220, "ENABLED")],
        CUT,
        in_flight=220,
        control={"resuming": 40},
    ),
    # over again before 200: n = 140: 75: 275
    "begins and ends in the least time of PAUSED": Case(
        [kms(130, 140), permission(170, 180)],
        [*FIRST, (200, 275)],
        [*PAUSED, (200, "ENABLED")],
        CUT,
        in_flight=275,
        control={"resuming": 40},
    ),
    # opted in at 200; the key until 230: n = 170: 90
    "begins while opting in": Case(
        [opt_out(130, 180), kms(190, 230)],
        [*FIRST],
        [*PAUSED, (230, "ENABLED")],
        CUT,
        in_flight=230,
        regions={"us-west-2": {"opting_in": 20}},
    ),
    "begins and ends while opting in": Case(
        [opt_out(130, 180), kms(190, 195)],
        [*FIRST, (200, 275)],
        [*PAUSED, (200, "ENABLED")],
        CUT,
        in_flight=275,
        regions={"us-west-2": {"opting_in": 20}},
    ),
    # opted in from the first at 200, from the second at 195 + 20; 215: n = 155: 82.5: 297.5
    "opting out again while opting in": Case(
        [opt_out(130, 180), opt_out(190, 195)],
        [*FIRST, (215, 297.5)],
        [*PAUSED, (215, "ENABLED")],
        CUT,
        in_flight=297.5,
        regions={"us-west-2": {"opting_in": 20}},
    ),
    # the sync of 180 is abandoned at 190; 220: n = 160: 85
    "begins after": Case(
        [kms(130, 180), kms(190, 200)],
        [*FIRST],
        [*PAUSED, (180, "ENABLED"), (190, "PAUSING"), (220, "PAUSED"), (220, "ENABLED")],
        [(120, 130), (180, 190)],
        in_flight=220,
    ),
}
PAIRS["pause", "fail"] = {
    "source in PAUSING": Case(
        [kms(130, 200), fail(140)],
        FIRST,
        [(130, "PAUSING"), (140, "ERROR")],
        CUT,
        dropped={"fail": 160},
    ),
    "destination in PAUSING": Case(
        [opt_out(130, 200), fail_destination(140)], FIRST, [(130, "PAUSING"), (140, "ERROR")], CUT
    ),
    "source in PAUSED": Case(
        [kms(130, 200), fail(170)], FIRST, [*PAUSED, (170, "ERROR")], CUT, dropped={"fail": 130}
    ),
    "destination in PAUSED": Case(
        [kms(130, 200), fail_destination(170)], FIRST, [*PAUSED, (170, "ERROR")], CUT
    ),
    "source, then a pause": Case(
        [fail(130), kms(150, 200)], FIRST, [(130, "ERROR")], CUT, dropped={"fail": 170}
    ),
    "destination, then a pause": Case(
        [fail_destination(130), opt_out(150, 200)], FIRST, [(130, "ERROR")], CUT
    ),
}
PAIRS["pause", "delete"] = {
    "in PAUSING": Case(
        [kms(130, 200), delete(140)], FIRST, [(130, "PAUSING"), (140, "DELETING"), (230, None)], CUT
    ),
    "in PAUSING, which would last longer than the pause": Case(
        [kms(130, 135), delete(140)], FIRST, [(130, "PAUSING"), (140, "DELETING"), (230, None)], CUT
    ),
    "in PAUSED": Case(
        [kms(130, 200), delete(170)], FIRST, [*PAUSED, (170, "DELETING"), (260, None)], CUT
    ),
    "in PAUSED for good": Case(
        [kms(130), delete(170)], FIRST, [*PAUSED, (170, "DELETING"), (260, None)], CUT
    ),
    "then a pause in DELETING": Case(
        [delete(130), kms(150, 200)], FIRST, [(130, "DELETING"), (220, None)], CUT
    ),
    "then a pause beyond DELETING": Case(
        [delete(130), opt_out(150, 250)], FIRST, [(130, "DELETING"), (220, None)], CUT
    ),
    "then a pause after all": Case(
        [delete(130), kms(250, 260)], FIRST, [(130, "DELETING"), (220, None)], CUT
    ),
}
PAIRS["pause", "outage"] = {
    # 230: n = 170: 90
    "outage within": Case(
        [kms(130, 230), link_down(150, 180)],
        FIRST,
        [*PAUSED, (230, "ENABLED")],
        CUT,
        in_flight=230,
    ),
    # neither from 230 on
    "outage outlasts": Case(
        [kms(130, 180), link_down(150, 230)],
        FIRST,
        [*PAUSED, (180, "ENABLED")],
        CUT,
        in_flight=230,
    ),
    # stalled at 125, abandoned at 150; 200: n = 140: 75: 275
    "pause within": Case(
        [link_down(125, 200), kms(150, 160)],
        [*FIRST, (200, 275)],
        [(150, "PAUSING"), (180, "PAUSED"), (180, "ENABLED")],
        [(120, 150)],
        in_flight=275,
    ),
    # 220: n = 160: 85
    "pause outlasts": Case(
        [link_down(125, 170), kms(150, 220)],
        FIRST,
        [(150, "PAUSING"), (180, "PAUSED"), (220, "ENABLED")],
        [(120, 150)],
        in_flight=220,
    ),
    # abandoned at 130; 170: n = 110: 60: 230; n = 60: 265; 290
    "outage outlasts PAUSING": Case(
        [link_down(125, 170), kms(130, 140)],
        [*FIRST, (170, 230), (230, 265)],
        [*PAUSED, (160, "ENABLED")],
        CUT,
        in_flight=290,
    ),
    # the cut of 120 is not made, so nothing is abandoned; 200: 275
    "pause within, nothing running": Case(
        [link_down(100, 200), kms(150, 170)],
        [*FIRST, (200, 275)],
        [(150, "PAUSING"), (180, "PAUSED"), (180, "ENABLED")],
        in_flight=275,
    ),
    # the pause begins with nothing running; 150: n = 90: 50: 200; 210: 245
    "both, nothing running": Case(
        [kms(96, 110), link_down(100, 150)],
        [*FIRST, (150, 200), (210, 245)],
        [(96, "PAUSING"), (126, "PAUSED"), (126, "ENABLED")],
        in_flight=270,
    ),
    # resumed at 106, stalled until 115: at once then, not at 120; n = 55: 32.5: 147.5; 175: 210;
    # 235: 270; 295
    "both over before the planned cut": Case(
        [kms(96, 100), link_down(98, 115)],
        [*FIRST, (115, 147.5), (175, 210), (235, 270)],
        [(96, "PAUSING"), (106, "PAUSED"), (106, "ENABLED")],
        in_flight=295,
        control={"pausing": 10},
    ),
    # resumed at 145, stalled until 155: n = 95: 52.5: 207.5; writes 156 to 215: 215: 250; 275
    "pause over within, beyond the planned cut": Case(
        [link_down(110, 155), kms(115, 120)],
        [*FIRST, (155, 207.5), (215, 250)],
        [(115, "PAUSING"), (145, "PAUSED"), (145, "ENABLED")],
        in_flight=275,
    ),
    # writes of 151 to 180 are not made; 230: n = 140: 75
    "outage of the source within": Case(
        [kms(130, 230), source_down(150, 180)],
        FIRST,
        [*PAUSED, (230, "ENABLED")],
        CUT,
        in_flight=230,
        dropped={"region_outage": 30},
    ),
    # 230: n = 90: 50: 280; 290
    "outage of the source outlasts": Case(
        [kms(130, 180), source_down(150, 230)],
        [*FIRST, (230, 280)],
        [*PAUSED, (180, "ENABLED")],
        CUT,
        in_flight=290,
        dropped={"region_outage": 80},
    ),
    # 200: n = 140 - 75: 37.5: 237.5; 260: 295
    "pause within an outage of the source": Case(
        [source_down(125, 200), opt_out(150, 160)],
        [*FIRST, (200, 237.5), (260, 295)],
        [(150, "PAUSING"), (180, "PAUSED"), (180, "ENABLED")],
        [(120, 150)],
        dropped={"region_outage": 75},
    ),
}
PAIRS["pause", "degraded"] = {
    # 160: n = 100: 85,000 from 165 to 250; 15,000: 7.5: 257.5; writes 161 to 257: 53.5
    "pause within": Case(
        [degraded(125, 250), kms(130, 140)],
        [*FIRST, (160, 257.5)],
        [*PAUSED, (160, "ENABLED")],
        CUT,
        in_flight=257.5,
    ),
    "degraded within": Case(
        [kms(130, 230), degraded(150, 180)], FIRST, [*PAUSED, (230, "ENABLED")], CUT, in_flight=230
    ),
    # 230: n = 170: 70 s: 5 + 65 at 1,000
    "degraded outlasts": Case(
        [kms(130, 230), degraded(150)], FIRST, [*PAUSED, (230, "ENABLED")], CUT, in_flight=230
    ),
}

# --- resume -------------------------------------------------------------------------------------

PAIRS["resume", "resume"] = {
    # opted in at 170 and at 200; n = 140: 75: 275
    "opting in to two Regions": Case(
        [opt_out(130, 150), opt_out(130, 150, "us-east-1")],
        [*FIRST, (200, 275)],
        [*PAUSED, (200, "ENABLED")],
        CUT,
        in_flight=275,
        regions={"us-west-2": {"opting_in": 20}, "us-east-1": {"opting_in": 50}},
    ),
    # both removed at 200
    "two causes removed at once": Case(
        [opt_out(130, 180), kms(150, 200)],
        [*FIRST, (200, 275)],
        [*PAUSED, (200, "ENABLED")],
        CUT,
        in_flight=275,
        regions={"us-west-2": {"opting_in": 20}},
    ),
}
PAIRS["resume", "fail"] = {
    "PAUSED until after": Case(
        [opt_out(130, 180), fail_destination(190)],
        FIRST,
        [*PAUSED, (190, "ERROR")],
        CUT,
        regions={"us-west-2": {"opting_in": 20}},
    ),
    "in the least time of PAUSED": Case(
        [kms(130, 140), fail_destination(190)],
        FIRST,
        [*PAUSED, (190, "ERROR")],
        CUT,
        control={"resuming": 40},
    ),
    "in the sync after": Case(
        [kms(130, 180), fail(185)],
        FIRST,
        [*PAUSED, (180, "ENABLED"), (185, "ERROR")],
        [(120, 130), (180, 185)],
        dropped={"fail": 115},
    ),
}
PAIRS["resume", "delete"] = {
    "while opting in": Case(
        [opt_out(130, 180), delete(190)],
        FIRST,
        [*PAUSED, (190, "DELETING"), (280, None)],
        CUT,
        regions={"us-west-2": {"opting_in": 20}},
    ),
    "in the least time of PAUSED": Case(
        [kms(130, 140), delete(190)],
        FIRST,
        [*PAUSED, (190, "DELETING"), (280, None)],
        CUT,
        control={"resuming": 40},
    ),
    "in the sync after": Case(
        [kms(130, 180), delete(190)],
        FIRST,
        [*PAUSED, (180, "ENABLED"), (190, "DELETING"), (280, None)],
        [(120, 130), (180, 190)],
    ),
}
PAIRS["resume", "outage"] = {
    # cut 180: n = 120, 65 s, of which 10 done at 190; on at 220: 275; n = 95
    "in the sync after": Case(
        [kms(130, 180), link_down(190, 220)],
        [*FIRST, (180, 275)],
        [*PAUSED, (180, "ENABLED")],
        CUT,
        in_flight=275,
    ),
    # n = 65: 37.5 after 275: writes of 181 to 190 and 221 to 275: 312.5
    "of the source in the sync after": Case(
        [kms(130, 180), source_down(190, 220)],
        [*FIRST, (180, 275)],
        [*PAUSED, (180, "ENABLED")],
        CUT,
        in_flight=275,
        dropped={"region_outage": 30},
    ),
    # ENABLED at 200 all the same; 210: n = 150: 80: 290; n = 80
    "over the end of opting in": Case(
        [opt_out(130, 180), link_down(190, 210)],
        [*FIRST, (210, 290)],
        [*PAUSED, (200, "ENABLED")],
        CUT,
        in_flight=290,
        regions={"us-west-2": {"opting_in": 20}},
    ),
    # over when the pause is; 180: n = 120: 65: 245; n = 65: 37.5: 282.5; 305
    "over at the same instant": Case(
        [kms(130, 180), link_down(150, 180)],
        [*FIRST, (180, 245), (245, 282.5)],
        [*PAUSED, (180, "ENABLED")],
        CUT,
    ),
}
PAIRS["resume", "degraded"] = {
    # 180: n = 120: 45,000 from 185 to 230; 75,000: 37.5: 267.5; writes 181 to 267: 48.5
    "over the end of the pause": Case(
        [kms(130, 180), degraded(150, 230)],
        [*FIRST, (180, 267.5)],
        [*PAUSED, (180, "ENABLED")],
        CUT,
        in_flight=267.5,
    ),
    # 10,000 from 185 to 190; 30,000 at 1,000: 220; 80,000: 40: 260; n = 80: 45: 305
    "in the sync after": Case(
        [kms(130, 180), degraded(190, 220)],
        [*FIRST, (180, 260)],
        [*PAUSED, (180, "ENABLED")],
        CUT,
        in_flight=260,
    ),
}


@pytest.mark.parametrize("case", pair_params(PAIRS))
def test_pair(case):
    check(case)


def test_every_pair_is_here():
    assert set(PAIRS) == pairs_of("create", "pause", "resume")
