"""Scenario files: their bytes, their structure, their values."""

from __future__ import annotations

from benchmarks.fuzz import texts, trees
from benchmarks.fuzz.case import Case, Random, chance, pick
from benchmarks.fuzz.kinds import bases

COMMANDS = (
    *[("validate", "s.yaml")] * 6,
    ("validate", "s.yaml", "--resolved"),
    *[("run", "s.yaml", "-q", "--verify", "--format", "json")] * 3,
    *[("run", "s.yaml", "-q", "--verify")] * 2,
    ("run", "s.yaml", "-q", "--verify", "-o", "out"),
    ("run", "s.yaml", "-q", "-n", "3", "-w", "1", "--verify", "--format", "json"),
    ("run", "s.yaml", "-q", "--format", "markdown", "--check"),
    ("estimate", "s.yaml"),
    ("estimate", "s.yaml", "--format", "json"),
    ("alarms", "s.yaml", "-q"),
    ("drill", "s.yaml", "-n", "3", "-q"),
    ("export", "s.yaml", "-q", "-o", "out"),
)


def command(random: Random) -> tuple[str, ...]:
    """Return a command on a scenario."""
    return pick(random, COMMANDS)


def make(random: Random, number: int) -> Case:
    """Return a case with a scenario file that is not as it should be."""
    at = int(random.integers(len(bases.texts())))
    if chance(random, 0.35):
        text = texts.changed(random, bases.texts()[at].encode())
    else:
        tree = trees.changed(random, bases.trees()[at], bases.pool())
        text = tree.text().encode("utf-8", "surrogatepass")
    arguments = command(random)
    stdin = text if chance(random, 0.03) else b""
    if stdin:
        arguments = tuple("-" if word == "s.yaml" else word for word in arguments)
    return Case("scenario", number, bases.with_files(text), arguments, stdin, positioned=True)
