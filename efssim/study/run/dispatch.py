"""Dispatch of batches of trials to workers, which complete them in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import nullcontext
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from efssim.errors import EfssimError
from efssim.study.run.deadline import Deadline
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import Interrupts

RETRIES = 3
"""Times that a trial is begun again after its worker has died."""

_BATCH_S = 0.25
"""Batches take about this long, so that their dispatch costs little."""
_BATCH_MAX = 64
_TOGETHER_S = 5.0
"""Batches of trials that cost less side by side take at most about this long."""
_TOGETHER_MAX = 128
"""Trials side by side; each has a world in memory."""
_LOOK_S = 5.0
"""Dead workers are looked for this often while nothing is done; a pool tells at once (chosen)."""
_NAMED = 8
"""Trials that are named when workers keep dying."""

Numbers = tuple[int, ...]


class AnyJob(Protocol):
    """A job whose parts have numbers."""

    unit: str
    """Word for a part."""

    @property
    def is_together(self) -> bool:
        """Whether many parts of a batch cost less than they do one by one."""

    def alone(self, number: int) -> str:
        """Return how a part is repeated alone, as the end of a message."""


class AnyBatch(Protocol):
    """Complete parts, and how long they took."""

    @property
    def seconds(self) -> float:
        """Seconds for all of them."""

    def __len__(self) -> int: ...


J = TypeVar("J", bound=AnyJob)
B = TypeVar("B", bound=AnyBatch)


class WorkersDiedError(EfssimError, BrokenExecutor):
    """Workers died again and again; the message names the trials that they were running."""


class Dispatch(Generic[J, B]):
    """The batches that are under way."""

    def __init__(
        self,
        run: Callable[[J, Numbers], B],
        job: J,
        workers: Workers,
        interrupts: Interrupts,
        deadline: Deadline | None = None,
    ) -> None:
        self._run, self._job = run, job
        self._workers, self._interrupts = workers, interrupts
        self._deadline = deadline or Deadline()
        self._running: dict[Future[B], tuple[Numbers, int]] = {}
        # Done futures, and None at Ctrl-C: the one queue that a signal handler may put into.
        self._done: SimpleQueue[Future[B] | None] = SimpleQueue()
        self._trial_s = _BATCH_S  # how long one takes, as far as known
        self._is_timed, self._share = False, 0  # trials of a worker, once one is timed

    def results(self, missing: list[int]) -> Iterator[B]:
        """Yield batches with the missing trials as they are complete.

        Raise KeyboardInterrupt at Ctrl-C, after yielding the trials complete by then,
        WorkersDiedError, and OutOfTimeError at the deadline; exceptions of a trial come out of here
        as well.
        """
        try:
            with self._interrupts.waking(lambda: self._done.put(None)):
                for numbers in self._batches(missing):
                    self._interrupts.check()
                    self._begin(numbers)
                    while len(self._running) >= 2 * self._workers.count:
                        yield from self._next()
                while self._running:
                    yield from self._next()
        except KeyboardInterrupt:
            if not self._interrupts.stops_at_once:
                yield from self._complete_by_now()
            raise

    def cancel(self) -> None:
        """Cancel the parts that have not begun, and keep the workers.

        Not in a pool of ours, which does so itself as it ends (`end_processes`).
        """
        if not self._workers.start_processes:
            for future in self._running:
                future.cancel()

    def leave(self) -> None:
        """End the workers if any part runs or waits, and only then: others use them as well."""
        self.cancel()
        if any(not future.done() for future in self._running):
            self._workers.close(at_once=True)

    def close(self) -> None:
        """Close the workers, at once if any part runs or waits."""
        self.leave()
        self._workers.close()

    def _batches(self, missing: list[int]) -> Iterator[Numbers]:
        """Yield the missing trials, each time as many as take a while and leave some for others."""
        begin = 0
        while begin < len(missing):
            left = len(missing) - begin
            if self._job.is_together and self._is_timed:
                size = self._together(left)
            else:
                fair = left // (2 * self._workers.count)
                size = max(1, min(_BATCH_MAX, fair, int(_BATCH_S / max(self._trial_s, 1e-9))))
            yield tuple(missing[begin : begin + size])
            begin += size

    def _together(self, left: int) -> int:
        """Return how many trials to run side by side: those left, divided among the workers."""
        if not self._share:
            self._share = -(-left // self._workers.count)
        return max(1, min(_TOGETHER_MAX, self._share, int(_TOGETHER_S / max(self._trial_s, 1e-9))))

    def _begin(self, numbers: Numbers, tries: int = 0) -> None:
        # By half, the begin of a process or of a call would be in nobody's hands.
        whole = self._interrupts.put_off() if self._workers.start_processes else nullcontext()
        with whole:
            future = self._submitted(numbers)
            self._running[future] = numbers, tries
            future.add_done_callback(self._done.put)

    def _submitted(self, numbers: Numbers) -> Future[B]:
        with self._interrupts.allowed() if self._workers.are_here else nullcontext():
            return self._workers.submit(self._run, self._job, numbers)

    def _next(self) -> Iterator[B]:
        self._deadline.check()
        done = self._waited_for()
        self._interrupts.check()
        if done is None:
            self._begin_all_again()
            return
        dead: list[tuple[Numbers, int]] = []
        for future in done:
            try:
                batch = future.result()
            except BrokenExecutor:
                dead.append(self._running.pop(future))
            else:
                del self._running[future]
                self._trial_s, self._is_timed = batch.seconds / len(batch), True
                yield batch
        self._begin_again(dead)

    def _waited_for(self) -> list[Future[B]] | None:
        """Wait until something is done or Ctrl-C comes, and return all that is done.

        None if neither comes since a worker has died. Raise OutOfTimeError at the deadline.
        """
        looks = 0
        while looks < 2:  # between two, a pool has told by itself of a worker that died
            try:
                found = [self._done.get(timeout=self._look_s())]
                break
            except Empty:
                self._deadline.check()
                looks = looks + 1 if self._workers.has_dead() else 0
        else:
            return None
        while True:
            try:
                found.append(self._done.get_nowait())
            except Empty:
                return [future for future in found if future in self._running]

    def _look_s(self) -> float:
        left_s = self._deadline.left_s
        return _LOOK_S if left_s is None else min(_LOOK_S, left_s)

    def _begin_all_again(self) -> None:
        """Replace workers of which one died within a result, whose end the others wait for."""
        self._workers.close(at_once=True)
        dead = list(self._running.values())
        self._running.clear()
        self._begin_again(dead)

    def _begin_again(self, dead: list[tuple[Numbers, int]]) -> None:
        """Retry the trials of dead workers one by one: only one of them is to blame."""
        if any(tries == RETRIES for _, tries in dead):
            raise WorkersDiedError(_blame([k for numbers, _ in dead for k in numbers], self._job))
        for numbers, tries in dead:
            for number in numbers:
                self._begin((number,), tries + 1)

    def _complete_by_now(self) -> Iterator[B]:
        for future in list(self._running):
            if future.done() and not future.cancelled() and future.exception() is None:
                del self._running[future]
                yield future.result()


def _blame(numbers: list[int], job: AnyJob) -> str:
    listed = ", ".join(map(str, numbers[:_NAMED]))
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    parts = f"{job.unit}{'s' * (len(numbers) > 1)} {listed}{more}"
    return (
        f"workers died {RETRIES + 1} times, perhaps for lack of memory, while they ran {parts} "
        f"{job.alone(numbers[0])}"
    )
