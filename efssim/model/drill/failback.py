"""The two ways back that EFS documents, as calls: to the old primary, or over its content.

Discarding overwrites what was written on the replica meanwhile, by one initial sync; preserving
replicates it back first, and takes two.
"""

from __future__ import annotations

from collections.abc import Generator

import simpy

from efssim.json_values import WireObject
from efssim.model.entities.file_system import FileSystemState
from efssim.model.entities.replication import ReplicationState
from efssim.model.kernel.clock import Turn
from efssim.model.world.world import World
from efssim.records.states import Amount

_POLL_S = 15.0
"""Time between two looks at a replication; chosen, as public scripts have it."""


class Failback:
    """A failback of a primary and its replica, neither of which is in a configuration."""

    def __init__(self, world: World, primary: FileSystemState, replica: FileSystemState) -> None:
        self._world, self._primary, self._replica = world, primary, replica
        self.discarded: Amount | None = None
        """Writes to the replica that were overwritten; None: it did not come to that."""

    def discard(self) -> Generator[simpy.Event, None, None]:
        """Replicate the primary to the replica again; raise EfsError where EFS refuses."""
        made = self._replicate(self._primary, self._replica)
        self.discarded = made.records.discarded.amount
        yield from self._until(made, 0.0)
        self._move_home()

    def preserve(self) -> Generator[simpy.Event, None, None]:
        """Replicate the replica to the primary first; raise EfsError where EFS refuses."""
        back = self._replicate(self._replica, self._primary)
        yield from self._until(back, 0.0)
        self._world.fence(self._replica.name)
        yield from self._until(back, self._world.now_s)
        parameters = {"SourceFileSystemId": self._replica.id}
        self._world.call("DeleteReplicationConfiguration", parameters, self._primary.region)
        while back.status is not None:
            yield self._later()
        self._move_home()
        self._world.unfence(self._replica.name)
        made = self._replicate(self._primary, self._replica)
        self.discarded = made.records.discarded.amount
        yield from self._until(made, 0.0)

    def _replicate(self, source: FileSystemState, target: FileSystemState) -> ReplicationState:
        """Replicate one to the other, whose protection has to be off for that."""
        off = {"FileSystemId": target.id, "ReplicationOverwriteProtection": "DISABLED"}
        self._world.call("UpdateFileSystemProtection", off, target.region)
        wanted: WireObject = {
            "SourceFileSystemId": source.id,
            "Destinations": [{"FileSystemId": target.id, "Region": target.region}],
        }
        self._world.call("CreateReplicationConfiguration", wanted, source.region)
        made = self._world.account.configuration_of(source)
        assert made is not None
        return made

    def _until(self, made: ReplicationState, time_s: float) -> Generator[simpy.Event, None, None]:
        """Wait until LastReplicatedTimestamp is at or after a time."""
        while made.last_replicated_s is None or made.last_replicated_s < time_s:
            yield self._later()

    def _later(self) -> simpy.Event:
        return self._world.clock.at(self._world.now_s + _POLL_S, Turn.CALL)

    def _move_home(self) -> None:
        """Let the streams that followed the failover write to the primary again."""
        name = self._primary.name
        if any(part.follows and part.home is self._primary for part in self._world.account.streams):
            self._world.move_writes(name, name, following=True)
