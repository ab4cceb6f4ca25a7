"""How the writes of a stream are drawn: each one, or the counts and sums of cells of a minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from efssim.scenario.grammar.base import one_of
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.streams import WriteStream

Drawn = Literal["auto", "each", "cells"]

CELL_S = 60.0
"""Length of a cell, in seconds; assumed."""
DRAWN_PER_CELL = 6.0
"""Numbers that are drawn for a cell: a count, a sum, and at most four big writes."""
CELLS_ABOVE_PER_S = 20.0
"""Mean writes per second above which `auto` draws cells; chosen: more than a thousand a cell."""


@dataclass(frozen=True, slots=True)
class HowDrawn:
    """How a stream is drawn, and why it is drawn one by one although cells were asked for."""

    in_cells: bool
    obstacle: str = ""
    """In words; nothing where there is none."""


def drawing(
    stream: WriteStream, growth: float, default: Drawn, start: datetime, *, throttles: bool = False
) -> HowDrawn:
    """Return how a stream is drawn; `growth` is the mean of the file system's and the stream's own.

    `default`, `start` and `throttles` are those of the scenario; to ask for the last takes time.
    """
    drawn = stream.drawn or default
    if drawn == "each":
        return HowDrawn(in_cells=False)
    obstacle = stream.not_in_cells() or _off_the_minute(stream, start)
    if throttles:  # wherever it is: it may come to a throttled file system
        obstacle = obstacle or "a write to a throttled file system may wait"
    if obstacle and drawn == "auto" and not _is_fast(stream, growth):
        return HowDrawn(in_cells=False)
    if obstacle:
        return HowDrawn(in_cells=False, obstacle=obstacle)
    return HowDrawn(in_cells=drawn == "cells" or _is_fast(stream, growth))


def distance_at_most(size: Distribution[int]) -> float | None:
    """Return how far the distribution of a sync's bytes may be from the exact one.

    The largest distance of the distribution functions, for syncs of 60 writes or more. Of the sizes
    that were compared with the exact law; None: not known. Lists of values are not compared, as
    sums of few different ones are not smooth.
    """
    if size.lognormal is not None:
        known = size.lognormal.sigma <= 2.5
    elif size.gamma is not None:
        known = size.gamma.cv <= 3.0
    elif size.pareto is not None:
        known = size.pareto.alpha >= 1.2 and size.pareto.max <= 1e6 * size.pareto.min
    else:
        known = size.empirical is None
    return 1e-3 if known else None


def _off_the_minute(stream: WriteStream, start: datetime) -> str:
    """Return why rates that change do not do so at the ends of cells, in words."""
    is_steady = stream.arrivals is None or one_of(stream.arrivals) != "profile"
    whole = start.second == 0 and start.microsecond == 0
    return "" if is_steady or whole else "rates change inside a cell, as `start` is no whole minute"


def _is_fast(stream: WriteStream, growth: float) -> bool:
    """Return whether a stream with arrivals has a mean rate above the one of `auto`."""
    if stream.arrivals is None:
        return False
    process, said = chosen_process(stream.arrivals)
    more = growth if process.growth_of == "rate" else 1.0
    return process.mean_per_s(said) * more > CELLS_ABOVE_PER_S
