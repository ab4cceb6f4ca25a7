"""Lines of the text report: wrapping, and numbers and times in few letters."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Sequence
from datetime import timedelta
from unicodedata import east_asian_width

from efssim.scenario import Scenario
from efssim.text.digits import grouped, plain

WIDTH = 80
"""Columns of a line at most."""
_SECOND = "\0"
"""Stands for the second column of a wide letter; no text of a scenario has it."""
_NARROW = 6
"""Columns that a column of a table keeps, even where the table is wider than a line then."""
_SECONDS_SHORT = 120.0
"""Shorter durations are in seconds, as most ages are, to a tenth of one."""
_SHORT = ((60.0, 60, "min"), (24.0, 3600, "h"), (10_000.0, 86_400, "d"))
"""How far each unit of a short duration goes, its seconds, and its name."""
_SECONDS_UP_TO = 7200.0
"""Runs up to this long, in seconds, show their times with seconds."""


def interrupted_after(done: int, wanted: int, unit: str) -> str:
    """Return how much of a study Ctrl-C left."""
    return f"PARTIAL: interrupted after {done:,} of {wanted:,} {unit}"


def wrapped(text: str, indent: int = 0) -> list[str]:
    """Break a text into lines; those after the first are indented."""
    # Names with hyphens stay whole; long ones break rather than push a line beyond the width.
    # textwrap counts letters, so each that takes two columns brings a second one along.
    counted = "".join(letter + _SECOND * (columns(letter) - 1) for letter in text)
    wrapper = _Wrapper(WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)
    return [line.replace(_SECOND, "") for line in wrapper.wrap(counted)]


class _Wrapper(textwrap.TextWrapper):
    """A wrapper that breaks a word longer than a line, but no letter of two columns."""

    def _handle_long_word(
        self, reversed_chunks: list[str], cur_line: list[str], cur_len: int, width: int
    ) -> None:
        word = reversed_chunks.pop()
        end = max(1, width - cur_len)
        end -= word[end : end + 1] == _SECOND
        cur_line.append(word[:end])
        reversed_chunks.append(word[end:])


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes; never fewer than it does."""
    return len(text) + sum(east_asian_width(letter) in "WF" for letter in text)


def cut(text: str, most: int) -> str:
    """Return a text of at most so many columns, which ends in … where something is missing."""
    if columns(text) <= most:
        return text
    while columns(text) >= most:
        text = text[:-1]
    return f"{text}…"


def padded(text: str, width: int) -> str:
    """Return a text with spaces up to a number of columns."""
    return text + " " * (width - columns(text))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table, its texts to the right; the widest columns give way."""
    widths = [max(columns(row[k]) for row in rows) for k in range(len(rows[0]))]
    while sum(widths) + 2 * len(widths) > WIDTH and max(widths) > _NARROW:
        widths[widths.index(max(widths))] -= 1
    return ["".join(_cell(t, w) for t, w in zip(row, widths, strict=True)) for row in rows]


def _cell(text: str, width: int) -> str:
    text = cut(text, width)
    return " " * (2 + width - columns(text)) + text


def command_lines(command: str) -> list[str]:
    """Return the command that reproduces a result, in lines that a shell takes together.

    Only a single word may be longer than a line.
    """
    lines = ["reproduce:"]
    for word in map(shlex.quote, shlex.split(command)):
        if columns(f"{lines[-1]} {word}") <= WIDTH - len(" \\"):
            lines[-1] += f" {word}"
        else:
            lines[-1] += " \\"
            lines.append(f"  {word}")
    return lines


def counted(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def percent(share: float) -> str:
    """Return a percentage that never rounds a miss up to 100 %, nor a share above 0 to 0 %."""
    if 0 < share < 5e-6:
        return "< 0.001 %"
    if share > 1e4:
        return "> 1,000,000 %"
    if share >= 10:
        return f"{grouped(100 * share)} %"
    text = f"{100 * share:.3f}".rstrip("0").rstrip(".")
    return "99.999 %" if text == "100" and share < 1 else f"{text} %"


def short(seconds: float | None) -> str:
    """Return a duration in at most 8 characters, from 2 min on with three significant digits.

    From an hour on its unit is that of the first part in words: 5,700 s are 1.58 h here and 1 h 35
    min there, and never 95 min.
    """
    if seconds is None:
        return "-"
    if 0 < seconds < 0.05:
        return f"{plain(1000 * seconds)} ms" if seconds >= 0.0005 else "< 1 ms"
    if round(seconds, 1) < _SECONDS_SHORT:
        return f"{seconds:.1f} s"
    for limit, unit, name in _SHORT:
        number = plain(seconds / unit)
        if float(number) < limit:
            return f"{number} {name}"
    return f"{seconds / 86_400 / 365.25:,.0f} y"


def clock(scenario: Scenario, time_s: float, since_s: float | None = None) -> str:
    """Return a time as `2026-01-03 06:00`; without the day if it is that of `since_s`."""
    form = "%H:%M:%S" if scenario.duration <= _SECONDS_UP_TO else "%H:%M"
    moment = scenario.start + timedelta(seconds=time_s)
    if (
        since_s is not None
        and (scenario.start + timedelta(seconds=since_s)).date() == moment.date()
    ):
        return moment.strftime(form)
    return moment.strftime(f"%Y-%m-%d {form}")
