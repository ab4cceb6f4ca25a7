"""The summary of one replication: every number of the report, under the names of the JSON.

Durations in seconds, sizes in bytes. A value that does not exist is None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from efssim.lag.age import age_teeth, oldest_pending_teeth, peak_ages
from efssim.lag.histogram import LogHistogram
from efssim.lag.ramps import Ramps
from efssim.lag.rpo import Violation, violations
from efssim.lag.write_lag import WriteLags
from efssim.records import ReplicationRecords, Snapshot

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}


@dataclass(frozen=True, slots=True)
class Objective:
    """What the measures are held against: the window's begin, the RPO and the sync limits."""

    begin_s: float
    target_s: float
    attainment: float
    throughput: float
    file_rate: float


class Measures:
    """The lag measures of one replication on the window [begin, now]."""

    def __init__(
        self,
        records: ReplicationRecords,
        snapshot: Snapshot,
        lags: WriteLags,
        objective: Objective,
    ) -> None:
        self._records, self._snapshot, self._lags = records, snapshot, lags
        self._objective = objective
        self._begin_s, self._end_s = objective.begin_s, max(snapshot.now_s, objective.begin_s)
        self.age = age_teeth(records, snapshot).within(self._begin_s, self._end_s)
        completed = records.syncs.floats("completed_s")
        self._counted = (completed >= self._begin_s) & (completed <= self._end_s)

    @property
    def seconds(self) -> float:
        """Length of the window."""
        return self._end_s - self._begin_s

    def violations(self) -> list[Violation]:
        """Return the violations of the RPO in the window."""
        return violations(self.age, self._objective.target_s)

    def summary(self) -> dict[str, Any]:
        """Return the replication's part of summary.json, without its timestamps."""
        return {
            "time_since_last_sync_s": self._age(),
            "write_lag_s": _histogram(self._lags.by_write, self._lags.mean()),
            "write_lag_by_byte_s": _histogram(self._lags.by_byte, self._lags.mean_by_byte()),
            "oldest_pending_s": self._oldest_pending(),
            "pending_bytes": self._pending(),
            "writes": self._writes(),
            "rpo": self._rpo(),
            "syncs": self._syncs(),
            "initial_sync_s": None,
            "initial_bytes": None,
            "status_s": self._status_s(),
            "final_status": self._records.statuses[-1].after,
        }

    def _age(self) -> dict[str, float | None]:
        ramps = self.age.ramps()
        peaks = peak_ages(self._records, self._begin_s, self._end_s)
        peak_mean = math.fsum(peaks) / len(peaks) if len(peaks) else None
        undefined_s = max(0.0, self.seconds - ramps.total_s)
        # Both are sums of the same window; what differs by rounding is not undefined time.
        undefined_s = 0.0 if undefined_s < 1e-9 * self.seconds else undefined_s
        return {**_over_time(ramps), "peak_mean": peak_mean, "undefined_s": undefined_s}

    def _oldest_pending(self) -> dict[str, float | None]:
        teeth = oldest_pending_teeth(self._records, self._snapshot)
        inside = teeth.within(self._begin_s, self._end_s)
        pending_s = math.fsum(inside.end_s - inside.begin_s)
        return _over_time(inside.ramps(zero_s=max(0.0, self.seconds - pending_s)))

    def _pending(self) -> dict[str, float | int | None]:
        open_writes = self._snapshot.open_writes
        total = self._lags.pending_byte_seconds(open_writes, self._end_s)
        count, size = self._open_at_end()
        return {
            "mean": total / self.seconds if self.seconds else None,
            "max": self._pending_max(),
            "open_at_end": size,
            "open_at_end_writes": count,
        }

    def _open_at_end(self) -> tuple[int, int]:
        """Count and bytes of the writes made in the window and not published by its end."""
        late = [part.bytes[part.time_s >= self._begin_s] for part in self._snapshot.open_writes]
        return sum(len(sizes) for sizes in late), sum(int(sizes.sum()) for sizes in late)

    def _pending_now(self) -> int:
        return sum(int(part.bytes.sum()) for part in self._snapshot.open_writes)

    def _pending_max(self) -> int:
        """Pending bytes only grow between completions, so they peak just before one or now."""
        syncs = self._records.syncs
        sent = syncs.ints("bytes")
        written = np.array(self._records.written_bytes, dtype=np.int64)
        before = written - (sent.cumsum() - sent)
        inside = before[syncs.floats("completed_s") > self._begin_s]
        return max(int(inside.max(initial=0)), self._pending_now())

    def _written_bytes(self) -> int:
        """Bytes written in the window."""
        early = [part.bytes[part.time_s < self._begin_s] for part in self._snapshot.open_writes]
        before = self._lags.bytes_before + sum(int(sizes.sum()) for sizes in early)
        return self._snapshot.written_bytes - before

    def _written_files(self) -> int:
        """Files changed in the window."""
        still = [
            int((part.time_s >= self._begin_s).sum()) * part.files_per_write
            for part in self._snapshot.open_writes
        ]
        return self._lags.files + sum(still)

    def _writes(self) -> dict[str, Any]:
        return {
            "count": self._lags.by_write.count + self._open_at_end()[0],
            "bytes": self._written_bytes(),
            "coalesced_bytes": 0,
            "dropped_bytes": {},
        }

    def _rpo(self) -> dict[str, Any]:
        objective, found = self._objective, self.violations()
        lengths = [violation.end_s - violation.begin_s for violation in found]
        attained = self.age.ramps().share_at_most(objective.target_s)
        return {
            "target_s": objective.target_s,
            "attainment": attained,
            "objective": objective.attainment,
            "met": None if attained is None else attained >= objective.attainment,
            "violations": len(found),
            "violation_s": math.fsum(lengths),
            "longest_s": max(lengths, default=0.0),
        }

    def _syncs(self) -> dict[str, Any]:
        syncs, counted = self._records.syncs, self._counted
        durations = (syncs.floats("completed_s") - syncs.floats("cut_s"))[counted]
        in_flight = self._snapshot.open_sync
        failed = int((syncs.ints("attempts")[counted] - 1).sum())
        return {
            "completed": int(counted.sum()),
            "failed_attempts": failed + (in_flight.failed_attempts if in_flight else 0),
            "abandoned": 0,
            "bytes": int(syncs.ints("bytes")[counted].sum()),
            "duration_mean_s": math.fsum(durations) / len(durations) if len(durations) else None,
            "utilisation": self._utilisation(),
            "diverging": self._diverging(),
        }

    def _utilisation(self) -> float | None:
        """Work that arrived in the window over the time in which syncs could run."""
        limits = self._objective.throughput, self._objective.file_rate
        if limits == (math.inf, math.inf) or not self.seconds:
            return None
        return (
            max(self._written_bytes() / limits[0], self._written_files() / limits[1]) / self.seconds
        )

    def _diverging(self) -> bool:
        utilisation = self._utilisation()
        sent = self._records.syncs.ints("bytes")[self._counted]
        one_sync = float(sent.mean()) if len(sent) else 0.0
        return utilisation is not None and utilisation >= 1 and self.pending_growth() > one_sync

    def pending_growth(self) -> int:
        """Return pending bytes at the end of the window minus those at its begin."""
        syncs = self._records.syncs
        done = syncs.floats("completed_s") <= self._begin_s
        written_before = self._snapshot.written_bytes - self._written_bytes()
        return self._pending_now() - (written_before - int(syncs.ints("bytes")[done].sum()))

    def _status_s(self) -> dict[str, float]:
        edges = [*(change.time_s for change in self._records.statuses), self._end_s]
        spent: dict[str, float] = {}
        for change, until in zip(self._records.statuses, edges[1:], strict=True):
            inside = min(until, self._end_s) - max(change.time_s, self._begin_s)
            spent[change.after] = spent.get(change.after, 0.0) + max(0.0, inside)
        return spent


def timestamp(start: datetime, time_s: float | None) -> str | None:
    """Return a simulated time as UTC, ISO 8601 with six decimals and Z; None stays None."""
    if time_s is None:
        return None
    moment = start + timedelta(seconds=time_s)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _over_time(ramps: Ramps) -> dict[str, float | None]:
    values = ramps.quantile(list(QUANTILES.values()))
    quantiles = {key: _plain(value) for key, value in zip(QUANTILES, values, strict=True)}
    return {"mean": _plain(ramps.mean()), **quantiles, "max": _plain(ramps.max())}


def _histogram(histogram: LogHistogram, mean: float | None) -> dict[str, float | int | None]:
    quantiles = {key: _plain(histogram.quantile(p)) for key, p in QUANTILES.items()}
    maximum = _plain(histogram.maximum)
    return {"count": histogram.count, "mean": _plain(mean), **quantiles, "max": maximum}


def _plain(value: float | None) -> float | None:
    """Return a Python float, so that JSON takes it; None and NaN do not exist."""
    return None if value is None or np.isnan(value) else float(value)
