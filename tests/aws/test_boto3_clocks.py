"""Every way in which the standard library reads a clock or waits by one, inside `patched`."""

from __future__ import annotations

import concurrent.futures
import copy
import dataclasses
import datetime
import email.utils
import functools
import http.cookiejar
import io
import logging
import multiprocessing
import os
import pickle
import queue
import sched
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
import zipfile
from datetime import UTC
from time import monotonic, sleep

import boto3
import pandas as pd
import pytest
from helpers.simulations import HOME, simulation

from efssim.aws import patched
from efssim.aws.clock.functions import REAL_TIME
from efssim.aws.real_waits import REAL_TIME_MODULES, RealWaits

NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=UTC)
START = NOON.timestamp() - 12 * 3600


@pytest.fixture
def world():
    made = simulation()
    made.advance("12 h")
    return made


def log_record():
    return logging.LogRecord("n", 10, "p", 1, "m", (), None).created


def zip_time():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", "b")
        (found,) = archive.infolist()
    return found.date_time


def local(form="%Y-%m-%d %H:%M"):
    return NOON.astimezone().strftime(form)


READS = {
    "time.time": (lambda: time.time(), NOON.timestamp()),
    "time.time_ns": (lambda: time.time_ns(), round(NOON.timestamp()) * 10**9),
    "time.monotonic": (lambda: time.monotonic(), 43_200),
    "from time import monotonic": (lambda: monotonic(), 43_200),
    "time.monotonic_ns": (lambda: time.monotonic_ns(), 43_200 * 10**9),
    "clock_gettime(REALTIME)": (
        lambda: time.clock_gettime(time.CLOCK_REALTIME),
        NOON.timestamp(),
    ),
    "clock_gettime(MONOTONIC)": (lambda: time.clock_gettime(time.CLOCK_MONOTONIC), 43_200),
    "clock_gettime_ns": (
        lambda: time.clock_gettime_ns(time.CLOCK_MONOTONIC),
        43_200 * 10**9,
    ),
    "time.gmtime": (lambda: time.gmtime()[:5], (2026, 1, 1, 12, 0)),
    "time.localtime": (lambda: time.strftime("%Y-%m-%d %H:%M", time.localtime()), local()),
    "time.strftime": (lambda: time.strftime("%Y-%m-%d %H:%M"), local()),
    "time.ctime": (lambda: time.ctime()[-4:], "2026"),
    "time.asctime": (lambda: time.asctime(), local("%a %b %e %H:%M:%S %Y")),
    "datetime.now": (lambda: datetime.datetime.now().strftime("%Y-%m-%d %H:%M"), local()),
    "datetime.now(UTC)": (lambda: datetime.datetime.now(UTC), NOON),
    "datetime.utcnow": (lambda: datetime.datetime.utcnow(), NOON.replace(tzinfo=None)),
    "datetime.today": (lambda: datetime.datetime.today().strftime("%Y-%m-%d %H:%M"), local()),
    "date.today": (lambda: datetime.date.today().isoformat(), local("%Y-%m-%d")),
    "pandas.Timestamp.now": (lambda: pd.Timestamp.now().strftime("%Y-%m-%d %H:%M"), local()),
    "pandas.Timestamp.now(UTC)": (lambda: pd.Timestamp.now("UTC"), NOON),
    "pandas.Timestamp.now(zone)": (lambda: pd.Timestamp.now(tz="Asia/Tokyo").hour, 21),
    "pandas.Timestamp.today": (lambda: pd.Timestamp.today("UTC"), NOON),
    "pandas.Timestamp.utcnow": (lambda: pd.Timestamp.utcnow(), NOON),
    "email.utils.formatdate": (
        lambda: email.utils.formatdate(),
        "Thu, 01 Jan 2026 12:00:00 -0000",
    ),
    "email.utils.localtime": (lambda: email.utils.localtime(), NOON),
    "logging": (log_record, NOON.timestamp()),
    "zipfile": (lambda: zip_time()[:2], (2026, 1)),
    "http.cookiejar": (
        lambda: http.cookiejar.Cookie(
            *(0, "n", "v", None, False, "d", False, False, "/", False, False),
            *(int(NOON.timestamp()) - 1, False, None, None, {}),
        ).is_expired(),
        True,
    ),
    "sched": (lambda: sched.scheduler().timefunc(), 43_200),
}


@pytest.mark.filterwarnings("ignore:.*utcnow:DeprecationWarning")
@pytest.mark.parametrize("name", READS)
def test_what_reads_the_clock_sees_simulated_time(world, name):
    read, expected = READS[name]
    with patched(world):
        found = read()
        in_a_thread = called_in_a_thread(read)
    assert found == expected == in_a_thread
    assert world.elapsed_s == 43_200


