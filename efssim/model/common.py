"""What two file systems have in common after a replication between them, and so what differs.

When a configuration is deleted, its destination equals its source as of LastReplicatedTimestamp.
From then on whatever is written to either makes them differ, and a later replication between the
two, in either direction, sends that much at first.
"""

from __future__ import annotations

from efssim.model.file_system import Common, FileSystem
from efssim.model.replication import Replication


def remember(ended: Replication, pending_bytes: int) -> None:
    """Note the state that both have in common when a configuration is gone, if there is one."""
    if ended.last_replicated_s is None:
        return
    source, destination = ended.source, ended.destination
    mine = source.journal.written_bytes() - pending_bytes
    theirs, arn = destination.journal.written_bytes(), ended.terms.original_source_arn
    source.common[destination.id] = Common(mine, theirs, arn)
    destination.common[source.id] = Common(theirs, mine, arn)
    # A mirror is as large as its source: that is what a reversal scans and at most sends.
    destination.size_bytes, destination.files = source.size_bytes, source.files


def original_source_arn(source: FileSystem, destination: FileSystem) -> str:
    """Return the ARN of the oldest source in the chain of replications between the two."""
    common = source.common.get(destination.id)
    return source.arn if common is None else common.original_source_arn


def initial_work(replication: Replication) -> tuple[int, int]:
    """Return bytes and files of an initial sync that starts now: what the destination lacks.

    Files are taken in proportion to the bytes: the model does not know which file a byte is in.
    """
    source = replication.source
    differing = _differing_bytes(replication)
    share = differing / source.size_bytes if source.size_bytes else 1.0
    return differing, round(source.files * min(1.0, share))


def _differing_bytes(replication: Replication) -> int:
    source, destination = replication.source, replication.destination
    if replication.terms.initial.differing is not None:
        return replication.terms.initial.differing
    common = source.common.get(destination.id)
    if common is None:
        return source.size_bytes
    mine = source.journal.written_bytes() - common.mine
    theirs = destination.journal.written_bytes() - common.theirs
    return min(source.size_bytes, mine + theirs)
