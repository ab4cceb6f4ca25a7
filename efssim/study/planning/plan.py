"""Planning: the smallest or largest value of a parameter that meets an RPO objective."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from efssim.errors import UsageError
from efssim.progress import bar_of_evaluations, told
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.scenario.shown.trace_use import trace_qualities
from efssim.study.errors import StudyError
from efssim.study.planning.confirm import (
    TIMES,
    affordable,
    confirmed,
    fresh_seed,
    look_confidence,
    next_trials,
    search_confidence,
)
from efssim.study.planning.evaluation import Evaluation, evaluated, said
from efssim.study.planning.ladder import ladder
from efssim.study.planning.search import BUDGET, Bracket, Direction, Outcome, Search
from efssim.study.planning.what_if import SHARES, WhatIf, what_if
from efssim.study.run.deadline import OutOfTimeError
from efssim.study.run.interrupts import Interrupts, ctrl_c
from efssim.study.run.shared import Runner, runner
from efssim.study.run.trials import Trials
from efssim.study.statistics.intervals import CONFIDENCE
from efssim.study.trial.facts import is_random
from efssim.study.varying.quantity import DURATION, FRACTION
from efssim.study.varying.space import Parameter, bounds, parameter, require_key, with_value
from efssim.text.yaml.problems import Position
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

TRIALS = 30
"""Trials of each evaluation in the search."""
_CONFIRMATIONS = 3
"""Evaluations that the search leaves for them."""

_MOST = 10
"""Times the trials of a confirmation that showing a miss may take."""
_LEAST = 10
"""Trials of an evaluation at least."""

Progress = Callable[[Evaluation], None]


@dataclass(frozen=True)
class Objective:
    """The objective of a plan."""

    target_s: float
    attainment: float
    """Share of the time in which the age is at most the target, as a mean over trials."""
    confidence: float
    replications: tuple[str, ...]
    """Each of them has to meet it."""


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


@dataclass(frozen=True, repr=False)
class Plan:
    """The answer of a plan, and the evidence for it. Values are in SI units."""

    scenario: Scenario
    """With the target and the attainment of the objective."""
    parameter: Parameter
    between: tuple[float, float]
    objective: Objective
    direction: Direction | None
    """None where that is not known yet."""
    outcome: Outcome
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

    def __repr__(self) -> str:
        return f"<efssim.Plan of {self.scenario.name!r}: {self.text}>"

    def _repr_html_(self) -> str:
        """Show the answer and the evaluations in Jupyter."""
        from efssim.report.notebook import plan_html

        return plan_html(self)

    @property
    def text(self) -> str:
        """The answer in one sentence."""
        from efssim.report.text.plan import answer_text

        return answer_text(self)

    @cached_property
    def traces(self) -> dict[str, TraceQuality]:
        """Quality of the traces, by the path of the stream.

        Raise TraceErrors if a file changed since.
        """
        return trace_qualities(self.scenario)

    @property
    def holds_on(self) -> list[tuple[float, float]]:
        """First and last value of each run of neighbouring tried values that seem to meet it."""
        latest = {made.value: made.holds for made in self.evaluations}
        runs: list[tuple[float, float]] = []
        before = False
        for value, met in sorted(latest.items()):
            if met:
                runs[-1:] = [(runs[-1][0], value)] if before else [*runs[-1:], (value, value)]
            before = met
        return runs

    @property
    def shows_none(self) -> bool:
        """Whether no value meets the objective, for sure: the better end of the range does not."""
        end = self.between[self.direction == "smallest"]
        about_end = [made.met for made in self.evaluations if made.value == end]
        return self.outcome == "never" and False in about_end

    @property
    def windows(self) -> dict[str, float] | None:
        """For an attainment of 100 %: the independent windows without a violation behind it.

        `share` is what they say with the confidence of the objective about all such windows: at
        least (1 - confidence)^(1/n) of them have none. None for other objectives and outcomes.
        """
        if self.objective.attainment < 1 or self.outcome not in ("found", "always"):
            return None
        last = self.evaluations[-1]
        n = last.trials
        seconds = max(0.0, self.scenario.duration - self.scenario.warm_up)
        share = (1 - self.objective.confidence) ** (1 / n) if self.random else 1.0
        if not last.losses.weighing.is_plain:  # the bound of the loss if each loses everything
            share = max(0.0, last.interval.low)
        return {"independent": n, "seconds": seconds, "share": share}

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of the plan as JSON; values are in SI units."""
        from efssim.report.files.plan import plan_summary

        return plan_summary(self)

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
            }
        )
        whole = {"trials": "int64", "seed": "int64", "met": "boolean", "holds": "bool"}
        words = {"text": "str", "stage": "str"}
        numbers = dict.fromkeys(made.columns.difference([*whole, *words]), "float64")
        return made.astype({**whole, **words, **numbers})

    @cached_property
    def what_if_table(self) -> pd.DataFrame:
        """Values for other objectives and the violations left: one row per share of the time."""
        import pandas as pd

        columns = [field.name for field in fields(WhatIf)]
        made = pd.DataFrame([row.as_json() for row in self.what_if], columns=columns)
        return made.astype({name: "bool" if name == "confirmed" else "float64" for name in columns})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw attainment against the value, its intervals and the objective; return the Axes.

        Without `ax` it is a new figure of pyplot's.
        """
        from efssim.report.figures.study.attainment import plot_attainment

        return plot_attainment(self, ax)


@checked("plan")
def plan(
    scenario: Scenario,
    vary: str | Parameter,
    between: tuple[object, object],
    *,
    rpo: object = None,
    attainment: object = None,
    confidence: object = CONFIDENCE,
    replication: str | None = None,
    shares: Sequence[float] = SHARES,
    trials: int = TRIALS,
    seed: int | None = None,
    executor: Executor | str | None = None,
    workers: int | None = None,
    budget: object = None,
    on_begin: Callable[[], None] | None = None,
    on_progress: Progress | None = None,
    progress: bool = False,
) -> Plan:
    """Find the smallest or largest value of a parameter that meets an RPO objective.

    `vary` is a path as in `--set`, of any number; `between` are two values as a scenario has them
    (`"10 MiB/s"`, or a number in SI units). `rpo` and `attainment` replace those of the scenario.
    The objective is that of the replication in the path, else of `replication`, else of each. A
    scenario without random draws takes one trial; otherwise `trials` in each evaluation of the
    search, four times as many or more to confirm. `shares` are those of the what-if table, besides
    that of the objective; none at all if it is empty. `executor`, `workers`: as for `run_trials`.
    `budget`, a duration of real time, ends it with what it knows by then; without one it takes as
    long as it takes.
    `on_begin` is called before the first trial, when all is checked; `on_progress` is given each
    evaluation; `progress` shows the last one as they are made. Ctrl-C returns what is known by
    then, marked as `partial`; KeyboardInterrupt before the first.

    Raise ScenarioError for a path or value that does not fit the scenario, StudyError (a
    ValueError) for fewer than 10 trials and an unknown replication, and what `run_trials` raises.
    """
    if not isinstance(vary, str | Parameter):
        raise UsageError(f"efssim.plan: vary has to be a path, not {vary!r}")
    if len(between) != 2:
        raise UsageError("efssim.plan: between has to be two values, (low, high)")
    chosen = vary if isinstance(vary, Parameter) else parameter(vary)
    require_key(scenario, chosen)
    ends = bounds(chosen, *between)
    if chosen.segments == ("rpo", "attainment"):
        raise chosen.problem("is the objective itself; vary something else, or rpo.target")
    if chosen.segments == ("seed",):
        raise chosen.problem("trials have one seed for all values; more trials have more draws")
    base = with_objective(scenario, rpo, attainment)
    sure = _confidence(confidence)
    names = _replications(base, chosen, replication)
    goal = Objective(base.rpo.target, base.rpo.attainment, sure, names)
    if trials < _LEAST:
        raise StudyError(f"a plan needs at least {_LEAST} trials")
    shown = _shown(chosen) if progress else None
    seconds = None if budget is None else budget_s(budget)
    if on_begin is not None:
        on_begin()
    with (
        ctrl_c() as interrupts,
        interrupts.held(),
        told(on_progress, shown) as tell,
        runner(executor, workers, seconds) as made,
    ):
        study = _Study(base, chosen, ends, goal, trials, made, seed, tell)
        return study.plan(shares, interrupts)


@contextmanager
def _shown(vary: Parameter) -> Iterator[Progress]:
    """Show the evaluations as they are made."""
    with bar_of_evaluations(sys.stderr) as show:

        def tell(made: Evaluation) -> None:
            show(f"{vary.text(made.value)}: {said(made)}")

        yield tell


def budget_s(value: object) -> float:
    """Return the seconds of a budget of time; raise ScenarioError for one of none."""
    at = Parameter("budget", (), DURATION, Position("--budget", 1, 1))
    seconds = float(at.value(value))
    if not seconds > 0:
        raise at.problem("a budget is longer than 0 s")
    return seconds


def with_objective(scenario: Scenario, rpo: object, attainment: object) -> Scenario:
    """Return a scenario with another target and attainment, and without records.

    Raise ScenarioError for what is none.
    """
    changed = with_value(scenario, "records", "off")
    for option, value in (("rpo", rpo), ("attainment", attainment)):
        if value is not None:
            path = "rpo.target" if option == "rpo" else "rpo.attainment"
            changed = with_value(changed, parameter(path, Position(f"--{option}", 1, 1)), value)
    if changed.rpo.attainment == 0:
        at = Position("--attainment", 1, 1)
        raise parameter("rpo.attainment", at).problem("an attainment of 0 is always met")
    return changed


def _confidence(value: object) -> float:
    """Return a confidence; raise ScenarioError unless it is at least 50 % and below 100 %."""
    at = Parameter("confidence", (), FRACTION, Position("--confidence", 1, 1))
    share = float(at.value(value))
    if not 0.5 <= share < 1:
        raise at.problem("a confidence is at least 50 % and below 100 %")
    return share


def _replications(scenario: Scenario, vary: Parameter, replication: str | None) -> tuple[str, ...]:
    known = tuple(scenario.replications)
    if not known:
        raise vary.problem("the scenario has no replication whose RPO could be met")
    if replication is not None:
        if replication not in known:
            raise StudyError(f"no replication '{replication}', only {', '.join(known)}")
        return (replication,)
    section, *rest = vary.segments
    named = str(rest[0]) if section == "replications" and rest else None
    return (named,) if named in known else known


class _Study:
    """The evaluations of a plan; each is made once."""

    def __init__(
        self,
        scenario: Scenario,
        vary: Parameter,
        between: tuple[float, float],
        objective: Objective,
        trials: int,
        made: Runner,
        seed: int | None,
        on_progress: Progress | None,
    ) -> None:
        assert vary.quantity is not None
        self._scenario, self._vary, self._between = scenario, vary, between
        self._objective, self._runner, self._tell = objective, made, on_progress
        self._seed = scenario.seed if seed is None else seed
        self._random = any(is_random(with_value(scenario, vary, end)) for end in between)
        self._trials = trials if self._random else 1
        self._ladder = ladder(*between, vary.quantity)
        self._made: dict[tuple[int, int], Evaluation] = {}
        self._asked: int | None = None  # value under confirmation
        self._is_late = False

    def plan(self, shares: Sequence[float], interrupts: Interrupts) -> Plan:
        """Search, confirm, and find the values for other objectives, as far as there is time.

        Ctrl-C ends it before.
        """
        bracket: Bracket | None = None
        evaluations: tuple[Evaluation, ...] = ()
        rows: tuple[WhatIf, ...] = ()
        partial = True
        try:
            bracket = self._bracket()
            if bracket.outcome == "never":
                self._show_miss(bracket)
            evaluations = tuple(self._made.values())
            if shares and bracket.outcome not in ("not_monotone", "undecided"):
                rows = self._what_if(bracket, shares)
            partial = False
        except OutOfTimeError:
            self._is_late, partial = True, False
        except KeyboardInterrupt:
            if interrupts.stops_at_once or not self._made:
                raise
            self._runner.abandon()
        return Plan(
            scenario=self._scenario,
            parameter=self._vary,
            between=self._between,
            objective=self._objective,
            direction=None if bracket is None else bracket.direction,
            outcome="undecided" if bracket is None else bracket.outcome,
            answer=None if bracket is None else self._answer(bracket),
            evaluations=evaluations or tuple(self._made.values()),
            what_if=rows,
            random=self._random,
            budget_s=self._runner.deadline.seconds,
            out_of_time=self._is_late,
            candidate=None if bracket is None else self._candidate(bracket),
            partial=partial,
        )

    def _bracket(self) -> Bracket:
        """Return the bracket that search and confirmation find within the budget of time."""
        sure = search_confidence(self._objective.confidence)
        budget = BUDGET - _CONFIRMATIONS * self._random
        search = Search(self._at, len(self._ladder), sure, budget)
        bracket = Bracket("undecided", "smallest")
        try:
            bracket = search.run()
            if self._random and bracket.outcome in ("found", "always"):
                top, goal = len(self._ladder) - 1, self._objective.attainment
                bracket = affordable(bracket, self._at, top, goal)
                self._asked = bracket.holds
                return confirmed(bracket, self._confirm, top)
        except OutOfTimeError:
            self._is_late = True
            if not self._made:
                raise self._vary.problem(
                    "the budget of time is over before the first value was tried; give a longer "
                    "--budget, fewer --trials or a shorter duration"
                ) from None
            return Bracket("undecided", bracket.direction, bracket.fails, self._asked)
        return bracket

    def _show_miss(self, bracket: Bracket) -> None:
        """Take as many trials at the better end as show that it misses the objective, if few do."""
        end = len(self._ladder) - 1 if bracket.direction == "smallest" else 0
        made = self._at(end)
        if made.met is not None or made.more_trials is None:
            return
        wanted = math.ceil(1.1 * (made.trials + made.more_trials))
        if wanted <= _MOST * TIMES * self._trials:
            try:
                self._evaluate(end, 1, wanted, look_confidence(self._objective.confidence, 1))
            except OutOfTimeError:
                self._is_late = True

    def _candidate(self, bracket: Bracket) -> Candidate | None:
        if bracket.outcome != "undecided" or bracket.holds is None:
            return None
        looks = [key for key in self._made if key[0] == bracket.holds]
        if not looks:
            return None
        made = self._made[max(looks, key=lambda key: key[1])]
        return Candidate(made.value, made.more_trials)

    def _answer(self, bracket: Bracket) -> Answer | None:
        if bracket.outcome != "found":
            return None
        assert bracket.fails is not None
        assert bracket.holds is not None
        return Answer(self._ladder[bracket.fails], self._ladder[bracket.holds])

    def _what_if(self, bracket: Bracket, shares: Sequence[float]) -> tuple[WhatIf, ...]:
        tried = {ordinal: made for (ordinal, look), made in self._made.items() if look == 0}
        planned = None
        if bracket.outcome == "found" and bracket.holds is not None:
            looks = [key for key in self._made if key[0] == bracket.holds]
            planned = self._made[max(looks, key=lambda key: key[1])]
        goal = self._objective.attainment
        return what_if(tried, self._at, bracket.direction, (*shares, goal), goal, planned)

    def _at(self, ordinal: int) -> Evaluation:
        """Evaluate a value on the sample paths of the search."""
        if (ordinal, 0) not in self._made:
            sure = search_confidence(self._objective.confidence)
            self._evaluate(ordinal, 0, self._trials, sure)
        return self._made[ordinal, 0]

    def _confirm(self, ordinal: int, look: int) -> Evaluation:
        """Evaluate a value on the fresh sample paths of a look, until they decide or cannot."""
        self._asked = ordinal
        sure = look_confidence(self._objective.confidence, look)
        wanted: int | None = TIMES * self._trials
        while wanted is not None:
            begin_s, count = self._runner.deadline.passed_s, wanted
            made = self._evaluate(ordinal, look, count, sure)
            wanted = next_trials(made, self._objective.attainment)
            each_s = (self._runner.deadline.passed_s - begin_s) / count
            if wanted is not None and not self._runner.deadline.allows(wanted * each_s):
                raise OutOfTimeError
        return self._made[ordinal, look]

    def _evaluate(self, ordinal: int, look: int, trials: int, sure: float) -> Evaluation:
        value = self._ladder[ordinal]
        made = evaluated(
            value,
            self._run(value, trials, fresh_seed(self._seed, look) if look else self._seed),
            self._objective.replications,
            self._objective.attainment,
            sure,
            "confirmation" if look else "search",
        )
        self._made[ordinal, look] = made
        if self._tell is not None:
            self._tell(made)
        return made

    def _run(self, value: float, trials: int, seed: int) -> Trials:
        return self._runner.run(with_value(self._scenario, self._vary, value), trials, seed)
