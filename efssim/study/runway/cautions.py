"""Reservations about a runway, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.scenario import Scenario
from efssim.scenario.schema import WriteStream
from efssim.scenario.unknowns.parameters import uncertain_parameters
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.growth import MonthlyGrowth
from efssim.study.runway.months import MONTH_S
from efssim.study.trial.not_in_run import not_in_run

_WEEK_S = 7 * 86_400.0


def cautions_of(scenario: Scenario) -> Iterator[str]:
    """Yield reservations: no growth of rates, differences that are of the calendar.

    And faults and events that begin in no month, since every one is moved as a whole.
    """
    systems = scenario.file_systems.values()
    streams = [stream for system in systems for stream in system.writes.values()]
    parts = [system.growth for system in systems] + [stream.growth for stream in streams]
    if not any(isinstance(part, MonthlyGrowth) and part.factor != 1 for part in parts):
        yield "No rate grows by month, only what is stored."
    if scenario.duration % _WEEK_S and any(map(_is_weekly, streams)):
        yield (
            "The window is not a whole number of weeks and the load follows the weekday: a month "
            "begins two weekdays after the one before, so months may differ by more than growth."
        )
    if scenario.duration < MONTH_S and any(stream.trace is not None for stream in streams):
        yield "Every month replays the rows of the trace that month 0 has, times its growth."
    yield from not_in_run(scenario, uncertain_parameters(scenario))


def _is_weekly(stream: WriteStream) -> bool:
    if stream.arrivals is None:
        return False
    process, said = chosen_process(stream.arrivals)
    return process.period_s(said) == _WEEK_S
