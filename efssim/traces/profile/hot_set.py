"""A hot set that has the unique bytes of a trace: fitted by least squares, offered if it fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.traces.metric import Floats, WriteRecords
from efssim.traces.profile.unique import UniqueBytes, UniqueWindow

OFF_MAX = 0.10
"""Relative difference of fitted and measured unique bytes above which no hot set is offered."""
OVERWRITTEN_LEAST = 0.05
"""Share of the bytes that the longest windows save, below which a hot set changes little."""
_CHUNKS = 256
"""Groups of windows with about as many blocks, of which the mean stands for each."""
_SHARES, _SIZES, _ROUNDS = 41, 61, 6
"""Points of the search in each direction, and how often it narrows down."""


@dataclass(frozen=True, slots=True)
class HotSetFit:
    """A hot set, as a scenario has it, whose unique bytes come nearest to the measured ones."""

    size_bytes: int
    block_bytes: int
    share: float
    """Of the writes, by count."""
    fitted_bytes: tuple[float, ...]
    """Unique bytes by the fit, for each measured window."""
    largest_error: float
    """The largest relative difference of fitted and measured."""
    is_offered: bool
    reason: str | None
    """Why it is not offered."""


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """Windows of one length for a fit: groups with their number of blocks and weight."""

    measured: float
    written: float
    blocks: Floats
    weight: Floats


def fitted_hot_set(records: WriteRecords, unique: UniqueBytes) -> HotSetFit:
    """Return the least-squares fit of relative differences over all windows.

    The model is that of a run: of a share of the writes each dirties as many blocks as it fills,
    chosen uniformly among N; a sync sends each dirty block once, and all bytes of the others.
    """
    block = unique.block_bytes
    windows = [_prepared(records, one, block) for one in unique.windows]
    most = max(1.0, 2.0 * unique.blocks)
    low, high = np.array([0.0, 0.0]), np.array([np.log(most), 1.0])
    best = (low + high) / 2
    for _ in range(_ROUNDS):
        logs = np.linspace(low[0], high[0], _SIZES)
        shares = np.linspace(low[1], high[1], _SHARES)
        off = np.array([[_square(windows, block, x, s) for s in shares] for x in np.exp(logs)])
        at = np.unravel_index(int(off.argmin()), off.shape)
        best = np.array([logs[at[0]], shares[at[1]]])
        reach = (high - low) / 10
        low = np.maximum(best - reach, [0.0, 0.0])
        high = np.minimum(best + reach, [np.log(most), 1.0])
    return _judged(unique, windows, max(1, round(float(np.exp(best[0])))), float(best[1]))


def _judged(unique: UniqueBytes, windows: list[_Window], count: int, share: float) -> HotSetFit:
    """Return a fit with the values as they are written, and whether it is offered."""
    share = round(share, 3)
    fitted = [_sent(one, unique.block_bytes, float(count), share) for one in windows]
    off = max(
        (abs(fit / one.measured - 1) for fit, one in zip(fitted, windows, strict=True)), default=0.0
    )
    last = unique.windows[-1]
    reason = None
    if last.unique_bytes > (1 - OVERWRITTEN_LEAST) * last.written_bytes:
        reason = "hardly anything is overwritten in these windows"
    elif off > OFF_MAX:
        reason = f"the best one is up to {100 * off:.0f} % off, more than {100 * OFF_MAX:.0f} %"
    elif share == 0:
        reason = "the best one has no hot writes"
    size = count * unique.block_bytes
    is_offered = reason is None
    return HotSetFit(size, unique.block_bytes, share, tuple(fitted), off, is_offered, reason)


def _prepared(records: WriteRecords, window: UniqueWindow, block_bytes: int) -> _Window:
    since = records.time_s - records.time_s[0]
    index = (since // window.window_s).astype(np.int64)
    filled = -(-records.bytes // block_bytes)
    per_window = np.bincount(index, weights=filled.astype(np.float64))[: window.windows]
    groups = np.array_split(np.sort(per_window), min(_CHUNKS, len(per_window)))
    blocks = np.array([float(group.mean()) for group in groups])
    weight = np.array([len(group) / len(per_window) for group in groups])
    return _Window(window.unique_bytes, window.written_bytes, blocks, weight)


def _square(windows: list[_Window], block_bytes: int, count: float, share: float) -> float:
    off = [_sent(one, block_bytes, count, share) / one.measured - 1 for one in windows]
    return float(np.square(off).sum())


def _sent(window: _Window, block_bytes: int, count: float, share: float) -> float:
    """Return the mean bytes that a sync of such a window sends: distinct blocks, and the rest."""
    dirty = share * window.blocks
    if count <= 1:
        distinct = np.minimum(dirty, 1.0)
    else:
        distinct = -np.expm1(dirty * np.log1p(-1.0 / count)) * count
    return float(block_bytes * (window.weight @ distinct) + (1 - share) * window.written)
