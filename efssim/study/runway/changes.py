"""Changes of a scenario that may put off the month in which an objective is missed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from efssim.scenario import Scenario
from efssim.scenario.grammar.base import one_of
from efssim.scenario.grammar.calendars.rates import RateCalendar, least_of
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.regions.names import zone_region
from efssim.scenario.schema import Sync
from efssim.study.runway.gathered import gathered
from efssim.text.written import WrittenValue, as_written
from efssim.text.yaml.paths import Path, format_path

DOUBLED = ("throughput", "file_rate", "scan_rate", "diff_rate")
HALVED = ("interval", "gap")
CHANGED = (*DOUBLED, "capacity", *HALVED)
"""Parameters that are changed, each alone."""


@dataclass(frozen=True)
class Change:
    """A parameter of all replications that are asked for, or of their links, times a factor."""

    key: str
    factor: float
    values: Mapping[str, WrittenValue]
    """The new values by their paths."""

    @property
    def name(self) -> str:
        """The parameter and its factor in words."""
        return f"{self.key} × 2" if self.factor > 1 else f"{self.key} ÷ 2"

    def of(self, scenario: Scenario) -> Scenario:
        """Return a scenario with it; raise ScenarioError if that is not valid."""
        return scenario.with_(self.values)


def changes(scenario: Scenario, replications: Sequence[str]) -> Iterator[Change]:
    """Yield the changes that a scenario has: of parameters that limit or delay anything."""
    for key in DOUBLED:
        yield from _change(key, 2.0, scenario, replications)
    yield from _of_links(scenario, replications)
    for key in HALVED:
        yield from _change(key, 0.5, scenario, replications)


def _change(
    key: str, factor: float, scenario: Scenario, replications: Sequence[str]
) -> Iterator[Change]:
    values: dict[tuple[str, Path], WrittenValue] = {}
    for name in replications:
        value = _times(scenario.replications[name].sync, key, factor)
        if value is not None:
            values[name, ("sync", key)] = value
    if values:
        yield Change(key, factor, gathered(scenario, "replications", values))


def _times(sync: Sync, key: str, factor: float) -> WrittenValue:
    """Return a parameter times a factor; None where it limits or delays nothing."""
    if key == "gap":
        gap = sync.draw(key)
        return None if gap.always_zero() else _scaled(gap, factor)
    if isinstance(sync.throughput, RateCalendar) and key == "throughput":
        return _scaled_rate(sync.throughput, factor)
    number = sync.number(key)
    return number * factor if 0 < number < math.inf else None


def _scaled_rate(rate: float | RateCalendar, factor: float) -> WrittenValue:
    """Return a rate, or all of a calendar, times a factor; None without any limit."""
    if not isinstance(rate, RateCalendar):
        return rate * factor if rate < math.inf else None
    if least_of(rate) == math.inf:
        return None
    windows = [{**as_written(window), "value": window.value * factor} for window in rate.windows]
    return {**as_written(rate), "base": rate.base * factor, "windows": windows}


_LENGTHS = ("mean", "median", "low", "high", "min", "max", "values")
"""Keys of distributions that are quantities; the others are numbers of their shape."""


def _scaled(value: Distribution[float], factor: float) -> WrittenValue:
    """Return a distribution of times, as written, all of which are longer by a factor.

    None for one that is in a file.
    """
    if value.constant is not None:
        return value.constant * factor
    kind = one_of(value)
    written = as_written(getattr(value, kind))
    if "file" in written:
        return None
    return {kind: {key: _part(key, part, factor) for key, part in written.items()}}


def _part(key: str, part: WrittenValue, factor: float) -> WrittenValue:
    if key not in _LENGTHS:
        return part
    if isinstance(part, list | tuple):
        return [each * factor for each in part]
    assert isinstance(part, int | float)
    return part * factor


def _of_links(scenario: Scenario, replications: Sequence[str]) -> Iterator[Change]:
    """Yield the change of the capacity of the links that the replications use."""
    used = {_link_of(scenario, name) for name in replications}
    values = {
        format_path(("links", name, "capacity")): doubled
        for name, link in scenario.links.items()
        if name in used and (doubled := _scaled_rate(link.capacity, 2.0)) is not None
    }
    if values:
        yield Change("capacity", 2.0, values)


def _link_of(scenario: Scenario, name: str) -> str:
    """Return the name of the link of a replication."""
    replication = scenario.replications[name]
    begin, end = scenario.file_systems[replication.source].home, replication.destination
    target = end.file_system
    if target is not None:
        return f"{begin} -> {scenario.file_systems[target].home}"
    region = end.region or zone_region(end.availability_zone or "")
    return f"{begin} -> {region}"
