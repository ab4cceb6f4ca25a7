"""Commands with results from before, to which something happens in the middle."""

from __future__ import annotations

import shutil
from pathlib import Path

from helpers.commands import INTERVAL, command
from helpers.faults import FAILS, KILLED, Fault, begun, done, killed, leftovers
from helpers.folders import contents

ONE = ("--workers", "1")
SWEEP = ("sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20 s,1 min")
COMMANDS = {
    "run": ("run", "tiny.yaml"),
    "trials": ("run", "tiny.yaml", "-n", "3", *ONE, "--resume", "kept"),
    "stored": ("run", "tiny.yaml", "-n", "2", *ONE, "--store", "st"),
    "comparison": ("run", "tiny.yaml", "other.yaml", "-n", "2", *ONE, "--resume", "kept"),
    "sweep": (*SWEEP, "-n", "2", *ONE, "--resume", "kept"),
    "plan": ("plan", "tiny.yaml", "--vary", f"{INTERVAL}=20 s..5 min", "-n", "10", *ONE),
    "part": (*SWEEP, "-n", "4", *ONE, "--part", "1/2"),
    "merge": ("merge", "part-1", "part-2"),
    "export": ("export", "tiny.yaml"),
}


def warm() -> None:
    """Run small commands here, so that forks have all modules."""
    for words in (("run", "tiny.yaml", "-o", "warm"), ("run", "tiny.yaml", "-n", "2", *ONE)):
        assert command(*words).code == 0
    shutil.rmtree("warm")


def prepared(name: str, to: str) -> tuple[str, ...]:
    """Make what a command needs and an earlier result of another command; return its words."""
    if name == "merge":
        for part in ("1", "2"):
            where = ("-o", f"part-{part}")
            assert done(*SWEEP, "-n", "4", *ONE, "--part", f"{part}/2", *where).code == 0
    if name != "part":
        assert done("run", "tiny.yaml", "--seed", "9", "-o", to).code == 0
    return (*COMMANDS[name], "-o", to)


class Tried:
    """A command with its files before and after, which can be tried again and again."""

    def __init__(self, name: str) -> None:
        self.words = prepared(name, "out")
        shutil.copytree(".", "../begin")
        self.before = contents("out")
        self.whole = done(*self.words)
        assert self.whole.code == 0, self.whole.err
        self.after = contents("out")
        self.is_part = name == "part"  # of which each line is whole, not the file
        assert not (left := leftovers()), left
        self.afresh()

    def afresh(self) -> None:
        for path in Path().iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree("../begin", ".", dirs_exist_ok=True)

    def require_whole(self, was_killed: bool) -> None:
        """Assert that what is there is of one result, or says of itself that it is of none."""
        found = contents("out")
        if self.is_part or found in (self.before, self.after):
            return
        assert was_killed, set(found) ^ set(self.after)
        assert "manifest.json" not in found
        for file, content in found.items():
            assert content in (self.before.get(file), self.after.get(file)), file

    def require_again(self, where: str = "") -> None:
        """Assert that the same command ends as if nothing had happened."""
        again = done(*self.words)
        assert (again.code, again.out) == (0, self.whole.out), again.err
        assert contents("out") == self.after
        left = leftovers()
        assert not left, f"{left} after {where}"

    def fault(self, kind: str, at: int) -> None:
        """Let a fault happen, and check what is there then and after the next run."""
        found = done(*self.words, fault=Fault(kind, at))
        where = f"{kind} {at}: {found.operations[-3:]} {found.err}"
        if kind == KILLED:
            assert found.code == -9, where
        else:
            assert found.code in (0, 2), where
            if found.code == 0:
                assert contents("out") == self.after, where
            else:
                self.require_sentence(found.err)
            assert found.out in (self.whole.out, ""), where
        self.require_whole(kind == KILLED)
        if kind == FAILS and found.code == 2:
            assert not leftovers("out"), where
        self.require_again(where)
        self.afresh()

    def kill(self, after_s: float) -> bool:
        """Kill the command after so long, and check what is there; return whether it was killed."""
        was_killed = killed(begun(*self.words), after_s)
        self.require_whole(was_killed)
        return was_killed

    def require_sentence(self, err: str) -> None:
        *_, last = err.splitlines()
        assert "No space left on device" in last, err
        name = last.split(":")[0]
        assert Path(name).parts[0] in {"out", "st", "kept"}, err
        assert ".efssim-" not in name, err
        assert "internal error" not in err
