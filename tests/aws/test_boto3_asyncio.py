"""asyncio on the simulated clock."""

from __future__ import annotations

import asyncio
import concurrent.futures
import socket
import subprocess
import sys
import threading
import time

import pytest
from helpers.simulations import simulation

from efssim.aws import patched


@pytest.fixture
def world():
    return simulation()


def timed(function):
    began = time.perf_counter()
    result = function()
    return result, time.perf_counter() - began


def test_sleeping_passes_simulated_time(world):
    with patched(world):
        _, took_s = timed(lambda: asyncio.run(asyncio.sleep(3600)))
    assert world.elapsed_s == 3600
    assert took_s < 3600


async def instants(*naps):
    async def nap(seconds):
        await asyncio.sleep(seconds)
        return time.monotonic(), asyncio.get_running_loop().time()

    return await asyncio.gather(*(nap(seconds) for seconds in naps))


def test_tasks_wake_at_their_instants(world):
    with patched(world):
        found = asyncio.run(instants(3, 1, 100.5, 0, 3))
    assert found == [(at, at) for at in (3, 1, 100.5, 0, 3)]
    assert world.elapsed_s == 100.5


def new_event_loop(main):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()


def runner(main):
    with asyncio.Runner() as made:
        return made.run(main)


def with_factory(main):
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as made:
        return made.run(main)


def of_a_policy(main):
    loop = asyncio.DefaultEventLoopPolicy().new_event_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()


@pytest.mark.filterwarnings("ignore:.*EventLoopPolicy:DeprecationWarning")
@pytest.mark.parametrize("run", [asyncio.run, new_event_loop, runner, with_factory, of_a_policy])
def test_every_way_to_run_a_loop(world, run):
    with patched(world):
        assert run(instants(7)) == [(7, 7)]
        assert run(instants(7)) == [(14, 14)]


def test_a_loop_from_before(world):
    loop = asyncio.new_event_loop()
    with patched(world):
        assert loop.run_until_complete(instants(7)) == [(7, 7)]
    _, took_s = timed(lambda: loop.run_until_complete(asyncio.sleep(0.05)))
    assert took_s > 0.04
    loop.close()
    assert world.elapsed_s == 7


async def timeouts():
    seen = []
    try:
        await asyncio.wait_for(asyncio.Event().wait(), 30)
    except TimeoutError:
        seen.append(time.monotonic())
    try:
        async with asyncio.timeout(5):
            await asyncio.Event().wait()
    except TimeoutError:
        seen.append(time.monotonic())
    await asyncio.wait([asyncio.create_task(asyncio.sleep(500))], timeout=2)
    seen.append(time.monotonic())
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    loop.call_later(3, done.set)
    await done.wait()
    seen.append(time.monotonic())
    done.clear()
    loop.call_at(loop.time() + 4, done.set)
    await done.wait()
    return [*seen, time.monotonic()]


def test_timeouts_and_timers(world):
    with patched(world):
        assert asyncio.run(timeouts()) == [30, 35, 37, 40, 44]


def test_a_blocking_sleep_holds_everybody_up(world):
    async def block():
        await asyncio.sleep(1)
        time.sleep(10)
        return time.monotonic()

    async def both():
        return await asyncio.gather(block(), instants(5))

    with patched(world):
        assert asyncio.run(both()) == [11, [(11, 11)]]


def test_a_callback_may_be_a_function_of_time(world):
    async def main():
        asyncio.get_running_loop().call_later(5, time.sleep, 3)
        await asyncio.sleep(6)
        return time.monotonic()

    with patched(world):
        assert asyncio.run(main()) == 8


def test_a_loop_that_never_ends_ends_with_the_scenario():
    world = simulation("1 h")
    cancelled = []

    async def forever():
        try:
            while True:
                await asyncio.sleep(7)
        except asyncio.CancelledError:
            cancelled.append(time.monotonic())
            raise

    with (
        patched(world),
        pytest.raises(ValueError, match="the scenario ends 3600 s after its start"),
    ):
        asyncio.run(forever())
    assert world.elapsed_s == 3600 // 7 * 7 == cancelled[0]


def test_afterwards_everything_is_as_before(world):
    names = (
        (asyncio, "sleep"),
        (asyncio.tasks, "sleep"),
        (asyncio, "wrap_future"),
        (asyncio.futures, "wrap_future"),
        (asyncio.Runner, "run"),
        (asyncio.BaseEventLoop, "time"),
        (asyncio.BaseEventLoop, "run_forever"),
        (asyncio.BaseEventLoop, "shutdown_default_executor"),
        (asyncio.SelectorEventLoop, "_make_subprocess_transport"),
    )
    before = [getattr(owner, name) for owner, name in names]
    with pytest.raises(KeyError), patched(world):
        assert asyncio.sleep is asyncio.tasks.sleep is not before[0]
        raise KeyError
    assert [getattr(owner, name) for owner, name in names] == before


# Real work


def real_wait(seconds):
    threading.Event().wait(seconds)
    return time.monotonic()


def test_work_of_executors_is_waited_for_and_takes_no_simulated_time(world):
    async def main():
        loop = asyncio.get_running_loop()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            return await asyncio.gather(
                loop.run_in_executor(None, real_wait, 0.1),
                loop.run_in_executor(pool, real_wait, 0.1),
                asyncio.to_thread(real_wait, 0.1),
                asyncio.wrap_future(pool.submit(real_wait, 0.1)),
                instants(60),
            )

    with patched(world):
        found, took_s = timed(lambda: asyncio.run(main()))
    assert found == [0, 0, 0, 0, [(60, 60)]]
    assert world.elapsed_s == 60
    assert took_s < 30


