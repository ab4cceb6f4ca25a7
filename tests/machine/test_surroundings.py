"""The same bytes of every file wherever a command runs, and a sentence where it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.commands import command
from helpers.folders import contents
from helpers.places import EFSSIM

pytestmark = pytest.mark.slow
SURROUNDINGS = [
    {"HOME": None, "XDG_CONFIG_HOME": None},
    {"HOME": "/proc"},
    {"HOME": "/nowhere", "TMPDIR": "/nowhere"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    {"LC_ALL": "de_DE.UTF-8"},
    {"TZ": "Asia/Kathmandu"},
    {"TZ": "America/Los_Angeles"},
    {"TZ": ":nonsense"},
    {"PYTHONHASHSEED": "0"},
    {"PYTHONHASHSEED": "4242"},
    {"MPLBACKEND": "nonsense"},
]
JUMPS = """
import itertools, sys, time
steps = itertools.cycle([0.0, 1e9, -2e9, 3e8, -1e-3])
real = time.time
time.time = lambda: real() + next(steps)
time.perf_counter = lambda: real() + next(steps)
from efssim.cli import main
main()
"""


def efs(*words, program=(EFSSIM,), **changed):
    environment = {**os.environ, **{name: value for name, value in changed.items() if value}}
    for name, value in changed.items():
        if value is None:
            environment.pop(name, None)
    return subprocess.run(
        [*program, *words], capture_output=True, timeout=300, env=environment, check=False
    )


@pytest.mark.parametrize("words", [(), ("-n", "4", "-w", "1")])
def test_surroundings_change_no_byte(folder, words):
    assert command("run", "tiny.yaml", *words, "-o", "whole").code == 0
    for changed in SURROUNDINGS:
        done = efs("run", "tiny.yaml", *words, "-o", "out", "--quiet", **changed)
        assert done.returncode == 0, (changed, done.stderr)
        assert contents("out") == contents("whole"), changed
        shutil.rmtree("out")


def test_a_matplotlibrc_changes_no_byte(folder):
    assert command("run", "tiny.yaml", "-o", "whole").code == 0
    Path("matplotlibrc").write_text("axes.facecolor: red\nfont.size: 20\ntimezone: Asia/Tokyo\n")
    assert efs("run", "tiny.yaml", "-o", "out").returncode == 0
    assert contents("out") == contents("whole")


@pytest.mark.parametrize("words", [(), ("-n", "40", "-w", "1")])
def test_a_clock_that_jumps_changes_no_byte(folder, words):
    whole = command("run", "tiny.yaml", *words).out
    done = efs("run", "tiny.yaml", *words, program=(sys.executable, "-c", JUMPS))
    assert (done.returncode, done.stdout.decode()) == (0, whole), done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounts need root")
def test_mounted_folders(folder):
    """A folder that is a mount, whose parent is on another disk; and a small one that is full."""
    assert command("run", "tiny.yaml", "-o", "whole").code == 0
    Path("disk").mkdir()
    for size, code in (("9m", 0), ("100k", 2)):
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", "disk"], check=False
        )
        if mounted.returncode:
            pytest.skip("mount is not allowed here")
        try:
            done = efs("run", "tiny.yaml", "-o", "disk")
            assert done.returncode == code, done.stderr
            assert contents("disk") == ({} if code else contents("whole"))
            assert not list(Path("disk").glob(".*"))
            if code:
                assert b"disk: cannot be written: No space left on device" in done.stderr
        finally:
            subprocess.run(["umount", "disk"], check=True)


def test_a_link_to_elsewhere_and_a_folder_that_vanishes(folder):
    assert command("run", "tiny.yaml", "-o", "whole").code == 0
    Path("elsewhere").mkdir()
    Path("link").symlink_to("elsewhere")
    assert efs("run", "tiny.yaml", "-o", "link").returncode == 0
    assert contents("elsewhere") == contents("whole")
    assert Path("link").is_symlink()
    assert not list(Path().glob(".*"))
    shutil.rmtree("elsewhere")
    done = efs("run", "tiny.yaml", "-o", "link")
    assert done.returncode == 2
    assert b"is a link to elsewhere, which is not there" in done.stderr


def test_limits_of_files(folder):
    """Of their size, and of how many may be open."""
    for line, said in (
        ("trap '' XFSZ; ulimit -f 8; exec efssim run tiny.yaml -o out", "out: cannot be written"),
        ("ulimit -n 12; exec efssim run tiny.yaml -n 9 -w 2", "Too many open files"),
    ):
        done = efs("-c", line.replace("efssim", str(EFSSIM)), program=("bash",))
        assert done.returncode == 2, done.stderr
        assert said in done.stderr.decode()
        assert b"Traceback" not in done.stderr
    assert not Path("out").exists()
