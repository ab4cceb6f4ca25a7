"""Workers that end within a result, or within their own begin: nobody waits for the rest."""

from __future__ import annotations

import os
import signal
import struct
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from helpers.studies import chancy, content

import efssim
from efssim.study.run import batch, dispatch, trials
from efssim.study.run.executors import EXECUTORS, ExecutorKind, Workers
from efssim.study.run.interrupts import Interrupts, ctrl_c_put_off

COUNT = 12
PROMISED = 100_000
"""Bytes of a result that never come."""


def wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def write_half_a_result() -> None:
    """Write the head of a message into the pipe of this worker's results, as one that is killed."""
    frame = sys._getframe()
    while "result_queue" not in frame.f_locals:  # that of _process_worker
        assert frame.f_back is not None
        frame = frame.f_back
    pipe = frame.f_locals["result_queue"]
    pipe._wlock.acquire()
    os.write(pipe._writer.fileno(), struct.pack("!i", PROMISED) + b"half")


def half_and_sleep() -> None:
    write_half_a_result()
    wait(600)


@dataclass(frozen=True)
class KilledWithin:
    """A stand-in for `run_batch` whose process is killed once, within the result of a trial."""

    folder: Path
    number: int

    def __call__(self, job: batch.Job, numbers: tuple[int, ...]) -> batch.TrialBatch:
        if self.number in numbers and not any(self.folder.iterdir()):
            (self.folder / "killed").touch()
            write_half_a_result()
            os.kill(os.getpid(), signal.SIGKILL)
        return batch.run_batch(job, numbers)


