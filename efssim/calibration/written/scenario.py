"""The scenario of a calibration as YAML: what is measured, what is not, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from efssim.calibration.backtest.findings import Backtest
from efssim.calibration.backtest.parts import covered
from efssim.calibration.calibration import EPOCH, CalibrationFindings, utc_text
from efssim.calibration.data import FittedParameter, Identified, ParameterName
from efssim.calibration.timing import SyncTiming
from efssim.calibration.written.unknowns import UnknownRange, unknown_range
from efssim.json_values import timestamp
from efssim.text.quantities import format_byte_rate, format_duration

MARK = "# Written by efssim calibrate"
"""First line of the files that may be replaced."""
SOURCE, REPLICATION = "source", "dr"
NAMES: dict[ParameterName, str] = {
    "interval": "interval",
    "gap": "gap",
    "setup": "fixed time per sync",
    "throughput": "throughput",
    "file_rate": "file rate",
}
"""Parameters as people read them."""
_RATES = {"throughput": "B/s", "file_rate": "per s"}
_WIDTH = 100
"""Columns of a comment at most."""
_WARM_UP_S = 3600.0
"""Left out of every statistic at most: the age at the start is not known. Assumed."""


@dataclass(frozen=True, slots=True)
class WrittenTrace:
    """How the scenario names the file with the writes."""

    file: str
    """Relative to the scenario."""
    keys: tuple[tuple[str, str], ...]
    """Further keys of `trace`."""


def scenario_yaml(findings: CalibrationFindings, name: str, trace: WrittenTrace | None) -> str:
    """Return the scenario of a replication that was fitted."""
    timing = SyncTiming.of(findings.fitted)
    assert timing is not None
    assert findings.is_fitted
    lines = [
        *_head(findings),
        f"name: {name}",
        *_time(findings),
        *_places(),
        *_source(findings, trace),
        *_replication(findings, timing),
        *_uncertain(findings, timing),
    ]
    return "\n".join(lines) + "\n"


def number(name: str, value: float) -> str:
    """Return a value of a parameter with its unit, to the last digit."""
    return f"{value!r} {_RATES.get(name, 's')}"


def shown(name: str, value: float | None) -> str:
    """Return a value of a parameter for people; of none, that there is no bound."""
    if value is None:
        return "no bound"
    if name == "throughput":
        return format_byte_rate(value)
    return f"{value:,.0f} files/s" if name == "file_rate" else format_duration(value)


def between(found: FittedParameter) -> str:
    """Return the interval of a parameter for people."""
    if found.high is None:
        low = found.low > 0
        return f"at least {shown(found.name, found.low)}" if low else "not bounded at all"
    return f"{shown(found.name, found.low)} to {shown(found.name, found.high)}"


def _head(findings: CalibrationFindings) -> Iterator[str]:
    lag = findings.given.lag
    begin, end = utc_text(float(lag.time_s[0])), utc_text(float(lag.time_s[-1]) + lag.period_s)
    yield f"{MARK}, from TimeSinceLastSync of {begin} to {end}."
    found = findings.backtest
    said = found.sentence if isinstance(found, Backtest) else f"No back-test: {found.reason}"
    for text in (said, *(f"Beware: {caution}" for caution in findings.cautions)):
        yield from textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="#   ")


def _time(findings: CalibrationFindings) -> Iterator[str]:
    lag, writes = findings.given.lag, findings.given.writes
    begin_s, end_s = float(lag.time_s[0]), float(lag.time_s[-1]) + lag.period_s
    if writes is not None:
        begin_s, end_s = covered(writes)
    yield f"start: {timestamp(EPOCH, begin_s)}"
    yield f"duration: {timedelta(seconds=end_s - begin_s).total_seconds()!r} s"
    yield f"warm_up: {min(_WARM_UP_S, (end_s - begin_s) / 10)!r} s"


def _places() -> Iterator[str]:
    yield "regions:  # the metrics do not say which"
    yield "  source-region: {custom: true}"
    yield "  destination-region: {custom: true}"


def _source(findings: CalibrationFindings, trace: WrittenTrace | None) -> Iterator[str]:
    request = findings.request
    yield "file_systems:"
    yield f"  {SOURCE}:"
    yield "    region: source-region"
    if findings.size_bytes is not None:
        yield f"    size: {findings.size_bytes}"
    if request.files is not None:
        yield f"    files: {request.files}"
    if trace is None:
        yield "    # No writes were given: without some, every sync takes its fixed time only."
        return
    keys = ", ".join([f"file: {quoted(trace.file)}", *(f"{key}: {v}" for key, v in trace.keys)])
    yield "    writes:"
    yield f"      measured: {{trace: {{{keys}}}, new_bytes: 0 %}}"


def quoted(text: str) -> str:
    """Return a text as YAML has it in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def _replication(findings: CalibrationFindings, timing: SyncTiming) -> Iterator[str]:
    yield "replications:"
    yield f"  {REPLICATION}:"
    yield f"    source: {SOURCE}"
    yield "    destination: {region: destination-region}"
    yield "    established: true"
    yield "    sync:"
    yield "      preset: none  # the fixed time has latency and inventory in it"
    keys = timing.keys()
    for found in findings.fitted.parameters:
        yield f"      {found.name}: {_value(found, keys[found.name])}  # {_comment(found)}"
    measured = [one for one in findings.fitted.parameters if is_measured(one)]
    if measured:
        yield "    measured:  # 95 % intervals"
        for found in measured:
            assert found.high is not None
            low, high = number(found.name, found.low), number(found.name, found.high)
            yield f"      {found.name}: {{low: {low}, high: {high}}}"
        yield f"      source: {quoted(_origin(findings))}"


