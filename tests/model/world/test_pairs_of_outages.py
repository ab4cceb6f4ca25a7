"""Failure, deletion, outage and degradation, every two of them at once, by hand.

The replication and the notation are those of `disturbed.py`: a sync of n seconds' writes takes
5 + n/2 s. Cases of a `link_down` are tried with the destination's Region in its stead, too.
"""

from __future__ import annotations

import pytest
from helpers.disturbed import (
    Case,
    check,
    degraded,
    delete,
    destination_down,
    fail,
    fail_destination,
    link_down,
    pair_params,
    pairs_of,
    source_down,
)

CUT = [(120, 130)]
FIRST = [(60, 95)]

PAIRS: dict[tuple[str, str], dict[str, Case]] = {}

# --- fail ---------------------------------------------------------------------------------------

PAIRS["fail", "fail"] = {
    "source, then destination": Case(
        [fail(130), fail_destination(150)], FIRST, [(130, "ERROR")], CUT, dropped={"fail": 170}
    ),
    # writes of 151 to 300
    "destination, then source": Case(
        [fail_destination(130), fail(150)], FIRST, [(130, "ERROR")], CUT, dropped={"fail": 150}
    ),
    "source twice": Case(
        [fail(130), fail(150)], FIRST, [(130, "ERROR")], CUT, dropped={"fail": 170}
    ),
}
PAIRS["fail", "delete"] = {
    # dropped until it is gone at 240
    "source, then delete": Case(
        [fail(130), delete(150)],
        FIRST,
        [(130, "ERROR"), (150, "DELETING"), (240, None)],
        CUT,
        dropped={"fail": 110},
    ),
    "destination, then delete": Case(
        [fail_destination(130), delete(150)],
        FIRST,
        [(130, "ERROR"), (150, "DELETING"), (240, None)],
        CUT,
    ),
    # writes of 151 to 220
    "source in DELETING": Case(
        [delete(130), fail(150)],
        FIRST,
        [(130, "DELETING"), (220, None)],
        CUT,
        dropped={"fail": 70},
    ),
    "destination in DELETING": Case(
        [delete(130), fail_destination(150)], FIRST, [(130, "DELETING"), (220, None)], CUT
    ),
    "source when it is gone": Case(
        [delete(130), fail(250)], FIRST, [(130, "DELETING"), (220, None)], CUT
    ),
}
PAIRS["fail", "outage"] = {
    # stalled at 125, given up at 150
    "destination in an outage": Case(
        [link_down(125, 200), fail_destination(150)], FIRST, [(150, "ERROR")], [(120, 150)]
    ),
    "destination before an outage": Case(
        [fail_destination(130), link_down(150, 200)], FIRST, [(130, "ERROR")], CUT
    ),
    "destination as an outage ends": Case(
        [link_down(125, 150), fail_destination(150)], FIRST, [(150, "ERROR")], [(120, 150)]
    ),
    "source in an outage": Case(
        [link_down(125, 200), fail(150)],
        FIRST,
        [(150, "ERROR")],
        [(120, 150)],
        dropped={"fail": 150},
    ),
    # writes of 126 to 300, whichever of the two causes is named from 151 to 200
    "source in an outage of its Region": Case(
        [source_down(125, 200), fail(150)], FIRST, [(150, "ERROR")], [(120, 150)], dropped=175
    ),
    "source before an outage of its Region": Case(
        [fail(130), source_down(150, 200)], FIRST, [(130, "ERROR")], CUT, dropped=170
    ),
    "destination in an outage of the source's Region": Case(
        [source_down(125, 200), fail_destination(150)],
        FIRST,
        [(150, "ERROR")],
        [(120, 150)],
        dropped={"region_outage": 75},
    ),
    "destination before an outage of the source's Region": Case(
        [fail_destination(130), source_down(150, 200)],
        FIRST,
        [(130, "ERROR")],
        CUT,
        dropped={"region_outage": 50},
    ),
}
PAIRS["fail", "degraded"] = {
    "in": Case([degraded(125, 200), fail_destination(150)], FIRST, [(150, "ERROR")], [(120, 150)]),
    "before": Case([fail_destination(130), degraded(150, 200)], FIRST, [(130, "ERROR")], CUT),
}

# --- delete -------------------------------------------------------------------------------------

