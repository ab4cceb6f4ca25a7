"""The look of each kind of event in figures: a mark of its own, in the colour of its target."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from efssim.records.timeline import ApiCall, Entry
from efssim.report.figures.drawing.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILLION,
)
from efssim.scenario.grammar.disturbances.effects import Target
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES, words_of

if TYPE_CHECKING:
    from matplotlib.lines import Line2D

CALL = "API call"
"""Name of calls in a legend, whatever they do."""
_CALL_MARK = "|"
_MARKS = ("v", "s", "o", "D", "P", "X", "^", "*", "p", "<", ">", "d", "h", "8")
"""Marks of the kinds, in the order of the table of disturbances; with more kinds they repeat."""
_OTHERS = ("H", "1")
"""Marks of what calendars do: blackouts, and windows of a rate."""
_COLOURS = {
    Target.REGION: VERMILLION,
    Target.LINK: ORANGE,
    Target.REPLICATION: PURPLE,
    Target.FILE_SYSTEM: BLUE,
    Target.OPERATION: GREY,
}
MARK = 5.5
"""Size of a mark in points."""


class EventLook(NamedTuple):
    """How a kind of event is drawn."""

    marker: str
    """As matplotlib names it."""
    colour: str


def look_of(event: Entry) -> EventLook:
    """Return the look of an event, the same in every figure."""
    if isinstance(event, ApiCall):
        return EventLook(_CALL_MARK, GREEN)
    for ordinal, kind in enumerate(DISTURBANCES):
        if kind.name == event.kind:
            return EventLook(_MARKS[ordinal % len(_MARKS)], _COLOURS[kind.target])
    return EventLook(_OTHERS[event.bytes_per_s is not None], GREY)


def kind_of(event: Entry) -> str:
    """Return the kind of an event in words, as a legend has it."""
    return CALL if isinstance(event, ApiCall) else words_of(event.kind)


def samples(events: Iterable[Entry], named: Iterable[Entry]) -> dict[str, Line2D]:
    """Return a sample for each kind of which some events are not among those that are `named`.

    Its label counts all events of the kind.
    """
    from matplotlib.lines import Line2D

    labelled = {id(event) for event in named}
    by_kind: dict[str, list[Entry]] = {}
    for event in events:
        by_kind.setdefault(kind_of(event), []).append(event)
    return {
        f"{kind} ({len(some):,})": Line2D(
            [], [], linestyle="none", marker=look.marker, color=look.colour, markersize=MARK
        )
        for kind, some in by_kind.items()
        for look in [look_of(some[0])]
        if any(id(event) not in labelled for event in some)
    }
