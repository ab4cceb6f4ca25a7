"""StorageBytes: the metered size of each file system, sampled as CloudWatch does."""

from __future__ import annotations

import numpy as np

from efssim.cloudwatch.series import EMPTY, Series
from efssim.model.entities.file_system import FileSystemState
from efssim.model.entities.replication import ReplicationState
from efssim.model.kernel.clock import Turn
from efssim.model.world.world import World

STORAGE_S = 900.0
"""How often StorageBytes is published; documented as every 15 minutes."""


class StorageSamples:
    """The metered size of every file system every 15 minutes, from the start of the run on.

    A past size follows from no record alone (a destination grows during its initial sync), so the
    run is looked at while it goes on; to look changes no result.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._samples: dict[str, dict[float, float]] = {}
        world.account.appeared.append(self._appeared)
        self._sample()

    def _sample(self) -> None:
        now = self._world.now_s
        for system in self._world.account.file_systems.values():
            self._note(system, now)
        next_s = (now // STORAGE_S + 1) * STORAGE_S
        if next_s <= self._world.scenario.duration:
            self._world.clock.call_at(next_s, Turn.SAMPLE, self._sample)

    def _appeared(self, part: FileSystemState | ReplicationState) -> None:
        now = self._world.now_s
        if isinstance(part, FileSystemState) and now % STORAGE_S == 0:
            self._note(part, now)

    def _note(self, system: FileSystemState, now: float) -> None:
        size = float(self._world.account.metered_bytes(system))
        self._samples.setdefault(system.id, {})[now] = size

    def series(self, system: FileSystemState) -> Series:
        """Return the samples of a file system up to now."""
        samples = self._samples.get(system.id)
        if not samples:
            return EMPTY
        return Series.of(np.array(list(samples)), np.array(list(samples.values())))
