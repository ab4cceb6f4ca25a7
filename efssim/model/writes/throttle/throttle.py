"""The throttle of a file system: when the wanted writes of its streams are made.

It runs ahead of the clock up to the next whole hour, when the size by which throughput is permitted
is read again. What changes before then takes it back to the present: it forgets what it had made
later, and goes on with what has changed. Where its steps begin and end depends on the scenario
alone, so that looking at it changes no bit.
"""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.causes import Cause
from efssim.model.writes.stream import BYTES, HOUR_S
from efssim.model.writes.throttle.curve import ThrottledCurve
from efssim.model.writes.throttle.permitted import Permitted, permitted
from efssim.model.writes.throttle.queue import ThrottledQueue
from efssim.records.run_records import DroppedWrites
from efssim.records.stored import FileSystemRecords, Throttled, ThrottledMinutes, Throughput
from efssim.scenario.workload.throttling import Throttling

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_DELAY_S = 1e-6
"""A write that waits for less is not late; chosen: times of results have microseconds."""


@dataclass(frozen=True, slots=True)
class _Late:
    """Writes that were made later than wanted."""

    writes: int = 0
    bytes: int = 0
    delay_s: float = 0.0

    def plus(self, wanted_s: Floats, made_s: Floats, sizes: Ints) -> _Late:
        """Return them with those among some more writes."""
        delays = made_s - wanted_s
        late = delays >= LEAST_DELAY_S
        return _Late(
            self.writes + int(late.sum()),
            self.bytes + int(sizes[late].sum()),
            self.delay_s + float(delays[late].sum()),
        )


