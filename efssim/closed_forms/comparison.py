"""The numbers of a run that an estimate can be held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from efssim.closed_forms.replications import link_binds
from efssim.scenario import Scenario


class Compared(Protocol):
    """A result of a run, as far as it is compared."""

    @property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json."""

    @property
    def outcomes(self) -> Mapping[str, Any]:
        """What each replication left behind."""


def simulated(scenario: Scenario, name: str, result: Compared) -> dict[str, Any]:
    """Return what a run gave for the numbers of a replication, None where it has none.

    A diverging run has lags, but they depend on when it ends: they are left out, and a run that
    does not diverge has no growth.
    """
    seconds = result.summary["window"]["seconds"]
    part = result.summary["replications"][name]
    growth = result.outcomes[name].pending_growth_bytes
    return {
        "written_bytes_per_s": _per(part["writes"]["bytes"], seconds),
        "writes_per_s": _per(part["writes"]["count"], seconds),
        # The summary reckons with the throughput of the syncs, not with the capacity of their link.
        "utilisation": None if link_binds(scenario, name) else part["syncs"]["utilisation"],
        "attainment": part["rpo"]["attainment"],
        "initial_sync_s": part["initial_sync_s"],
        "initial_bytes": part["initial_bytes"],
        **(
            {"growth_bytes_per_s": _per(growth, seconds)}
            if part["syncs"]["diverging"]
            else _lags(part)
        ),
    }


def _lags(part: dict[str, Any]) -> dict[str, Any]:
    age = part["time_since_last_sync_s"]
    return {
        "sync_s": part["syncs"]["duration_mean_s"],
        "age_mean_s": age["mean"],
        "age_peak_s": age["peak_mean"],
        "write_lag_mean_s": part["write_lag_s"]["mean"],
    }


def _per(amount: float, seconds: float) -> float | None:
    return amount / seconds if seconds else None
