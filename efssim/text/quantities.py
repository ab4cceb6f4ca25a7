"""Quantities as people write them, parsed to SI floats and back: `15 min`, `64 KiB`, `40 per s`.

A parser is either right or refuses: nothing is dropped, guessed or read in another unit. Each
`parse_x` raises ValueError with one fragment that names the mistake and, where it can, a
quantity that may be meant.
Arithmetic is decimal until the last step, so `99.9 %` is the float 0.999.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal
from numbers import Integral, Real
from typing import NamedTuple, NoReturn

from efssim.text.digits import plain
from efssim.text.suggestions import closest

MAX_WHOLE = 2**63 - 1
"""Largest size (bytes) and count: they end up in arrays of 64-bit integers."""

# 60 digits lie far beyond a float's 17; without traps a result too large becomes infinite.
_DECIMAL = Context(prec=60, traps=[])

_NUMBER = r"(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_TERM = re.compile(rf"\s*({_NUMBER})\s*([A-Za-z%]*)\s*", re.ASCII)
_PER = re.compile(r"\s*/\s*|\s*\bper\b\s*", re.ASCII)
_COMMA = re.compile(r"[0-9],[0-9]")
_ISO_DURATION = re.compile(
    rf"P(?=[0-9T.])(?:({_NUMBER})W)?(?:({_NUMBER})D)?"
    rf"(?:T(?=[0-9.])(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?"
)
_ISO_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].+)?")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ]|$)")
"""How a text begins that is meant as a date."""
_BITS_OR_BYTES = re.compile(r"(k|[KMGTPE]i?|)b")

_ISO_SECONDS = (604_800, 86_400, 3_600, 60, 1)
_NAMES_OF_TIMES = {
    "0.001": "ms millisecond milliseconds",
    "1": "s sec secs second seconds",
    "60": "min mins minute minutes",
    "3600": "h hr hrs hour hours",
    "86400": "d day days",
    "604800": "w week weeks",
}
_TIMES = {
    name: Decimal(seconds) for seconds, names in _NAMES_OF_TIMES.items() for name in names.split()
}
_VAGUE_TIMES = {"month", "months", "year", "years", "y", "yr"}

_DECIMAL_PREFIXES = {"k": 1, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
_BINARY_PREFIXES = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_MULTIPLES = (
    {"": Decimal(1)}
    | {prefix: Decimal(1000) ** power for prefix, power in _DECIMAL_PREFIXES.items()}
    | {prefix: Decimal(1024) ** power for prefix, power in _BINARY_PREFIXES.items()}
)
_BYTES = {prefix + "B": factor for prefix, factor in _MULTIPLES.items()} | {
    "byte": Decimal(1),
    "bytes": Decimal(1),
}
_BITS = {prefix + "bit": factor / 8 for prefix, factor in _MULTIPLES.items()}
_COUNTS = {
    "": Decimal(1),
    "thousand": Decimal(10) ** 3,
    "million": Decimal(10) ** 6,
    "billion": Decimal(10) ** 9,
}


class Rate(NamedTuple):
    """Events per time, as written: `1 per min` is (1, 60), exact where 1/60 per second is not."""

    count: float  # type: ignore[assignment]  # hides tuple.count, of no use to a rate
    """Events in a period."""
    period_s: float
    """Length of the period in seconds."""

    @property
    def per_s(self) -> float:
        """Events per second."""
        return self.count / self.period_s

    def __str__(self) -> str:
        """Return `COUNT per PERIOD s`, which `parse_rate` turns back into the same rate."""
        return f"{_shortest(self.count)} per {_shortest(self.period_s)} s"


def parse_duration(value: object) -> float:
    """Return seconds; a bare number is seconds, and ISO 8601 durations are understood.

    Raises ValueError for a value that is no duration, negative, infinite or in an unknown unit.
    """
    if not isinstance(value, str):
        return _float(_bare(value, "a duration"), value)
    text = _text(value, "a duration such as '15 min'")
    iso = _ISO_DURATION.fullmatch(text)
    if iso is not None:
        return _float(_total(zip(iso.groups(), _ISO_SECONDS, strict=True)), text)
    return _float(_seconds(text), text)


def parse_size(value: object) -> int:
    """Return bytes, rounded to whole ones; KB, MB … are decimal and KiB, MiB … binary.

    Raises ValueError for a value that is no size, negative or above MAX_WHOLE, and for bits.
    """
    if not isinstance(value, str):
        return _whole(_bare(value, "a size"), value)
    text = _text(value, "a size such as '64 KiB'")
    if _PER.search(text):
        raise ValueError(f"{_quote(text)} is a rate, and a size has no time in it")
    number, unit = _term(text, "a size such as '64 KiB'")
    if unit in _BITS:
        meant = unit.replace("bit", "B")
        raise ValueError(f"{_quote(text)} is in bits, and a size is in bytes (write '{meant}')")
    return _whole(_times(number, _byte_factor(unit, _BYTES)), text)


def parse_byte_rate(value: object) -> float:
    """Return bytes per second; `10 Gbit/s` are decimal bits, `none` (no limit) is infinite.

    Raises ValueError for a value that is no rate of bytes or not above 0.
    """
    if _no_limit(value):
        return math.inf
    if not isinstance(value, str):
        return _positive(_float(_bare(value, "a rate of bytes"), value), value)
    like = "a rate of bytes such as '100 MiB/s'"
    amount, period = _split(_text(value, like))
    number, unit = _term(amount, like, whole=value)
    if period is None and unit:
        _refuse_rate_without_time(value, amount, unit)
    if period is not None and not unit:
        raise ValueError(f"{_quote(value)} lacks a unit of bytes, as in '100 MiB/s'")
    factor = _byte_factor(unit, _BYTES | _BITS, of_rate=True)
    seconds = Decimal(1) if period is None else _period(period, value)
    return _positive(_float(_DECIMAL.divide(_times(number, factor), seconds), value), value)


def parse_rate(value: object) -> Rate:
    """Return events per time: `40 per s`, `3 per 90 s`, a bare number per second, a pair.

    A pair is [count, seconds], the form in which a Rate is dumped.

    Raises ValueError for a value that is no rate of events, not above 0 or infinite.
    """
    count, period = _rate_parts(value)
    rate = Rate(_positive(_float(count, value), value), _positive(_float(period, value), value))
    _positive(_float(_DECIMAL.divide(count, period), value), value)  # per_s is a sound float too
    return rate


def parse_limit(value: object) -> float:
    """Return events per second, as `parse_rate` reads them; `none` (no limit) is infinite.

    Raises ValueError where `parse_rate` does, but for `none`.
    """
    return math.inf if _no_limit(value) else parse_rate(value).per_s


def parse_count(value: object) -> int:
    """Return a whole number of things: `4 million`, `4_000_000`.

    Raises ValueError for a value that is not whole, negative or above MAX_WHOLE.
    """
    number = _count(value, "a count such as '4 million'")
    whole = _whole(number, value)
    if whole != number:
        raise ValueError(f"{_quote(value)} is not a whole number")
    return whole


def parse_fraction(value: object) -> float:
    """Return a number from 0 to 1: `99.9 %` or 0.999.

    Raises ValueError for a value that is no fraction or outside [0, 1].
    """
    unit = ""
    if isinstance(value, str):
        like = "a fraction such as '99.9 %' or 0.999"
        number, unit = _term(_text(value, like), like)
    else:
        number = _bare(value, "a fraction")
    if unit not in ("", "%"):
        raise ValueError(f"unknown unit {_quote(unit)} (a fraction is '99.9 %' or 0.999)")
    fraction = _times(number, Decimal("0.01")) if unit else number
    if fraction > 1:
        hint = f" (did you mean '{value} %'?)" if not unit and number <= 100 else ""
        raise ValueError(f"{_quote(value)} is above {'100 %' if unit else '1'}{hint}")
    return float(fraction)


def parse_datetime(value: object) -> datetime:
    """Return an instant in UTC from ISO 8601 or a date object; without an offset it is UTC.

    Raises ValueError for a value that is no date or lies outside the years 1 to 9999 in UTC.
    """
    if isinstance(value, str):
        value = _iso_datetime(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(), UTC)
    if not isinstance(value, datetime):
        raise ValueError(f"{_quote(value)} is not a date such as '2026-01-31T12:00:00Z'")
    if value.utcoffset() is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"'{value}' is outside the years 1 to 9999 in UTC") from None


def format_duration(seconds: float) -> str:
    """Return seconds (finite, at least 0) for people, in at most two parts: `1 h 30 min`."""
    short = plain(seconds)
    if float(short) < 60:
        return f"{short} s"
    if round(seconds) < 3600:
        return _two_parts(round(seconds), 60, "min", "s")
    if round(seconds / 60) < 1440:
        return _two_parts(round(seconds / 60), 60, "h", "min")
    hours = round(seconds / 3600)
    return _two_parts(hours, 24, "day" if hours < 48 else "days", "h")


def format_size(size: float) -> str:
    """Return bytes (finite, at least 0) for people: binary units, 3 significant digits."""
    for prefix in ("", *_BINARY_PREFIXES):
        number = float(size) / float(_MULTIPLES[prefix])
        # Rounded before the comparison, or 1023.9 KiB would read 1024 KiB.
        if round(number) < 1024 or prefix == "Ei":
            break
    digits = plain(number) if number < 99.95 else f"{number:.0f}"
    return f"{digits} {prefix}B"


def format_byte_rate(bytes_per_s: float) -> str:
    """Return bytes per second for people, as `format_size` does; infinite is `none`."""
    return "none" if bytes_per_s == math.inf else f"{format_size(bytes_per_s)}/s"


def _two_parts(total: int, per_large: int, large: str, small: str) -> str:
    whole, rest = divmod(total, per_large)
    return f"{whole} {large} {rest} {small}" if rest else f"{whole} {large}"


def _shortest(number: float) -> str:
    return repr(float(number)).removesuffix(".0")


def _quote(value: object) -> str:
    try:
        shown = repr(value)
    except ValueError:  # Python refuses to write integers of thousands of digits
        return "a huge integer"
    return shown if len(shown) <= 80 else f"{shown[:76]}…{shown[-1]}"


def _text(value: str, like: str) -> str:
    text = value.strip()
    if not text:
        raise ValueError(f"{_quote(value)} is empty, not {like}")
    if text.startswith(("-", "−")):
        raise ValueError(f"{_quote(value)} is negative")
    if _COMMA.search(text):
        hint = "write 1_000 for thousands, 1.5 for decimals"
        raise ValueError(f"{_quote(value)} has a comma ({hint})")
    return text


def _bare(value: object, what: str) -> Decimal:
    """Return a number that is no text; raise ValueError for anything else, and below 0."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"{_quote(value)} is not {what}")
    number = Decimal(int(value)) if isinstance(value, Integral) else Decimal(float(value))
    if not number.is_finite():
        raise ValueError(f"{_quote(value)} is not finite")
    if number < 0:
        raise ValueError(f"{_quote(value)} is negative")
    return number


