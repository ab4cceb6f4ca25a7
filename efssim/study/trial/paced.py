"""A run that looks at the real time now and then: nothing else can end one in its own process."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from efssim.runs.measured import MeasuredWorld

Check = Callable[[], None]
"""Raises an exception where a run is to end."""

_FIRST = 1 / 1024
"""Share of a run up to the first look (chosen: a short one is looked at four times)."""
_FACTOR = 8
_SHORT_S, _LONG_S = 0.05, 0.4
"""Seconds between two looks below which the next is later, and above which it is sooner."""


def advance(simulation: MeasuredWorld, check: Check | None) -> None:
    """Run a simulation to its end; `check` is called a few times a second, and may raise.

    It changes no result.
    """
    share, done = _FIRST, 0.0
    while check is not None and done + share < 1:
        begin_s = perf_counter()
        done += share
        simulation.advance_part(done)
        check()
        took_s = perf_counter() - begin_s
        share *= _FACTOR if took_s < _SHORT_S else 1 / _FACTOR if took_s > _LONG_S else 1
    simulation.advance_to_end()
