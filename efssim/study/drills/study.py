"""Drills of a scenario, one after the other: drill k has the draws of trial k."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from efssim.lag.cost.summary import CostSummary
from efssim.lag.kinds.asked import Asked
from efssim.lag.summary import AGE, ReplicationSummary
from efssim.lag.too_short import could_not_miss
from efssim.runs.drill.drill import replication_of, run_drill
from efssim.runs.drill.outcome import DrillOutcome
from efssim.runs.measured import MeasuredWorld
from efssim.runs.run import Run
from efssim.scenario import Scenario
from efssim.scenario.drill.section import PLANNED, RESTORING, Drill
from efssim.scenario.expansion.seeds import drawn_with
from efssim.study.errors import StudyError
from efssim.study.known import require_known
from efssim.study.run.interrupts import Interrupts, ctrl_c
from efssim.study.trial.facts import is_random_drill
from efssim.traces.quality import TraceQuality

DRILLS = 200
"""Drills of a study where anything is drawn, unless it is told how many; chosen."""
_ASKED = Asked(
    lags=(AGE,), quantiles=False, pooled=(), curves=False, pending_mean=False, digest=False
)

DrillProgress = Callable[[int, int], None]
"""Called with how many drills are complete, of how many."""


@dataclass(frozen=True)
class DrillStudy:
    """Many drills of a scenario."""

    scenario: Scenario
    """With its drill."""
    seed: int
    outcomes: tuple[DrillOutcome, ...]
    is_exact: bool
    """Whether nothing is drawn, so that one drill says all."""
    diverging: bool
    """Whether the replication falls behind ever more in a run without the disaster."""
    too_short: bool = False
    """Whether no sync completes in that run, and it is too short for a loss above the target."""
    cost: CostSummary | None = None
    """Cost for a month in that run; None where the scenario has no prices."""
    traces: Mapping[str, TraceQuality] = field(default_factory=dict)
    """Quality of the traces, by the path of the stream."""
    wanted: int | None = None
    """Drills that were asked for, where Ctrl-C left some out."""

    @property
    def partial(self) -> bool:
        """Whether Ctrl-C left some of the drills out."""
        return self.wanted is not None

    @property
    def replication(self) -> str:
        """Name of the replication that is failed over."""
        return replication_of(self.scenario)


def drilled(
    scenario: Scenario,
    trials: int | None = None,
    seed: int | None = None,
    on_progress: DrillProgress | None = None,
) -> DrillStudy:
    """Run drills; RunError as a run.

    StudyError for a scenario without a replication, or with parameters that are not known.

    A scenario without `drill` is drilled with its defaults. Unless `trials` says how many: 200
    where anything is drawn, else one. Ctrl-C returns those that are complete; KeyboardInterrupt
    before the first.
    """
    require_known(scenario, "a study of drills")
    scenario = with_drill(drawn_with(scenario, seed))
    seed = scenario.seed if seed is None else seed
    is_exact = not is_random_drill(scenario)
    count = trials or (1 if is_exact else DRILLS)
    with ctrl_c() as interrupts, interrupts.held():
        with interrupts.allowed():
            calm = _calm(scenario, seed)  # first: no press is to wait for it
        outcomes = list(_until_ctrl_c(scenario, seed, count, on_progress, interrupts))
    found = calm.outcomes[replication_of(scenario)].summary
    return DrillStudy(
        scenario,
        seed,
        tuple(outcomes),
        is_exact,
        found.syncs.diverging,
        _is_too_short(scenario, found),
        calm.cost,
        calm.traces,
        None if len(outcomes) == count else count,
    )


def _until_ctrl_c(
    scenario: Scenario,
    seed: int,
    count: int,
    on_progress: DrillProgress | None,
    interrupts: Interrupts,
) -> Iterator[DrillOutcome]:
    """Yield drills; Ctrl-C ends them, but raises KeyboardInterrupt before the first is complete."""
    for trial in range(count):
        try:
            with interrupts.allowed():
                found = run_drill(scenario, seed, trial)
        except KeyboardInterrupt:
            if interrupts.stops_at_once or not trial:
                raise
            return
        yield found
        if on_progress is not None:
            on_progress(trial + 1, count)


def with_drill(scenario: Scenario) -> Scenario:
    """Return a scenario with a drill, the default one unless it has its own."""
    if scenario.drill is not None:
        return scenario
    if len(scenario.replications) != 1:
        count = len(scenario.replications)
        raise StudyError(
            f"the scenario has {count} replications and no `drill`, so nothing says which of them"
            " is to fail over: `drill: {replication: NAME}`"
            if count
            else "the scenario has no replication to fail over"
        )
    return scenario.model_copy(update={"drill": Drill()})


def _is_too_short(scenario: Scenario, calm: ReplicationSummary) -> bool:
    """Return whether no drill could lose more than the target, since no sync decides about it.

    Backups have recovery points of their own, and a planned switchover waits for a sync.
    """
    assert scenario.drill is not None
    waits = scenario.drill.kind in (RESTORING, PLANNED)
    return not waits and could_not_miss(calm, scenario.rpo.target)


def _calm(scenario: Scenario, seed: int) -> Run:
    """Return a run without the disaster."""
    calm = scenario.model_copy(update={"alarms": {}})
    measured = MeasuredWorld(calm, seed, metrics=False, asked=_ASKED)
    measured.advance_to_end()
    return measured.so_far()
