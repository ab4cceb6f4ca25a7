"""Scenarios with one trace, written into a folder as users have them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

import efssim
from efssim.scenario import ScenarioError

EPOCH = 1_767_225_600
"""2026-01-01T00:00:00Z, the start of the scenarios, in seconds since 1970."""

PATH = "file_systems.src.writes.w"


def csv(rows: Iterable[tuple[object, object]], header: str = "timestamp,value") -> str:
    """Return a CSV of times and values."""
    return header + "\n" + "".join(f"{time},{value}\n" for time, value in rows)


def minutes(count: int = 1440, value: object = 1_000_000) -> list[tuple[object, object]]:
    """Return rows of one value a minute, in seconds since the start."""
    return [(60 * k, value) for k in range(count)]


def write(
    folder: Path, text: str, /, name: str = "s", duration: str = "1 day", **keys: Any
) -> Path:
    """Write a trace and a scenario of it that has `keys` in its `trace`; return the scenario."""
    (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    trace = {"file": f"{name}.csv", **keys}
    place = {"region": "us-east-1", "writes": {"w": {"trace": trace}}}
    dr = {"source": "src", "destination": {"region": "us-west-2"}, "established": True}
    dr["sync"] = {"interval": "5 min", "setup": "1 s"}
    content = {
        "name": name,
        "start": "2026-01-01T00:00:00Z",
        "duration": duration,
        "file_systems": {"src": place},
        "replications": {"dr": dr},
    }
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return file


def quality(folder: Path, text: str, /, **keys: Any) -> dict[str, Any]:
    """Return what the summary says about a trace that a run used, before anything is simulated."""
    from efssim.json_values import to_json
    from efssim.scenario.shown.trace_use import trace_qualities

    (found,) = trace_qualities(efssim.load(write(folder, text, **keys))).values()
    return to_json(found)


def refusal(folder: Path, text: str, /, **keys: Any) -> list[str]:
    """Return the messages that a trace is refused with; empty if it is not."""
    try:
        efssim.load(write(folder, text, **keys))
    except ScenarioError as error:
        return [problem.message for problem in error.problems]
    return []


def written_bytes(folder: Path, text: str, /, **keys: Any) -> int:
    """Return the bytes that a run writes from a trace."""
    summary = efssim.run(efssim.load(write(folder, text, **keys))).summary
    size = summary["replications"]["dr"]["writes"]["bytes"]
    assert isinstance(size, int)
    return size
