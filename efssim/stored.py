"""What a file system has stored, and what became of the writes made to it: facts, as in `records`.

How its size at any time follows from them is in the laws; the states of writes are in `states`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from efssim.records import OpenWrites
from efssim.states import States


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What a stream's writes add to its file system; see `new_bytes` and `new_files`."""

    new_bytes: float
    new_files: float
    files_per_write: int


@dataclass(slots=True)
class Role:
    """A configuration that a file system was part of."""

    replication: str
    is_source: bool
    begin_s: float
    end_s: float | None = None
    """When the configuration was gone; None: it is not."""


@dataclass
class FileSystemRecords:
    """Everything that happened to what one file system stores."""

    size_bytes: int = 0
    files: int = 0
    """Size and files when it was created."""
    streams: list[StreamFacts] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    sinks: list[Callable[[OpenWrites], None]] = field(default_factory=list)
    """Receive, each once and in order of time, the writes of a stream that the journal forgets
    without a sync having published them: made while nothing replicated them, or left behind."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The state of one file system now."""

    now_s: float
    size_bytes: int
    files: int
    states: States
    still_open: tuple[OpenWrites, ...]
    """Writes that are neither published nor handed to the sinks yet."""