PAIRS["delete", "delete"] = {
    "in DELETING": Case([delete(130), delete(150)], FIRST, [(130, "DELETING"), (220, None)], CUT),
    "when it is gone": Case(
        [delete(130), delete(250)], FIRST, [(130, "DELETING"), (220, None)], CUT
    ),
}
PAIRS["delete", "outage"] = {
    "in": Case(
        [link_down(125, 200), delete(150)], FIRST, [(150, "DELETING"), (240, None)], [(120, 150)]
    ),
    "before": Case(
        [delete(130), link_down(150, 200)], FIRST, [(130, "DELETING"), (220, None)], CUT
    ),
    # the call to the source's Region fails; 30 left at 125; on at 200: 230; n = 5 + 30: 252.5;
    # 290
    "called in a source Region under outage": Case(
        [source_down(125, 200), delete(150)],
        [*FIRST, (120, 230), (230, 252.5)],
        in_flight=290,
        dropped={"region_outage": 75},
    ),
    # writes of 151 to 200 are not made
    "before an outage of the source's Region": Case(
        [delete(130), source_down(150, 200)],
        FIRST,
        [(130, "DELETING"), (220, None)],
        CUT,
        dropped={"region_outage": 50},
    ),
    # writes of 151 to 220, when it is gone
    "gone in an outage of the source's Region": Case(
        [delete(130), source_down(150, 250)],
        FIRST,
        [(130, "DELETING"), (220, None)],
        CUT,
        dropped={"region_outage": 70},
    ),
}
PAIRS["delete", "degraded"] = {
    "in": Case(
        [degraded(125, 200), delete(150)], FIRST, [(150, "DELETING"), (240, None)], [(120, 150)]
    ),
    "before": Case([delete(130), degraded(150, 250)], FIRST, [(130, "DELETING"), (220, None)], CUT),
}

# --- outage and degraded ------------------------------------------------------------------------

# Both from 130 to 190: 25 left: 215; n = 95: 52.5: 267.5; 275
_OVERLAPPING = [*FIRST, (120, 215), (215, 267.5)]
# The same where k of the writes before 215 are not made: 5 + (95 - k)/2
_WITHOUT_40 = [*FIRST, (120, 215), (215, 247.5)]
_WITHOUT_60 = [*FIRST, (120, 215), (215, 237.5)]

