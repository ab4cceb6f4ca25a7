"""The traces of a scenario: how good each is for the run."""

from __future__ import annotations

from efssim.scenario.schema import ScenarioKeys
from efssim.text.yaml.paths import format_path
from efssim.traces.quality import TraceQuality


def stream_path(file_system: str, stream: str) -> str:
    """Return the path of a stream, as a scenario has it."""
    return format_path(("file_systems", file_system, "writes", stream))


def trace_qualities(scenario: ScenarioKeys) -> dict[str, TraceQuality]:
    """Return the quality of each trace by the path of its stream.

    Raise TraceErrors if a file changed since the scenario was validated.
    """
    return {
        stream_path(name, stream): writes.trace.read(scenario.start, scenario.duration).quality
        for name, file_system in scenario.file_systems.items()
        for stream, writes in file_system.writes.items()
        if writes.trace is not None
    }
