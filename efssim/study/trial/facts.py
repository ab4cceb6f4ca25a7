"""Facts of a scenario for its study: whether anything is drawn, and the files that it reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel

from efssim.lag.kinds.table import LAG_MEASURES
from efssim.scenario import Scenario
from efssim.scenario.drill.section import Detect
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.timing import Sync
from efssim.scenario.workload.arrivals import Arrivals, chosen_process
from efssim.scenario.workload.streams import HotSet, TraceFile
from efssim.traces.formats.opening import export_files


def is_random(scenario: Scenario) -> bool:
    """Return whether anything in a scenario is drawn, so that trials may differ.

    By its keys and not by a run: a stream that is never on counts, too. A drill is no part of runs.
    """
    plain = scenario.model_copy(update={"drill": None})
    return any(_is_drawn(part) for part in _parts(plain))


def is_random_drill(scenario: Scenario) -> bool:
    """Return whether anything in a scenario or in its drill is drawn, so that drills may differ."""
    drill = scenario.drill
    assert drill is not None
    return not isinstance(drill.at, float) or any(_is_drawn(part) for part in _parts(scenario))


def _is_drawn(part: object) -> bool:
    if isinstance(part, Detect) and part.alarm is not None:
        return False
    if isinstance(part, Distribution):
        return part.constant is None
    if isinstance(part, HotSet):
        return 0 < part.share < 1
    if isinstance(part, Arrivals):
        return chosen_process(part).process.drawn
    if isinstance(part, TraceFile):
        return part.resample is not None
    return isinstance(part, Sync) and part.number("failure_probability") > 0


def fingerprint(scenario: Scenario) -> str:
    """Return a hash of a scenario and of the contents of the files that it names; raise OSError.

    Lag measures that were added are in it, as trials without them have fewer numbers.
    """
    (found,) = fingerprints([scenario])
    return found


def fingerprints(scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """Return the fingerprint of each scenario; a file that they have in common is read once."""
    known: dict[Path, tuple[bytes, ...]] = {}
    return tuple(_fingerprint(scenario, known) for scenario in scenarios)


def _fingerprint(scenario: Scenario, known: dict[Path, tuple[bytes, ...]]) -> str:
    """Return the fingerprint of a scenario; `known` has the hashes of files by what names them."""
    found = hashlib.sha256(scenario.model_dump_json(by_alias=True).encode())
    for measure in LAG_MEASURES.added:
        found.update(measure.name.encode())
    for part in _parts(scenario):
        if isinstance(part, Path):
            if part not in known:
                files = export_files(part)  # those of a folder or a pattern
                known[part] = tuple(hashlib.sha256(each.read_bytes()).digest() for each in files)
            for digest in known[part]:
                found.update(digest)
    return found.hexdigest()


def _parts(value: object) -> Iterator[object]:
    """Yield a value and all that it is made of."""
    yield value
    if isinstance(value, BaseModel):
        inside = [getattr(value, name) for name in type(value).model_fields]
    elif isinstance(value, dict):
        inside = list(value.values())
    else:
        inside = list(value) if isinstance(value, tuple) else []
    for part in inside:
        yield from _parts(part)
