"""Check of the links: that their capacity is never shared, since sharing is not modelled."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from efssim.scenario.checks.places import destination_home, home_of
from efssim.scenario.grammar.base import Found
from efssim.scenario.grammar.disturbances.effects import Degrade
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES
from efssim.scenario.grammar.network import link_name
from efssim.scenario.grammar.presets import SYNC_PRESETS, PresetName
from efssim.text import written
from efssim.text.quantities import format_byte_rate, parse_byte_rate, parse_fraction
from efssim.text.quoting import all_of
from efssim.text.written import Written


def capacity_problems(raw: Written) -> Iterator[Found]:
    """Yield the links on which several replications can ask for more than there is.

    A single replication is limited by its link; how several would share one is not modelled.
    """
    crossing = _crossing(raw)
    for name, part in written.section(raw, "links").items():
        link = written.parsed(link_name, name)
        capacity = written.parsed(parse_byte_rate, part.get("capacity"))
        caps = crossing.get(str(link), {})
        if capacity is None or len(caps) < 2:
            continue
        left, wanted = capacity * _degraded(raw, str(link)), math.fsum(caps.values())
        if left < wanted:
            yield ("links", name, "capacity"), _message(left, wanted, list(caps))


def _message(left: float, wanted: float, replications: list[str]) -> str:
    asked = "no limit" if math.isinf(wanted) else format_byte_rate(wanted)
    return (
        f"leaves {format_byte_rate(left)} at the worst, less than the sum of the throughput of"
        f" replications {all_of(replications, quotes=True)} ({asked});"
        " how replications share a link is not modelled"
    )


def _crossing(raw: Written) -> dict[str, dict[str, float]]:
    """Return the replications on each link with the largest throughput that they can have."""
    links: dict[str, dict[str, float]] = defaultdict(dict)
    systems = written.section(raw, "file_systems")
    for name, part in written.section(raw, "replications").items():
        source = home_of(systems.get(str(part.get("source")), {}))
        target = destination_home(raw, written.mapping(part, "destination"))
        links[f"{source} -> {target}"][name] = _throughput(part)
    return links


def _throughput(replication: Written) -> float:
    sync = written.mapping(replication, "sync")
    preset: PresetName = "none" if sync.get("preset") == "none" else "efs"
    usual = written.parsed(parse_byte_rate, sync.get("throughput"))
    usual = SYNC_PRESETS[preset]["throughput"].value if usual is None else usual
    if replication.get("established") is True:
        return usual
    initial = written.mapping(replication, "initial")
    return max(usual, written.parsed(parse_byte_rate, initial.get("throughput")) or usual)


def _degraded(raw: Written, link: str) -> float:
    """Return the share of a link's capacity that is left if all its degradations coincide."""
    return math.prod(
        written.parsed(parse_fraction, part.get(effect.factor)) or 1.0
        for _, part in written.disturbances(raw)
        for kind in DISTURBANCES
        for effect in kind.effects
        if isinstance(effect, Degrade) and written.parsed(link_name, part.get(kind.name)) == link
    )
