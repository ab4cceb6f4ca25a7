"""Metered sizes of file systems over the window, as they are billed."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from efssim.lag.cost.wire_bytes import WireBytes
from efssim.model.entities.file_system import FileSystemState
from efssim.model.kernel.clock import Turn
from efssim.model.world.world import World
from efssim.model.writes.stream import HOUR_S
from efssim.records.run_records import ReplicationRecords

GIB = 2**30
INCLUDED_PER_GIB = 1 / 20
"""MiB/s of provisioned throughput that come with each GiB stored; documented."""


@dataclass
class Metered:
    """Samples of one file system, in order of time."""

    time_s: list[float] = field(default_factory=list)
    size_bytes: list[int] = field(default_factory=list)
    provisioned_mibps: list[float] = field(default_factory=list)
    """Beyond those that come with the storage."""
    written_before: int = 0
    """Bytes that were written to it before the window."""

    def add(self, now_s: float, size_bytes: int, system: FileSystemState | None) -> None:
        """Take a sample; None: it is gone."""
        settings = None if system is None else system.settings
        mode = "" if settings is None else settings.throughput_mode
        bought = settings.provisioned_mibps if settings and mode == "provisioned" else None
        beyond = (bought or 0.0) - size_bytes / GIB * INCLUDED_PER_GIB
        self.time_s.append(now_s)
        self.size_bytes.append(size_bytes)
        self.provisioned_mibps.append(max(0.0, beyond))

    def mean(self, values: list[int] | list[float], begin_s: float, end_s: float) -> float:
        """Return the mean of a quantity over the window, of which the file system has a part.

        Between two samples it goes straight from one value to the other.
        """
        if end_s <= begin_s:
            return float(values[-1])
        area = np.trapezoid(values, self.time_s)
        return float(area) / (end_s - begin_s)

    def elastic_bytes(self, system: FileSystemState) -> int:
        """Return the bytes that were written in elastic mode, from the window's begin on."""
        modes = system.journal.kept.throughput
        edges = [*(mode.written_bytes for mode in modes), system.journal.written_bytes()]
        edges = [max(self.written_before, written) for written in edges]
        spans = zip(modes, pairwise(edges), strict=True)
        return sum(end - begin for mode, (begin, end) in spans if mode.mode == "elastic")


class Meter:
    """Samples every file system once an hour of the window: AWS bills byte-hours.

    To look changes no result.
    """

    def __init__(self, world: World, begin_s: float) -> None:
        """Sample from `begin_s` on, the begin of the window."""
        self._world, self.begin_s = world, begin_s
        self._samples: dict[str, Metered] = {}
        self.sent: dict[str, WireBytes] = {}
        """Bytes that each replication sent, by name."""
        world.clock.call_at(begin_s, Turn.SAMPLE, self._sample)

    def follow(self, name: str, records: ReplicationRecords) -> None:
        """Count the bytes that a new replication sends."""
        self.sent[name] = WireBytes(self.begin_s, records)

    def _sample(self) -> None:
        self._take(self._samples)
        next_s = self._world.now_s + HOUR_S
        if next_s < self._world.scenario.duration:
            self._world.clock.call_at(next_s, Turn.SAMPLE, self._sample)

    def _take(self, samples: dict[str, Metered]) -> None:
        """Add a sample of each file system, those that are gone since the last one too."""
        account, now_s = self._world.account, self._world.now_s
        for system in account.file_systems.values():
            size = account.metered_bytes(system)
            if system.name not in samples:
                samples[system.name] = self._begun(system)
            samples[system.name].add(now_s, size, system)
        left = {system.name for system in account.file_systems.values()}
        for name, metered in samples.items():
            if name not in left and metered.size_bytes[-1]:
                metered.add(now_s, 0, None)

    def _begun(self, system: FileSystemState) -> Metered:
        """Return no samples of a file system, with what was written before the window."""
        was_there = self._world.now_s <= self.begin_s
        return Metered(written_before=system.journal.written_bytes() if was_there else 0)

    def until_now(self) -> dict[str, Metered]:
        """Return the samples of each file system by name, with one of now."""
        samples = {
            name: Metered(
                list(kept.time_s),
                list(kept.size_bytes),
                list(kept.provisioned_mibps),
                kept.written_before,
            )
            for name, kept in self._samples.items()
        }
        self._take(samples)
        return samples
