"""Which parameters of a run were assumed."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.runs.outcome import OutcomeRecords
from efssim.scenario import Scenario
from efssim.scenario.grammar.timing import Tuned
from efssim.scenario.schema import FileSystem
from efssim.scenario.shown.provenance import format_preset
from efssim.text.quantities import format_duration

_DELAYS = {
    "enabling": "ENABLING",
    "pausing": "PAUSING",
    "resuming": "PAUSED",
    "deleting": "DELETING",
}
"""Delays of the control plane, each with the status in which it is waited for."""


def assumed_parameters(scenario: Scenario, outcome: OutcomeRecords) -> list[tuple[str, str]]:
    """Return name and value of the assumed parameters that the run of a replication used."""
    unused = _unused_by_sync(scenario, outcome)
    used = {key for key, status in _DELAYS.items() if _was(outcome, status)}
    return [
        *((key, text) for key, text in _assumed(outcome.sync) if key not in unused),
        *((key, text) for key, text in _assumed(outcome.control) if key in used),
        *_assumed_of_throttle(scenario.file_systems.get(outcome.source)),
        *_assumed_of_file_systems(scenario),
    ]


def assumed_of_sync(sync: Tuned) -> str:
    """Return the assumed parameters of syncs that were not set, with their values."""
    return ", ".join(f"{key} {text}" for key, text in _assumed(sync))


def _was(outcome: OutcomeRecords, status: str) -> bool:
    return any(change.after == status for change in outcome.statuses)


def _assumed(part: Tuned) -> Iterator[tuple[str, str]]:
    """Yield name and value of the assumed parameters that were not set."""
    for key, preset in part.presets[part.preset].items():
        if getattr(part, key) is None and preset.provenance == "assumed":
            yield key, format_preset(key, preset.value)


def _unused_by_sync(scenario: Scenario, outcome: OutcomeRecords) -> set[str]:
    source = scenario.file_systems.get(outcome.source)  # None: a call made it, and it is empty
    unused = set() if source is not None and _has_files(source) else {"scan_rate"}
    if source is None or not any(stream.in_file for stream in source.writes.values()):
        unused.add("diff_rate")
    if not outcome.sync.number("failure_probability"):
        unused |= {"backoff", "backoff_max"}
    return unused


def _has_files(source: FileSystem) -> bool:
    """Return whether a file system ever has a file to scan."""
    return source.files > 0 or any(stream.new_files for stream in source.writes.values())


def _assumed_of_throttle(source: FileSystem | None) -> Iterator[tuple[str, str]]:
    """Yield the assumptions about the throughput of a throttled source."""
    if source is None or not source.throttle or source.throughput_mode == "elastic":
        return
    if "standard_share" not in source.model_fields_set:
        yield "standard_share", "100 %"
    if source.burst_credits is None and source.throughput_mode == "bursting":
        yield "burst_credits", "full"


def _assumed_of_file_systems(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the times of file systems that are created or deleted by a call of the scenario."""
    times = scenario.defaults.file_system
    for key, call in (("creating", "CreateFileSystem"), ("deleting", "DeleteFileSystem")):
        if key not in times.model_fields_set and call in _calls(scenario):
            yield f"file_system.{key}", format_duration(getattr(times, key))


def _calls(scenario: Scenario) -> set[str]:
    return {event.call for event in scenario.events if event.call is not None}
