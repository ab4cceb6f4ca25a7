"""The mean duration of syncs by phase, as one sentence of every report."""

from __future__ import annotations

from efssim.runs.outcome import Outcome
from efssim.text.quantities import format_duration

_WORDS = {
    "setup_s": "setup",
    "inventory_s": "inventory",
    "diff_s": "comparing large files",
    "transfer_s": "transfer",
    "repeated_s": "failed attempts and the waits after them",
}


_LEAST_S = 1e-3
"""Seconds below which a phase is not worth a word."""


def sync_time_text(outcome: Outcome) -> str:
    """Return how long each phase of the syncs completed in the window took on average.

    Nothing where no sync was kept, or none completed.
    """
    if not outcome.syncs.keep:
        return ""
    took = [
        f"{_WORDS[name]} {format_duration(mean_s)}"
        for name, mean_s in outcome.phase_means_s.items()
        if mean_s >= _LEAST_S
    ]
    return f"Time of a sync on average: {', '.join(took)}." if took else ""
