"""Checks between the parts of a scenario: references, Regions, links, times and traces.

They read the data as written, not as validated, and stay silent about values that are
malformed: those have their own problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from efssim.scenario.checks.alarms import alarm_problems
from efssim.scenario.checks.drill import drill_problems
from efssim.scenario.checks.places import place_problems
from efssim.scenario.checks.quotas import quota_problems
from efssim.scenario.checks.references import reference_problems
from efssim.scenario.checks.targets import disturbance_problems
from efssim.scenario.grammar.base import Found
from efssim.scenario.workload.streams import TraceFile
from efssim.text.moments import seconds_at
from efssim.text.quantities import parse_datetime, parse_duration
from efssim.text.written import Place, Written, disturbances, parsed, section
from efssim.traces.problems import TraceErrors
from efssim.traces.reading import read_rows, read_trace
from efssim.traces.spec import TraceSpec

DEFAULT_START = datetime(2026, 1, 1, tzinfo=UTC)


def cross_problems(raw: Written, base: Path) -> list[Found]:
    """Return every problem between the parts of a scenario; traces are relative to `base`."""
    checks = (
        place_problems,
        quota_problems,
        reference_problems,
        disturbance_problems,
        alarm_problems,
        drill_problems,
        _time_problems,
    )
    found = [problem for check in checks for problem in check(raw)]
    return found + list(_trace_problems(raw, base))


def _time_problems(raw: Written) -> Iterator[Found]:
    duration = parsed(parse_duration, raw.get("duration"))
    warm_up = parsed(parse_duration, raw.get("warm_up"))
    start = parsed(parse_datetime, raw.get("start", DEFAULT_START))
    if start is not None and duration is not None and not _in_calendar(start, duration):
        yield ("duration",), "ends after the year 9999"
    if duration is not None and warm_up is not None and warm_up >= duration > 0:
        yield ("warm_up",), "is not shorter than duration, so nothing would be measured"
    for path, part in _streams(raw):
        begins = parsed(parse_duration, part.get("from"))
        if begins is not None and duration is not None and begins >= duration > 0:
            yield (*path, "from"), "is not before the end of the run, so nothing would be written"
    for path, part in disturbances(raw):
        at = None if start is None else parsed(partial(seconds_at, start=start), part.get("at"))
        if at is not None and duration is not None and at > duration:
            yield (*path, "at"), "is after the end of the run, so it would never happen"
        if at is not None and at < 0:
            yield (*path, "at"), "is before the start of the run, so it would never happen"


def _in_calendar(start: datetime, duration_s: float) -> bool:
    try:
        start + timedelta(seconds=duration_s)
    except OverflowError:
        return False
    return True


def _trace_problems(raw: Written, base: Path) -> Iterator[Found]:
    start = parsed(parse_datetime, raw.get("start", DEFAULT_START))
    duration = parsed(parse_duration, raw.get("duration"))
    if start is None or duration is None or not _in_calendar(start, duration):
        return
    for path, part in _streams(raw):
        trace = part.get("trace")
        if isinstance(trace, Mapping) and isinstance(trace.get("file"), str | Path):
            yield from _unreadable((*path, "trace"), trace, base, start, duration)


def _streams(raw: Written) -> Iterator[tuple[Place, Written]]:
    """Yield path and content of every write stream."""
    for name, part in section(raw, "file_systems").items():
        for stream, written in section(part, "writes").items():
            yield ("file_systems", name, "writes", stream), written


def _unreadable(
    path: Place,
    trace: Written,
    base: Path,
    start: datetime,
    duration_s: float,
) -> Iterator[Found]:
    try:
        spec = _valid_spec(trace, base)
        if spec is None:  # its units are unknown, its rows can be read
            read_rows(_plain_spec(trace, base), start)
        elif duration_s > 0:
            read_trace(spec, start, duration_s)
    except TraceErrors as failure:
        for error in failure.errors:
            where = f"{error.file}:{error.line}: " if error.line is not None else ""
            yield (*path, "file"), where + error.message


def _valid_spec(trace: Written, base: Path) -> TraceSpec | None:
    """Return the specification of a trace; None where a key of it is malformed."""
    try:
        return TraceFile.model_validate(trace, context={"base": base}).spec()
    except ValidationError:
        return None


def _plain_spec(trace: Written, base: Path) -> TraceSpec:
    """Return the specification of a trace from its file and its columns alone."""
    columns = {key: trace[key] for key in ("time", "bytes") if isinstance(trace.get(key), str)}
    file = trace["file"]
    assert isinstance(file, str | Path), "it is of a trace that names one"
    return TraceFile(file=base / file, **columns).spec()
