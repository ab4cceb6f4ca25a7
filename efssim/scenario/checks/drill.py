"""Checks of a drill: its replication, whether the disaster reaches the source, and its alarm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from efssim.scenario.checks.places import home_of
from efssim.scenario.checks.references import dangling
from efssim.scenario.checks.targets import known_in, target_problems
from efssim.scenario.grammar.base import Found
from efssim.scenario.grammar.disturbances.effects import Lose, StopWrites, Target
from efssim.scenario.grammar.disturbances.kind import DisturbanceKind
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES
from efssim.text import written
from efssim.text.items import is_meant, one_of_fleet
from efssim.text.quantities import parse_duration
from efssim.text.quoting import listed
from efssim.text.suggestions import suggest
from efssim.text.written import Written, parsed


def drill_problems(raw: Written) -> Iterator[Found]:
    """Yield the mistakes between a drill and the rest of its scenario."""
    if not isinstance(raw.get("drill"), Mapping):
        return
    drill = written.mapping(raw, "drill")
    name, problem = _replication_of(raw, drill)
    if problem is not None:
        yield ("drill", "replication") if "replication" in drill else ("drill",), problem
    disaster = written.mapping(drill, "disaster")
    for place, message in target_problems(disaster, known_in(raw)):
        yield ("drill", "disaster", *place), message
    if name is not None and disaster:
        yield from _unreached(raw, name, disaster)
    if name is not None and drill.get("kind") == "restore":
        yield from _not_backed_up(raw, name)
    yield from _unknown_alarm(raw, drill)
    yield from _unknown_regions(raw, drill)
    at, duration = (parsed(parse_duration, part) for part in (drill.get("at"), raw.get("duration")))
    if at is not None and duration is not None and at > duration:
        yield ("drill", "at"), "is after the end of the run, so it would never happen"


def _replication_of(raw: Written, drill: Written) -> tuple[str | None, str | None]:
    """Return the replication of a drill, or why there is none."""
    known, name = written.names(raw, "replications"), written.text(drill, "replication")
    if name is not None:
        if name in known:
            return name, None
        hint = one_of_fleet("a drill", name, known)
        return None, hint or dangling("replication", name, known)
    if "replication" in drill:
        return None, None  # malformed, which has its own problem
    if len(known) == 1:
        return known[0], None
    if not known:
        return None, "the scenario has no replication to fail over"
    return None, f"needs `replication`: there are several, {listed(known)}"


def _unreached(raw: Written, name: str, disaster: Written) -> Iterator[Found]:
    """Yield the problem of a disaster after which the source can be written as before."""
    source = written.text(written.section(raw, "replications").get(name, {}), "source")
    system = written.section(raw, "file_systems").get(str(source))
    if source is None or system is None:
        return
    home = home_of(system)
    for kind in DISTURBANCES:
        target = written.text(disaster, kind.name)
        if target is None:
            continue
        if not _stops(kind):
            known = ", ".join(other.name for other in DISTURBANCES if _stops(other))
            message = f"leaves the source '{source}' as it is; a disaster is one of {known}"
            yield ("drill", "disaster", kind.name), message
        elif not is_meant(target, str(home) if kind.target is Target.REGION else source):
            where = f"in '{home}'" if kind.target is Target.REGION else f"'{source}'"
            message = f"does not reach the source of '{name}', which is {where}"
            yield ("drill", "disaster", kind.name), message


def _not_backed_up(raw: Written, name: str) -> Iterator[Found]:
    source = written.text(written.section(raw, "replications").get(name, {}), "source")
    system = written.section(raw, "file_systems").get(str(source))
    if system is not None and "backups" not in system:
        yield ("drill", "kind"), f"the source '{source}' has no `backups` to restore"


def _stops(kind: DisturbanceKind) -> bool:
    stop = kind.effect(StopWrites)
    return kind.has(Lose) or (stop is not None and not stop.is_wanted)


def _unknown_alarm(raw: Written, drill: Written) -> Iterator[Found]:
    alarm = written.text(written.mapping(drill, "detect"), "alarm")
    if alarm is None or "file" in written.mapping(raw, "alarms"):
        return  # those of a file are known once it is read
    known = written.names(raw, "alarms")
    if alarm not in known:
        yield ("drill", "detect", "alarm"), dangling("alarm", alarm, known)


def _unknown_regions(raw: Written, drill: Written) -> Iterator[Found]:
    steps, known = drill.get("steps"), known_in(raw).regions
    for ordinal, step in enumerate(steps if isinstance(steps, list | tuple) else ()):
        region = written.text(step, "region") if isinstance(step, Mapping) else None
        if region is not None and region not in known:
            hint = suggest(region, known)
            yield ("drill", "steps", ordinal, "region"), f"unknown Region '{region}'{hint}"
