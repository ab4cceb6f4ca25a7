"""What an initial sync sends where the two file systems agreed before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from efssim.model.entities.divergence import initial_work


@pytest.mark.parametrize(
    ("size", "files", "differed", "written", "expected"),
    [
        (1000, 40, 100, 150, (250, 10)),  # a quarter of the bytes, and of the files
        (1000, 40, 900, 150, (1000, 40)),  # at most all
        (1000, 40, None, 150, (1000, 40)),  # the destination has nothing of it
        (1000, 40, 0, 0, (0, 0)),
        (22, 11, 10, 5, (15, 8)),  # 7.5 files, a half that 15/22 times 11 does not have
        (20, 10, 5, 0, (5, 2)),  # 2.5 files: to the even one
        (0, 40, 0, 0, (0, 40)),  # empty files, each of which may differ
    ],
)
def test_files_are_in_proportion_to_the_bytes_that_differ(
    size: int, files: int, differed: int | None, written: int, expected: tuple[int, int]
) -> None:
    replication: Any = SimpleNamespace(differed_bytes=differed)
    cut: Any = SimpleNamespace(source_bytes=size, source_files=files, written_bytes=written)
    assert initial_work(replication, cut) == expected
