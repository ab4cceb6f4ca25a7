"""Checks between the parts of a scenario: references, Regions, traces, times.

They read what was written, not what was validated, and stay silent about values that are
malformed: those have their own problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from efssim.scenario import regions
from efssim.scenario.document import suggest
from efssim.scenario.quantities import parse_count, parse_datetime, parse_duration
from efssim.scenario.trace import TraceErrors, TraceSpec, read_trace

DEFAULT_START = datetime(2026, 1, 1, tzinfo=UTC)

Found = tuple[tuple[str | int, ...], str]
"""A path and what is wrong there."""


def cross_problems(raw: Mapping[str, Any], base: Path) -> list[Found]:
    """Return every problem between the parts of a scenario; traces are relative to `base`."""
    checks = (_region_problems, _source_problems, _partition_problems, _time_problems)
    found = [problem for check in checks for problem in check(raw)]
    return found + list(_trace_problems(raw, base))


def _section(raw: Mapping[str, Any], key: str) -> dict[str, Mapping[str, Any]]:
    section = raw.get(key)
    if not isinstance(section, Mapping):
        return {}
    return {name: part for name, part in section.items() if isinstance(part, Mapping)}


def _placed(raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, part in _section(raw, "file_systems").items():
        if isinstance(part.get("region"), str):
            yield ("file_systems", name, "region"), part["region"]
    for name, part in _section(raw, "replications").items():
        destination = part.get("destination")
        if isinstance(destination, Mapping) and isinstance(destination.get("region"), str):
            yield ("replications", name, "destination", "region"), destination["region"]


def _custom_regions(raw: Mapping[str, Any]) -> list[str]:
    return [name for name, part in _section(raw, "regions").items() if part.get("custom") is True]


def _region_problems(raw: Mapping[str, Any]) -> Iterator[Found]:
    custom = _custom_regions(raw)
    known = [*regions.KNOWN, *custom]
    for path, region in _placed(raw):
        if region not in known:
            yield path, f"unknown Region '{region}'{suggest(region, known)}"
    for name in _section(raw, "regions"):
        if name not in known:
            hint = suggest(name, known) or "; `custom: true` declares a Region that AWS lacks"
            yield ("regions", name), f"unknown Region '{name}'{hint}"
        elif name in custom and name in regions.KNOWN:
            yield ("regions", name, "custom"), f"'{name}' is a Region of AWS, not a custom one"


def _source_problems(raw: Mapping[str, Any]) -> Iterator[Found]:
    section = raw.get("file_systems")
    names = list(section) if isinstance(section, Mapping) else []
    used: dict[str, str] = {}
    for name, part in _section(raw, "replications").items():
        source = part.get("source")
        if not isinstance(source, str):
            continue
        if source not in names:
            yield ("replications", name, "source"), _dangling(source, names)
        elif source in used:
            yield (
                ("replications", name, "source"),
                f"file system '{source}' is the source of replication '{used[source]}' already;"
                " a file system can be part of only one replication configuration",
            )
        used.setdefault(source, name)


def _dangling(source: str, names: list[str]) -> str:
    return f"no file system is named '{source}'{suggest(source, names)}"


def _partition_problems(raw: Mapping[str, Any]) -> Iterator[Found]:
    sources = {path[1]: region for path, region in _placed(raw) if path[0] == "file_systems"}
    for path, region in _placed(raw):
        source = sources.get(str(_section(raw, path[0])[path[1]].get("source")))
        # Custom Regions are in no partition, and unknown ones have their own problem.
        if path[0] != "replications" or not {source, region} <= set(regions.KNOWN):
            continue
        if regions.partition(str(source)) != regions.partition(region):
            yield path, f"Region '{region}' is in another partition than the source's '{source}'"


def _time_problems(raw: Mapping[str, Any]) -> Iterator[Found]:
    duration = _parsed(parse_duration, raw.get("duration"))
    warm_up = _parsed(parse_duration, raw.get("warm_up"))
    start = _parsed(parse_datetime, raw.get("start", DEFAULT_START))
    if start is not None and duration is not None and not _in_calendar(start, duration):
        yield ("duration",), "ends after the year 9999"
    if duration is not None and warm_up is not None and warm_up >= duration > 0:
        yield ("warm_up",), "is not shorter than duration, so nothing would be measured"


def _in_calendar(start: datetime, duration_s: float) -> bool:
    try:
        start + timedelta(seconds=duration_s)
    except OverflowError:
        return False
    return True


def _trace_problems(raw: Mapping[str, Any], base: Path) -> Iterator[Found]:
    start = _parsed(parse_datetime, raw.get("start", DEFAULT_START))
    duration = _parsed(parse_duration, raw.get("duration"))
    if start is None or duration is None or not _in_calendar(start, duration):
        return
    for name, part in _section(raw, "file_systems").items():
        for stream, written in _section(part, "writes").items():
            path = ("file_systems", name, "writes", stream, "trace")
            spec = _trace_spec(written.get("trace"), base)
            if spec is not None:
                yield from _unreadable(path, spec, start, duration)


def _unreadable(
    path: tuple[str, ...], spec: TraceSpec, start: datetime, duration_s: float
) -> Iterator[Found]:
    try:
        read_trace(spec, start, duration_s)
    except TraceErrors as failure:
        for error in failure.errors:
            where = f"{error.file}:{error.line}: " if error.line is not None else ""
            yield (*path, "file"), where + error.message


def _trace_spec(raw: object, base: Path) -> TraceSpec | None:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("file"), str | Path):
        return None
    return TraceSpec(
        file=base / raw["file"],
        time=str(raw.get("time", "timestamp")),
        bytes=str(raw.get("bytes", "value")),
        period_s=_parsed(parse_duration, raw.get("period")),
        writes_per_row=_parsed(parse_count, raw.get("writes_per_row", 60)) or 60,
        align_start=raw.get("align") == "start",
        repeat=raw.get("repeat") is True,
        length_s=_parsed(parse_duration, raw.get("length")),
    )


T = TypeVar("T")


def _parsed(parse: Callable[[object], T], value: object) -> T | None:
    try:
        return None if value is None else parse(value)
    except ValueError:
        return None
