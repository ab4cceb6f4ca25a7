"""Detection of violations by the states of an alarm, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from efssim.lag.detection.judging import (
    Watched,
    alarm_spans,
    delay_summary,
    judged,
    per_month,
    times_in_states,
)
from efssim.lag.detection.summary import AlarmChange

WINDOW = (100.0, 1000.0)


def states(*times):
    """Return changes at some times: OK, ALARM, OK and so on."""
    names = ["INSUFFICIENT_DATA", *("OK", "ALARM") * len(times)]
    return [AlarmChange(at, names[k], names[k + 1], "") for k, at in enumerate(times)]


def counts(times, violations, undefined=(), lookback=60.0, muted=(), down=()):
    return judged(states(*times), Watched(WINDOW, violations, undefined), lookback, muted, down)


def test_an_alarm_within_a_violation_detects_it():
    found = counts([0, 250, 400], [(200, 300)])
    assert (len(found.fired_s), found.missed, found.false_alarms, found.delays_s) == (
        1,
        0,
        0,
        (50,),
    )


def test_an_alarm_at_the_very_end_detects_it_and_one_after_it_is_late():
    assert counts([0, 300, 400], [(200, 300)]).delays_s == (100,)
    found = counts([0, 301, 400], [(200, 300)])
    assert (found.missed, found.late, found.false_alarms) == (1, 1, 0)


def test_an_alarm_too_long_after_a_violation_is_false():
    found = counts([0, 361, 400], [(200, 300)])
    assert (found.missed, found.late, found.false_alarms) == (1, 0, 1)


def test_who_is_in_alarm_already_detects_at_once():
    assert counts([0, 150, 400], [(200, 300)]).delays_s == (0,)


def test_an_alarm_that_ended_as_the_violation_began_does_not_count():
    found = counts([0, 150, 200], [(200, 300)])
    assert (found.missed, found.false_alarms) == (1, 0)


def test_one_alarm_may_detect_two_violations():
    found = counts([0, 250, 600], [(200, 300), (400, 500)])
    assert (len(found.fired_s), found.delays_s) == (1, (50, 0))


def test_two_alarms_in_one_violation_detect_it_once():
    found = counts([0, 250, 300, 350, 400], [(200, 500)])
    assert (len(found.fired_s), found.delays_s, found.false_alarms) == (2, (50,), 0)


def test_what_the_end_of_the_window_cuts_is_not_decided():
    found = counts([0], [(950, 1000)])
    assert (found.missed, found.open_at_end) == (0, 1)
    assert counts([0, 960], [(950, 1000)]).delays_s == (10,)


def test_time_without_a_recovery_point_gives_cause():
    assert counts([0, 250, 400], [], undefined=[(200, 300)]).false_alarms == 0


def test_what_began_before_the_window_is_not_counted_and_still_detects():
    found = counts([0, 50, 400], [(200, 300)])
    assert (len(found.fired_s), found.delays_s) == (0, (0,))


def test_no_change_at_all():
    found = counts([], [(200, 300)])
    assert (len(found.fired_s), found.missed) == (0, 1)
    assert alarm_spans([], WINDOW) == []


def test_times_in_states():
    assert times_in_states(states(0, 250, 400), WINDOW) == {
        "OK": 150 + 600,
        "ALARM": 150,
        "INSUFFICIENT_DATA": 0,
    }
    assert times_in_states(states(700, 800), WINDOW)["INSUFFICIENT_DATA"] == 600
    assert math.fsum(times_in_states(states(1, 2, 3), WINDOW).values()) == 900


def test_delays_in_short():
    found = delay_summary([30.0, 10.0, 20.0, 40.0])
    assert (found.mean, found.p50, found.max) == (25, 20, 40)
    assert delay_summary([]).mean is None


def test_a_month_has_thirty_days():
    assert per_month(1, 86_400 * 10) == pytest.approx(3)
    assert per_month(1, 0) == 0


def test_a_mute_delays_the_notification_to_its_end():
    found = counts([0, 250, 400], [(200, 390)], muted=[(240, 300)])
    assert (found.fired_s, found.delays_s, found.muted) == ((300,), (100,), 0)


def test_a_mute_that_outlasts_an_alarm_leaves_a_violation_missed():
    found = counts([0, 250, 400], [(200, 390)], muted=[(250, 400)])
    assert (found.fired_s, found.missed, found.muted) == ((), 1, 1)


def test_a_mute_that_begins_after_the_alarm_changes_nothing():
    assert counts([0, 250, 400], [(200, 390)], muted=[(251, 500)]).fired_s == (250,)


def told(found):
    return found.fired_s, found.delays_s, found.missed, found.late, found.muted, found.region_down


@pytest.mark.parametrize(
    ("times", "violation", "muted", "down", "expected"),
    [
        # The end of an outage tells, if it is in ALARM then.
        ([0, 250, 400], (200, 390), (), [(240, 300)], ((300,), (100,), 0, 0, 0, 0)),
        ([0, 250, 400], (200, 390), (), [(250, 399)], ((399,), (), 1, 1, 0, 0)),
        ([0, 250, 400], (200, 390), (), [(250, 400)], ((), (), 1, 0, 0, 1)),
        # Who was told before is told.
        ([0, 250, 400], (200, 390), (), [(251, 500)], ((250,), (50,), 0, 0, 0, 0)),
        # One that ends as it goes to ALARM does not matter.
        ([0, 250, 400], (200, 390), (), [(100, 250)], ((250,), (50,), 0, 0, 0, 0)),
        # Of several the one it is in, and a mute and an outage that touch are one.
        ([0, 250, 400], (200, 390), (), [(10, 20), (240, 310), (350, 360)],
         ((310,), (110,), 0, 0, 0, 0)),
        ([0, 250, 400], (200, 390), [(200, 300)], [(290, 330)], ((330,), (130,), 0, 0, 0, 0)),
        ([0, 250, 400], (200, 390), [(310, 400)], [(240, 310)], ((), (), 1, 0, 0, 1)),
        # One that is muted from begin to end counts as that alone.
        ([0, 250, 400], (200, 390), [(200, 400)], [(200, 400)], ((), (), 1, 0, 1, 0)),
        # Nobody knows how long what goes on lasts.
        ([0, 250, 400], (200, 390), (), [(240, math.inf)], ((), (), 1, 0, 0, 1)),
    ],
)  # fmt: skip
def test_nobody_is_told_while_the_region_is_down(times, violation, muted, down, expected):
    assert told(counts(times, [violation], muted=muted, down=down)) == expected


def test_an_alarm_of_which_nobody_hears_is_not_false():
    found = counts([0, 250, 400, 600, 700], [], down=[(240, 420), (600, 640)])
    assert (found.fired_s, found.false_alarms, found.unwarranted_s) == ((640,), 1, 60)


@pytest.mark.parametrize(
    ("times", "violations", "undefined", "expected"),
    [
        ([0, 250, 400], [(200, 300)], (), 40),  # the lookback of 60 s explains some of it
        ([0, 250, 400], [], (), 150),
        ([0, 50, 400], [(200, 300)], (), 100 + 40),
        ([0, 250, 400], [], [(260, 300)], 50),
        ([0, 250], [(900, 1000)], (), 650),
        ([0], [(200, 300)], (), 0),
    ],
)
def test_time_in_alarm_without_a_violation(times, violations, undefined, expected):
    assert counts(times, violations, undefined).unwarranted_s == expected


def second_by_second(times, violations, lookback):
    """Count as `judged` does, on whole seconds, with sets of half seconds."""
    begin, end = (int(2 * x) for x in WINDOW)
    on = [(2 * a, 2 * b) for a, b in zip(times[1::2], [*times[2::2], int(WINDOW[1])], strict=False)]
    on = [(a, b) for a, b in on if b > begin]
    alarm = {x for a, b in on for x in range(max(a, begin), min(b, end))}
    explained = {x for a, b in violations for x in range(int(2 * a), int(2 * (b + lookback)))}
    delays = []
    for a, b in violations:
        during = [x for x in range(2 * a, 2 * b) if x in alarm]
        at_end = any(start == 2 * b for start, _ in on)
        if during or at_end:
            delays.append(((during or [2 * b])[0] - 2 * a) / 2)
    return delays, len(alarm - explained) / 2


def test_random_states_second_by_second():
    rng = np.random.default_rng(7)
    for _ in range(300):
        times = sorted({int(x) for x in rng.integers(0, 990, rng.integers(1, 30))})
        edges = sorted({int(x) for x in rng.integers(100, 990, 2 * int(rng.integers(0, 6)))})
        violations = list(zip(edges[::2], edges[1::2], strict=False))
        found = counts(times, violations, lookback=20)
        delays, outside = second_by_second(times, violations, 20)
        assert list(found.delays_s) == delays
        assert found.unwarranted_s == pytest.approx(outside, abs=1e-9)
