"""The busiest cycle of a sync process: an upper bound of the age, and its probability."""

from __future__ import annotations

import math
from dataclasses import dataclass

from efssim.closed_forms.cycles.steady import least
from efssim.closed_forms.cycles.syncs import Syncs
from efssim.closed_forms.inflow.flows import Flow


@dataclass(frozen=True)
class Peak:
    """The age just before a completion in the busiest time of a run: a mean and its spread."""

    cycle_s: float
    mean_s: float
    """At most so much on average."""
    deviation_s: float
    """Standard deviation by the draws; 0 without any."""

    def above_s(self, target_s: float) -> float:
        """Return an upper bound of the mean of max(0, age - target), in seconds of each cycle.

        Scarf's bound for any distribution with this mean and deviation. Source: H. Scarf, A min-max
        solution of an inventory problem (1958).
        """
        room_s = target_s - self.mean_s
        return (math.hypot(self.deviation_s, room_s) - room_s) / 2


def busiest_peak(syncs: Syncs) -> Peak | None:
    """Return the peak age if every cycle is as busy as the busiest; None if it diverges.

    Every stream is at its own busiest at once, writes come whole, and every sync scans and
    compares. A cycle is as long as it takes at those rates, at least the interval.
    """
    span_s = max(syncs.interval_s, 1.0)
    busy = syncs.busiest(span_s)
    if busy.load() >= 1.0:
        return None
    cycle_s = _cycle_s(busy, syncs.interval_s)
    if math.isinf(cycle_s):
        return None
    lasts_s, variance = _longest_s(busy, cycle_s), _variance(syncs, busy, cycle_s)
    late_s = _late_s(busy, cycle_s, lasts_s, variance)
    load = min(busy.load(), 1 - 1e-9)
    spread = math.sqrt((variance + busy.gap.variance) / (1 - load**2))
    # Late syncs make the next cycle longer, and that one longer again: a geometric series.
    return Peak(cycle_s, cycle_s + lasts_s + 2 * late_s / (1 - load), 2 * spread)


def _cycle_s(busy: Syncs, interval_s: float) -> float:
    def fits(cycle_s: float) -> bool:
        return busy.gap.mean + _longest_s(busy, cycle_s) <= cycle_s

    return interval_s if fits(interval_s) else least(fits, max(interval_s, 1e-3))


def _late_s(busy: Syncs, cycle_s: float, lasts_s: float, variance: float) -> float:
    """Return an upper bound of the mean time by which a cut is later than its cycle."""
    needs = Peak(cycle_s, lasts_s + busy.gap.mean, math.sqrt(variance + busy.gap.variance))
    return needs.above_s(cycle_s) if needs.deviation_s else 0.0


def _longest_s(busy: Syncs, span_s: float) -> float:
    """Return the mean duration of a sync of the busiest `span_s` seconds, each write whole."""
    return busy.failures.duration_s(_once_s(busy, span_s))


def _once_s(busy: Syncs, span_s: float) -> float:
    flows = [flow for flow in busy.flows if flow.writes_per_s]
    sent = math.fsum(flow.sent_bytes(span_s) + _whole(flow) * flow.write_bytes for flow in flows)
    files = math.fsum(
        1 if flow.large_file_bytes else (flow.writes_per_s * span_s + _whole(flow)) * flow.files
        for flow in flows
    )
    fixed_s = busy.inventory_s if flows else 0.0
    fixed_s += math.fsum(flow.large_file_bytes for flow in flows) / busy.diff_rate
    return busy.setup.mean + fixed_s + max(sent / busy.throughput, files / busy.file_rate)


def _whole(flow: Flow) -> int:
    """Return by how many writes a span can have more than its share: one, if they are regular."""
    return 0 if flow.random else 1


def _variance(syncs: Syncs, busy: Syncs, span_s: float) -> float:
    by_bytes = math.fsum(_bytes_variance(flow, span_s) for flow in busy.flows) / busy.throughput**2
    by_files = math.fsum(_files_variance(flow, span_s) for flow in busy.flows) / busy.file_rate**2
    # On and off periods spread the mean rate; the busiest rate is on all the time.
    by_bytes += math.fsum(
        flow.bytes_per_s**2 * flow.on_time_spread * span_s / syncs.throughput**2
        for flow in syncs.flows
    )
    by_files += math.fsum(
        (flow.writes_per_s * flow.files_per_write) ** 2
        * flow.on_time_spread
        * span_s
        / syncs.file_rate**2
        for flow in syncs.flows
    )
    own = busy.setup.variance + max(by_bytes, by_files)
    return busy.failures.variance(_once_s(busy, span_s), own)


def _bytes_variance(flow: Flow, span_s: float) -> float:
    """Return the variance of the bytes sent of `span_s` seconds: λE[size²], as of Poisson writes.

    Where writes are regular and their sizes drawn it is an upper bound.
    """
    regular = 0.0 if flow.random else flow.writes_per_s * flow.write_square
    return (flow.spread(span_s) + regular) * span_s


def _files_variance(flow: Flow, span_s: float) -> float:
    return flow.random * flow.writes_per_s * flow.files_per_write**2 * span_s