def _decimal(digits: str) -> Decimal:
    """Return the value of digits; raise ValueError if no float can hold it."""
    if float(digits) == math.inf:  # also keeps exponents of billions away from integers
        raise ValueError(f"{_quote(digits)} is too large")
    return _DECIMAL.create_decimal(digits.replace("_", ""))


def _float(number: Decimal, value: object) -> float:
    result = float(number)
    if result == math.inf:
        raise ValueError(f"{_quote(value)} is too large")
    return result


def _whole(number: Decimal, value: object) -> int:
    if not number <= MAX_WHOLE:
        raise ValueError(f"{_quote(value)} is too large (the largest is {MAX_WHOLE:_})")
    return round(number)


def _positive(number: float, value: object) -> float:
    if not number > 0:
        raise ValueError(f"{_quote(value)} is not above 0")
    return number


def _times(number: Decimal, factor: Decimal) -> Decimal:
    return _DECIMAL.multiply(number, factor)


def _total(parts: Iterable[tuple[str | None, Decimal | int]]) -> Decimal:
    total = Decimal(0)
    for digits, seconds in parts:
        if digits is not None:
            total = _DECIMAL.add(total, _times(_decimal(digits), Decimal(seconds)))
    return total


def _no_limit(value: object) -> bool:
    # A dumped model holds a float infinity; the text 'inf' stays an error.
    if not isinstance(value, str):
        return isinstance(value, float) and value == math.inf
    word = value.strip()
    if word != "none" and word.lower() in ("none", "null", "inf", "infinity", "unlimited"):
        raise ValueError(f"{_quote(value)} is not a rate (write 'none' for no limit)")
    return word == "none"


