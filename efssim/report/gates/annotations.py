"""Conditions that do not hold as annotations of GitHub: lines that its log turns into marks.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from efssim.report.gates.gate import Gate, Gates, unheld
from efssim.text.yaml.problems import Position, Problem

MOST = 10
"""Annotations of a step at most (documented: GitHub shows no more errors of a step)."""
_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})

Where = Callable[[str, Gate], Position | None]
"""A function that returns where the condition of a scenario is written; None: not in a file."""


def gate_lines(judged: Sequence[Gates], where: Where) -> list[str]:
    """Return a line for each condition that does not hold, the failed ones first."""
    found = unheld(judged)
    lines = [
        error_line(f"{scenario}: {_title(gate)}", gate.text, where(scenario, gate))
        for scenario, gate in found
    ]
    return _bounded(lines, "conditions that do not hold")


def problem_lines(problems: Iterable[Problem]) -> list[str]:
    """Return a line for each problem of a scenario."""
    lines = [
        error_line("efssim: bad input", Problem(None, each.path, each.message), each.position)
        for each in problems
    ]
    return _bounded(lines, "problems")


def _bounded(lines: list[str], of: str) -> list[str]:
    left = len(lines) - MOST
    if left <= 0:
        return lines
    return [*lines[: MOST - 1], error_line("efssim", f"{left + 1:,} more {of}", None)]


def _title(gate: Gate) -> str:
    word = "undecided" if gate.outcome == "undecided" else "failed"
    return f"{gate.group} {gate.name} {word}"


def error_line(title: str, message: object, at: Position | None) -> str:
    """Return the line of an error, at a place of a file if it has one."""
    place = {} if at is None else {"file": at.file, "line": str(at.line), "col": str(at.column)}
    named = {**place, "title": title}
    listed = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in named.items())
    return f"::error {listed}::{str(message).translate(_MESSAGE)}"
