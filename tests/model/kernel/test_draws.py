"""Draws by ordinal, within a block and across blocks, kept for other worlds and not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest

from efssim.model.kernel.draws import Draws, DrawSeries, KeptSeries, UnitUniform
from efssim.model.kernel.shared_draws import SharedDraws

BLOCK = 1024
"""Draws that one generator makes; part of what a seed means."""
UNIFORM = UnitUniform()


def alone() -> DrawSeries:
    return Draws(3).series("x", UNIFORM.sample)


def kept() -> DrawSeries:
    return KeptSeries(Draws(3, shared=SharedDraws()), "x", UNIFORM.sample)


def without_room() -> DrawSeries:
    return KeptSeries(Draws(3, shared=SharedDraws(limit_bytes=0)), "x", UNIFORM.sample)


def drawn(blocks: int) -> list[float]:
    """Return all draws of the first blocks, each by the generator of its name."""
    each = [Draws(3).generator(f"x#{block}").random(BLOCK) for block in range(blocks)]
    found: list[float] = np.concatenate(each).tolist()
    return found


@pytest.mark.parametrize("series", [alone, kept, without_room])
@pytest.mark.parametrize(
    ("start", "n"),
    [(0, 1), (0, 1024), (0, 1025), (1000, 24), (1000, 25), (1023, 2), (1024, 1), (500, 2400)],
)
def test_draws_from_an_ordinal_on(series: Callable[[], DrawSeries], start: int, n: int) -> None:
    expected = drawn(3)[start : start + n]
    assert series().take(start, n).tolist() == expected
    assert list(islice(series().onwards(start), n)) == expected
    assert series()[start] == expected[0]
    assert series()[start + n - 1] == expected[-1]


def test_what_was_asked_for_before_changes_nothing() -> None:
    made, expected = alone(), drawn(2)
    for ordinal in (0, 3, 100, 1030, 99, 17, 1023):
        assert made[ordinal] == expected[ordinal]
