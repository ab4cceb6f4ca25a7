"""The tables that add to efssim from outside: each idea has one, and everything reads it.

`efssim.extend.TABLE.add(entry)` adds an entry; used in a `with` statement, it is gone afterwards.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from efssim.lag.kinds.distributions import LagOverTime, LagOverWeights, WeightedLags
    from efssim.lag.kinds.measure import LagCollector, LagMeasure
    from efssim.report.files.formats import TableFormat
    from efssim.scenario.grammar.base import Model
    from efssim.scenario.grammar.disturbances.effects import (
        Degrade,
        FailCalls,
        Fence,
        Lose,
        MoveWrites,
        OptOut,
        Pause,
        Silence,
        Stall,
        StopWrites,
        Target,
    )
    from efssim.scenario.grammar.disturbances.kind import DisturbanceKind, Known, Option
    from efssim.scenario.operations.kinds import (
        FileSystemId,
        Flag,
        ListOf,
        Number,
        Structure,
        Text,
        Word,
    )
    from efssim.scenario.operations.table import Operation
    from efssim.scenario.workload.processes.process import ArrivalProcess
    from efssim.scenario.workload.processes.shapes import Alternating, Even, Jobs, Weekly
    from efssim.scenario.workload.processes.times import Generators, RunSpan
    from efssim.scenario.workload.volume_rate import ByRate
    from efssim.study.run.executors import ExecutorKind
    from efssim.table import Table

    arrivals: Table[ArrivalProcess[Any]]
    disturbances: Table[DisturbanceKind]
    executors: Table[ExecutorKind]
    lag_measures: Table[LagMeasure]
    operations: Table[Operation]
    table_formats: Table[TableFormat]

__all__ = [
    "Alternating",
    "ArrivalProcess",
    "ByRate",
    "Degrade",
    "DisturbanceKind",
    "Even",
    "ExecutorKind",
    "FailCalls",
    "Fence",
    "FileSystemId",
    "Flag",
    "Generators",
    "Jobs",
    "Known",
    "LagCollector",
    "LagMeasure",
    "LagOverTime",
    "LagOverWeights",
    "ListOf",
    "Lose",
    "Model",
    "MoveWrites",
    "Number",
    "Operation",
    "OptOut",
    "Option",
    "Pause",
    "RunSpan",
    "Silence",
    "Stall",
    "StopWrites",
    "Structure",
    "TableFormat",
    "Target",
    "Text",
    "Weekly",
    "WeightedLags",
    "Word",
    "arrivals",
    "disturbances",
    "executors",
    "lag_measures",
    "operations",
    "table_formats",
]

_DISTURBANCES = "efssim.scenario.grammar.disturbances"
_EFFECTS = (
    *("Degrade", "FailCalls", "Fence", "Lose", "MoveWrites", "OptOut", "Pause", "Silence", "Stall"),
    "StopWrites",
)
_KINDS, _OPERATIONS = "efssim.scenario.operations.kinds", "efssim.scenario.operations.table"
_LAGS, _DISTRIBUTIONS = "efssim.lag.kinds", "efssim.lag.kinds.distributions"
_PROCESSES = "efssim.scenario.workload.processes"
_HOMES: dict[str, tuple[str, str]] = {
    **{name: (f"{_PROCESSES}.shapes", name) for name in ("Alternating", "Even", "Jobs", "Weekly")},
    "ArrivalProcess": (f"{_PROCESSES}.process", "ArrivalProcess"),
    "ByRate": ("efssim.scenario.workload.volume_rate", "ByRate"),
    **{name: (f"{_DISTURBANCES}.effects", name) for name in (*_EFFECTS, "Target")},
    **{name: (f"{_DISTURBANCES}.kind", name) for name in ("DisturbanceKind", "Known", "Option")},
    "ExecutorKind": ("efssim.study.run.executors", "ExecutorKind"),
    **{name: (_KINDS, name) for name in ("FileSystemId", "Flag", "ListOf", "Number")},
    **{name: (_KINDS, name) for name in ("Structure", "Text", "Word")},
    "Generators": (f"{_PROCESSES}.times", "Generators"),
    "Model": ("efssim.scenario.grammar.base", "Model"),
    **{name: (_DISTRIBUTIONS, name) for name in ("LagOverTime", "LagOverWeights", "WeightedLags")},
    "LagCollector": (f"{_LAGS}.measure", "LagCollector"),
    "LagMeasure": (f"{_LAGS}.measure", "LagMeasure"),
    "Operation": (_OPERATIONS, "Operation"),
    "RunSpan": (f"{_PROCESSES}.times", "RunSpan"),
    "TableFormat": ("efssim.report.files.formats", "TableFormat"),
    "arrivals": (f"{_PROCESSES}.table", "ARRIVALS"),
    "disturbances": (f"{_DISTURBANCES}.kinds", "DISTURBANCES"),
    "executors": ("efssim.study.run.executors", "EXECUTORS"),
    "lag_measures": (f"{_LAGS}.table", "LAG_MEASURES"),
    "operations": (_OPERATIONS, "OPERATIONS"),
    "table_formats": ("efssim.report.files.formats", "TABLE_FORMATS"),
}
"""Tables and the classes of their entries, each with its module and its name there."""


def __getattr__(name: str) -> Any:
    # Imported on first use: the tables belong to all parts of the package.
    if name not in _HOMES:
        raise AttributeError(f"module 'efssim.extend' has no attribute '{name}'")
    module, there = _HOMES[name]
    return getattr(import_module(module), there)


def __dir__() -> list[str]:
    return __all__
