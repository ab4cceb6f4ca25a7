"""Which figures measurements have, with their titles and descriptions in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from efssim.report.facts.profiles import (
    WEEKDAYS,
    growth_text,
    hot_set_text,
    span_text,
    written_text,
)
from efssim.report.figures.measured.hours import plot_day, plot_week
from efssim.report.figures.measured.over_time import plot_writes
from efssim.report.figures.measured.scales import plot_dispersion, plot_unique
from efssim.text.quantities import format_byte_rate, format_duration
from efssim.traces.profile.measured import MeasuredTraces
from efssim.traces.profile.writes import ProfiledWrites, WritesProfile

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Picture(NamedTuple):
    """A figure that is not drawn yet."""

    stem: str
    title: str
    draw: Callable[[Axes | None], Axes]
    alt: str
    caption: str


def pictures(found: MeasuredTraces) -> Iterator[Picture]:
    """Yield the figures of all measured writes; the stems of the second one begin with `2-`."""
    for ordinal, one in enumerate(found.profiled, start=1):
        for picture in _of_writes(one):
            stem = picture.stem if ordinal == 1 else f"{ordinal}-{picture.stem}"
            yield picture._replace(stem=stem)


def _of_writes(found: ProfiledWrites) -> Iterator[Picture]:
    profile = found.profile
    name = profile.name
    yield Picture(
        "writes",
        "Writes over time",
        partial(plot_writes, found),
        f"{name}: rate over time, {span_text(profile.coverage)}; {written_text(profile)}",
        "Mean rate of each stretch of the axis, and the largest rate of a period in it.",
    )
    if any(one.bytes for one in profile.dispersion):
        yield Picture(
            "dispersion",
            "Index of dispersion",
            partial(plot_dispersion, profile),
            f"{name}: index of dispersion by window. {growth_text(profile)}",
            "Variance over mean of the bytes in windows of a length. It is level where windows do "
            "not depend on each other, and rises as long as busy times last.",
        )
    if any(profile.clock.daily_bytes_per_s):
        yield Picture("day", "Daily profile", partial(plot_day, profile), _day_alt(profile),
                      "Mean rate of each hour, over the periods that were measured.")  # fmt: skip
    if any(any(day) for day in profile.clock.weekly_bytes_per_s):
        yield Picture("week", "Weekly profile", partial(plot_week, profile), _week_alt(profile),
                      "The darker, the more; grey where nothing was measured.")  # fmt: skip
    if profile.unique is not None:
        fit = profile.hot_set
        said = "" if fit is None else f" {hot_set_text(fit)}"
        longest = format_duration(profile.unique.windows[-1].window_s)
        yield Picture(
            "unique",
            "Unique bytes",
            partial(plot_unique, profile),
            f"{name}: written and unique bytes in windows up to {longest}.{said}",
            "A sync sends each block once, however often it was overwritten since the one before: "
            "the longer the interval, the more that saves.",
        )


def _day_alt(profile: WritesProfile) -> str:
    means = [mean or 0.0 for mean in profile.clock.daily_bytes_per_s]
    hour = means.index(max(means))
    peak = format_byte_rate(max(means))
    where = f"at most {peak} from {hour}:00"
    return f"{profile.name}: mean rate by hour ({profile.clock.timezone}), {where}."


def _week_alt(profile: WritesProfile) -> str:
    cells = [mean or 0.0 for day in profile.clock.weekly_bytes_per_s for mean in day]
    day, hour = divmod(cells.index(max(cells)), 24)
    peak = format_byte_rate(max(cells))
    where = f"at most {peak} on {WEEKDAYS[day]} from {hour}:00"
    return f"{profile.name}: mean rate by hour of the week ({profile.clock.timezone}), {where}."
