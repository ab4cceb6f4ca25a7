"""Tests of the quantities: what is accepted, what is refused and why, and the way back."""

from __future__ import annotations

import contextlib
import json
import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from efssim.scenario.grammar import types
from efssim.text.quantities import (
    MAX_WHOLE,
    Rate,
    format_byte_rate,
    format_duration,
    format_size,
    parse_byte_rate,
    parse_count,
    parse_datetime,
    parse_duration,
    parse_fraction,
    parse_limit,
    parse_rate,
    parse_size,
)

NUMERIC = [
    parse_duration, parse_size, parse_byte_rate, parse_rate, parse_limit, parse_count,
    parse_fraction,
]  # fmt: skip
PARSERS = [*NUMERIC, parse_datetime]

ACCEPTED: dict[Any, dict[Any, Any]] = {
    parse_duration: {
        90: 90.0, 0: 0.0, 0.1: 0.1, "90": 90.0, "1_000": 1000.0, "1e3": 1000.0, ".5 s": 0.5,
        "90 s": 90.0, "90s": 90.0, " 90  s ": 90.0, "450 ms": 0.45, "1 sec": 1.0, "2 seconds": 2.0,
        "15 min": 900.0, "15 mins": 900.0, "1 minute": 60.0, "1 h": 3600.0, "2 hr": 7200.0,
        "3 hours": 10800.0, "1d": 86400.0, "30 days": 2592000.0, "2w": 1209600.0,
        "1 week": 604800.0, "1 h 30 min": 5400.0, "1h30m": 5400.0, "1d2h30m5s": 95405.0,
        "1 h 30 m": 5400.0, "1.5 h": 5400.0, "PT15M": 900.0, "P1DT12H": 129600.0, "P2W": 1209600.0,
        "PT0.5S": 0.5, "P1D": 86400.0, "PT1H30M": 5400.0, "0.1 s": 0.1, "1e-400 s": 0.0,
    },
    parse_size: {
        512: 512, 0: 0, "512": 512, "500 B": 500, "64 KiB": 65536, "64KiB": 65536, "2 TiB": 2**41,
        "500 MB": 5 * 10**8, "1 kB": 1000, "1 KB": 1000, "3 PB": 3 * 10**15, "1 GiB": 2**30,
        "1.5 GiB": 1610612736, "0.1 KiB": 102, 1e3: 1000, "12 bytes": 12, "4_096": 4096,
        MAX_WHOLE: MAX_WHOLE, str(MAX_WHOLE): MAX_WHOLE,
    },
    parse_byte_rate: {
        100: 100.0, "100": 100.0, "120 MiB/s": 120.0 * 2**20, "100 MB / s": 1e8, "1 B/s": 1.0,
        "10 Gbit/s": 1.25e9, "8 bit/s": 1.0, "1 kbit/s": 125.0, "5 GB/day": 5e9 / 86400,
        "6 kB/min": 100.0, "36 kB/h": 10.0, "1 KiB per s": 1024.0, "9 MB per 90 s": 1e5,
        "none": math.inf, math.inf: math.inf,
    },
    parse_rate: {
        40: Rate(40, 1), 0.5: Rate(0.5, 1), "40": Rate(40, 1), "40 per s": Rate(40, 1),
        "40/s": Rate(40, 1), "40 / s": Rate(40, 1), "1 per min": Rate(1, 60),
        "3 per 90 s": Rate(3, 90), "1000/day": Rate(1000, 86400), "2 million/day": Rate(2e6, 86400),
        "1 per 1 h 30 min": Rate(1, 5400), "1 per .5 s": Rate(1, 0.5), Rate(1, 60): Rate(1, 60),
        (3, 90): Rate(3, 90),
    },
    parse_limit: {
        "none": math.inf, math.inf: math.inf, "2000 per s": 2000.0, "90/min": 1.5, 7: 7.0,
        Rate(3, 2): 1.5,
    },
    parse_count: {
        0: 0, 60: 60, 4e6: 4_000_000, "4 million": 4_000_000, "4_000_000": 4_000_000,
        "100 thousand": 100_000, "2 billion": 2 * 10**9, "1.5 million": 1_500_000, "1e3": 1000,
    },
    parse_fraction: {
        0: 0.0, 1: 1.0, 0.25: 0.25, "0.999": 0.999, "99.9 %": 0.999, "80%": 0.8, "100 %": 1.0,
        "99.99%": 0.9999, "0 %": 0.0, "0.1 %": 0.001, "7 %": 0.07, "1e-3": 0.001,
    },
}  # fmt: skip