@pytest.mark.parametrize("number", [0, 7])
def test_a_worker_that_is_killed_within_a_result_is_replaced(
    number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world = chancy()
    expected = content(efssim.run_trials(world, COUNT, workers=1))
    monkeypatch.setattr(trials, "run_batch", KilledWithin(tmp_path, number))
    monkeypatch.setattr(dispatch, "_LOOK_S", 0.5)
    assert content(efssim.run_trials(world, COUNT, workers=2)) == expected
    assert [each.name for each in tmp_path.iterdir()] == ["killed"]


def in_time(act: Callable[[], None]) -> None:
    acting = threading.Thread(target=act, daemon=True)
    acting.start()
    acting.join(30)  # a bound on a hang
    assert not acting.is_alive()


@pytest.mark.parametrize("also_open", [False, True])
def test_workers_close_within_a_result(also_open: bool) -> None:
    """Also where a process that the user has forked has the pipe of results open."""
    workers = Workers(None, 2)
    assert workers.submit(int, "7").result() == 7  # they have begun
    own: Any = workers._own
    copy = os.dup(own._result_queue._writer.fileno()) if also_open else None
    futures = [workers.submit(half_and_sleep) for _ in range(9)]
    while not any(future.running() for future in futures):
        wait(0.01)
    wait(1)  # half a result is written
    in_time(lambda: workers.close(at_once=True))
    assert all(future.done() for future in futures)
    if copy is not None:
        os.close(copy)


def test_calls_that_wait_are_cancelled_by_the_pool_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its thread, in Python 3.11, stands no call that is cancelled where its workers have died."""
    raised: list[object] = []
    shut_down = ProcessPoolExecutor.shutdown

    def late(self: ProcessPoolExecutor, **how: bool) -> None:
        wait(0.5)  # the thread of the pool sees by then what was done before
        shut_down(self, **how)

    monkeypatch.setattr(threading, "excepthook", raised.append)
    monkeypatch.setattr(ProcessPoolExecutor, "shutdown", late)
    job = dispatch.Dispatch(sleep, Nothing(), Workers(None, 2), Interrupts())
    for number in range(9):  # more than workers and the queue of a pool have
        job._begin((number,))
    job.close()
    assert raised == []


def sleep(_: Nothing, numbers: tuple[int, ...]) -> batch.TrialBatch:
    wait(600)
    raise AssertionError(numbers)


class Nothing:
    """A job of which no part is run."""

    unit = "part"
    is_together = False

    def alone(self, number: int) -> str:
        return str(number)


# Ctrl-C where an exception would leave half a thing


def press() -> None:
    signal.raise_signal(signal.SIGINT)


@pytest.fixture
def _default_ctrl_c() -> Any:
    """Where tests run in the background of a shell, Ctrl-C is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_default_ctrl_c")
@pytest.mark.parametrize("presses", [1, 2])
@pytest.mark.parametrize("held", [False, True])
def test_a_press_is_put_off_to_the_end_of_a_block(presses: int, held: bool) -> None:
    passed = []

    def pressed() -> None:
        with ctrl_c_put_off(), ctrl_c_put_off():
            for _ in range(presses):
                press()
            passed.append("whole")
        passed.append("after")

    if not held:
        with pytest.raises(KeyboardInterrupt):
            pressed()
        assert passed == ["whole"]
        return
    with Interrupts() as interrupts, interrupts.held():
        if presses == 1:  # noted, and left to the study
            pressed()
            assert passed == ["whole", "after"]
        else:
            with pytest.raises(KeyboardInterrupt):
                pressed()
            assert passed == ["whole"]
        assert interrupts.presses == presses


@pytest.mark.usefixtures("_default_ctrl_c")
@pytest.mark.parametrize("held", [False, True])
def test_a_third_press_is_not_put_off(held: bool) -> None:
    """Whatever a block waits for, it does not hold a user."""
    passed = []

    def pressed() -> None:
        with ctrl_c_put_off():
            press()
            press()
            passed.append("two")
            press()
            passed.append("three")

    owner = Interrupts()
    holding = owner.held() if held else nullcontext()
    with owner, holding, pytest.raises(KeyboardInterrupt):
        pressed()
    assert passed == ["two"]


@pytest.mark.usefixtures("_default_ctrl_c")
def test_a_press_that_a_study_has_noted_raises_nothing_later() -> None:
    with Interrupts() as interrupts, interrupts.held():
        press()
        press_later = []
        with ctrl_c_put_off():
            press_later.append("whole")
        with pytest.raises(KeyboardInterrupt):
            press()
    assert press_later == ["whole"]


@pytest.mark.usefixtures("_default_ctrl_c")
def test_a_call_that_begins_at_the_second_press_ends_with_the_study(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Future[Any]] = []
    submit = ProcessPoolExecutor.submit

    def pressed(self: ProcessPoolExecutor, *call: Any) -> Future[Any]:
        press()
        press()
        made.append(submit(self, *call))
        return made[0]

    monkeypatch.setattr(ProcessPoolExecutor, "submit", pressed)
    with Interrupts() as interrupts, interrupts.held():
        job = dispatch.Dispatch(sleep, Nothing(), Workers(None, 2), interrupts)
        with pytest.raises(KeyboardInterrupt):
            list(job.results([0]))
        assert interrupts.presses == 2
        assert not made[0].done()
        in_time(job.close)
    assert made[0].done()


def deaf_and_asleep() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wait(600)


def test_workers_that_are_deaf_to_termination_are_killed() -> None:
    workers = Workers(None, 2)
    call = workers.submit(deaf_and_asleep)
    while not call.running():
        wait(0.01)
    wait(1)  # it is deaf
    in_time(lambda: workers.close(at_once=True))
    assert call.done()


@pytest.mark.parametrize("at_once", [False, True])
def test_an_executor_that_was_added_is_shut_down(
    at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = ExecutorKind("threads", ThreadPoolExecutor)
    monkeypatch.setitem(EXECUTORS._entries, "threads", kind)
    workers = Workers("threads", 2)
    waits = threading.Event()
    calls = [workers.submit(waits.wait) for _ in range(4)]  # more than it has threads
    own: Any = workers._own
    threading.Timer(0.2, waits.set).start()
    in_time(lambda: workers.close(at_once=at_once))
    assert [call.cancelled() for call in calls] == [False, False, True, True]
    with pytest.raises(RuntimeError, match="shutdown"):
        own.submit(int)


def test_a_pool_whose_thread_cannot_begin_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def limited(self: threading.Thread) -> None:
        if type(self).__name__ == "_ExecutorManagerThread":
            raise RuntimeError("can't start new thread")
        start(self)

    monkeypatch.setattr(threading.Thread, "start", limited)
    with pytest.raises(OSError, match="cannot be started: can't start new thread"):
        Workers(None, 2).submit(int, "7")


@pytest.mark.usefixtures("_default_ctrl_c")
def test_a_press_ends_what_runs_in_this_process_where_it_is() -> None:
    passed = []

    def run(_: Nothing, numbers: tuple[int, ...]) -> batch.TrialBatch:
        passed.append("begin")
        press()
        passed.append("end")
        raise AssertionError(numbers)

    with Interrupts() as interrupts, interrupts.held():
        job = dispatch.Dispatch(run, Nothing(), Workers("serial"), interrupts)
        with pytest.raises(KeyboardInterrupt):
            list(job.results([0]))
    assert passed == ["begin"]
