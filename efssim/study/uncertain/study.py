"""Trials at many parameter sets as plain data: each set, and the share that meets the objective."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from efssim.lag.summary import WindowSummary
from efssim.records.column_types import categories
from efssim.scenario import Scenario
from efssim.scenario.shown.cells_use import CellsUse
from efssim.scenario.shown.trace_use import trace_qualities
from efssim.scenario.unknowns.parameters import UncertainParameter
from efssim.study.uncertain.design import ParameterSet, cells_of_sets, scenario_of
from efssim.study.uncertain.importance import Importance
from efssim.study.uncertain.outcome import SetOutcome, SetReplication
from efssim.study.uncertain.sensitivity import Sensitivity
from efssim.study.uncertain.share import SHARE_OF_SETS, SetShare, share_of
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class SetStudy:
    """Trials of one scenario at parameter sets, in the order of their numbers."""

    scenario: Scenario
    seed: int
    trials: int
    """Of each set."""
    parameters: tuple[UncertainParameter, ...]
    design: tuple[ParameterSet, ...]
    """All sets that were asked for."""
    outcomes: tuple[SetOutcome, ...]
    """Of those that are complete."""
    partial: bool = False
    """Whether Ctrl-C came before all were complete."""
    share_of_sets: float = SHARE_OF_SETS
    """Share of the sets in which the objective has to be met."""
    sensitivity: Sensitivity | None = None
    """Sobol indices and a tornado; None where they were not asked for."""

    def __len__(self) -> int:
        return len(self.outcomes)

    @property
    def window(self) -> WindowSummary:
        """The window in which everything is measured, the same in each trial."""
        begin_s, end_s = self.scenario.warm_up, self.scenario.duration
        return WindowSummary(begin_s, end_s, end_s - begin_s)

    @cached_property
    def traces(self) -> dict[str, TraceQuality]:
        """Quality of the traces, by the path of the stream."""
        return trace_qualities(self.scenario)

    @cached_property
    def cells(self) -> dict[str, CellsUse]:
        """Streams that are drawn in cells, by their paths."""
        return cells_of_sets(self.scenario, self.parameters)

    @property
    def replications(self) -> list[str]:
        """Names of the replications that any set has, in the order of their creation."""
        return list(dict.fromkeys(name for each in self.outcomes for name in each.replications))

    def results_of(self, replication: str) -> list[SetReplication | None]:
        """Return the results of a replication by set; None where a set does not have it."""
        return [each.replications.get(replication) for each in self.outcomes]

    @cached_property
    def shares(self) -> dict[str, SetShare]:
        """The share of the sets that meet the objective, by replication."""
        return {name: share_of(self.results_of(name)) for name in self.replications}

    def met(self, replication: str) -> bool | None:
        """Return whether the objective is met in the asked share of the sets; None: not decided."""
        return self.shares[replication].reaches(self.share_of_sets)

    def falls_behind(self, replication: str) -> bool:
        """Return whether more sets diverge than those in which the objective may be missed."""
        return self.shares[replication].falls_behind(self.share_of_sets)

    @cached_property
    def importance(self) -> dict[str, Importance]:
        """How the verdict hangs on each parameter, as far as these sets show it."""
        values = [self.design[each.number].values for each in self.outcomes]
        return {
            name: Importance.of(self.parameters, values, self.results_of(name), self.seed)
            for name in self.replications
        }

    def scenario_of(self, number: int) -> Scenario:
        """Return the scenario of a parameter set, in which everything is known."""
        return scenario_of(self.scenario, self.parameters, self.design[number])

    @cached_property
    def table(self) -> pd.DataFrame:
        """Parameters and results: one row for each complete set and replication."""
        import pandas as pd

        rows = [
            {
                "set": each.number,
                "seed": self.design[each.number].seed,
                "trials": each.trials,
                **self._named_values(each.number),
                "replication": name,
                "verdict": part.verdict,
                "met": {"met": True, "missed": False}.get(part.verdict),
                "attainment": part.attainment,
                "attainment_low": part.low,
                "attainment_high": part.high,
                "time_since_last_sync_s.mean": part.age_mean_s,
                "time_since_last_sync_s.p99": part.age_p99_s,
                "time_since_last_sync_s.max": part.age_max_s,
                "unprotected_s": part.unprotected_s,
                "diverging": part.diverging,
                "falls_behind": part.falls_behind,
            }
            for each in self.outcomes
            for name, part in each.replications.items()
        ]
        made = pd.DataFrame(rows).astype({"met": "boolean"} if rows else {})
        if rows:
            made = made.assign(replication=categories(made["replication"], self.replications))
        return made

    def _named_values(self, number: int) -> dict[str, float]:
        pairs = zip(self.parameters, self.design[number].values, strict=True)
        return {each.path: value for each, value in pairs}

    @property
    def digest(self) -> str:
        """A hash of the digests of the sets, in the order of their numbers."""
        lines = (f"{each.number} {each.digest}\n" for each in self.outcomes)
        return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()
