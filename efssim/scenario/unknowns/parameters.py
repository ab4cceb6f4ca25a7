"""The parameters of a scenario that are not known, with the distribution of each in numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from efssim.scenario.fleets.fleet import Fleet
from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.grammar.calendars.rates import RateCalendar
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.presets import UNKNOWN
from efssim.scenario.grammar.timing import Tuned
from efssim.scenario.schema import ScenarioKeys
from efssim.scenario.uncertain.keys import BadValueError, UncertainKeys
from efssim.scenario.uncertain.priors import Prior
from efssim.scenario.uncertain.ranges import (
    CONTROL_RANGES,
    FILE_SYSTEM_RANGES,
    SYNC_RANGES,
)
from efssim.scenario.unknowns.quantity import Quantity, quantity_at
from efssim.text.bounds import out_of
from efssim.text.items import ALL, item_name, split_item
from efssim.text.suggestions import suggest
from efssim.text.written import Written, as_written
from efssim.text.yaml.paths import Path, format_path, parse_path

_ASKED = "is what the runs are judged by, and no property of the system"
_NOT_UNKNOWN: Mapping[Path, str] = {
    ("seed",): "is no property of the system; trials have other draws",
    ("duration",): "is the same in all parameter sets, as they are compared",
    ("warm_up",): "is the same in all parameter sets, as they are compared",
    ("rpo", "target"): _ASKED,
    ("rpo", "attainment"): _ASKED,
}
"""Numbers that somebody chooses."""


@dataclass(frozen=True)
class UncertainParameter:
    """A parameter that is not known."""

    path: str
    segments: Path = field(repr=False)
    quantity: Quantity = field(repr=False)
    prior: Prior
    """In SI units."""
    source: str
    """Where the distribution comes from; empty if the scenario does not say."""

    def at_share(self, share: float) -> float:
        """Return the value below which a share of the probability lies."""
        value = self.prior.at_share(share)
        return float(round(value)) if self.quantity.whole else value

    def text(self, value: float) -> str:
        """Return a value for people."""
        return "none" if value == math.inf else self.quantity.text(value)

    @property
    def shown(self) -> str:
        """The distribution in words: `loguniform from 60 MiB/s to 600 MiB/s`."""
        texts = [self.text(value) for value in self.prior.support]
        if self.prior.kind == "choice":
            return f"one of {', '.join(texts)}"
        return f"{self.prior.kind} from {texts[0]} to {texts[1]}"


def is_uncertain(scenario: ScenarioKeys) -> bool:
    """Return whether a scenario has a parameter that is not known; quick."""
    return bool(scenario.uncertain) or any(part.preset == UNKNOWN for _, part in _tuned(scenario))


def uncertain_parameters(scenario: ScenarioKeys) -> tuple[UncertainParameter, ...]:
    """Return the parameters of a valid scenario that are not known, those of presets last.

    A preset's range goes only with a value that comes from the preset.
    """
    found = {}
    for text, keys in scenario.uncertain.items():
        path = _of_number(scenario, parse_path(text))
        quantity = quantity_at(path)
        assert quantity is not None, "checked with the scenario"
        found[_for_all(path)] = _parameter(path, keys.prior(_reader(quantity)), keys.source)
    for path in _of_presets(scenario):
        if path not in found:
            found[path] = preset_range(path)
    return tuple(found.values())


def _of_number(scenario: ScenarioKeys, path: Path) -> Path:
    """Return the path of what is not known: of a calendar the rate outside its windows."""
    place = _for_all(path)
    part: object = _having(scenario, place)
    for segment in place:
        part = _below(part, segment)
    return (*path, "base") if isinstance(part, RateCalendar) else path


def preset_range(path: Path) -> UncertainParameter:
    """Return the range of a value of the preset of what is not known, by its path."""
    ranges = {"sync": SYNC_RANGES, "control": CONTROL_RANGES, "file_system": FILE_SYSTEM_RANGES}
    found = ranges[str(path[-2])][str(path[-1])]
    return _parameter(path, found.prior, found.source)


def _parameter(path: Path, prior: Prior, source: str) -> UncertainParameter:
    quantity = quantity_at(path)
    assert quantity is not None, "checked with the scenario, and presets have numbers only"
    return UncertainParameter(format_path(path), path, quantity, prior, source)


def _below(part: object, segment: str | int) -> object:
    if isinstance(part, Model):
        names = {field.alias or name: name for name, field in type(part).model_fields.items()}
        return getattr(part, names[str(segment)])
    if isinstance(part, Mapping):
        return part[segment]
    assert isinstance(part, tuple)
    return part[int(segment)]


def _of_presets(scenario: ScenarioKeys) -> Iterator[Path]:
    """Yield the path of each value that comes from the preset of what is not known."""
    for path, part in _tuned(scenario):
        if part.preset == UNKNOWN:
            ranges = SYNC_RANGES if path[-1] == "sync" else CONTROL_RANGES
            yield from ((*path, key) for key in ranges if getattr(part, key) is None)
    if scenario.defaults.control.preset == UNKNOWN:
        times = scenario.defaults.file_system
        for key in FILE_SYSTEM_RANGES:
            if key not in times.model_fields_set:
                yield "defaults", "file_system", key


def _tuned(scenario: ScenarioKeys) -> Iterator[tuple[Path, Tuned]]:
    """Yield the parts of a scenario that have a preset, each with its path."""
    for name, replication in scenario.once.replications.items():
        yield ("replications", name, "sync"), replication.sync
        yield ("replications", name, "control"), replication.control
    for fleet in scenario.fleets:
        if fleet.section == "replications":
            yield from _tuned_otherwise(scenario, fleet)
    yield ("defaults", "sync"), scenario.defaults.sync
    yield ("defaults", "control"), scenario.defaults.control


def _tuned_otherwise(scenario: ScenarioKeys, fleet: Fleet) -> Iterator[tuple[Path, Tuned]]:
    """Yield the parts with another preset than the fleet has that single items of it have."""
    common = scenario.once.replications[fleet.name]
    for ordinal in fleet.items:
        name = item_name(fleet.name, ordinal)
        item = scenario.replications[name]
        if item.sync.preset != common.sync.preset:
            yield ("replications", name, "sync"), item.sync
        if item.control.preset != common.control.preset:
            yield ("replications", name, "control"), item.control


def _reader(quantity: Quantity) -> Callable[[str, object], float]:
    """Return the function that reads a value under a key as a quantity."""

    def read(key: str, given: object) -> float:
        try:
            value = quantity.parse(given)
        except ValueError as error:
            raise BadValueError(key, str(error)) from None
        beyond = None if quantity.bounds is None else out_of(quantity.bounds, value)
        if beyond is not None:
            raise BadValueError(key, f"{given!r} {beyond}")
        return value

    return read


Problems = Callable[[object], str | None]
"""From the data of a scenario to its first problem, None if it is valid."""


def uncertain_problems(scenario: ScenarioKeys, first_problem: Problems) -> Iterator[Found]:
    """Yield the problems of `uncertain:` in a scenario that is valid otherwise.

    Every end of a distribution, and every value of a choice, has to be valid where it is put.
    """
    data = {key: part for key, part in as_written(scenario).items() if key != "uncertain"}
    seen: dict[Path, str] = {}
    for text, keys in scenario.uncertain.items():
        try:
            path = parse_path(text)
        except ValueError as error:
            yield ("uncertain", text), str(error)
            continue
        place = _for_all(path)
        if place in seen:
            yield ("uncertain", text), f"is the same parameter as {seen[place]}"
        seen[place] = text
        message = _NOT_UNKNOWN.get(path) or _misplaced(_having(scenario, place), place)
        if message is not None:
            yield ("uncertain", text), message
            continue
        yield from _unfit(text, path, keys, data, first_problem)


def _unfit(
    text: str, path: Path, keys: UncertainKeys, data: Written, first_problem: Problems
) -> Iterator[Found]:
    """Yield the mistakes in the values of a distribution."""
    from efssim.scenario.changes import with_number  # late: only scenarios with `uncertain` need it

    quantity = quantity_at(path)
    assert quantity is not None
    at = ("uncertain", text, keys.kind)
    try:
        prior = keys.prior(_reader(quantity))
    except BadValueError as error:
        yield (*at, error.key), str(error)
        return
    for value in prior.support:
        message = first_problem(with_number(data, path, value))
        if message is not None:
            shown = "none" if value == math.inf else quantity.text(value)
            yield at, f"can be {shown}, which is not valid there: {message}"
            return


def _for_all(path: Path) -> Path:
    """Return the path of what all items of a fleet have in common, if a path means all."""
    found = split_item(str(path[1])) if len(path) > 1 else None
    return (path[0], found[0], *path[2:]) if found is not None and found[1] == ALL else path


def _having(scenario: ScenarioKeys, path: Path) -> ScenarioKeys:
    """Return the scenario with all items, or with each fleet once, where a path leads to one."""
    once = scenario.once
    section = getattr(once, str(path[0]), None) if len(path) > 1 else None
    return once if isinstance(section, Mapping) and path[1] in section else scenario


def _misplaced(scenario: ScenarioKeys, path: Path) -> str | None:
    """Return why nothing at a path of a scenario can be uncertain; None if something can."""
    part: object = scenario
    for depth, segment in enumerate(path):
        message = _missing(part, segment, path[:depth])
        if message is not None:
            return message
        part = _below(part, segment)
    if quantity_at(path) is None:
        return "leads to no number, so that no distribution goes with it"
    if isinstance(part, Distribution) and part.constant is None:
        kind = next(name for name in type(part).model_fields if getattr(part, name) is not None)
        return (
            f"is a distribution of its own, drawn again and again; name a number of it, such as "
            f"{format_path(path)}.{kind}.{next(iter(type(getattr(part, kind)).model_fields))}"
        )
    return None


def _missing(part: object, segment: str | int, before: Path) -> str | None:
    """Return the message for a segment of a path that leads nowhere; None if it leads on."""
    if isinstance(part, Model):
        grammar = type(part).grammar()
        if segment in grammar:
            return None
        return f"leads nowhere: unknown key '{segment}'{suggest(str(segment), grammar)}"
    if isinstance(part, Mapping):
        if segment in part:
            return None
        known = [str(name) for name in part]
        return (
            f"names nothing of this scenario: {format_path(before)} has no "
            f"'{segment}'{suggest(str(segment), known)}"
        )
    if isinstance(part, tuple) and isinstance(segment, int):
        return None if segment < len(part) else f"leads nowhere: {format_path(before)} ends before"
    if part is None:
        return f"names nothing of this scenario: {format_path(before)} is not set"
    return f"leads nowhere: {format_path(before)} is a single value"
