"""Whether to trust a forecast, in words: what a back-test shows, and what it cannot show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from efssim.calibration.backtest.findings import AgeErrors, Trust
from efssim.calibration.data import Fitted, Identified
from efssim.text.quantities import format_duration

RIGHT, NEAR = 0.05, 0.15
"""Errors up to which a forecast is right, and roughly right; assumed."""
UNLIKE = 0.05
"""Share of the ages that may be off by more than that; assumed."""
SYNCS_MIN = 50
"""Syncs that a predicted part needs, that quantiles near 99 % mean something; assumed."""
SAMPLES_MIN = 200
"""Samples that it needs; assumed."""
_MOST_DISTURBED = 0.25
"""Share of the predicted part that disturbances may take; assumed."""
_OWN_P99 = 0.01
"""Share of the time from which on disturbances alone decide the p99."""

TRUST_WORDS = {
    Trust.YES: "Trust the forecast for writes like those measured",
    Trust.ROUGHLY: "Trust the forecast roughly",
    Trust.NO: "Do not trust the forecast",
    Trust.UNKNOWN: "Whether to trust the forecast is not known",
}

_NAMES = {
    "interval": "interval",
    "gap": "gap",
    "setup": "fixed time per sync",
    "throughput": "throughput",
    "file_rate": "file rate",
}


@dataclass(frozen=True, slots=True)
class BacktestEvidence:
    """The numbers that the judgement rests on."""

    errors: AgeErrors
    undisturbed: AgeErrors | None
    """Without disturbances and what follows from them; None where there are none."""
    unlike: tuple[float, float]
    """Share of the ages beyond the other distribution by more than `RIGHT`, and by `NEAR`."""
    samples: int
    syncs: int
    predicted_s: float
    disturbances: int
    disturbed_s: float
    fitted: Fitted
    """Of all metrics: the parameters that a report shows."""
    step_s: float = 0.0
    """Step in which the samples tell ages: see `age_step_s`."""
    median_s: float = 0.0
    """Median of the measured ages."""

    @property
    def disturbed_share(self) -> float:
        """Share of the predicted part that disturbances take."""
        return self.disturbed_s / self.predicted_s if self.predicted_s else 0.0


def judged(found: BacktestEvidence) -> tuple[Trust, str]:
    """Return whether to trust the forecast, and why, as the end of a sentence and further ones."""
    trust = _trust(found)
    return trust, " ".join([_why(found, trust), *_cautions(found, trust)])


def _trust(found: BacktestEvidence) -> Trust:
    if _too_little(found):
        return Trust.UNKNOWN
    worst = found.errors.worst
    if worst <= RIGHT and found.unlike[0] <= UNLIKE:
        return Trust.YES
    near = worst <= NEAR and found.unlike[1] <= UNLIKE
    return Trust.ROUGHLY if near or _is_right_when_calm(found) else Trust.NO


def _is_right_when_calm(found: BacktestEvidence) -> bool:
    """Return whether only catching up after disturbances was forecast wrongly."""
    calm = found.undisturbed
    return calm is not None and calm.worst <= RIGHT


def _too_little(found: BacktestEvidence) -> str:
    """Return the reason why the data are too few to tell; nothing if they are not."""
    if found.syncs < SYNCS_MIN:
        return f"it has {found.syncs} syncs, and quantiles take {SYNCS_MIN}"
    if found.samples < SAMPLES_MIN:
        return f"it has {found.samples} samples, and quantiles take {SAMPLES_MIN}"
    if found.disturbed_share > _MOST_DISTURBED:
        share = f"{100 * found.disturbed_share:.0f} %"
        return f"pauses and outages, which were replayed and not predicted, take {share} of it"
    return ""


def _off(errors: AgeErrors) -> str:
    each = errors.p50_error, errors.p95_error, errors.p99_error, errors.max_error
    p50, p95, p99, largest = (f"{100 * error:+.1f} %" for error in each)
    return f"p50 {p50}, p95 {p95}, p99 {p99}, largest {largest}"


def _why(found: BacktestEvidence, trust: Trust) -> str:
    """Return the end of the sentence that `TRUST_WORDS` begins."""
    if trust == Trust.UNKNOWN:
        return f"the predicted part is too little to tell, as {_too_little(found)}."
    off = f"over {_span(found)} that it had not seen it was off by {_off(found.errors)}"
    if trust == Trust.YES:
        return f"{off}."
    if found.errors.worst > RIGHT and found.undisturbed is not None:
        calm = _off(found.undisturbed)
        return (
            f"{off}, where {100 * RIGHT:.0f} % counts as right; outside of disturbances by {calm}."
        )
    if found.errors.worst > RIGHT:
        return f"{off}, where {100 * RIGHT:.0f} % counts as right."
    share = f"{100 * found.unlike[0]:.0f} %"
    return f"{off}, but {share} of the ages between are off by more than {100 * RIGHT:.0f} %."


def _span(found: BacktestEvidence) -> str:
    return format_duration(found.predicted_s)


def _cautions(found: BacktestEvidence, trust: Trust) -> Iterator[str]:
    """Yield sentences on what the back-test does not show."""
    unknown = [one for one in found.fitted.parameters if one.identified == Identified.NO]
    if unknown:
        names = _listed([_NAMES[one.name] for one in unknown])
        yield (
            f"That the back-test passes does not make {names} known: other values fit as well, and "
            "give other lags with other writes, or after an outage."
            if trust in (Trust.YES, Trust.ROUGHLY)
            else f"The data do not tell {names}."
        )
    if trust in (Trust.YES, Trust.ROUGHLY) and found.step_s > RIGHT * found.median_s:
        yield (
            "Samples are taken in step with the syncs, so that they tell ages in steps of "
            f"{format_duration(found.step_s)} alone, where the median is "
            f"{format_duration(found.median_s)}: errors below that do not show."
        )
    if found.disturbances:
        yield _replayed(found)


def _replayed(found: BacktestEvidence) -> str:
    """Return the sentence on disturbances, of which a forecast knows nothing."""
    one = found.disturbances == 1
    many = "1 pause or outage" if one else f"{found.disturbances} pauses or outages"
    length = format_duration(found.disturbed_s)
    decide = "decide" + "s" * one
    which = "p99 and largest age" if found.disturbed_share >= _OWN_P99 else "largest age"
    return (
        f"The part has {many} ({length} with catching up), replayed as measured, which {decide} "
        f"its {which}."
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
