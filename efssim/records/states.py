"""The states of writes: each write made is in exactly one of them at any time.

Unreplicated (no configuration yet, or none any more), pending, published, or discarded (overwritten
when its file system became a destination). Creating a configuration makes the unreplicated
writes of its source pending, and discards those of its destination.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Amount(NamedTuple):
    """How many writes, and their bytes."""

    writes: int
    bytes: int

    def plus(self, other: Amount) -> Amount:
        """Return both together."""
        return Amount(self.writes + other.writes, self.bytes + other.bytes)

    def less(self, other: Amount) -> Amount:
        """Return the difference to the other."""
        return Amount(self.writes - other.writes, self.bytes - other.bytes)


NOTHING = Amount(0, 0)


@dataclass(frozen=True, slots=True)
class Discarded:
    """Writes that were overwritten on a destination, and the times of the first and the last."""

    amount: Amount = NOTHING
    first_s: float | None = None
    last_s: float | None = None


@dataclass(frozen=True, slots=True)
class States:
    """The writes made to a file system up to now, by their state."""

    unreplicated: Amount
    pending: Amount
    published: Amount
    discarded: Amount

    @property
    def made(self) -> Amount:
        """All of them."""
        return self.unreplicated.plus(self.pending).plus(self.published).plus(self.discarded)
