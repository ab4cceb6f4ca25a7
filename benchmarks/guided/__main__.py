"""Fuzzing guided by coverage: `python -m benchmarks.guided --target NAME --runs N`.

Atheris changes inputs by what new branches they reach, in readers that are Python alone: values
with units, YAML documents, paths of `--set`, exports of measurements. Whole commands are tried by
`python -m benchmarks.fuzz`, whose cases it could not guide: most of their time is in libraries that
it does not see. An exception that a reader does not document, or a path that does not come back
from its own text, ends the run with a traceback, and Atheris stores the input. Without `--target`
all readers have their runs. Needs Atheris: `nox -s guided`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["efssim"]):
    from benchmarks.guided.targets import SEEDS, TARGETS

LONGEST = 2000
"""Bytes of an input at most: more reach no new branch, and are slow."""


def main() -> int:
    """Fuzz one reader, or each; return the exit code of the first that fails, or 0."""
    asked = _asked()
    if asked.target is None:
        return _each(asked.runs, asked.seed)
    target = TARGETS[asked.target]
    if asked.file:
        target(Path(asked.file).read_bytes())
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(asked.corpus or made)
        for at, text in enumerate(SEEDS[asked.target]):
            (folder / f"seed-{at}").write_text(text, encoding="utf-8")
        atheris.Setup([sys.argv[0], *_options(asked.runs, asked.seed), str(folder)], target)
        atheris.Fuzz()  # ends this process
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--target", choices=TARGETS, help="all unless given")
    parser.add_argument("--runs", type=int, default=100_000, help="of each reader")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--corpus", help="folder of inputs, kept and added to")
    parser.add_argument("--file", help="an input to try alone")
    return parser.parse_args()


def _each(runs: int, seed: int) -> int:
    """Fuzz each reader in a process of its own, as Atheris ends the one that it runs in."""
    for name in TARGETS:
        words = ("--target", name, "--runs", str(runs), "--seed", str(seed))
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.guided", *words],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return done.returncode
        print(f"{name}: {done.stderr.strip().splitlines()[-1]}", flush=True)
    return 0


def _options(runs: int, seed: int) -> list[str]:
    return [
        f"-runs={runs}",
        f"-seed={seed}",
        f"-max_len={LONGEST}",
        "-timeout=5",
        "-rss_limit_mb=1024",
    ]


if __name__ == "__main__":
    sys.exit(main())
