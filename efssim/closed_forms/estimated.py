"""Numbers of a replication by closed forms, and a run's values of the same numbers.

The names are those that JSON has; a value that does not exist is None. Seconds, bytes and bytes per
second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from efssim.json_values import SPREAD

Regime: TypeAlias = Literal["on_time", "back_to_back", "diverging"]

NumberName: TypeAlias = Literal[
    "written_bytes_per_s",
    "writes_per_s",
    "sent_bytes_per_s",
    "busiest_bytes_per_s",
    "utilisation",
    "utilisation_by_bytes",
    "utilisation_by_files",
    "utilisation_with_failures",
    "busiest_utilisation",
    "cycle_s",
    "sync_s",
    "age_mean_s",
    "age_peak_s",
    "write_lag_mean_s",
    "attainment",
    "growth_bytes_per_s",
    "shortest_interval_s",
    "smallest_throughput_bytes_per_s",
    "largest_write_bytes_per_s",
    "initial_sync_s",
    "initial_bytes",
]
NUMBERS: tuple[NumberName, ...] = get_args(NumberName)
"""Names of the single numbers, in order."""


@dataclass(frozen=True, slots=True)
class CatchUpEstimate:
    """How a replication catches up after something; None where it never does."""

    after: str
    """The event that it follows."""
    at_s: float | None
    """When it begins; None: that does not matter."""
    lasts_s: float
    age_peak_s: float | None
    duration_s: float | None
    syncs: int | None


@dataclass(frozen=True, slots=True)
class RatesEstimate:
    """Rates of writes, and their share of the rates at which syncs can send."""

    written_bytes_per_s: float
    writes_per_s: float
    sent_bytes_per_s: float | None = None
    busiest_bytes_per_s: float | None = None
    utilisation: float | None = None
    utilisation_by_bytes: float | None = None
    utilisation_by_files: float | None = None
    utilisation_with_failures: float | None = None
    busiest_utilisation: float | None = None


@dataclass(frozen=True, slots=True)
class CycleEstimate:
    """The steady cycle; None where a replication diverges."""

    cycle_s: float | None = None
    sync_s: float | None = None
    age_mean_s: float | None = None
    age_peak_s: float | None = None
    write_lag_mean_s: float | None = None


@dataclass(frozen=True, slots=True)
class SizingEstimate:
    """Sizing by the busiest cycle."""

    shortest_interval_s: float | None = None
    smallest_throughput_bytes_per_s: float | None = None
    largest_write_bytes_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class ReplicationEstimate:
    """All that is estimated of a replication.

    Where no closed form is known of a stream, all is None but the mean rates.
    """

    regime: Regime | None
    rates: RatesEstimate = field(metadata=SPREAD)
    cycle: CycleEstimate = field(metadata=SPREAD)
    attainment: float | None
    rpo_met: bool | None
    """None: not decided without a simulation."""
    rpo_reasons: tuple[str, ...]
    growth_bytes_per_s: float | None
    sizing: SizingEstimate = field(metadata=SPREAD)
    initial_sync_s: float | None
    initial_bytes: int | None
    catch_up: tuple[CatchUpEstimate, ...]
    approximations: tuple[str, ...]

    def number(self, name: NumberName) -> float | None:
        """Return a single number by its name."""
        parts = (self.rates, self.cycle, self.sizing, self)
        value: float | None = next(getattr(part, name) for part in parts if hasattr(part, name))
        return value


@dataclass(frozen=True, slots=True)
class SimulatedNumbers:
    """A run's values of the numbers of an estimate, as far as it has them."""

    written_bytes_per_s: float | None
    writes_per_s: float | None
    utilisation: float | None
    attainment: float | None
    initial_sync_s: float | None
    initial_bytes: int | None

    def number(self, name: NumberName) -> float | None:
        """Return a number by its name; None where a run has none."""
        value: float | None = getattr(self, name, None)
        return value


@dataclass(frozen=True, slots=True)
class SimulatedGrowth(SimulatedNumbers):
    """A run that diverges: its lags depend on when it ends, so they are left out."""

    growth_bytes_per_s: float | None


@dataclass(frozen=True, slots=True)
class SimulatedLags(SimulatedNumbers):
    """A run that keeps up."""

    sync_s: float | None
    age_mean_s: float | None
    age_peak_s: float | None
    write_lag_mean_s: float | None