def _term(text: str, like: str, whole: str | None = None) -> tuple[Decimal, str]:
    """Return number and unit ('' if absent) of `text`; raise ValueError for anything else."""
    match = _TERM.fullmatch(text)
    if match is None:
        raise ValueError(f"{_quote(text if whole is None else whole)} is not {like}")
    return _decimal(match[1]), match[2]


def _unknown(unit: str, known: Iterable[str]) -> NoReturn:
    names = [name for name in known if name]
    same = [name for name in names if name.lower() == unit.lower()]
    # 'KB' and 'kB' are one unit, so naming the first is enough.
    near = same[0] if same else None
    if not same and 3 <= len(unit) <= 20:  # a neighbour of 'us' is 's', wrong by a million
        near = closest(unit, names)
    hint = f" (did you mean '{near}'?)" if near else f" (known are {', '.join(names)})"
    raise ValueError(f"unknown unit {_quote(unit)}{hint}")


def _seconds(text: str) -> Decimal:
    """Return the seconds of `1 h 30 min`, or of a number alone."""
    parts = _parts(text)
    if parts is None:
        raise ValueError(f"{_quote(text)} is not a duration such as '15 min' or '1 h 30 min'")
    alone = len(parts) == 1 and not parts[0][1]
    return _decimal(parts[0][0]) if alone else _sum(parts, text)


