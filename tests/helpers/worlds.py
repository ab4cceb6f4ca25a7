"""Small scenarios for tests, and a run that checks the laws every time."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from efssim import Result, Scenario, Simulation


def seconds(most: float) -> st.SearchStrategy[float]:
    """Return durations as a scenario has them: 0, or from a microsecond on."""
    return st.just(0.0) | st.floats(1e-6, most)


def scenario(
    streams: dict[str, Any] | None = None,
    sync: dict[str, Any] | None = None,
    duration: Any = "1 h",
    files: int = 0,
    *,
    replication: dict[str, Any] | None = None,
    file_system: dict[str, Any] | None = None,
    others: dict[str, Any] | None = None,
    **top: Any,
) -> Scenario:
    """Return a scenario of one replication `dr`; `sync` starts from the preset `none`.

    `replication` and `file_system` change the replication and its source; `others` are further
    file systems.
    """
    return Scenario.model_validate(
        {
            "name": "test",
            "duration": duration,
            "file_systems": {
                "fs": {
                    "region": "us-east-1",
                    "files": files,
                    "writes": streams or {},
                    **(file_system or {}),
                },
                **(others or {}),
            },
            "replications": {
                "dr": {
                    "source": "fs",
                    "destination": {"region": "us-west-2"},
                    "established": True,
                    "sync": {"preset": "none", **(sync or {})},
                    **(replication or {}),
                }
            },
            **top,
        }
    )


def simulate(world: Scenario, seed: int | None = None) -> Result:
    """Run to the end and check the laws."""
    simulation = Simulation(world, seed, verify=True)
    simulation.advance_to_end()
    return simulation.result()


def numbers(result: Result) -> dict[str, Any]:
    """Return the summary of the replication `dr`."""
    summary: dict[str, Any] = result.summary["replications"]["dr"]
    return summary


def constant(rate: str = "1 per s", size: str = "1000 B") -> dict[str, Any]:
    return {"arrivals": {"constant": {"rate": rate}}, "size": size}


def overwriting(rate: str = "1 per s", size: str = "1000 B") -> dict[str, Any]:
    """Return constant writes that add nothing to the file system."""
    return {**constant(rate, size), "new_bytes": 0}


def poisson(rate: str, size: Any) -> dict[str, Any]:
    return {"arrivals": {"poisson": {"rate": rate}}, "size": size}
