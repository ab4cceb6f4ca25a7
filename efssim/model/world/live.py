"""The state of a world at an instant, for whoever watches one that goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from efssim.json_values import moment
from efssim.model.world.in_flight import SyncInFlight
from efssim.model.world.world import World
from efssim.records.timeline import ApiCall, Entry

DELETED = "DELETED"
"""Stands for the status of a replication that has no configuration any more; EFS has none."""
SHOWN = 50
"""Events of a state at most, the latest ones; chosen."""


@dataclass(frozen=True, slots=True)
class LiveReplication:
    """A replication now."""

    source: str
    """Id of the source."""
    source_region: str
    destination: str
    destination_region: str
    status: str
    """As EFS has it, or DELETED."""
    last_replicated_s: float | None = field(metadata=moment("last_replicated"))
    """LastReplicatedTimestamp; None: there is none."""
    age_s: float | None
    """Time since the last sync; None where there is no LastReplicatedTimestamp."""
    pending_bytes: int | None
    """Written to the source and not replicated; None without a configuration."""
    sync: SyncInFlight | None
    """The sync in flight; None while there is none."""


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """A call, a disturbance, or a change of a status."""

    at_s: float = field(metadata=moment("at"))
    text: str
    until_s: float | None = field(metadata=moment("until"))
    """When a disturbance ended; None while it lasts, and for anything that takes no time."""
    error: str = ""
    """Error of a call that was refused."""


@dataclass(frozen=True, slots=True)
class LiveState:
    """A world now: its replications by name, and its latest events, the last one first."""

    now_s: float = field(metadata=moment("now"))
    elapsed_s: float
    duration_s: float
    scenario: str
    seed: int
    replications: dict[str, LiveReplication]
    events: tuple[LiveEvent, ...]


def live_state(world: World) -> LiveState:
    """Return the state of a world now."""
    return LiveState(
        now_s=world.now_s,
        elapsed_s=world.now_s,
        duration_s=world.scenario.duration,
        scenario=world.scenario.name,
        seed=world.seed,
        replications={name: _replication(world, name) for name in world.names},
        events=tuple(_events(world)),
    )


def _replication(world: World, name: str) -> LiveReplication:
    found = world.account.replications[name]
    snapshot, gone = world.snapshot(name), found.status is None
    cut_s, flying = None if gone else found.last_replicated_s, snapshot.open_sync
    return LiveReplication(
        source=found.source.id,
        source_region=found.source.region,
        destination=found.destination.id,
        destination_region=found.destination.region,
        status=DELETED if found.status is None else found.status.value,
        last_replicated_s=cut_s,
        age_s=None if cut_s is None else world.now_s - cut_s,
        pending_bytes=None if gone else sum(part.amount.bytes for part in snapshot.open_writes),
        sync=None if gone or flying is None else SyncInFlight.of(flying),
    )


def _events(world: World) -> list[LiveEvent]:
    """Return the latest calls, disturbances and changes of status, the last one first."""
    entries = islice(reversed(world.timeline), SHOWN)
    changes = [change for name in world.names for change in _changes(world, name)]
    found = sorted([_event(entry) for entry in entries] + changes, key=lambda event: event.at_s)
    return found[: -SHOWN - 1 : -1]


def _event(entry: Entry) -> LiveEvent:
    if isinstance(entry, ApiCall):
        return LiveEvent(entry.begin_s, str(entry), None, entry.error)
    return LiveEvent(entry.begin_s, str(entry), entry.end_s)


def _changes(world: World, name: str) -> Iterator[LiveEvent]:
    for change in islice(reversed(world.records(name).statuses), SHOWN):
        status = change.after or DELETED
        yield LiveEvent(change.time_s, f"{name} is {status}: {change.cause}", None)
