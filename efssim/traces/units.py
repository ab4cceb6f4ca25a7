"""Units of the values of a trace: as `unit` says them, and as the names of columns do."""

from __future__ import annotations

import re
from typing import NamedTuple

from efssim.text.quantities import parse_byte_rate, parse_size
from efssim.text.quoting import quoted


class Unit(NamedTuple):
    """A unit of values: its bytes, and whether it is per second."""

    bytes: float
    is_rate: bool
    """Whether it is per second."""


class NamedUnit(NamedTuple):
    """The unit, period and kind of values that the name of a column implies."""

    says: str
    """For people: `KiB per second`."""
    units: tuple[str, ...]
    """Candidates for `unit`, the likeliest first; empty: bytes, which need no unit."""
    per: str | None
    """`second`; `period` where the column has totals of a minute, say; None: nothing is said."""
    counter: bool = False


_BITS = re.compile(r"((?:[kKMGTPE]i?)?)bits?")
_RATE = re.compile(r"\s*(?:/|\bper\b)\s*(?:s|sec|second)$")
_LETTER = re.compile(r"[A-Za-z]")


def parse_unit(text: str) -> Unit:
    """Return the bytes of a unit: `KiB`, `MB`, `bytes`, `512 B`, `Mbit/s`.

    Raise ValueError for any other text.
    """
    word = text.strip()
    amount = f"1 {word}" if _LETTER.match(word) else word
    like = "a unit such as KiB, MB, 512 B or KiB/s"
    try:
        if _RATE.search(amount):
            return Unit(parse_byte_rate(amount), is_rate=True)
        bits = _BITS.fullmatch(amount.removeprefix("1 "))
        if bits:
            return Unit(parse_size(f"1 {bits[1]}B") / 8, is_rate=False)
        size = float(parse_size(amount))
    except ValueError as error:
        raise ValueError(f"{quoted(text)} is not {like}: {error}") from None
    if not size > 0:
        raise ValueError(f"{quoted(text)} is not {like}")
    return Unit(size, is_rate=False)


# ---- names of columns ---------------------------------------------------------------------------

_SYSSTAT_KIB, _SYSSTAT_MIB, _SECTOR = ("KiB",), ("MiB",), ("512 B",)
_KNOWN = {
    # iostat(1), pidstat(1), sar(1) of sysstat: "kilobytes" and "megabytes" there are 2^10 and 2^20
    # bytes (sectors of 512 bytes divided by 2 and 2048), "blocks" are sectors of 512 bytes.
    "wkb/s": NamedUnit("KiB per second", _SYSSTAT_KIB, "second"),
    "wmb/s": NamedUnit("MiB per second", _SYSSTAT_MIB, "second"),
    "wsec/s": NamedUnit("sectors of 512 bytes per second", _SECTOR, "second"),
    "wr_sec/s": NamedUnit("sectors of 512 bytes per second", _SECTOR, "second"),
    "bwrtn/s": NamedUnit("blocks of 512 bytes per second", _SECTOR, "second"),
    "blk_wrtn/s": NamedUnit("blocks of 512 bytes per second", _SECTOR, "second"),
    "blk_wrtn": NamedUnit("blocks of 512 bytes", _SECTOR, "period"),
    "kb_wrtn/s": NamedUnit("KiB per second", _SYSSTAT_KIB, "second"),
    "mb_wrtn/s": NamedUnit("MiB per second", _SYSSTAT_MIB, "second"),
    "kb_wrtn": NamedUnit("KiB", _SYSSTAT_KIB, "period"),
    "mb_wrtn": NamedUnit("MiB", _SYSSTAT_MIB, "period"),
    "kb_wr/s": NamedUnit("KiB per second", _SYSSTAT_KIB, "second"),
    "pgpgout/s": NamedUnit("KiB per second", _SYSSTAT_KIB, "second"),
    # vmstat(8): blocks of 1024 bytes sent to block devices, per second.
    "bo": NamedUnit("blocks of 1024 bytes per second", ("KiB",), "second"),
}
"""Columns of tools whose units are documented, in lower case."""

