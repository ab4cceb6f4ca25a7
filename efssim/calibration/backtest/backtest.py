"""Fit the first part of the metrics, forecast the rest from its writes, and compare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.calibration.backtest.comparing import (
    age_step_s,
    ks_distance,
    quantiles,
    relative_error,
    unlike_share,
)
from efssim.calibration.backtest.disturbances import (
    SeenLag,
    disturbed,
    disturbed_tail,
    locked_waits,
    outages,
)
from efssim.calibration.backtest.findings import (
    AgeErrors,
    AgeTrack,
    Backtest,
    NoBacktest,
    Span,
)
from efssim.calibration.backtest.parts import (
    ages_of,
    covered,
    lag_between,
    within,
    writes_between,
)
from efssim.calibration.backtest.simulated import Forecast, simulated_ages
from efssim.calibration.backtest.trust import NEAR, RIGHT, TRUST_WORDS, BacktestEvidence, judged
from efssim.calibration.data import Fitted, Floats, LagSamples, WriteTotals
from efssim.calibration.fit import fit
from efssim.calibration.timing import SyncTiming

SEED = 1
"""Of the draws of a random fixed time."""
HALF = 0.5
_WARM_S = 3600.0
"""Seconds before the predicted part in which the simulation may begin; assumed."""
_EXPLAINED = 0.02
"""Relative distance of a cut spacing from the interval that is on time; assumed."""


@dataclass(frozen=True, slots=True)
class _Fits:
    """The fit that forecasts, and that of all metrics, which is what a report shows."""

    first: Fitted
    whole: Fitted


@dataclass(frozen=True, slots=True)
class Measurements:
    """Lag and writes of one replication, on one clock."""

    lag: LagSamples
    writes: WriteTotals | None = None


def backtest(
    given: Measurements, whole: Fitted, share: float = HALF, seed: int = SEED
) -> Backtest | NoBacktest:
    """Return how a fit of the first share of the metrics forecasts the rest.

    `whole` is the fit of all metrics. The forecast has of it only the syncs that the samples show,
    to recognise the rest's pauses and outages, which are replayed; the sentence, which parameters
    are not identified.
    """
    lag, writes = given.lag, given.writes
    if writes is None:
        return NoBacktest("Without writes there is nothing to simulate: give them with --writes.")
    span = _overlap(lag, writes)
    if span is None:
        return NoBacktest("Lag and writes have no time in common.")
    split_s = span.begin_s + share * span.seconds
    first = Span(span.begin_s, split_s)
    fitted = fit(lag_between(lag, *_ends(first)), writes_between(writes, *_ends(first)))
    timing = SyncTiming.of(fitted) if fitted.is_fitted else None
    if timing is None:
        reason = fitted.refusal or "its interval is not known."
        return NoBacktest(f"The first part alone cannot be fitted: {reason}")
    seen = SeenLag(whole.syncs, timing, writes, fitted.phase, lag.period_s)
    return _compared(given, seen, _Fits(fitted, whole), first, span, seed)


def _ends(span: Span) -> tuple[float, float]:
    return span.begin_s, span.end_s


def _overlap(lag: LagSamples, writes: WriteTotals) -> Span | None:
    """Return the time that both exports cover."""
    if not len(lag.time_s) or not len(writes.begin_s):
        return None
    begin_s, end_s = covered(writes)
    begin_s = max(begin_s, float(lag.time_s[0]))
    end_s = min(end_s, float(lag.time_s[-1]) + lag.period_s)
    return Span(begin_s, end_s) if begin_s < end_s else None


def _compared(
    given: Measurements, seen: SeenLag, fits: _Fits, first: Span, span: Span, seed: int
) -> Backtest | NoBacktest:
    """Simulate the rest and compare it with what was measured."""
    assert given.writes is not None
    start = _start(seen, first.end_s)
    if start is None:
        return NoBacktest("No sync is seen from which the simulation could begin.")
    first_cut_s = float(seen.syncs.cut_s[start])
    part = Span(max(first.end_s, float(seen.syncs.completed_by_s[start])), _end(seen, span))
    if part.begin_s >= part.end_s:
        return NoBacktest("No samples are left to predict.")
    replayed = [
        *_until_next(seen, start),
        *outages(seen, Span(float(seen.syncs.cut_s[start + 1]), part.end_s)),
    ]
    waits = locked_waits(seen, Span(float(seen.syncs.cut_s[start + 1]), part.end_s))
    phase = fits.first.phase
    forecast = Forecast(
        seen.timing,
        writes_between(given.writes, first_cut_s, part.end_s + phase.high_s + 60.0),
        [*replayed, *waits],
        first_cut_s,
        part.end_s,
        phase,
        fits.first.resolution_s,
        seed,
    )
    track = _track(given.lag, forecast, part)
    if not len(track.time_s):
        return NoBacktest("No samples are left to predict.")
    return _found(seen, fits.whole, track, Span(*_ends(first)), part, replayed)


def _start(seen: SeenLag, split_s: float) -> int | None:
    """Return a sync seen before a time, the last whose next was on time if one is near."""
    syncs, interval_s = seen.syncs, seen.timing.interval_s
    early = np.flatnonzero(syncs.completed_by_s[:-1] <= split_s)
    if not len(early):
        return None
    spacing_s = np.diff(syncs.cut_s)[early]
    is_near = syncs.completed_by_s[early] >= split_s - max(_WARM_S, 20 * interval_s)
    on_time = early[is_near & (np.abs(spacing_s / interval_s - 1) < _EXPLAINED)]
    return int(on_time[-1] if len(on_time) else early[-1])


def _until_next(seen: SeenLag, first: int) -> list[Span]:
    """Return the outage that puts off the second cut to where it was; none if it was on time.

    It was on time as well if it is later because the samples show no sync between.
    """
    cut_s, next_s = seen.syncs.cut_s[first : first + 2].tolist()
    late = next_s - cut_s > (1 + _EXPLAINED) * seen.timing.interval_s + 2 * seen.spacing_s
    return [Span(cut_s, next_s)] if late else []


def _end(seen: SeenLag, span: Span) -> float:
    """Return the end of the predicted part: before a disturbance whose end is not seen."""
    tail_s = disturbed_tail(seen, span.end_s)
    return span.end_s if tail_s is None else min(tail_s, span.end_s)


def _track(lag: LagSamples, forecast: Forecast, part: Span) -> AgeTrack:
    """Return measured and simulated ages at the samples that the part has."""
    ages_s = ages_of(lag)
    inside = within(lag.time_s, part.begin_s, part.end_s - lag.period_s) & ~np.isnan(ages_s)
    time_s, measured_s = lag.time_s[inside], ages_s[inside]
    simulated_s = simulated_ages(forecast, time_s, lag.period_s)
    both = ~np.isnan(simulated_s)
    return AgeTrack(time_s[both], measured_s[both], simulated_s[both])


def _unlike(track: AgeTrack, tolerance: float) -> float:
    return unlike_share(track.measured_s, track.simulated_s, tolerance)


def _errors(measured_s: Floats, simulated_s: Floats) -> AgeErrors:
    measured, simulated = quantiles(measured_s), quantiles(simulated_s)
    return AgeErrors(
        relative_error(simulated.p50, measured.p50),
        relative_error(simulated.p95, measured.p95),
        relative_error(simulated.p99, measured.p99),
        relative_error(simulated.max, measured.max),
        ks_distance(measured_s, simulated_s),
    )


def _undisturbed(track: AgeTrack, stretches: list[Span]) -> AgeErrors | None:
    """Return the errors without disturbed stretches; None without those, or without a rest."""
    calm = np.ones(len(track.time_s), dtype=np.bool_)
    for stretch in stretches:
        calm &= ~within(track.time_s, stretch.begin_s, stretch.end_s)
    if calm.all() or not calm.any():
        return None
    return _errors(track.measured_s[calm], track.simulated_s[calm])


def _found(
    seen: SeenLag, whole: Fitted, track: AgeTrack, first: Span, part: Span, replayed: list[Span]
) -> Backtest:
    errors = _errors(track.measured_s, track.simulated_s)
    stretches = disturbed(seen, part)
    evidence = BacktestEvidence(
        errors=errors,
        undisturbed=_undisturbed(track, stretches),
        unlike=(_unlike(track, RIGHT), _unlike(track, NEAR)),
        samples=len(track.time_s),
        syncs=int(within(seen.syncs.cut_s, part.begin_s, part.end_s).sum()),
        predicted_s=part.seconds,
        disturbances=len(stretches),
        disturbed_s=sum(one.seconds for one in stretches),
        fitted=whole,
        step_s=age_step_s(track.measured_s, seen.spacing_s),
        median_s=float(np.median(track.measured_s)),
    )
    trust, why = judged(evidence)
    return Backtest(
        errors.p50_error,
        errors.p95_error,
        errors.p99_error,
        errors.max_error,
        errors.ks,
        trust=trust,
        sentence=f"{TRUST_WORDS[trust]}: {why}",
        why=why,
        measured_s=quantiles(track.measured_s),
        simulated_s=quantiles(track.simulated_s),
        samples=evidence.samples,
        syncs=evidence.syncs,
        disturbances=evidence.disturbances,
        disturbed_s=evidence.disturbed_s,
        undisturbed=evidence.undisturbed,
        fitted_part=first,
        predicted_part=part,
        track=track,
        replayed=tuple(replayed),
    )
