"""Tests of where trials run: whatever executes them, in whatever order, the bytes are the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path

import pytest
from helpers.places import ROOT, SCENARIOS
from helpers.studies import Dying, Shuffled, chancy, content

import efssim
from efssim.runs.measured import MeasuredWorld
from efssim.study.run import dispatch, trials
from efssim.study.run.dispatch import WorkersDiedError
from efssim.study.run.executors import SerialExecutor, Workers
from efssim.study.trial import outcome as trial

TESTS = ROOT / "tests"
COUNT = 12


@pytest.fixture(scope="module")
def world():
    return chancy()


@pytest.fixture(scope="module")
def expected(world):
    """What trials give that run here, one after the other."""
    return content(efssim.run_trials(world, COUNT, workers=1))


# The same bytes


@pytest.mark.parametrize("workers", [2, 3])
def test_a_pool_of_processes(world, expected, workers):
    assert content(efssim.run_trials(world, COUNT, workers=workers)) == expected


def test_a_serial_executor(world, expected):
    assert content(efssim.run_trials(world, COUNT, executor=SerialExecutor())) == expected


def test_a_pool_of_one_process(world, expected):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert content(efssim.run_trials(world, COUNT, executor=pool)) == expected


def test_a_pool_of_threads(world, expected):
    with ThreadPoolExecutor(3) as pool:
        assert content(efssim.run_trials(world, COUNT, executor=pool)) == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_completion_in_a_random_order(world, expected, seed):
    with Shuffled(seed) as shuffled:
        assert content(efssim.run_trials(world, COUNT, executor=shuffled)) == expected
    assert sorted(shuffled.order) == list(range(COUNT))
    assert shuffled.order != sorted(shuffled.order)


@pytest.mark.parametrize("size", [1, 5, COUNT])
def test_parts_of_any_size(world, expected, size, monkeypatch):
    def parts(_, missing):
        yield from (tuple(missing[k : k + size]) for k in range(0, len(missing), size))

    monkeypatch.setattr(dispatch.Dispatch, "_batches", parts)
    with Shuffled(3) as shuffled:
        assert content(efssim.run_trials(world, COUNT, executor=shuffled)) == expected


def test_dask_with_two_workers(world, expected):
    """A real scheduler and two worker processes on loopback, in a process of their own."""
    pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
    code = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from distributed import Client, LocalCluster
import efssim
from helpers.studies import chancy, content

if __name__ == "__main__":
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    )
    with cluster, Client(cluster) as client:
        found = efssim.run_trials(chancy(), {COUNT}, executor=client.get_executor())
        workers = len(client.scheduler_info()["workers"])
    sys.stdout.buffer.write(b"%d " % workers + content(found))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr.decode()
    workers, _, found = done.stdout.partition(b" ")
    assert (workers, found) == (b"2", expected)


def test_a_pool_stays_open_for_its_owner(world):
    with ThreadPoolExecutor(2) as pool:
        efssim.run_trials(world, 3, executor=pool)
        assert pool.submit(int, "7").result() == 7


# How many at once


def test_workers_of_an_executor():
    with ThreadPoolExecutor(5) as pool:
        assert Workers(pool).count == 5
        assert Workers(pool, workers=2).count == 2
    assert Workers(SerialExecutor()).count == 64
    assert Workers(None, 3).count == 3
    assert 1 <= Workers().count <= (os.cpu_count() or 1)


@pytest.mark.parametrize(("cpus", "count"), [(3, 3), (None, 1)])
def test_workers_of_a_system_without_affinities(cpus, count, monkeypatch):
    """As macOS and Windows have none; where the number is not known, one."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cpus)
    assert Workers().count == count


# Workers that die


def begin_with(monkeypatch, stand_in):
    monkeypatch.setattr(trials, "run_batch", stand_in)


@pytest.mark.parametrize("times", [1, 3])
def test_a_worker_that_dies_is_replaced(world, expected, monkeypatch, tmp_path, times):
    begin_with(monkeypatch, Dying(tmp_path, number=5, times=times))
    assert content(efssim.run_trials(world, COUNT, workers=2)) == expected
    assert len(list(tmp_path.iterdir())) == times


