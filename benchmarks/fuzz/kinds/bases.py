"""Good input to begin with: shipped scenarios, short enough to run, and one with the other keys."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from benchmarks.fuzz.trees import Pool, Tree, of_yaml

ROOT = Path(__file__).resolve().parents[3]
SHORT = {"random-year": "20 days", "fleet": "3 days", "first-report": "2 days"}
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
  dr: {source: orders, destination: {region: us-west-2}, established: true, sync: {interval: 20 s}}
"""
CSV, PRICES = "measured-writes.csv", "prices/efs-2026-08.yaml"


@cache
def texts() -> tuple[str, ...]:
    """Return the scenarios."""
    found = []
    for file in sorted(ROOT.glob("scenarios/*.yaml")):
        text = file.read_text(encoding="utf-8")
        short = f"duration: {SHORT.get(file.stem, '6 h')}"
        text = re.sub(r"^duration: .*$", short, text, flags=re.MULTILINE)
        # Events of days later come in the same run, so that they still happen.
        found.append(re.sub(r"at: (\d+) days", r"at: \1 h", text))
    rest = Path(__file__).parents[1] / "bases" / "rest.yaml"
    return (*found, rest.read_text(encoding="utf-8"), TINY)


@cache
def trees() -> tuple[Tree, ...]:
    """Return the scenarios as trees."""
    return tuple(of_yaml(text) for text in texts())


@cache
def pool() -> Pool:
    """Return the parts of all scenarios by key."""
    found = Pool()
    for tree in trees():
        found.add(tree)
    return found


@cache
def leaves() -> tuple[list[tuple[str, str]], ...]:
    """Return the paths of the values of each scenario, as `--set` has them, with their tokens."""
    return tuple([(path, token) for path, token in _parts(tree, "") if token] for tree in trees())


@cache
def paths() -> tuple[str, ...]:
    """Return the paths of all scenarios, those of mappings too."""
    return tuple(dict.fromkeys(path for tree in trees() for path, _ in _parts(tree, "")))


def _parts(tree: Tree, before: str) -> list[tuple[str, str]]:
    named = [(key, part) for key, part in tree.entries or ()]
    named += [(str(k), part) for k, part in enumerate(tree.items or ())]
    found = []
    for key, part in named:
        quoted = f'"{key}"' if "." in key or ">" in key else key
        path = f"{before}.{quoted}" if before else quoted
        found += [(path, part.token), *_parts(part, path)]
    return found


@cache
def beside() -> dict[str, bytes]:
    """Return the files that scenarios name."""
    return {name: (ROOT / "scenarios" / name).read_bytes() for name in (CSV, PRICES)}


def with_files(text: bytes) -> dict[str, bytes]:
    """Return the scenario as a file, with those that it names."""
    named = {name: content for name, content in beside().items() if name.encode() in text}
    return {"s.yaml": text, **named}
