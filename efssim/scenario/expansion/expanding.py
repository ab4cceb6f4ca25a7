"""A scenario as it was written, with every item of its fleets by itself.

All that reads a scenario sees file systems `orders[1]`, `orders[2]` and so on, as if they had been
written out; `Fleets` knows where each of them was written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from efssim.scenario.changes import set_at
from efssim.scenario.expansion.each import Drawn, places_of_each, read_each, with_drawn
from efssim.scenario.fleets.fleet import EACH, Fleet
from efssim.scenario.fleets.named import named_generator
from efssim.scenario.fleets.paths import (
    COUNT,
    FAULTS,
    FILE_SYSTEMS,
    ITEMS,
    REPLICATIONS,
    SECTIONS,
    count_of,
)
from efssim.scenario.grammar.base import Found
from efssim.scenario.grammar.disturbances.effects import Target
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES
from efssim.scenario.grammar.presets import SYNC_PRESETS
from efssim.text.items import first_meant, item_name, means_all, split_item
from efssim.text.quantities import parse_count, parse_duration
from efssim.text.written import Place, Written, WrittenValue, mapping, parsed, section, text
from efssim.text.yaml.paths import parse_path

_PHASE = ("sync", "phase")


@dataclass
class Fleets:
    """The fleets of a scenario, the scenario with all their items, and what is wrong in them."""

    fleets: list[Fleet]
    raw: Written
    """The scenario as it was written, with the items in place of the fleets."""
    patterns: dict[tuple[str, str], Written]
    """For each fleet, by section and name, its content with some number for each drawn one."""
    problems: list[Found]

    def place(self, path: Place) -> Place:
        """Return where something was written that is at a path of the scenario with all items."""
        if len(path) < 2 or path[0] not in (*SECTIONS, FAULTS):
            return path
        fleet, ordinal = self._of(str(path[0]), str(path[1]))
        if fleet is None:
            return path
        rest = path[2:]
        for key in fleet.items.get(ordinal, ()):
            at = _parsed(key)
            if at is not None and (at == rest[: len(at)] or rest == at[: len(rest)]):
                return (fleet.section, fleet.name, ITEMS, str(ordinal), key)
        return (fleet.section, fleet.name, *rest)

    def _of(self, part: str, name: str) -> tuple[Fleet | None, int]:
        """Return the fleet and the ordinal of an item."""
        found = split_item(name)
        for fleet in self.fleets if found is not None and found[1].isdigit() else ():
            if found is not None and (fleet.section, fleet.name) == (part, found[0]):
                return fleet, int(found[1])
        return None, 0

    def said(self, path: Place, message: str) -> Found:
        """Return a mistake of the scenario with all items where it was written."""
        place = self.place(path)
        if place != path and any(place[2:] == at for each in self.fleets for at, _ in each.each):
            message = f"drawn for {path[1]}: {message}"
        return place, message


def expanded(raw: Written, base: Path) -> Fleets | None:
    """Return the fleets of a scenario as it was written; None where it has none.

    Files that distributions name are relative to `base`.
    """
    counts = {
        name: count
        for name, part in section(raw, FILE_SYSTEMS).items()
        if (count := count_of(part)) is not None
    }
    each_faults = [name for name, part in section(raw, FAULTS).items() if part.get(EACH) is True]
    if not counts:
        return None
    return _Expanding(raw, base, counts, each_faults).all()


def misplaced_each(raw: Written) -> Iterator[Found]:
    """Yield the draws for each item where there are none, as they are written."""
    for name in SECTIONS:
        for key, part in section(raw, name).items():
            for place, _ in places_of_each(part):
                message = f"`{EACH}` draws for the items of a fleet, which `{COUNT}` makes"
                yield (name, key, *place), message


class _Expanding:
    """Writes out the items of the fleets of a scenario."""

    def __init__(
        self, raw: Written, base: Path, counts: Mapping[str, int], each_faults: list[str]
    ) -> None:
        self._raw, self._base, self._counts = raw, base, counts
        self._each_faults = each_faults
        self._fleets: list[Fleet] = []
        self._patterns: dict[tuple[str, str], Written] = {}
        self._problems: list[Found] = []
        seed = parsed(parse_count, raw.get("seed"))
        self._seed = 1 if seed is None else seed

    def all(self) -> Fleets:
        """Return the scenario with all items."""
        systems = self._section(FILE_SYSTEMS, self._counts)
        of_sources = {
            name: self._counts[source]
            for name, part in section(self._raw, REPLICATIONS).items()
            if (source := text(part, "source") or "") in self._counts
        }
        replications = self._section(REPLICATIONS, of_sources)
        raw: dict[str, WrittenValue] = {**self._raw, FILE_SYSTEMS: systems}
        if REPLICATIONS in self._raw:
            raw[REPLICATIONS] = replications
        if self._each_faults:
            raw[FAULTS] = self._faults({**self._counts, **of_sources})
        return Fleets(self._fleets, raw, self._patterns, self._problems)

    def _section(self, part: str, counts: Mapping[str, int]) -> dict[str, WrittenValue]:
        """Return a section with its items."""
        found: dict[str, WrittenValue] = {}
        for name, content in mapping(self._raw, part).items():
            split = split_item(name)
            if split is not None and split[0] in counts:
                message = f"is the name of an item of the fleet '{split[0]}'"
                self._problems.append(((part, name), message))
            elif name in counts and isinstance(content, Mapping):
                found.update(self._items(part, name, counts[name], content))
            else:
                found[name] = content
        return found

    def _items(
        self, part: str, name: str, count: int, content: Written
    ) -> Iterator[tuple[str, WrittenValue]]:
        """Yield the items of a fleet, each with its name."""
        common = {key: value for key, value in content.items() if key not in (COUNT, ITEMS)}
        if "id" in common:
            common.pop("id")
            message = f"an id is of one file system; `{ITEMS}` sets those of single ones"
            self._problems.append(((part, name, "id"), message))
        each, drawn = self._draws(part, name, common)
        items = dict(self._overrides(part, name, count, content))
        fleet = Fleet(part, name, count, each, items)
        self._fleets.append(fleet)
        pattern = with_drawn(common, drawn, self._seed, part, item_name(name, 1))
        self._patterns[part, name] = {**pattern, **_kept(content)}
        target = self._target(name, count, common) if part == REPLICATIONS else None
        for ordinal, member in enumerate(fleet.members, start=1):
            made = with_drawn(common, drawn, self._seed, part, member)
            if ordinal in items:
                made = self._differing(fleet, ordinal, made)
            if part == REPLICATIONS:
                made = self._replication(made, common, member, ordinal, target)
            yield member, made

    def _draws(
        self, part: str, name: str, common: Written
    ) -> tuple[tuple[tuple[Place, object], ...], list[Drawn]]:
        """Return the numbers that a fleet draws for each item, as written and as distributions."""
        each, drawn = tuple(places_of_each(common)), []
        for place, written in each:
            found = read_each(part, place, written, self._base)
            if isinstance(found, Drawn):
                drawn.append(found)
            else:
                self._problems += [((part, name, *at), message) for at, message in found]
        return each, drawn

    def _overrides(
        self, part: str, name: str, count: int, content: Written
    ) -> Iterator[tuple[int, Written]]:
        """Yield the values that single items of a fleet have otherwise, by their ordinals."""
        for key, values in section(content, ITEMS).items():
            ordinal = int(key) if key.isascii() and key.isdigit() else 0
            if 1 <= ordinal <= count:
                yield ordinal, values
            else:
                message = f"is no item: '{name}' has the items 1 to {count:,}"
                self._problems.append(((part, name, ITEMS, key), message))

    def _differing(self, fleet: Fleet, ordinal: int, made: Written) -> Written:
        """Return an item with what it has otherwise than the others."""
        for key, value in fleet.items[ordinal].items():
            at: Place = (fleet.section, fleet.name, ITEMS, str(ordinal), key)
            try:
                place = parse_path(key)
                if place[0] in (COUNT, ITEMS, "source"):
                    raise ValueError(f"`{place[0]}` is the same for all items")
                made = set_at(made, place, value)
            except ValueError as error:
                self._problems.append((at, str(error)))
        return made

    def _target(self, name: str, count: int, common: Written) -> str | None:
        """Return the fleet whose items are the destinations of those of another; None: no fleet."""
        named = text(mapping(common, "destination"), "file_system")
        there = self._counts.get(named or "")
        if there is not None and there != count:
            place = (REPLICATIONS, name, "destination", "file_system")
            message = f"'{named}' has {there:,} items, and the source {count:,}"
            self._problems.append((place, message))
        return None if there is None else named

    def _replication(
        self, made: Written, common: Written, member: str, ordinal: int, target: str | None
    ) -> Written:
        """Return an item of a fleet of replications, with its own ends and its phase."""
        source = item_name(str(common["source"]), ordinal)
        found: dict[str, WrittenValue] = {**made, "source": source}
        destination = mapping(made, "destination")
        if target is not None and text(destination, "file_system") == target:
            found["destination"] = {**destination, "file_system": item_name(target, ordinal)}
        sync = made.get("sync", {})
        if isinstance(sync, Mapping) and _PHASE[1] not in sync:
            phase_s = self._phase_s(member, sync)
            if phase_s:
                found["sync"] = {**sync, _PHASE[1]: phase_s}
        return found

    def _phase_s(self, member: str, sync: Written) -> float:
        """Return when within its interval an item is first cut: uniform, by its name."""
        interval_s = parsed(parse_duration, sync.get("interval"))
        if "interval" not in sync:
            known = {str(name): values["interval"].value for name, values in SYNC_PRESETS.items()}
            interval_s = known.get(str(sync.get("preset", "efs")))
        if not interval_s:
            return 0.0
        name = ".".join((REPLICATIONS, member, *_PHASE))
        share = named_generator(self._seed, 0, name).random()
        return min(share * interval_s, math.nextafter(interval_s, 0.0))

    def _faults(self, counts: Mapping[str, int]) -> dict[str, WrittenValue]:
        """Return the faults, with one for each item of those with a clock of their own for each."""
        found: dict[str, WrittenValue] = {}
        chosen = {name: self._of_fault(name, counts) for name in self._each_faults}
        for name, content in mapping(self._raw, FAULTS).items():
            split = split_item(name)
            known = chosen.get(name)
            if split is not None and split[0] in chosen:
                message = f"is the name of a fault of an item: '{split[0]}' has one for each"
                self._problems.append(((FAULTS, name), message))
            elif known is None or not isinstance(content, Mapping):
                found[name] = content
            else:
                key, target, count = known
                self._fleets.append(Fleet(FAULTS, name, count))
                self._patterns[FAULTS, name] = content
                rest = {k: v for k, v in content.items() if k != EACH}
                for ordinal in range(1, count + 1):
                    named = target.replace("[*]", f"[{ordinal}]", 1)
                    found[item_name(name, ordinal)] = {**rest, key: named}
        return found

    def _of_fault(self, name: str, counts: Mapping[str, int]) -> tuple[str, str, int] | None:
        """Return key, target and items of a fault with a clock for each; None: none is meant."""
        content = mapping(mapping(self._raw, FAULTS), name)
        for kind in DISTURBANCES:
            target = text(content, kind.name)
            if target is None or kind.target not in (Target.FILE_SYSTEM, Target.REPLICATION):
                continue
            fleet = target.partition("[*]")[0]
            if means_all(target) and fleet in counts and first_meant(target):
                return kind.name, target, counts[fleet]
        return None


def _kept(content: Written) -> dict[str, WrittenValue]:
    return {key: content[key] for key in (COUNT, ITEMS) if key in content}


def _parsed(key: str) -> Place | None:
    return parsed(parse_path, key)
