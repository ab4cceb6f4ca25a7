"""How streams are drawn in a study: chosen once, by its first scenario."""

from __future__ import annotations

from efssim.scenario import Scenario
from efssim.scenario.amounts.volume import arrivals_volume
from efssim.scenario.shown.cells_use import automatic_streams, streams_in_cells
from efssim.scenario.shown.trace_use import stream_path
from efssim.text.digits import about

EACH_MAX = 5 * 10**7
"""Expected writes of a stream above which a study does not draw them one by one by itself.

Chosen: they take half a GiB where a replication falls behind and keeps them all.
"""


def drawn_as(base: Scenario, varied: Scenario) -> Scenario:
    """Return a varied scenario whose streams are drawn as those of the first of its study.

    That is of streams with `drawn: auto` in both. Otherwise two points of a study, on either side
    of the rate at which that changes, would not share their random numbers.
    """
    return drawn_so(varied, fixed_drawing(base, varied))


def drawn_so(varied: Scenario, fixed: dict[str, str]) -> Scenario:
    """Return a scenario with what `fixed_drawing` says of it."""
    return varied.with_(fixed) if fixed else varied


def fixed_drawing(base: Scenario, varied: Scenario) -> dict[str, str]:
    """Return `each` or `cells` by the paths of the keys that keep a varied scenario as the base."""
    automatic = automatic_streams(varied)
    if not automatic:
        return {}
    before, after, others = (
        streams_in_cells(base),
        streams_in_cells(varied),
        automatic_streams(base),
    )
    return {
        f"{path}.drawn": "cells" if path in before else "each"
        for path, stream in automatic.items()
        if path in others and (path in before) != (path in after) and not stream.not_in_cells()
    }


def too_many(scenario: Scenario, fixed: dict[str, str]) -> str | None:
    """Return why a scenario that keeps the drawing of its study is not run; None where it is."""
    if "each" not in fixed.values():  # a fleet has many streams
        return None
    for name, system in scenario.file_systems.items():
        for stream, writes in system.writes.items():
            path = stream_path(name, stream)
            if fixed.get(f"{path}.drawn") != "each":
                continue
            expected = arrivals_volume(writes, system, scenario).writes
            if expected > EACH_MAX:
                return (
                    f"about {about(expected)} writes of {path} would be drawn one by one, as "
                    f"those of the scenario are: `{path}.drawn: cells` draws all of them in cells"
                )
    return None
