"""Quotations of users' text in messages: one printable line of bounded length, never the whole."""

from __future__ import annotations

import json
from collections.abc import Iterable

from efssim.errors import QUOTE_MAX

NAMES_MAX = 12
"""Names of a list at most; assumed, as `QUOTE_MAX`."""


def cut(text: object, most: int = QUOTE_MAX) -> str:
    """Return a text without quotes, as one printable line of at most about `most` characters."""
    short = str(text)
    if len(short) > most:
        short = short[: most - 1] + "…"
    return short if short.isprintable() else json.dumps(short)


def quoted(text: object, most: int = QUOTE_MAX) -> str:
    """Return a text in single quotes, cut as by `cut`; in double ones if parts are escaped."""
    short = cut(text, most)
    return f"'{short}'" if str(text).isprintable() else short


def listed(names: Iterable[object], *, quotes: bool = False, most: int = NAMES_MAX) -> str:
    """Return names joined by commas, each cut; beyond `most` of them how many more there are."""
    known = list(names)
    shown = [(quoted if quotes else cut)(name) for name in known[:most]]
    more = len(known) - len(shown)
    return ", ".join([*shown, *([f"{more:,} more"] if more else [])])


def all_of(names: Iterable[object], *, quotes: bool = False) -> str:
    """Return names joined by `and`, each cut; beyond some of them how many more there are."""
    known = list(names)
    shown = [(quoted if quotes else cut)(name) for name in known[:NAMES_MAX]]
    more = len(known) - len(shown)
    return " and ".join([*shown, *([f"{more:,} more"] if more else [])])
