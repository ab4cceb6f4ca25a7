"""The facts of a manifest that the checklist asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from efssim.json_values import JsonValue
from efssim.text.quantities import format_duration
from efssim.text.yaml.paths import parse_path

_LONG = 100
"""Characters of a value that are shown."""
_KINDS = {
    "plan.json": "a plan: the value of a parameter with which the objective is met",
    "runway.json": "a runway: the month in which the objective is first missed",
    "sweep.json": "a sweep: runs at combinations of values of parameters",
    "comparison.json": "a comparison of scenarios by their trials",
    "choice.json": "a choice of the best of several scenarios",
    "drills.json": "drills: a disaster, and the runbook that answers it",
    "alarms.json": "an evaluation of alarms on simulated metrics",
    "calibration.json": "a fit of a replication's timing to its metrics",
    "traces.json": "a profile of measurements, without a simulation",
    "TimeSinceLastSync.json": "a run whose metrics are exported",
}
"""Kinds of study by the file that only they have."""


@dataclass(slots=True)
class _Part:
    """A part of a scenario: its value, if it has one, and the parts below it."""

    value: str = ""
    parts: dict[str, _Part] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShownParameter:
    """A parameter as a line of the checklist."""

    path: str
    value: str
    provenance: str
    why: str


class ManifestFacts:
    """The facts of a manifest, and the files beside it."""

    def __init__(self, manifest: Mapping[str, JsonValue], files: Sequence[str]) -> None:
        """Take a manifest and the names of the files of the result."""
        self.manifest, self.files = manifest, files

    def text(self, key: str) -> str:
        """Return an entry of the manifest as a text; nothing without one."""
        value = self.manifest.get(key)
        return "" if value is None else str(value)

    @property
    def kind(self) -> str:
        """The kind of study."""
        for name, kind in _KINDS.items():
            if name in self.files:
                return kind
        if "sets" in self.manifest:
            return "trials at sets of values of the parameters that are not known"
        return "trials of a scenario" if "trials" in self.manifest else "a single run of a scenario"

    @property
    def names(self) -> list[str]:
        """The names of the scenarios; none where nothing is simulated."""
        several = self.manifest.get("scenarios")
        if isinstance(several, list | tuple):
            return [str(name) for name in several]
        written = self.manifest.get("scenario")
        if isinstance(written, Mapping):
            return [str(written.get("name"))]
        return [] if written is None else [str(written)]

    @property
    def description(self) -> str:
        """The description of the scenario; nothing where there is none."""
        written = self.manifest.get("scenario")
        return str(written.get("description", "")) if isinstance(written, Mapping) else ""

    @cached_property
    def parameters(self) -> list[ShownParameter]:
        """The parameters with their provenance; none where the manifest has none."""
        listed = self.manifest.get("parameters")
        return [_parameter(one) for one in listed] if isinstance(listed, list | tuple) else []

    @cached_property
    def _tree(self) -> _Part:
        """The parameters by the parts of their paths; of fleets there are many."""
        whole = _Part()
        for one in self.parameters:
            part = whole
            for name in parse_path(one.path):
                part = part.parts.setdefault(str(name), _Part())
            part.value = one.value
        return whole

    def _at(self, path: Sequence[str]) -> _Part:
        """Return a part; an empty one where there is none."""
        part = self._tree
        for name in path:
            part = part.parts.get(name) or _Part()
        return part

    def value(self, *path: str) -> str:
        """Return the value of a parameter, as it is shown; nothing where there is none."""
        return self._at(path).value.strip('"')

    def duration(self, *path: str) -> str:
        """Return the value of a duration in words; nothing where there is none."""
        value = self.value(*path)
        return format_duration(float(value)) if value else ""

    def below(self, *path: str) -> list[str]:
        """Return the names right below a path, in their order."""
        return list(self._at(path).parts)

    def traces(self) -> dict[str, list[str]]:
        """Return the findings on traces, by the path of the stream."""
        found = self.manifest.get("traces")
        if not isinstance(found, Mapping):
            return {}
        return {
            path: [str(one) for one in said] if isinstance(said, list | tuple) else []
            for path, said in found.items()
        }


def _parameter(one: JsonValue) -> ShownParameter:
    assert isinstance(one, Mapping), one  # as `parameters` of the manifest writes them
    path, value = str(one["path"]), " ".join(str(one["value"]).split())
    if path.endswith(".file") or '"file"' in value:
        value = "a file"  # where it lies is no part of the study
    if len(value) > _LONG:
        value = f"{value[: _LONG - 1]}…"
    return ShownParameter(path, value, str(one["provenance"]), str(one["why"]))
