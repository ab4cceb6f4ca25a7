"""The numbers of a run with which an estimate is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Protocol

from efssim.closed_forms.estimated import SimulatedGrowth, SimulatedLags, SimulatedNumbers
from efssim.closed_forms.replications import link_binds
from efssim.lag.summary import ReplicationSummary, WindowSummary
from efssim.scenario import Scenario


class ComparedOutcome(Protocol):
    """The part of the outcome of a replication that is compared."""

    @property
    def summary(self) -> ReplicationSummary:
        """The summary of its measures."""

    @property
    def pending_growth_bytes(self) -> int:
        """Pending at the end of the window minus pending at its begin."""


class Compared(Protocol):
    """The part of a run's result that is compared."""

    @property
    def window(self) -> WindowSummary:
        """The window in which everything is measured."""

    @property
    def outcomes(self) -> Mapping[str, ComparedOutcome]:
        """The outcome of each replication."""


def simulated(scenario: Scenario, name: str, result: Compared) -> SimulatedNumbers:
    """Return a run's values of the estimated numbers of a replication, None for those it lacks.

    A diverging run has lags, but they depend on when it ends: they are left out, and a run that
    does not diverge has no growth.
    """
    seconds, outcome = result.window.seconds, result.outcomes[name]
    found = outcome.summary
    numbers = SimulatedNumbers(
        written_bytes_per_s=_per(found.writes.bytes, seconds),
        writes_per_s=_per(found.writes.count, seconds),
        # The summary reckons with the throughput of the syncs, not with the capacity of their link.
        utilisation=None if link_binds(scenario, name) else found.syncs.utilisation,
        attainment=found.rpo.attainment,
        initial_sync_s=found.initial_sync_s,
        initial_bytes=found.initial_bytes,
    )
    if found.syncs.diverging:
        return SimulatedGrowth(
            **asdict(numbers), growth_bytes_per_s=_per(outcome.pending_growth_bytes, seconds)
        )
    return SimulatedLags(
        **asdict(numbers),
        sync_s=found.syncs.duration_mean_s,
        age_mean_s=found.age.mean,
        age_peak_s=found.age.peak_mean,
        write_lag_mean_s=found.write_lag.mean,
    )


def _per(amount: float, seconds: float) -> float | None:
    return amount / seconds if seconds else None
