"""The states of alarms where data are missing: CloudWatch's tables, by hand, and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.brute_alarms import COMPARED, changes, next_state, states_by_minute

from efssim.cloudwatch.alarms.evaluation import (
    AlarmRule,
    AlarmState,
    MissingData,
    PeriodState,
    evaluate,
)
from efssim.cloudwatch.alarms.machine import points_of, state_changes
from efssim.cloudwatch.alarms.periods import sliding, values_by_minute
from efssim.cloudwatch.series import Series

CODES = {
    "0": PeriodState.WITHIN,
    "X": PeriodState.BREACHING,
    "-": PeriodState.MISSING,
    "?": PeriodState.UNKNOWN,
}
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
SHORT = {"A": "ALARM", "O": "OK", "I": "INSUFFICIENT_DATA", "K": None}
"""Letters of the tables below; K keeps the current state."""

# M, N, data points with the newest last, and the state for each of TREATMENTS.
DOCUMENTED = [
    # The guide's first table: 3 out of 3, an evaluation range of 5.
    (3, 3, "0 - X - X", "OOOO"),
    (3, 3, "0 - - - -", "OOOO"),
    (3, 3, "- - - - -", "IKAO"),
    (3, 3, "0 X X - X", "AAAA"),
    (3, 3, "- - X - -", "AKAO"),
    # Its second table: 2 out of 3.
    (2, 3, "0 - X - X", "AAAA"),
    (2, 3, "0 0 X 0 X", "AAAA"),
    (2, 3, "0 - X - -", "OOAO"),
    (2, 3, "- - - - 0", "OOAO"),
    (2, 3, "- - - X -", "AKAO"),
]
FOLLOWING = [
    # What the guide's sentences say besides: too early to alarm on what is missing.
    (3, 3, "- - - - X", "KKAO"),
    (3, 3, "- - - X -", "KKAO"),
    (3, 3, "- - - X 0", "OOOO"),
    (3, 3, "- - X - 0", "OOOO"),
    # The oldest that breaches is old enough, and all after it breach or are missing.
    (3, 3, "- X - - -", "AKAO"),
    (3, 3, "X - - - -", "AKAO"),
    (3, 3, "- - X X -", "AKAO"),
    (3, 3, "- - - X X", "KKAO"),
    # Three real ones decide, the newest of them, wherever they are.
    (3, 3, "X X 0 - -", "OOOO"),
    (3, 3, "X X X - -", "AAAA"),
    (3, 3, "0 X X X -", "AAAA"),
    (3, 3, "X X X X 0", "OOOO"),
    (3, 3, "0 0 X X X", "AAAA"),
    (3, 3, "X - X - 0", "OOOO"),
    # Of 2 out of 3.
    (2, 3, "- - - - -", "IKAO"),
    (2, 3, "- - - - X", "KKAO"),
    (2, 3, "- - X X -", "AAAA"),
    (2, 3, "- - - 0 X", "OOAO"),
    (2, 3, "X - - - -", "AKAO"),
    (2, 3, "0 - - - -", "OOAO"),
    (2, 3, "0 0 - - -", "OOOO"),
    (2, 3, "X 0 - - -", "OOAO"),
    (2, 3, "X X - - 0", "AAAA"),
    # Of 1 out of 1, with a range of 3.
    (1, 1, "- - X", "AAAA"),
    (1, 1, "- X -", "AAAA"),
    (1, 1, "- - -", "IKAO"),
    (1, 1, "X - 0", "OOOO"),
    (1, 1, "0 - -", "OOOO"),
    (1, 1, "X 0 -", "OOOO"),
    # Of 2 out of 2, with a range of 4.
    (2, 2, "- - X X", "AAAA"),
    (2, 2, "X X 0 -", "OOOO"),
    (2, 2, "- X - X", "AAAA"),
    (2, 2, "- - - X", "KKAO"),
    (2, 2, "- - X -", "AKAO"),
    (2, 2, "- - - -", "IKAO"),
    (2, 2, "- - - 0", "OOOO"),
    # Of 3 out of 5, with a range of 7.
    (3, 5, "- - X X - 0 X", "AAAA"),
    (3, 5, "- - 0 X - - X", "OOAO"),
    (3, 5, "- - - 0 0 0 -", "OOOO"),
    (3, 5, "- - - - - X X", "KKAO"),
    (3, 5, "- - - - X - X", "AKAO"),
    (3, 5, "X X X 0 0 0 0", "OOOO"),
    (3, 5, "X X 0 X 0 0 0", "OOOO"),
    (3, 5, "0 0 X 0 X 0 X", "AAAA"),
    (3, 5, "- - 0 0 0 0 -", "OOOO"),
    (3, 5, "X X X - - - -", "AAAA"),
    (3, 5, "X - - - - - 0", "OOAO"),
    (3, 5, "0 - - - - - -", "OOAO"),
    (3, 5, "- - - - - - -", "IKAO"),
    # Of 4 out of 4, with a range of 6.
    (4, 4, "X X - - X X", "AAAA"),
    (4, 4, "X X X - - -", "AKAO"),
    (4, 4, "- - - X X X", "KKAO"),
    (4, 4, "- - X - X X", "AKAO"),
    (4, 4, "0 X X X - -", "OOOO"),
    (4, 4, "- X X X 0 -", "OOOO"),
    (4, 4, "- - - X 0 X", "OOOO"),
    # Of 1 out of 3: one is enough.
    (1, 3, "- - - - X", "AAAA"),
    (1, 3, "- - - - 0", "OOAO"),
    (1, 3, "0 X - - -", "AAAA"),
    (1, 3, "X 0 0 0 -", "OOOO"),
    # Before the run: unknown, so that only what cannot depend on it counts.
    (2, 3, "? ? X X 0", "AAAA"),
    (2, 3, "? ? - X X", "KKKK"),
    (2, 3, "? ? ? - X", "KKKK"),
    (3, 3, "? X X X -", "AAAA"),
]


def rule(m, n, missing, extent):
    return AlarmRule(m, n, MissingData(missing), extent)


def codes(text):
    return [CODES[point] for point in text.split()]


@pytest.mark.parametrize(
    "row", DOCUMENTED + FOLLOWING, ids=lambda row: f"{row[0]}/{row[1]} {row[2]}"
)
def test_a_state_follows_the_guide(row):
    m, n, text, expected = row
    for treatment, letter in zip(TREATMENTS, expected, strict=True):
        found = evaluate(codes(text), rule(m, n, treatment, len(text.split())))
        assert found.state == SHORT[letter], treatment


def test_there_are_sixty_sequences_with_missing_data():
    assert sum("-" in row[2] for row in DOCUMENTED + FOLLOWING) >= 60


@pytest.mark.parametrize(
    "row", DOCUMENTED + FOLLOWING, ids=lambda row: f"{row[0]}/{row[1]} {row[2]}"
)
def test_brute_force_has_the_same_tables(row):
    m, n, text, expected = row
    for treatment, letter in zip(TREATMENTS, expected, strict=True):
        for state in AlarmState:
            assert next_state(text, m, n, treatment, str(state)) == (SHORT[letter] or state)


# Sequences over time, by hand: period 60 s, a sample in the middle of each minute or none.


def run_of(text, m, n, missing, *, width=1, known=True):
    """Return (minute, state) of the changes for a text with one point a minute."""
    points = np.array([CODES[point] for point in text.split()], dtype=np.int8)
    found = state_changes(points, rule(m, n, missing, 0), width, known)
    return [(change.time_s / 60, str(change.new)) for change in found]


SEQUENCES = [
    ("0 0 0 X X 0", 2, 2, "missing", [(1, "OK"), (5, "ALARM"), (6, "OK")]),
    # The guide: OK stays for one more evaluation, then the good point has left the range.
    ("0 0 0 - - - - - -", 3, 3, "breaching", [(1, "OK"), (8, "ALARM")]),
    ("0 0 0 - - - - -", 3, 3, "notBreaching", [(1, "OK")]),
    ("0 0 0 - - - - -", 3, 3, "missing", [(1, "OK"), (8, "INSUFFICIENT_DATA")]),
    ("0 0 0 - - - - -", 3, 3, "ignore", [(1, "OK")]),
    ("X X X - - - - -", 3, 3, "ignore", [(3, "ALARM")]),
    ("X X X - - - - -", 3, 3, "missing", [(3, "ALARM"), (8, "INSUFFICIENT_DATA")]),
    ("X X X - - - - -", 3, 3, "notBreaching", [(1, "OK"), (3, "ALARM"), (6, "OK")]),
    # Premature: the lonely point alarms when it is three old.
    ("- X - - - - -", 3, 3, "missing", [(4, "ALARM"), (7, "INSUFFICIENT_DATA")]),
    ("- X - 0", 3, 3, "missing", [(4, "OK")]),
    ("0 X 0 X 0 X", 2, 3, "missing", [(1, "OK"), (4, "ALARM"), (5, "OK"), (6, "ALARM")]),
    ("0 X 0 X 0 X", 1, 1, "missing", [(k, "OK" if k % 2 else "ALARM") for k in range(1, 7)]),
]


@pytest.mark.parametrize(("text", "m", "n", "missing", "expected"), SEQUENCES)
def test_changes_over_time(text, m, n, missing, expected):
    assert run_of(text, m, n, missing) == expected


def test_before_the_run_data_are_unknown_for_what_existed():
    """With 2 out of 2, the state is known once two whole periods have data."""
    assert run_of("- 0 0 0 X X", 2, 2, "breaching", known=False) == [(3, "OK"), (6, "ALARM")]
    assert run_of("- - - - - -", 2, 2, "breaching", known=False) == [(4, "ALARM")]


def test_reasons_count_real_and_filled_points():
    found = evaluate(codes("0 - X - -"), rule(2, 3, "breaching", 5))
    assert (found.breaching, found.real, found.filled) == (1, 2, 1)


def test_the_range_is_two_more_unless_it_is_set():
    assert AlarmRule(3, 3).retrieved == 5
    assert AlarmRule(3, 3, evaluation_range=9).retrieved == 9
    assert AlarmRule(3, 3, evaluation_range=1).retrieved == 3


def test_an_alarm_of_more_than_a_day_is_evaluated_once_an_hour():
    """The guide's example: a job fails at 10:02, and the evaluation of 11:00 sees it."""
    minutes = 13 * 60
    values = np.zeros(minutes)
    values[10 * 60 + 2] = 5.0
    series = Series.of(np.arange(minutes) * 60.0, values)
    wide = values_by_minute(series, minutes, 86_400.0, "Maximum")
    points = points_of(wide, "GreaterThanThreshold", 1.0, 1440, True)
    found = state_changes(points, rule(1, 2, "missing", 2), 1440, True)
    assert [(change.time_s / 3600, change.new) for change in found] == [(1, "OK"), (11, "ALARM")]


