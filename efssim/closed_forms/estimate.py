"""The estimate of a scenario: every number from a closed form, nothing simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from efssim.closed_forms.comparison import Compared, simulated
from efssim.closed_forms.estimated import NUMBERS, ReplicationEstimate, SimulatedNumbers
from efssim.closed_forms.numbers import numbers
from efssim.closed_forms.replications import Outage
from efssim.json_values import to_json
from efssim.scenario import Scenario
from efssim.scenario.unknowns.parameters import uncertain_parameters

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class ScenarioEstimate:
    """Closed-form numbers of the replications of a scenario."""

    scenario: Scenario
    estimated: Mapping[str, ReplicationEstimate]
    """By replication."""
    measured: Mapping[str, SimulatedNumbers] | None = None
    """By replication: a run's values of the same numbers; None: no run was compared."""

    @cached_property
    def replications(self) -> dict[str, dict[str, Any]]:
        """By replication: the numbers of `summary`."""
        return {name: to_json(part) for name, part in self.estimated.items()}

    @cached_property
    def simulated(self) -> dict[str, dict[str, Any]] | None:
        """By replication: a run's values of the same numbers; None: no run was compared."""
        if self.measured is None:
            return None
        return {name: to_json(part) for name, part in self.measured.items()}

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The data that `efssim estimate --format json` prints."""
        found = self.simulated or {}
        unknown = [each.path for each in uncertain_parameters(self.scenario)]
        return {
            "scenario": self.scenario.name,
            "target_s": self.scenario.rpo.target,
            "objective": self.scenario.rpo.attainment,
            "replications": {
                name: {**part, "simulated": found.get(name)}
                for name, part in self.replications.items()
            },
            **({"uncertain": unknown} if unknown else {}),
        }

    @property
    def table(self) -> pd.DataFrame:
        """One row per replication and number: `estimate`, `simulated` and `off`.

        `off` is simulated / estimate - 1. A number that does not exist, or was not simulated, is
        NaN.
        """
        import pandas as pd

        found = self.measured or {}
        rows = {
            (name, key): (part.number(key), found[name].number(key) if found else None)
            for name, part in self.estimated.items()
            for key in NUMBERS
        }
        index = pd.MultiIndex.from_tuples(rows, names=["replication", "number"])
        made = pd.DataFrame(
            list(rows.values()), index, columns=["estimate", "simulated"], dtype="float64"
        )
        made["off"] = made["simulated"] / made["estimate"].where(made["estimate"] != 0) - 1
        return made

    def compared_with(self, result: Compared) -> Self:
        """Return the estimate beside the numbers of a run of the same scenario."""
        parts = {name: simulated(self.scenario, name, result) for name in self.estimated}
        return replace(self, measured=parts)


def estimates(scenario: Scenario, outage_s: float) -> dict[str, ReplicationEstimate]:
    """Return the estimate of each replication; it tells the catch-up after such a link outage."""
    supposed = Outage("link_outage", outage_s, writes_stop=False, restarts=False)
    return {name: numbers(scenario, name, supposed) for name in scenario.replications}
