"""Run all cases with the efssim that is on the path: `python -P worker.py CASES.json FOLDER TREE`.

A script of its own, which imports nothing of this package: it runs with the efssim of TREE. Each
case is a fork of this process, so that imports are paid once and nothing is left from case to case.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import runpy
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

WARM = ("pandas", "scipy.stats", "matplotlib.backends.backend_svg", "jinja2", "boto3", "efssim")
LONGEST_S = 240


def run(case: dict[str, Any]) -> None:
    """Run one case in this process, whose standard streams are files already."""
    sys.argv = ["efssim", *case["arguments"]]
    if case["session"] is None:
        runpy.run_module("efssim", run_name="__main__")
    else:
        exec(compile(case["session"], "session.py", "exec"), {"__name__": "__main__"})


def child(case: dict[str, Any], into: Path, tree: Path) -> int:
    """Lay out the working folder, run the case in it, return its exit code."""
    work = into / "files"
    work.mkdir(parents=True)
    (work / "scenarios").symlink_to(tree / "scenarios")
    for name, text in case["files"].items():
        (work / name).write_text(text, encoding="utf-8")
    (into / "stdin").write_text(case["stdin"], encoding="utf-8")
    os.chdir(work)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        opened = os.open(into / name, os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY)
        os.dup2(opened, number)
        os.close(opened)
    signal.alarm(LONGEST_S)
    code: Any = 0
    try:
        run(case)
    except SystemExit as ended:
        code = ended.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 70
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError):  # closed by a command that ended so
            stream.flush()
    return code if isinstance(code, int) else 0 if code is None else 1


def main() -> None:
    """Run the cases one after the other."""
    cases, folder, tree = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]), sys.argv[3]
    for name in WARM:
        importlib.import_module(name)
    where = Path(sys.modules["efssim"].__file__ or "").resolve()
    if not where.is_relative_to(Path(tree).resolve() / "efssim"):
        sys.exit(f"the wrong package: {where}")
    for ordinal, case in enumerate(cases):
        into = folder / f"{ordinal:04}"
        pid = os.fork()
        if pid == 0:
            os._exit(child(case, into, Path(tree)))
        _, status = os.waitpid(pid, 0)
        (into / "code").write_text(f"{os.waitstatus_to_exitcode(status)}\n")
        (into / "files" / "scenarios").unlink()
        (into / "stdin").unlink()


if __name__ == "__main__":  # workers of trials import this file, too
    main()
