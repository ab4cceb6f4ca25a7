"""The work of syncs, put together from that of streams."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from efssim.model.writes.change_sets import Work, no_work


def test_no_stream_adds_nothing_to_the_work_of_another() -> None:
    cuts_s, column = np.array([60.0, 120.0]), np.array([3, 5])
    first_s, ends = np.array([7.0, 70.0]), column[:, None]
    one = Work._make([cuts_s, *[column] * 5, first_s, ends, column, column])
    for both in no_work(cuts_s).with_stream(one), one.with_stream(no_work(cuts_s)):
        for made, expected in zip(both, one, strict=True):
            assert_array_equal(made, expected, strict=True)
    assert no_work(cuts_s).change_set(1).ends == ()
