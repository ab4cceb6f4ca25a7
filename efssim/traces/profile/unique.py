"""Unique bytes per window: how much of what is written in a time is written to the same place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.traces.metric import Floats, Integers, WriteRecords

WINDOWS_S = (
    *(1.0, 3.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1_800.0),
    *(3_600.0, 10_800.0, 21_600.0, 43_200.0),
)
"""Lengths of the windows, from a second to half a day; those up to a quarter of the trace count."""
WINDOWS_LEAST = 4
WINDOWS_MOST = 4 * 10**7
"""Windows of a length at most, all in memory: the seconds of a year and a quarter; chosen."""
TOUCHES_MAX = 2**24
"""Blocks touched, each as often as it is, above which they are not counted: they are sorted in
memory, about 100 bytes each."""


@dataclass(frozen=True, slots=True)
class UniqueWindow:
    """Windows of one length: means over all whole ones from the first write on."""

    window_s: float
    windows: int
    written_bytes: float
    unique_bytes: float
    """Of the distinct blocks that are touched, whole."""


@dataclass(frozen=True, slots=True)
class UniqueBytes:
    """The exact curve of unique bytes of a trace with offsets."""

    block_bytes: int
    blocks: int
    """Distinct blocks of the whole trace."""
    windows: tuple[UniqueWindow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """Touches of blocks, sorted by block and then by time; columns have the shape (touches,)."""

    time_s: Floats
    """Since the first write."""
    is_first: NDArray[np.bool_]
    """Whether the touch before it is of another block."""


def unique_bytes(records: WriteRecords, block_bytes: int) -> UniqueBytes | str:
    """Return the unique bytes per window, in blocks of a size; a reason where there are none."""
    if records.offset is None:
        return "offsets are not known"
    if (records.bytes < 0).any() or (records.offset < 0).any():
        return "offsets or sizes are negative"
    first = records.offset // block_bytes
    last = (records.offset + np.maximum(records.bytes, 1) - 1) // block_bytes
    counts = np.where(records.bytes > 0, last - first + 1, 0)
    total = int(counts.sum())
    if not total:
        return "nothing is written"
    if total > TOUCHES_MAX:
        return f"{total:,} blocks are touched, more than {TOUCHES_MAX:,}: larger blocks have fewer"
    touches = _touches(records, first, counts)
    span_s = float(records.time_s[-1] - records.time_s[0])
    fitting = [window_s for window_s in WINDOWS_S if window_s * WINDOWS_LEAST <= span_s]
    if not fitting:
        return "the trace is shorter than four windows of a second"
    lengths = [window_s for window_s in fitting if span_s <= window_s * WINDOWS_MOST]
    if not lengths:
        return f"the trace has more than {WINDOWS_MOST:,} windows of half a day"
    windows = tuple(_window(records, touches, window_s, block_bytes) for window_s in lengths)
    return UniqueBytes(block_bytes, int(np.count_nonzero(touches.is_first)), windows)


def _touches(records: WriteRecords, first: Integers, counts: Integers) -> Touches:
    write = np.repeat(np.arange(len(counts)), counts)
    begins = counts.cumsum() - counts
    block = first[write] + np.arange(len(write)) - begins[write]
    volume = np.zeros(len(write), dtype=np.int64)
    if records.volume is not None:
        volume = records.volume[write]
    order = np.lexsort((block, volume))  # stable: touches of a block stay in order of time
    block, volume = block[order], volume[order]
    changes = (np.diff(block) != 0) | (np.diff(volume) != 0)
    time_s = (records.time_s - records.time_s[0])[write[order]]
    return Touches(time_s, np.concatenate(([True], changes)))


def _window(
    records: WriteRecords, touches: Touches, window_s: float, block_bytes: int
) -> UniqueWindow:
    """Return the means of windows: a touch counts unless one of its block came before in it."""
    since = records.time_s - records.time_s[0]
    windows = int(since[-1] // window_s)
    index = (touches.time_s // window_s).astype(np.int64)
    is_new = touches.is_first | np.concatenate(([True], np.diff(index) != 0))
    unique = int(np.count_nonzero(is_new & (index < windows)))
    written = int(records.bytes[since // window_s < windows].sum())
    return UniqueWindow(window_s, windows, written / windows, unique * block_bytes / windows)
