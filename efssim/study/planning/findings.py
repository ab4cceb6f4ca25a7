"""The findings of a plan as plain data: the answer, and the evidence for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from efssim.json_values import HIDDEN, IF_ANY
from efssim.scenario import Scenario
from efssim.scenario.objectives import Of
from efssim.scenario.shown.cells_use import CellsUse, cells_over
from efssim.scenario.shown.trace_use import trace_qualities
from efssim.study.planning.evaluation import Evaluation
from efssim.study.planning.search import Direction, PlanOutcome
from efssim.study.planning.what_if import WhatIf
from efssim.study.varying.space import VariedParameter, with_value
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PlanObjective:
    """The objective of a plan."""

    target_s: float
    attainment: float
    """Share of the time in which the age is at most the target, as a mean over trials."""
    confidence: float
    replications: tuple[str, ...]
    """Each of them has to meet it."""
    name: str | None = field(default=None, metadata=IF_ANY)
    """Of one besides the RPO; None: the RPO."""
    of: Of = field(default="time", metadata=HIDDEN)


@dataclass(frozen=True)
class Answer:
    """The interval that holds the smallest (or largest) value that meets the objective."""

    fails_at: float
    """Does not meet the objective."""
    holds_at: float
    """Meets it, confirmed on fresh seeds; at most 2 % away."""


@dataclass(frozen=True)
class Candidate:
    """A value that seems to meet the objective, which was not shown."""

    value: float
    more_trials: int | None
    """About how many more trials would show it; None if that is not known."""


@dataclass(frozen=True)
class Cheapest:
    """The value that costs least of those that meet the objective."""

    evaluation: Evaluation | None
    """That confirmed it; None where none was confirmed."""
    is_flat: bool = False
    """Whether all values that were tried and meet the objective, two at least, cost the same."""
    reason: str = ""
    """Why there is none."""


@dataclass(frozen=True, slots=True)
class FaultlessWindows:
    """Independent windows without a violation, and the share of all windows that they speak for."""

    independent: int
    seconds: float
    share: float


@dataclass(frozen=True, repr=False)
class PlanFindings:
    """The answer of a plan, and the evidence for it. Values are in SI units."""

    scenario: Scenario
    """With the target and the attainment of the objective."""
    parameter: VariedParameter
    between: tuple[float, float]
    objective: PlanObjective
    direction: Direction | None
    """None where that is not known yet."""
    outcome: PlanOutcome
    answer: Answer | None
    """None unless the outcome is `found`."""
    evaluations: tuple[Evaluation, ...]
    """In the order in which they were made."""
    what_if: tuple[WhatIf, ...]
    """Values for other objectives."""
    random: bool
    """Whether trials differ at all."""
    budget_s: float | None = None
    """Seconds of real time that it could take; None: as long as it took."""
    out_of_time: bool = False
    """Whether the budget was spent before it had an answer, or its what-if table."""
    candidate: Candidate | None = None
    """The value to confirm next, unless it has an answer."""
    partial: bool = False
    """Whether Ctrl-C came before it was complete; without its answer it is `undecided`."""
    cheapest: Cheapest | None = None
    """None unless the plan is to minimise the cost."""
    answered_after: int | None = None
    """How many of the evaluations the answer took; None: all of them."""

    @cached_property
    def traces(self) -> dict[str, TraceQuality]:
        """Quality of the traces, by the path of the stream.

        Raise TraceErrors if a file changed since.
        """
        return trace_qualities(self.scenario)

    @property
    def decisive(self) -> Evaluation:
        """The last evaluation that the answer took: that which confirms it, if one does."""
        taken = len(self.evaluations) if self.answered_after is None else self.answered_after
        return self.evaluations[taken - 1]

    @property
    def holds_on(self) -> list[tuple[float, float]]:
        """First and last value of each run of neighbouring tried values that seem to meet it."""
        return runs_of({made.value: made.holds for made in self.evaluations})

    @property
    def diverging_on(self) -> list[tuple[float, float]]:
        """First and last of neighbouring tried values that seem to meet it, but fall behind."""
        return so_far_on(self.evaluations)

    @property
    def is_so_far(self) -> bool:
        """Whether the answer is met only so far, as it falls behind for good."""
        return is_so_far(self.outcome, self.answer, self.evaluations)

    @property
    def shows_none(self) -> bool:
        """Whether no value meets the objective, for sure: the better end of the range does not."""
        end = self.between[self.direction == "smallest"]
        about_end = [made.met for made in self.evaluations if made.value == end]
        return self.outcome == "never" and False in about_end

    @property
    def windows(self) -> FaultlessWindows | None:
        """For an attainment of 100 %: the independent windows without a violation behind it.

        `share` is their claim, with the confidence of the objective, about all such windows: at
        least (1 - confidence)^(1/n) of them have none. None for other objectives and outcomes.
        """
        if self.objective.attainment < 1 or self.outcome not in ("found", "always"):
            return None
        last = self.decisive
        n = last.trials
        seconds = self.scenario.duration - self.scenario.warm_up
        share = (1 - self.objective.confidence) ** (1 / n) if self.random else 1.0
        if not last.losses.weighing.is_plain:  # the bound of the loss if each loses everything
            share = max(0.0, last.interval.low)
        return FaultlessWindows(n, seconds, share)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per evaluation, in the order in which they were made."""
        import pandas as pd

        made = pd.DataFrame(
            {
                "value": [e.value for e in self.evaluations],
                "text": [self.parameter.text(e.value) for e in self.evaluations],
                "stage": [e.stage for e in self.evaluations],
                "trials": [e.trials for e in self.evaluations],
                "seed": [e.seed for e in self.evaluations],
                "attainment": [e.attainment for e in self.evaluations],
                "low": [e.interval.low for e in self.evaluations],
                "high": [e.interval.high for e in self.evaluations],
                "met": pd.array([e.met for e in self.evaluations], dtype="boolean"),
                "holds": [e.holds for e in self.evaluations],
                "violations_per_month": [e.violations_per_month for e in self.evaluations],
                "above_s_per_month": [e.above_s_per_month for e in self.evaluations],
                "peak_s": [e.peak_s for e in self.evaluations],
                "diverging_share": [e.diverging_share for e in self.evaluations],
            }
        )
        whole = {"trials": "int64", "seed": "int64", "met": "boolean", "holds": "bool"}
        words = {"text": "str", "stage": "str"}
        numbers = dict.fromkeys(made.columns.difference([*whole, *words]), "float64")
        return made.astype({**whole, **words, **numbers})

    @cached_property
    def cells(self) -> dict[str, CellsUse]:
        """Streams that are drawn in cells, by their paths, over the whole range."""
        return cells_over(with_value(self.scenario, self.parameter, end) for end in self.between)

    @cached_property
    def what_if_table(self) -> pd.DataFrame:
        """Values for other objectives and the violations left: one row per share of the time."""
        import pandas as pd

        columns, words = [field.name for field in fields(WhatIf)], ("confirmed", "diverging")
        made = pd.DataFrame([asdict(row) for row in self.what_if], columns=columns)
        return made.astype({name: "bool" if name in words else "float64" for name in columns})


