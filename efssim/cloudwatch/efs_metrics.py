"""The metrics of the namespace AWS/EFS, read from the objects that the syncs move."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from efssim.cloudwatch.series import EMPTY, MINUTE_S, Series, merged
from efssim.cloudwatch.storage import StorageSamples
from efssim.cloudwatch.write_minutes import WriteMinutes
from efssim.model.entities.file_system import FileSystemState
from efssim.model.entities.replication import ReplicationState
from efssim.model.kernel.draws import DrawSeries, Same
from efssim.model.world.world import World

Floats = NDArray[np.float64]
Dimensions = tuple[tuple[str, str], ...]
"""Names and values, sorted by name."""

Phases = DrawSeries | Same
"""Seconds from the begin of each minute to its sample."""

NAMESPACE = "AWS/EFS"
UNITS = {"TimeSinceLastSync": "Seconds", "DataWriteIOBytes": "Bytes", "StorageBytes": "Bytes"}
"""Units of the simulated metrics; documented."""
THROTTLED_UNITS = {"BurstCreditBalance": "Bytes", "PermittedThroughput": "Bytes/Second"}
"""Units of the metrics of file systems that throttle their writes; documented."""
_CLASSES = ("Total", "Standard")
"""Storage classes that have all of a file system's bytes: nothing is tiered in the model."""


class EfsMetrics:
    """The metrics of AWS/EFS in one world; it keeps nothing itself."""

    def __init__(
        self,
        world: World,
        published: Mapping[str, WriteMinutes],
        unreplicated: Mapping[str, WriteMinutes],
        storage: StorageSamples | None,
    ) -> None:
        """Take the sinks: `published` has writes by the name of the publishing replication.

        `unreplicated` has, by the name of the file system, those that none did. Without them and
        `storage` there is TimeSinceLastSync alone.
        """
        self._world, self._storage = world, storage
        self._published, self._unreplicated = published, unreplicated

    def listed(self, region: str) -> Iterator[tuple[str, Dimensions]]:
        """Yield name and dimensions of every metric that a Region has samples of."""
        for replication in self._world.account.replications.values():
            if region in _regions(replication) and len(self._age(replication)):
                yield "TimeSinceLastSync", _pair(replication)
        for system in self._world.account.file_systems.values():
            if system.region == region:
                if len(self._written(system)):
                    yield "DataWriteIOBytes", (("FileSystemId", system.id),)
                for name in THROTTLED_UNITS:
                    if len(_throttled(system, name)):
                        yield name, (("FileSystemId", system.id),)
                for storage in _CLASSES:
                    yield "StorageBytes", _stored_dimensions(system, storage)

    def series(self, name: str, dimensions: Dimensions, region: str) -> Series:
        """Return the samples of a metric up to now; none for one that there is not.

        Dimensions have to be exactly those of the metric, as in CloudWatch. TimeSinceLastSync is
        in the Regions of both file systems; AWS does not document where it is.
        """
        if name == "TimeSinceLastSync":
            return merged(
                [
                    self._age(replication)
                    for replication in self._world.account.replications.values()
                    if _pair(replication) == dimensions and region in _regions(replication)
                ]
            )
        system = self._world.account.file_systems.get(dict(dimensions).get("FileSystemId", ""))
        if system is None or system.region != region:
            return EMPTY
        if name == "DataWriteIOBytes" and dimensions == (("FileSystemId", system.id),):
            return self._written(system)
        if name in THROTTLED_UNITS and dimensions == (("FileSystemId", system.id),):
            return _throttled(system, name)
        if name == "StorageBytes" and any(
            dimensions == _stored_dimensions(system, storage) for storage in _CLASSES
        ):
            return EMPTY if self._storage is None else self._storage.series(system)
        return EMPTY

    def series_for(
        self, namespace: str, name: str, dimensions: Dimensions, region: str, unit: str | None
    ) -> Series:
        """Return the samples of a metric as an alarm names it; none for one that there is not."""
        if namespace != NAMESPACE or name not in UNITS or unit not in (None, UNITS[name]):
            return EMPTY
        return self.series(name, dimensions, region)

    def is_new(self, dimensions: Dimensions) -> bool:
        """Return whether no replication with some dimensions had an age before the run."""
        return not any(
            _pair(replication) == dimensions and replication.records.last_replicated_s is not None
            for replication in self._world.account.replications.values()
        )

    def _age(self, replication: ReplicationState) -> Series:
        """Return now - LastReplicatedTimestamp, once in each minute, where it is defined."""
        records = replication.records
        if records.defined_s is None:
            return EMPTY
        at_s = sample_times(self._phases(replication), records.defined_s, self._world.now_s)
        if records.gone is not None:
            at_s = at_s[at_s < records.gone.now_s]  # at that instant it is gone
        return Series.of(at_s, at_s - self._last_replicated_s(replication, at_s))

    def _phases(self, replication: ReplicationState) -> Phases:
        """Return when in each minute a replication is sampled."""
        account = self._world.account
        phase_s = account.scenario.cloudwatch.phase
        if phase_s is not None:
            return Same(phase_s)
        name = f"replications.{replication.terms.name}.cloudwatch.phase"
        return account.draws.series(name, _any_phase)

    def _last_replicated_s(self, replication: ReplicationState, at_s: Floats) -> Floats:
        """Return LastReplicatedTimestamp as it was at some times at which it is defined."""
        records = replication.records
        completed_s, cut_s = (records.syncs.floats(key) for key in ("completed_s", "cut_s"))
        if records.last_replicated_s is not None:
            completed_s = np.concatenate(([-math.inf], completed_s))
            cut_s = np.concatenate(([records.last_replicated_s], cut_s))
        visible = completed_s.searchsorted(at_s, "right") - 1
        return cut_s[visible]

    def _written(self, system: FileSystemState) -> Series:
        """Return the writes of a file system: published, left unreplicated, and neither yet."""
        account = self._world.account
        still_open = account.stored(system).still_open  # first: it settles publications
        parts = [
            self._published[name].series()
            for name, replication in account.replications.items()
            if replication.source is system
        ]
        parts.append(self._unreplicated[system.name].series(still_open))
        return merged(parts).by_period(0.0, MINUTE_S)


