"""Durations of the phases of completed syncs, from the records of their run.

A sync that nothing disturbed follows from its draws, which are addressed by its ordinal, and from
its scan and comparison: nothing of it is kept. Of the others, few, the run kept the phases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from efssim.model.kernel.draws import Draws, Form, UnitUniform
from efssim.records.columns import Columns, Floats
from efssim.records.run_records import COMPARED_COLUMNS, Phases
from efssim.scenario.schema import Sync

PHASES = Phases._fields


@dataclass(frozen=True)
class PhaseRecords:
    """Inputs of the phases of the syncs of one replication."""

    name: str = ""
    """Of the replication, on which its draws hang."""
    seed: int = 0
    trial: int = 0
    latency_s: float = 0.0
    """Of its link."""
    compared: Columns = field(default_factory=lambda: Columns(COMPARED_COLUMNS))
    disturbed: Mapping[float, Phases] = field(default_factory=dict)


def phases_of(
    syncs: Columns, sync: Sync, abandoned_s: Sequence[float], kept: PhaseRecords
) -> dict[str, Floats]:
    """Return a column of seconds, shape (syncs,), for each phase; they add up to the durations.

    `abandoned_s` are the cuts of the syncs that were abandoned, which have ordinals as well.
    """
    cut_s, total_s = syncs.floats("cut_s"), syncs.floats("completed_s") - syncs.floats("cut_s")
    ordinals = np.arange(len(cut_s)) + np.searchsorted(np.sort(abandoned_s), cut_s, "left")
    busy = (syncs.ints("writes") > 0) | (syncs.ints("bytes") > 0) | (syncs.ints("files") > 0)
    inventory_s = np.where(busy, syncs.floats("source_files") / sync.number("scan_rate"), 0.0)
    compared = kept.compared.floats("large_file_bytes")
    diff_s = np.where(busy, compared / sync.number("diff_rate"), 0.0)
    drawn = _Drawn(kept, sync, ordinals)
    scanned_s = inventory_s + diff_s
    setup_s, transfer_s = drawn.succeeding(syncs.ints("attempts"), scanned_s, total_s)
    repeated_s = total_s - (setup_s + scanned_s + transfer_s)
    repeated_s[syncs.ints("attempts") == 1] = 0.0
    columns = dict(zip(PHASES, (setup_s, inventory_s, diff_s, transfer_s, repeated_s), strict=True))
    for row, phases in _disturbed(cut_s, kept.disturbed):
        for name, seconds in zip(PHASES, phases, strict=True):
            columns[name][row] = seconds
    return columns


def _disturbed(cut_s: Floats, disturbed: Mapping[float, Phases]) -> Iterator[tuple[int, Phases]]:
    """Yield row and phases of each sync for which the run kept them."""
    cuts = np.array(list(disturbed), dtype=np.float64)
    rows = np.searchsorted(cut_s, cuts, "left")
    for row, at_s, phases in zip(rows.tolist(), cuts.tolist(), disturbed.values(), strict=True):
        if row < len(cut_s) and cut_s[row] == at_s:
            yield row, phases


class _Drawn:
    """The draws of syncs by their ordinals, an attempt at a time."""

    def __init__(self, kept: PhaseRecords, sync: Sync, ordinals: np.ndarray) -> None:
        self._draws, self._ordinals = Draws(kept.seed, kept.trial), ordinals
        self._path, self._latency_s = f"replications.{kept.name}.sync", kept.latency_s
        self._sync, self._p = sync, sync.number("failure_probability")

    def succeeding(
        self, attempts: np.ndarray, scanned_s: Floats, total_s: Floats
    ) -> tuple[Floats, Floats]:
        """Return setup and transfer of the attempt that succeeds, shapes (syncs,).

        A failed attempt stops after a share of its duration, and waits then. So the total is linear
        in the transfer: setup + scanned + transfer + sum of share (setup' + scanned + transfer) +
        wait over failed attempts, which gives the transfer.
        """
        setup_s, shares, others_s = self._setup(0), np.ones(len(total_s)), np.zeros(len(total_s))
        for attempt in range(1, int(attempts.max(initial=1))):
            failed = attempts > attempt
            share = self._of("failure", attempt - 1, UnitUniform()) / (self._p or 1.0)
            wait_s = np.ldexp(
                self._of("backoff", attempt - 1, self._sync.draw("backoff")), min(attempt - 1, 64)
            )
            wait_s = np.minimum(wait_s, self._sync.number("backoff_max"))
            shares += np.where(failed, share, 0.0)
            others_s += np.where(failed, share * setup_s + wait_s, 0.0)
            setup_s = np.where(failed, self._setup(attempt), setup_s)
        transfer_s = (total_s - others_s - setup_s) / shares - scanned_s
        # The digits of a float that are left in the difference of large and nearly equal times.
        return np.minimum(setup_s, total_s), transfer_s.clip(min=0.0)

    def _setup(self, attempt: int) -> Floats:
        return self._of("setup", attempt, self._sync.draw("setup")) + self._latency_s

    def _of(self, what: str, attempt: int, form: Form) -> Floats:
        if not len(self._ordinals):
            return np.zeros(0)
        last = int(self._ordinals[-1])
        drawn = self._draws.of(f"{self._path}.{what}.{attempt}", form).take(0, last + 1)
        found: Floats = drawn[self._ordinals]
        return found
