"""The content of the summary.json of trials at parameter sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from efssim.json_values import IF_ANY, JsonObject, to_json
from efssim.lag.summary import WindowSummary
from efssim.scenario.shown.cells_use import CellsUse
from efssim.scenario.unknowns.parameters import UncertainParameter
from efssim.study.statistics.intervals import Interval
from efssim.study.uncertain.importance import ParameterWeight
from efssim.study.uncertain.sensitivity import SobolIndices, TornadoBar
from efssim.study.uncertain.study import SetStudy
from efssim.traces.quality import TraceQuality


@dataclass(frozen=True, slots=True)
class UncertainSummary:
    """A parameter that is not known."""

    path: str
    unit: str
    distribution: str
    low: float | None
    """Smallest and largest value; None: no limit."""
    high: float | None
    source: str


@dataclass(frozen=True, slots=True)
class OverSets:
    """A number over parameter sets; None where no set has it."""

    min: float | None
    p5: float | None
    p50: float | None
    p95: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class SetsRpo:
    """The objective and how many parameter sets meet it."""

    target_s: float
    objective: float
    share_of_sets: float
    """The share of the sets in which it has to be met."""
    met: bool | None
    """Whether it is, by the interval of the share; None: not decided."""
    sets_met: int
    sets_missed: int
    sets_undecided: int
    sets_too_short: int
    sets_met_throughout: int
    sets_diverging: int
    """Sets in which more is written than can be sent, in too many trials."""
    share: float | None
    """The share that meets it; None where a set is undecided."""
    ci95: Interval


@dataclass(frozen=True, slots=True)
class FirstLook:
    """First-order indices by the sets themselves."""

    sets: int
    measure_first: Sequence[str]
    """The parameter that matters most; several: not decided which; none: not known."""
    parameters: Sequence[ParameterWeight]


@dataclass(frozen=True, slots=True)
class SobolSummary:
    """Sobol indices of the verdict, and a tornado of attainment."""

    base: int
    evaluations: int
    share_met: float
    measure_first: Sequence[str]
    indices: Sequence[SobolIndices]
    tornado: Sequence[TornadoBar]


@dataclass(frozen=True, slots=True)
class SetsReplication:
    """The numbers of a replication over parameter sets."""

    rpo: SetsRpo
    attainment: OverSets
    time_since_last_sync_mean_s: OverSets
    time_since_last_sync_p99_s: OverSets
    time_since_last_sync_max_s: OverSets
    importance: FirstLook
    sobol: SobolSummary | None


@dataclass(frozen=True, slots=True)
class SetsSummary:
    """The keys of the summary.json of trials at parameter sets, in their order."""

    scenario: str
    seed: int
    sets: int
    """Those that are complete."""
    trials: int
    """Of each set in which anything is drawn."""
    partial: bool
    window: WindowSummary
    uncertain: Sequence[UncertainSummary]
    replications: Mapping[str, SetsReplication]
    traces: Mapping[str, TraceQuality]
    digest: str
    wanted: int | None = field(default=None, metadata=IF_ANY)
    """How many sets were asked for, where the study is partial."""
    cells: Mapping[str, CellsUse] = field(default_factory=dict, metadata=IF_ANY)
    """Streams that are drawn in cells, by their paths, and by how much that may be off."""


def sets_to_json(study: SetStudy) -> JsonObject:
    """Return the content of summary.json."""
    return to_json(sets_summary(study), study.scenario.start)


def sets_summary(study: SetStudy) -> SetsSummary:
    """Return the shares of sets that meet the objectives, and what the verdicts hang on."""
    return SetsSummary(
        scenario=study.scenario.name,
        seed=study.seed,
        sets=len(study),
        trials=study.trials,
        partial=study.partial,
        window=study.window,
        uncertain=[unknown_summary(each) for each in study.parameters],
        replications={name: _replication(study, name) for name in study.replications},
        traces=study.traces,
        digest=study.digest,
        wanted=len(study.design) if study.partial else None,
        cells=study.cells,
    )


def unknown_summary(each: UncertainParameter) -> UncertainSummary:
    """Return path, distribution and source of a parameter that is not known."""
    low, high = min(each.prior.support), max(each.prior.support)
    none = float("inf")
    return UncertainSummary(
        path=each.path,
        unit=each.quantity.unit,
        distribution=each.prior.kind,
        low=None if low == none else low,
        high=None if high == none else high,
        source=each.source,
    )


def _replication(study: SetStudy, name: str) -> SetsReplication:
    parts = [part for part in study.results_of(name) if part is not None]
    looked = study.importance[name]
    return SetsReplication(
        rpo=_rpo(study, name),
        attainment=over_sets([part.attainment for part in parts]),
        time_since_last_sync_mean_s=over_sets([part.age_mean_s for part in parts]),
        time_since_last_sync_p99_s=over_sets([part.age_p99_s for part in parts]),
        time_since_last_sync_max_s=over_sets([part.age_max_s for part in parts]),
        importance=FirstLook(looked.sets, looked.leaders, looked.parameters),
        sobol=_sobol(study, name),
    )


def _rpo(study: SetStudy, name: str) -> SetsRpo:
    share, rpo = study.shares[name], study.scenario.rpo
    return SetsRpo(
        target_s=rpo.target,
        objective=rpo.attainment,
        share_of_sets=study.share_of_sets,
        met=study.met(name),
        sets_met=share.met,
        sets_missed=share.missed,
        sets_undecided=share.undecided,
        sets_too_short=share.too_short,
        sets_met_throughout=share.met_throughout,
        sets_diverging=share.diverging,
        share=share.share,
        ci95=share.interval,
    )


def _sobol(study: SetStudy, name: str) -> SobolSummary | None:
    if study.sensitivity is None:
        return None
    found = study.sensitivity.replications[name]
    return SobolSummary(
        study.sensitivity.base,
        study.sensitivity.evaluations,
        found.share_met,
        found.leaders,
        found.indices,
        found.tornado,
    )


def over_sets(values: Sequence[float | None]) -> OverSets:
    """Return quantiles of a number over sets."""
    known = [value for value in values if value is not None]
    if not known:
        return OverSets(None, None, None, None, None)
    p5, p50, p95 = np.quantile(known, (0.05, 0.5, 0.95), method="inverted_cdf").tolist()
    return OverSets(min(known), p5, p50, p95, max(known))
