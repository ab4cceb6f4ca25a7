"""Faults and events of a scenario that are written down and do not begin within its run."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from efssim.scenario import Scenario
from efssim.text.quoting import listed
from efssim.text.yaml.paths import Path, format_path

_NAMED = 4
"""Of them that are named."""


def absent(scenario: Scenario, unknown: Collection[Path] = ()) -> list[str]:
    """Return the faults that surely do not begin before the end of a run, then such events.

    A fault that may, by chance, is a matter of evidence, as is one with an `unknown` parameter. A
    call at the last instant is made.
    """
    may = {path[:2] for path in unknown}
    found = [*_faults(scenario), *_events(scenario)]
    return [f"{format_path(path)} ({what})" for path, what in found if path not in may]


def _faults(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    before_end_s = math.nextafter(scenario.duration, 0.0)
    for name, fault in scenario.faults.items():
        if fault.every.share_at_most(before_end_s) == 0:
            yield ("faults", name), f"{fault.kind} {fault.target}"


def _events(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    for ordinal, event in enumerate(scenario.events):
        if event.call is None and event.at >= scenario.duration:
            yield ("events", ordinal), f"{event.kind} {event.target}"


def absent_texts(found: Sequence[str]) -> list[str]:
    """Return a sentence on some of them; none where there are none."""
    if not found:
        return []
    begins, them = ("does not begin", "it") if len(found) == 1 else ("do not begin", "them")
    return [
        f"NOT IN THIS RUN: {listed(found, most=_NAMED)} {begins} before its end, so that no "
        f"verdict and no number has {them} in it."
    ]
