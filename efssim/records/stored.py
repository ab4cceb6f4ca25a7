"""Records of the content of a file system, and of the states of the writes made to it.

How its size at any time follows from them is in the laws; the states of writes are in `states`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from efssim.records.columns import Floats, Ints
from efssim.records.pieces import OpenPieces
from efssim.records.run_records import OpenWrites
from efssim.records.states import States

THROUGHPUT_MODES = ("bursting", "provisioned", "elastic")
"""Throughput modes, in EFS's words."""


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """Growth of a file system by the writes of a stream; see `new_bytes` and `new_files`."""

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


@dataclass(frozen=True, slots=True)
class Throughput:
    """The throughput mode of a file system from a time on."""

    since_s: float
    mode: str
    provisioned: float | None
    """Bytes per second, in the mode `provisioned`."""
    write_limit: float
    """Bytes per second of writes that the Region lets a file system of this mode take."""
    written_bytes: int = 0
    """Bytes that had been written to it by then."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """How a throttled file system stands at a time, and its writes before then that have waited."""

    time_s: float
    mode: str
    """Its throughput mode."""
    permitted: float
    """Bytes per second that it serves at most from then on, writes and the other load."""
    credits: float
    """Burst credits, in bytes."""
    credits_min: float
    """The fewest since the row before."""
    waiting: int
    """Writes that are wanted and not made."""
    waiting_bytes: int
    writes: int
    """Made later than they were wanted."""
    bytes: int
    """Those of these writes."""
    delay_s: float
    """Sum of what they waited, in seconds."""


class ThrottledMinutes(NamedTuple):
    """Burst credits at some whole minutes, and the throughput that was permitted then."""

    time_s: Floats
    credits: Floats
    """In bytes."""
    permitted: float
    """In bytes per second."""


class HourlyTotals(NamedTuple):
    """Bytes written to a file system by each whole hour of the run, and its size then."""

    written_bytes: Ints
    """Running total at the hours 0, 1, 2 …; shape (hours + 1,)."""
    size_bytes: Ints
    """Shape (hours + 1,)."""


@dataclass
class FileSystemRecords:
    """The records of the content of one file system."""

    size_bytes: int = 0
    files: int = 0
    """Size and files when it was created."""
    streams: list[StreamFacts] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    throughput: list[Throughput] = field(default_factory=list)
    """Its throughput mode, and each change of it."""
    throttled: list[Throttled] | None = None
    """At its begin, at each whole hour, at the begin of the window and at each change of its mode;
    None: its writes do not wait."""
    throttled_minutes: list[ThrottledMinutes] | None = None
    """Its burst credits by the minute; None: they are not kept, or its writes do not wait."""
    divided_at_s: Floats = field(default_factory=lambda: np.zeros(0))
    """Rising times at which writes that are not drawn one by one are divided, so that each part
    is in one window of a measure."""
    sinks: list[Callable[[OpenWrites | OpenPieces], None]] = field(default_factory=list)
    """Receive, each once and in order of time, the writes of a stream that the journal forgets
    without a sync having published them: made while nothing replicated them, or left behind."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The state of one file system now."""

    now_s: float
    size_bytes: int
    files: int
    states: States
    still_open: tuple[OpenWrites | OpenPieces, ...]
    """Writes that are neither published nor handed to the sinks yet."""
