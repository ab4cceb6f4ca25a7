"""The listener of a journal, a replication and a link: the syncs that depend on them."""

from __future__ import annotations

from typing import Protocol


class SyncListener(Protocol):
    """The syncs of one replication, as listeners of the parts they depend on."""

    def before_writes(self) -> None:
        """Record the syncs that were complete before now, the writes of now being still to come.

        The journal calls this before it forgets writes.
        """

    def before_cuts(self) -> None:
        """Record the syncs that are complete by now, the cuts of now being still to come.

        The replication calls this before anybody reads its state.
        """

    def writes_change(self) -> None:
        """Plan again: the writes that were drawn ahead are not those that will be made."""

    def status_changes(self) -> None:
        """Start or stop syncs, as the status and the stalls of the replication say now."""

    def rate_will_change(self) -> None:
        """Account for the time at the rate that the link still has."""

    def rate_changes(self) -> None:
        """Go on at the rate that the link has now."""

    def received(self) -> tuple[int, int]:
        """Return the bytes and files that the initial sync in flight has sent so far."""


class NoSyncs:
    """A stand-in for the syncs where there are none yet, or none any more."""

    def before_writes(self) -> None:
        """Record nothing."""

    def before_cuts(self) -> None:
        """Record nothing."""

    def writes_change(self) -> None:
        """Plan nothing."""

    def status_changes(self) -> None:
        """Start nothing."""

    def rate_will_change(self) -> None:
        """Account for nothing."""

    def rate_changes(self) -> None:
        """Do nothing."""

    def received(self) -> tuple[int, int]:
        """Return nothing."""
        return 0, 0


NO_SYNCS = NoSyncs()
