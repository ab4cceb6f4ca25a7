"""Alarms whose Region is down tell nobody: by hand, over trials, in every report, as in a drill.

In the world of `alarming` the age passes 15 minutes 840 s after something stops the syncs at
6,000 s, and MINUTE goes to ALARM at 6,900 s. It is in the destination's Region, us-west-2.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.alarming import alarming, changed

import efssim
from efssim.report.facts.alarms import alarm_sentences, word_of_alarm
from efssim.runs.drill.outcome import Ending
from efssim.study.alarms.grid import alarm_to_tune, settings_of, with_settings
from efssim.study.alarms.tuning import TuningGoal, tuning

HOME, AWAY = "us-west-2", "us-east-1"
LINK = {"at": 6000, "link_outage": "us-east-1 -> us-west-2", "for": "1 h"}
SLOW = {"period": 120}
"""Of two minutes the larger: it stays in ALARM a minute longer."""


def down(region: str, at_s: float, for_s: float | None = None) -> dict[str, Any]:
    lasts = {} if for_s is None else {"for": for_s}
    return {"at": at_s, "region_outage": region, **lasts}


def mute(text: str, duration: str) -> dict[str, Any]:
    return {"mute": [{"expression": f"at(2026-01-01T{text})", "duration": duration}]}


CASES: dict[str, tuple[list[dict[str, Any]], dict[str, Any], tuple[Any, ...]]] = {
    # Events, settings, and when it fired, delays, missed, late, open, Region down until the end.
    "the other Region": ([down(AWAY, 6000, 3600)], {}, ([6900], [60], 0, 0, 0, 0)),
    "its Region": ([down(HOME, 6000, 3600)], {}, ([9600], [2760], 0, 0, 0, 0)),
    "its Region by name": (
        [down(AWAY, 6000, 3600)],
        {"region": AWAY},
        ([9600], [2760], 0, 0, 0, 0),
    ),
    "its Region for a part": ([LINK, down(HOME, 6600, 600)], {}, ([7200], [360], 0, 0, 0, 0)),
    "its Region once it has told": (
        [LINK, down(HOME, 7200, 600)],
        {},
        ([6900], [60], 0, 0, 0, 0),
    ),
    # Evaluations are at full minutes: 9,610 s is over at 9,660 s, when it is OK again.
    "until between minutes": ([down(HOME, 6000, 3610)], {}, ([], [], 1, 0, 0, 1)),
    # And still in ALARM where it looks back for longer: the violation was over at 9,610 s.
    "told late": ([down(HOME, 6000, 3610)], SLOW, ([9660], [], 1, 1, 0, 0)),
    "two outages that overlap": (
        [LINK, down(HOME, 6600, 600), down(HOME, 7000, 440)],
        {},
        ([7440], [600], 0, 0, 0, 0),
    ),
    # A mute from 01:30 to 02:00, which is 7,200 s.
    "a mute before an outage": (
        [LINK, down(HOME, 7000, 800)],
        mute("01:30", "30 min"),
        ([7800], [960], 0, 0, 0, 0),
    ),
    "down at the end of the run": ([down(HOME, 6000)], {}, ([], [], 0, 0, 1, 1)),
}


def given(case: str) -> tuple[efssim.Scenario, tuple[Any, ...]]:
    events, settings, expected = CASES[case]
    return alarming({"a": changed(**settings)}, events=events), expected


@pytest.mark.parametrize("case", CASES)
def test_by_hand(case: str) -> None:
    scenario, expected = given(case)
    found = efssim.run(scenario).alarms["a"]
    assert found.violations == 1
    assert (
        list(found.fired_s),
        list(found.delays_s),
        *(found.missed, found.late, found.open_at_end, found.region_down),
    ) == expected
    # Its state goes on as if it were up.
    assert (found.transitions[1].time_s, found.muted) == (6900, 0)


@pytest.mark.parametrize("case", CASES)
def test_over_trials(case: str) -> None:
    scenario, (fired, delays, missed, late, is_open, untold) = given(case)
    trials = efssim.run_trials(scenario, 2, workers=1)
    found = trials.alarms["a"]
    means = found.means
    assert (means.fired, means.missed, means.late) == (len(fired), missed, late)
    assert (means.open_at_end, means.region_down) == (is_open, untold)
    assert found.pooled.delay_s.mean == (delays[0] if delays else None)
    assert (found.pooled.violations, found.pooled.detected) == (2 - 2 * is_open, 2 * len(delays))


SAID = "Its Region was down until the end, so that nobody was told: 1 ALARM period."


def test_text_json_and_page_say_that_nobody_was_told(tmp_path: Path) -> None:
    result = efssim.run(given("until between minutes")[0])
    assert word_of_alarm(result.alarms["a"]) == "DID NOT FIRE IN 1 VIOLATION"
    assert SAID in alarm_sentences(result)["a"]
    result.write(tmp_path / "out")
    summary = json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))
    found = summary["alarms"]["a"]
    assert (found["fired"], found["missed"], found["region_down"]) == (0, 1, 1)
    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "DID NOT FIRE IN 1 VIOLATION" in page
    assert SAID in page


def test_no_setting_that_is_tried_tells_anybody_earlier() -> None:
    """Whatever the threshold: it is told as the Region is back, 2,760 s after 15 minutes passed."""
    scenario, _ = given("its Region")
    _, alarm = alarm_to_tune(scenario, "a")
    tried = settings_of(alarm, scenario.rpo.target)
    trials = efssim.run_trials(with_settings(scenario, alarm, tried), 2, workers=1)
    found = tuning("a", alarm.period, alarm.statistic, tried, trials, TuningGoal(0.4, 200.0))
    delays = {one.delay_s for one in found.settings}
    assert delays == {2760.0}


# ---- as a drill has it ---------------------------------------------------------------------------

DISASTERS: dict[str, tuple[float, list[dict[str, Any]], dict[str, Any]]] = {
    # How long the source's Region is down from 6,000 s on, other events, settings of the alarm.
    "in the other Region": (3600, [], {}),
    "in the Region that is down": (3600, [], {"region": AWAY}),
    "both are down": (3600, [down(HOME, 6600, 600)], {}),
    "down until between minutes": (3610, [], {"region": AWAY}),
    "told late": (3610, [], {"region": AWAY, **SLOW}),
    "muted until between minutes": (3600, [], mute("01:40", "1810 s")),
    "muted, then down": (3600, [down(HOME, 7100, 800)], mute("01:30", "30 min")),
    "muted for the whole of it": (3600, [], mute("01:30", "2 h")),
}


@pytest.mark.parametrize("case", DISASTERS)
def test_it_tells_when_a_drill_says_that_it_does(case: str) -> None:
    for_s, events, settings = DISASTERS[case]
    world = alarming({"a": changed(**settings)}, events=events)
    asked = {"disaster": {"region_outage": AWAY, "for": for_s}, "at": 6000}
    drill = {**asked, "detect": {"alarm": "a"}, "steps": ["delete"]}
    (drilled,) = efssim.drill(world.with_({"drill": drill}), trials=1).outcomes
    happened = [*events, down(AWAY, 6000, for_s)]
    fired = efssim.run(world.with_({"events": happened})).alarms["a"].fired_s
    detected = [phase.end_s for phase in drilled.phases if phase.name == "detect"]
    assert list(fired) == detected
    assert (drilled.ending is Ending.UNDETECTED) is (not fired)
