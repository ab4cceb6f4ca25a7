"""The command line inside the process of a test: quick, and open to what a test puts in."""

from __future__ import annotations

import contextlib
import io
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from efssim import cli

TINY = """\
name: tiny
duration: 10 min
warm_up: 1 min
rpo: {target: 1 min, attainment: 90 %}
file_systems:
  orders:
    region: us-east-1
    size: 1 GiB
    writes:
      w: {arrivals: {poisson: {rate: 1 per 10 s}}, size: 64 KiB}
replications:
  dr: {source: orders, destination: {region: us-west-2}, sync: {interval: 20 s}}
"""
INTERVAL = "replications.dr.sync.interval"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: str | int
    out: str
    err: str

    @property
    def answer(self) -> str:
        """What it printed, of a command that did its work: two that both fail are not alike."""
        assert self.out, self.err
        assert self.code in (0, 1), self.err
        return self.out


def command(*arguments: object, stdin: str | None = None) -> Ended:
    """Run `efssim` with arguments here; `stdin` is what is on standard input."""
    out, err, before = io.StringIO(), io.StringIO(), (sys.argv, sys.stdin)
    ctrl_c = signal.getsignal(signal.SIGINT)
    sys.argv = ["efssim", *map(str, arguments)]
    if stdin is not None:
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()))
    code: str | int = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            cli.main()
    except SystemExit as ended:
        code = ended.code or 0
    finally:
        sys.argv, sys.stdin = before
        signal.signal(signal.SIGINT, ctrl_c)  # which is ignored after it
    return Ended(code, out.getvalue(), err.getvalue())


def write_tiny(
    folder: Path, name: str = "tiny", interval: str = "20 s", file: str | None = None
) -> Path:
    """Write a scenario into a folder; return its file."""
    text = TINY.replace("name: tiny", f"name: {name}").replace("20 s}", f"{interval}}}")
    path = Path(folder, file or f"{name}.yaml")
    path.write_text(text, encoding="utf-8")
    return path
