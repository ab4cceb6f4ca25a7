"""Lines of the text report: wrapping, and numbers and times in few letters."""

from __future__ import annotations

import textwrap
from datetime import timedelta

from efssim.scenario import Scenario

WIDTH = 80
"""Letters in a line at most."""
_SECONDS_UP_TO = 7200.0
"""Runs up to this long, in seconds, show their times with seconds."""


def wrapped(text: str, indent: int = 0) -> list[str]:
    """Break a text into lines; those after the first are indented."""
    # Names with hyphens stay whole; long ones break rather than push a line beyond the width.
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)


def counted(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def percent(share: float) -> str:
    """Return a percentage that never rounds a miss up to 100 %."""
    text = f"{100 * share:.3f}".rstrip("0").rstrip(".")
    return "99.999 %" if text == "100" and share < 1 else f"{text} %"


def short(seconds: float | None) -> str:
    """Return a duration in at most 8 characters."""
    if seconds is None:
        return "-"
    for limit, unit, name in ((120, 1, "s"), (6000, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.1f} {name}"
    return f"{seconds / 86_400:.1f} d"


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
