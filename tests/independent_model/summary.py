"""Every number of a replication's summary, by brute force over [warm-up, end]."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from efssim.scenario.objectives import Objective
from independent_model.calendars import rate_at, steps
from independent_model.compare import UNTOLD
from independent_model.compliance import Compliance
from independent_model.disturbances import is_named
from independent_model.replication import Replication
from independent_model.spans import complement, when
from independent_model.streams import Write
from independent_model.verdict import Verdict
from independent_model.weights import Ramp, of_ramps, of_values
from independent_model.world import World
from independent_model.written import Written

Json = dict[str, Any]


def summarise(world: World) -> Json:
    """Return the summary's `replications` at the end of a run."""
    return {
        name: _Measures(world, replication).summary()
        for name, replication in world.replications.items()
    }


class _Measures:
    """What is measured of one replication in the window."""

    def __init__(self, world: World, replication: Replication) -> None:
        self.world, self.of = world, replication
        self.begin_s, self.end_s = world.scenario.warm_up, world.scenario.duration
        self.written = Written(replication.writes)
        self.made = [w for w in replication.writes if self.in_window(w.time_s)]
        self.lrts = [(done.completed_s, done.cut_s) for done in replication.syncs]
        if replication.statuses[0][1] == "ENABLED":
            self.lrts.insert(0, (replication.created_s, replication.created_s))
        gone_s = self.end_s if replication.gone_s is None else replication.gone_s
        first_s = self.lrts[0][0] if self.lrts else math.inf
        self.defined = max(self.begin_s, first_s), gone_s
        self.completed = [d for d in replication.syncs if self.in_window(d.completed_s)]
        self.regular = [done for done in self.completed if not done.initial]

    def in_window(self, time_s: float) -> bool:
        return self.begin_s <= time_s <= self.end_s

    @property
    def defined_s(self) -> float:
        """Seconds of the window with an LRT."""
        return max(0.0, self.defined[1] - self.defined[0])

    def summary(self) -> Json:
        found = self.age()
        return {
            "time_since_last_sync_s": found,
            "write_lag_s": self.write_lag(by_byte=False),
            "write_lag_by_byte_s": self.write_lag(by_byte=True),
            "oldest_pending_s": of_ramps(self.oldest()),
            "pending_bytes": self.pending(),
            "writes": self.writes(),
            "rpo": self.rpo(),
            **self.objectives(),
            "syncs": self.syncs(),
            **self.initial(),
            "discarded": self.discarded(),
            "source_throughput": self.source_throughput(),
            **self.throttled(),
            **Verdict(self.world, self.of).summary(),
            **self.compliance(),
            "status_s": self.statuses(),
            "final_status": self.of.status,
            "last_replicated_timestamp": self.instant(self.of.lrt_s),
            "last_sync_completed": self.instant(
                self.of.syncs[-1].completed_s if self.of.syncs else None
            ),
        }

    # --- age ------------------------------------------------------------------------------------

    def teeth(self) -> list[Ramp]:
        """Return the teeth of the age in the window."""
        found = []
        for (visible_s, lrt_s), (next_s, _) in pairwise([*self.lrts, (self.defined[1], 0.0)]):
            begin_s, end_s = max(visible_s, self.begin_s), min(next_s, self.defined[1])
            if begin_s < end_s:
                found.append(Ramp(begin_s, end_s, begin_s - lrt_s))
        return found

    def age(self) -> Json:
        peaks = [
            done_s - lrt_s
            for (_, lrt_s), (done_s, _) in pairwise(self.lrts)
            if self.in_window(done_s)
        ]
        return {
            **of_ramps(self.teeth()),
            "peak_mean": _mean(peaks),
            "undefined_s": self.end_s - self.begin_s - self.defined_s,
        }

    def violations(self) -> list[tuple[float, float]]:
        """Return the maximal intervals with an age above the target."""
        target_s, found = self.world.scenario.rpo.target, list[tuple[float, float]]()
        for tooth in self.teeth():
            begin_s = max(tooth.begin_s, tooth.begin_s + target_s - tooth.low_s)
            if begin_s >= tooth.end_s:
                continue
            goes_on = tooth.low_s > target_s and found and found[-1][1] == tooth.begin_s
            if goes_on:
                begin_s = found.pop()[0]
            found.append((begin_s, tooth.end_s))
        return found

    def rpo(self) -> Json:
        target = self.world.scenario.rpo
        within_s = math.fsum(tooth.within(target.target) for tooth in self.teeth())
        attainment = within_s / self.defined_s if self.defined_s else None
        lengths = [end_s - begin_s for begin_s, end_s in self.violations()]
        met = None if attainment is None else attainment >= target.attainment
        return {
            **self.while_writable(),
            **Verdict(self.world, self.of).of_the_rpo(met),
            "target_s": target.target,
            "attainment": attainment,
            "objective": target.attainment,
            "met": met,
            "violations": len(lengths),
            "violation_s": math.fsum(lengths),
            "longest_s": max(lengths, default=0.0),
        }

    def compliance(self) -> Json:
        """Return the RPO by month, where the scenario asks for it."""
        if self.world.scenario.compliance is None:
            return {}
        of = Compliance(self.world, self.of, self.teeth(), self.violations())
        return {"compliance": of.summary()}

    def while_writable(self) -> Json:
        """Return the attainment over the time in which the source could be written."""
        spans = complement(when(self.of.source.stopped, self.end_s), self.end_s)
        teeth = [part for tooth in self.teeth() for span in spans for part in tooth.cut(*span)]
        total_s = math.fsum(tooth.length_s for tooth in teeth)
        within_s = math.fsum(tooth.within(self.world.scenario.rpo.target) for tooth in teeth)
        # So little is what rounding leaves of a difference, and no time in which it was writable.
        is_known = total_s > 1e-9 * self.defined_s
        return {
            "attainment_while_writable": within_s / total_s if is_known else None,
            "unwritable_s": self.defined_s - total_s,
        }

    def objectives(self) -> Json:
        """Return the objectives besides the RPO that it has."""
        found = {
            name: self.objective(spec)
            for name, spec in self.world.scenario.objectives.items()
            if spec.replications is None
            or any(is_named(each, self.of.name) for each in spec.replications)
        }
        return {"objectives": found} if found else {}

    def objective(self, spec: Objective) -> Json:
        if spec.of == "time":
            within = math.fsum(tooth.within(spec.target) for tooth in self.teeth())
            judged: list[float] = [within, self.defined_s - within, 0.0]
        else:
            judged = [0.0, 0.0, 0.0]
            for write in self.made:
                weight = write.bytes if spec.of == "bytes" else 1
                judged[self._side(write, spec.target)] += weight
        total = judged[0] + judged[1]
        attainment = judged[0] / total if total else None
        return {
            "of": spec.of,
            "target_s": spec.target,
            "objective": spec.attainment,
            "attainment": attainment,
            "met": None if attainment is None else attainment >= spec.attainment,
            **dict(zip(("within", "missed", "left_out"), judged, strict=True)),
        }

    def _side(self, write: Write, target_s: float) -> int:
        """Return 0 for a write within its target, 1 for one that misses it, 2 for what may yet."""
        if write.published_s is not None:
            return int(write.published_s - write.time_s > target_s)
        by_s = self.end_s if self.of.gone_s is None else self.of.gone_s
        return 1 if by_s - write.time_s > target_s else 2

    # --- writes ---------------------------------------------------------------------------------

    def write_lag(self, *, by_byte: bool) -> Json:
        lags = [
            (write.published_s - write.time_s, write.bytes if by_byte else 1)
            for write in self.made
            if write.published_s is not None
        ]
        return {"count": sum(weight for _, weight in lags), **of_values(lags)}

    def writes(self) -> Json:
        dropped: dict[str, int] = {}
        for drop in self.of.drops:
            if self.in_window(drop.time_s):
                dropped[drop.cause] = dropped.get(drop.cause, 0) + drop.bytes
        return {
            "count": len(self.made),
            "bytes": sum(write.bytes for write in self.made),
            "coalesced_bytes": sum(done.written - done.bytes for done in self.regular),
            "dropped_bytes": dropped,
        }

    def discarded(self) -> Json:
        """Return what the replication overwrote when it was created."""
        times = [write.time_s for write in self.of.discarded]
        return {
            "bytes": _bytes(self.of.discarded),
            "writes": len(times),
            "first": self.instant(min(times, default=None)),
            "last": self.instant(max(times, default=None)),
        }

    def source_throughput(self) -> Json:
        """Return how fast the source was written: below what it can take, or as it can."""
        writes = self.of.source.writes
        begins = range(0, math.ceil(self.end_s), 3600)
        hours = [(begin_s, min(begin_s + 3600, self.end_s)) for begin_s in begins]
        if len(hours) > 1 and hours[-1][1] - hours[-1][0] < 60:
            hours.pop()
        rates = [
            _bytes([w for w in writes if begin_s < w.time_s <= end_s]) / (end_s - begin_s)
            for begin_s, end_s in hours
        ]
        return {
            "mean_bytes_per_s": _bytes(writes) / self.end_s,
            "busiest_hour_bytes_per_s": max(rates),
            "hours_above": 0,
            "limit_bytes_per_s": None,
            "first_above": None,
        }

    def throttled(self) -> Json:
        """Return how writes to the source waited, if they do at all."""
        throttle = self.of.source.throttle
        if throttle is None:
            return {}
        throttle.look()
        late = [(delay_s, w) for delay_s, w in throttle.late if self.in_window(w.time_s)]
        found = {
            "writes": len(late),
            "bytes": _bytes([write for _, write in late]),
            "delay_s": math.fsum(delay_s for delay_s, _ in late),
            "waiting_bytes": _bytes(throttle.waiting),
            "credits_min_bytes": None if throttle.fewest is None else round(throttle.fewest),
        }
        return {"throttled": found}

    # --- what is pending ------------------------------------------------------------------------

    def instants(self) -> list[float]:
        """Return the instants of the defined window at which something changes, and its ends."""
        begin_s, end_s = self.defined
        if begin_s > end_s:
            return []
        times = {begin_s, end_s}
        for write in self.of.writes:
            times |= {write.time_s, write.published_s or write.time_s}
        return sorted(time_s for time_s in times if begin_s <= time_s <= end_s)

    def oldest(self) -> list[Ramp]:
        """Return the age of the oldest pending write, over the defined time."""
        found = []
        for begin_s, end_s in pairwise(self.instants()):
            oldest_s = self.written.oldest_s(self.written.pending_after(begin_s))
            low_s = 0.0 if oldest_s is None else begin_s - oldest_s
            found.append(Ramp(begin_s, end_s, low_s, flat=oldest_s is None))
        return found

    def pending(self) -> Json:
        open_at_end = [write for write in self.made if write.published_s is None]
        areas = [
            (end_s - begin_s) * self.written.bytes(self.written.pending_after(begin_s))
            for begin_s, end_s in pairwise(self.instants())
        ]
        return {
            "mean": math.fsum(areas) / self.defined_s if self.defined_s else None,
            "max": self.most_pending(),
            "open_at_end": _bytes(open_at_end),
            "open_at_end_writes": len(open_at_end),
            "lost_at_deletion": None
            if self.of.lost_at_deletion is None
            else _bytes(self.of.lost_at_deletion),
        }

    def most_pending(self) -> int | None:
        """Return the most bytes pending; just before a completion what was written by then counts.

        Before the window, and before the first LRT, there is no such moment.
        """
        if not self.defined_s:
            return None
        first_s = self.lrts[0][0]
        written = self.written
        return max(
            written.bytes(
                written.pending_after(time_s)
                if time_s in (first_s, self.begin_s)
                else written.pending_before_completions(time_s)
            )
            for time_s in self.instants()
        )

    # --- syncs and statuses ---------------------------------------------------------------------

    def syncs(self) -> Json:
        is_known = not self.of.link.is_shared
        utilisation = self.utilisation() if is_known else None
        diverges = utilisation is not None and utilisation >= 1 and self.grows()
        return {
            "completed": len(self.completed),
            "failed_attempts": self.failed_attempts(),
            "abandoned": sum(self.in_window(each.abandoned_s) for each in self.of.abandoned),
            "bytes": sum(done.bytes for done in self.regular),
            "duration_mean_s": _mean([done.completed_s - done.cut_s for done in self.regular]),
            "utilisation": utilisation if is_known else UNTOLD,
            "diverging": diverges if is_known else UNTOLD,
        }

    def failed_attempts(self) -> int:
        """Return the failed attempts of syncs that ended in the window, or are in flight."""
        ended = sum(len(done.failures) for done in self.completed)
        ended += sum(e.failures for e in self.of.abandoned if self.in_window(e.abandoned_s))
        return ended + (0 if self.of.sync is None else len(self.of.sync.failures))

    def utilisation(self) -> float | None:
        timing = self.of.timing
        runnable_s = self.runnable_s()
        throughput = self.mean_throughput(runnable_s)
        if not runnable_s or (math.isinf(throughput) and math.isinf(timing.file_rate)):
            return None
        saved = sum(done.written - done.bytes for done in self.regular)
        files = sum(write.files for write in self.made)
        work_s = max((_bytes(self.made) - saved) / throughput, files / timing.file_rate)
        return work_s / runnable_s

    def mean_throughput(self, runnable_s: float) -> float:
        """Return the bytes per second that could be sent, on average while syncs could run."""
        start, end_s = self.world.scenario.start, self.world.scenario.duration
        rates = self.of.timing.throughput, self.world.scheduled_capacity(self.of)
        edges = sorted({at_s for rate in rates for at_s, _ in steps(rate, start, end_s)})
        spans = list(pairwise([*edges, math.inf]))
        if len(spans) == 1:
            return min(rate_at(rate, start, 0.0) for rate in rates)
        sent = 0.0
        for since_s, until_s in spans:
            could_s = self.runnable_s(since_s, until_s)
            if could_s:
                sent += could_s * min(rate_at(rate, start, since_s) for rate in rates)
        return sent / runnable_s if runnable_s else math.inf

    def runnable_s(self, from_s: float = 0.0, to_s: float = math.inf) -> float:
        """Return the seconds of the window, or of a part of it, in which syncs could run."""
        return math.fsum(
            max(0.0, min(until_s, to_s, self.end_s) - max(since_s, from_s, self.begin_s))
            for (since_s, runnable), (until_s, _) in pairwise(
                [*self.of.runnable, (self.end_s, False)]
            )
            if runnable
        )

    def grows(self) -> bool:
        """Whether more was added to what is pending than one sync carries."""
        end_s = self.end_s if self.of.gone_s is None else self.of.gone_s
        written = self.written
        before, after = written.pending_before(self.begin_s), written.pending_after(end_s)
        growth = written.bytes(after) - written.bytes(before)
        return growth > (_mean([done.written for done in self.regular]) or 0)

    def initial(self) -> Json:
        first = next((done for done in self.of.syncs if done.initial), None)
        return {
            "initial_sync_s": None if first is None else first.completed_s - first.cut_s,
            "initial_bytes": None if first is None else first.bytes,
        }

    def statuses(self) -> Json:
        found: dict[str, float] = {}
        for (since_s, status), (until_s, _) in pairwise([*self.of.statuses, (self.end_s, None)]):
            seconds = min(until_s, self.end_s) - max(since_s, self.begin_s)
            if status is not None and seconds > 0:
                found[status] = found.get(status, 0.0) + seconds
        return found

    def instant(self, time_s: float | None) -> str | None:
        """Return a time as the summary writes it."""
        return self.world.instant(time_s)