def test_closing_a_loop_waits_for_its_threads_in_real_time(world):
    """Python 3.12 waits for them with a timeout of five minutes."""

    async def main():
        asyncio.get_running_loop().run_in_executor(None, real_wait, 0.1)

    with patched(world):
        asyncio.run(main())
    assert world.elapsed_s == 0


def test_subprocesses_take_no_simulated_time(world):
    async def main():
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", "sleep 0.1; echo done", stdout=asyncio.subprocess.PIPE
        )
        (said, _), _ = await asyncio.gather(process.communicate(), asyncio.sleep(5))
        quiet = await asyncio.create_subprocess_exec("sleep", "0.1")
        assert await asyncio.wait_for(quiet.wait(), 60) == 0
        return said, time.monotonic()

    with patched(world):
        assert asyncio.run(main()) == (b"done\n", 5)


def test_a_timeout_on_something_real_expires_when_it_would(world):
    async def main():
        process = await asyncio.create_subprocess_exec("sleep", "20")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(process.wait(), 0.2)
        process.kill()
        await process.wait()
        return time.monotonic()

    with patched(world):
        found, took_s = timed(lambda: asyncio.run(main()))
    assert found == 0.2
    assert 0.2 <= took_s < 10


def test_sockets_take_no_simulated_time(world):
    async def main():
        mine, other = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=mine)
        threading.Timer(0.1, other.sendall, [b"hello\n"]).start()
        said, _ = await asyncio.gather(asyncio.wait_for(reader.readline(), 30), instants(5))
        read_at = time.monotonic()
        writer.close()
        await writer.wait_closed()
        other.close()
        return said, read_at, await instants(100)

    with patched(world):
        found, took_s = timed(lambda: asyncio.run(main()))
    assert found[0] == b"hello\n"
    assert found[2] == [(105, 105)]
    assert took_s < 30


def test_polling_for_something_real_is_never_faster_than_real_time(world):
    async def main():
        work = asyncio.ensure_future(asyncio.to_thread(real_wait, 0.3))
        while not work.done():
            await asyncio.sleep(0.1)
        return time.monotonic()

    with patched(world):
        found, took_s = timed(lambda: asyncio.run(main()))
    assert 0.2 <= found <= took_s + 0.1


# What is refused


def test_threads_neither_sleep_nor_run_loops_that_do(world):
    with patched(world), concurrent.futures.ThreadPoolExecutor() as pool:
        with pytest.raises(RuntimeError, match="event loop of real time"):
            pool.submit(lambda: asyncio.run(asyncio.sleep(1))).result()
        with pytest.raises(RuntimeError, match="second thread"):
            asyncio.run(asyncio.to_thread(time.sleep, 5))
    assert world.elapsed_s == 0


WAITS_FOR_NOTHING = """
import asyncio, efssim
world = efssim.Simulation(efssim.Scenario.model_validate({"name": "t", "duration": "1 h"}))
with efssim.aws.patched(world):
    asyncio.run(asyncio.Event().wait())
"""


def test_a_wait_for_nothing_is_an_error():
    """In a process of its own, since any other thread could wake the loop."""
    done = subprocess.run(
        [sys.executable, "-c", WAITS_FOR_NOTHING],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "waits for something that nothing brings about" in done.stderr


def test_a_wait_for_another_thread_is_none(world):
    async def main():
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        threading.Timer(0.05, loop.call_soon_threadsafe, [done.set]).start()
        await done.wait()
        return time.monotonic()

    with patched(world):
        assert asyncio.run(main()) == 0


def test_a_loop_that_runs_already_cannot_sleep(world):
    async def main():
        with patched(world):
            await asyncio.sleep(0)
            await asyncio.sleep(1)

    with pytest.raises(RuntimeError, match=r"enter it around asyncio\.run, not within"):
        asyncio.run(main())
    assert world.elapsed_s == 0
    asyncio.run(asyncio.sleep(0))


class Foreign(asyncio.AbstractEventLoop):
    """As uvloop's: nothing of asyncio's own in it."""

    def run_forever(self):
        raise AssertionError("it ran")

    def run_until_complete(self, *_):
        self.run_forever()

    def create_task(self, *_, **__):
        raise AssertionError("it ran")

    def get_debug(self):
        return False

    def is_closed(self):
        return True

    def close(self):
        pass

    async def shutdown_asyncgens(self):
        pass

    async def shutdown_default_executor(self):
        pass


def test_other_event_loops_are_refused_by_name(world):
    with patched(world):
        with pytest.raises(RuntimeError, match=r"Foreign cannot run on the simulated clock"):
            Foreign().run_until_complete(None)
        runner = asyncio.Runner(loop_factory=Foreign)
        with pytest.raises(RuntimeError, match=r"Foreign cannot run on the simulated clock"):
            runner.run(asyncio.sleep(1))
    with pytest.raises(AssertionError, match="it ran"):
        Foreign().run_forever()


def test_a_loop_in_a_process_of_the_simulation_cannot_sleep(world):
    seen = []

    def process(env):
        yield env.timeout(5)
        with pytest.raises(RuntimeError, match=r"yield world\.env\.timeout"):
            asyncio.run(asyncio.sleep(1))
        seen.append(env.now)

    world.env.process(process(world.env))
    with patched(world):
        time.sleep(10)
    assert seen == [5]
