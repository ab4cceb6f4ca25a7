"""Faults and events of a scenario that are written down and do not begin within its run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from efssim.scenario import Scenario
from efssim.scenario.grammar.events import Fault
from efssim.scenario.unknowns.parameters import UncertainParameter
from efssim.text.quoting import listed
from efssim.text.yaml.paths import Path, format_path

_TIMES = (("every",), ("at",))
"""Keys of a fault and of an event that say when it begins."""
_NAMED = 4
"""Of them that are named."""


def absent(scenario: Scenario, unknown: Sequence[UncertainParameter] = ()) -> list[str]:
    """Return the faults that surely do not begin before the end of a run, then such events.

    A fault that may, by chance, is a matter of evidence, as is one whose time is `unknown` and may
    be within the run. A call at the last instant is made.
    """
    may = {
        each.segments[:2]
        for each in unknown
        if each.segments[2:3] in _TIMES and each.prior.support[0] < scenario.duration
    }
    found = [*_faults(scenario), *_events(scenario)]
    return [f"{format_path(path)} ({what})" for path, what in found if path not in may]


def may_begin(fault: Fault, scenario: Scenario) -> bool:
    """Return whether a fault may begin before the end of a run."""
    return fault.every.share_at_most(math.nextafter(scenario.duration, 0.0)) > 0


def _faults(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    for name, fault in scenario.faults.items():
        if not may_begin(fault, scenario):
            yield ("faults", name), f"{fault.kind} {fault.target}"


def _events(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    for ordinal, event in enumerate(scenario.events):
        if event.call is None and event.at >= scenario.duration:
            yield ("events", ordinal), f"{event.kind} {event.target}"


def absent_in_all(
    scenarios: Iterable[Scenario], unknown: Sequence[UncertainParameter] = ()
) -> list[str]:
    """Return the faults and events that begin in no run of any of some scenarios."""
    first, *others = (absent(each, unknown) for each in scenarios)
    return [name for name in first if all(name in other for other in others)]


def absent_texts(found: Sequence[str]) -> list[str]:
    """Return a sentence on some of them; none where there are none."""
    if not found:
        return []
    begins, them = ("does not begin", "it") if len(found) == 1 else ("do not begin", "them")
    return [
        f"NOT IN THIS RUN: {listed(found, most=_NAMED)} {begins} before its end, so that no "
        f"verdict and no number has {them} in it."
    ]
