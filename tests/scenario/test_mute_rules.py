"""Mute rules of alarms: the expressions of CloudWatch's guide, by the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from helpers.alarming import END_S, MINUTE, alarming, changed

import efssim
from efssim import ScenarioError
from efssim.scenario.alarms.mute import MuteRule, cron_times, joined_spans

HOUR, DAY = 3600.0, 86_400.0
START = datetime(2026, 1, 1, tzinfo=UTC)
"""A Thursday."""


def spans(days=28, **rule):
    return MuteRule.model_validate(rule).spans(START, days * DAY)


def days_of(expression, year=2026):
    times, day = cron_times(expression), date(year, 1, 1)
    return [d for k in range(365) if times.has(d := day + timedelta(days=k))]


def test_every_sunday_from_two_to_six():
    found = spans(expression="cron(0 2 * * SUN)", duration="4 h")
    assert found == [(k * DAY + 2 * HOUR, k * DAY + 6 * HOUR) for k in (3, 10, 17, 24)]


def test_the_examples_of_the_guide():
    assert spans(expression="0 1 1 * *", duration="6 h") == [(HOUR, 7 * HOUR)]
    weekend = spans(8, expression="0 18 * * FRI", duration="PT60H")
    assert weekend == [(DAY + 18 * HOUR, 4 * DAY + 6 * HOUR)]
    nights = spans(2, expression="0 23 * * *", duration="2 h")
    assert nights == [(-HOUR, HOUR), (23 * HOUR, 25 * HOUR), (47 * HOUR, 49 * HOUR)]
    once = spans(expression="at(2026-01-10T14:00)", duration="4 h")
    assert once == [(9 * DAY + 14 * HOUR, 9 * DAY + 18 * HOUR)]
    assert days_of("0 9 * * SUN#4")[:2] == [date(2026, 1, 25), date(2026, 2, 22)]


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        ("0 0 L * ?", [(1, 31), (2, 28), (3, 31)]),
        ("0 0 ? * 5L", [(1, 30), (2, 27), (3, 27)]),
        ("0 0 15,L FEB ?", [(2, 15), (2, 28)]),
        ("0 0 1-3 MAR *", [(3, 1), (3, 2), (3, 3)]),
        ("0 0 10/10 1 *", [(1, 10), (1, 20), (1, 30)]),
        ("0 0 * * 0", [(1, 4), (1, 11)]),
        ("0 0 * * 7", [(1, 4), (1, 11)]),
        ("0 0 * * MON-FRI", [(1, 1), (1, 2), (1, 5)]),
    ],
)
def test_days(expression, first):
    assert [(d.month, d.day) for d in days_of(expression)[: len(first)]] == first


def test_steps_of_minutes_and_hours():
    times = cron_times("*/20 8-10 * * *")
    assert (times.minutes, times.hours) == ({0, 20, 40}, {8, 9, 10})


def test_a_rule_keeps_to_the_clock_of_its_zone():
    """Rome has UTC+1 in winter and UTC+2 from 2026-03-29 on."""
    rule = MuteRule.model_validate(
        {"expression": "0 12 * * *", "duration": 60, "timezone": "Europe/Rome"}
    )
    begin = datetime(2026, 3, 28, tzinfo=UTC)
    hours = [(since - k * DAY) / HOUR for k, (since, _) in enumerate(rule.spans(begin, 2 * DAY))]
    assert hours == [11, 10]


def test_a_rule_begins_within_its_bounds():
    found = spans(5, expression="0 0 * * *", duration=60, start="2026-01-02", expire="2026-01-04")
    assert [begin / DAY for begin, _ in found] == [1, 2]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"expression": "0 2 * *"}, "has five fields"),
        ({"expression": "0 25 * * *"}, "is not within 0 to 23"),
        ({"expression": "0 2 1 * MON"}, "one of them has to be"),
        ({"expression": "0 2 * * MOO"}, "is no number"),
        ({"expression": "0 2 * * MON#6"}, "a number from 1 to 5"),
        ({"expression": "*/0 2 * * *"}, "is not within"),
        ({"expression": "rate(5 minutes)"}, "is not as cron"),
        ({"expression": "0 2 * * *", "timezone": "Mars"}, "unknown time zone"),
        ({"expression": "0 2 * * *", "duration": "16 days"}, "less than or equal"),
        ({"expression": "0 2 * * *", "duration": "10 s"}, "greater than or equal"),
    ],
)
def test_a_malformed_rule_is_a_problem(rule, message):
    given = {"alarms": {"a": changed(mute=[{"duration": "1 h", **rule}])}}
    with pytest.raises(ScenarioError) as raised:
        alarming({}).with_(given)
    assert message in str(raised.value)


def test_spans_that_touch_are_one():
    assert joined_spans([(5, 6), (1, 3), (2, 4), (4, 5)]) == [(1, 6)]
    assert joined_spans([(3, 4), (1, 2)]) == [(1, 2), (3, 4)]


def muted(expression, duration):
    rule = {"expression": expression, "duration": duration}
    return efssim.run(alarming({"a": {**MINUTE, "mute": [rule]}})).alarms["a"]


def test_a_muted_alarm_fires_when_the_mute_ends():
    """It goes to ALARM at 01:55 and back at 02:41; the violation ends at 02:40."""
    found = muted("at(2026-01-01T01:30)", "30 min")
    assert (found.fired_s, found.detected, found.muted) == ((7200.0,), 1, 0)
    assert found.transitions[1].time_s == 6900
    whole = muted("at(2026-01-01T01:30)", "2 h")
    assert (whole.fired, whole.missed, whole.muted) == (0, 1, 1)
    assert whole.state_s["ALARM"] == 2760
    assert END_S == 9600