class Throttle:
    """The queue of one file system, run ahead of the clock."""

    def __init__(
        self, terms: Throttling, records: FileSystemRecords, begin_s: float, size_bytes: int
    ) -> None:
        """Begin with the mode that the records have last; they also take what happens."""
        self._terms, self._records, self._size_bytes = terms, records, size_bytes
        rates = self._permitted()
        credits = rates.credits_max if terms.burst_credits is None else terms.burst_credits
        # As it was at `_since_s`, with all that is wanted up to the horizon; and as it is there.
        self._queue = self._ahead = ThrottledQueue(rates, credits, begin_s)
        self._since_s = self.horizon_s = begin_s
        """Up to when it has run."""
        self._curves: list[ThrottledCurve] = []
        self._owners: Ints = np.zeros(0, dtype=np.int64)  # of the writes in the queue
        self._made: Floats = np.zeros(0)  # since then
        self._late = self._late_before = _Late()  # made by then, and before it
        self._fewest = self._queue.credits
        records.throttled = [self._row(self._queue, self._late, self._fewest, begin_s)]
        self.run_on()

    def add(self, curve: ThrottledCurve) -> None:
        """Add a stream; it has been taken back to the present."""
        self._curves.append(curve)

    # --- time -------------------------------------------------------------------------------

    def run_on(self) -> None:
        """Run ahead from the present to the next whole hour, or to the begin of the window."""
        until_s = self._next_s()
        self._want(until_s)
        self._ahead = self._copy()
        self._made = self._ahead.advance(until_s)
        owners = self._owners[: len(self._made)]
        for ordinal, curve in enumerate(self._curves):
            curve.make(self._made[owners == ordinal], self._since_s, until_s)
        self.horizon_s = until_s

    def _copy(self) -> ThrottledQueue:
        """Return the queue at the present, to go on with."""
        state = copy(self._queue)
        state.minutes = None if self._records.throttled_minutes is None else []
        return state

    def _next_s(self) -> float:
        hour_s = (math.floor(self._since_s / HOUR_S) + 1) * HOUR_S
        divided_s: list[float] = self._records.divided_at_s.tolist()
        return min([hour_s, *(time_s for time_s in divided_s if time_s > self._since_s)])

    def _want(self, until_s: float) -> None:
        """Queue the writes of all streams that are wanted by a time, in their order."""
        order = sorted(range(len(self._curves)), key=lambda ordinal: self._curves[ordinal].name)
        if not order:
            return
        parts = [self._curves[ordinal].want(until_s) for ordinal in order]
        times_s = np.concatenate([part.times_s for part in parts])
        sizes = np.concatenate([part.amounts[BYTES] for part in parts])
        owners = np.repeat(np.array(order, dtype=np.int64), [len(part) for part in parts])
        by_time = times_s.argsort(kind="stable")
        self._queue.want(times_s[by_time], sizes[by_time])
        self._owners = np.concatenate((self._owners, owners[by_time]))

    def go_on(self, size_bytes: int) -> None:
        """Go on at the horizon, where the file system has a size."""
        self._arrive(self._ahead, self._made, self.horizon_s)
        if self._since_s % HOUR_S == 0:
            self.resize(size_bytes)
        self._note()
        self.run_on()

    def rewind(self, now_s: float) -> None:
        """Go back to the present; `run_on` has to follow."""
        state = self._copy()
        made = state.advance(self.horizon_s, now_s)
        for curve in self._curves:
            curve.unmake(now_s)
        self._arrive(state, made, now_s)
        state.take_back()
        self._owners = self._owners[: state.waiting()]
        for curve in self._curves:
            curve.unwant(now_s)

    def _arrive(self, state: ThrottledQueue, made: Floats, now_s: float) -> None:
        """Let the present be at a time, by which some of the queue was made."""
        owners, self._owners = self._owners[: len(made)], self._owners[len(made) :]
        if now_s > self._since_s:
            self._late_before = self._late
        for ordinal, curve in enumerate(self._curves):
            made_s = made[owners == ordinal]
            wanted_s, amounts = curve.queued.take(len(made_s))
            before = int(made_s.searchsorted(now_s))
            self._late_before = self._late_before.plus(
                wanted_s[:before], made_s[:before], amounts[BYTES, :before]
            )
            self._late = self._late.plus(wanted_s, made_s, amounts[BYTES])
        if self._records.throttled_minutes is not None:
            self._records.throttled_minutes += state.minutes or []
        self._fewest = min(self._fewest, state.credits_min)
        state.credits_min = state.credits
        self._queue, self._since_s = state, now_s

    # --- changes at the present -------------------------------------------------------------

    @property
    def size_bytes(self) -> int:
        """The size by which it permits throughput."""
        return self._size_bytes

    def resize(self, size_bytes: int) -> None:
        """Permit the throughput of a size; it has gone on or been taken back to the present."""
        self._size_bytes = size_bytes
        self._queue.change(self._permitted())

    def change_mode(self) -> None:
        """Permit the throughput of the mode that the records have last; likewise."""
        self._queue.change(self._permitted())
        self._note()

    def drop(self, cause: Cause) -> list[DroppedWrites]:
        """Drop all that waits; return it, by stream; likewise."""
        self._queue.drop()
        self._owners = self._owners[:0]
        found = [curve.drop_queued(self._since_s, cause) for curve in self._curves]
        return [dropped for dropped in found if dropped is not None]

    def finish(self) -> None:
        """Let no stream want any more; what waits is still made."""
        for curve in self._curves:
            curve.finish()

    def _permitted(self) -> Permitted:
        mode, terms = self._mode, self._terms
        standard = self._size_bytes * terms.standard_share
        amount = mode.provisioned or 0.0
        return permitted(mode.mode, standard, mode.write_limit, amount, terms.other_load)

    @property
    def _mode(self) -> Throughput:
        return self._records.throughput[-1]

    # --- looking ----------------------------------------------------------------------------

    def at(self, now_s: float) -> Throttled:
        """Return how it stands at the present, up to which it may have run."""
        state, late = copy(self._queue), self._late
        made = state.advance(self.horizon_s, now_s)
        owners = self._owners[: len(made)]
        for ordinal, curve in enumerate(self._curves):
            made_s = made[owners == ordinal]
            queued, count = curve.queued, len(made_s)
            late = late.plus(queued.times_s[:count], made_s, queued.amounts[BYTES, :count])
        return self._row(state, late, min(self._fewest, state.credits_min), now_s)

    def minutes(self, now_s: float) -> list[ThrottledMinutes]:
        """Return the credits of whole minutes up to the present, where they are kept."""
        if self._records.throttled_minutes is None:
            return []
        state = self._copy()
        state.advance(self.horizon_s, now_s)
        return [*self._records.throttled_minutes, *(state.minutes or [])]

    def _note(self) -> None:
        rows = self._records.throttled
        assert rows is not None
        rows.append(self._row(self._queue, self._late_before, self._fewest, self._since_s))
        self._fewest = self._queue.credits

    def _row(self, state: ThrottledQueue, late: _Late, fewest: float, time_s: float) -> Throttled:
        return Throttled(
            time_s=time_s,
            mode=self._mode.mode,
            permitted=state.rate,
            credits=state.credits,
            credits_min=fewest,
            waiting=state.waiting(),
            waiting_bytes=state.waiting_bytes(),
            writes=late.writes,
            bytes=late.bytes,
            delay_s=late.delay_s,
        )
