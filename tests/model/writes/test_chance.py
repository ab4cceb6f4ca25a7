"""Random bits by a number, against the published outputs of SplitMix64."""

from __future__ import annotations

import numpy as np

from efssim.model.writes.cells.chance import hashed, hashes

STEP = 0x9E3779B97F4A7C15
OUTPUTS = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
"""The first ones from seed 0: its state grows by the step, and each is the state, mixed."""


def test_the_mixing_is_that_of_splitmix64() -> None:
    states = [k * STEP % 2**64 for k in (1, 2, 3)]
    assert [hashed(state) for state in states] == OUTPUTS
    assert hashes(np.array(states, dtype=np.uint64)).tolist() == OUTPUTS
