"""The timeline of a run: its API calls and its disturbances, and which of them is a cause.

Each call, each begin and each end of a disturbance has an ordinal, in the order of the run. Other
records name their cause by that ordinal. Times are seconds since the scenario's start.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

DECLARED = 0
"""Ordinal of the scenario itself: no call and no disturbance, but its declarations from the start.
"""


@dataclass(slots=True)
class ApiCall:
    """A call of the EFS API that may change something."""

    ordinal: int
    begin_s: float
    operation: str
    target: str
    """Name of the file system that it is about; nothing where there is none."""
    affected: tuple[str, ...] = ()
    """Names of the replications and file systems that it touched."""
    replications: tuple[str, ...] = ()
    """Names of the replications among them."""
    error: str = ""
    """Code and message with which EFS refused it."""

    @property
    def kind(self) -> str:
        """The operation, as the column `kind` of the events has it."""
        return self.operation

    @property
    def end_s(self) -> float:
        """The same as its begin: a call takes no time."""
        return self.begin_s

    @property
    def ordinals(self) -> tuple[int, ...]:
        """Every ordinal by which records name it."""
        return (self.ordinal,)

    def __str__(self) -> str:
        return f"{self.operation} {self.target}".rstrip()


@dataclass(slots=True)
class Occurrence:
    """A disturbance that occurred: of `events` or of `faults`."""

    ordinal: int
    """Of its begin."""
    begin_s: float
    kind: str
    target: str
    affected: tuple[str, ...] = ()
    """Names of the replications and file systems that it reached."""
    replications: tuple[str, ...] = ()
    """Names of the replications among them."""
    end_s: float | None = None
    """None while it lasts."""
    end_ordinal: int | None = None
    """None while it lasts."""
    is_planned: bool = False
    """Whether it is of `events`, and so somebody wrote when it comes."""
    bytes_per_s: float | None = None
    """The rate that a window of a calendar sets; None for anything else."""

    @property
    def ordinals(self) -> tuple[int, ...]:
        """Every ordinal by which records name it."""
        return (self.ordinal,) if self.end_ordinal is None else (self.ordinal, self.end_ordinal)

    def __str__(self) -> str:
        return f"{self.kind} {self.target}".rstrip()


Entry = ApiCall | Occurrence
"""An entry of a timeline."""


class Timeline:
    """The calls and disturbances of a run, in the order in which they began."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._last = self._acting = DECLARED

    @property
    def acting(self) -> int:
        """Ordinal of the call that is being answered; DECLARED while none is."""
        return self._acting

    def next_ordinal(self) -> int:
        """Return a new ordinal, for an entry that begins now."""
        self._last += 1
        return self._last

    @contextmanager
    def answering(self, call: ApiCall) -> Iterator[None]:
        """Attribute all changes inside the block to a call."""
        before, self._acting = self._acting, call.ordinal
        try:
            yield
        finally:
            self._acting = before