_PREFIXES = {"kilo": "k", "mega": "M", "giga": "G", "tera": "T"}
_BINARY = {"kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "tebi": "Ti"}
_WORD = re.compile(
    r"""(?:^|(?<=[^A-Za-z])|(?<=[a-z])(?=[A-Z])|(?<=\b[rw])|(?<=\b[rt]x))
    (?:
        (?P<long>kilo|mega|giga|tera|kibi|mebi|gibi|tebi)(?P<what>bytes?|bits?)
      | (?P<prefix>[kKMGTPE]i?|[kmgt]i(?=b)|[kmgt](?=b))?(?P<short>B|b|bit|bits|Bytes?|bytes?)
      | (?P<sector>sectors?|Sectors?)
    )
    (?P<ps>ps)?
    (?=$|[^A-Za-z]|[A-Z]|Per|per)""",
    re.VERBOSE,
)
_PER_SECOND = re.compile(r"(?:/|(?:_|\b|(?<=[a-z]))per[_ ]?)\s*(?:s|secs?|seconds?)\b", re.I)
_PER_OTHER = re.compile(r"(?:/|(?:_|\b)per[_ ]?)\s*(?:min|minute|h|hr|hour|d|day)s?\b", re.I)
_RATE_OF = re.compile(r"\bi?rate\(")
_COUNTER = re.compile(r"_total(?:$|[^A-Za-z])|\bcumulative\b|\bcounter\b", re.I)
_INCREASE = re.compile(r"\b(?:increase|delta)\(")


def named_unit(column: str) -> NamedUnit | None:
    """Return the unit that a column's name implies; None for bytes in total or no hint."""
    known = _KNOWN.get(column.strip().lower())
    if known is not None:
        return known
    is_window = _INCREASE.search(column) is not None
    is_rate = _RATE_OF.search(column) is not None
    found = _best(column)
    says, units, per = _said(column, found)
    per = "second" if is_rate else "period" if is_window and per is None else per
    counter = _COUNTER.search(column) is not None and not is_rate and not is_window
    counter = counter and per is None
    if not units and per != "second" and not counter:
        return None
    what = f"{says or 'bytes'} per second" if per == "second" else says or "bytes"
    return NamedUnit(f"a cumulative counter of {what}" if counter else what, units, per, counter)


def _best(column: str) -> re.Match[str] | None:
    """Return the last unit of a name, for that is the one in brackets; plain bytes are weaker."""
    found = [match for match in _WORD.finditer(column) if _counts(match)]
    scaled = [match for match in found if match["long"] or match["prefix"] or match["sector"]]
    best = scaled or found
    return best[-1] if best else None


def _counts(match: re.Match[str]) -> bool:
    """Return whether a match is a unit: a letter b alone is the name of something."""
    return not (match["short"] in ("B", "b") and not match["prefix"] and not _is_rate(match))


def _is_rate(match: re.Match[str]) -> bool:
    return match["ps"] is not None or _PER_SECOND.search(match.string, match.end()) is not None


def _said(column: str, match: re.Match[str] | None) -> tuple[str, tuple[str, ...], str | None]:
    """Return the unit for people, the candidates for `unit`, and `per` of a match."""
    if match is None:
        return "", (), None
    per = "second" if _is_rate(match) else None
    if per is None and _PER_OTHER.search(column, match.end()):
        per = "period"
    if match["sector"]:
        return "sectors of 512 bytes", _SECTOR, per
    units = _units(match)
    return (units[0] if units else "bytes"), units, per


def _units(match: re.Match[str]) -> tuple[str, ...]:
    """Return the candidates for `unit` of a match, the likeliest first; empty for bytes."""
    word = match["what"] or match["short"]
    is_bit = word.startswith("bit") or (word == "b" and match["ps"] is not None)
    prefix = match["prefix"] or ""
    if match["long"]:
        prefix = (_PREFIXES | _BINARY)[match["long"]]
    prefix = (prefix[:1].upper() + prefix[1:]) if prefix[:1] != "k" or prefix[1:] else prefix
    end = "bit" if is_bit else "B"
    if not prefix:
        return ("bit",) if is_bit else ()
    if prefix.endswith("i") or is_bit:
        return (prefix + end,)
    # KB and MB are 10^3 and 10^6 bytes to some tools, 2^10 and 2^20 to others.
    return (prefix + end, prefix.upper() + "i" + end)
