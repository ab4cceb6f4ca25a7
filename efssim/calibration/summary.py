"""The JSON of a calibration as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from efssim.calibration.backtest.findings import Backtest, NoBacktest, Span, Trust
from efssim.calibration.calibration import EPOCH, CalibrationFindings
from efssim.calibration.data import ParameterName, Phase, SetupNoise
from efssim.json_values import JsonObject, moment, to_json
from efssim.traces.metric import FileRead


@dataclass(frozen=True, slots=True)
class ParameterSummary:
    """A parameter as JSON has it: seconds, bytes/s or files/s."""

    value: float | None
    low: float
    high: float | None
    identified: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class LeftOutSummary:
    """A stretch of time that took no part in the fit."""

    kind: str
    begin_s: float = field(metadata=moment("begin"))
    end_s: float = field(metadata=moment("end"))
    seconds: float
    sentence: str


@dataclass(frozen=True, slots=True)
class FitSummary:
    """Everything about a fit besides its parameters."""

    samples: int
    period_s: float
    syncs: int
    """That the samples show."""
    syncs_used: int
    syncs_late: int
    median_duration_s: float | None
    setup_family: str
    """Distribution of the fixed time per sync, with its standard deviation."""
    setup_sigma_s: float
    phase_s: Phase
    resolution_s: float


@dataclass(frozen=True, slots=True)
class CalibrationSummary:
    """The JSON of `efssim calibrate`."""

    parameters: Mapping[ParameterName, ParameterSummary]
    backtest: Backtest | None
    backtest_reason: str | None
    """Why there is no back-test; None if there is one."""
    trust: Trust
    fitted: bool
    refusal: str | None
    """Why nothing was fitted; None if something was."""
    span: Span
    """The time of the lag."""
    fit: FitSummary
    left_out: tuple[LeftOutSummary, ...]
    cautions: tuple[str, ...]
    notes: tuple[str, ...]
    files: tuple[FileRead, ...]
    size_bytes: int | None
    """As it was given; the fit does not need it."""
    files_given: int | None


def calibration_to_json(findings: CalibrationFindings) -> JsonObject:
    """Return the JSON of a calibration; times are UTC."""
    return to_json(summary_of(findings), EPOCH)


def summary_of(findings: CalibrationFindings) -> CalibrationSummary:
    """Return the numbers of a calibration."""
    fitted, found, request = findings.fitted, findings.backtest, findings.request
    lag = findings.given.lag
    made = found if isinstance(found, Backtest) else None
    return CalibrationSummary(
        parameters={
            one.name: ParameterSummary(
                one.value, one.low, one.high, one.identified.value, one.reason
            )
            for one in fitted.parameters
        },
        backtest=made,
        backtest_reason=found.reason if isinstance(found, NoBacktest) else None,
        trust=trust_of(findings),
        fitted=fitted.is_fitted,
        refusal=fitted.refusal,
        span=Span(float(lag.time_s[0]), float(lag.time_s[-1]) + lag.period_s),
        fit=FitSummary(
            samples=len(lag.time_s),
            period_s=lag.period_s,
            syncs=len(fitted.syncs),
            syncs_used=fitted.used,
            syncs_late=fitted.late,
            median_duration_s=fitted.median_duration_s,
            setup_family=_family(fitted.noise),
            setup_sigma_s=fitted.noise.sigma_s,
            phase_s=fitted.phase,
            resolution_s=fitted.resolution_s,
        ),
        left_out=tuple(_left_out(findings)),
        cautions=findings.cautions,
        notes=findings.notes,
        files=findings.files,
        size_bytes=findings.size_bytes,
        files_given=request.files,
    )


def trust_of(findings: CalibrationFindings) -> Trust:
    """Return whether to trust a forecast; with a caution it is never trusted without reserve."""
    if not isinstance(findings.backtest, Backtest):
        return Trust.UNKNOWN
    found = findings.backtest.trust
    return Trust.ROUGHLY if found == Trust.YES and findings.cautions else found


def _family(noise: SetupNoise) -> str:
    return noise.family.value


def _left_out(findings: CalibrationFindings) -> Iterator[LeftOutSummary]:
    for one in findings.fitted.left_out:
        seconds = one.end_s - one.begin_s
        yield LeftOutSummary(one.kind.value, one.begin_s, one.end_s, seconds, one.sentence)
