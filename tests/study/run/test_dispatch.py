"""Tests of how trials get to workers: sizes of batches, workers that die, what workers lack."""

from __future__ import annotations

import pickle
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from typing import Any

import pytest

from efssim.study.run import batch
from efssim.study.run.batch import Additions
from efssim.study.run.dispatch import Dispatch, WorkersDiedError
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import Interrupts
from efssim.table import Table


@dataclass
class Job:
    """A job that does nothing."""

    is_together: bool = False
    unit: str = "part"

    def alone(self, number: int) -> str:
        return f"(alone: {number})"


@dataclass(frozen=True)
class Batch:
    """Parts that took no time."""

    numbers: tuple[int, ...]
    seconds: float = 0.0

    def __len__(self) -> int:
        return len(self.numbers)


class Broken(Executor):
    """Workers that die at once, whatever they are given."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor())
        return future


def dispatched(job: Job, workers: Workers, count: int) -> list[tuple[int, ...]]:
    """Return the numbers in each batch of so many parts."""
    done = Dispatch(lambda _, numbers: Batch(numbers), job, workers, Interrupts())
    return [each.numbers for each in done.results(list(range(count)))]


def test_parts_that_cost_less_side_by_side_are_shared_out_once_one_is_timed() -> None:
    found = dispatched(Job(is_together=True), Workers("serial"), 10)
    # The second begins before the first is timed.
    assert found == [(0,), (1,), tuple(range(2, 10))]


def test_other_parts_leave_half_for_later() -> None:
    sizes = [len(numbers) for numbers in dispatched(Job(), Workers("serial"), 40)]
    assert sizes[:2] == [1, 1]
    assert sizes[2:5] == [19, 9, 5]
    assert sum(sizes) == 40


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "while they ran part 0 (alone: 0)"),
        (3, "while they ran parts 0, 1, 2 (alone: 0)"),
        (11, "while they ran parts 0, 1, 2, 3, 4, 5, 6, 7 and 3 more (alone: 0)"),
    ],
)
def test_what_dying_workers_ran_is_named(count: int, said: str) -> None:
    with pytest.raises(WorkersDiedError) as caught:
        dispatched(Job(), Workers(Broken(), workers=10), count)
    assert str(caught.value) == (f"workers died 4 times, perhaps for lack of memory, {said}")


@dataclass(frozen=True)
class Entry:
    """An entry of a table."""

    name: str


def test_a_worker_adds_the_entries_that_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    own, first, second = Entry("own"), Entry("first"), Entry("second")
    study, worker = Table("entry", [own]), Table("entry", [own])
    study.add(first)
    study.add(second)
    worker.add(first)
    monkeypatch.setattr(batch, "_TABLES", (study,))
    sent = pickle.loads(pickle.dumps(Additions.now()))
    monkeypatch.setattr(batch, "_TABLES", (worker,))
    sent.add_missing()
    assert worker.added == (first, second)
