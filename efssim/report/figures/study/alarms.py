"""The figure of the settings of an alarm: delay of detection against false alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import is_narrow, legend_within, titled
from efssim.report.figures.drawing.style import (
    BLUE,
    GREY,
    ORANGE,
    SMALL,
    VERMILLION,
    axes_for,
    styled,
)
from efssim.report.words.lines import counted
from efssim.study.alarms.tuning import AlarmTuning, TunedSetting

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMED = 6
"""Points of the front that have their setting beside them."""
_OTHER, _FRONT, _OWN = "other settings", "none is better", "the alarm as it is"


@styled
def plot_tuning(found: AlarmTuning, ax: Axes | None = None) -> Axes:
    """Draw a point for each setting that detects something; those that miss some are hollow."""
    ax = axes_for(ax)
    groups = (
        (_OTHER, GREY, "o", 12.0),
        (_FRONT, BLUE, "o", 26.0),
        (_OWN, VERMILLION, "D", 34.0),
    )
    for label, colour, marker, size in groups:
        rows = [one for one in drawn_settings(found) if _group(one) == label]
        if rows:
            ax.scatter(
                [one.false_per_month for one in rows],
                [(one.delay_s or 0.0) / 60 for one in rows],
                s=size,
                marker=marker,
                facecolors=[colour if one.share == 1 else "none" for one in rows],
                edgecolors=colour,
                linewidths=1.0,
                label=label,
                clip_on=False,
                zorder=3,
            )
    _name_front(ax, found)
    ax.set(xlabel="false alarms in 30 days", ylabel="delay of detection (min)")
    ax.set_xlim(left=0.0)
    ax.set_ylim(bottom=0.0)
    if drawn_settings(found):
        legend_within(ax, loc="upper right", title="hollow: some are missed", title_fontsize=SMALL)
    titled(ax, f"{found.alarm}: settings tried")
    return ax


def _group(one: TunedSetting) -> str:
    """Return the group that a setting is drawn in."""
    return _OWN if one.is_current else _FRONT if one.on_front else _OTHER


def drawn_settings(found: AlarmTuning) -> list[TunedSetting]:
    """Return the settings that detect something."""
    return [one for one in found.settings if one.delay_s is not None]


def _name_front(ax: Axes, found: AlarmTuning) -> None:
    """Write threshold and M of N beside some points of the front, from few false alarms on."""
    seen: set[tuple[float, float]] = set()
    front = [one for one in drawn_settings(found) if one.on_front and one.share == 1]
    for one in sorted(front, key=lambda one: (one.false_per_month, -one.threshold_s)):
        at = one.false_per_month, (one.delay_s or 0.0) / 60
        if at in seen or len(seen) >= (1 if is_narrow(ax) else _NAMED):
            continue
        seen.add(at)
        text = f"{one.threshold_s / 60:g} min, {one.out_of}"
        ax.annotate(
            text,
            at,
            xytext=(5, 4 + 10 * (len(seen) - 1)),
            textcoords="offset points",
            fontsize=SMALL - 1,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.4},
            color=ORANGE if one.is_current else GREY,
        )


def tuning_alt(found: AlarmTuning) -> str:
    """Return a sentence on the figure: how many settings, and the best of the front."""
    drawn = drawn_settings(found)
    front = [one for one in drawn if one.on_front]
    text = (
        f"{found.alarm}: delay of detection against false alarms in 30 days of "
        f"{counted(len(drawn), 'setting')}"
    )
    if not front:
        return f"{text}; none detects a violation."
    one = min(front, key=lambda one: (one.false_per_month, one.delay_s or 0.0))
    return (
        f"{text}; with the fewest false alarms, {one.false_per_month:.3g}, the delay is "
        f"{(one.delay_s or 0.0) / 60:.3g} minutes."
    )