def called_in_a_thread(function):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return pool.submit(function).result()


@pytest.mark.parametrize(
    ("read", "per_s"),
    [
        (time.perf_counter, 1),
        (time.perf_counter_ns, 1e9),
        (time.process_time, 1),
        (time.thread_time, 1),
        (lambda: time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID), 1),
        (lambda: os.times().elapsed, 1),
        (lambda: uuid.uuid1().time, 1e7),
    ],
)
def test_what_measures_real_time(world, read, per_s):
    with patched(world):
        before = read()
        sleep(36_000)
        assert 0 <= (read() - before) / per_s < 3600


def timed(function):
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def timer():
    done = threading.Event()
    threading.Timer(0.05, done.set).start()
    assert done.wait(10)


def join_slow_thread():
    thread = threading.Thread(target=threading.Event().wait, args=[0.05])
    thread.start()
    thread.join(10)


def alarm():
    got = []
    before = signal.signal(signal.SIGALRM, lambda *_: got.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        signal.pause()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert got


def select_socket():
    mine, _other = socket.socketpair()
    assert select.select([mine], [], [], 0.05) == ([], [], [])
    with selectors.DefaultSelector() as selector:
        selector.register(mine, selectors.EVENT_READ)
        assert selector.select(0.05) == []
    mine.settimeout(0.05)
    with pytest.raises(TimeoutError):
        mine.recv(1)
    mine.close()
    _other.close()


def queue_get():
    with pytest.raises(queue.Empty):
        queue.Queue().get(timeout=0.05)


def futures_wait():
    with concurrent.futures.ThreadPoolExecutor() as pool:
        future = pool.submit(threading.Event().wait, 0.1)
        with pytest.raises(TimeoutError):
            future.result(timeout=0.05)
        done, _ = concurrent.futures.wait([future], timeout=10)
        assert done == {future}
        assert list(concurrent.futures.as_completed([future], timeout=10)) == [future]


def subprocess_run():
    assert subprocess.run(["sleep", "0.05"], timeout=60, check=True).returncode == 0


def subprocess_times_out():
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(["sleep", "20"], timeout=0.05, check=False)


def child_process():
    context = multiprocessing.get_context("fork")
    process = context.Process(target=threading.Event().wait, args=[0.05])
    process.start()
    process.join(10)
    assert process.exitcode == 0


def condition_wait():
    condition = threading.Condition()
    with condition:
        assert not condition.wait_for(lambda: False, timeout=0.05)


REAL_WAITS = [
    timer,
    join_slow_thread,
    alarm,
    select_socket,
    queue_get,
    futures_wait,
    subprocess_run,
    subprocess_times_out,
    child_process,
    condition_wait,
]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("wait", REAL_WAITS)
def test_waits_for_real_things_take_real_time_and_no_simulated_time(world, wait):
    with patched(world):
        took_s = timed(wait)
        assert world.elapsed_s == 43_200
    assert 0.04 < took_s < 10


def test_modules_that_were_imported_inside_wait_in_real_time_too(world):
    """They have the stand-ins by name."""
    names = ("queue", "subprocess")
    kept = {name: sys.modules.pop(name) for name in names}
    try:
        with patched(world):
            import queue as fresh_queue
            import subprocess as fresh_subprocess

            assert fresh_queue is not kept["queue"]
            with pytest.raises(fresh_queue.Empty):
                fresh_queue.Queue().get(timeout=0.01)
            fresh_subprocess.run(["sleep", "0.05"], timeout=60, check=True)
            assert world.elapsed_s == 43_200
        assert fresh_queue.time is REAL_TIME["monotonic"]
    finally:
        sys.modules.update(kept)


def test_the_modules_are_decided_by_name_and_package():
    waits = RealWaits(["mine"])

    def of(name):
        scope = {"__name__": name, "sys": sys}
        exec("def frame(): return sys._getframe()", scope)
        return waits.is_caller(scope["frame"]())

    assert all(of(name) for name in REAL_TIME_MODULES)
    assert of("concurrent.futures._base")
    assert of("mine.part")
    assert not any(of(name) for name in ("mineral", "queues", "json", "__main__", "sched"))


def test_a_script_names_modules_of_its_own_that_wait_for_real_things(world):
    scope = {"__name__": "ssh_client.channel", "time": time}
    exec("def wait(): time.sleep(0.01)", scope)
    with patched(world, real=["ssh_client"]):
        scope["wait"]()
        assert world.elapsed_s == 43_200
    with patched(world):
        scope["wait"]()
        assert world.elapsed_s == 43_200.01


@pytest.mark.parametrize(
    "wait",
    [
        lambda: time.sleep(5),
        lambda: sleep(5),
        lambda: functools.partial(time.sleep, 5)(),
        lambda: list(map(time.sleep, [2, 3])),
        lambda: scheduled(),
        lambda: slept_by_default(),
        lambda: slept_by_keyword(),
        lambda: Poller().wait(),
        lambda: Poller.pause(5),
        lambda: Configured().nap(5),
    ],
)
def test_every_sleep_passes_simulated_time(world, wait):
    with patched(world):
        took_s = timed(wait)
        assert world.elapsed_s == 43_205
    assert took_s < 5
    assert sleep is slept_by_default.__defaults__[0] is REAL_TIME["sleep"]
    assert Poller.pause is Configured().nap is REAL_TIME["sleep"]


def scheduled():
    scheduler = sched.scheduler()
    scheduler.enter(5, 1, lambda: None)
    scheduler.run()


def slept_by_default(wait=sleep):
    wait(5)


def slept_by_keyword(*, wait=time.sleep):
    wait(5)


class Poller:
    pause = time.sleep
    clock = staticmethod(time.monotonic)

    def wait(self, pause=sleep):
        until = self.clock() + 5
        while self.clock() < until:
            pause(1)


@dataclasses.dataclass
class Configured:
    nap: object = time.sleep


def test_a_class_that_is_made_inside_has_no_methods_of_them(world):
    with patched(world):

        class Made:
            pause = time.sleep
            clock = time.monotonic

        Made().pause(5)
        assert Made().clock() == 43_205


def test_stand_ins_are_pickled_and_copied_by_name(world):
    with patched(world):
        assert pickle.loads(pickle.dumps(time.sleep)) is time.sleep
        assert copy.deepcopy([time.time])[0] is time.time
        kept = pickle.dumps(time.sleep)
    assert pickle.loads(kept) is REAL_TIME["sleep"]


# Other threads and processes


@pytest.mark.parametrize(
    "work",
    [
        lambda: time.sleep(5),
        lambda: sleep(5),
        lambda: slept_by_default(),
        lambda: sched.scheduler().delayfunc(5),
    ],
)
def test_other_threads_may_not_sleep(world, work):
    with patched(world):
        with pytest.raises(RuntimeError, match=r"time\.sleep in a second thread"):
            called_in_a_thread(work)
        with pytest.raises(RuntimeError, match=r"time\.sleep in a second thread"):
            called_in_a_thread(functools.partial(time.sleep, 5))
        with (
            concurrent.futures.ThreadPoolExecutor() as pool,
            pytest.raises(RuntimeError, match=r"time\.sleep in a second thread"),
        ):
            pool.submit(time.sleep, 5).result()
    assert world.elapsed_s == 43_200


def test_threads_from_before_are_of_the_script_if_their_code_is(world):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        with patched(world):
            assert pool.submit(lambda: time.time()).result() == NOON.timestamp()
            with pytest.raises(RuntimeError, match="second thread"):
                pool.submit(lambda: sleep(5)).result()
            library = {"__name__": "ipykernel.parentpoller", "__file__": os.__file__, "time": time}
            exec("def poll(): time.sleep(0.01); return time.time()", library)
            assert pool.submit(library["poll"]).result() > NOON.timestamp() + 86_400
            assert called_fresh(library["poll"]) == "refused"
    assert world.elapsed_s == 43_200


def called_fresh(function):
    try:
        return called_in_a_thread(function)
    except RuntimeError:
        return "refused"


def test_other_threads_may_not_call(world):
    with patched(world):
        client = boto3.client("efs", region_name=HOME)
        with pytest.raises(RuntimeError, match="answers only the thread"):
            called_in_a_thread(client.describe_file_systems)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_has_a_simulation_that_does_not_go_on(world):
    with patched(world):
        client = boto3.client("efs", region_name=HOME)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            said = []
            for act in (lambda: sleep(1), client.describe_file_systems):
                try:
                    act()
                except RuntimeError as error:
                    said.append(str(error))
            os.write(write, "\n".join(said).encode())
            os._exit(0)
        os.waitpid(child, 0)
        said = os.read(read, 4096).decode()
        os.close(read)
        os.close(write)
    assert "time.sleep in a second thread or process" in said
    assert "answers only the thread" in said
