"""Values that programs forget: numbers at and beyond every bound, texts, times and structures.

All are tokens of YAML's flow style, so that they stand in a file as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from benchmarks.fuzz.case import Random, chance, pick

NUMBERS = (
    *("0", "-0", "-0.0", "1", "-1", "2", "3", "0.5", "-1e-300", "5e-324", "1e-300", "1e-17"),
    *("1e-12", "1e-9", "1e-6", "1e-3", "0.9999999999999999", "1.0000000000000002", "100", "101"),
    *("1e6", "1e9", "1e12", "1e15", "1e18", "1e19", "1e30", "1e100", "1e300", "1e308", "-1e308"),
    *("1.7976931348623157e308", "1e309", "inf", "-inf", ".inf", "-.inf", "nan", ".nan", "Infinity"),
    *("2147483647", "2147483648", "4294967296", "9007199254740993", "9223372036854775807"),
    *("9223372036854775808", "-9223372036854775809", "18446744073709551616", "1" + "0" * 240),
    *("1" + "0" * 400, "9" * 5000, "1_000", "1__0", "0x10", "0xffffffffffffffff", "0b1", "0o17"),
    *("017", "1e", "1.", "+.5", ".5.", "--1", "+1", "1,5", "1 000", "1/3", "1e-400", "٣", "1²"),
)
UNITS = (
    *("", "s", "ms", "us", "ns", "min", "h", "day", "days", "weeks", "months", "years", "m", "M"),
    *("B", "kB", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "YiB", "GB", "TB", "bit", "MiB/s"),
    *("Gbit/s", "B/s", "TB/s", "MiB/h", "per s", "per min", "per 6 h", "per 0 s", "per day"),
    *("/s", "Hz", "%", "% %", "‰", "million", "billion", "thousand", "furlongs", "e5 s", "½ h"),
)
TEXTS = (
    *('""', "''", '" "', '"\\0"', '"\\x1b[2J"', '"\\u202e"', '"\\ud800"', '"\\U0010ffff"', "日本"),
    *('"a\\nb"', '"\\r"', '"\\t"', '"\\u2028"', '"\\x85"', "a" * 300, '"' + "x" * 70_000 + '"'),
    *("..", ".", "/", "/etc/passwd", "/dev/zero", "/proc/self/mem", "../x", '"-"', "~", "null"),
    *(
        "true",
        "yes",
        "off",
        "on",
        "none",
        "NONE",
        '"%s%n"',
        "$HOME",
        '"{0}"',
        "__class__",
        "*",
        "&",
    ),
    *('"dr[*]"', '"dr[1]"', '"dr[99999999999999999999]"', '"dr[-1]"', '"[*]"', '"orders[0]"'),
    *("x.y", '"a.b"', '"a..b"', "dr.destination", "orders", "dr", "us-east-1", "US-EAST-1"),
    *("us-east-1 -> us-east-1", "us-east-1 -> ", "->", "eu-south-1", "cn-north-1", "lab-1"),
    *("fs-0", "fs-0123456789abcdef0", "arn:aws:kms:x", "alias/", "😀", '"\\"', "efs", "!!str x"),
)
TIMES = (
    *("2026-02-30", "0000-01-01", "0001-01-01", "9999-12-31T23:59:59Z", "10000-01-01"),
    *("2026-01-01T25:00", "2026-01-01T00:00:60Z", "2026-01-01T00:00+99:99", "1969-12-31"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2262-04-12", "1677-09-21"),
    *("2026-01-01T00:00:00.123456789123Z", "2026-1-1", "20260101", "2026-W01", "now", "tomorrow"),
    *(
        '"24:00"',
        '"23:59:59.999999999"',
        '"-01:00"',
        '"02:30"',
        "24:00",
        "2:5",
        '"00:00"',
        "-1 day",
    ),
)
ZONES = (
    *("UTC", "Europe/Rome", "Europe/Nowhere", "../../etc/passwd", "posixrules", "localtime", "EST"),
    *("America/New_York", "utc", "UTC+25", "Etc/GMT+12", "/usr/share/zoneinfo/UTC", "zone.tab"),
    *('"Europe/Rome\\0"', "Europe", "Pacific/Apia", '"' + "A/" * 3000 + '"', "tzdata.zi"),
)
STRUCTURES = (
    *("null", "~", "{}", "[]", "[[]]", "[{}]", "{a: {}}", "[null]", '{"": 1}', "{null: null}"),
    *("{1: 2}", "{[1, 2]: 3}", "{? {a: b} : c}", "[1, 2, 3]", "{true: false}", "{a: 1, a: 2}"),
    *("!!python/object:os.system {}", "!!binary AAAA", "!!set {a, b}", "!!omap [a: 1]", "!x y"),
    *("&a [*a]", "*nowhere", "<<", "{<<: {a: 1}}", "{<<: 5}", "[" * 50 + "]" * 50),
    *("[" * 5000, "{a: " * 120 + "1" + "}" * 120, "[" + ", ".join(["0"] * 3000) + "]"),
)
LIKELY = ("0", "1", "2", "7", "10", "100", "1000", "0.5", "0.01", "1e-3", "3600", "1e6", "59", "61")
"""Numbers that may well be right, at the bounds of each other."""
MEASURES = ("1 s", "5 min", "1 h", "10 MiB", "1 MiB/s", "1 per s", "2", "0.5", "1e-9", "1e300")
_LAWS = (
    "{{uniform: {{low: {0}, high: {1}}}}}",
    "{{exponential: {{mean: {0}}}}}",
    "{{lognormal: {{median: {0}, sigma: {2}}}}}",
    "{{lognormal: {{mean: {0}, cv: {2}}}}}",
    "{{gamma: {{mean: {0}, cv: {2}}}}}",
    "{{pareto: {{min: {0}, alpha: {2}}}}}",
    "{{pareto: {{min: {0}, alpha: {2}, max: {1}}}}}",
    "{{empirical: {{values: [{0}, {1}]}}}}",
    "{{empirical: {{values: [{0}, {1}], weights: [{2}, 0]}}}}",
    "{{constant: {0}}}",
    "{{each: {{uniform: {{low: {0}, high: {1}}}}}}}",
)
Kinds = tuple[Callable[[Random], str], ...]
_NUMBER = re.compile(r"-?\d[\d_]*(\.\d+)?(e-?\d+)?")


def number(random: Random) -> str:
    """Return a number, or nearly one."""
    return pick(random, NUMBERS)


def amount(random: Random) -> str:
    """Return a number with a unit, or nearly so."""
    return f"{number(random)} {pick(random, UNITS)}".strip()


def _law(random: Random) -> str:
    kinds: Kinds = (amount, number, lambda r: pick(r, MEASURES))
    low, high = (pick(random, kinds)(random) for _ in range(2))
    return pick(random, _LAWS).format(low, high, number(random))


_KINDS: Kinds = (
    number,
    amount,
    amount,
    lambda random: pick(random, TEXTS),
    lambda random: pick(random, TIMES),
    lambda random: pick(random, ZONES),
    lambda random: pick(random, STRUCTURES),
    _law,
)


def value(random: Random) -> str:
    """Return any hostile value."""
    return pick(random, _KINDS)(random)


def instead_of(random: Random, token: str) -> str:
    """Return a hostile value that may stand where this one stood: with its unit, or its number."""
    found = _NUMBER.search(token)
    if found is None or chance(random, 0.2):
        return value(random)
    if chance(random, 0.3):
        return token[: found.start()] + pick(random, LIKELY) + token[found.end() :]
    if chance(random, 0.6):
        return token[: found.start()] + number(random) + token[found.end() :]
    return f"{found[0]} {pick(random, UNITS)}"


def name(random: Random, known: str) -> str:
    """Return a key that is nearly a known one, or none at all."""
    made: tuple[Callable[[], str], ...] = (
        lambda: known[:-1],
        lambda: known + "s",
        lambda: known.upper(),
        lambda: known.replace("_", "-"),
        lambda: known[1:] + known[:1],
        lambda: json.dumps(f" {known}"),
        lambda: pick(random, TEXTS),
        lambda: pick(random, NUMBERS[:40]),
        lambda: pick(random, STRUCTURES),
    )
    return pick(random, made)() or '""'
