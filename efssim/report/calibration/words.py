"""Sentences of a calibration, which text and page share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from efssim.calibration.backtest.findings import Backtest, NoBacktest
from efssim.calibration.backtest.trust import TRUST_WORDS
from efssim.calibration.calibration import CalibrationFindings, utc_text
from efssim.calibration.data import FittedParameter, Identified, LeftOut, LeftOutKind, SetupFamily
from efssim.calibration.summary import trust_of
from efssim.calibration.timing import SyncTiming
from efssim.calibration.written.scenario import NAMES, between, shown
from efssim.report.html.sections import sentence
from efssim.report.words.lines import counted, percent
from efssim.text.quantities import format_duration
from efssim.traces.metric import FileRead

NOT_FITTED = "Nothing was fitted"
_STRETCHES = (LeftOutKind.DISTURBED, LeftOutKind.MISSING_LAG, LeftOutKind.UNDECODED)
"""Kinds of which all of the time is left out."""
_SPACING = "inferred from the spacing"
"""End of the notes on periods, of which the report tells the length."""
ASSUMED = (
    "Assumed: cuts come at a constant interval, a sync takes a fixed time and its bytes over a "
    "constant throughput, writes are even within a minute, and no attempt fails unseen."
)
"""The model that is fitted, in a sentence."""


@dataclass(frozen=True, slots=True)
class LeftOutTotal:
    """Everything of one kind that was left out."""

    kind: LeftOutKind
    count: int
    seconds: float


def trust_word(findings: CalibrationFindings) -> str:
    """Return the verdict in a few words."""
    return TRUST_WORDS[trust_of(findings)] if findings.is_fitted else NOT_FITTED


def verdict_text(findings: CalibrationFindings) -> str:
    """Return the sentences on whether to trust a forecast."""
    if findings.fitted.refusal is not None:
        return f"{sentence(findings.fitted.refusal)} No scenario is written, and nothing forecast."
    found = findings.backtest
    return sentence(found.reason if isinstance(found, NoBacktest) else found.why)


def files_read(findings: CalibrationFindings) -> list[FileRead]:
    """Return the files, each once."""
    return list(dict.fromkeys(findings.files))


def file_notes(file: FileRead) -> list[str]:
    """Return the notes on a file that people have to know."""
    return [note for note in file.notes if not note.endswith(_SPACING)]


def span_text(findings: CalibrationFindings) -> str:
    """Return from when to when the lag is, and how much of it there is."""
    lag, fitted = findings.given.lag, findings.fitted
    begin_s, end_s = float(lag.time_s[0]), float(lag.time_s[-1]) + lag.period_s
    return (
        f"{utc_text(begin_s)} to {utc_text(end_s)} ({format_duration(end_s - begin_s)}): "
        f"{counted(len(lag.time_s), 'sample')} of {format_duration(lag.period_s)} show "
        f"{counted(len(fitted.syncs), 'sync')}, of which {fitted.used:,} tell durations"
    )


def parameter_rows(findings: CalibrationFindings) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield name, value, 95 % interval, how well it is identified and reason of each parameter."""
    for found in findings.fitted.parameters:
        value = "–" if found.value is None else shown(found.name, found.value)
        yield (
            NAMES[found.name],
            value,
            between(found),
            found.identified.value,
            found.reason or "",
        )


def noise_text(findings: CalibrationFindings) -> str:
    """Return how the fixed time per sync varies; nothing if it is constant."""
    noise = findings.fitted.noise
    if noise.family == SetupFamily.CONSTANT or not noise.sigma_s:
        return ""
    return (
        f"The fixed time per sync varies by {format_duration(noise.sigma_s)} (standard deviation, "
        f"{noise.family.value}); the value above is its mean."
    )


def simulated_text(findings: CalibrationFindings) -> str:
    """Return the stand-ins for parameters that the data do not tell; nothing without one."""
    unknown = [one for one in findings.fitted.parameters if one.identified == Identified.NO]
    timing = SyncTiming.of(findings.fitted)
    if not unknown or timing is None or not findings.is_fitted:
        return ""
    values = {
        "interval": timing.interval_s,
        "gap": timing.gap_s,
        "setup": timing.setup_s,
        "throughput": None if timing.throughput == float("inf") else timing.throughput,
        "file_rate": None if timing.file_rate == float("inf") else timing.file_rate,
    }
    said = ", ".join(f"{NAMES[one.name]} {_stand_in(one, values[one.name])}" for one in unknown)
    return f"Simulated with, though not measured: {said}."


def _stand_in(found: FittedParameter, value: float | None) -> str:
    return "without a limit" if value is None else shown(found.name, value)


def left_out_totals(findings: CalibrationFindings) -> list[LeftOutTotal]:
    """Return count and length of what was left out, by kind, in order of its first time."""
    found: dict[LeftOutKind, LeftOutTotal] = {}
    for one in findings.fitted.left_out:
        before = found.get(one.kind, LeftOutTotal(one.kind, 0, 0.0))
        seconds = before.seconds + one.end_s - one.begin_s
        found[one.kind] = LeftOutTotal(one.kind, before.count + 1, seconds)
    return list(found.values())


def total_text(total: LeftOutTotal) -> str:
    """Return kind, count and length of what was left out."""
    if total.kind not in _STRETCHES:  # single syncs between a first and a last one
        return total.kind.value
    times = "once" if total.count == 1 else f"{total.count:,} times"
    return f"{total.kind.value}: {times}, {format_duration(total.seconds)}"


def stretch_text(one: LeftOut) -> str:
    """Return when something was left out, for how long, and why."""
    lasts = f"{utc_text(one.begin_s)}, {format_duration(one.end_s - one.begin_s)}: "
    return f"{lasts if one.kind in _STRETCHES else ''}{one.sentence}"


def backtest_rows(found: Backtest) -> list[tuple[str, float, float, float]]:
    """Return name, measured and simulated age and error of each quantile."""
    return [
        ("p50", found.measured_s.p50, found.simulated_s.p50, found.p50_error),
        ("p95", found.measured_s.p95, found.simulated_s.p95, found.p95_error),
        ("p99", found.measured_s.p99, found.simulated_s.p99, found.p99_error),
        ("max", found.measured_s.max, found.simulated_s.max, found.max_error),
    ]


def undisturbed_errors(found: Backtest) -> list[float]:
    """Return the errors of the quantiles without disturbances; none where there are none."""
    calm = found.undisturbed
    if calm is None:
        return []
    return [calm.p50_error, calm.p95_error, calm.p99_error, calm.max_error]


def signed_percent(error: float) -> str:
    """Return an error in per cent with its sign."""
    text = percent(abs(error))
    if text.startswith("<"):
        return text
    return f"{'-' if error < 0 else '+'}{text}"


def backtest_text(found: Backtest) -> str:
    """Return how the back-test was made."""
    fitted, predicted = found.fitted_part, found.predicted_part
    return (
        f"Fitted to {utc_text(fitted.begin_s)} to {utc_text(fitted.end_s)}; "
        f"{utc_text(predicted.begin_s)} to {utc_text(predicted.end_s)} simulated from its writes, "
        f"compared at {counted(found.samples, 'sample')} of {counted(found.syncs, 'sync')}; "
        f"Kolmogorov-Smirnov distance {found.ks:.3f}."
    )
