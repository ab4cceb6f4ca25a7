"""Quality of a trace for a run: the rows used and missing, and the interpretation of its times."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from efssim.json_values import HIDDEN, IF_ANY
from efssim.traces.calendar.whole_days import LEAST_UNITS, DrawnUnits
from efssim.traces.spec import TraceSpec

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

GRID_TOLERANCE = 1e-6
"""Periods. How far from a whole number of periods a step may be and still be on the grid."""

TIME_TOLERANCE_S = 1e-6
"""Seconds. Times written in decimals are not exact in binary (0.1 + 0.2 is not 0.3), so a trace
that covers the run on paper may fall short by a rounding; a microsecond is far above that."""

THIN = 0.05
"""Share of the run's periods without a row above which a trace is thin, so that `--check` fails;
assumed: the gaps could hide a busy twentieth of the time."""

MONOTONE_ROWS = 20
"""Rows that never fall from which values look like those of a counter; assumed."""

_LAPS_COUNTED = 2_000_000
"""Rows over all laps of a repeated trace whose periods are counted one by one; of more, those of so
many are, and the share stands for all (only where a lap is no whole number of periods)."""


@dataclass(frozen=True)
class TraceQuality:
    """Interpretation and gaps of a trace."""

    file: str
    """Without its folder."""
    format: str
    times: str
    """Interpretation of the times."""
    statistic: str | None
    """Statistic of a value; None: each row is one write."""
    spacing_s: float | None
    """The most frequent distance of two times."""
    rows: int
    rows_used: int
    """Rows in the run."""
    bytes_used: int
    """Of the rows that `where` selects, each row once however often it is repeated."""
    bytes_unused: int
    periods: int | None
    """Periods of the run; None without a period."""
    periods_missing: int | None
    """Those without a row."""
    repeated_rows: int
    """Rows whose time an earlier one has."""
    off_grid_rows: int
    """Rows that are no whole number of periods after the one before."""
    resample: DrawnUnits | None = field(default=None, metadata=IF_ANY)
    """Whole days or weeks that the run draws from; None: the trace is replayed as it is."""
    metric: str | None = field(default=None, metadata=IF_ANY)
    """Metric of an export."""
    period_s: float | None = field(default=None, metadata=IF_ANY)
    """Period of an export, as it says it or as it was inferred."""
    assumed: tuple[str, ...] = field(default=(), metadata=IF_ANY)
    """Keys that an export does not say, as they were assumed, so that `--check` fails."""
    notes: tuple[str, ...] = field(default=(), metadata=IF_ANY)
    """Sentences about an export: partial data, messages, duplicates."""
    missing_zero: bool = field(default=False, metadata=HIDDEN)
    """Whether a missing period is one without writes."""
    rows_passed_over: int = field(default=0, metadata=HIDDEN)
    """Rows that `where` passes over."""
    unsorted: bool = field(default=False, metadata=HIDDEN)
    """Whether the rows were not in the order of their times."""
    never_falls: bool = field(default=False, metadata=HIDDEN)
    """Whether values look like those of a counter and no key says what they are."""

    @property
    def coverage(self) -> float | None:
        """Share of the run's periods with a row; None without a period."""
        if not self.periods or self.periods_missing is None:
            return None
        return 1 - self.periods_missing / self.periods

    @property
    def is_thin(self) -> bool:
        """Whether too little of the run is covered for a verdict that rests on it."""
        if self.resample is not None:
            return self.resample.is_thin
        missing = self.periods_missing or 0
        return not self.missing_zero and missing > THIN * (self.periods or 0)

    @property
    def is_doubtful(self) -> bool:
        """Whether `--check` fails by it: too little is covered, or something was assumed."""
        return self.is_thin or bool(self.assumed)

    def lines(self) -> list[str]:
        """Return a sentence for each imperfection; empty if there is none."""
        outside = self.rows - self.rows_passed_over - self.rows_used
        missing = "taken as no writes" + ", as `missing: zero` says" * self.missing_zero
        unused = "outside the run" if self.resample is None else "on no day that is drawn"
        before = "not a whole number of periods after the row before (kept at the time given)"
        sentences = (
            (self.rows_passed_over, "row is", "rows are", "passed over by `where`"),
            (self.repeated_rows, "row repeats", "rows repeat", "the time of another (all kept)"),
            (self.periods_missing or 0, "period of the run has", "periods of the run have",
             f"no row ({missing})"),
            (self.off_grid_rows, "row is", "rows are", before),
            (outside, "row is", "rows are",
             f"{unused}, bytes not used: {self.bytes_unused:,}"),
        )  # fmt: skip
        counted = [f"{n:,} {one if n == 1 else many} {end}" for n, one, many, end in sentences if n]
        order = ["rows were not in the order of their times (sorted)"] if self.unsorted else []
        rising = "values never fall, as those of a counter do: `counter: true` if they are one"
        drawn = [] if self.resample is None else [self.resample.text()]
        return [*self.notes, *drawn, *order, *counted, *([rising] if self.never_falls else [])]

    def thin_text(self) -> str:
        """Return how little of the run is covered, as the end of a sentence about the trace."""
        if self.resample is not None:
            unit = self.resample.unit
            held = f"has {self.resample.counted()} to draw from"
            return f"{held}; fewer than {LEAST_UNITS[unit]} say too little of other {unit}"
        share = 100 * (self.coverage or 0.0)
        return (
            f"covers {math.floor(10 * share) / 10:g} % of the run's {self.periods or 0:,} periods; "
            "`missing: zero` says that absent ones had no writes"
        )


