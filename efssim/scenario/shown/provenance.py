"""Value and provenance of every parameter, so that nothing is hidden."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pydantic import BaseModel

from efssim.scenario.grammar.calendars.rates import RateCalendar
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.events import Disturbance
from efssim.scenario.grammar.network import Quotas
from efssim.scenario.grammar.presets import FILE_SYSTEM_TIMES, OVERHEAD
from efssim.scenario.grammar.timing import Tuned
from efssim.scenario.grammar.undocumented import CHOICES
from efssim.scenario.schema import (
    Defaults,
    Destination,
    FileSystem,
    FileSystemDefaults,
    Limits,
    Replication,
    Rpo,
    ScenarioKeys,
    WriteStream,
)
from efssim.scenario.unknowns.parameters import UncertainParameter, uncertain_parameters
from efssim.scenario.workload.throttling import THROTTLE_KEYS
from efssim.text.quantities import format_byte_rate, format_duration, format_size
from efssim.text.written import as_written
from efssim.text.yaml.paths import Path, format_path

_FORMAT: dict[str, Callable[[float], str]] = {
    "throughput": format_byte_rate,
    "diff_rate": format_byte_rate,
    "file_rate": lambda value: f"{value:,.0f} files/s",
    "scan_rate": lambda value: f"{value:,.0f} files/s",
    "failure_probability": lambda value: f"{100 * value:g} %",
}
"""How to write the parameters that are no durations."""


_OF_FLEETS = ("count", "items", "each")
"""Keys that nothing but a fleet has, so that the others need not say that they have none."""


_OF_THROTTLES = ("throttle", *THROTTLE_KEYS)
"""Keys of file systems, of which those that do not throttle need not say anything."""


class Parameter(NamedTuple):
    """One resolved value of a scenario."""

    path: str
    value: str
    provenance: str
    why: str


def format_preset(key: str, value: float) -> str:
    """Return a parameter of a preset for people."""
    return "no limit" if math.isinf(value) else _FORMAT.get(key, format_duration)(value)


def resolved(scenario: ScenarioKeys) -> list[Parameter]:
    """Return every value of a scenario with its provenance, in the order of the grammar."""
    measured = dict(_measured(scenario.once))
    unknown = {each.path: each for each in uncertain_parameters(scenario)}
    return [
        _with_range(_with_interval(found, measured.get(found.path)), unknown.get(found.path))
        for found in _by_item(_walk(scenario.once, ()), scenario)
    ]


def _by_item(found: Iterator[Parameter], scenario: ScenarioKeys) -> Iterator[Parameter]:
    """Yield parameters, those of which each item of a fleet has its own as they are drawn."""
    drawn = {
        (fleet.section, fleet.name, *place): f"each {json.dumps(as_written(written), default=str)}"
        for fleet in scenario.fleets
        for place, written in fleet.each
    }
    texts = {format_path(path): text for path, text in drawn.items()}
    fleets = [fleet.name for fleet in scenario.fleets if fleet.section == "replications"]
    phases = {format_path(("replications", name, "sync", "phase")) for name in fleets}
    told = set()
    for each in found:
        path = next((one for one in texts if _is_at(each.path, one)), None)
        if path is not None:
            if path not in told:
                yield Parameter(path, texts[path], "scenario", "drawn once for each item")
            told.add(path)
        elif each.path in phases and each.provenance == "default":
            yield each._replace(value="each uniform within the interval", why="drawn by name")
        else:
            yield each


def _is_at(path: str, place: str) -> bool:
    """Return whether a path is a place, or is below it."""
    return path == place or path.startswith(f"{place}.")


def _with_interval(found: Parameter, why: str | None) -> Parameter:
    """Return a value as measured where an interval was."""
    return found if why is None else found._replace(provenance="measured", why=why)


def _measured(scenario: ScenarioKeys) -> Iterator[tuple[str, str]]:
    """Yield path and reason of the parameters that have a measured value."""
    for name, replication in scenario.replications.items():
        measured = replication.measured
        for key, interval in () if measured is None else measured.intervals():
            if measured is not None and measured.holds(key, replication.sync):
                ends = f"{format_preset(key, interval.low)} to {format_preset(key, interval.high)}"
                origin = f"; {measured.source}" if measured.source else ""
                by_calendar = isinstance(getattr(replication.sync, key), RateCalendar)
                place = ("replications", name, "sync", key, *(("base",) * by_calendar))
                yield format_path(place), f"95 % interval {ends}{origin}"


def _with_range(found: Parameter, unknown: UncertainParameter | None) -> Parameter:
    """Return a value with what it may be where it is not known."""
    if unknown is None:
        return found
    source = f" ({unknown.source})" if unknown.source else ""
    parts = [found.why, f"may be {unknown.shown}{source}"]
    return found._replace(why="; ".join(part for part in parts if part))


def _walk(model: BaseModel, path: Path) -> Iterator[Parameter]:
    for name, field in type(model).model_fields.items():
        key = field.alias or name
        if not isinstance(model, Disturbance) or model.takes(key):
            yield from _values(model, name, (*path, key))


def _values(model: BaseModel, name: str, path: Path) -> Iterator[Parameter]:
    value = getattr(model, name)
    if name in _OF_FLEETS and not value:
        return
    if isinstance(model, Replication) and name == "measured":
        return  # it is the provenance of others
    if isinstance(value, Limits):
        return  # of the file, and of no part of what is simulated
    if isinstance(model, FileSystem | Destination) and name in _OF_THROTTLES:
        if not model.throttle:
            return
        if name == "standard_share" and name not in model.model_fields_set:
            yield Parameter(format_path(path), "100 %", "assumed", "nothing is tiered")
            return
    if isinstance(model, Tuned) and value is None:
        preset = model.preset_value(name)
        text = format_preset(name, preset.value)
        yield Parameter(format_path(path), text, preset.provenance, preset.why)
    elif value is None and (found := _of_others(model, name)) is not None:
        yield Parameter(format_path(path), *found)
    elif isinstance(model, Defaults) and name == "undocumented":
        yield from _choices(model, path)
    elif isinstance(value, BaseModel) and not isinstance(value, Distribution):
        yield from _walk(value, path)
    elif (parts := _parts(value)) is not None:
        for key, part in parts:
            yield from _walk(part, (*path, key))
    elif value is not None:
        yield Parameter(format_path(path), *_plain(model, name, str(path[-1])))


def _of_others(model: BaseModel, name: str) -> tuple[str, str, str] | None:
    """Return value, provenance and reason of a key that follows from other keys unless set."""
    if isinstance(model, Replication) and name == "overhead":
        found = OVERHEAD[model.sync.preset]
        return format_size(found.value), found.provenance, found.why
    if isinstance(model, WriteStream) and name == "new_bytes":
        return f"{100 * model.adds_bytes:g} %", "default", ""
    if isinstance(model, FileSystem | Destination) and name == "burst_credits":
        return "full", "assumed", "documented of a new file system"
    return None


def _parts(value: object) -> list[tuple[str | int, BaseModel]] | None:
    """Return the named or numbered models of a section, None for a plain value."""
    if not isinstance(value, dict | tuple):
        return None
    parts = list(value.items() if isinstance(value, dict) else enumerate(value))
    return parts if all(isinstance(part, BaseModel) for _, part in parts) else None


def _choices(defaults: Defaults, path: Path) -> Iterator[Parameter]:
    for name, choice in CHOICES.items():
        written = name in defaults.undocumented
        provenance = "documented" if choice.grade == "A" else "assumed"
        yield Parameter(
            format_path((*path, name)),
            defaults.choice(name),
            *(("scenario", "") if written else (provenance, choice.why)),
        )


def _plain(model: BaseModel, name: str, key: str) -> tuple[str, str, str]:
    text = model.model_dump_json(include={name}, by_alias=True, exclude_none=True)
    shown = text.removeprefix(f'{{"{key}":').removesuffix("}")
    if name in model.model_fields_set:
        return shown, "scenario", ""
    return shown, *_default(model, name)


def _default(model: BaseModel, name: str) -> tuple[str, str]:
    """Return provenance and reason of a default."""
    if isinstance(model, Rpo) and name == "target":
        return "documented", 'EFS User Guide: "an RPO of 15 minutes for most file systems"'
    if isinstance(model, Quotas):
        return "documented", "EFS quotas; AWS raises it on request"
    if isinstance(model, FileSystemDefaults):
        return FILE_SYSTEM_TIMES[name].provenance, FILE_SYSTEM_TIMES[name].why
    return "default", ""
