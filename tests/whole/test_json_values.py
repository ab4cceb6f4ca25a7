"""Data classes as JSON, and back again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import pytest

from efssim.json_values import (
    FIRST,
    HIDDEN,
    SPREAD,
    keys_of,
    moment,
    restored,
    timestamp,
    to_json,
)
from efssim.lag.weighted.states import EndsState, HistogramState, LagState, RampsState

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Inner:
    low: int
    high: float | None


@dataclass(frozen=True, slots=True)
class Outer:
    secret: str = field(metadata=HIDDEN)
    at_s: float | None = field(metadata=moment("at"))
    parts: tuple[Inner, ...]
    named: Mapping[str, Inner] = field(metadata=SPREAD)
    inside: Inner = field(metadata=SPREAD)
    whole: Inner | None


@dataclass(frozen=True, slots=True)
class Later(Inner):
    count: int = field(metadata=FIRST)


def outer(at_s: float | None = 1.5) -> Outer:
    return Outer(
        "x", at_s, (Inner(1, None),), {"b": Inner(2, 2.5), "a": Inner(3, 0.0)}, INNER, None
    )


INNER = Inner(4, 4.5)


def test_fields_are_keys_in_their_order() -> None:
    assert list(to_json(outer(), START).items()) == [
        ("at", "2026-01-01T00:00:01.500000Z"),
        ("parts", [{"low": 1, "high": None}]),
        ("b", {"low": 2, "high": 2.5}),
        ("a", {"low": 3, "high": 0.0}),
        ("low", 4),
        ("high", 4.5),
        ("whole", None),
    ]


def test_a_first_field_stands_before_inherited_ones() -> None:
    assert list(to_json(Later(low=1, high=None, count=2))) == ["count", "low", "high"]
    assert keys_of(Later) == ("count", "low", "high")


def test_the_keys_of_a_class_without_those_of_what_is_spread() -> None:
    assert keys_of(Outer) == ("at", "parts", "whole")


def test_a_moment_that_does_not_exist_needs_no_start() -> None:
    assert to_json(outer(None))["at"] is None
    with pytest.raises(TypeError, match="the start from which it counts"):
        to_json(outer())


def test_values_that_json_does_not_have_are_refused() -> None:
    with pytest.raises(TypeError, match="JSON has no set"):
        to_json(Inner({1}, None))  # type: ignore[arg-type]  # what is tested


def test_a_timestamp_has_six_decimals() -> None:
    assert timestamp(START, 86_400.25) == "2026-01-02T00:00:00.250000Z"


@pytest.mark.parametrize("kept", [outer(), outer(None)])
def test_what_is_kept_comes_back(kept: Outer) -> None:
    assert restored(Outer, json.loads(json.dumps(asdict(kept)))) == kept


def test_of_several_classes_it_is_the_one_with_the_fields() -> None:
    ends = EndsState([1], [2], [3])
    states: dict[str, LagState] = {
        "age": RampsState(ends, ends, 1.0, 2.0, 3.0, 0.0),
        "lag": HistogramState(None, None, [], [], 0.0),
    }
    content = {name: asdict(state) for name, state in states.items()}
    assert restored(dict[str, LagState], json.loads(json.dumps(content))) == states
    with pytest.raises(ValueError, match="fields of none of"):
        restored(LagState, {"bins": []})
