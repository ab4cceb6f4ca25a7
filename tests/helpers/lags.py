"""Lag and writes made by hand, for fits and back-tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efssim.calibration.data import (
    DecodedSyncs,
    Fitted,
    FittedParameter,
    Identified,
    LagSamples,
    ParameterName,
    WriteTotals,
)

MINUTE = 60.0


def samples(syncs: Sequence[tuple[float, float]], minutes: int) -> LagSamples:
    """Return a sample a minute of syncs, each a cut and a completion; the first was before 0."""
    time_s = (np.arange(minutes) * MINUTE).astype(np.float64)
    shown = np.searchsorted([completed for _, completed in syncs], time_s, "right") - 1
    ages = time_s - np.array([cut for cut, _ in syncs])[shown]
    return LagSamples(time_s, ages, ages, ages, MINUTE)


def decoded(lag: LagSamples) -> DecodedSyncs:
    """Return the syncs that samples of exact ages show."""
    cut_s = lag.time_s - lag.largest
    first = np.flatnonzero(np.diff(cut_s, prepend=-np.inf) > 1e-6)
    before = np.append(np.nan, lag.time_s[first[1:] - 1])
    return DecodedSyncs(cut_s[first], before, lag.time_s[first])


def even(minutes: int, size: float, writes: float = 60.0) -> WriteTotals:
    """Return the same bytes, and number of writes, in every minute."""
    begin_s = (np.arange(minutes) * MINUTE).astype(np.float64)
    return WriteTotals(begin_s, np.full(minutes, size), np.full(minutes, writes), MINUTE)


def known(lag: LagSamples, unknown: Sequence[str] = (), **values: float | None) -> Fitted:
    """Return a fit whose parameters have some values, known to a per cent but for some."""
    names: tuple[ParameterName, ...] = ("interval", "gap", "setup", "throughput")
    parameters = []
    for name in names:
        value = values[name]
        if name in unknown or value is None:
            found = FittedParameter(name, value, 0.0, None, Identified.NO, "a test says so")
        else:
            found = FittedParameter(name, value, 0.99 * value, 1.01 * value, Identified.YES, None)
        parameters.append(found)
    return Fitted(tuple(parameters), syncs=decoded(lag), used=len(decoded(lag)))
