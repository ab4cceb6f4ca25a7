"""Values at keys of file systems and replications, those of a fleet said once where all agree."""

from __future__ import annotations

from collections.abc import Mapping

from efssim.scenario import Scenario
from efssim.text.items import every_item
from efssim.text.written import WrittenValue
from efssim.text.yaml.paths import Path, format_path


def gathered(
    scenario: Scenario, section: str, values: Mapping[tuple[str, Path], WrittenValue]
) -> dict[str, WrittenValue]:
    """Return values by path, given them by the name of a part and the path below it.

    Where all items of a fleet have one value, its path is that of all items.
    """
    found = dict(values)
    made: dict[str, WrittenValue] = {}
    for fleet in scenario.fleets:
        if fleet.section == section:
            _take(found, made, section, fleet.name, fleet.members)
    for (name, rest), value in found.items():
        made[format_path((section, name, *rest))] = value
    return made


def _take(
    found: dict[tuple[str, Path], WrittenValue],
    made: dict[str, WrittenValue],
    section: str,
    name: str,
    members: list[str],
) -> None:
    """Move the values that all items of a fleet have in common."""
    first = members[0]
    for rest in [below for each, below in found if each == first]:
        keys = [(member, rest) for member in members]
        value = found[first, rest]
        if all(key in found and found[key] == value for key in keys):
            made[format_path((section, every_item(name), *rest))] = value
            for key in keys:
                del found[key]
