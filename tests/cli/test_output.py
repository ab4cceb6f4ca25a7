"""Where results go: folders of others, full disks, closed streams, and runs that were killed."""

from __future__ import annotations

import fcntl
import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.commands import INTERVAL, command, write_tiny
from helpers.places import EFSSIM

import efssim
from efssim.files import staging
from efssim.report.files import folders
from efssim.report.files.manifest import numpy_exponential

EFSSIM = shlex.quote(str(EFSSIM))
SWEEP = ("sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20,40", "-w", "1")
PLAN = ("plan", "tiny.yaml", "--vary", f"{INTERVAL}=20..24", "-n", "10", "-w", "1")
SEVERAL = ("run", "tiny.yaml", "other.yaml", "-n", "2", "-w", "1")
RUN = ("run", "tiny.yaml")


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path)
    write_tiny(tmp_path, "other", "40 s")


def shell(line):
    return subprocess.run(
        ["bash", "-c", line.replace("efssim", EFSSIM)], capture_output=True, text=True, timeout=60
    )


# Standard output and standard error


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("efssim run tiny.yaml >&-", 2, "standard output is closed"),
        ("efssim run tiny.yaml --out out >&-", 2, "standard output is closed"),
        ("efssim --help >&-", 2, "standard output is closed"),
        ("efssim run tiny.yaml > /dev/full", 2, "standard output: No space left on device\n"),
        ("efssim validate tiny.yaml > /dev/full", 2, "standard output: No space left on device\n"),
        ("efssim schema > /dev/full", 2, "standard output: No space left on device\n"),
        ("efssim --help > /dev/full", 2, "standard output: No space left on device\n"),
        ("efssim --version > /dev/full", 2, "standard output: No space left on device\n"),
        ("efssim nonsense 2>&-", 2, ""),
        ("efssim run missing.yaml 2>&-", 2, ""),
        ("efssim run missing.yaml 2> /dev/full", 2, ""),
        ("efssim run tiny.yaml --out out 2>&- > /dev/null", 0, ""),
        ("efssim run tiny.yaml --out out 2> /dev/full > /dev/null", 0, ""),
        ("efssim run tiny.yaml -n 2 -w 2 --out out 2>&- > /dev/null", 0, ""),
        ("efssim run tiny.yaml --check --set 'rpo={target: 1 s}' 2>&- > /dev/null", 1, ""),
        ("efssim run tiny.yaml <&- > /dev/null", 0, ""),
    ],
)
def test_streams_that_take_nothing(line, code, said):
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = shell(line)
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == bool(said) or "closed" in said
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    if "--out" in line and code == 0:
        assert json.loads(Path("out/summary.json").read_text())["scenario"] == "tiny"


def test_a_reader_that_goes_away_changes_no_verdict():
    """`head` that reads nothing: the result is dropped, and the exit code is that of the run."""
    for arguments, code in (("", 0), ("--check --set 'rpo={target: 1 s}'", 1)):
        done = shell(
            f"efssim run tiny.yaml {arguments} --quiet | true; echo ${{PIPESTATUS[0]}} >&2"
        )
        assert done.stderr == f"{code}\n"
    done = shell("efssim schema | head -1; echo ${PIPESTATUS[0]} >&2")
    assert (done.stdout, done.stderr) == ("{\n", "0\n")


def test_a_file_never_gets_the_number_of_a_closed_stream():
    done = shell("efssim run tiny.yaml -n 2 -w 1 --resume kept --verify 2>&- > /dev/null")
    assert done.returncode == 0
    for line in Path("kept/trials.jsonl").read_text().splitlines():
        json.loads(line)


# Folders


@pytest.mark.parametrize("arguments", [RUN, SWEEP, PLAN, SEVERAL])
def test_folders_that_are_none(arguments):
    Path("link").symlink_to("nowhere")
    Path("file").write_text("mine")
    for given, said in (
        ("", "an empty name"),
        ("link", "link: is a link to nowhere, which is not there\n"),
        ("file", "file: is a file, not a folder\n"),
        ("file/below", "file: is a file, not a folder\n"),
    ):
        done = command(*arguments, "--out", given)
        assert (done.code, done.out) == (2, ""), given
        assert said in done.err
    assert Path("file").read_text() == "mine"
    assert sorted(path.name for path in Path().iterdir()) == [
        "file",
        "link",
        "other.yaml",
        "tiny.yaml",
    ]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (RUN, "summary.json"),
        (RUN, "report.html"),
        ((*RUN, "-n", "2", "-w", "1"), "summary.json"),
        (SWEEP, "sweep.json"),
        (PLAN, "plan.json"),
        (SEVERAL, "comparison.json"),
        (SEVERAL, "tiny/summary.json"),
    ],
)
def test_what_somebody_else_wrote_stays(arguments, name):
    file = Path("out", name)
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    done = command(*arguments, "--out", "out")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"{file}: is of no result of efssim")
    assert file.read_text() == "mine"
    assert [path for path in Path("out").rglob("*") if path.is_file()] == [file]


