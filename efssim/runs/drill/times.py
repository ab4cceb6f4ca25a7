"""When the disaster of a drill comes: at a time, or drawn from a stream of its own."""

from __future__ import annotations

import numpy as np

from efssim.lag.hours import hours_between
from efssim.model.entities.errors import RunError
from efssim.model.kernel.draws import Draws, UnitUniform
from efssim.scenario import Scenario
from efssim.scenario.drill.section import RANDOM, DisasterTimes
from efssim.text.zones import time_zone


def disaster_s(scenario: Scenario, draws: Draws) -> float:
    """Return when the disaster comes, in seconds since the start.

    Random ones are uniform over the window, or over its hours that `at` names. RunError where the
    window has none of those.
    """
    assert scenario.drill is not None
    at = scenario.drill.at
    if isinstance(at, float):
        return at
    share = draws.series("drill.at", UnitUniform().sample)[0]
    begin_s, end_s = scenario.warm_up, scenario.duration
    if isinstance(at, DisasterTimes):
        return _within_hours(scenario, at, share)
    assert at == RANDOM
    return begin_s + share * (end_s - begin_s)


def _within_hours(scenario: Scenario, at: DisasterTimes, share: float) -> float:
    pieces = hours_between(
        scenario.start, scenario.warm_up, scenario.duration, time_zone(at.timezone)
    )
    edges = np.clip(pieces.edges_s, scenario.warm_up, scenario.duration)
    chosen = np.array([at.has(int(hour)) for hour in pieces.hour])
    lengths = np.where(chosen, np.diff(edges), 0.0)
    ends = lengths.cumsum()
    if not ends[-1]:
        raise RunError(("drill", "at"), "the window has no such hour, so it would never come")
    wanted = share * ends[-1]
    piece = min(int(ends.searchsorted(wanted, "right")), len(ends) - 1)
    return float(min(edges[piece] + wanted - (ends[piece] - lengths[piece]), edges[piece + 1]))
