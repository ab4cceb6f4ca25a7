"""Tell a run that hangs from one that was asked for much."""

from __future__ import annotations

from pathlib import Path

from benchmarks.fuzz import apart
from benchmarks.fuzz.case import Case, Ended

WORK = 30_000
"""Expected events of a run above which it may take more than the limit of time: a sync with its
records takes some 0.1 ms, on a busy machine as well."""
_RUNS = ("run", "drill", "alarms", "export", "sweep", "plan", "choose")


def is_large(ended: Ended) -> bool:
    """Return whether a case took more time or memory than the limits allow."""
    is_full = "out of memory" in ended.err or "MemoryError" in ended.err
    return is_full or ended.code in apart.HUNG or ended.peak_bytes > apart.MEMORY_BYTES


def is_work(case: Case, place: Path) -> bool:
    """Return whether a case that did not end has so much to do, by its own scenario."""
    if case.arguments[0] not in _RUNS:
        return False
    return next(apart.run([case], place, _exceeds)).code == 10


def _exceeds(case: Case) -> int:
    """Return 10 where a run of the scenario has more to do than the limit of time allows."""
    from efssim.cli.scenario_file import Source
    from efssim.scenario.amounts.effort import _counts
    from efssim.scenario.amounts.volume import expected_volume

    words = case.arguments
    sets = tuple(words[k + 1] for k, word in enumerate(words) if word == "--set")
    scenario = Source(next(w for w in words if w in ("s.yaml", "-"))).load(sets)
    trials = next((int(words[k + 1]) for k, word in enumerate(words) if word == "-n"), 1)
    events = sum(expected for _, expected, _ in _counts(scenario))
    writes = expected_volume(scenario).writes
    return 10 if trials * (events + writes / 10) > WORK else 0
