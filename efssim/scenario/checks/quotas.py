"""Check of quotas: EFS would refuse the file systems beyond them before the run begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from efssim.scenario.checks.places import home_of
from efssim.scenario.grammar.base import Found
from efssim.scenario.regions.facts import FILE_SYSTEMS
from efssim.text import written
from efssim.text.quantities import parse_count
from efssim.text.written import Place, Written


def quota_problems(raw: Written) -> Iterator[Found]:
    """Yield the first file system beyond the quota of each Region, with the quota that it takes."""
    counts: Counter[str] = Counter()
    beyond: dict[str, Place] = {}
    for path, region in _made(raw):
        counts[region] += 1
        if region not in beyond and counts[region] > _quota(raw, region):
            beyond[region] = path
    for region, path in beyond.items():
        yield path, _message(region, counts[region], _quota(raw, region))


def _message(region: str, count: int, quota: int) -> str:
    return (
        f"the account may have {quota:,} file systems in {region}, and the scenario has {count:,};"
        f" `regions: {{{region}: {{quotas: {{file_systems: {count}}}}}}}` makes room for them"
    )


def _quota(raw: Written, region: str) -> int:
    """Return how many file systems the account may have in a Region."""
    said = written.mapping(written.mapping(raw, "regions"), region)
    quota = written.parsed(parse_count, written.mapping(said, "quotas").get("file_systems"))
    return FILE_SYSTEMS if quota is None else quota


def _made(raw: Written) -> Iterator[tuple[Place, str]]:
    """Yield where each file system is written that there is at the start, and its Region.

    Those of `file_systems` come first, then those that replications create.
    """
    for name, part in written.section(raw, "file_systems").items():
        home = home_of(part)
        if home is not None:
            yield ("file_systems", name), home
    for name, part in written.section(raw, "replications").items():
        destination = written.mapping(part, "destination")
        home = None if "file_system" in destination else home_of(destination)
        if home is not None:
            yield ("replications", name, "destination"), home