@pytest.mark.parametrize(
    "statistic", ["SampleCount", "Average", "Sum", "Minimum", "Maximum", "p0", "p90", "p100"]
)
@pytest.mark.parametrize("samples", [[], [3.0]])
@pytest.mark.parametrize("period_s", [60.0, 300.0, 3600.0])
def test_a_run_of_less_than_a_minute_has_no_period(statistic, samples, period_s):
    series = Series.of(np.arange(float(len(samples))), np.array(samples))
    assert values_by_minute(series, 0, period_s, statistic).tolist() == []


@pytest.mark.parametrize(("statistic", "value"), [("p0", 3.0), ("p90", 7.0), ("Sum", 10.0)])
def test_the_first_periods_of_a_short_run_have_what_there_is(statistic, value):
    series = Series.of(np.array([5.0, 65.0]), np.array([3.0, 7.0]))
    found = values_by_minute(series, 2, 300.0, statistic).tolist()
    assert found == [3.0, value]


def test_neighbours_of_every_width():
    rng = np.random.default_rng(1)
    values = rng.uniform(size=40).round(2)
    for width in range(1, 42):
        found = sliding(np.maximum, values, width)
        assert found.tolist() == [max(values[k : k + width]) for k in range(41 - width)]
        sums = sliding(np.add, values, width)
        assert sums.tolist() == pytest.approx(
            [sum(values[k : k + width]) for k in range(41 - width)]
        )


