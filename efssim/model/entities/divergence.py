"""Common content of two file systems after a replication between them, and their difference.

When a configuration is deleted, its destination equals its source as of LastReplicatedTimestamp.
From then on every write to either makes them differ, and a later replication between the
two, in either direction, sends that much at first.
"""

from __future__ import annotations

from efssim.model.entities.file_system import AgreedState, FileSystemState
from efssim.model.entities.replication import ReplicationState
from efssim.model.writes.change_sets import ChangeSet


def remember(ended: ReplicationState, pending_bytes: int) -> None:
    """Note the state in which both agree when a configuration is gone, if there is one."""
    if ended.last_replicated_s is None:
        return
    source, destination = ended.source, ended.destination
    mine = source.journal.written_bytes() - pending_bytes
    theirs, arn = destination.journal.written_bytes(), ended.terms.original_source_arn
    source.agreed[destination.id] = AgreedState(mine, theirs, arn)
    destination.agreed[source.id] = AgreedState(theirs, mine, arn)


def original_source_arn(source: FileSystemState, destination: FileSystemState) -> str:
    """Return the ARN of the oldest source in the chain of replications between the two."""
    agreed = source.agreed.get(destination.id)
    return source.arn if agreed is None else agreed.original_source_arn


def differing_bytes(
    source: FileSystemState, destination: FileSystemState, declared: int | None
) -> int | None:
    """Return the bytes in which two file systems differ now; None: in all of the source's.

    `declared` are the bytes that a scenario gives.
    """
    if declared is not None:
        return declared
    agreed = source.agreed.get(destination.id)
    if agreed is None:
        return None
    mine = source.journal.written_bytes() - agreed.mine
    theirs = destination.journal.written_bytes() - agreed.theirs
    return mine + theirs


def initial_work(replication: ReplicationState, change_set: ChangeSet) -> tuple[int, int]:
    """Return bytes and files of an initial sync that is cut now: those the destination lacks.

    That is the difference when the configuration was created and the writes since, at most
    the size of the source. Files are taken in proportion to the bytes, to the nearest whole one and
    a half to the even one: the model does not know which file a byte is in.
    """
    size, differed = change_set.source_bytes, replication.differed_bytes
    if differed is None:
        return size, change_set.source_files
    differing = min(size, differed + change_set.written_bytes)
    if not size:
        return differing, change_set.source_files
    # Whole numbers up to the one division: a share has no half of eleven files.
    return differing, round(change_set.source_files * differing / size)