REFUSED: dict[Any, dict[Any, str]] = {
    parse_duration: {
        "15 m": "unit 'm' in '15 m' is ambiguous (did you mean 'min'?)",
        "15m": "unit 'm' in '15m' is ambiguous (did you mean 'min'?)",
        "1 d 30 m": "unit 'm' in '1 d 30 m' is ambiguous (did you mean 'min'?)",
        "15 M": "unit 'M' in '15 M' is ambiguous (did you mean 'min'?)",
        "15 mniutes": "unknown unit 'mniutes' (did you mean 'minutes'?)",
        "15 Min": "unknown unit 'Min' (did you mean 'min'?)",
        "2 months": "'months' in '2 months' has no fixed length (write days)",
        "30 min 1 h": "'30 min 1 h' must go from larger to smaller units, each once",
        "1 s 1 s": "'1 s 1 s' must go from larger to smaller units, each once",
        "1 h 30": "'1 h 30' lacks a unit after 30 (such as s, min, h or days)",
        "1 30 s": "'1 30 s' lacks a unit after 1 (such as s, min, h or days)",
        "12:30": "'12:30' is not a duration such as '15 min' or '1 h 30 min'",
        "1,5 h": "'1,5 h' has a comma (write 1_000 for thousands, 1.5 for decimals)",
        "-5 s": "'-5 s' is negative",
        -5: "-5 is negative",
        "none": "'none' is not a duration such as '15 min' or '1 h 30 min'",
        "P1M": "'P1M' is not a duration such as '15 min' or '1 h 30 min'",
        "PT": "'PT' is not a duration such as '15 min' or '1 h 30 min'",
        "P1DT": "'P1DT' is not a duration such as '15 min' or '1 h 30 min'",
    },
    parse_size: {
        "100 mb": "unknown unit 'mb' (did you mean 'MB'?)",
        "64 kib": "unknown unit 'kib' (did you mean 'KiB'?)",
        "1 kb": "unit 'kb' may be bits or bytes (write kB)",
        "100 Mb": "unit 'Mb' may be bits or bytes (write MB)",
        "100 Mbit": "'100 Mbit' is in bits, and a size is in bytes (write 'MB')",
        "100 M": "unknown unit 'M' (did you mean 'MB'?)",
        "100 MiB/s": "'100 MiB/s' is a rate, and a size has no time in it",
        "5 GB/day": "'5 GB/day' is a rate, and a size has no time in it",
        "10 Gbit/s": "'10 Gbit/s' is a rate, and a size has no time in it",
        "1 GiB 5 MiB": "'1 GiB 5 MiB' is not a size such as '64 KiB'",
        MAX_WHOLE + 1: f"{MAX_WHOLE + 1} is too large (the largest is {MAX_WHOLE:_})",
        "1e300 TiB": f"'1e300 TiB' is too large (the largest is {MAX_WHOLE:_})",
    },
    parse_byte_rate: {
        "100 Mb/s": "unit 'Mb' may be bits or bytes (write Mbit/s or MB/s)",
        "100 mb/s": "unknown unit 'mb' (did you mean 'MB'?)",
        "100 MiB": "'100 MiB' needs a time (write '100 MiB/s')",
        "2000/s": "'2000/s' lacks a unit of bytes, as in '100 MiB/s'",
        "10 Gbps": "unknown unit 'Gbps' (write Gbit/s or GB/s)",
        "10 mbps": "unknown unit 'mbps' (write Mbit/s or MB/s)",
        "100 kb/s": "unit 'kb' may be bits or bytes (write kbit/s or kB/s)",
        "10 MBps": "unknown unit 'MBps' (write MB/s)",
        "5 GB/m": "unit 'm' in '5 GB/m' is ambiguous (did you mean 'min'?)",
        "5 GB/": "'5 GB/' needs a time such as s, min or day after '/' or 'per'",
        "5 GB/s/s": "'5 GB/s/s' needs a time such as s, min or day after '/' or 'per'",
        "5 GB/0 s": "'5 GB/0 s' has a period that is not above 0 s",
        "0 B/s": "'0 B/s' is not above 0",
        "None": "'None' is not a rate (write 'none' for no limit)",
        "5 GB/90": "'5 GB/90' lacks a unit after 90 (such as s, min, h or days)",
    },
    parse_rate: {
        "none": "'none' is not a rate such as '40 per s'",
        "0/s": "'0/s' is not above 0",
        "40 MB/s": "'40 MB/s' is a rate of bytes, not of events such as '40 per s'",
        "40 milion/s": "unknown unit 'milion' (did you mean 'million'?)",
        "/s": "'/s' lacks a number, as in '40 per s'",
        "1 per 0 s": "'1 per 0 s' has a period that is not above 0 s",
        "1e308 per ms": "'1e308 per ms' is too large",
        "1e-400/s": "'1e-400/s' is not above 0",
        (1, 0): "(1, 0) has a period that is not above 0 s",
        (1, 2, 3): "(1, 2, 3) is not a rate such as '40 per s'",
        math.inf: "inf is not finite",
    },
    parse_limit: {
        "None": "'None' is not a rate (write 'none' for no limit)",
        0: "0 is not above 0",
    },
    parse_count: {
        "1.5": "'1.5' is not a whole number",
        0.5: "0.5 is not a whole number",
        "4 milion": "unknown unit 'milion' (did you mean 'million'?)",
        "4,000": "'4,000' has a comma (write 1_000 for thousands, 1.5 for decimals)",
        -1: "-1 is negative",
    },
    parse_fraction: {
        99.9: "99.9 is above 1 (did you mean '99.9 %'?)",
        "101 %": "'101 %' is above 100 %",
        -0.1: "-0.1 is negative",
        "5 s": "unknown unit 's' (a fraction is '99.9 %' or 0.999)",
    },
    parse_datetime: {
        "yesterday": "'yesterday' is not a date such as '2026-01-31T12:00:00Z'",
        "2026-02-30": "'2026-02-30' is not a date such as '2026-01-31T12:00:00Z'",
        "20260131": "'20260131' is not a date such as '2026-01-31T12:00:00Z'",
        20260131: "20260131 is not a date such as '2026-01-31T12:00:00Z'",
        "0001-01-01T00:00+02:00": (
            "'0001-01-01 00:00:00+02:00' is outside the years 1 to 9999 in UTC"
        ),
    },
}
EVERYWHERE_REFUSED: list[Any] = [
    "", "  ", "nan", "inf", "Infinity", "1e400", "1e999999999", "9" * 5000, "٣", "\uff13 s",
    "1__0", "_1", "1_", "1 " + "x" * 5000,
    "0x10", "one", "-1", "+ 1", True, False, None, math.nan, -math.inf, [], {}, b"1",
    object(), 1j,
]  # fmt: skip


NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def cases(table: dict[Any, dict[Any, Any]]) -> list[Any]:
    """Return (parser, value, expected) of a table, with readable names."""
    return [
        pytest.param(parse, value, expected, id=f"{parse.__name__}-{value!s:.30}")
        for parse, rows in table.items()
        for value, expected in rows.items()
    ]


@pytest.mark.parametrize(("parse", "value", "expected"), cases(ACCEPTED))
def test_accepts(parse, value, expected):
    result = parse(value)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(("parse", "value", "message"), cases(REFUSED))
def test_refuses_with_a_reason(parse, value, message):
    with pytest.raises(ValueError, match=rf"\A{re.escape(message)}\Z"):
        parse(value)


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("value", EVERYWHERE_REFUSED, ids=lambda value: f"{value!r:.20}")
def test_refuses_everywhere(parse, value):
    with pytest.raises(ValueError, match=r".") as caught:
        parse(value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("parse", NUMERIC)
def test_an_integer_too_large_to_print_is_refused(parse):
    with pytest.raises(ValueError, match="a huge integer is"):
        parse(10**5000)


@pytest.mark.parametrize(
    ("parse", "text", "right"),
    [
        (parse_byte_rate, "100 MiB/s", 104_857_600),
        (parse_byte_rate, "5 GB/day", 5e9 / 86400),
        (parse_byte_rate, "10 Gbit/s", 1.25e9),
        (parse_duration, 90, 90),
        (parse_duration, "90", 90),
        (parse_duration, "1h30m", 5400),
        (parse_duration, "1 week", 604_800),
        (parse_duration, "1d", 86_400),
        (parse_duration, "2w", 1_209_600),
        (parse_size, "100 mb", None),
        (parse_byte_rate, "100 mb", None),
        (parse_duration, "15m", None),
        (parse_size, "100 MiB/s", None),
        (parse_size, "5 GB/day", None),
        (parse_size, "10 Gbit/s", None),
    ],
)
def test_what_other_parsers_get_wrong_silently_is_right_or_refused(parse, text, right):
    if right is None:
        with pytest.raises(ValueError, match=r"did you mean|is a rate"):
            parse(text)
    else:
        assert parse(text) == right


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31 12:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        (date(2026, 1, 31), datetime(2026, 1, 31, tzinfo=UTC)),
        (NOON.replace(tzinfo=None), NOON),
        (
            datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=-5))),
            datetime(2026, 1, 31, 17, tzinfo=UTC),
        ),
    ],
)
def test_datetimes_are_utc(value, expected):
    parsed = parse_datetime(value)
    assert parsed == expected
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"), (0.45, "0.45 s"), (12.34, "12.3 s"), (59.94, "59.9 s"), (59.97, "1 min"),
        (125, "2 min 5 s"), (900, "15 min"), (3599.7, "1 h"), (5400, "1 h 30 min"),
        (86399, "1 day"), (86400, "1 day"), (273600, "3 days 4 h"), (2592000, "30 days"),
    ],
)  # fmt: skip
def test_durations_for_people(seconds, text):
    assert format_duration(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"), (1, "1 B"), (1000, "1000 B"), (1024, "1 KiB"), (1536, "1.5 KiB"),
        (1023.9 * 1024, "1 MiB"), (99.97 * 1024, "100 KiB"), (5 * 10**8, "477 MiB"),
        (2**41, "2 TiB"), (2**70, "1024 EiB"),
    ],
)  # fmt: skip
def test_sizes_for_people(size, text):
    assert format_size(size) == text
    assert format_byte_rate(size) == text + "/s"


