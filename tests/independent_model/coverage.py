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

DRAWN = "what is drawn is held against closed forms, and the laws"
BY_HAND = "its numbers are worked out by hand in the tests of its own"
NO_NUMBER = "it changes no number of a run"

NOT_COVERED: dict[str, str] = {
    "alarms": "tests/helpers/brute_alarms.py is the second model of alarms",
    "cloudwatch": NO_NUMBER,
    "compliance": BY_HAND,
    "defaults.control.mount_target": NO_NUMBER,
    "defaults.control.protecting": NO_NUMBER,
    "defaults.drawn": DRAWN,
    "defaults.file_system": "file systems that a call makes have names of their own",
    "defaults.sync.backoff": DRAWN,
    "defaults.sync.backoff_max": DRAWN,
    "defaults.sync.failure_probability": DRAWN,
    "defaults.sync.phase": "only an established replication has one",
    "defaults.sync.weight": BY_HAND,
    "defaults.undocumented": BY_HAND,
    "description": NO_NUMBER,
    "drill": "a drill is a run and its calls; what it adds is worked out by hand",
    "events[].expect": "an error that ends the run leaves no numbers",
    "faults.*.api_error": BY_HAND,
    "faults.*.code": BY_HAND,
    "faults.*.fail": BY_HAND,
    "faults.*.following": BY_HAND,
    "faults.*.move_writes": BY_HAND,
    "faults.*.region": BY_HAND,
    "faults.*.times": BY_HAND,
    "faults.*.to": BY_HAND,
    "file_systems.*.availability_zone": BY_HAND,
    "file_systems.*.backups": BY_HAND,
    "file_systems.*.count": "a fleet is as many file systems and replications, written out",
    "file_systems.*.encrypted": BY_HAND,
    "file_systems.*.growth.files": "it acts between runs alone",
    "file_systems.*.growth.size": "it acts between runs alone",
    "file_systems.*.id": NO_NUMBER,
    "file_systems.*.items": "a fleet is as many file systems and replications, written out",
    "file_systems.*.writes.*.arrivals.batch.timezone": BY_HAND,
    "file_systems.*.writes.*.arrivals.constant.bytes": BY_HAND,
    "file_systems.*.writes.*.arrivals.on_off": DRAWN,
    "file_systems.*.writes.*.arrivals.poisson": DRAWN,
    "file_systems.*.writes.*.arrivals.profile": DRAWN,
    "file_systems.*.writes.*.drawn": DRAWN,
    "file_systems.*.writes.*.growth.factor": "as those of file systems, which are covered",
    "file_systems.*.writes.*.growth.per": "as those of file systems, which are covered",
    "file_systems.*.writes.*.growth.since": "as those of file systems, which are covered",
    "file_systems.*.writes.*.trace.bytes": BY_HAND,
    "file_systems.*.writes.*.trace.counter": BY_HAND,
    "file_systems.*.writes.*.trace.metric": BY_HAND,
    "file_systems.*.writes.*.trace.missing": BY_HAND,
    "file_systems.*.writes.*.trace.per": BY_HAND,
    "file_systems.*.writes.*.trace.resample": DRAWN,
    "file_systems.*.writes.*.trace.start": BY_HAND,
    "file_systems.*.writes.*.trace.statistic": BY_HAND,
    "file_systems.*.writes.*.trace.time": BY_HAND,
    "file_systems.*.writes.*.trace.time_unit": BY_HAND,
    "file_systems.*.writes.*.trace.timezone": BY_HAND,
    "file_systems.*.writes.*.trace.unit": BY_HAND,
    "file_systems.*.writes.*.trace.where": BY_HAND,
    "file_systems.*.writes_follow": BY_HAND,
    "limits": NO_NUMBER,
    "prices": BY_HAND,
    "regions.*.availability_zones": NO_NUMBER,
    "regions.*.custom": NO_NUMBER,
    "regions.*.opted_in": BY_HAND,
    "regions.*.quotas": BY_HAND,
    "replications.*.blackouts.windows[].from": "as those of rates, which are covered",
    "replications.*.blackouts.windows[].to": "as those of rates, which are covered",
    "replications.*.blackouts.windows[].weekdays": "as those of rates, which are covered",
    "replications.*.control.mount_target": NO_NUMBER,
    "replications.*.control.protecting": NO_NUMBER,
    "replications.*.destination.availability_zone": BY_HAND,
    "replications.*.destination.kms_key_id": NO_NUMBER,
    "replications.*.items": "a fleet is as many file systems and replications, written out",
    "replications.*.measured": NO_NUMBER,
    "replications.*.overhead": "it is in sizes as EFS shows them alone",
    "replications.*.sync.backoff": DRAWN,
    "replications.*.sync.backoff_max": DRAWN,
    "replications.*.sync.failure_probability": DRAWN,
    "rto": "it judges drills alone",
    "seed": "nothing is drawn",
    "subnets": NO_NUMBER,
    "uncertain": NO_NUMBER,
}
"""Keys that no random scenario of the second model has, with all below them, and why."""


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
