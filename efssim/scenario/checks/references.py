"""Checks of the names by which the parts of a scenario refer to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from efssim.scenario.checks.places import home_of
from efssim.scenario.grammar.base import Found
from efssim.text import written
from efssim.text.items import first_meant, fleet_hint
from efssim.text.suggestions import suggest
from efssim.text.written import Place, Written


def reference_problems(raw: Written) -> Iterator[Found]:
    """Yield dangling names, and file systems and ids that are used twice."""
    yield from _member_problems(raw)
    yield from _existing_destination_problems(raw)
    yield from _identity_problems(raw)
    yield from _objective_problems(raw)


def _new_destination(replication: str) -> str:
    """Return the name of the file system that a replication creates."""
    return f"{replication}.destination"


def new_destinations(raw: Written) -> Iterator[str]:
    """Yield the names of the destinations that do not exist before their replication."""
    for name, part in written.section(raw, "replications").items():
        if "file_system" not in written.mapping(part, "destination"):
            yield _new_destination(name)


def dangling(what: str, name: str, known: Iterable[str]) -> str:
    """Return the problem of a name that nothing has, or that only all items of a fleet have."""
    hint = fleet_hint(name, known)
    if hint:
        return hint
    return f"no {what} is named '{name}'{suggest(name, known)}"


def _members(raw: Written) -> Iterator[tuple[Place, str, str]]:
    """Yield where a file system is named as a member of a replication, its name and its role."""
    for name, part in written.section(raw, "replications").items():
        path = ("replications", name)
        source = written.text(part, "source")
        if source is not None:
            yield (*path, "source"), source, f"the source of replication '{name}'"
        existing = written.text(written.mapping(part, "destination"), "file_system")
        if existing is not None:
            role = f"the destination of replication '{name}'"
            yield (*path, "destination", "file_system"), existing, role


def _member_problems(raw: Written) -> Iterator[Found]:
    known = dict.fromkeys(written.names(raw, "file_systems"))  # found sooner than in a list
    roles: dict[str, str] = {}
    for path, name, role in _members(raw):
        if name not in known:
            yield path, dangling("file system", name, known)
        elif name in roles:
            yield (
                path,
                f"file system '{name}' is {roles[name]} already;"
                " a file system can be part of only one replication configuration",
            )
        roles.setdefault(name, role)


def _objective_problems(raw: Written) -> Iterator[Found]:
    known = dict.fromkeys(written.names(raw, "replications"))
    for name, part in written.section(raw, "objectives").items():
        listed = part.get("replications")
        for ordinal, each in enumerate(listed if isinstance(listed, list | tuple) else ()):
            path = ("objectives", name, "replications", ordinal)
            if isinstance(each, str) and first_meant(each) not in known:
                yield path, dangling("replication", each, known)


def _existing_destination_problems(raw: Written) -> Iterator[Found]:
    systems = written.section(raw, "file_systems")
    for name, part in written.section(raw, "replications").items():
        path = ("replications", name, "destination")
        destination = written.mapping(part, "destination")
        existing = systems.get(str(destination.get("file_system")))
        if existing is None:
            continue
        for key, there in (
            ("region", home_of(existing)),
            ("availability_zone", existing.get("availability_zone")),
        ):
            here = written.text(destination, key)
            if here not in (None, there):
                where = f"in '{there}'" if there else f"not in '{here}'"
                yield (*path, key), f"file system '{destination['file_system']}' is {where}"


def _identity_problems(raw: Written) -> Iterator[Found]:
    reserved = {_new_destination(name): name for name in written.names(raw, "replications")}
    ids: dict[str, str] = {}
    for name, part in written.section(raw, "file_systems").items():
        if name in reserved:
            message = f"is the name of the new destination of replication '{reserved[name]}'"
            yield ("file_systems", name), message
        identity = written.text(part, "id")
        if identity is not None and identity in ids:
            yield ("file_systems", name, "id"), f"is the id of file system '{ids[identity]}' too"
        elif identity is not None:
            ids[identity] = name
