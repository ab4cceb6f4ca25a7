"""Which writes of a stream in cells are drawn one by one: hot ones, or others, that are too few."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.worlds import poisson, scenario

from efssim.model.kernel.draws import Draws
from efssim.model.writes.blocks import DrawnWrites
from efssim.model.writes.cell_parts import cell_parts
from efssim.model.writes.cells.law import SmallWrites
from efssim.model.writes.hot_set import CellBlocks, DirtiedBlocks
from efssim.scenario.workload.growth import GrowthSteps

EACH, CELLS = DrawnWrites, SmallWrites
NOT_HOT = type(None)


def hot_set(share: float) -> dict[str, Any]:
    return {"hot_set": {"size": "1 MiB", "block": "4 KiB", "share": share}}


def parts(stream: dict[str, Any], growth: GrowthSteps | None = None) -> list[tuple[Any, Any]]:
    spec = scenario({"w": {**stream, "drawn": "cells"}}, {"interval": 60})
    writes = spec.file_systems["fs"].writes["w"]
    return list(cell_parts(writes, growth or GrowthSteps(), spec, Draws(1), "w"))


# On for 20 s of 50 s: 1.6 writes per second, and 4 while it is on.
ON_OFF = {"arrivals": {"on_off": {"on": 20, "off": 30, "rate": "4 per s"}}, "size": 100}


@pytest.mark.parametrize(
    ("stream", "made"),
    [
        # Not parts; without bytes, so that none is a big one.
        (poisson("0.5 per s", 0), [(CELLS, NOT_HOT)]),
        ({**poisson("0.5 per s", 0), **hot_set(1.0)}, [(CELLS, CellBlocks)]),
        # 1.5 and 0.5 hot ones each second, then 0.75 and 0.75, and 1.5 and 1.5.
        (
            {**poisson("2 per s", 100), **hot_set(0.25)},
            [(CELLS, NOT_HOT), (EACH, DirtiedBlocks)],
        ),
        ({**poisson("1.5 per s", 100), **hot_set(0.5)}, [(EACH, NOT_HOT), (EACH, DirtiedBlocks)]),
        ({**poisson("3 per s", 100), **hot_set(0.5)}, [(CELLS, NOT_HOT), (CELLS, CellBlocks)]),
        # 2 of each while it is on.
        ({**ON_OFF, **hot_set(0.5)}, [(CELLS, NOT_HOT), (CELLS, CellBlocks)]),
    ],
)
def test_parts_of_less_than_a_write_per_second_are_drawn_one_by_one(
    stream: dict[str, Any], made: list[tuple[Any, Any]]
) -> None:
    assert [(type(source), type(blocks)) for source, blocks in parts(stream)] == made


def test_the_least_growth_decides_how_a_part_is_drawn() -> None:
    stream = {**poisson("3 per s", 100), **hot_set(0.5)}
    for factor, kind in ((0.75, CELLS), (0.5, EACH)):
        growth = GrowthSteps((1.0, factor), (1800.0,))
        assert {type(source) for source, _ in parts(stream, growth)} == {kind}


def test_big_and_small_writes_together_have_the_rate_of_the_stream() -> None:
    sizes = {"lognormal": {"median": "64 KiB", "sigma": 1.5}}
    (big, _), (small, _) = parts(poisson("50 per s", sizes))
    share = small.law.big_share
    assert 0.0 < share < 0.5
    counts = small.take(50)[0]
    times_s = big.take(20)[0]
    # Five deviations of Poisson numbers: of all small writes of 50 minutes, and of 20 big ones.
    few = 50 * 3000 * (1 - share)
    assert counts.sum() == pytest.approx(few, abs=5 * few**0.5)
    assert times_s[-1] * 50 * share == pytest.approx(20, abs=5 * 20**0.5)