def _throttled(system: FileSystemState, name: str) -> Series:
    """Return burst credits, or permitted throughput, at whole minutes up to now."""
    parts = system.journal.throttled_minutes()
    if not parts:
        return EMPTY
    time_s = np.concatenate([part.time_s for part in parts])
    if name == "BurstCreditBalance":
        return Series.of(time_s, np.concatenate([part.credits for part in parts]))
    rates = [np.full(len(part.time_s), part.permitted) for part in parts]
    return Series.of(time_s, np.concatenate(rates))


def sample_times(phases: Phases, begin_s: float, end_s: float) -> Floats:
    """Return the time of the sample of each minute, of those in [begin, end]."""
    first, last = int(begin_s // MINUTE_S), int(end_s // MINUTE_S)
    minutes = np.arange(first, last + 1).astype(np.float64)
    at_s: Floats = minutes * MINUTE_S + phases.take(first, len(minutes))
    return at_s[(begin_s <= at_s) & (at_s <= end_s)]


def _any_phase(generator: np.random.Generator, n: int) -> Floats:
    # Where in its minute a sample falls is not documented: everywhere alike.
    return generator.uniform(0.0, MINUTE_S, n)


def _pair(replication: ReplicationState) -> Dimensions:
    return (
        ("DestinationFileSystemId", replication.destination.id),
        ("FileSystemId", replication.source.id),
    )


def _regions(replication: ReplicationState) -> tuple[str, str]:
    return replication.source.region, replication.destination.region


def _stored_dimensions(system: FileSystemState, storage: str) -> Dimensions:
    return ("FileSystemId", system.id), ("StorageClass", storage)