def is_measured(found: FittedParameter) -> bool:
    """Return whether a value is written as measured: it is identified, if only roughly."""
    return found.identified != Identified.NO and found.value is not None and found.high is not None


def _value(found: FittedParameter, value: object) -> str:
    if isinstance(value, float | int):
        return number(found.name, float(value))
    if isinstance(value, Mapping):  # a distribution with its parameters
        ((family, keys),) = value.items()
        inside = ", ".join(
            f"{key}: {number(found.name, v) if key in ('mean', 'median') else repr(v)}"
            for key, v in keys.items()
        )
        return f"{{{family}: {{{inside}}}}}"
    return str(value)


def _comment(found: FittedParameter) -> str:
    name = "" if NAMES[found.name] == found.name else f"{NAMES[found.name]}: "
    if found.identified == Identified.YES:
        return f"{name}measured, 95 % interval {between(found)}"
    reason = f"; {found.reason}" if found.reason else ""
    if found.identified == Identified.ROUGHLY:
        return f"{name}roughly measured, 95 % interval {between(found)}{reason}"
    return f"{name}NOT measured: {between(found)}{reason}"


def _origin(findings: CalibrationFindings) -> str:
    lag = findings.given.lag
    span = format_duration(float(lag.time_s[-1]) + lag.period_s - float(lag.time_s[0]))
    return f"{span} of TimeSinceLastSync, {findings.fitted.used:,} syncs"


def _uncertain(findings: CalibrationFindings, timing: SyncTiming) -> Iterator[str]:
    ranges = [one for found in findings.fitted.parameters if (one := unknown_range(found))]
    if not ranges:
        return
    yield "uncertain:  # of what the metrics do not tell; `efssim run --trials` draws from it"
    for one in ranges:
        place, scale = _place(one.name, timing)
        low, high = number(one.name, scale * one.low), number(one.name, scale * one.high)
        yield f"  replications.{REPLICATION}.sync.{place}:"
        yield f"    {one.kind}: {{low: {low}, high: {high}}}"
        yield f"    source: {quoted(_why(one))}"


def _place(name: str, timing: SyncTiming) -> tuple[str, float]:
    """Return the path of a parameter below `sync`, and its share of the parameter's mean."""
    setup = timing.setup_key()
    if name != "setup" or not isinstance(setup, Mapping):
        return name, 1.0
    ((family, keys),) = setup.items()
    key = "median" if family == "lognormal" else "mean"
    assert isinstance(keys, Mapping)
    value = keys[key]
    assert isinstance(value, float)
    return f"setup.{family}.{key}", value / timing.setup_s


def _why(one: UnknownRange) -> str:
    bounds = "bounds of the metrics"
    return f"{bounds}, and an assumed end where they have none" if one.is_assumed else bounds
