"""The outcome of one replication in a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from efssim.lag.age.rpo import Violations
from efssim.lag.age.sawtooth import Teeth
from efssim.lag.summary import ReplicationSummary
from efssim.lag.weighted.exceedance import Exceedance
from efssim.records.columns import Columns
from efssim.records.run_records import SYNC_COLUMNS, AbandonedSync, OpenSync, StatusChange
from efssim.records.timeline import Occurrence
from efssim.runs.sync_phases import PhaseRecords, phases_of
from efssim.scenario.schema import Control, Sync


@dataclass(frozen=True)
class OutcomeRecords:
    """Records of one replication, complete up to the time of the result."""

    source: str = ""
    """Name of the source file system."""
    sync: Sync = field(default_factory=Sync)
    control: Control = field(default_factory=Control)
    syncs: Columns = field(default_factory=lambda: Columns(SYNC_COLUMNS))
    statuses: tuple[StatusChange, ...] = ()
    abandoned: tuple[AbandonedSync, ...] = ()
    open_sync: OpenSync | None = None
    disturbances: tuple[Occurrence, ...] = ()
    """Those that reached it, in order of their begins."""
    violations: Violations | tuple[()] = ()
    exceedance: dict[str, Exceedance] = field(default_factory=dict)
    last_replicated_s: float | None = None
    """LastReplicatedTimestamp before the first of `syncs`; None: absent."""
    defined_s: float | None = None
    """When LastReplicatedTimestamp became visible; None: it did not."""
    last_sync_s: tuple[float, float] | None = None
    """Cut and completion of the last of `syncs`; None without one."""
    unprotected: tuple[tuple[float, float], ...] = ()
    """When in the window there is no recovery point although the RPO counts that."""
    window_s: tuple[float, float] = (0.0, 0.0)
    """Begin and end of the window."""
    phases: PhaseRecords = field(default_factory=PhaseRecords)
    """Inputs of the phases of `syncs`."""
    waited_s: Mapping[float, float] | None = None
    """Waits for a slot of the link, by the cuts of `syncs` that needed one; None: it has none."""
    end_s: float = 0.0
    """When the configuration was gone, or now."""
    pending_bytes: int = 0
    """Pending at `end_s`."""
    pending_growth_bytes: int = 0
    """Pending at the end of the window minus pending at its begin."""

    @property  # not kept: five numbers for each sync are more than all that is
    def sync_phases(self) -> dict[str, NDArray[np.float64]]:
        """Seconds in each phase of `syncs`, shape (syncs,), by the names of Phases."""
        return phases_of(self.syncs, self.sync, [s.cut_s for s in self.abandoned], self.phases)

    @cached_property
    def phase_means_s(self) -> dict[str, float]:
        """Mean seconds in each phase of the syncs completed in the window; empty without one."""
        inside = self.syncs.floats("completed_s") >= self.window_s[0]
        if not inside.any():
            return {}
        return {name: float(seconds[inside].mean()) for name, seconds in self.sync_phases.items()}

    @property
    def undefined(self) -> list[tuple[float, float]]:
        """The spans of the window in which the age is not defined."""
        begin_s, end_s = self.window_s
        defined_s = end_s if self.defined_s is None else self.defined_s
        spans = ((begin_s, min(defined_s, end_s)), (max(begin_s, self.end_s), end_s))
        return [(since, until) for since, until in spans if until > since]

    @cached_property
    def age(self) -> Teeth:
        """Time since last sync in the window, a tooth from each completion on."""
        begin_s, origin_s = self.syncs.floats("completed_s"), self.syncs.floats("cut_s")
        if self.last_replicated_s is not None:
            begin_s = np.append(self.statuses[0].time_s, begin_s)
            origin_s = np.append(self.last_replicated_s, origin_s)
        end_s = np.append(begin_s[1:], self.end_s)[: len(begin_s)]
        return Teeth(begin_s, end_s, origin_s).within(*self.window_s)


@dataclass(frozen=True, kw_only=True)
class Outcome(OutcomeRecords):
    """The records of one replication and the summary of its measures."""

    summary: ReplicationSummary
