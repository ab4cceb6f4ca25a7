"""Which value each parameter has and where it comes from: provenance, so that nothing is hidden."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pydantic import BaseModel

from efssim.scenario import Scenario
from efssim.scenario.distributions import Distribution
from efssim.scenario.document import Path, format_path
from efssim.scenario.presets import SYNC_PRESETS
from efssim.scenario.quantities import format_byte_rate, format_duration
from efssim.scenario.schema import Rpo, Sync

_FORMAT: dict[str, Callable[[float], str]] = {
    "interval": format_duration,
    "gap": format_duration,
    "setup": format_duration,
    "backoff": format_duration,
    "backoff_max": format_duration,
    "throughput": format_byte_rate,
    "diff_rate": format_byte_rate,
    "file_rate": lambda value: f"{value:,.0f} files/s",
    "scan_rate": lambda value: f"{value:,.0f} files/s",
    "failure_probability": lambda value: f"{100 * value:g} %",
}


class Parameter(NamedTuple):
    """One resolved value of a scenario."""

    path: str
    value: str
    provenance: str
    why: str


def assumed_parameters(scenario: Scenario, replication: str) -> list[tuple[str, str]]:
    """Return name and value of the assumed parameters that a run of this replication uses."""
    spec = scenario.replications[replication]
    files = scenario.file_systems[spec.source].files
    unused = {"diff_rate"} | ({"scan_rate"} if not files else set())
    if not spec.sync.number("failure_probability"):
        unused |= {"backoff", "backoff_max"}
    return [
        (key, format_preset(key, value.value))
        for key, value in SYNC_PRESETS[spec.sync.preset].items()
        if getattr(spec.sync, key) is None and value.provenance == "assumed" and key not in unused
    ]


def format_preset(key: str, value: float) -> str:
    """Return a sync parameter for people."""
    return "no limit" if math.isinf(value) else _FORMAT[key](value)


def resolved(scenario: Scenario) -> list[Parameter]:
    """Return every value of a scenario with its provenance, in the order of the grammar."""
    return list(_walk(scenario, ()))


def _walk(model: BaseModel, path: Path) -> Iterator[Parameter]:
    for key in type(model).model_fields:
        value = getattr(model, key)
        here = (*path, key)
        written = key in model.model_fields_set
        if isinstance(model, Sync) and value is None:
            preset = model.preset_value(key)
            text = format_preset(key, preset.value)
            yield Parameter(format_path(here), text, preset.provenance, preset.why)
        elif isinstance(value, dict):
            for name, part in value.items():
                yield from _walk(part, (*here, name))
        elif isinstance(value, BaseModel) and not isinstance(value, Distribution):
            yield from _walk(value, here)
        elif value is not None:
            yield Parameter(format_path(here), *_plain(model, key, written))


def _plain(model: BaseModel, key: str, written: bool) -> tuple[str, str, str]:
    text = model.model_dump_json(include={key}, exclude_none=True)
    shown = text.removeprefix(f'{{"{key}":').removesuffix("}")
    documented = isinstance(model, Rpo) and key == "target"
    why = 'EFS User Guide: "an RPO of 15 minutes for most file systems"' if documented else ""
    provenance = "documented" if documented else "default"
    return (shown, "scenario", "") if written else (shown, provenance, why)
