"""The section `alarms` of a scenario: alarms by name, and those of a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

from efssim.scenario.alarms.alarm import MetricAlarm
from efssim.scenario.alarms.described import described_alarms
from efssim.scenario.alarms.names import renamed
from efssim.scenario.grammar.distributions import beside_scenario
from efssim.text.written import Written

_FILE, _IDS = "file", "ids"


def _alarms(written: Any, info: ValidationInfo) -> Any:
    """Return alarms by name: those of `file`, then those written, which may change the former."""
    if not isinstance(written, Mapping):
        return written
    found: dict[str, object] = dict(_of_file(written, info))
    for name, part in written.items():
        if name == _FILE and isinstance(part, str | Path):
            continue
        if name == _IDS and _FILE in written:
            continue
        before = found.get(name)
        found[name] = part
        if isinstance(before, Mapping) and isinstance(part, Mapping):
            found[name] = {**before, **renamed(part)}
    return found


def _of_file(written: Written, info: ValidationInfo) -> dict[str, Written]:
    """Return the alarms of the file that is named, if one is."""
    file, ids = written.get(_FILE), written.get(_IDS)
    if not isinstance(file, str | Path):
        return {}
    if ids is not None and not isinstance(ids, Mapping):
        raise ValueError("ids: must be a mapping of ids to names of file systems")
    names = {str(key): str(value) for key, value in (ids or {}).items()}
    return dict(described_alarms(beside_scenario(Path(file), info), names))


Alarms = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=255)], MetricAlarm],
    BeforeValidator(_alarms),
    Field(
        json_schema_extra={
            "properties": {
                _FILE: {
                    "type": "string",
                    "description": "A file that `aws cloudwatch describe-alarms` printed.",
                },
                _IDS: {
                    "type": "object",
                    "description": "Names of file systems by the ids that the file has.",
                    "additionalProperties": {"type": "string"},
                },
            }
        }
    ),
]
"""Alarms by name."""
