"""What somebody wrote, as a short piece of one line: messages quote it and never echo it whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

QUOTE_MAX = 60
"""Characters of a quoted text at most: enough to find it again; assumed."""

NAMES_MAX = 12
"""Names of a list at most; assumed, as `QUOTE_MAX`."""

MESSAGE_MAX = 800
"""Characters of a message at most: above the longest that quotes short texts; assumed."""

_END = 200
"""Characters that are kept of the end of a message, where its suggestion stands."""

_LONG_QUOTES = (re.compile(r"'([^'\n]{80,})'"), re.compile(r'"([^"\n]{80,})"'))


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


def concise(message: str, most: int = MESSAGE_MAX) -> str:
    """Return a message as one line that is not long, whatever it quotes; what it says stays.

    For the ways out of the program, where a message comes from anywhere.
    """
    for long in _LONG_QUOTES:
        message = long.sub(_cut_within, message)
    message = capped(message, most)
    return message if message.isprintable() else "".join(map(_visible, message))


def capped(text: str, most: int) -> str:
    """Return a text of at most about `most` characters, cut before its end."""
    end = min(_END, most // 3)
    return text if len(text) <= most else f"{text[: most - end]} … {text[-end:]}"


def _cut_within(match: re.Match[str]) -> str:
    quote = match[0][0]
    return f"{quote}{match[1][: QUOTE_MAX - 1]}…{quote}"


def _visible(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]
