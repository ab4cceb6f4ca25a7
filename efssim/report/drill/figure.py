"""The chart of the phases: how the time to recover is made up, drill by drill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efssim.model.drill.record import DrillPhase
from efssim.report.figures.drawing.axes import legend_above, titled
from efssim.report.figures.drawing.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
    axes_for,
    styled,
)
from efssim.runs.drill.outcome import DrillOutcome
from efssim.study.drills.study import DrillStudy
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_COLOURS = (SKY, BLUE, ORANGE, GREEN, PURPLE, YELLOW, GREY)
_MOST = 100
"""Bars at most; of more drills every so many is drawn."""


@styled
def plot_phases(study: DrillStudy, ax: Axes | None = None) -> Axes:
    """Draw the phases of the drills, a bar for each, from the fastest to the slowest.

    Those that never ended are above all others, up to where they got. Return the Axes.
    """
    from efssim.report.figures.drawing.ticks import show_durations

    ax = axes_for(ax)
    shown = shown_drills(study)
    handles: dict[str, Artist] = {}
    for name, colour in zip(phase_names(study), _cycled(len(phase_names(study))), strict=True):
        spans = [_span(one, name) for one in shown]
        begins, lengths = (np.array(part) for part in zip(*spans, strict=True))
        bars = ax.barh(np.arange(len(shown)), lengths, left=begins, height=1.0, color=colour)
        handles[name] = bars[0]
    target = study.scenario.rto
    if target is not None:
        line = ax.axvline(target.target, color=VERMILLION, linestyle="--")
        handles[f"RTO {format_duration(target.target)}"] = line
    ax.set_xlim(left=0)
    ax.set_ylim(-0.5, max(len(shown) - 0.5, 0.5))
    show_durations(ax.xaxis)
    ax.set_yticks([])
    ax.set_ylabel("drills, slowest above")
    ax.set_xlabel("time since the disaster", loc="left")
    titled(ax, study.replication, legend_above(ax, handles))
    return ax


def shown_drills(study: DrillStudy) -> list[DrillOutcome]:
    """Return the drills of the chart, the fastest first, those that never end last."""
    ordered = sorted(
        (one for one in study.outcomes if one.phases),
        key=lambda one: (one.rto_s is None, one.rto_s or 0.0, one.trial),
    )
    step = max(1, -(-len(ordered) // _MOST))
    return ordered[step - 1 :: step] or ordered


def phase_names(study: DrillStudy) -> list[str]:
    """Return the phases in the order of the runbook that take time in any drill."""
    names: dict[str, None] = {}
    for one in study.outcomes:
        for phase in one.phases:
            if phase.seconds:
                names[phase.name] = None
    order = [phase.name for one in study.outcomes for phase in one.phases]
    return sorted(names, key=order.index)


def alt_text(study: DrillStudy) -> str:
    """Return the chart in words."""
    drawn = len(shown_drills(study))
    return (
        f"Bars of {drawn} drills, each from the disaster to its end, divided into"
        f" {', '.join(phase_names(study)) or 'nothing'}."
    )


def _cycled(count: int) -> list[str]:
    return [_COLOURS[k % len(_COLOURS)] for k in range(count)]


def _span(one: DrillOutcome, name: str) -> tuple[float, float]:
    """Return begin and length of a phase after the disaster; of none where it took no time."""
    found = [phase for phase in one.phases if phase.name == name]
    return (found[0].begin_s - one.disaster_s, _length(found[0])) if found else (0.0, 0.0)


def _length(phase: DrillPhase) -> float:
    return phase.seconds or 0.0
