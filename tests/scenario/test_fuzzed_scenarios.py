"""Extreme numbers, empty and odd texts at every place of a scenario: a problem, or a scenario."""

from __future__ import annotations

import copy
import math
import time

import pytest
from helpers.full_scenario import FULL, replaced
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import efssim
from efssim.text.bounds import BYTE_RATE, DURATION, LIMIT, RATE, Bounds

SLOWEST_S = 5.0
"""A load takes milliseconds; this leaves room for a busy machine and finds what never ends."""


def leaves(data, path=()):
    """Yield the path of every scalar."""
    parts = data.items() if isinstance(data, dict) else enumerate(data)
    for key, part in parts:
        if isinstance(part, dict | list):
            yield from leaves(part, (*path, key))
        else:
            yield (*path, key)


def keys(data, path=()):
    """Yield the path of every key of a mapping."""
    parts = data.items() if isinstance(data, dict) else enumerate(data)
    for key, part in parts:
        if isinstance(key, str):
            yield (*path, key)
        if isinstance(part, dict | list):
            yield from keys(part, (*path, key))


def renamed(path, name):
    """Return the full scenario with another key at a path."""
    data = copy.deepcopy(FULL)
    part = data
    for segment in path[:-1]:
        part = part[segment]
    part[name] = part.pop(path[-1])
    return data


EXTREME = [
    0, -1, -0.0, 1e-320, 5e-324, 1e-300, 1e-12, 1e-6, 0.5, 1, 1e9, 1e18, 2**62, 2**63, 2**64,
    10**40, 10**308, 1e300, 1.7e308, math.inf, -math.inf, math.nan,
    "1e-320 s", "1e308 s", "1e-300 s", "1e400 s", "1e18 days", "0 s", "-1 s", "1 ns",
    "PT0.0000001S",
    "1e308 B/s", "1e-300 B/s", "1e308 GiB/s", "1e308 per s", "1e-300 per s", "1 per 1e-300 s",
    "1 per 1e308 s", "1e308 %", "1e-300 %", "1e308 TiB", "8 EiB", "9223372036854775807",
    "", " ", "\t", "\n", "none", "null", "yes", "é", "日本", "\u200b", "\U0001f600", "a" * 5000,
    "fs-", "->", " -> ", "a -> b", "us-east-1 ->", "-> x", "0001-01-01", "9999-12-31T23:59:59Z",
    "24:00", "\u0664\u0662", "%", "{", "}", "{}", "%s", "../../etc/passwd", "C:\\nul", "a\x00b",
    None, True, False, [], {}, [[]], [None], {"": ""}, {"constant": None}, {"exponential": {}},
    {"exponential": {"mean": 1e-320}}, {"pareto": {"min": 1e-12, "alpha": 1, "max": 1}},
    {"lognormal": {"median": 1e300, "sigma": 10}}, {"empirical": {"values": []}},
    {"empirical": {"file": ""}}, {"empirical": {"file": "."}}, {"gamma": {"mean": 1, "cv": 1e-300}},
]  # fmt: skip
LEAVES, KEYS = list(leaves(FULL)), list(keys(FULL))
PARTS = [path for path in KEYS if path not in LEAVES]
any_value = (
    st.sampled_from(EXTREME)
    | st.floats()
    | st.integers()
    | st.text(max_size=20)
    | st.floats(0, allow_infinity=False).map("{!r} s".format)
    | st.floats(0, allow_infinity=False).map("{!r} per min".format)
    | st.floats(0, allow_infinity=False).map("{!r} MiB/s".format)
)


def loads(data):
    """Load, and check that it ends soon, as a scenario or in sentences."""
    begin_s = time.process_time()  # a busy machine is not a slow program
    found = loaded_or_refused(lambda: efssim.load(data))
    assert time.process_time() - begin_s < SLOWEST_S
    if not isinstance(found, efssim.ScenarioError):
        return found
    assert found.problems
    for problem in found.problems:
        assert problem.message
        assert "\n" not in str(problem)
        assert "Traceback" not in str(problem)
    return None


def loaded_or_refused(make):
    """Return what is made, or the ScenarioError; any other exception comes out."""
    try:
        return make()
    except efssim.ScenarioError as error:
        return error


def test_the_full_scenario_is_one():
    assert loads(FULL) is not None


@pytest.mark.slow  # a minute: each extreme at each leaf, of which Hypothesis tries some above
@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_every_extreme_at_every_leaf(path):
    for value in EXTREME:
        loads(replaced(path, value))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(LEAVES), any_value)