def test_no_limit_for_people():
    assert format_byte_rate(math.inf) == "none"


@given(st.floats(1e-6, 1e10))
def test_formatted_durations_parse_back(seconds):
    # The coarsest case is a little over a day, rounded to an hour.
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, rel=0.022)


@given(st.integers(0, 2**60))
def test_formatted_sizes_parse_back(size):
    assert parse_size(format_size(size)) == pytest.approx(size, rel=0.0051)


@given(st.floats(1e-3, 2**60) | st.just(math.inf))
def test_formatted_byte_rates_parse_back(rate):
    assert parse_byte_rate(format_byte_rate(rate)) == pytest.approx(rate, rel=0.0051)


@given(st.floats(0, allow_infinity=False))
def test_a_number_and_its_text_are_the_same_duration(seconds):
    assert parse_duration(seconds) == parse_duration(f"{seconds!r} s") == seconds


@given(st.decimals(0, 100, places=6))
def test_percentages_are_the_nearest_floats(percent):
    assert parse_fraction(f"{percent:f} %") == float(percent.scaleb(-2))


@given(st.integers(0, MAX_WHOLE))
def test_counts_and_sizes_are_exact(number):
    assert parse_count(str(number)) == parse_count(f"{number:_}") == parse_count(number) == number
    assert parse_size(f"{number} B") == number


