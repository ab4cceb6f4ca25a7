"""How long syncs take: the draws and the rates of their phases, for one sync or for many.

Both ways do the same operations in the same order, so that they agree to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import repeat

import numpy as np
import simpy

from efssim.model.entities.network import LinkState
from efssim.model.entities.sharing import Claim, LinkShares, Transfer, claim
from efssim.model.entities.slots import Slots
from efssim.model.kernel.clock import Clock
from efssim.model.kernel.cuts import Cuts
from efssim.model.kernel.draws import Draws, DrawSeries, Form, Same, UnitUniform
from efssim.model.sync.attempt import Attempt, InFlight, Sharing
from efssim.model.sync.formula import Formula
from efssim.model.writes.change_sets import ChangeSet, Floats, Work
from efssim.scenario.schema import Initial, Sync


class SyncTimes:
    """How long syncs take. Everything random is addressed by the sync's ordinal and the attempt."""

    def __init__(
        self,
        sync: Sync,
        initial: Initial,
        link: LinkState,
        draws: Draws,
        name: str,
        throughput: float,
    ) -> None:
        """Take the terms, and the bytes per second of `throughput` now."""
        self.interval_s, self.phase_s = sync.number("interval"), sync.phase
        """From one cut to the next at least, and by how much less to the first one."""
        self.cuts = Cuts(self.interval_s, self.phase_s)
        """The cuts of syncs that are on time."""
        self.gap = draws.of(f"{name}.sync.gap", sync.draw("gap"))
        """Least times from a completion to the next cut, by the ordinal of the sync after it."""
        self._link = link
        self._formula: Formula | None = None  # the last one
        self._formula_of = False, math.inf, math.inf  # see `formula`
        self.throughput = throughput
        """Bytes per second of all syncs, but for an initial one that has its own."""
        self._initial = initial
        self._file_rate = sync.number("file_rate")
        self._scan_rate = sync.number("scan_rate")
        self._diff_rate = sync.number("diff_rate")
        self._weight = sync.weight
        self._failure_probability = sync.number("failure_probability")
        self._backoff_max_s = sync.number("backoff_max")
        self._setup = _Attempts(draws, f"{name}.sync.setup", sync.draw("setup"))
        self._initial_setup = (
            self._setup
            if initial.setup is None
            else _Attempts(draws, f"{name}.initial.setup", initial.setup)
        )
        self._backoff = _Attempts(draws, f"{name}.sync.backoff", sync.draw("backoff"))
        self._chance = _Attempts(draws, f"{name}.sync.failure", UnitUniform())

    # --- one sync -----------------------------------------------------------------------------

    def begin(self, change_set: ChangeSet, initial: bool, ordinal: int) -> InFlight:
        """Return a sync that has just been cut."""
        phases = self._phases(change_set, initial, ordinal, 0)
        alone_s = self._alone_s(change_set, phases[3])
        attempt = self._attempt(phases, alone_s, ordinal, 0)
        return InFlight(change_set, initial, attempt, change_set.cut_s, phases[3])

    def retry(self, flying: InFlight, ordinal: int, now_s: float) -> None:
        """Begin the next attempt of a sync."""
        flying.phases = flying.phases_at(now_s, running=True)
        flying.failed += 1
        flying.repeated_bytes += math.floor(flying.change_set.bytes * flying.attempt.share)
        flying.since_s, flying.is_sent, flying.unsent = now_s, False, None
        phases = self._phases(flying.change_set, flying.initial, ordinal, flying.failed)
        alone_s = self._alone_s(flying.change_set, phases[3])
        flying.attempt = self._attempt(phases, alone_s, ordinal, flying.failed)

    def at(self, change_set: ChangeSet, ordinal: int, time_s: float) -> InFlight:
        """Return a regular sync that was not disturbed, in the attempt that a time falls into."""
        flying = self.begin(change_set, False, ordinal)
        while flying.attempt.fails and flying.ends_s <= time_s:
            self.retry(flying, ordinal, flying.ends_s)
        return flying

    def transfer_s(self, change_set: ChangeSet, initial: bool) -> float:
        """Return the time of the whole transfer at the present rates."""
        return self._phases(change_set, initial, 0, 0)[3]

    def transfer_rate(self, change_set: ChangeSet, initial: bool) -> float:
        """Return the bytes per second of a transfer that has the link for itself."""
        formula = self.formula(initial=initial)
        return formula.transfer_rate(change_set.bytes, change_set.files)

    def _alone_s(self, change_set: ChangeSet, transfer_s: float) -> float:
        """Return the time of the transfer if it were alone on the link as that is now."""
        if self._link.shares is None:
            return transfer_s
        return max(transfer_s, change_set.bytes / self._link.capacity)

    def _phases(
        self, change_set: ChangeSet, initial: bool, ordinal: int, attempt: int
    ) -> tuple[float, float, float, float]:
        """Return setup, inventory, diff and transfer of an attempt at the present rates."""
        setup = self._initial_setup if initial else self._setup
        return self.formula(initial=initial).phases(
            setup[attempt][ordinal],
            change_set.writes > 0 or change_set.bytes > 0 or change_set.files > 0,
            change_set.source_files,
            change_set.large_file_bytes,
            change_set.bytes,
            change_set.files,
            max,
        )

    def _attempt(
        self,
        phases: tuple[float, float, float, float],
        alone_s: float,
        ordinal: int,
        attempt: int,
    ) -> Attempt:
        """Return an attempt with these phases, were it to succeed.

        One that fails does so after a share of the time that it would take with `alone_s` of
        transfer.
        """
        setup_s, inventory_s, diff_s, transfer_s = phases
        fixed_s = setup_s + inventory_s + diff_s
        share = self._failing_share(ordinal, attempt) if self._failure_probability else None
        if share is None:
            return Attempt(
                fixed_s, transfer_s, 0.0, fails=False, phases=phases[:3], whole_fixed_s=fixed_s
            )
        work_s = share * (fixed_s + alone_s)
        worked_s = min(fixed_s, work_s)
        wait_s = self._backoff_s(ordinal, attempt)
        sent_s = work_s - worked_s
        sent = sent_s / (alone_s or 1.0)
        if alone_s != transfer_s:
            sent_s = sent * transfer_s
        return Attempt(
            worked_s,
            sent_s,
            wait_s,
            fails=True,
            share=sent,
            whole_fixed_s=fixed_s,
            unreached_s=fixed_s - worked_s,
        )

    def _failing_share(self, ordinal: int, attempt: int) -> float | None:
        """Return after which share of its duration an attempt fails, None if it succeeds."""
        chance = self._chance[attempt][ordinal]
        # Given that it is below p, chance / p is uniform: one draw decides both.
        return chance / self._failure_probability if chance < self._failure_probability else None

    def _backoff_s(self, ordinal: int, attempt: int) -> float:
        first_s = self._backoff[attempt][ordinal]
        # ldexp overflows to an error far beyond any bound of the doubling.
        return min(math.ldexp(first_s, min(attempt, 64)), self._backoff_max_s)

    # --- a link that others use ----------------------------------------------------------------

    @property
    def is_shared(self) -> bool:
        """Whether transfers share their link."""
        return self._link.shares is not None

    @property
    def slots(self) -> Slots | None:
        """The slots of the link, while syncs have to wait for one."""
        return self._link.slots

    @property
    def one_by_one(self) -> bool:
        """Whether syncs depend on those of others, so that they cannot be planned ahead."""
        return self._link.shares is not None or self._link.slots is not None

    @property
    def shares(self) -> LinkShares | None:
        """The division of the link among its transfers, while it is shared."""
        return self._link.shares

    def join(self, flying: InFlight, clock: Clock) -> simpy.Event:
        """Begin the transfer of a sync now, on a shared link; return the event of its end."""
        shares = self._link.shares
        assert shares is not None
        flying.sharing = sharing = Sharing.awaited(shares, self.transfer(flying), clock)
        shares.join(sharing.transfer)
        return sharing.over

    def transfer(self, flying: InFlight) -> Transfer:
        """Return the transfer of a sync that begins now, or has begun, at full speed."""
        cap = self.transfer_rate(flying.change_set, flying.initial)
        ends_s = flying.since_s + flying.attempt.work_s
        return Transfer(ends_s, self.claim(cap))

    def claim(self, cap: float) -> Claim:
        """Return the claim of a transfer with a full speed in bytes/s."""
        return claim(cap, self._weight)

    # --- many syncs ---------------------------------------------------------------------------

    def durations(self, work: Work, ordinal: int) -> Floats:
        """Return the durations of regular syncs whose first attempt succeeds, shape (syncs,)."""
        formula = self.formula()
        return formula.duration(
            self._setup[0].take(ordinal, len(work.cut_s)),
            work.writes > 0 if formula.looks else True,
            work.source_files,
            work.large_file_bytes,
            work.bytes,
            work.files,
            np.maximum,
        )

    def failing(self, ordinal: int, n: int) -> list[int]:
        """Return the indexes of syncs whose first attempt fails."""
        if not self._failure_probability:
            return []
        chances = self._chance[0].take(ordinal, n)
        return np.flatnonzero(chances < self._failure_probability).tolist()

    def fails_onwards(self, ordinal: int) -> Iterator[bool]:
        """Yield whether the first attempt of each sync from an ordinal on fails, without an end."""
        if not self._failure_probability:
            return repeat(False)
        return (chance < self._failure_probability for chance in self._chance[0].onwards(ordinal))

    def formula(self, *, initial: bool = False) -> Formula:
        """Return the formula of a sync at the rate that the link has now."""
        key = initial, self._link.usable_capacity, self.throughput
        if self._formula is None or key != self._formula_of:
            throughput, file_rate = self._rates(initial)
            throughput = min(throughput, self._link.usable_capacity)
            self._formula = Formula(
                self._link.latency_s, self._scan_rate, self._diff_rate, throughput, file_rate
            )
            self._formula_of = key
        return self._formula

    def _rates(self, initial: bool) -> tuple[float, float]:
        """Return bytes and files per second of a sync."""
        own = self._initial if initial else None
        throughput = None if own is None else own.throughput
        file_rate = None if own is None else own.file_rate
        return (
            self.throughput if throughput is None else throughput,
            self._file_rate if file_rate is None else file_rate,
        )

    def fails(self, ordinal: int) -> bool:
        """Return whether the first attempt of a sync fails."""
        probability = self._failure_probability
        return probability > 0 and self._chance[0][ordinal] < probability

    @property
    def may_fail(self) -> bool:
        """Whether attempts may fail."""
        return self._failure_probability > 0

    @property
    def setup(self) -> DrawSeries | Same:
        """Setup of the first attempt, by the ordinal of the sync."""
        return self._setup[0]


class _Attempts:
    """Draws addressed by attempt and ordinal: a series for each attempt."""

    def __init__(self, draws: Draws, name: str, form: Form) -> None:
        self._draws, self._name, self._form = draws, name, form
        self._series: list[DrawSeries | Same] = []

    def __getitem__(self, attempt: int) -> DrawSeries | Same:
        while len(self._series) <= attempt:
            name = f"{self._name}.{len(self._series)}"
            self._series.append(self._draws.of(name, self._form))
        return self._series[attempt]
