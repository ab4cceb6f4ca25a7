"""Mean and variance of the duration of a sync of some seconds of writes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from efssim.closed_forms.cycles.failures import Failures
from efssim.closed_forms.inflow.flows import Flow


@dataclass(frozen=True)
class Moments:
    """Mean and variance of a duration, in seconds and seconds²."""

    mean: float = 0.0
    variance: float = 0.0


_NONE = Failures()


@dataclass(frozen=True)
class Syncs:
    """The sync process of a replication: its parameters and the flows of writes.

    `sync_s(span_s)` and its like speak of a sync that publishes the writes of `span_s` seconds.
    """

    flows: tuple[Flow, ...] = ()
    interval_s: float = 0.0
    gap: Moments = Moments()
    setup: Moments = Moments()
    """With the latency of the link."""
    throughput: float = math.inf
    """Bytes per second, at most the capacity of the link."""
    file_rate: float = math.inf
    inventory_s: float = 0.0
    """Time to scan the files, in a sync that has anything to send: as in the middle of the run."""
    inventory_growth_s: float = 0.0
    """By how much longer that takes at the end of the run."""
    diff_rate: float = math.inf
    failures: Failures = _NONE

    @property
    def bytes_per_s(self) -> float:
        """Bytes written per second."""
        return math.fsum(flow.bytes_per_s for flow in self.flows)

    @property
    def writes_per_s(self) -> float:
        """Writes per second."""
        return math.fsum(flow.writes_per_s for flow in self.flows)

    def times(self, factor: float) -> Syncs:
        """Return the process with so many times the writes of every stream."""
        return replace(self, flows=tuple(flow.times(factor) for flow in self.flows))

    def sent_bytes(self, span_s: float) -> float:
        """Return the bytes that a sync sends, overwritten blocks once."""
        return math.fsum(flow.sent_bytes(span_s) for flow in self.flows)

    def changed_files(self, span_s: float) -> float:
        """Return the files that a sync transfers."""
        return math.fsum(flow.changed_files(span_s) for flow in self.flows)

    def sync_s(self, span_s: float) -> float:
        """Return the mean duration of a sync, failed attempts included."""
        return self.failures.duration_s(self._once_s(span_s))

    def _once_s(self, span_s: float) -> float:
        by_bytes = self.sent_bytes(span_s) / self.throughput
        transfer_s = max(by_bytes, self.changed_files(span_s) / self.file_rate)
        return self._fixed_s(span_s) + transfer_s

    def _fixed_s(self, span_s: float) -> float:
        touched = [flow.touched(span_s) for flow in self.flows]
        # An empty sync pays the setup only.
        anything = 1.0 - math.prod(1.0 - share for share in touched)
        large = (t * flow.large_file_bytes for t, flow in zip(touched, self.flows, strict=True))
        return self.setup.mean + anything * self.inventory_s + math.fsum(large) / self.diff_rate

    def sent_bytes_per_s(self, span_s: float) -> float:
        """Return the bytes sent per second; an infinite span saturates every hot set."""
        if math.isinf(span_s):
            return math.fsum(flow.fresh_bytes_per_s for flow in self.flows)
        return self.sent_bytes(span_s) / span_s

    def busiest(self, span_s: float) -> Syncs:
        """Return the process with every stream at the rate of its own busiest `span_s` seconds.

        The inventory is that of the end of the run.
        """
        return replace(
            self,
            flows=tuple(flow.times(flow.busiest(span_s)) for flow in self.flows),
            inventory_s=self.inventory_s + self.inventory_growth_s,
        )

    def between(self, begin_s: float, end_s: float) -> Syncs:
        """Return the process with every stream at its mean rate of a part of the run."""
        return replace(
            self, flows=tuple(flow.times(flow.share(begin_s, end_s)) for flow in self.flows)
        )

    def utilisation(self, span_s: float) -> tuple[float, float]:
        """Return the time of the transfer over `span_s`, by bytes and by files; no attempt fails.

        The larger one counts. The span may be infinite.
        """
        files = math.fsum(flow.writes_per_s * flow.files_per_write for flow in self.flows)
        if not math.isinf(span_s):
            files = self.changed_files(span_s) / span_s
        return self.sent_bytes_per_s(span_s) / self.throughput, files / self.file_rate

    def load(self) -> float:
        """Return the seconds that a second more of writes costs in the long run, failures included.

        Syncs of 1 or more never catch up; hot sets are saturated by then and cost nothing more.
        """
        return self.failures.factor * max(self.utilisation(math.inf))

    def variance(self, span_s: float) -> float:
        """Return the variance of setup, gap, failures and transfer, given `span_s`.

        That of the transfer is λE[B²] for each second and each Poisson stream.
        """
        bytes_bind = self._bytes_bind(span_s)
        spread = math.fsum(
            flow.spread(span_s) / self.throughput**2
            if bytes_bind
            else flow.random * flow.writes_per_s * (flow.files_per_write / self.file_rate) ** 2
            for flow in self.flows
        )
        own = self.setup.variance + spread * span_s
        return self.gap.variance + self.failures.variance(self._once_s(span_s), own)

    def write_s(self, span_s: float) -> float:
        """Return by how many seconds a sync with a given write is longer than the mean sync.

        It scans and compares for certain, and sends that write: E[B] for Poisson writes. The mean
        is over writes. Regular writes are in the mean sync as often as one fits into the span.
        """
        if not self.writes_per_s:
            return 0.0
        touched = [flow.touched(span_s) for flow in self.flows]
        nothing = math.prod(1.0 - share for share in touched)
        bytes_bind = self._bytes_bind(span_s)
        longer_s = math.fsum(
            flow.writes_per_s
            * (
                nothing * self.inventory_s
                + (1.0 - share) * flow.large_file_bytes / self.diff_rate
                + (1.0 if flow.random else max(0.0, 1.0 - flow.writes_per_s * span_s))
                * self._one_write_s(flow, span_s, bytes_bind)
            )
            for flow, share in zip(self.flows, touched, strict=True)
        )
        return self.failures.factor * longer_s / self.writes_per_s

    def _one_write_s(self, flow: Flow, span_s: float, bytes_bind: bool) -> float:
        """Return the transfer time that one more write of a flow adds to a sync."""
        if not flow.writes_per_s:
            return 0.0
        if bytes_bind:
            return flow.sent_slope(span_s) / flow.writes_per_s / self.throughput
        return flow.files_per_write / self.file_rate

    def _bytes_bind(self, span_s: float) -> bool:
        by_bytes, by_files = self.utilisation(span_s) if span_s else (1.0, 0.0)
        return by_bytes >= by_files
