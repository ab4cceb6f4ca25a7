"""Whether to trust a forecast, in words: what a back-test shows, and what it cannot show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from efssim.calibration.backtest.findings import Trust
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

    errors: tuple[float, float, float, float]
    """Of p50, p95, p99 and the largest age."""
    unlike: tuple[float, float]
    """Share of the ages beyond the other distribution by more than `RIGHT`, and by `NEAR`."""
    samples: int
    syncs: int
    predicted_s: float
    disturbances: int
    disturbed_s: float
    fitted: Fitted
    """Of the first part."""

    @property
    def disturbed_share(self) -> float:
        """Share of the predicted part that disturbances take."""
        return self.disturbed_s / self.predicted_s if self.predicted_s else 0.0


def judged(found: BacktestEvidence) -> tuple[Trust, str]:
    """Return whether to trust the forecast, and the sentences that say so."""
    trust = _trust(found)
    sentences = [_VERDICTS[trust](found), *_cautions(found)]
    return trust, " ".join(sentences)


def _trust(found: BacktestEvidence) -> Trust:
    if _too_little(found):
        return Trust.UNKNOWN
    worst = max(map(abs, found.errors))
    if worst <= RIGHT and found.unlike[0] <= UNLIKE:
        return Trust.YES
    return Trust.ROUGHLY if worst <= NEAR and found.unlike[1] <= UNLIKE else Trust.NO


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


def _off(found: BacktestEvidence) -> str:
    p50, p95, p99, largest = (f"{100 * error:+.1f} %" for error in found.errors)
    return f"p50 {p50}, p95 {p95}, p99 {p99}, largest {largest}"


_VERDICTS = {
    Trust.YES: lambda found: (
        f"Trust the forecast for writes like those measured: over {_span(found)} that it had not "
        f"seen it was off by {_off(found)}."
    ),
    Trust.ROUGHLY: lambda found: (
        f"Trust the forecast roughly: over {_span(found)} that it had not seen it was off by "
        f"{_off(found)}; right is {100 * RIGHT:.0f} %, of 95 % of the ages too."
    ),
    Trust.NO: lambda found: (
        f"Do not trust the forecast: over {_span(found)} that it had not seen it was off by "
        f"{_off(found)}."
    ),
    Trust.UNKNOWN: lambda found: (
        f"Whether to trust the forecast is not known: the predicted part is too little to tell, as "
        f"{_too_little(found)}."
    ),
}


def _span(found: BacktestEvidence) -> str:
    return format_duration(found.predicted_s)


def _cautions(found: BacktestEvidence) -> Iterator[str]:
    """Yield sentences on what the back-test does not show."""
    unknown = [one for one in found.fitted.parameters if one.identified == Identified.NO]
    if unknown:
        names = _listed([_NAMES[one.name] for one in unknown])
        yield (
            f"That the back-test passes does not make {names} known: other values fit as well, and "
            "give other lags with other writes, or after an outage."
            if _trust(found) in (Trust.YES, Trust.ROUGHLY)
            else f"The data do not tell {names}."
        )
    if found.disturbances:
        count = f"{found.disturbances} pause{'s' * (found.disturbances > 1)} or outage"
        many = "s" * (found.disturbances > 1)
        text = f"{count}{many} ({format_duration(found.disturbed_s)} with catching up)"
        tail = (
            ", and decide its p99 and largest age"
            if found.disturbed_share >= _OWN_P99
            else ", and decide its largest age"
        )
        yield f"The part has {text}, which were replayed as measured{tail}."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
