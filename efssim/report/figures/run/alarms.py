"""The states of alarms over simulated time, below the violations that they are for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from efssim.lag.detection.summary import ALARM, INSUFFICIENT_DATA, OK, AlarmSummary
from efssim.report.figures.drawing.axes import days, legend_above, shown, time_axis, titled
from efssim.report.figures.drawing.rows import name_rows
from efssim.report.figures.drawing.style import (
    GREEN,
    ORANGE,
    SMALL,
    VERMILLION,
    axes_for,
    styled,
)
from efssim.report.figures.run.over_time import window_of
from efssim.report.words.lines import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.runs.run import Run

_COLOURS = {OK: GREEN, ALARM: VERMILLION, INSUFFICIENT_DATA: "#bbbbbb"}
_HEIGHT, DAY_S = 0.7, 86_400.0
_MOST = 12
"""Alarms that are drawn at most, the first of the scenario."""
_COLUMNS = 1200
"""More spans of a state than this are drawn by column, which keeps the file small."""
_NAME = 28
"""Letters of a name at most."""


@styled
def plot_alarms(result: Run, ax: Axes | None = None) -> Axes:
    """Draw a bar for each alarm, coloured by its state, and one for violations above them."""
    ax, at = axes_for(ax), days(result.scenario.start)
    alarms = drawn_alarms(result)
    rows = ["violations", *alarms]
    for outcome in result.outcomes.values():
        spans = [(at(one.begin_s), (one.end_s - one.begin_s) / DAY_S) for one in outcome.violations]
        ax.broken_barh(spans, (-_HEIGHT / 2, _HEIGHT), facecolors=ORANGE, edgecolors=ORANGE)
    for row, alarm in enumerate(alarms.values(), start=1):
        for state, colour in _COLOURS.items():
            found = _spans(alarm, result.now_s, state)
            spans = [(at(begin), length / DAY_S) for begin, length in found]
            bottom = row - _HEIGHT / 2
            ax.broken_barh(spans, (bottom, _HEIGHT), facecolors=colour, edgecolors=colour)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    name_rows(ax, range(len(rows)), [shown(name, _NAME) for name in rows], SMALL, _HEIGHT / 2)
    ax.set_xlim(*map(at, window_of(result)))
    time_axis(ax)
    _legend(ax)
    titled(ax, "States of alarms")
    return ax


def drawn_alarms(result: Run) -> dict[str, AlarmSummary]:
    """Return the alarms that the figure shows."""
    evaluated = {k: one for k, one in result.alarms.items() if one.not_evaluated is None}
    return dict(list(evaluated.items())[:_MOST])


def _spans(alarm: AlarmSummary, end_s: float, state: str) -> list[tuple[float, float]]:
    """Return begin and length of the spans in a state, in seconds."""
    times = [0.0, *(change.time_s for change in alarm.transitions), end_s]
    states = [INSUFFICIENT_DATA, *(change.after for change in alarm.transitions)]
    pairs = zip(times, times[1:], states, strict=False)
    found = [(begin, end) for begin, end, one in pairs if one == state and end > begin]
    if len(found) > _COLUMNS:
        found = _columns(found, end_s / _COLUMNS)
    return [(begin, end - begin) for begin, end in found]


def _columns(spans: list[tuple[float, float]], width_s: float) -> list[tuple[float, float]]:
    """Return the columns of a width that spans have a part in; neighbours are one."""
    found: list[tuple[float, float]] = []
    for begin, end in spans:
        begin, end = width_s * math.floor(begin / width_s), width_s * math.ceil(end / width_s)
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found


def _legend(ax: Axes) -> None:
    from matplotlib.patches import Patch

    patches = {state: Patch(color=colour) for state, colour in _COLOURS.items()}
    legend_above(ax, {**patches, "violation": Patch(color=ORANGE)})


def alarms_alt(result: Run) -> str:
    """Return a sentence on the figure: how often each alarm fired."""
    fired = (f"{name} {counted(one.fired, 'time')}" for name, one in drawn_alarms(result).items())
    return f"States of alarms over time; to ALARM went {', '.join(fired) or 'none'}."
