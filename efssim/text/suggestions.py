"""Did you mean: the known word closest to one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_TYPO = 100
"""Characters above which a word is no typo of a name; the comparison is quadratic."""


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word closest to `word`, None if none is close."""
    if len(word) > LONGEST_TYPO:
        return None
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def suggest(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" with the known word closest to `word`, or "" if none is."""
    near = closest(word, known)
    # A name of a file may have characters that a terminal obeys; the list of all has it as well.
    return f" (did you mean '{near}'?)" if near is not None and near.isprintable() else ""
