"""Timing of a replication, fitted to its lag and its writes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.calibration.data import (
    Fitted,
    LagSamples,
    LeftOut,
    Phase,
    SetupFamily,
    SetupNoise,
    WriteTotals,
)
from efssim.calibration.estimate.estimate import Told, estimate
from efssim.calibration.judged import Found, parameters, unknown
from efssim.calibration.left_out import left_out_of
from efssim.calibration.refusal import CannotFitError
from efssim.calibration.rows.gap import gap_bounds
from efssim.calibration.rows.interval import interval_of
from efssim.calibration.rows.rows import phases_of, rows_of
from efssim.calibration.rows.written import Written
from efssim.calibration.samples.ages import MINUTE_S, Ages, single_ages
from efssim.calibration.samples.five import FIVE_S, decoded_ages
from efssim.calibration.samples.syncs import SeenSyncs, holes, seen_syncs

FEWEST_ROWS = 8
"""Syncs with known bytes below which nothing is fitted; assumed."""


def fit(lag: LagSamples, writes: WriteTotals | None = None) -> Fitted:
    """Fit interval, gap, fixed time per sync and throughput to samples of the lag.

    Nothing is raised for data that cannot be fitted to: the answer says why in `refusal`. Without
    `writes` the fixed time holds the time that bytes take.
    """
    try:
        ages, breaks = _ages(lag)
    except CannotFitError as error:
        return Fitted(unknown(str(error)), refusal=str(error))
    seen = seen_syncs(ages, breaks)
    missing = tuple(holes(ages, seen, breaks))
    try:
        return _fitted(ages, seen, missing, writes)
    except CannotFitError as error:
        return Fitted(
            unknown(str(error)),
            left_out=missing,
            syncs=seen.decoded(ages.origin_s),
            resolution_s=ages.resolution_s,
            refusal=str(error),
        )


def _ages(lag: LagSamples) -> tuple[Ages, NDArray[np.bool_]]:
    """Return one age a minute, and which of them follow no other."""
    if lag.period_s <= MINUTE_S:
        ages = single_ages(lag)
        return ages, np.zeros(len(ages.time_s), dtype=bool)
    if lag.period_s == FIVE_S:
        return decoded_ages(lag)
    raise CannotFitError(
        f"samples of {lag.period_s:g} s cannot be decoded: export the lag at 60 s, or at 300 s "
        "with the statistics Minimum, Average and Maximum"
    )


def _fitted(
    ages: Ages, seen: SeenSyncs, missing: tuple[LeftOut, ...], writes: WriteTotals | None
) -> Fitted:
    interval = interval_of(ages, seen)
    written = None if writes is None else _written(writes, ages)
    rows = rows_of(ages, seen, interval, written)
    used = rows.is_known & ~rows.is_edge
    if used.sum() < FEWEST_ROWS:
        raise CannotFitError(
            f"{used.sum()} syncs with known writes are too few; at least {FEWEST_ROWS} are needed"
        )
    gap = gap_bounds(rows, interval, 2 * ages.tolerance_s)
    told = Told(interval, gap, phases_of(ages), ages.resolution_s)
    found = Found(
        rows,
        used,
        interval,
        gap,
        estimate(rows, told, used),
        written is not None,
        ages.resolution_s,
        ages.period_s,
    )
    left_out = [*missing, *left_out_of(found, written, ages.origin_s)]
    timing = found.estimate
    constant = timing.family is SetupFamily.CONSTANT
    return Fitted(
        parameters(found),
        left_out=tuple(sorted(left_out, key=lambda one: one.begin_s)),
        syncs=seen.decoded(ages.origin_s),
        used=int((used & ~timing.is_stray).sum()),
        late=found.late,
        median_duration_s=timing.median_s,
        noise=SetupNoise(timing.family, 0.0 if constant else timing.sigma_s.value),
        phase=Phase(timing.phase_s.value, timing.phase_s.low, timing.phase_s.high),
        resolution_s=ages.resolution_s,
    )


def _written(writes: WriteTotals, ages: Ages) -> Written:
    size = writes.bytes
    if not len(size):
        raise CannotFitError("the export of the writes holds none")
    if not np.isfinite(size).all() or (size < 0).any():
        raise CannotFitError("bytes written have to be numbers of at least 0")
    begin_s, end_s = writes.begin_s[0] - ages.origin_s, writes.begin_s[-1] - ages.origin_s
    if end_s < 0 or begin_s > ages.time_s[-1]:
        raise CannotFitError("lag and writes have no time in common")
    return Written.of(writes, ages.origin_s)
