"""Tests of files of completed parts: one process after another may add to them, two may not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from efssim.json_values import JsonObject
from efssim.study.run.lines import LineStore, StoreError, number_of


@dataclass(frozen=True)
class Part:
    """A completed part of a study."""

    number: int
    text: str


class Parts(LineStore[int, Part]):
    """A file of such parts."""

    def key_in(self, content: JsonObject) -> int | None:
        return number_of(content)


def opened(folder: Path) -> Parts:
    return Parts(folder / "parts.jsonl", {"study": "of parts"}, Part)


PARTS = [Part(number, "long " * 100) for number in range(3)]


def test_a_part_can_be_added_to_a_file_that_was_only_looked_into(tmp_path: Path) -> None:
    for part in PARTS:
        store = opened(tmp_path)
        store.add(part)
        store.close()
    assert list(opened(tmp_path).read(range(4))) == PARTS


def test_nothing_is_added_behind_what_another_process_has_written(tmp_path: Path) -> None:
    late, first = opened(tmp_path), opened(tmp_path)
    first.add(PARTS[0])
    first.close()
    with pytest.raises(StoreError, match="another process has written to it meanwhile"):
        late.add(PARTS[1])
    late.close()
    assert list(opened(tmp_path).read(range(4))) == PARTS[:1]


def test_what_another_process_has_written_meanwhile_is_taken(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.add(PARTS[0])
    late = opened(tmp_path)
    first.add(PARTS[1])
    first.close()
    assert list(late.take(range(4))) == PARTS[:2]
    late.add(PARTS[2])
    late.close()
    assert list(opened(tmp_path).read(range(4))) == PARTS
