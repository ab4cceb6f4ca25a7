"""Fleets in words: how far all items hold the RPO at once, and each by itself."""

from __future__ import annotations

from collections.abc import Mapping

from efssim.lag.fleets.summary import FleetSummary, SpreadTree
from efssim.report.words.lines import counted, percent
from efssim.study.means.fleets import FleetOfTrials
from efssim.study.statistics.intervals import Interval

_UNKNOWN = "an item has no age at all, so how long all were within the target at once is not known"


def fleet_texts(found: Mapping[str, FleetSummary]) -> list[str]:
    """Return a sentence for each fleet of a run."""
    return [
        f"{_name(name, one.count)}: {_at_once(one.attainment_all, None)}; {_each(one.spread)}."
        for name, one in found.items()
    ]


def fleet_texts_of_trials(found: Mapping[str, FleetOfTrials]) -> list[str]:
    """Return the same as means over trials, with what all trials have in common."""
    texts = [
        f"{_name(name, one.count)}: {_at_once(one.attainment_all, one.ci95.attainment_all)}; "
        f"{_each(one.spread)}."
        for name, one in found.items()
    ]
    common = "The items are those of the seed in all trials; another seed draws others."
    return [*texts, *([common] if texts else [])]


def _name(name: str, count: int) -> str:
    return f"Fleet {name}, {counted(count, 'item')}"


def _at_once(share: float | None, bounds: Interval | None) -> str:
    if share is None:
        return _UNKNOWN
    interval = ""
    if bounds is not None:
        interval = f" (95 % interval {percent(bounds.low)} to {percent(bounds.high)})"
    return f"all at once within the target for {percent(share)} of the window{interval}"


def _each(spread: SpreadTree) -> str:
    rpo = spread.parts.get("rpo")
    found = None if rpo is None else rpo.numbers.get("attainment")
    if found is None or found.min is None or found.max is None or found.p50 is None:
        return "none has an attainment"
    return f"each for {percent(found.min)} to {percent(found.max)}, p50 {percent(found.p50)}"
