"""Which keys of the grammar of scenarios the second model covers, and why not the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

DISTRIBUTIONS = (
    "constant",
    "each",
    "empirical",
    "exponential",
    "gamma",
    "lognormal",
    "pareto",
    "uniform",
)
"""Forms of a number, and not keys of their own."""

BY_HAND = "its numbers are worked out by hand in the tests of its own"
NO_NUMBER = "it changes no number that the second model has"

NOT_COVERED: dict[str, str] = {
    "alarms": "tests/search/checks/alarms.py compares states, by a second evaluator; else by hand",
    "cloudwatch": NO_NUMBER,
    "defaults.control.mount_target": NO_NUMBER,
    "defaults.control.protecting": NO_NUMBER,
    "defaults.drawn": "cells have a law of their own; the search draws every write where it asks",
    "defaults.file_system": "what a call makes is compared as long as it makes no file system",
    "defaults.sync.phase": "only an established replication has one",
    "defaults.undocumented.automatic_backups": NO_NUMBER,
    "defaults.undocumented.already_in_a_replication": NO_NUMBER,
    "defaults.undocumented.bad_pagination_token": NO_NUMBER,
    "defaults.undocumented.delete_member_file_system": NO_NUMBER,
    "defaults.undocumented.destination_protected": NO_NUMBER,
    "defaults.undocumented.malformed_file_system_id": NO_NUMBER,
    "defaults.undocumented.no_backup_policy": NO_NUMBER,
    "defaults.undocumented.region_not_opted_in": NO_NUMBER,
    "defaults.undocumented.region_outage": NO_NUMBER,
    "defaults.undocumented.set_protection_replicating": NO_NUMBER,
    "defaults.undocumented.unknown_creation_token": NO_NUMBER,
    "description": NO_NUMBER,
    "drill": "a drill is a run and its calls; what it adds is worked out by hand",
    "events[].expect": "an error that ends the run leaves no numbers",
    "file_systems.*.backups": BY_HAND,
    "file_systems.*.growth.files": "it acts between runs alone",
    "file_systems.*.growth.size": "it acts between runs alone",
    "file_systems.*.id": NO_NUMBER,
    "file_systems.*.writes.*.drawn": "as defaults.drawn",
    "file_systems.*.writes.*.trace.metric": BY_HAND,
    "file_systems.*.writes.*.trace.statistic": BY_HAND,
    "limits": NO_NUMBER,
    "prices": BY_HAND,
    "regions.*.availability_zones": NO_NUMBER,
    "replications.*.control.mount_target": NO_NUMBER,
    "replications.*.control.protecting": NO_NUMBER,
    "replications.*.destination.kms_key_id": NO_NUMBER,
    "replications.*.measured": NO_NUMBER,
    "replications.*.overhead": "it is in sizes as EFS shows them alone",
    "rto": "it judges drills alone",
    "subnets": NO_NUMBER,
    "uncertain": NO_NUMBER,
}
"""Keys of which no number is compared with the second model, with all below them, and why."""


def keys_of_schema(schema: Json) -> set[str]:
    """Return every key of the grammar: `*` stands for a name, `[]` for the items of a list."""
    return set(_keys(schema, schema["$defs"], "", ()))


def _keys(node: Json, defs: Json, path: str, stack: tuple[str, ...]) -> Iterator[str]:
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name not in stack:
            yield from _keys(defs[name], defs, path, (*stack, name))
        return
    for kind in ("anyOf", "oneOf", "allOf"):
        for part in node.get(kind, ()):
            yield from _keys(part, defs, path, stack)
    for key, part in node.get("properties", {}).items():
        if key not in DISTRIBUTIONS or path.endswith("arrivals"):
            below = f"{path}.{key}".strip(".")
            yield below
            yield from _keys(part, defs, below, stack)
    names = [node.get("additionalProperties"), *node.get("patternProperties", {}).values()]
    for part in names:
        if isinstance(part, dict):
            yield from _keys(part, defs, f"{path}.*", stack)
    if isinstance(node.get("items"), dict):
        yield from _keys(node["items"], defs, f"{path}[]", stack)


def keys_of(scenario: object, known: set[str], path: str = "") -> Iterator[str]:
    """Yield the keys of the grammar that a scenario has."""
    if isinstance(scenario, list):
        for item in scenario:
            yield from keys_of(item, known, f"{path}[]")
    if not isinstance(scenario, dict):
        return
    for key, value in scenario.items():
        below = f"{path}.{key}".strip(".")
        if below not in known:
            below = f"{path}.*"
        else:
            yield below
        yield from keys_of(value, known, below)


def is_listed(key: str) -> bool:
    """Whether a key is listed as not covered, by itself or with one above it."""
    above = tuple(part for listed in NOT_COVERED for part in (f"{listed}.", f"{listed}["))
    return f"{key}.".startswith(above)
