"""A condition that a result has to meet, and its outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from efssim.lag.objectives.thresholds import Held
from efssim.report.words.lines import counted, interrupted_after
from efssim.text.yaml.paths import Path

OF_ALL = "scenario"
"""The group of conditions on no single replication."""
RPO = "RPO"
"""The name of the condition on the RPO of a replication."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition of `--check`; all have to hold."""

    group: str
    """The replication that it is about, or `OF_ALL`."""
    name: str
    outcome: Held
    text: str
    """A sentence of the report."""
    path: Path
    """Where in the scenario it is written."""


@dataclass(frozen=True, slots=True)
class Gates:
    """The conditions on a result of a scenario."""

    scenario: str
    gates: tuple[Gate, ...]

    @property
    def count(self) -> Counter[Held]:
        """How many conditions have each outcome."""
        return Counter(gate.outcome for gate in self.gates)

    @property
    def passes(self) -> bool:
        """Whether all hold."""
        return all(gate.outcome == "holds" for gate in self.gates)


def gate_of_partial(partial: bool, done: int, wanted: int, unit: str) -> list[Gate]:
    """Return the condition that a study is whole, where Ctrl-C left a part of it out."""
    text = interrupted_after(done, wanted, unit)
    return [Gate(OF_ALL, "complete", "undecided", text, ("name",))] if partial else []


def outcome_of(met: bool | None) -> Held:
    """Return the outcome of a condition that is met, not met, or not known to be."""
    if met is None:
        return "undecided"
    return "holds" if met else "fails"


def summed_up(judged: Gates) -> str:
    """Return how many conditions do not hold, as `1 of 3 conditions fails, 1 is undecided`."""
    count, total = judged.count, counted(len(judged.gates), "condition")
    failed, open_ = count["fails"], count["undecided"]
    if judged.passes:
        return f"{total} {'holds' if len(judged.gates) == 1 else 'hold'}"
    parts = [f"{failed:,} of {total} {'fails' if failed == 1 else 'fail'}"] if failed else []
    if open_:
        verb = "is" if open_ == 1 else "are"
        parts.append(f"{open_:,}{'' if parts else f' of {total}'} {verb} undecided")
    return ", ".join(parts)


def unheld(judged: Sequence[Gates]) -> list[tuple[str, Gate]]:
    """Return the conditions that do not hold, each with its scenario; failed ones come first."""
    found = [(one.scenario, gate) for one in judged for gate in one.gates]
    return [
        (scenario, gate)
        for outcome in ("fails", "undecided")
        for scenario, gate in found
        if gate.outcome == outcome
    ]