def runs_of(values: Mapping[float, bool]) -> list[tuple[float, float]]:
    """Return first and last of each run of neighbouring values of which something is true."""
    runs: list[tuple[float, float]] = []
    before = False
    for value, is_true in sorted(values.items()):
        if is_true:
            runs[-1:] = [(runs[-1][0], value)] if before else [*runs[-1:], (value, value)]
        before = is_true
    return runs


class JudgedValue(Protocol):
    """The evidence at a value of a parameter, over one parameter set or many."""

    @property
    def value(self) -> float:
        """In SI units."""

    @property
    def holds_so_far(self) -> bool:
        """Whether it is taken for met while more is written than can be sent."""


def so_far_on(evaluations: Sequence[JudgedValue]) -> list[tuple[float, float]]:
    """Return first and last of neighbouring values tried that are met, but fall behind."""
    values = {made.value: False for made in evaluations}
    return runs_of(values | {made.value: True for made in evaluations if made.holds_so_far})


def is_so_far(
    outcome: PlanOutcome, answer: Answer | None, evaluations: Sequence[JudgedValue]
) -> bool:
    """Return whether an answer is met only so far: its value falls behind, or any of all."""
    if answer is None:
        return outcome == "always" and any(made.holds_so_far for made in evaluations)
    return any(made.value == answer.holds_at and made.holds_so_far for made in evaluations)
