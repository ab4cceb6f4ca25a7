"""When disturbances and calls happen: `events` at given times, `faults` at random ones."""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy

from efssim.model.account import Account
from efssim.model.efs.calls import Calls
from efssim.model.entities.network import OptChange
from efssim.model.kernel.clock import Alarm, Turn
from efssim.model.kernel.draws import Draws
from efssim.model.world.disturbances import Disturbances
from efssim.scenario import schema
from efssim.scenario.grammar.calendars.windows import Blackouts, with_its_end
from efssim.scenario.grammar.disturbances.effects import OptOut


class Schedule:
    """Two schedules over the same disturbances."""

    def __init__(self, account: Account, disturbances: Disturbances, calls: Calls) -> None:
        self._account, self._disturbances, self._calls = account, disturbances, calls

    def schedule(self, spec: schema.Event, ordinal: int) -> None:
        """Let the `ordinal`-th event of the scenario happen at its time."""
        turn = Turn.DISTURBANCE_BEGIN if spec.call is None else Turn.CALL
        self._account.clock.call_at(spec.at, turn, lambda: self.begin(spec, ("events", ordinal)))

    def begin(self, spec: schema.Event, path: tuple[str | int, ...]) -> None:
        """Begin the disturbance of an event, or make its call, now."""
        if spec.call is not None:
            self._calls.make(spec, path)
            return
        begin_s, end_s = self._span(spec, spec.lasts, spec.entry.has(OptOut))
        self._between(begin_s, end_s, spec)

    def black_out(self, name: str, spec: Blackouts) -> None:
        """Let no sync of a replication begin in its blackouts."""
        account = self._account
        start = account.scenario.start
        spans = spec.spans(start, with_its_end(start, account.until_s))
        account.clock.process(self._blacked_out(name, spec, spans))

    def _blacked_out(
        self, name: str, spec: Blackouts, spans: list[tuple[float, float]]
    ) -> Generator[simpy.Event, None, None]:
        clock = self._account.clock
        for begin_s, end_s in spans:
            if begin_s > self._account.until_s:
                return
            yield clock.at(begin_s, Turn.DISTURBANCE_BEGIN)
            end = self._disturbances.black_out(name, stalls=spec.in_flight == "stall")
            if end_s > self._account.until_s:
                return
            yield clock.at(end_s, Turn.DISTURBANCE_END)
            end()

    def repeat(self, name: str, spec: schema.Fault, first_s: float | None = None) -> None:
        """Let a fault come again and again, for the first time after `first_s` if it is given."""
        self._account.clock.process(self._repeated(name, spec, first_s))

    def _repeated(
        self, name: str, spec: schema.Fault, first_s: float | None
    ) -> Generator[simpy.Event, None, None]:
        clock, draws = self._account.clock, self._account.draws
        every = draws.of(f"faults.{name}.every", spec.every)
        lasts, once = _lasts(name, spec, draws), spec.entry.endless is not None
        is_delayed = spec.entry.has(OptOut)
        for ordinal in range(2**63):
            gap_s = every[ordinal] if ordinal or first_s is None else first_s
            begin_s = clock.now + gap_s
            if begin_s > self._account.until_s:
                return
            yield clock.at(begin_s, Turn.DISTURBANCE_BEGIN)
            begin_s, end_s = self._span(spec, lasts(ordinal), is_delayed)
            end = self._between(begin_s, end_s, spec)
            if once:
                return
            over_s = clock.now if end_s is None else end_s
            if over_s > self._account.until_s:
                return
            yield end or clock.at(over_s, Turn.DISTURBANCE_END)

    def _span(
        self, spec: schema.Event | schema.Fault, lasts_s: float | None, is_delayed: bool
    ) -> tuple[float, float | None]:
        """Return begin and end: opting in and out take effect some time after the call."""
        now = self._account.clock.now
        end_s = None if lasts_s is None else now + lasts_s
        if not is_delayed:
            return now, end_s
        region = self._account.region(spec.target)
        region.changes.append(OptChange(now, now + region.opting_out_s, "DISABLING"))
        if end_s is None:
            return now + region.opting_out_s, None
        region.changes.append(OptChange(end_s, end_s + region.opting_in_s, "ENABLING"))
        return now + region.opting_out_s, end_s + region.opting_in_s

    def _between(
        self, begin_s: float, end_s: float | None, spec: schema.Event | schema.Fault
    ) -> Alarm | None:
        """Begin and end a disturbance; one that has ended when it takes effect has none.

        Return the event of its end; None where it has none yet.
        """
        clock = self._account.clock
        if begin_s > self._account.until_s or (end_s is not None and end_s <= begin_s):
            return None
        if begin_s <= clock.now:
            return self._begin(end_s, spec)

        def begin() -> None:
            self._begin(end_s, spec)

        clock.call_at(begin_s, Turn.DISTURBANCE_BEGIN, begin)
        return None

    def _begin(self, end_s: float | None, spec: schema.Event | schema.Fault) -> Alarm | None:
        """Begin a disturbance now; return the event of its end, None if the run has none."""
        end = self._disturbances.begin(spec)
        if end_s is None or end_s > self._account.until_s:
            return None
        return self._account.clock.call_at(end_s, Turn.DISTURBANCE_END, end)


def _lasts(name: str, spec: schema.Fault, draws: Draws) -> Callable[[int], float | None]:
    """Return how long the occurrences of a fault last, by ordinal; None without an end."""
    if spec.lasts is None:
        return lambda _: None
    return draws.of(f"faults.{name}.for", spec.lasts).__getitem__
