"""The formula of a sync: how long an attempt takes, for one sync or for the columns of many.

Numbers and arrays go through the same operations in the same order, so they agree to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from efssim.records.columns import Column

Value = TypeVar("Value", float, Column)
"""Of one sync, or of many: shape (syncs,)."""


@dataclass(frozen=True, slots=True)
class Formula:
    """The rates of a sync, each per second; a phase with an infinite rate takes no time."""

    latency_s: float
    """Round trip of the link; it adds to the setup."""
    scan_rate: float
    """Files of the inventory."""
    diff_rate: float
    """Bytes of the large files that were touched."""
    throughput: float
    """Bytes sent; at most the capacity of the link."""
    file_rate: float
    """Files changed."""
    looks: bool = field(init=False)
    """Whether inventory and diff take any time."""
    counts_files: bool = field(init=False)
    """Whether the number of files limits the transfer."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "looks", min(self.scan_rate, self.diff_rate) < math.inf)
        object.__setattr__(self, "counts_files", self.file_rate < math.inf)

    def phases(
        self,
        setup_s: Value,
        is_busy: Value | bool,
        source_files: Value,
        large_file_bytes: Value,
        sent_bytes: Value,
        files: Value,
        larger: Callable[[Value, Value], Value],
    ) -> tuple[Value, Value | float, Value | float, Value]:
        """Return the seconds of setup, inventory, diff and transfer.

        A sync is busy unless its change set is empty: then nothing is scanned and compared.
        `larger` returns the larger of two values: `max`, or `numpy.maximum` for arrays.
        """
        scan_s: Value | float = 0.0
        diff_s: Value | float = 0.0
        if self.looks:
            scan_s = is_busy * (source_files / self.scan_rate)
            diff_s = is_busy * (large_file_bytes / self.diff_rate)
        transfer_s = sent_bytes / self.throughput
        if self.counts_files:
            transfer_s = larger(transfer_s, files / self.file_rate)
        return setup_s + self.latency_s, scan_s, diff_s, transfer_s

    def duration(
        self,
        setup_s: Value,
        is_busy: Value | bool,
        source_files: Value,
        large_file_bytes: Value,
        sent_bytes: Value,
        files: Value,
        larger: Callable[[Value, Value], Value],
    ) -> Value:
        """Return the seconds of all phases together; arguments as of `phases`."""
        setup_s, scan_s, diff_s, transfer_s = self.phases(
            setup_s, is_busy, source_files, large_file_bytes, sent_bytes, files, larger
        )
        fixed_s = setup_s + scan_s + diff_s if self.looks else setup_s  # adding 0 takes time, too
        return fixed_s + transfer_s

    def transfer_rate(self, size: int, files: int) -> float:
        """Return the bytes per second of a transfer that has the link for itself."""
        if self.counts_files and files / self.file_rate > size / self.throughput:
            return size / (files / self.file_rate)
        return self.throughput if size else 0.0
