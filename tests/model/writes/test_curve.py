"""The curve of writes that are drawn one by one, by itself and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from efssim.model.writes.curves.each import Curve
from efssim.model.writes.stream import Stream
from efssim.records.states import Amount


class Given:
    """A source of given writes of 10 bytes each."""

    def __init__(self, *times_s: float) -> None:
        self.left_s = list(times_s)

    def take(self, n: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        taken, self.left_s = self.left_s[:n], self.left_s[n:]
        return np.array(taken), np.full(len(taken), 10)


def test_an_hour_has_all_writes_of_its_instant_also_those_that_are_drawn_later() -> None:
    curve = Curve(Stream(Given(3600.0, 3600.0, 3600.0, 7300.0)))
    assert curve.extend(2) == 2
    curve.note_hours(3600.0)  # as the clock reaches what is drawn, in the middle of an instant
    curve.extend(2)
    assert curve.hourly(7200.0)[0].tolist() == [0, 30, 30]


@pytest.mark.parametrize("files", [1, 2, 3])
def test_each_write_of_a_sync_changes_its_own_files(files: int) -> None:
    curve = Curve(Stream(Given(1.0, 2.0, 3.0), files_per_write=files))
    curve.extend(10)
    curve.extend(1)  # there is none, so that all times are within reach
    cuts_s = np.array([0.5, 2.0, 5.0])
    work = curve.work(cuts_s, curve.ends(cuts_s))
    assert work.writes.tolist() == [0, 2, 1]
    assert work.files.tolist() == [0, 2 * files, files]
    assert work.bytes.tolist() == [0, 20, 10]
    assert work.first_write_s.tolist()[1:] == [1.0, 3.0]
    assert np.isnan(work.first_write_s[0])


def test_writes_into_one_large_file_change_one_file_of_its_size() -> None:
    curve = Curve(Stream(Given(1.0, 2.0, 3.0), large_file_bytes=1000))
    curve.extend(10)
    curve.extend(1)
    cuts_s = np.array([0.5, 2.0, 5.0])
    work = curve.work(cuts_s, curve.ends(cuts_s))
    assert work.files.tolist() == [0, 1, 1]
    assert work.large_file_bytes.tolist() == [0, 1000, 1000]


def test_writes_that_are_published_are_forgotten_and_counted_on() -> None:
    curve = Curve(Stream(Given(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)))
    curve.extend(4)
    published = curve.publish(np.array([[1], [2]]), np.array([10.0, 11.0]), 0)
    assert (published.time_s.tolist(), published.writes.tolist()) == ([1.0, 2.0], [1, 1])
    curve.take_as_published([2])
    while curve.extend(4):
        pass
    assert (curve.backlog, curve.last_s(2.5)) == (4, 2.0)
    cuts_s = np.array([3.5, 6.5])
    work = curve.work(cuts_s, curve.ends(cuts_s))
    assert work.ends.tolist() == [[3], [6]]
    assert work.writes.tolist() == [1, 3]
    assert work.written_bytes.tolist() == [10, 30]
    assert work.first_write_s.tolist() == [3.0, 4.0]
    assert work.source_bytes.tolist() == [30, 60]
    assert curve.totals(cuts_s, cuts_s, None).tolist() == [30, 60]
    assert curve.written(5.5) == Amount(5, 50)