def test_any_value_at_any_leaf(path, value):
    loads(replaced(path, value))


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PARTS), any_value)
def test_any_value_instead_of_a_part(path, value):
    loads(replaced(path, value))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(LEAVES), any_value), min_size=2, max_size=2))
def test_any_two_values(changes):
    data = copy.deepcopy(FULL)
    for path, value in changes:
        part = data
        for segment in path[:-1]:
            part = part[segment]
        part[path[-1]] = value
    loads(data)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(KEYS), st.text(max_size=20) | st.sampled_from(["", " ", "a" * 500, "->"]))
def test_any_name_at_any_key(path, name):
    loads(renamed(path, name))


@pytest.mark.parametrize(
    ("path", "unit", "bounds"),
    [
        (("replications", "dr", "sync", "interval"), "s", DURATION),
        (("replications", "dr", "sync", "throughput"), "B/s", BYTE_RATE),
        (("replications", "dr", "sync", "scan_rate"), "per s", LIMIT),
        (("file_systems", "logs", "writes", "w", "arrivals", "poisson", "rate"), "per s", RATE),
    ],
)
def test_the_ends_of_the_bounds(path, unit, bounds: Bounds):
    for inside in (bounds.least, bounds.most):
        data = replaced(path, f"{inside!r} {unit}")
        found = loaded_or_refused(lambda data=data: efssim.load(data))
        # A month of the largest rate is more bytes than can be counted, which is another problem.
        if isinstance(found, efssim.ScenarioError):
            assert ["than can be counted" in str(problem) for problem in found.problems] == [True]
    with pytest.raises(efssim.ScenarioError, match=f"is below {bounds.least_text}, "):
        efssim.load(replaced(path, f"{bounds.least * 0.99!r} {unit}"))
    with pytest.raises(efssim.ScenarioError, match=f"is above {bounds.most_text}, the most"):
        efssim.load(replaced(path, f"{bounds.most * 1.01!r} {unit}"))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("replications", "dr", "sync", "interval"), "1e-320 s", "is below 1 µs"),
        (("file_systems", "orders", "region"), "", "unknown Region ''"),
        (("file_systems", "standby", "availability_zone"), "", "is not an Availability Zone"),
        (("replications", "dr", "source"), "", "no file system is named ''"),
        (("replications", "local", "destination", "file_system"), "", "no file system is named"),
        (("replications", "dr", "destination", "region"), "", "unknown Region ''"),
        (("replications", "dr", "sync", "failure_probability"), 0.999999, "is above 99.99 %"),
        (("replications", "dr", "sync", "gap"), "1e-300 s", "is below 1 µs"),
        (
            ("replications", "dr", "sync", "gap"),
            {"pareto": {"min": 1e-12, "alpha": 1, "max": 1}},
            "is below 1 µs",
        ),
    ],
)
def test_named_oddities(path, value, message):
    with pytest.raises(efssim.ScenarioError, match=message):
        efssim.load(replaced(path, value))


# Ranges of a study


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1e-300 s..1e308:5log", "'1e-300 s' is below 1 µs"),
        ("1e-6 s..1e308 s:5log", "'1e308 s' is above 10,000 years"),
        ("1e-300 s, 5 s", "'1e-300 s' is below 1 µs"),
    ],
)
def test_a_range_beyond_the_bounds(text, message):
    with pytest.raises(efssim.ScenarioError, match=rf"^--vary:1:1: replications.*{message}"):
        efssim.sweep(efssim.load(FULL), {"replications.dr.sync.interval": text})


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["sync.interval", "sync.throughput", "sync.file_rate", "sync.backoff"]),
    st.floats(0, allow_infinity=False),
    st.floats(0, allow_infinity=False),
    st.sampled_from([":5log", ":5", ""]),
)
def test_any_range(key, low, high, count):
    from efssim.study.planning.ladder import ladder
    from efssim.study.varying.space import parameter, range_of, values_of

    vary = parameter(f"replications.dr.{key}")
    text = f"{low!r}..{high!r}{count}"

    def made():
        return values_of(vary, text) if count else ladder(*range_of(vary, text), vary.quantity)

    values = loaded_or_refused(made)
    if isinstance(values, efssim.ScenarioError):
        assert str(values).startswith("--vary:1:1: replications.")
        return
    assert all(math.isfinite(value) for value in values)
    assert values == sorted(values)
