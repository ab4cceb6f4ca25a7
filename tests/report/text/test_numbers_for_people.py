"""Numbers in reports: no exponent, no unit that nobody reads, whatever the magnitude."""

import re

import pytest
from helpers.worlds import poisson, scenario
from hypothesis import given
from hypothesis import strategies as st

import efssim
from efssim.report.text.estimate import _rate, _share
from efssim.report.text.lags import half_width
from efssim.report.text.sweep import shown
from efssim.report.words.lines import percent, short
from efssim.scenario.unknowns import quantity
from efssim.text.digits import about, grouped, plain
from efssim.text.quantities import format_byte_rate, format_duration, format_size

FORMATS = {
    "short duration": short,
    "duration": format_duration,
    "size": format_size,
    "rate of bytes": format_byte_rate,
    "rate": _rate,
    "share": percent,
    "share of an estimate": _share,
    "half width": lambda value: half_width((0.0, 2 * value)),
    "number": grouped,
    "digits": plain,
    "seconds of a sweep": lambda value: shown("time_since_last_sync_s.mean", value),
    "bytes of a sweep": lambda value: shown("pending_bytes.mean", value),
    "number of a sweep": lambda value: shown("syncs.completed", value),
    "share of a sweep": lambda value: shown("rpo.attainment", value),
    **{
        f"parameter: {kind.unit}": kind.text
        for kind in (quantity.DURATION, quantity.SIZE, quantity.BYTE_RATE, quantity.RATE,
                     quantity.LIMIT, quantity.COUNT, quantity.NUMBER)
    },
}  # fmt: skip
MAGNITUDES = [sign * 10.0**power for power in range(-9, 16) for sign in (1.0, 2.6234, 9.9996)]


@pytest.mark.parametrize("name", FORMATS)
def test_no_exponent_at_any_magnitude(name):
    for value in [0.0, *MAGNITUDES]:
        text = FORMATS[name](value)
        assert not re.search(r"[0-9][eE][+-]?[0-9]", text), (value, text)
        assert text
        assert text == text.strip()


@given(st.floats(0, 3.2e11))
def test_a_short_duration_is_short(seconds):
    assert len(short(seconds)) <= 8


@pytest.mark.parametrize(
    ("seconds", "in_a_table", "in_words"),
    [
        (0, "0.0 s", "0 s"),
        (1e-9, "< 1 ms", "0.000000001 s"),
        (0.0123, "12.3 ms", "0.0123 s"),
        (59.94, "59.9 s", "59.9 s"),
        (59.96, "60.0 s", "1 min"),
        (119.94, "119.9 s", "2 min"),
        (119.96, "2 min", "2 min"),
        (59.99 * 60, "1 h", "59 min 59 s"),
        (95.1 * 60, "1.58 h", "1 h 35 min"),
        (119 * 60, "1.98 h", "1 h 59 min"),
        (30 * 3600, "1.25 d", "1 day 6 h"),
        (100 * 86400, "100 d", "100 days"),
        (1e11, "3,169 y", "1157407 days 10 h"),
    ],
)
def test_one_unit_for_one_duration(seconds, in_a_table, in_words):
    assert short(seconds) == in_a_table
    assert format_duration(seconds) == in_words


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1e-9, "< 0.001 %"),
        (0.999, "99.9 %"),
        (1 - 1e-9, "99.999 %"),
        (1, "100 %"),
        (34.727, "3,473 %"),
        (34727.11227, "> 1,000,000 %"),
    ],
)
def test_percentages(share, text):
    assert percent(share) == text


def test_numbers():
    assert grouped(2620, 3) == "2,620"
    assert grouped(-0.00012345, 3) == "-0.000123"
    assert grouped(-0.5) == "-0.5"
    assert grouped(5, signed=True) == "+5"
    assert plain(2.62e3) == "2620"
    assert about(2.592e12) == "2,600,000,000,000"


def test_an_estimate_shows_itself_in_the_units_of_people():
    world = scenario(
        {"app": poisson("1 per s", "1 MiB")},
        {"interval": "60 s", "setup": "5 s", "throughput": "20 MiB/s"}, "2 h",
    )  # fmt: skip
    found = efssim.estimate(world)
    for shown_as in (found, found.compared_with(efssim.run(world))):
        html = shown_as._repr_html_()
        assert "20 MiB/s" in html or "MiB/s" in html
        assert "1 min" in html
        assert "time since last sync (age)" in html
        assert "RPO" in html
        assert not re.search(r"[0-9]e[+-]?[0-9]", html)
    assert "simulated" in found.compared_with(efssim.run(world))._repr_html_()


def test_one_name_for_the_age(tmp_path):
    world = scenario({"app": poisson("1 per s", "1 MiB")}, {"interval": "60 s"}, "2 h")
    result = efssim.run(world)
    from efssim.report.text.run import text_report

    for text in (text_report(result, ""), result.report_html(), result._repr_html_()):
        assert re.search(r"time since last sync \(age\)", text)
        # Nowhere by another name: what is left are keys and the metric of CloudWatch.
        assert not re.search(r"time since last sync(?! \(age\))", text)