def each_once(ascending: Floats) -> Floats:
    """Return each of some ascending values once."""
    found: Floats = ascending[np.append(True, np.diff(ascending) > 0)[: len(ascending)]]
    return found


def spacing_s(distinct: Floats) -> float | None:
    """Return the most frequent distance of ascending, distinct times; None where there is none.

    Of equally frequent ones the smallest. Distances are distinguished to a microsecond.
    """
    if len(distinct) < 2:
        return None
    steps, counts = np.unique(np.rint(np.diff(distinct) * 1e6), return_counts=True)
    return float(steps[counts.argmax()]) / 1e6


def off_grid(distinct: Floats, period_s: float | None) -> int:
    """Return how many of ascending, distinct times are no whole number of periods after another."""
    if period_s is None:
        return 0
    steps = np.diff(distinct) / period_s
    return int(np.count_nonzero(np.abs(steps - np.rint(steps)) > _tolerance(period_s)))


def _tolerance(period_s: float) -> float:
    """Return how many periods a rounding may be: of the step, or of times written in decimals."""
    return min(0.25, max(GRID_TOLERANCE, TIME_TOLERANCE_S / period_s))


def periods_of(
    spec: TraceSpec, distinct: Floats, repeat_s: float | None, duration_s: float
) -> tuple[int | None, int | None]:
    """Return the periods of a run, on the grid of the first row, and those without a row.

    None without a period. `distinct` are all times of rows, ascending.
    """
    if spec.period_s is None or not len(distinct):
        return None, None
    grid = _Grid(float(distinct[0]), spec.period_s, duration_s)
    held = grid.held(distinct) if repeat_s is None else _held_repeated(grid, distinct, repeat_s)
    return grid.periods, grid.periods - held


@dataclass(frozen=True)
class _Grid:
    """The periods of a run: those that begin a whole number of them from `anchor_s`."""

    anchor_s: float
    period_s: float
    duration_s: float

    def index(self, time_s: Floats) -> Indices:
        """Return in which period each time is, counted from that of the anchor."""
        steps = (time_s - self.anchor_s) / self.period_s
        found: Indices = np.floor(steps + _tolerance(self.period_s)).astype(np.int64)
        return found

    @property
    def first(self) -> int:
        """The first period of the run."""
        return math.floor(-self.anchor_s / self.period_s + _tolerance(self.period_s))

    @property
    def end(self) -> int:
        """The first period after the run."""
        steps = (self.duration_s - self.anchor_s) / self.period_s
        return math.ceil(steps - _tolerance(self.period_s))

    @property
    def periods(self) -> int:
        """How many periods of the run there are, parts at its ends included."""
        return max(1, self.end - self.first)

    def held(self, time_s: Floats) -> int:
        """Return how many periods of the run have one of the times."""
        index = np.unique(self.index(time_s))
        return int(np.count_nonzero((index >= self.first) & (index < self.end)))


def first_lap(end_s: float, repeat_s: float) -> int:
    """Return the first lap of a repeated trace that does not end before the start."""
    return max(0, int(-end_s // repeat_s))


def _held_repeated(grid: _Grid, distinct: Floats, repeat_s: float) -> int:
    """Return how many periods of the run have a row, in any lap."""
    begin_s, per_lap = float(distinct[0]), repeat_s / grid.period_s
    lap = first_lap(float(distinct[-1]) + grid.period_s, repeat_s)
    last = math.ceil((grid.duration_s - begin_s) / repeat_s)
    laps = max(0, last - lap)
    exact = laps if laps * len(distinct) <= _LAPS_COUNTED else _LAPS_COUNTED // len(distinct)
    exact = min(laps, max(3, exact))
    if exact == laps:
        return grid.held(_laps(distinct, lap, laps, repeat_s))
    if abs(per_lap - round(per_lap)) <= GRID_TOLERANCE:
        # Laps have the same periods, but for the first and the last one.
        inside = len(np.unique(grid.index(distinct))) * (laps - 2)
        ends = (_laps(distinct, at, 1, repeat_s) for at in (lap, lap + laps - 1))
        return inside + sum(map(grid.held, ends))
    counted = _Grid(grid.anchor_s, grid.period_s, begin_s + (lap + exact) * repeat_s)
    share = counted.held(_laps(distinct, lap, exact, repeat_s)) / counted.periods
    return round(share * grid.periods)


def _laps(distinct: Floats, lap: int, laps: int, repeat_s: float) -> Floats:
    """Return the times of some laps, one after the other."""
    begins = (lap + np.arange(laps)) * repeat_s
    return (begins[:, None] + distinct).ravel()


def never_falls(values: Floats) -> bool:
    """Return whether values in order of time rise and never fall, as readings of a counter do."""
    if len(values) < MONOTONE_ROWS:
        return False
    steps = np.diff(values)
    return bool((steps >= 0).all() and np.count_nonzero(steps) * 2 >= len(steps))