def test_one_that_appears_meanwhile_stays_and_the_report_is_printed(monkeypatch):
    """Files that no command is sure to write are looked at again before anything is moved."""
    Path("out/figures").mkdir(parents=True)
    Path("out/figures/dr-age.svg").write_text("mine")
    done = command(*RUN, "--out", "out")
    assert done.code == 2
    assert done.err.startswith("out/figures/dr-age.svg: is of no result of efssim")
    assert done.out == command(*RUN).answer
    assert [str(path) for path in Path("out").rglob("*")] == [
        "out/figures",
        "out/figures/dr-age.svg",
    ]


def test_a_folder_with_other_files_is_used_and_they_stay():
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine")
    for arguments in (RUN, SWEEP, PLAN, RUN):
        assert command(*arguments, "--out", "out", "--quiet").code == 0
    assert Path("out/mine.txt").read_text() == "mine"
    # Of each result nothing is left that the last has not written.
    assert not Path("out/plan.json").exists()
    assert not Path("out/sweep.csv").exists()
    alone = command(*RUN, "--out", "alone", "--quiet")
    assert alone.code == 0
    names = {str(path.relative_to("alone")) for path in Path("alone").rglob("*")}
    assert {str(path.relative_to("out")) for path in Path("out").rglob("*")} == {*names, "mine.txt"}


def test_a_folder_that_nobody_can_write_to():
    if not Path("/proc/self").is_dir():
        pytest.skip("no /proc here")
    done = command(*RUN, "--out", "/proc/efssim")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("/proc/efssim: /proc cannot be written to: ")


# Runs that were killed


def test_what_a_killed_run_left_goes_and_nothing_else():
    code = (
        "import os, signal, sys\n"
        "from efssim.report.files import folders\n"
        "with folders.staged(__import__('pathlib').Path('out')) as staging:\n"
        "    (staging / 'half.json').write_text('{')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code])
    assert killed.returncode == -signal.SIGKILL
    (left,) = Path().glob(".out.*")
    others = [Path(".out.mine"), Path(f".out.mine{staging._WRITING}"), Path(".out.efs"), Path("x")]
    others.append(Path(f".other.x{staging._WRITING}"))
    for other in others:
        other.mkdir()
        (other / "kept.txt").write_text("mine")
    (others[-1] / "lock").write_text("")
    assert command(*RUN, "--out", "out", "--quiet").code == 0
    assert not left.exists()
    assert all((other / "kept.txt").exists() for other in others)


def test_a_folder_of_a_live_writer_stays():
    with folders.staged(Path("out")) as staging:
        assert command(*RUN, "--out", "out", "--quiet").code == 0
        assert staging.is_dir()
        (staging / "late.txt").write_text("whole")
    assert Path("out/late.txt").read_text() == "whole"
    assert not list(Path().glob(".out*"))


def test_a_lock_goes_with_its_process():
    left = Path(f".out.abc{staging._WRITING}")
    left.mkdir()
    with (left / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert command(*RUN, "--out", "out", "--quiet").code == 0
        assert left.exists()
    assert command(*RUN, "--out", "out", "--quiet").code == 0
    assert not left.exists()


# The manifest


@pytest.mark.parametrize("arguments", [RUN, (*RUN, "-n", "2", "-w", "1"), SWEEP, PLAN, SEVERAL])
def test_the_manifest_says_what_made_the_result(arguments):
    assert command(*arguments, "--out", "out", "--quiet").code == 0
    found = json.loads(Path("out/manifest.json").read_text())
    assert found["efssim"] == efssim.__version__
    assert set(found["packages"]) >= {"numpy", "scipy", "simpy", "pandas"}
    assert found["system"]
    assert found["processor"]
    assert found["numpy_exponential"] == numpy_exponential()
    assert found["seed"] == 1


def test_numpy_tells_which_exponential_it_uses():
    import numpy as np

    features = np._core._multiarray_umath.__cpu_features__
    has_avx512 = features.get("AVX512_SKX", False) or features.get("X86_V4", False)
    told = numpy_exponential()
    assert told is not None
    assert (told in ("AVX512_SKX", "X86_V4", "AVX512_SPR")) == bool(has_avx512)
