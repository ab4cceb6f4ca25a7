"""The content of the summary.json of trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from efssim.json_values import IF_ANY, SPREAD, JsonObject, to_json
from efssim.lag.objectives.thresholds import ThresholdSummary
from efssim.lag.summary import LagSummary, WindowSummary
from efssim.runs.thresholds.numbers import known_thresholds
from efssim.scenario.shown.cells_use import CellsUse, streams_in_cells
from efssim.study.means.alarms import AlarmOfTrials
from efssim.study.means.cost import CostOfTrials
from efssim.study.means.fleets import FleetOfTrials
from efssim.study.means.means import Intervals, Means
from efssim.study.means.numbers import Numbers, numbers_at
from efssim.study.means.thresholds import judged_trials
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.evidence import Evidence
from efssim.study.statistics.weighing import StratumTrials
from efssim.study.trial.facts import is_random
from efssim.study.trial.long_faults import long_faults
from efssim.text.yaml.paths import Path
from efssim.traces.quality import TraceQuality


@dataclass(frozen=True, slots=True)
class PrecisionSummary:
    """The precision that was asked for, and how many trials it takes."""

    share: float
    budget: int
    needed: int | None


@dataclass(frozen=True, slots=True)
class EvidenceSummary:
    """The strata and the long faults, if there are any, and the evidence for each replication."""

    strata: tuple[StratumTrials, ...] = field(metadata=IF_ANY)
    long_faults: tuple[str, ...] = field(metadata=IF_ANY)
    replications: Mapping[str, Evidence] = field(metadata=SPREAD)


@dataclass(frozen=True, slots=True)
class TrialsSummary:
    """The keys of the summary.json of trials, in their order."""

    scenario: str
    seed: int
    trials: int
    partial: bool
    precision: PrecisionSummary | None
    window: WindowSummary | None
    replications: Mapping[str, Means]
    ci95: Mapping[str, Intervals]
    pooled: Mapping[str, Mapping[str, LagSummary]]
    evidence: EvidenceSummary
    traces: Mapping[str, TraceQuality]
    alarms: Mapping[str, AlarmOfTrials]
    digest: str
    thresholds: tuple[ThresholdSummary, ...] = field(default=(), metadata=IF_ANY)
    """Those of the scenario, in their order."""
    cost: CostOfTrials | None = field(default=None, metadata=IF_ANY)
    """Where the scenario has prices."""
    cells: Mapping[str, CellsUse] = field(default_factory=dict, metadata=IF_ANY)
    """Streams that are drawn in cells, by their paths, and by how much that may be off."""
    fleets: Mapping[str, FleetOfTrials] = field(default_factory=dict, metadata=IF_ANY)
    """Fleets of replications, by name."""


def trials_to_json(trials: TrialSet) -> JsonObject:
    """Return the content of summary.json."""
    return to_json(trials_summary(trials), trials.scenario.start)


def trials_summary(trials: TrialSet) -> TrialsSummary:
    """Return means over trials, their intervals, pooled lags, evidence, and thresholds."""
    return replace(plain_summary(trials), thresholds=thresholds_of(trials))


def thresholds_of(trials: TrialSet) -> tuple[ThresholdSummary, ...]:
    """Return the outcomes of the scenario's thresholds over trials, in their order."""
    known = known_thresholds(trials.scenario)
    if not known or not trials.trials:
        return ()
    start = trials.scenario.start
    content = to_json(plain_summary(trials), start)

    def numbers(path: Path) -> Numbers:
        return numbers_at(trials.trials, path, trials.weighing, start)

    return tuple(judged_trials(known, content, numbers, is_random=is_random(trials.scenario)))


def plain_summary(trials: TrialSet) -> TrialsSummary:
    """Return a summary of trials without its thresholds, which take all of the rest."""
    first = trials.trials[0].summary if trials.trials else None
    return TrialsSummary(
        scenario=trials.scenario.name,
        seed=trials.seed,
        trials=len(trials),
        partial=trials.partial,
        precision=_precision(trials),
        window=None if first is None else first.window,
        replications=trials.means,
        ci95=trials.intervals,
        pooled=trials.pooled,
        evidence=_evidence(trials),
        traces={} if first is None else first.traces,
        alarms=trials.alarms,
        digest=trials.digest,
        cost=trials.cost,
        cells=streams_in_cells(trials.scenario),
        fleets=trials.fleets,
    )


def _evidence(trials: TrialSet) -> EvidenceSummary:
    too_long = tuple(long_faults(trials.scenario))
    return EvidenceSummary(trials.weighing.strata(), too_long, trials.evidence)


def _precision(trials: TrialSet) -> PrecisionSummary | None:
    wish = trials.precision
    if wish is None:
        return None
    return PrecisionSummary(wish.share, wish.budget, trials.trials_needed)
