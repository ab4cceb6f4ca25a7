"""Checks of Regions, Availability Zones and links: that they exist and fit each other."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.scenario.grammar.base import Found
from efssim.scenario.grammar.network import link_name, link_regions
from efssim.scenario.regions import names as regions
from efssim.text import written
from efssim.text.suggestions import suggest
from efssim.text.written import Place, Written


def place_problems(raw: Written) -> Iterator[Found]:
    """Yield the problems of everything that names a Region."""
    yield from _declaration_problems(raw)
    known = regions_known(raw)
    for path, region in [*_placed(raw), *_linked(raw)]:
        if region not in known:
            yield path, f"unknown Region '{region}'{suggest(region, known)}"
    yield from _repeated_links(raw)
    yield from _partition_problems(raw)
    yield from _copy_problems(raw)


def _copy_problems(raw: Written) -> Iterator[Found]:
    """Yield the backups that are copied to where they are."""
    for name, part in written.section(raw, "file_systems").items():
        copied_to = written.text(written.mapping(part, "backups"), "copy_to")
        if copied_to is not None and copied_to == home_of(part):
            path = ("file_systems", name, "backups", "copy_to")
            yield path, f"'{copied_to}' is where the backups lie anyway"


def home_of(part: Written) -> str | None:
    """Return the Region of a file system or destination that says where it is."""
    region, zone = (written.text(part, key) for key in ("region", "availability_zone"))
    if region is not None:
        return region
    return None if zone is None else regions.zone_region(zone)


def destination_home(raw: Written, destination: Written) -> str | None:
    """Return the Region of a destination, which may be that of an existing file system."""
    # One look-up: `section` would go through all file systems for each destination.
    systems = written.mapping(raw, "file_systems")
    existing = written.mapping(systems, str(destination.get("file_system")))
    return home_of(destination) or home_of(existing)


def regions_known(raw: Written) -> list[str]:
    """Return the Regions of AWS and those that a scenario declares."""
    return [*regions.KNOWN, *_custom(raw)]


def _custom(raw: Written) -> list[str]:
    parts = written.section(raw, "regions").items()
    return [name for name, part in parts if part.get("custom") is True]


def _placed(raw: Written) -> Iterator[tuple[Place, str]]:
    """Yield the Region of every file system and destination, where it was written."""
    for name, part in written.section(raw, "file_systems").items():
        yield from _place(("file_systems", name), part)
        copied_to = written.text(written.mapping(part, "backups"), "copy_to")
        if copied_to is not None:
            yield ("file_systems", name, "backups", "copy_to"), copied_to
    for name, part in written.section(raw, "replications").items():
        yield from _place(
            ("replications", name, "destination"), written.mapping(part, "destination")
        )


def _place(path: Place, part: Written) -> Iterator[tuple[Place, str]]:
    home = home_of(part)
    key = "availability_zone" if written.text(part, "region") is None else "region"
    if home is not None:
        yield (*path, key), home


def _linked(raw: Written) -> Iterator[tuple[Place, str]]:
    """Yield every Region that a link names, where it was written."""
    for link in written.names(raw, "links"):
        for end in written.parsed(link_regions, link) or ():
            yield ("links", link), end


def _declaration_problems(raw: Written) -> Iterator[Found]:
    custom = _custom(raw)
    known = [*regions.KNOWN, *custom]
    for name, part in written.section(raw, "regions").items():
        if name not in known:
            hint = suggest(name, known) or "; `custom: true` declares a Region that AWS lacks"
            yield ("regions", name), f"unknown Region '{name}'{hint}"
        elif name in custom and name in regions.KNOWN:
            yield ("regions", name, "custom"), f"'{name}' is a Region of AWS, not a custom one"
        if part.get("opted_in") is False and enabled_by_default(raw, name):
            yield ("regions", name, "opted_in"), always_on(name)
        for zone in written.names(part, "availability_zones"):
            if regions.zone_region(zone) not in (None, name):
                path = ("regions", name, "availability_zones", zone)
                yield path, f"'{zone}' is not in Region '{name}'"


def _repeated_links(raw: Written) -> Iterator[Found]:
    first: dict[str, str] = {}
    for link in written.names(raw, "links"):
        name = written.parsed(link_name, link)
        if name in first:
            yield ("links", link), f"is the same link as '{first[name]}'"
        elif name is not None:
            first[name] = link


def enabled_by_default(raw: Written, region: str) -> bool:
    """Return whether a Region is enabled by default: as declared in the scenario, else by AWS."""
    declared = written.section(raw, "regions").get(region, {}).get("default")
    if isinstance(declared, bool):
        return declared
    return regions.is_default(region)


def always_on(region: str) -> str:
    """Return why nobody can opt out of a Region that AWS enables by default."""
    return (
        f"AWS enables '{region}' by default, so nobody can opt out of it;"
        f" `regions: {{{region}: {{default: false}}}}` makes it a Region to opt in to"
    )


def _partition_problems(raw: Written) -> Iterator[Found]:
    systems = written.section(raw, "file_systems")
    for name, part in written.section(raw, "replications").items():
        destination = written.mapping(part, "destination")
        ends = (
            home_of(systems.get(str(part.get("source")), {})),
            destination_home(raw, destination),
        )
        # Custom Regions are in no partition, and unknown ones have their own problem.
        if not set(ends) <= set(regions.KNOWN):
            continue
        source, target = map(str, ends)
        if regions.partition(source) != regions.partition(target):
            where = ("region", "availability_zone", "file_system")
            key = next(key for key in where if written.text(destination, key))
            yield (
                ("replications", name, "destination", key),
                f"Region '{target}' is in another partition than the source's '{source}'",
            )
