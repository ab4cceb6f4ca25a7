"""The cause of the violations of a month: the largest term of the syncs that overlap them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from efssim.lag.age.rpo import Violation
from efssim.runs.measured import MeasuredWorld
from efssim.runs.outcome import Outcome
from efssim.scenario import Scenario
from efssim.scenario.amounts.volume import steps_of
from efssim.scenario.grammar.calendars.rates import RateCalendar, rate_at
from efssim.scenario.schema import WriteStream
from efssim.scenario.shown.trace_use import stream_path
from efssim.scenario.workload.processes.batch import Batch
from efssim.study.planning.evaluation import Evaluation
from efssim.study.run.deadline import Deadline, checking
from efssim.study.trial.paced import advance

Floats = NDArray[np.float64]

Term = Literal["setup", "inventory", "diff", "bytes", "files", "link", "failures", "disturbance"]

_MOST_OF = 0.5
"""Share of the bytes of those syncs above which the batch that wrote them is named."""


@dataclass(frozen=True, slots=True)
class MissCause:
    """The terms of the syncs that overlap the violations of a trial, and the largest of them."""

    replication: str
    month: int
    seed: int
    trial: int
    """The trial of that month with most time above the target."""
    term: Term | None
    """The largest of `seconds`; None: there is no sync, as there is no recovery point."""
    share: float
    """Of the term in all of them."""
    seconds: Mapping[str, float]
    """Time of those syncs by what it was spent on."""
    syncs: int
    batch: str | None = None
    """Path of the stream of jobs that wrote most of their bytes; None: none did."""


def cause_of(world: Scenario, month: int, made: Evaluation, deadline: Deadline) -> MissCause:
    """Return the cause of the violations of a month, from its worst trial, which runs again.

    Raise OutOfTimeError at the deadline.
    """
    losses = made.losses.by_replication
    name = max(losses, key=lambda each: made.losses.weighing.mean(losses[each], made.losses.strata))
    trial = int(np.argmax(losses[name]))
    simulation = MeasuredWorld(
        world.with_({"records": "on"}), made.seed, trial=trial, metrics=False
    )
    advance(simulation, checking(deadline))
    outcome = simulation.so_far().outcomes[name]
    terms = _terms(outcome, list(outcome.violations), world)
    total = math.fsum(terms.seconds.values())
    largest = max(terms.seconds, key=lambda each: terms.seconds[each])
    batch = _batch(world, outcome, terms) if largest in ("bytes", "files") else None
    return MissCause(
        replication=name,
        month=month,
        seed=made.seed,
        trial=trial,
        term=largest if total else None,
        share=terms.seconds[largest] / total if total else 0.0,
        seconds={str(term): seconds for term, seconds in terms.seconds.items()},
        syncs=terms.count,
        batch=batch if total else None,
    )


@dataclass(frozen=True)
class _TermsOfSyncs:
    seconds: dict[Term, float]
    count: int
    spans_s: list[tuple[float, float]]
    """The times of whose writes the syncs are."""


def _rates(outcome: Outcome, world: Scenario, cuts_s: Floats) -> Floats:
    """Return the throughput in force at some cuts, in bytes per second."""
    rate = outcome.sync.throughput
    if not isinstance(rate, RateCalendar):
        return np.full(len(cuts_s), outcome.sync.number("throughput"))
    return np.array([rate_at(rate, world.start, world.duration, at) for at in cuts_s.tolist()])


def _terms(outcome: Outcome, violations: Sequence[Violation], world: Scenario) -> _TermsOfSyncs:
    """Return the seconds that the syncs overlapping some violations spent on each term."""
    syncs, sync = outcome.syncs, outcome.sync
    cut_s, completed_s = syncs.floats("cut_s"), syncs.floats("completed_s")
    rows = _overlapping(cut_s, completed_s, violations)
    phases = {key: seconds[rows] for key, seconds in outcome.sync_phases.items()}
    alone_bytes = syncs.ints("bytes")[rows] / _rates(outcome, world, cut_s[rows])
    alone_files = syncs.ints("files")[rows] / sync.number("file_rate")
    alone = np.minimum(np.maximum(alone_bytes, alone_files), phases["transfer_s"])
    stalled = _stalled(outcome, cut_s[rows], completed_s[rows])
    # What an outage froze counts to the phase that it met; a transfer is the longest of them.
    late = np.maximum(phases["transfer_s"] - alone, 0.0)
    by_link = np.maximum(late - stalled, 0.0)
    is_bytes = alone_bytes >= alone_files
    found: dict[Term, float] = {
        "setup": float(phases["setup_s"].sum()),
        "inventory": float(phases["inventory_s"].sum()),
        "diff": float(phases["diff_s"].sum()),
        "bytes": float(alone[is_bytes].sum()),
        "files": float(alone[~is_bytes].sum()),
        "link": float(by_link.sum()) + _waited_s(outcome, cut_s[rows]),
        "failures": float(phases["repeated_s"].sum()),
        "disturbance": float(np.minimum(late, stalled).sum()),
    }
    spans = [_written(cut_s, row) for row in rows.tolist()]
    count = len(rows)
    still = outcome.open_sync
    if still is not None and any(v.end_s > still.cut_s for v in violations):
        spans.append((float(cut_s[-1]) if len(cut_s) else 0.0, still.cut_s))
        count += 1
        _add_open(found, outcome, _rates(outcome, world, np.array([still.cut_s])).item())
    _add_uncut(found, outcome, violations, cut_s, completed_s)
    return _TermsOfSyncs(found, count, spans)


def _overlapping(
    cut_s: Floats, completed_s: Floats, violations: Sequence[Violation]
) -> NDArray[np.int64]:
    """Return the rows of the syncs that were under way in a violation."""
    found = np.zeros(len(cut_s), dtype=bool)
    for violation in violations:
        found |= (completed_s > violation.begin_s) & (cut_s < violation.end_s)
    return np.flatnonzero(found)


def _written(cut_s: Floats, row: int) -> tuple[float, float]:
    return (float(cut_s[row - 1]) if row else 0.0, float(cut_s[row]))


def _waited_s(outcome: Outcome, cuts_s: Floats) -> float:
    """Return how long some syncs waited for a slot of the link."""
    waited = outcome.waited_s or {}
    return math.fsum(waited.get(cut_s, 0.0) for cut_s in cuts_s.tolist())


def _stalled(outcome: Outcome, begins_s: Floats, ends_s: Floats) -> Floats:
    """Return for how long disturbances overlap each of some spans."""
    found = np.zeros(len(begins_s))
    for each in outcome.disturbances:
        until_s = math.inf if each.end_s is None else each.end_s
        found += (np.minimum(ends_s, until_s) - np.maximum(begins_s, each.begin_s)).clip(min=0.0)
    return np.minimum(found, ends_s - begins_s)


def _add_open(found: dict[Term, float], outcome: Outcome, throughput: float) -> None:
    """Add the sync that was not complete at the end, as far as its terms are known."""
    still, sync = outcome.open_sync, outcome.sync
    assert still is not None
    bytes_s, files_s = still.bytes / throughput, still.files / sync.number("file_rate")
    took_s = outcome.window_s[1] - still.cut_s
    key: Term = "bytes" if bytes_s >= files_s else "files"
    span = np.array([still.cut_s]), np.array([outcome.window_s[1]])
    stalled_s = float(_stalled(outcome, *span)[0])
    found["disturbance"] += stalled_s
    files = outcome.syncs.ints("source_files")
    inventory_s = float(files[-1]) / sync.number("scan_rate") if len(files) else 0.0
    left_s = took_s - stalled_s
    found["inventory"] += min(inventory_s, left_s)
    found[key] += min(max(bytes_s, files_s), max(0.0, left_s - inventory_s))


def _add_uncut(
    found: dict[Term, float],
    outcome: Outcome,
    violations: Sequence[Violation],
    cut_s: Floats,
    completed_s: Floats,
) -> None:
    """Add the disturbances that overlap violations while no sync was under way."""
    for each in outcome.disturbances:
        until_s = math.inf if each.end_s is None else each.end_s
        for violation in violations:
            begin_s = max(each.begin_s, violation.begin_s)
            end_s = min(until_s, violation.end_s)
            if end_s > begin_s:
                inside = np.minimum(completed_s, end_s) - np.maximum(cut_s, begin_s)
                busy_s = float(inside.clip(min=0.0).sum())
                found["disturbance"] += max(0.0, end_s - begin_s - busy_s)


def _batch(world: Scenario, outcome: Outcome, terms: _TermsOfSyncs) -> str | None:
    """Return the path of the stream of jobs that wrote most of the bytes of some syncs."""
    system = world.file_systems.get(outcome.source)
    if system is None:
        return None
    spans = np.array(terms.spans_s).reshape(-1, 2)
    rows = np.isin(outcome.syncs.floats("cut_s"), spans[:, 1])
    sent = float(outcome.syncs.ints("bytes")[rows].sum())
    sent += 0.0 if outcome.open_sync is None else outcome.open_sync.bytes
    for key, stream in system.writes.items():
        batch = None if stream.arrivals is None else getattr(stream.arrivals, "batch", None)
        if isinstance(batch, Batch):
            growth = steps_of(stream, system, world).first
            if _job_bytes(batch, stream, world, spans) * growth > _MOST_OF * sent:
                return stream_path(outcome.source, key)
    return None


def _job_bytes(batch: Batch, stream: WriteStream, world: Scenario, spans_s: Floats) -> float:
    """Return the expected bytes that jobs write in some spans, without growth."""
    assert stream.size is not None
    found = 0.0
    for begin_s in _begins(batch, world):
        step_s = batch.over / batch.writes
        for after_s, until_s in spans_s.tolist():
            if until_s < begin_s or after_s > begin_s + batch.over:
                continue
            last = batch.writes if not step_s else math.floor((until_s - begin_s) / step_s)
            before = 0 if not step_s else math.floor((after_s - begin_s) / step_s)
            found += max(0, min(last, batch.writes) - max(before, 0))
    return found * stream.size.expected()


def _begins(batch: Batch, world: Scenario) -> Iterator[float]:
    for begin_s in batch.begins(world.start):
        if begin_s > world.duration:
            return
        yield begin_s
