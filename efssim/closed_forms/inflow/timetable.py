"""Timetables: the writes of a stream in a given time, more or less than its mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from efssim.lag.hours import hours_between
from efssim.scenario.workload.processes.shapes import Jobs, Weekly
from efssim.text.zones import time_zone
from efssim.traces.reading import Trace

Floats = NDArray[np.float64]

_AT_ONCE_S = 1e-3
"""Seconds over which writes of one instant are spread, so that the running total has no jumps."""


@dataclass(frozen=True, eq=False)
class Timetable:
    """The running total of a stream's writes, in seconds of writes at its mean rate.

    `written_s[k]` of them have been made by `edges_s[k]`, seconds since the start of the run; both
    have the shape (edges,) and do not decrease. Between two edges the rate is constant.
    """

    edges_s: Floats
    written_s: Floats

    def between(self, begin_s: float, end_s: float) -> float:
        """Return the writes from `begin_s` to `end_s`, in seconds at the mean rate.

        Beyond the edges it is the mean rate.
        """
        begin, end = self._by(np.array([begin_s, end_s]))
        return float(end - begin)

    def busiest(self, span_s: float) -> float:
        """Return the mean rate in the busiest `span_s` seconds over the mean rate of the stream."""
        first_s, last_s = float(self.edges_s[0]), float(self.edges_s[-1])
        if span_s >= last_s - first_s:
            return float(self.written_s[-1] - self.written_s[0]) / span_s
        # The content of a window is linear between the windows that begin or end at an edge.
        begins = np.concatenate((self.edges_s, self.edges_s - span_s))
        begins = begins[(begins >= first_s) & (begins + span_s <= last_s)]
        return float((self._by(begins + span_s) - self._by(begins)).max()) / span_s

    def _by(self, time_s: Floats) -> Floats:
        inside = np.interp(time_s, self.edges_s, self.written_s)
        outside = time_s - time_s.clip(self.edges_s[0], self.edges_s[-1])
        return np.asarray(inside + outside)


def of_week(week: Weekly, start: datetime, duration_s: float) -> Timetable:
    """Return the timetable of a rate by hour and weekday in a run."""
    found = hours_between(start, 0.0, duration_s, time_zone(week.timezone))
    hours, weekdays = np.array(week.hours), np.array(week.weekdays)
    day, hour = np.divmod(found.hour, 24)
    factors = (hours / hours.mean())[hour] * (weekdays / weekdays.mean())[day]
    edges_s = found.edges_s.clip(0.0, duration_s)
    return Timetable(edges_s, _running(np.diff(edges_s) * factors))


def of_jobs(jobs: Jobs, start: datetime, duration_s: float) -> Timetable:
    """Return the timetable of jobs, each of which writes evenly over a part of its period."""
    first_s = jobs.times.first_after(start)
    until_s = max(duration_s, first_s + 1.0)
    begins = takewhile(lambda begin_s: begin_s < until_s, jobs.times.begins(start))
    begins_s = np.array(list(begins))
    length_s = min(max(jobs.over_s, _AT_ONCE_S), jobs.every_s)
    edges_s = np.column_stack((begins_s, begins_s + length_s)).ravel()
    written_s = np.column_stack((np.zeros_like(begins_s), np.full_like(begins_s, jobs.every_s)))
    return _padded(edges_s, written_s.ravel().cumsum(), duration_s)


def of_trace(trace: Trace, period_s: float, duration_s: float, mean_per_s: float) -> Timetable:
    """Return the timetable of a trace whose rows are each written over `period_s`.

    `mean_per_s` is the mean rate in bytes per second, above 0; a period of 0 takes a row as a
    single write.
    """
    times_s, which = np.unique(trace.time_s, return_inverse=True)
    sizes = np.bincount(which, weights=trace.bytes)
    laps = 1
    if trace.repeat_s:
        laps = int(np.ceil(duration_s / trace.repeat_s)) + 1
    begins_s = (np.arange(laps)[:, None] * (trace.repeat_s or 0.0) + times_s).ravel()
    ends_s = np.minimum(begins_s + max(period_s, _AT_ONCE_S), np.append(begins_s[1:], np.inf))
    edges_s = np.column_stack((begins_s, ends_s)).ravel()
    rows_s = np.tile(sizes, laps) / mean_per_s
    written_s = np.column_stack((np.zeros_like(rows_s), rows_s)).ravel().cumsum()
    return _padded(edges_s, written_s, duration_s)


def _running(parts: Floats) -> Floats:
    return np.concatenate(([0.0], parts.cumsum()))


def _padded(edges_s: Floats, written_s: Floats, duration_s: float) -> Timetable:
    """Return the timetable of the run alone; before the first edge and after the last one nothing
    is written."""
    inside = edges_s[(edges_s > 0.0) & (edges_s < duration_s)]
    kept_s = np.concatenate(([0.0], inside, [duration_s]))
    return Timetable(kept_s, np.interp(kept_s, edges_s, written_s))
