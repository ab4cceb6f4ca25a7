"""Ranges of parameters that the metrics do not tell, as `uncertain:` of a scenario has them."""

from __future__ import annotations

from dataclasses import dataclass

from efssim.calibration.data import FittedParameter, Identified
from efssim.scenario.uncertain.ranges import SYNC_RANGES

_RATES = ("throughput", "file_rate")
_WIDEST = 10.0
"""How many times its known end a rate may be where the metrics leave the other one open, and the
range of the preset `efs-unknown` does not reach so far; assumed."""

_THOUSAND = 1000.0
"""How many times the least of a time its range reaches at most, as none may be 0; assumed."""


@dataclass(frozen=True, slots=True)
class UnknownRange:
    """The range of a parameter: seconds, bytes/s or files/s."""

    name: str
    kind: str
    """`uniform` or `loguniform`."""
    low: float
    high: float
    is_assumed: bool
    """Whether an end is assumed, as the metrics do not bound the parameter there."""


def unknown_range(found: FittedParameter) -> UnknownRange | None:
    """Return the range of a parameter that is not identified, else None.

    None as well for one whose ends the metrics do not tell, and that has no range of the preset.
    """
    if found.identified != Identified.NO:
        return None
    low, high = found.low, found.high
    if found.name in _RATES:
        known = SYNC_RANGES[found.name].prior.support
        below = low if low > 0 else min(known[0], (high or known[0]) / _WIDEST)
        above = high if high is not None else max(known[1], below * _WIDEST)
        open_end = low <= 0 or high is None
        if below < above:
            return UnknownRange(found.name, "loguniform", below, above, open_end)
        return None
    if high is None or not low < high:
        return None
    if found.name != "gap":  # some time has to pass between two syncs
        low = max(low, high / _THOUSAND)
    return UnknownRange(found.name, "uniform", low, high, is_assumed=False)
