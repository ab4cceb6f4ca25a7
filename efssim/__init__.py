"""efssim: a discrete-event simulator of Amazon EFS replication.

import efssim

scenario = efssim.load("scenarios/first-report.yaml")
result = efssim.run(scenario, seed=1)
result.summary["replications"]["dr"]["time_since_last_sync_s"]["p99"]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from efssim._version import __version__

if TYPE_CHECKING:
    from efssim.closed_forms import Estimate, estimate
    from efssim.errors import (
        ArgumentError,
        EfssimError,
        MissingExtraError,
        StateError,
        UnknownNameError,
        UsageError,
    )
    from efssim.laws import LawViolation
    from efssim.metrics.cloudwatch import CloudWatchError
    from efssim.model.errors import EfsError, NotSimulatedError, RunError
    from efssim.result import Result
    from efssim.scenario import Scenario, ScenarioError, load
    from efssim.scenario.trace import TraceError, TraceErrors
    from efssim.simulate import Simulation, run
    from efssim.study.compare import Comparison, compare
    from efssim.study.errors import StudyError
    from efssim.study.handing_out import WorkersDiedError
    from efssim.study.plan import Plan, plan
    from efssim.study.store import StoreError
    from efssim.study.sweep import Sweep, sweep
    from efssim.study.trial import TrialError
    from efssim.study.trials import Trials, run_trials

__all__ = [
    "ArgumentError",
    "CloudWatchError",
    "Comparison",
    "EfsError",
    "EfssimError",
    "Estimate",
    "LawViolation",
    "MissingExtraError",
    "NotSimulatedError",
    "Plan",
    "Result",
    "RunError",
    "Scenario",
    "ScenarioError",
    "Simulation",
    "StateError",
    "StoreError",
    "StudyError",
    "Sweep",
    "TraceError",
    "TraceErrors",
    "TrialError",
    "Trials",
    "UnknownNameError",
    "UsageError",
    "WorkersDiedError",
    "__version__",
    "compare",
    "estimate",
    "load",
    "plan",
    "run",
    "run_trials",
    "sweep",
]

_ERRORS = {
    "ArgumentError": "efssim.errors",
    "CloudWatchError": "efssim.metrics.cloudwatch",
    "EfsError": "efssim.model.errors",
    "EfssimError": "efssim.errors",
    "LawViolation": "efssim.laws",
    "MissingExtraError": "efssim.errors",
    "NotSimulatedError": "efssim.model.errors",
    "RunError": "efssim.model.errors",
    "ScenarioError": "efssim.scenario",
    "StateError": "efssim.errors",
    "StoreError": "efssim.study.store",
    "StudyError": "efssim.study.errors",
    "TraceError": "efssim.scenario.trace",
    "TraceErrors": "efssim.scenario.trace",
    "TrialError": "efssim.study.trial",
    "UnknownNameError": "efssim.errors",
    "UsageError": "efssim.errors",
    "WorkersDiedError": "efssim.study.handing_out",
}
"""Exceptions, each with the module that has it; all have the base class EfssimError."""
_HOMES = _ERRORS | {
    "Estimate": "efssim.closed_forms",
    "estimate": "efssim.closed_forms",
    "Result": "efssim.result",
    "Simulation": "efssim.simulate",
    "run": "efssim.simulate",
    "Comparison": "efssim.study.compare",
    "compare": "efssim.study.compare",
    "Sweep": "efssim.study.sweep",
    "sweep": "efssim.study.sweep",
    "Plan": "efssim.study.plan",
    "plan": "efssim.study.plan",
    "Scenario": "efssim.scenario",
    "load": "efssim.scenario",
    "Trials": "efssim.study.trials",
    "run_trials": "efssim.study.trials",
}


def __getattr__(name: str) -> Any:
    # Imported on first use, so that `efssim --help` does not wait for SimPy and pandas.
    if name == "aws":  # a part with an extra of its own
        return import_module("efssim.aws")
    if name not in _HOMES:
        raise AttributeError(f"module 'efssim' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
