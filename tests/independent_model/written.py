"""Which writes are pending at an instant, asked of every instant of a run."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from independent_model.streams import Write

Which: TypeAlias = npt.NDArray[np.bool_]


class Written:
    """The writes of a replication: at an instant, which were made, and which are published."""

    def __init__(self, writes: list[Write]) -> None:
        published_s = [math.inf if w.published_s is None else w.published_s for w in writes]
        self._times_s = np.array([write.time_s for write in writes], dtype=float)
        self._published_s = np.array(published_s, dtype=float)
        self._bytes = np.array([write.bytes for write in writes], dtype=object)  # any sum is exact

    def pending_after(self, time_s: float) -> Which:
        """Return what is pending once everything of an instant has happened."""
        return (self._times_s <= time_s) & (self._published_s > time_s)

    def pending_before(self, time_s: float) -> Which:
        """Return what is pending before anything happens at an instant."""
        return (self._times_s < time_s) & (self._published_s >= time_s)

    def pending_before_completions(self, time_s: float) -> Which:
        """Return what is pending at an instant after its writes and before its completions."""
        return (self._times_s <= time_s) & (self._published_s >= time_s)

    def bytes(self, which: Which) -> int:
        """Return the bytes of some writes."""
        return int(self._bytes[which].sum())

    def oldest_s(self, which: Which) -> float | None:
        """Return when the first of some writes was made, if there is one."""
        return float(self._times_s[which].min()) if which.any() else None
