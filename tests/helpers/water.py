"""A second model of transfers that share a link: water-filling from one event to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Claim(NamedTuple):
    """A transfer: when it begins, how much it sends, and how fast at most."""

    begin_s: float
    bytes: float
    cap: float
    weight: float = 1.0


def ends(claims: Sequence[Claim], capacities: Sequence[tuple[float, float]]) -> list[float]:
    """Return when each transfer ends; `capacities` are times and what holds from each on."""
    now, left, found = 0.0, [claim.bytes for claim in claims], [math.inf] * len(claims)
    while any(end == math.inf for end in found):
        capacity = [size for since_s, size in capacities if since_s <= now][-1]
        active = [
            k for k, claim in enumerate(claims) if claim.begin_s <= now and found[k] == math.inf
        ]
        rate = dict(zip(active, filled([claims[k] for k in active], capacity), strict=True))
        over = {k: now + left[k] / rate[k] for k in active if rate[k] > 0}
        changes = [claim.begin_s for claim in claims] + [since_s for since_s, _ in capacities]
        later = [*over.values(), *(at_s for at_s in changes if at_s > now)]
        then = min(later)
        for k in active:
            left[k] -= rate[k] * (then - now)
            if over.get(k) == then:
                found[k] = then
        now = then
    return found


def filled(claims: Sequence[Claim], capacity: float) -> list[float]:
    """Return max-min fair rates: fill all by their weights, and fix those that reach their caps."""
    rates = [0.0] * len(claims)
    open_ = set(range(len(claims)))
    while open_:
        left = capacity - math.fsum(rate for k, rate in enumerate(rates) if k not in open_)
        level = max(0.0, left) / math.fsum(claims[k].weight for k in sorted(open_))
        capped = {k for k in sorted(open_) if claims[k].cap <= claims[k].weight * level}
        if not capped:
            for k in open_:
                rates[k] = claims[k].weight * level
            return rates
        for k in capped:
            rates[k] = claims[k].cap
        open_ -= capped
    return rates
