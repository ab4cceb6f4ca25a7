"""The state of a simulation in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from efssim.model.world.live import LiveState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STATUSES = ("ENABLED", "ENABLING", "DELETING", "ERROR", "PAUSED", "PAUSING", "DELETED")
"""Values of the status: those of EFS, and one for a configuration that is gone."""


def metrics_text(state: LiveState, now: datetime, elapsed_s: float) -> str:
    """Return the metrics at an instant; one that is undefined has no line."""
    return "".join(f"{line}\n" for line in _lines(state, now, elapsed_s))


def _lines(state: LiveState, now: datetime, elapsed_s: float) -> Iterator[str]:
    yield from _about("efssim_simulated_time_seconds", "Simulated time, in seconds since 1970 UTC.")
    yield f"efssim_simulated_time_seconds {now.timestamp():.3f}"
    yield from _about("efssim_simulated_elapsed_seconds", "Seconds since the scenario's start.")
    yield f"efssim_simulated_elapsed_seconds {elapsed_s:.3f}"
    parts = {
        _labels(name, part.source, part.destination): part
        for name, part in state.replications.items()
    }
    yield from _about(
        "efssim_replication_age_seconds", "Simulated time minus LastReplicatedTimestamp."
    )
    for labels, part in parts.items():
        if part.age_s is not None:
            yield f"efssim_replication_age_seconds{{{labels}}} {part.age_s:.3f}"
    yield from _about(
        "efssim_replication_pending_bytes", "Bytes written to the source and not replicated."
    )
    for labels, part in parts.items():
        if part.pending_bytes is not None:
            yield f"efssim_replication_pending_bytes{{{labels}}} {part.pending_bytes}"
    yield from _about("efssim_replication_status", "1 for the present status, 0 for the others.")
    for labels, part in parts.items():
        for status in STATUSES:
            value = int(part.status == status)
            yield f'efssim_replication_status{{{labels},status="{status}"}} {value}'


def _about(name: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"


def _labels(name: str, source: str, destination: str) -> str:
    named = {"replication": name, "source": source, "destination": destination}
    return ",".join(f'{key}="{_escaped(text)}"' for key, text in named.items())


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
