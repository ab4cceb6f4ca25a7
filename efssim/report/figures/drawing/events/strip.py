"""The strip of events above a curve over time: a small Gantt chart with labels that never overlap.

Each event is a bar on one of a few lanes, with a mark of its kind at its begin. Labels stand over
the bars, as long as there is room; a legend counts the kinds of those without one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from efssim.records.timeline import ApiCall, Entry
from efssim.report.figures.drawing.axes import Days, shown, text_width, upwards
from efssim.report.figures.drawing.events.looks import MARK, look_of, samples
from efssim.report.figures.drawing.style import GREEN, GREY, SMALL
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES, words_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

Span = tuple[float, float]

_LABELS, _LABELLED_CALLS = 8, 4
"""How many events, and how many calls among them, get a label at most."""
LANES = 4
_MANY = 12
"""More events than this have no labels, as their kinds are in a legend."""
_LANES_OF_TINY = 2
"""Lanes for marks that can hardly be seen, which are no reason for a higher strip."""
_LANE, _BAR, _SPACE = 14.5, 3.0, 5.0
"""Heights of a lane and of a bar, and the space between two labels, in points."""
_LOW_LANE = 7.0
"""Height of a lane where no event has a label."""
_LEAST = 5.0
"""Points of the shortest bar, which its mark covers."""
_TARGET = 30
"""Letters of a target at most."""


@dataclass
class Lane:
    """The bars and labels of a lane so far, in points from the left end of the axes."""

    until: float = 0.0
    """Where its last bar ends."""
    labels: list[Span] = field(default_factory=list)

    def has_room(self, bar: Span, label: Span) -> bool:
        """Return whether bar and label are free; bars come in the order of their beginnings."""
        return self.until <= bar[0] and all(
            label[1] <= begin or end <= label[0] for begin, end in self.labels
        )


@dataclass(frozen=True)
class Mark:
    """Where an event stands in the strip."""

    event: Entry
    bar: Span
    """In points from the left end of the axes."""
    lane: int
    label_at: float | None
    """Left end of its label in points; None: there is no room for one."""


class Strip(NamedTuple):
    """A strip that has been drawn."""

    height: float
    """In points."""
    artists: list[Artist]
    samples: Mapping[str, Artist]
    """For a legend, by label: the kinds of events that have no label of their own."""


def draw_strip(ax: Axes, events: list[Entry], window: Span, at: Days) -> Strip:
    """Draw events above the axes, calls through them as well."""
    width = _width(ax)
    marks = place(events, window, width)
    named = [mark.event for mark in marks if mark.label_at is not None]
    lane = _LANE if named else _LOW_LANE
    drawn: list[Artist] = []
    for mark in marks:
        drawn.append(_draw_bar(ax, mark, width, lane))
        if mark.label_at is not None:
            drawn.append(_draw_label(ax, mark, width))
        if isinstance(mark.event, ApiCall):
            drawn.append(ax.axvline(at(mark.event.begin_s), color=GREEN, linewidth=0.8))
    height = lane * (1 + max((mark.lane for mark in marks), default=-1))
    return Strip(height, drawn, samples(_inside(events, window), named))


def place(events: Iterable[Entry], window: Span, width: float) -> list[Mark]:
    """Assign lanes and labels to the events in a window, on axes of a width in points.

    An event that can hardly be seen is left out where others mark its place already.
    """
    inside = _inside(events, window)
    labelled = _worth_a_label(inside, window) if len(inside) <= _MANY else set()
    lanes = [Lane() for _ in range(LANES)]
    bars = [(event, _bar_of(event, window, width)) for event in inside]
    bars.sort(key=lambda pair: pair[1][0])
    marks = (
        _labelled(event, bar, width, lanes) if id(event) in labelled else _plain(event, bar, lanes)
        for event, bar in bars
    )
    return [mark for mark in marks if mark is not None]


def _inside(events: Iterable[Entry], window: Span) -> list[Entry]:
    begin_s, end_s = window
    return [e for e in events if e.begin_s <= end_s and _end(e, end_s) >= begin_s]


def _bar_of(event: Entry, window: Span, width: float) -> Span:
    """Return where the bar of an event begins and ends, in points; it can always be seen."""
    points = [
        width * (min(max(time_s, window[0]), window[1]) - window[0]) / (window[1] - window[0])
        for time_s in (event.begin_s, _end(event, window[1]))
    ]
    left = min(points[0], width - _LEAST)
    # A point shorter, so that two bars that touch are two.
    return left, max(points[1] - 1, left + _LEAST)


def label_of(event: Entry) -> str:
    """Return the label of an event."""
    if isinstance(event, ApiCall):
        return f"{event.kind}{' refused' * bool(event.error)}"
    kind, words = DISTURBANCES.get(event.kind), words_of(event.kind)
    if kind is not None and not kind.names_its_target:
        return words
    return f"{words} {shown(event.target, _TARGET)}"


def _worth_a_label(events: list[Entry], window: Span) -> set[int]:
    """Return the identities of the first calls and the longest disturbances."""
    calls = [event for event in events if isinstance(event, ApiCall)][:_LABELLED_CALLS]
    others = [event for event in events if not isinstance(event, ApiCall)]
    others.sort(key=lambda event: event.begin_s - _end(event, window[1]))
    return {id(event) for event in (*calls, *others[: _LABELS - len(calls)])}


def _labelled(event: Entry, bar: Span, width: float, lanes: list[Lane]) -> Mark | None:
    """Put an event on the first lane with room for its bar and its label."""
    wide = text_width(label_of(event))
    left = max(0.0, min(bar[0], width - wide))
    label = left, left + wide + _SPACE
    for ordinal, lane in enumerate(lanes):
        if lane.has_room(bar, label):
            lane.until = bar[1]
            lane.labels.append(label)
            return Mark(event, bar, ordinal, left)
    return _plain(event, bar, lanes)


def _plain(event: Entry, bar: Span, lanes: list[Lane]) -> Mark | None:
    """Put an event on the first lane with room for its bar, on the last one if none has it."""
    is_tiny = bar[1] - bar[0] <= 1.5 * _LEAST
    usable = lanes[:_LANES_OF_TINY] if is_tiny else lanes
    free = (ordinal for ordinal, lane in enumerate(usable) if lane.until <= bar[0])
    ordinal = next(free, None)
    if ordinal is None and is_tiny:
        return None
    ordinal = len(usable) - 1 if ordinal is None else ordinal
    lanes[ordinal].until = max(lanes[ordinal].until, bar[1])
    return Mark(event, bar, ordinal, None)


def _draw_bar(ax: Axes, mark: Mark, width: float, lane: float) -> Artist:
    from matplotlib.lines import Line2D

    look, (left, right) = look_of(mark.event), mark.bar
    # A short bar is its mark alone.
    ends = mark.bar if right - left > _LEAST else (left + _LEAST / 2,) * 2
    bar = Line2D(
        [points / width for points in ends],
        [1, 1],
        color=look.colour,
        linewidth=_BAR,
        solid_capstyle="butt",
        marker=look.marker,
        markersize=MARK,
        markevery=[0],
    )
    bar.set(transform=ax.transAxes + upwards(ax, mark.lane * lane + _BAR), clip_on=False)
    return ax.add_artist(bar)


def _draw_label(ax: Axes, mark: Mark, width: float) -> Artist:
    assert mark.label_at is not None
    return ax.annotate(
        label_of(mark.event),
        (mark.label_at / width, 1),
        xycoords="axes fraction",
        xytext=(0, mark.lane * _LANE + 2.3 * _BAR),
        textcoords="offset points",
        fontsize=SMALL - 1,
        color=GREY,
        annotation_clip=False,
        parse_math=False,
    )


def _width(ax: Axes) -> float:
    """Return the width of the axes in points, before the layout, which makes it wider if at all."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return 72 * ax.get_window_extent().width / figure.dpi


def _end(event: Entry, now_s: float) -> float:
    return now_s if event.end_s is None else event.end_s
