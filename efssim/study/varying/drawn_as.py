"""How streams are drawn in a study: chosen once, by its first scenario."""

from __future__ import annotations

from efssim.scenario import Scenario
from efssim.scenario.shown.cells_use import automatic_streams, streams_in_cells


def drawn_as(base: Scenario, varied: Scenario) -> Scenario:
    """Return a varied scenario whose streams are drawn as those of the first of its study.

    That is of streams with `drawn: auto` in both. Otherwise two points of a study, on either side
    of the rate at which that changes, would not share their random numbers.
    """
    fixed = fixed_drawing(base, varied)
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
