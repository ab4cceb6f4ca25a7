"""What the progress bar costs: `efssim run` on a terminal beside the same with `--quiet`."""

from __future__ import annotations

import os
import pty
import subprocess
import tempfile
from pathlib import Path

import efssim
from benchmarks.timing import ENVIRONMENT, PROGRAM, timed


def report(scenario: efssim.Scenario, pairs: int) -> None:
    """Print the minima and spreads of both, and whether they differ by more than `--quiet` does."""
    bar, quiet = _measured(scenario, pairs)
    cost, spread = min(bar) - min(quiet), max(quiet) - min(quiet)
    reached = "reached" if cost <= spread else "MISSED"
    print(
        f"9  a busy year with the progress bar {min(bar):.2f} s (spread {max(bar) - min(bar):.2f}),"
        f" --quiet {min(quiet):.2f} s (spread {spread:.2f}): {cost:+.2f} s,"
        f" <= spread of --quiet {reached}",
        flush=True,
    )


def _measured(scenario: efssim.Scenario, pairs: int) -> tuple[list[float], list[float]]:
    """Return the seconds of interleaved runs with the bar and without."""
    bar, quiet = [], []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.yaml"  # JSON is YAML
        text = scenario.model_dump_json(by_alias=True, exclude_unset=True)
        file.write_text(text, encoding="utf-8")
        for _ in range(pairs):
            bar.append(timed(lambda: _on_terminal(str(file))))
            quiet.append(timed(lambda: _on_terminal(str(file), "--quiet")))
    return bar, quiet


def _on_terminal(*arguments: str) -> None:
    """Run a scenario with standard error on a pseudo-terminal, and read what is shown there."""
    ours, theirs = pty.openpty()
    command = [PROGRAM, "run", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=ENVIRONMENT)
    os.close(theirs)
    while _read(ours):
        pass
    os.close(ours)
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, command)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that nobody holds the other side any more
        return b""
