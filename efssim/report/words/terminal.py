"""A text report on a terminal: colours where they are wanted, letters that the output has.

Colours are laid over the finished text, so that with and without them it is the same text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

import click


@dataclass(frozen=True, slots=True)
class Emphasis:
    """How a part of a report is set off."""

    fg: str | None = None
    bold: bool | None = None
    dim: bool | None = None

    def laid_over(self, found: re.Match[str]) -> str:
        """Return a part set off, line by line; one that has a colour already keeps it."""
        if "\x1b" in found[0]:
            return found[0]
        lines = found[0].split("\n")
        return "\n".join(
            click.style(line, fg=self.fg, bold=self.bold, dim=self.dim) for line in lines
        )


_BOLD, _DIM = Emphasis(bold=True), Emphasis(dim=True)
_STYLES: tuple[tuple[re.Pattern[str], Emphasis], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), emphasis)
    for pattern, emphasis in (
        (r"\A(PARTIAL: .*\n)?efssim( \w+)?: .*", _BOLD),
        (r"^What happened \(UTC\):", _BOLD),
        (r"^  (lag|attainment|value) .*", _BOLD),
        (r"\bRPO\s+MET\s+ONCE\s+PROTECTED\b", Emphasis("yellow", bold=True)),
        (r"\bRPO\s+MET\s+SO\s+FAR\b", Emphasis("yellow", bold=True)),
        (r"\bRPO\s+(MET|met)\b", Emphasis("green", bold=True)),
        (r"\bRPO\s+(MISSED|missed)\b", Emphasis("red", bold=True)),
        (r"\bRPO\s+(NOT\s+DECIDED|unknown)\b", _BOLD),
        (r"\b(DIVERGING|DIVERGES)\b", Emphasis("red", bold=True)),
        (r"^reproduce: .*(\n  .*)*", _DIM),
        (r"^digest: .*", _DIM),
    )
)
"""Patterns and their styles, in this order; a part that has a colour already keeps it."""

_ASCII = str.maketrans(" ▁▂▃▄▅▆▇█±…≥≤→²", " .:-=+*%#~.><>2")
"""Letters of reports for outputs that lack them, each as wide as the letter it replaces."""


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Return whether a stream is a terminal that shows colours, and its user has not said no.

    Any NO_COLOR that is not empty says no: https://no-color.org.
    """
    refuses = environment.get("NO_COLOR", "") or environment.get("TERM") == "dumb"
    return stream.isatty() and not refuses


def coloured(text: str) -> str:
    """Return a report with its verdicts, headings and the way to reproduce it set off."""
    for pattern, emphasis in _STYLES:
        text = pattern.sub(emphasis.laid_over, text)
    return text


def encodable(text: str, encoding: str) -> str:
    """Return a text that an output can show: in plain letters where it lacks others."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(_ASCII)
        return plain.encode(encoding, errors="replace").decode(encoding)
    return text