def _parts(text: str) -> list[tuple[str, str]] | None:
    """Return numbers with their units ('' if absent); None if `text` is anything else."""
    # One match after the other: a repeated group would need exponential time on some texts.
    parts, position = [], 0
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None:
            return None
        parts.append((match[1], match[2]))
        position = match.end()
    return parts


def _sum(parts: list[tuple[str, str]], text: str) -> Decimal:
    """Return the seconds of parts that each have a unit; messages quote `text`."""
    factors: list[Decimal] = []
    for digits, unit in parts:
        factor = _time_factor(text, digits, unit, factors[-1] if factors else None)
        if factors and factor >= factors[-1]:
            raise ValueError(f"{_quote(text)} must go from larger to smaller units, each once")
        factors.append(factor)
    return _total(zip((digits for digits, _ in parts), factors, strict=True))


def _time_factor(text: str, digits: str, unit: str, before: Decimal | None) -> Decimal:
    if unit in _TIMES:
        return _TIMES[unit]
    if not unit:
        raise ValueError(f"{_quote(text)} lacks a unit after {digits} (such as s, min, h or days)")
    if unit == "m" and before == _TIMES["h"]:
        return _TIMES["min"]  # after hours it can only be minutes
    if unit in ("m", "M"):
        raise ValueError(f"unit '{unit}' in {_quote(text)} is ambiguous (did you mean 'min'?)")
    if unit.lower() in _VAGUE_TIMES:
        raise ValueError(f"'{unit}' in {_quote(text)} has no fixed length (write days)")
    _unknown(unit, _TIMES)


