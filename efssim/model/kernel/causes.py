"""Causes of effects. An effect lasts as long as one of its causes is left."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """One instance of a disturbance: two overlapping outages of one link are two causes."""

    ordinal: int
    """Ordinal in the timeline of the run: of a call, or of the begin of a disturbance."""
    kind: str
    target: str
    is_wanted: bool = False
    """Whether somebody asked for the effect by a call; any other cause is a disturbance."""

    def __str__(self) -> str:
        return f"{self.kind} {self.target}".rstrip()


class Causes:
    """The causes of one effect, in the order in which they began."""

    def __init__(self) -> None:
        self._by_ordinal: dict[int, Cause] = {}

    def __bool__(self) -> bool:
        return bool(self._by_ordinal)

    def add(self, cause: Cause) -> bool:
        """Add a cause; return whether it is the first."""
        self._by_ordinal[cause.ordinal] = cause
        return len(self._by_ordinal) == 1

    def remove(self, cause: Cause) -> bool:
        """Remove a cause if it is there; return whether it was the last."""
        return self._by_ordinal.pop(cause.ordinal, None) is not None and not self._by_ordinal

    @property
    def first(self) -> Cause:
        """The cause that began first; there must be one."""
        return next(iter(self._by_ordinal.values()))