def test_workers_that_keep_dying_end_it(world, monkeypatch, tmp_path):
    begin_with(monkeypatch, Dying(tmp_path, number=5, times=100))
    with pytest.raises(
        WorkersDiedError, match=r"workers died 4 times.* --seed 1 --trial \d+$"
    ) as e:
        efssim.run_trials(world, COUNT, workers=2)
    assert "5" in str(e.value)
    assert len(list(tmp_path.iterdir())) == 4


FORKSERVER = pytest.mark.skipif(
    "forkserver" not in get_all_start_methods(), reason="a forkserver has it"
)


@FORKSERVER
@pytest.mark.parametrize(
    "begun",
    ["run_trials(world, 20", "sweep(world, {'replications.dr.sync.interval': [60, 90]}, 20"],
)
def test_a_script_that_its_workers_would_begin_is_told_so(tmp_path, begun):
    script = tmp_path / "script.py"
    script.write_text(
        f"import efssim\nworld = efssim.load({str(SCENARIOS / 'first-report.yaml')!r})\n"
        f"efssim.{begun}, workers=2, resume='kept')\n"
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, cwd=tmp_path, timeout=600
    )
    assert done.returncode == 1
    # One, that of the script: none of its workers.
    assert done.stderr.count("Traceback") == 1
    assert done.stderr.splitlines()[-1] == (
        "efssim.errors.StateError: each worker loads the script that begins it, and would run it "
        """once more: put what it runs under 'if __name__ == "__main__":', or give workers=1"""
    )