# Brute force

STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum", "p50", "p90")


def random_case(rng):
    """Return samples of a series with gaps, and an alarm on it."""
    minutes, period = int(rng.integers(8, 26)), int(rng.choice([60, 60, 120, 180, 300]))
    n = int(rng.integers(1, 5))
    phase = rng.uniform(0, 60, minutes)
    kept = rng.uniform(size=minutes) < rng.choice([0.2, 0.5, 0.8, 1.0])
    begin = int(rng.integers(0, minutes))
    kept[begin : begin + int(rng.integers(0, 12))] = False
    # Quarters, so that sums are exact in any order.
    values = rng.integers(0, 40, minutes) / 4
    samples = [(60 * k + phase[k], values[k]) for k in range(minutes) if kept[k]]
    statistic = str(rng.choice(STATISTICS))
    return (
        minutes,
        samples,
        {
            "period": period,
            "n": n,
            "m": int(rng.integers(1, n + 1)),
            "range": n + int(rng.integers(0, 4)),
            "missing": str(rng.choice(TREATMENTS)),
            "statistic": statistic,
            "comparison": str(rng.choice(list(COMPARED))),
            "threshold": {"SampleCount": 1.0, "Sum": 12.0}.get(statistic, 5.0),
        },
    )


def check(seed, count):
    rng = np.random.default_rng(seed)
    found_states = set()
    for number in range(count):
        minutes, samples, alarm = random_case(rng)
        known = bool(rng.integers(0, 2))
        expected = changes(states_by_minute(samples, minutes, alarm, nothing_before=known))
        at, value = np.array(samples).reshape(-1, 2).T
        period = alarm["period"]
        values = values_by_minute(Series.of(at, value), minutes, period, alarm["statistic"])
        points = points_of(values, alarm["comparison"], alarm["threshold"], period // 60, known)
        chosen = rule(alarm["m"], alarm["n"], alarm["missing"], alarm["range"])
        found = state_changes(points, chosen, period // 60, known)
        assert [(change.time_s / 60, change.new) for change in found] == expected, number
        found_states |= {new for _, new in expected}
    assert found_states == {str(state) for state in AlarmState}


def test_brute_force_agrees_on_ten_thousand_random_series():
    check(1, 10_000)
