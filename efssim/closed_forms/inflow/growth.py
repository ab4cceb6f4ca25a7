"""Mean growth of a file system by its writes."""

from __future__ import annotations

import math
from collections.abc import Iterable

from efssim.closed_forms.inflow.flows import Flow
from efssim.scenario.workload.streams import WriteStream


def added_bytes(streams: Iterable[WriteStream], flows: Iterable[Flow], span_s: float) -> float:
    """Return the bytes that some seconds of writes add to the size: `new_bytes` of those not hot.

    `flows` are those of the streams, in the same order.
    """
    pairs = zip(streams, flows, strict=True)
    return span_s * math.fsum(s.adds_bytes * flow.fresh_bytes_per_s for s, flow in pairs)


def added_files(streams: Iterable[WriteStream], flows: Iterable[Flow], span_s: float) -> float:
    """Return the files that some seconds of writes add: `new_files` of those they change."""
    pairs = zip(streams, flows, strict=True)
    rates = (s.new_files * flow.files_per_write * flow.writes_per_s for s, flow in pairs)
    return span_s * math.fsum(rates)
