"""The verdict of closed forms on the RPO: met, missed, or undecided without a simulation.

`met` holds for a run: it is claimed only where the busiest cycle leaves room, and
`missed` only where the mean does not. Everything else is a reason to simulate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from efssim.closed_forms.cycles.catch_up import CatchUp
from efssim.closed_forms.cycles.steady import Steady, steady
from efssim.closed_forms.cycles.syncs import Syncs
from efssim.closed_forms.cycles.worst import Peak, busiest_peak
from efssim.closed_forms.replications import disturbances_of
from efssim.scenario import Scenario
from efssim.scenario.unknowns.parameters import uncertain_parameters

_MARGIN = 2.0
"""Factor by which the bound of the time above the target has to be below the allowed time:
that bound is of a mean, and a run is one of many (assumed; held against simulations)."""


@dataclass(frozen=True)
class Verdict:
    """Whether the objective is met; None: closed forms cannot tell, for these reasons."""

    met: bool | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beginning:
    """How a new replication begins: when it first protects, and how it catches up after that."""

    protects_s: float
    """Mean seconds from the start to the end of the initial sync."""
    is_certain: bool
    """Whether nothing of it is drawn."""
    catch_up: CatchUp | None


def verdict(
    scenario: Scenario, name: str, syncs: Syncs, usual: Steady | None, beginning: Beginning | None
) -> Verdict:
    """Judge a replication; `beginning` is None where it is established."""
    if beginning is not None and _unprotected(scenario, beginning):
        return Verdict(False, ("there is no recovery point before the initial sync is complete",))
    reasons = tuple(_reasons(scenario, name, syncs, usual, beginning))
    if reasons:
        return Verdict(None, reasons)
    peak = busiest_peak(syncs)
    assert peak is not None, "a reason of its own"
    assert usual is not None, "the busiest time does not diverge"
    return _judged(scenario, syncs, peak)


def _unprotected(scenario: Scenario, beginning: Beginning) -> bool:
    """Return whether the window has time before the first recovery point, and that counts."""
    if scenario.rpo.initial_sync == "excluded":
        return False
    return beginning.protects_s * (1.0 if beginning.is_certain else 0.5) > scenario.warm_up


def _reasons(
    scenario: Scenario, name: str, syncs: Syncs, usual: Steady | None, beginning: Beginning | None
) -> Iterator[str]:
    count = len(uncertain_parameters(scenario))
    if count:
        are = "1 parameter is" if count == 1 else f"{count:,} parameters are"
        yield f"{are} not known, and the values written decide nothing"
    found = disturbances_of(scenario, name)
    if found:
        yield f"{' and '.join(found)} are not in the steady state"
    if usual is None:
        yield "more is written than can be sent: missed in the long run, but when depends on it"
    elif _is_overrun(syncs, usual):
        yield "at its busiest more is written than can be sent"
    if beginning is not None and not _is_caught_up(scenario, beginning):
        yield "the catch-up after the initial sync is not in the steady state"


def _is_overrun(syncs: Syncs, usual: Steady) -> bool:
    span_s = usual.cycle_s
    busiest = syncs.busiest(span_s)
    return max(busiest.utilisation(span_s)) >= 1.0 or busiest_peak(syncs) is None


def _is_caught_up(scenario: Scenario, beginning: Beginning) -> bool:
    """Return whether the age after the initial sync is within the target, or before the window."""
    found = beginning.catch_up
    if found is None or not beginning.is_certain:
        return False
    over_s = beginning.protects_s + found.duration_s
    excluded = scenario.rpo.initial_sync == "excluded"
    if not excluded and beginning.protects_s > scenario.warm_up:
        return False
    return found.age_peak_s <= scenario.rpo.target or over_s <= scenario.warm_up


def _judged(scenario: Scenario, syncs: Syncs, peak: Peak) -> Verdict:
    target_s, allowed = scenario.rpo.target, 1.0 - scenario.rpo.attainment
    window_s = scenario.duration - scenario.warm_up
    certain_s = max(0.0, peak.mean_s - target_s)
    drawn_s = peak.above_s(target_s) - certain_s if peak.deviation_s else 0.0
    # The window begins and ends within a cycle: at most one more of them is above the target.
    edges = min(1.0, 2 * peak.cycle_s / window_s) if certain_s else 0.0
    if (certain_s + _MARGIN * drawn_s) / peak.cycle_s + edges <= allowed:
        return Verdict(True)
    if _least_above(scenario, syncs) > allowed:
        return Verdict(False, ("the age is above the target even on average",))
    return Verdict(None, ("it depends on when the busy times are, and on what is drawn",))


def _least_above(scenario: Scenario, syncs: Syncs) -> float:
    """Return a lower bound of the share of the window above the target, 0 if there is none.

    Of the mean cycle of the window: the time above the target is convex in the duration of a sync,
    so a spread of durations only adds to it (Jensen). The effect of the window's edges is left out.
    """
    window_s = scenario.duration - scenario.warm_up
    mean = steady(syncs.between(scenario.warm_up, scenario.duration))
    if mean is None or not mean.cycle_s:
        return 0.0
    edges = 2 * mean.cycle_s / window_s
    spread = 2 * math.sqrt(syncs.variance(mean.cycle_s) / (mean.cycle_s * window_s))
    return 1.0 - mean.share_at_most(scenario.rpo.target) - edges - spread
