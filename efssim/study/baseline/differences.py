"""Differences of a scenario from that of an earlier result, by path, and which refuse a comparison.

Every difference but of the design is that which is compared, and so is listed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from efssim.scenario import Scenario
from efssim.scenario.shown.cells_use import streams_in_cells
from efssim.scenario.shown.provenance import resolved
from efssim.study.baseline.stored import StoredResult
from efssim.study.errors import StudyError
from efssim.text.quoting import listed
from efssim.text.yaml.paths import parse_path

_DESIGN = ("start", "duration", "warm_up")
_SEED = "seed"


@dataclass(frozen=True, slots=True)
class BaselineDifference:
    """A value that is another than in the baseline; None where there is none."""

    path: str
    before: str | None
    after: str | None


def refuse_design(stored: StoredResult, scenario: Scenario, seed: int, trials: int | None) -> None:
    """Raise StudyError where results cannot be compared: another seed, window, or design.

    `trials` is None for a single run.
    """
    after = _parameters(scenario)
    pairs: list[tuple[str, object, object]] = [
        (path, stored.parameters.get(path), after.get(path)) for path in _DESIGN
    ]
    pairs.append((_SEED, stored.manifest.get(_SEED), seed))
    pairs.append(("trials", _count(stored), _said(trials)))
    names = _replications(stored.parameters), _replications(after)
    if names[0] != names[1]:
        pairs.append(("replications", listed(names[0]), listed(names[1])))
    found = [f"{name} {before}, here {now}" for name, before, now in pairs if before != now]
    if stored.is_of_another_trial():
        found.append("a run of another trial than the first")
    if found:
        raise StudyError(
            f"--baseline {stored.folder}: not comparable: it has {'; '.join(found)}. Seed, trials, "
            "start, duration, warm-up and the replications have to be the same"
        )


def refuse_replications(stored: StoredResult, found: Collection[str]) -> None:
    """Raise StudyError where runs have other replications, as calls of the API made them."""
    if set(found) != set(stored.replications):
        raise StudyError(
            f"--baseline {stored.folder}: not comparable: it has the replications "
            f"{listed(stored.replications)}, here {listed(found)}"
        )


def _count(stored: StoredResult) -> str:
    return _said(None if stored.is_single else stored.trials)


def _said(trials: int | None) -> str:
    return "none, a single run" if trials is None else f"{trials:,}"


def _replications(parameters: Mapping[str, str]) -> list[str]:
    paths = (parse_path(path) for path in parameters if path.startswith("replications."))
    return sorted({str(path[1]) for path in paths})


def differences(
    stored: StoredResult, scenario: Scenario, traces: Mapping[str, str]
) -> list[BaselineDifference]:
    """Return all values that differ, in the order of the scenario; then what only was there.

    `traces` has the findings on trace files, by the path of the stream.
    """
    before, after = dict(stored.parameters), _parameters(scenario)
    for path in streams_in_cells(scenario):
        after.setdefault(f"{path}.drawn", "cells")
    for path in stored.in_cells:
        before.setdefault(f"{path}.drawn", "cells")
    before.update({f"traces.{path}": text for path, text in stored.traces.items()})
    after.update({f"traces.{path}": text for path, text in traces.items()})
    return list(_differing(before, after))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[BaselineDifference]:
    for path in dict.fromkeys((*after, *before)):
        was, now = before.get(path), after.get(path)
        if was != now and path not in (*_DESIGN, _SEED):
            yield BaselineDifference(path, was, now)


def _parameters(scenario: Scenario) -> dict[str, str]:
    return {found.path: found.value for found in resolved(scenario)}