def _byte_factor(unit: str, known: Mapping[str, Decimal], *, of_rate: bool = False) -> Decimal:
    """Return the bytes of a unit; raise ValueError, with a suggestion, if it is not known."""
    if unit in known:
        return known[unit]
    vague = _BITS_OR_BYTES.fullmatch(unit)
    if vague is not None:
        names = [f"{vague[1]}bit/s", f"{vague[1]}B/s"] if of_rate else [f"{vague[1]}B"]
        raise ValueError(f"unit '{unit}' may be bits or bytes (write {' or '.join(names)})")
    if not unit:
        return Decimal(1)
    if unit in _MULTIPLES:
        raise ValueError(f"unknown unit '{unit}' (did you mean '{unit}B'?)")
    _unknown(unit, known)


def _refuse_rate_without_time(value: str, amount: str, unit: str) -> NoReturn:
    stem = unit.removesuffix("ps")
    meant = [stem] if stem.endswith("B") else [f"{stem[:-1]}bit", stem]
    names = {name.lower(): name for name in reversed(_BITS | _BYTES)}
    if stem != unit and all(name.lower() in names for name in meant):
        hint = " or ".join(f"{names[name.lower()]}/s" for name in meant)
        raise ValueError(f"unknown unit '{unit}' (write {hint})")
    _byte_factor(unit, _BYTES | _BITS, of_rate=True)
    raise ValueError(f"{_quote(value)} needs a time (write '{amount}/s')")


def _split(text: str) -> tuple[str, str | None]:
    """Return the text before and after the first `/` or `per`, the latter None without either."""
    amount, *period = _PER.split(text, maxsplit=1)
    return amount, period[0] if period else None


def _period(text: str, value: str) -> Decimal:
    """Return the seconds of `s`, `min` or `90 s`; raise ValueError if it is not above 0."""
    parts = _parts(f"1 {text}" if text[:1].isalpha() else text)
    if not parts:
        raise ValueError(f"{_quote(value)} needs a time such as s, min or day after '/' or 'per'")
    seconds = _sum(parts, value)
    if not seconds > 0:
        raise ValueError(f"{_quote(value)} has a period that is not above 0 s")
    return seconds


def _rate_parts(value: object) -> tuple[Decimal, Decimal]:
    """Return the count and the period in seconds of a rate of events."""
    like = "a rate such as '40 per s'"
    if isinstance(value, list | tuple) and len(value) == 2:
        return _count(value[0], like), _pair_period(value)
    if not isinstance(value, str):
        return _bare(value, like), Decimal(1)
    amount, period = _split(_text(value, like))
    _refuse_bytes(amount, value)
    if not amount:
        raise ValueError(f"{_quote(value)} lacks a number, as in '40 per s'")
    count = _count(amount, like, whole=value)
    return count, Decimal(1) if period is None else _period(period, value)


def _pair_period(pair: list[object] | tuple[object, ...]) -> Decimal:
    period = _bare(pair[1], "a period in seconds")
    if not period > 0:
        raise ValueError(f"{_quote(pair)} has a period that is not above 0 s")
    return period


def _refuse_bytes(amount: str, value: str) -> None:
    match = _TERM.fullmatch(amount)
    if match is not None and match[2] in _BYTES | _BITS:
        raise ValueError(f"{_quote(value)} is a rate of bytes, not of events such as '40 per s'")


def _count(value: object, like: str, whole: str | None = None) -> Decimal:
    if not isinstance(value, str):
        return _bare(value, like)
    number, word = _term(_text(value, like), like, whole)
    if word not in _COUNTS:
        _unknown(word, _COUNTS)
    return _times(number, _COUNTS[word])


def _iso_datetime(text: str) -> datetime:
    try:
        # fromisoformat also takes 20260131 and 2026-W05, which nobody means to write here.
        if not _ISO_DATETIME.fullmatch(text.strip()):
            raise ValueError
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{_quote(text)} is not a date such as '2026-01-31T12:00:00Z'") from None
