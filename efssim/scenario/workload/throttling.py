"""The keys of a file system whose writes wait for its throughput."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import field_validator

from efssim.scenario.grammar.base import Found
from efssim.scenario.grammar.network import Place
from efssim.scenario.grammar.types import ByteRate, Fraction, Size
from efssim.text.written import Written, mapping

THROTTLE_KEYS = ("burst_credits", "other_load", "standard_share")
"""Keys that say how a file system throttles its writes."""


@dataclass(frozen=True, slots=True)
class Throttling:
    """How a file system throttles its writes."""

    burst_credits: int | None = None
    """At the start, in bytes; None: as many as it may have."""
    other_load: float = 0.0
    """Bytes per second that are served before any write."""
    standard_share: float = 1.0
    """Share of the size by which throughput is permitted."""


class ThrottledPlace(Place):
    """A place whose file system may throttle its writes, which `throttle` says."""

    burst_credits: Size | None = None
    """With `throttle`: burst credits at the start; as many as it may have unless set."""
    other_load: ByteRate = 0.0
    """With `throttle`: metered throughput of reads and of all else that no stream writes; it is
    served first."""
    standard_share: Fraction = 1.0
    """With `throttle`: share of the size that is in the Standard class, by which throughput is
    permitted."""

    @field_validator("other_load")
    @classmethod
    def _finite_load(cls, rate: float) -> float:
        if rate == math.inf:
            raise ValueError("needs a rate of bytes, not `none`")
        return rate


def throttling_of(place: ThrottledPlace) -> Throttling:
    """Return how a place throttles, where it does."""
    return Throttling(place.burst_credits, place.other_load, place.standard_share)


def unthrottled_keys(data: Written) -> Iterator[Found]:
    """Yield the keys that need `throttle: true`."""
    for key in THROTTLE_KEYS:
        if key in data:
            yield (key,), "goes with `throttle: true` only"


def cells_that_wait(data: Written) -> Iterator[Found]:
    """Yield the streams of a throttled file system that are to be drawn in cells."""
    for name, stream in mapping(data, "writes").items():
        if isinstance(stream, dict) and stream.get("drawn") == "cells":
            path = "writes", str(name), "drawn"
            yield path, "the writes of a throttled file system wait one by one: write `each`"
