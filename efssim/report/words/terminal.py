"""A text report on a terminal: colours where they are wanted, letters that the output has.

Colours are laid over the finished text, so that with and without them it is the same text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, TextIO

import click

_STYLES: tuple[tuple[re.Pattern[str], dict[str, Any]], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), style)
    for pattern, style in (
        (r"\A(PARTIAL: .*\n)?efssim( \w+)?: .*", {"bold": True}),
        (r"^What happened \(UTC\):", {"bold": True}),
        (r"^  (lag|attainment|value) .*", {"bold": True}),
        (r"\bRPO\s+MET\s+ONCE\s+PROTECTED\b", {"fg": "yellow", "bold": True}),
        (r"\bRPO\s+(MET|met)\b", {"fg": "green", "bold": True}),
        (r"\bRPO\s+(MISSED|missed)\b", {"fg": "red", "bold": True}),
        (r"\bRPO\s+(NOT\s+DECIDED|unknown)\b", {"bold": True}),
        (r"\b(DIVERGING|DIVERGES)\b", {"fg": "red", "bold": True}),
        (r"^reproduce: .*(\n  .*)*", {"dim": True}),
        (r"^digest: .*", {"dim": True}),
    )
)
"""Patterns and their styles, in this order; a part that has a colour already keeps it."""

_ASCII = str.maketrans(" ▁▂▃▄▅▆▇█±…≥≤→²", " .:-=+*%#~.><>2")
"""Letters of reports for outputs that lack them, each as wide as the letter it replaces."""


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Return whether a stream is a terminal that shows colours, and its user has not said no.

    Any NO_COLOR that is not empty says no: https://no-color.org.
    """
    told = environment.get("NO_COLOR", "") or environment.get("TERM") == "dumb"
    return stream.isatty() and not told


def coloured(text: str) -> str:
    """Return a report with its verdicts, headings and the way to reproduce it set off."""
    for pattern, style in _STYLES:
        text = pattern.sub(partial(_styled, style), text)
    return text


def _styled(style: dict[str, Any], found: re.Match[str]) -> str:
    if "\x1b" in found[0]:
        return found[0]
    return "\n".join(click.style(line, **style) for line in found[0].split("\n"))


def encodable(text: str, encoding: str) -> str:
    """Return a text that an output can show: in plain letters where it lacks others."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(_ASCII)
        return plain.encode(encoding, errors="replace").decode(encoding)
    return text
