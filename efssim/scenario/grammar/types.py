"""The quantities as pydantic types: parsed on the way in, described in the JSON schema for editors.

The output of `model_dump_json` validates again: no limit is `none`, a rate is `1 per 60 s`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from efssim.text import bounds
from efssim.text.bounds import rate_within, within
from efssim.text.quantities import (
    Rate,
    parse_byte_rate,
    parse_count,
    parse_datetime,
    parse_duration,
    parse_fraction,
    parse_limit,
    parse_rate,
    parse_size,
)

# The patterns let an editor mark a missing or misspelt unit; the parsers have the last word.
_NUMBER = r"(?:[0-9][0-9_]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
# With the `m` of `1h30m`, which a pattern cannot confine to the place after hours.
_TIME = r"(?:ms|milliseconds?|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|m|d|days?|w|weeks?)"
_BYTES = r"(?:(?:[kKMGTPE]|[KMGTPE]i)?B|bytes?)"
_BITS = r"(?:[kKMGTPE]|[KMGTPE]i)?bit"
_COUNT = rf"{_NUMBER}(?:\s*(?:thousand|million|billion))?"
_PERIOD = rf"\s*(?:/|per\b)\s*(?:{_TIME}|{_NUMBER}\s*{_TIME})(?:\s*{_NUMBER}\s*{_TIME})*"
_DURATION = rf"{_NUMBER}|(?:{_NUMBER}\s*{_TIME}\s*)+|P[0-9T.][0-9_.eE+WDTHMS-]*"
_RATE = rf"{_COUNT}(?:{_PERIOD})?"
_BYTE_RATE = rf"{_NUMBER}(?:\s*(?:{_BYTES}|{_BITS}){_PERIOD})?"


def _schema(
    description: str, pattern: str, examples: list[Any], minimum: dict[str, float]
) -> WithJsonSchema:
    text = {"type": "string", "pattern": rf"^\s*(?:{pattern})\s*$"}
    number = {"type": "number"} | minimum
    return WithJsonSchema(
        {"anyOf": [text, number], "description": description, "examples": examples}
    )


def _json_limit(value: float) -> float | str:
    # JSON has no infinity, and pydantic would write null, which is no value at all.
    return "none" if value == math.inf else value


def _in_json(write: Callable[[Any], Any]) -> PlainSerializer:
    return PlainSerializer(write, when_used="json")


_AT_LEAST_0 = {"minimum": 0.0}
_ABOVE_0 = {"exclusiveMinimum": 0.0}
_DURATIONS = ["90 s", "15 min", "1 h 30 min", "30 days", "PT15M"]
_SIZES = ["64 KiB", "500 MB", "1.5 GiB", "2 TiB"]

Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    AfterValidator(within(bounds.DURATION)),
    _schema("A duration; a bare number is seconds.", _DURATION, _DURATIONS, _AT_LEAST_0),
]
"""Seconds, at least 0."""

PositiveDuration = Annotated[
    float,
    BeforeValidator(parse_duration),
    AfterValidator(within(bounds.DURATION)),
    Field(gt=0),
    _schema("A duration above 0; a bare number is seconds.", _DURATION, _DURATIONS, _ABOVE_0),
]
"""Seconds, above 0."""

Size = Annotated[
    int,
    BeforeValidator(parse_size),
    _schema("A size; a bare number is bytes.", rf"{_NUMBER}\s*{_BYTES}?", _SIZES, _AT_LEAST_0),
]
"""Bytes, at least 0."""

PositiveSize = Annotated[
    int,
    BeforeValidator(parse_size),
    Field(gt=0),
    _schema("A size above 0; a bare number is bytes.", rf"{_NUMBER}\s*{_BYTES}?", _SIZES, _ABOVE_0),
]
"""Bytes, above 0."""

ByteRate = Annotated[
    float,
    BeforeValidator(parse_byte_rate),
    AfterValidator(within(bounds.BYTE_RATE)),
    _in_json(_json_limit),
    _schema(
        "Bytes per time; a bare number is bytes per second, `none` lifts the limit.",
        f"none|{_BYTE_RATE}",
        ["120 MiB/s", "10 Gbit/s", "5 GB/day", "none"],
        _ABOVE_0,
    ),
]
"""Bytes per second, above 0; infinite for `none`."""

EventRate = Annotated[
    Rate,
    BeforeValidator(parse_rate),
    AfterValidator(rate_within),
    _in_json(str),
    _schema(
        "Events per time; a bare number is events per second.",
        _RATE,
        ["40 per s", "40/s", "1 per min", "3 per 90 s", "1000/day"],
        _ABOVE_0,
    ),
]
"""Events per time, above 0."""

Limit = Annotated[
    float,
    BeforeValidator(parse_limit),
    AfterValidator(within(bounds.LIMIT)),
    _in_json(_json_limit),
    _schema(
        "Things per time; a bare number is per second, `none` lifts the limit.",
        f"none|{_RATE}",
        ["2000 per s", "5 million per h", "none"],
        _ABOVE_0,
    ),
]
"""Things per second, above 0; infinite for `none`."""

Count = Annotated[
    int,
    BeforeValidator(parse_count),
    _schema(
        "A whole number of things.",
        _COUNT,
        ["4 million", "4_000_000", 60],
        _AT_LEAST_0,
    ),
]
"""A whole number, at least 0."""


def _above_0(share: float) -> float:
    if not share:
        raise ValueError("an attainment of 0 is always met")
    return share


Fraction = Annotated[
    float,
    BeforeValidator(parse_fraction),
    _schema(
        "A fraction, as a percentage or a number from 0 to 1.",
        rf"{_NUMBER}\s*%?",
        ["99.9 %", 0.999],
        _AT_LEAST_0 | {"maximum": 1.0},
    ),
]
Attainment = Annotated[Fraction, AfterValidator(_above_0)]
"""A share that an objective asks for."""
"""A number from 0 to 1."""

Factor = Annotated[float, Field(ge=0, allow_inf_nan=False), AfterValidator(within(bounds.FACTOR))]
"""A number without a unit, at least 0."""

Flag = Annotated[bool, Field(strict=True)]
"""True or false; `yes` and `no` are words in YAML 1.2."""

Instant = Annotated[
    datetime,
    BeforeValidator(parse_datetime),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].+)?\s*$",
            "description": "A date and time in ISO 8601; UTC unless it has an offset.",
            "examples": ["2026-01-31T12:00:00Z", "2026-01-31"],
        }
    ),
]
"""An instant in UTC."""