@FORKSERVER
@pytest.mark.parametrize("pool", ["that works", "that is closed", "that is forgotten"])
def test_a_parent_that_is_killed_leaves_no_folder(tmp_path, pool):
    code = f"""
import os, signal
from multiprocessing.util import get_temp_dir
from efssim.study.run.executors import Workers

if __name__ == "__main__":
    workers = Workers(None, 2)
    assert workers.submit(int, "7").result() == 7
    if "closed" in {pool!r}:
        workers.close()
    elif "forgotten" in {pool!r}:
        del workers
    print(get_temp_dir(), len(os.listdir(get_temp_dir())), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,  # whose end comes with that of the last process of them
        text=True,
        timeout=300,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == -signal.SIGKILL
    folder, files = done.stdout.split()
    assert Path(folder).parent == tmp_path
    assert files == "1"  # the socket
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="where libraries stand a fork")
def test_workers_begin_with_what_trials_need():
    asked = "'efssim.study.trial.outcome' in __import__('sys').modules"
    with Workers(None, 2) as workers:
        assert workers.submit(eval, asked).result()


def test_a_broken_pool_of_somebody_else_s_is_left_to_him(world, monkeypatch, tmp_path):
    begin_with(monkeypatch, Dying(tmp_path, number=0, times=1))
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(BrokenProcessPool),
    ):
        efssim.run_trials(world, COUNT, executor=pool)


# Trials that raise


def fail_at(monkeypatch, number):
    class Failing(MeasuredWorld):
        def advance_to_end(self, on_progress=None):
            if self.trial == number:
                raise ZeroDivisionError("by zero")
            super().advance_to_end(on_progress)

    monkeypatch.setattr(trial, "MeasuredWorld", Failing)


def test_a_trial_that_raises_names_its_seed_and_how_to_repeat_it(world, monkeypatch, tmp_path):
    fail_at(monkeypatch, 7)
    with pytest.raises(efssim.TrialError) as caught:
        efssim.run_trials(world, COUNT, seed=9, workers=1, resume=tmp_path)
    assert str(caught.value) == (
        "trial 7 of seed 9 failed: ZeroDivisionError: by zero; to repeat it alone: "
        "efssim.run(scenario, seed=9, trial=7), or efssim run FILE --seed 9 --trial 7"
    )
    # What was complete is kept for the next attempt.
    monkeypatch.undo()
    assert 1 + len(lines(tmp_path)) <= COUNT
    again = efssim.run_trials(world, COUNT, seed=9, workers=1, resume=tmp_path)
    assert content(again) == content(efssim.run_trials(world, COUNT, seed=9, workers=1))


def test_an_error_of_a_trial_survives_the_way_from_a_worker():
    import pickle

    error = pickle.loads(pickle.dumps(efssim.TrialError(7, 9, "why")))
    assert (error.number, error.seed, error.cause) == (7, 9, "why")
    efs = pickle.loads(pickle.dumps(efssim.EfsError("BadRequest", "why")))
    assert (efs.code, efs.http_status, str(efs)) == ("BadRequest", 400, "BadRequest: why")
    refused = pickle.loads(pickle.dumps(efssim.RunError(("events", 0), "why")))
    assert (refused.path, refused.message) == (("events", 0), "why")
    assert str(refused) == "why"


def test_a_file_that_the_workers_do_not_have_is_named(tmp_path):
    trace = tmp_path / "w.csv"
    trace.write_text("timestamp,value\n60,1\n")
    stream = {"trace": {"file": str(trace)}}
    world = chancy(file_systems={"fs": {"region": "us-east-1", "writes": {"app": stream}}})
    trace.unlink()
    with pytest.raises(efssim.TrialError, match=r"writes\.app\.trace\.file no such file"):
        efssim.run_trials(world, 4, workers=2)


def test_what_efs_refuses_is_the_scenario_s_mistake(tmp_path):
    call = {
        "at": 1,
        "call": "DeleteReplicationConfiguration",
        "expect": "ok",
        "region": "us-east-1",
    }
    world = chancy(events=[{**call, "with": {"SourceFileSystemId": "nobody"}}])
    with pytest.raises(efssim.RunError, match="expected to succeed"):
        efssim.run_trials(world, 4, workers=2, resume=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


# Ctrl-C


def interrupt_after(count):
    def tell(complete, _):
        if complete >= count:
            signal.raise_signal(signal.SIGINT)

    return tell


@pytest.fixture
def _default_ctrl_c():
    """Where tests run in the background of a shell, Ctrl-C is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_default_ctrl_c")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_returns_what_is_complete(world, monkeypatch, workers):
    monkeypatch.setattr(dispatch, "_BATCH_S", 0.0)  # parts of one trial
    found = efssim.run_trials(world, 200, workers=workers, on_progress=interrupt_after(5))
    assert found.partial
    assert found.summary["partial"] is True
    assert 5 <= len(found) < 200
    assert found.wanted == 200
    assert "partial" in repr(found)
    # Whatever is there is as it would be in the whole study.
    numbers = [one.number for one in found.trials]
    whole = efssim.run_trials(world, max(numbers) + 1, workers=1).trials
    assert [whole[number] for number in numbers] == list(found.trials)
    # Nothing was left half taken in.
    assert found.pool.numbers()["dr"]["write_lag_s"].count == sum(
        one.summary.replications["dr"].write_lag.count for one in found.trials
    )
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_ends_a_long_trial_in_a_worker(tmp_path):
    """The command is back at once, though the trials under way would take minutes."""
    code = """
import signal, threading, efssim
from helpers.studies import chancy

def begin(complete, wanted):
    main = threading.main_thread().ident
    threading.Timer(3.0, signal.pthread_kill, [main, signal.SIGINT]).start()

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    found = efssim.run_trials(chancy("3000 days"), 4, workers=2, on_progress=begin)
    print(len(found), found.partial, found.summary["window"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=300,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]),
        },
    )
    assert (done.stdout, done.stderr) == ("0 True None\n", "")


def test_an_interrupt_between_the_stages_of_a_precision_is_partial(world):
    def tell(complete, wanted):
        if wanted > 10:
            raise KeyboardInterrupt

    found = efssim.run_trials(world, precision=0.001, budget=20, workers=1, on_progress=tell)
    assert (len(found), found.wanted, found.partial) == (10, 20, True)


def test_another_handler_of_ctrl_c_is_left_alone(world):
    pressed = []
    before = signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
    try:
        found = efssim.run_trials(world, 3, workers=1, on_progress=interrupt_after(1))
    finally:
        signal.signal(signal.SIGINT, before)
    assert (len(found), found.partial) == (3, False)
    assert pressed


def test_trials_in_a_thread(world, expected):
    found = []
    thread = threading.Thread(
        target=lambda: found.append(efssim.run_trials(world, COUNT, workers=1))
    )
    thread.start()
    thread.join()
    assert content(found[0]) == expected


# Resuming


def lines(folder):
    return (folder / "trials.jsonl").read_bytes().splitlines()[1:]


def numbers(folder):
    return [json.loads(line)["trial"]["number"] for line in lines(folder)]


def test_a_killed_study_goes_on_where_it_was(world, tmp_path):
    command = [sys.executable, "-m", "helpers.studies", tmp_path, "60"]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as killed:
        for line in killed.stdout:
            if int(line) >= 10:
                killed.kill()
                break
    kept = numbers(tmp_path)
    assert 10 <= len(kept) < 60
    before = (tmp_path / "trials.jsonl").read_bytes()
    ran = []
    resumed = efssim.run_trials(world, 60, executor=Recording(ran), resume=tmp_path)
    assert sorted(ran) == sorted(set(range(60)) - set(kept))
    assert (tmp_path / "trials.jsonl").read_bytes().startswith(before[: before.rfind(b"\n") + 1])
    assert content(resumed) == content(efssim.run_trials(world, 60, workers=2))


class Recording(SerialExecutor):
    """Runs calls here and notes the numbers of their trials."""

    def __init__(self, ran):
        self._ran = ran

    def submit(self, fn, /, *args, **kwargs):
        self._ran += args[1]
        return super().submit(fn, *args, **kwargs)


def test_a_complete_study_runs_nothing_again(world, expected, tmp_path):
    efssim.run_trials(world, COUNT, workers=1, resume=tmp_path)
    ran = []
    again = efssim.run_trials(world, COUNT, executor=Recording(ran), resume=tmp_path)
    assert (ran, content(again)) == ([], expected)
    fewer = efssim.run_trials(world, 3, executor=Recording(ran), resume=tmp_path)
    assert (ran, content(fewer)) == ([], content(efssim.run_trials(world, 3, workers=1)))
    more = efssim.run_trials(world, COUNT + 2, executor=Recording(ran), resume=tmp_path)
    assert (ran, len(more)) == ([COUNT, COUNT + 1], COUNT + 2)


@pytest.mark.parametrize("left", [0, 1, 100, -1, -2])
def test_a_line_that_was_cut_off_runs_again(world, expected, tmp_path, left):
    efssim.run_trials(world, COUNT, workers=1, resume=tmp_path)
    file = tmp_path / "trials.jsonl"
    file.write_bytes(file.read_bytes()[:left] if left else b"")
    resumed = efssim.run_trials(world, COUNT, workers=1, resume=tmp_path)
    assert content(resumed) == expected
    assert sorted(numbers(tmp_path)) == list(range(COUNT))


def test_a_precision_resumes_to_the_same(world, tmp_path):
    how = {"precision": 0.06, "budget": 200, "workers": 1}
    whole = efssim.run_trials(world, **how)
    assert 10 < len(whole) < 200
    efssim.run_trials(world, 7, workers=1, resume=tmp_path)
    assert content(efssim.run_trials(world, **how, resume=tmp_path)) == content(whole)


@pytest.mark.parametrize("other", [{"seed": 2}, {"verify": True}, {"scenario": chancy("21 min")}])
def test_another_study_is_refused(world, tmp_path, other):
    efssim.run_trials(world, 2, workers=1, resume=tmp_path)
    before = (tmp_path / "trials.jsonl").read_bytes()
    asked = {"scenario": world, "trials": 2, "workers": 1, "resume": tmp_path} | other
    with pytest.raises(ValueError, match="another scenario, seed, version or --verify"):
        efssim.run_trials(**asked)
    assert (tmp_path / "trials.jsonl").read_bytes() == before


@pytest.mark.parametrize("text", ["hello\n", "{}\nhello\n", "[1]\n"])
def test_a_file_of_something_else_is_refused(world, tmp_path, text):
    (tmp_path / "trials.jsonl").write_text(text)
    with pytest.raises(ValueError, match=r"trials\.jsonl: .*; name another folder"):
        efssim.run_trials(world, 2, workers=1, resume=tmp_path)
    assert (tmp_path / "trials.jsonl").read_text() == text


def test_a_trace_that_changed_is_another_study(tmp_path):
    trace = tmp_path / "w.csv"

    def study(last):
        trace.write_text(f"timestamp,value\n0,1\n60,{last}\n")
        stream = {"trace": {"file": str(trace)}}
        world = chancy(file_systems={"fs": {"region": "us-east-1", "writes": {"app": stream}}})
        return efssim.run_trials(world, 2, workers=1, resume=tmp_path / "kept")

    study(5)
    study(5)
    with pytest.raises(ValueError, match="another scenario"):
        study(6)
