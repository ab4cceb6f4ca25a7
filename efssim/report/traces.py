"""What trace files lack: gaps, duplicates, rows off the grid or outside the run."""

from __future__ import annotations

from efssim.scenario import Scenario


def trace_findings(scenario: Scenario) -> dict[str, list[str]]:
    """Return, for each stream with a trace, a sentence for each finding."""
    return {
        f"{name}.{stream}": writes.trace.read(scenario).report.lines()
        for name, file_system in scenario.file_systems.items()
        for stream, writes in file_system.writes.items()
        if writes.trace is not None
    }
