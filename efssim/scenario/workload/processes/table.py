"""The table of arrival processes, which everything that depends on their kind reads."""

from __future__ import annotations

from typing import Any

from efssim.scenario.workload.processes.batch import BatchArrivals
from efssim.scenario.workload.processes.constant import ConstantArrivals
from efssim.scenario.workload.processes.on_off import OnOffArrivals
from efssim.scenario.workload.processes.poisson import PoissonArrivals
from efssim.scenario.workload.processes.process import ArrivalProcess
from efssim.scenario.workload.processes.profile import ProfileArrivals
from efssim.table import Table

ARRIVALS: Table[ArrivalProcess[Any]] = Table(
    "arrival process",
    (
        ConstantArrivals(),
        PoissonArrivals(),
        OnOffArrivals(),
        ProfileArrivals(),
        BatchArrivals(),
    ),
)
"""In the order of the grammar."""
