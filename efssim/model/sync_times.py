"""How long a sync takes: the draws and the rates of its phases."""

from __future__ import annotations

import math

from efssim.model.attempt import Attempt
from efssim.model.draws import Draws, Series
from efssim.model.journal import ChangeSet
from efssim.model.network import Link
from efssim.scenario.distributions import Distribution
from efssim.scenario.schema import Initial, Sync


class SyncTimes:
    """How long syncs take. Everything random is addressed by the sync's ordinal and the attempt."""

    def __init__(
        self, sync: Sync, initial: Initial, link: Link, files: int, draws: Draws, name: str
    ) -> None:
        self.interval_s = sync.number("interval")
        self._link, self._files = link, files
        self._rates = sync.number("throughput"), sync.number("file_rate")
        self._initial_rates = (
            self._rates[0] if initial.throughput is None else initial.throughput,
            self._rates[1] if initial.file_rate is None else initial.file_rate,
        )
        self._inventory_s = files / sync.number("scan_rate")
        self._diff_rate = sync.number("diff_rate")
        self._failure_probability = sync.number("failure_probability")
        self._backoff_max_s = sync.number("backoff_max")
        setup = sync.draw("setup")
        self._setup = _Attempts(draws, f"{name}.sync.setup", setup)
        self._initial_setup = (
            self._setup
            if initial.setup is None
            else _Attempts(draws, f"{name}.initial.setup", initial.setup)
        )
        self._backoff = _Attempts(draws, f"{name}.sync.backoff", sync.draw("backoff"))
        self._chance = _Attempts(draws, f"{name}.sync.failure", None)
        self._gap = draws.series(f"{name}.sync.gap", sync.draw("gap").sample)

    def attempt(
        self, change_set: ChangeSet, transfer_s: float, initial: bool, ordinal: int, attempt: int
    ) -> Attempt:
        """Return an attempt of a sync whose whole transfer takes `transfer_s`."""
        setup = self._initial_setup if initial else self._setup
        fixed_s = setup[attempt][ordinal] + self._link.latency_s
        # An empty change set pays the setup only.
        if change_set.writes or change_set.bytes or change_set.files:
            fixed_s = fixed_s + self._inventory_s + change_set.large_file_bytes / self._diff_rate
        share = self._failing_share(ordinal, attempt) if self._failure_probability else None
        if share is None:
            return Attempt(fixed_s, transfer_s, 0.0, fails=False)
        work_s = share * (fixed_s + transfer_s)
        worked_s = min(fixed_s, work_s)
        wait_s = self._backoff_s(ordinal, attempt)
        return Attempt(worked_s, work_s - worked_s, wait_s, fails=True)

    def transfer_s(self, change_set: ChangeSet, initial: bool) -> float:
        """Return the time of the whole transfer at the present rates."""
        throughput, file_rate = self._initial_rates if initial else self._rates
        by_bytes = change_set.bytes / min(throughput, self._link.capacity)
        return max(by_bytes, change_set.files / file_rate)

    def gap_s(self, ordinal: int) -> float:
        """Return the least time from the completion of a sync to the next cut."""
        return self._gap[ordinal]

    def _failing_share(self, ordinal: int, attempt: int) -> float | None:
        """Return after which share of its duration an attempt fails, None if it succeeds."""
        chance = self._chance[attempt][ordinal]
        # Given that it is below p, chance / p is uniform: one draw decides both.
        return chance / self._failure_probability if chance < self._failure_probability else None

    def _backoff_s(self, ordinal: int, attempt: int) -> float:
        first_s = self._backoff[attempt][ordinal]
        # ldexp overflows to an error far beyond any bound of the doubling.
        return min(math.ldexp(first_s, min(attempt, 64)), self._backoff_max_s)


class _Attempts:
    """Draws addressed by attempt and ordinal: a series for each attempt; uniform without a form."""

    def __init__(self, draws: Draws, name: str, form: Distribution[float] | None) -> None:
        self._draws, self._name = draws, name
        self._sample = (lambda g, n: g.random(n)) if form is None else form.sample
        self._series: list[Series] = []

    def __getitem__(self, attempt: int) -> Series:
        while len(self._series) <= attempt:
            name = f"{self._name}.{len(self._series)}"
            self._series.append(self._draws.series(name, self._sample))
        return self._series[attempt]