@given(st.builds(Rate, st.floats(1e-100, 1e100), st.floats(1e-100, 1e100)))
def test_rates_parse_back_exactly(rate):
    assert parse_rate(str(rate)) == parse_rate(list(rate)) == parse_rate(rate) == rate


@given(st.text() | st.from_regex(r"[0-9]{1,3} ?[a-zA-Z%/ ]{0,9}", fullmatch=True))
def test_any_text_gives_a_value_or_a_value_error(text):
    for parse in PARSERS:
        with contextlib.suppress(ValueError):  # any other exception fails the test
            parse(text)


class Everything(BaseModel):
    """One field of each type."""

    duration: types.Duration = 0.0
    positive_duration: types.PositiveDuration = 1.0
    size: types.Size = 0
    positive_size: types.PositiveSize = 1
    byte_rate: types.ByteRate = math.inf
    event_rate: types.EventRate = Rate(1, 60)
    limit: types.Limit = math.inf
    either: types.Limit | types.ByteRate | None = None
    count: types.Count = 0
    fraction: types.Fraction = 0.0
    instant: types.Instant = datetime(2026, 1, 1, tzinfo=UTC)


FULL = {
    "duration": "15 min", "positive_duration": "1 s", "size": "64 KiB", "positive_size": "1 B",
    "byte_rate": "120 MiB/s", "event_rate": "1 per min", "limit": "90/min",
    "either": "10 MiB/s", "count": "4 million", "fraction": "99.9 %", "instant": "2026-01-31",
}  # fmt: skip


@pytest.mark.parametrize("values", [{}, FULL, {"either": "none"}])
def test_models_survive_dumping(values):
    model = Everything.model_validate(values)
    assert Everything.model_validate_json(model.model_dump_json()) == model
    assert Everything.model_validate(model.model_dump()) == model
    assert isinstance(model.event_rate, Rate)


def test_json_has_no_infinity():
    dumped = json.loads(Everything().model_dump_json())
    assert (dumped["byte_rate"], dumped["limit"]) == ("none", "none")
    assert dumped["event_rate"] == "1 per 60 s"


@pytest.mark.parametrize("field", ["positive_duration", "positive_size"])
def test_zero_is_not_positive(field):
    with pytest.raises(ValidationError, match="greater than 0"):
        Everything.model_validate({field: 0})


def test_a_model_says_what_is_wrong():
    with pytest.raises(ValidationError, match="did you mean 'min'"):
        Everything.model_validate({"duration": "15 m"})


TYPES = {
    parse_duration: types.Duration, parse_size: types.Size, parse_byte_rate: types.ByteRate,
    parse_rate: types.EventRate, parse_limit: types.Limit, parse_count: types.Count,
    parse_fraction: types.Fraction,
}  # fmt: skip


@pytest.mark.parametrize("parse", TYPES)
@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_schema_admits_what_the_parser_accepts(parse, mode):
    schema = TypeAdapter(TYPES[parse]).json_schema(mode=mode)
    text, number = schema["anyOf"]
    assert (text["type"], number["type"]) == ("string", "number")
    assert schema["description"]
    for value in [*ACCEPTED[parse], *schema["examples"]]:
        parse(value)
        assert not isinstance(value, str) or re.search(text["pattern"], value)


def test_the_schema_marks_a_wrong_unit():
    text = TypeAdapter(types.ByteRate).json_schema()["anyOf"][0]
    for wrong in ("100 MiB", "100 Mb/s", "inf", "", "10 Gbps"):
        assert not re.search(text["pattern"], wrong)


def test_the_schema_of_an_instant():
    schema = TypeAdapter(types.Instant).json_schema()
    assert schema["type"] == "string"
    for example in schema["examples"]:
        assert re.search(schema["pattern"], example)
        assert parse_datetime(example).tzinfo is UTC