def _bytes(writes: list[Write]) -> int:
    return sum(write.bytes for write in writes)


def _mean(values: list[Any]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def statuses(world: World) -> list[tuple[str, float, str | None]]:
    """Return the changes of status of every replication: name, time and status."""
    return [
        (name, time_s, status)
        for name, replication in world.replications.items()
        for time_s, status in replication.statuses
    ]


def thresholds(world: World, summary: Json) -> list[Json]:
    """Return the outcome of each threshold, whose values are plain numbers here."""
    return [_judged(text, summary) for text in world.scenario.thresholds]


def _judged(text: str, summary: Json) -> Json:
    path, comparison, limit = text.split()
    value: Any = summary
    for key in path.split("."):
        value = value[key]
    of = summary[path.split(".")[0]]
    return {"threshold": text, "outcome": _outcome(path, value, comparison, float(limit), of)}


def _outcome(path: str, value: float | None, comparison: str, limit: float, of: Json) -> object:
    is_lag = path.split(".")[1] in LAGS
    if is_lag and of["syncs"]["diverging"] is UNTOLD:
        return UNTOLD
    if is_lag and of["syncs"]["diverging"]:
        return "fails"
    if value is None:
        return "undecided"
    holds = {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
    }[comparison]
    return "holds" if holds else "fails"


LAGS = ("time_since_last_sync_s", "write_lag_s", "write_lag_by_byte_s", "oldest_pending_s")
