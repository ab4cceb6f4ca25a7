"""Extreme numbers, empty and odd texts at every place of a scenario: a problem, or a scenario."""

from __future__ import annotations

import copy
import math
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import efssim
from efssim.text.bounds import BYTE_RATE, DURATION, LIMIT, RATE, Bounds

SLOWEST_S = 5.0
"""A load takes milliseconds; this leaves room for a busy machine and finds what never ends."""

WRITES = {"arrivals": {"poisson": {"rate": "40 per s"}}, "size": "64 KiB"}
FULL = {
    "name": "full",
    "description": "Every key.",
    "start": "2026-01-01T00:00:00Z",
    "duration": "30 days",
    "warm_up": "1 day",
    "seed": 1,
    "records": "on",
    "rpo": {"target": "15 min", "attainment": "99.9 %"},
    "regions": {
        "eu-south-1": {"opted_in": True, "opting_in": "20 min", "opting_out": "5 min"},
        "us-east-1": {"default": False, "availability_zones": {"us-east-1a": "use1-az1"}},
        "lab-1": {"custom": True},
    },
    "links": {"us-east-1 -> eu-south-1": {"capacity": "10 Gbit/s", "latency": "90 ms"}},
    "file_systems": {
        "orders": {
            "region": "us-east-1",
            "size": "2 TiB",
            "files": "4 million",
            "throughput_mode": "provisioned",
            "provisioned_throughput": "256 MiB/s",
            "encrypted": True,
            "id": "fs-0123456789abcdef0",
            "growth": 1.5,
            "writes": {
                "oltp": {
                    "arrivals": {"poisson": {"rate": "40 per s"}},
                    "size": {"lognormal": {"median": "64 KiB", "sigma": 1.5}},
                    "hot_set": {"size": "10 GiB", "block": "64 KiB", "share": "80 %"},
                    "files": 2,
                    "growth": 1.1,
                },
                "steady": {"arrivals": {"constant": {"rate": 0.5}}, "size": {"gamma": {
                    "mean": "1 MiB", "cv": 0.5}}, "in_file": {"size": "120 GiB"}},
                "bursts": {
                    "arrivals": {"on_off": {"on": "1 min", "off": {"pareto": {
                        "min": "1 min", "alpha": 1.5, "max": "1 day"}}, "rate": "1 per s"}},
                    "size": {"exponential": {"mean": "1 MiB"}},
                },
                "daily": {
                    "arrivals": {"profile": {"rate": "1 per s", "hours": [1.0] * 24,
                                 "weekdays": [1.0] * 7, "timezone": "Europe/Berlin"}},
                    "size": {"uniform": {"low": "1 KiB", "high": "1 MiB"}},
                },
                "nightly": {
                    "arrivals": {"batch": {"at": "02:00", "every": "1 day", "writes": 5000,
                                           "over": "20 min"}},
                    "size": {"empirical": {"values": ["4 KiB", "64 KiB"]}},
                },
            },
        },
        "standby": {"availability_zone": "us-west-2a", "size": 0},
        "logs": {"region": "us-west-2", "writes": {"w": WRITES}},
    },
    "replications": {
        "dr": {
            "source": "orders",
            "destination": {"region": "eu-south-1", "kms_key_id": "alias/dr"},
            "established": True,
            "sync": {
                "preset": "efs", "interval": "60 s", "gap": "1 s",
                "setup": {"lognormal": {"median": "5 s", "sigma": 0.5}},
                "throughput": "120 MiB/s", "file_rate": "2000 per s", "scan_rate": "1e5 per s",
                "diff_rate": "1 GiB/s", "failure_probability": 0.01, "backoff": "10 s",
                "backoff_max": "10 min",
            },
            "control": {"preset": "efs", "enabling": "5 min", "pausing": "1 min",
                        "resuming": "0 s", "deleting": "5 min"},
            "initial": {"throughput": "50 MiB/s", "file_rate": 100, "setup": "1 min"},
        },
        "local": {"source": "logs", "destination": {"file_system": "standby"},
                  "initial": {"differing": "1 GiB"}},
    },
    "events": [
        {"at": "3 days", "opt_out": "eu-south-1", "for": "6 h"},
        {"at": "10 days", "link_outage": "us-east-1 -> eu-south-1", "for": "2 h"},
        {"at": "11 days", "link_degraded": "us-east-1 -> eu-south-1", "factor": 0.1, "for": "3 h"},
        {"at": "12 days", "region_outage": "us-east-1", "for": "40 min"},
        {"at": "14 days", "kms_key_disabled": "dr", "for": "1 h"},
        {"at": "15 days", "permission_lost": "dr", "for": "1 h"},
        {"at": "16 days", "api_error": "DeleteFileSystem", "code": "InternalServerError",
         "times": 2, "region": "us-east-1", "for": "1 h"},
        {"at": "20 days", "fail": "orders"},
        {"at": "21 days", "call": "DeleteReplicationConfiguration", "expect": "ok",
         "region": "us-east-1", "with": {"SourceFileSystemId": "orders"}},
    ],
    "faults": {
        "wan": {"link_outage": "us-east-1 -> eu-south-1",
                "every": {"exponential": {"mean": "30 days"}},
                "for": {"lognormal": {"median": "20 min", "sigma": 1}}},
    },
    "defaults": {"sync": {"interval": "60 s"}, "control": {"pausing": "1 min"},
                 "file_system": {"creating": "30 s", "deleting": "1 min"},
                 "undocumented": {"protection_disabled_is_read_only": "no"}},
}  # fmt: skip


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


def replaced(path, value):
    """Return the full scenario with another value at a path."""
    data = copy.deepcopy(FULL)
    part = data
    for segment in path[:-1]:
        part = part[segment]
    part[path[-1]] = value
    return data


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
    begin = time.perf_counter()
    found = loaded_or_refused(lambda: efssim.load(data))
    assert time.perf_counter() - begin < SLOWEST_S
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