PAIRS["outage", "outage"] = {
    # 25 left: 255; n = 135: 72.5: 327.5
    "nested": Case([link_down(130, 230), link_down(150, 180)], [*FIRST, (120, 255)], in_flight=255),
    "one link twice": Case([link_down(130, 170), link_down(150, 190)], _OVERLAPPING, in_flight=275),
    "link, then destination": Case(
        [link_down(130, 170), destination_down(150, 190)], _OVERLAPPING, in_flight=275
    ),
    "one Region twice": Case(
        [destination_down(130, 170), destination_down(150, 190)], _OVERLAPPING, in_flight=275
    ),
    # writes of 131 to 170
    "source, then link": Case(
        [source_down(130, 170), link_down(150, 190)],
        _WITHOUT_40,
        in_flight=275,
        dropped={"region_outage": 40},
    ),
    # writes of 151 to 190
    "link, then source": Case(
        [link_down(130, 170), source_down(150, 190)],
        _WITHOUT_40,
        in_flight=275,
        dropped={"region_outage": 40},
    ),
    "source, then destination": Case(
        [source_down(130, 170), destination_down(150, 190)],
        _WITHOUT_40,
        in_flight=275,
        dropped={"region_outage": 40},
    ),
    "destination, then source": Case(
        [destination_down(130, 170), source_down(150, 190)],
        _WITHOUT_40,
        in_flight=275,
        dropped={"region_outage": 40},
    ),
    # writes of 131 to 190, each once
    "source twice": Case(
        [source_down(130, 170), source_down(150, 190)],
        _WITHOUT_60,
        in_flight=275,
        dropped={"region_outage": 60},
    ),
    "source twice, nested": Case(
        [source_down(130, 190), source_down(150, 170)],
        _WITHOUT_60,
        in_flight=275,
        dropped={"region_outage": 60},
    ),
    # the write at 150 is not made: it comes before the end of the first outage
    "source twice, one from the end of the other on": Case(
        [source_down(130, 150), source_down(150, 190)],
        _WITHOUT_60,
        in_flight=275,
        dropped={"region_outage": 60},
    ),
    # 25 left: 195; n = 75: 42.5: 237.5; 255: 290; 315
    "one from the end of the other on": Case(
        [link_down(130, 150), link_down(150, 170)],
        [*FIRST, (120, 195), (195, 237.5), (255, 290)],
    ),
    # 25 left at 130, 15 at 150: 175
    "one after the other": Case(
        [link_down(130, 140), link_down(150, 160)],
        [*FIRST, (120, 175), (180, 215), (240, 275)],
        in_flight=300,
    ),
    # no cut at 130, when one ends; 150: n = 90: 50: 200; 210: 245
    "while nothing runs": Case(
        [link_down(100, 130), destination_down(125, 150)],
        [*FIRST, (150, 200), (210, 245)],
        in_flight=270,
    ),
    # no cut at 130 either: the second holds there
    "while nothing runs, one from the end of the other on": Case(
        [link_down(100, 130), link_down(130, 150)],
        [*FIRST, (150, 200), (210, 245)],
        in_flight=270,
    ),
    # 130: n = 70: 40, of which 10 done at 140; on at 160: 190: n = 60: 225; 250: 285; 310
    "in the sync after": Case(
        [link_down(100, 130), link_down(140, 160)],
        [*FIRST, (130, 190), (190, 225), (250, 285)],
    ),
}
PAIRS["outage", "degraded"] = {
    # 50,000 left at 130, 30,000 at 150, on at 180: 210; n = 90: 15,000 from 215 to 230; 75,000:
    # 37.5: 267.5; 270
    "outage within": Case(
        [degraded(130, 230), link_down(150, 180)],
        [*FIRST, (120, 210), (210, 267.5)],
        in_flight=270,
    ),
    # 25 s left throughout: 255; n = 135
    "degraded within": Case(
        [link_down(130, 230), degraded(150, 180)], [*FIRST, (120, 255)], in_flight=255
    ),
    # 50,000 left at 170, 10,000 at 210: 215; n = 95: 52.5: 267.5
    "degraded outlasts": Case(
        [link_down(130, 170), degraded(150, 210)],
        [*FIRST, (120, 215), (215, 267.5)],
        in_flight=275,
    ),
    # 50,000 left at 130, 30,000 at 150, on at 190 at 2,000: 205; n = 85: 47.5: 252.5; 265: 300
    "outage outlasts": Case(
        [degraded(130, 170), link_down(150, 190)],
        [*FIRST, (120, 205), (205, 252.5), (265, 300)],
    ),
    # 50,000 left at 130; on at 180 at 1,000: 230; n = 110: 60: 290; n = 60
    "both begin and end at once": Case(
        [degraded(130, 230), link_down(130, 180)],
        [*FIRST, (120, 230), (230, 290)],
        in_flight=290,
    ),
    # 50,000 left at 130; the link is well again from 170 on: 195; n = 75: 42.5: 237.5; 255: 290
    "both end at once": Case(
        [degraded(150, 170), link_down(130, 170)],
        [*FIRST, (120, 195), (195, 237.5), (255, 290)],
    ),
    # as "outage within"; n = 90 - 30: 15,000 from 215 to 230; 45,000: 22.5: 252.5; 270
    "outage of the source within": Case(
        [degraded(130, 230), source_down(150, 180)],
        [*FIRST, (120, 210), (210, 252.5)],
        in_flight=270,
        dropped={"region_outage": 30},
    ),
}
PAIRS["degraded", "degraded"] = {
    # 50,000 left at 130, 30,000 at 150, 15,000 at 180 (500 B/s): 195; n = 75: 30,000 from 200 to
    # 230; 45,000: 22.5: 252.5; 255: 290
    "nested, factors multiply": Case(
        [degraded(130, 230), degraded(150, 180)],
        [*FIRST, (120, 195), (195, 252.5), (255, 290)],
    ),
    # 50,000 left at 130, 30,000 at 150; 200 B/s: 26,000 at 170; 400 B/s: 18,000 at 190: 199;
    # n = 79: 44.5: 243.5; 259: 294
    "one after the other begins": Case(
        [degraded(130, 170), degraded(150, 190, 0.2)],
        [*FIRST, (120, 199), (199, 243.5), (259, 294)],
    ),
    # 1,000 B/s throughout: 50,000 left at 130: 180; 45,000 from 185 to 230; 15,000: 237.5
    "one from the end of the other on": Case(
        [degraded(130, 180), degraded(180, 230)],
        [*FIRST, (120, 180), (180, 237.5), (240, 275)],
        in_flight=300,
    ),
}


@pytest.mark.parametrize("case", pair_params(PAIRS))
def test_pair(case):
    check(case)


def test_every_pair_is_here():
    assert set(PAIRS) == pairs_of("fail", "delete", "outage", "degraded")
