"""The exceptions of the public functions: one base class, so that one `except` takes them all.

Errors of one part of the package live with that part and have this base as well; `efssim.NAME`
finds each of them. Beside it they have the class of Python that fits, so that code which expects
that goes on working.
"""

from __future__ import annotations

import json
import re

QUOTE_MAX = 60
"""Characters of a quoted text in a message at most: enough to find it again; assumed."""

MESSAGE_MAX = 800
"""Characters of a message at most: above the longest that quotes short texts; assumed."""

_END = 200
"""Characters that are kept of the end of a message, where its suggestion stands."""

# Text between two apostrophes of a sentence is no quotation.
_LONG_QUOTES = (re.compile(r"(?<!\w)'([^'\n]{80,})'(?!\w)"), re.compile(r'"([^"\n]{80,})"'))


def concise(message: str, most: int = MESSAGE_MAX) -> str:
    """Return a message as one line of bounded length: long quotations are cut, its words stay.

    For the exits of the program, which get messages of any origin.
    """
    for long in _LONG_QUOTES:
        message = long.sub(_cut_within, message)
    return visible(capped(message, most))


def visible(text: str) -> str:
    """Return a text with what terminals obey, and what nobody sees, as escapes."""
    return text if text.isprintable() else "".join(map(_visible, text))


def capped(text: str, most: int) -> str:
    """Return a text of at most `most` characters (10 or more), cut before its end."""
    end = min(_END, most // 3)
    return text if len(text) <= most else f"{text[: most - end - 3]} … {text[-end:]}"


def _cut_within(match: re.Match[str]) -> str:
    quote = match[0][0]
    return f"{quote}{match[1][: QUOTE_MAX - 1]}…{quote}"


def _visible(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


class EfssimError(Exception):
    """The base of every exception of efssim. Messages quote arguments in part, never whole."""

    def __str__(self) -> str:
        lines = capped(super().__str__(), 4 * MESSAGE_MAX).split("\n")
        return "\n".join(map(concise, lines))


class UsageError(EfssimError, TypeError):
    """A function got something of another kind than it takes; the message is one sentence."""


class ArgumentError(EfssimError, ValueError):
    """A function got something of the right kind with a value that it cannot use."""


class UnknownNameError(EfssimError, KeyError):
    """Nothing has the name that was given, or it is not clear which is meant."""

    def __str__(self) -> str:
        return concise(str(self.args[0]))  # KeyError shows its argument as Python writes it


class StateError(EfssimError, RuntimeError):
    """An operation that the present state forbids, as to advance time while it passes already."""


class MissingExtraError(EfssimError, ImportError):
    """A part of efssim needs a package that is not installed; the message says which."""
