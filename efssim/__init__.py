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
    from efssim.api.calibration import Calibration, calibrate
    from efssim.api.choosing.choice import Choice, choose
    from efssim.api.comparison import Comparison, compare
    from efssim.api.drill import Drills, drill
    from efssim.api.estimate import Estimate, estimate
    from efssim.api.plan import Plan, plan
    from efssim.api.result import Result
    from efssim.api.runway.runway import Runway, runway
    from efssim.api.sets.parameter_sets import ParameterSets, run_sets
    from efssim.api.sets.plan import SetPlan, plan_sets
    from efssim.api.simulation import Simulation, run
    from efssim.api.sweep import Sweep, sweep
    from efssim.api.traces import Traces, read_traces
    from efssim.api.trials import Trials, run_trials
    from efssim.cloudwatch.api import CloudWatchError
    from efssim.errors import (
        ArgumentError,
        EfssimError,
        MissingExtraError,
        StateError,
        UnknownNameError,
        UsageError,
    )
    from efssim.model.entities.errors import EfsError, NotSimulatedError, RunError
    from efssim.records.laws import LawViolation
    from efssim.scenario import Scenario, ScenarioError, load
    from efssim.study.errors import StudyError
    from efssim.study.run.dispatch import WorkersDiedError
    from efssim.study.run.store import StoreError
    from efssim.study.trial.outcome import TrialError
    from efssim.traces.problems import TraceError, TraceErrors

__all__ = [
    "ArgumentError",
    "Calibration",
    "Choice",
    "CloudWatchError",
    "Comparison",
    "Drills",
    "EfsError",
    "EfssimError",
    "Estimate",
    "LawViolation",
    "MissingExtraError",
    "NotSimulatedError",
    "ParameterSets",
    "Plan",
    "Result",
    "RunError",
    "Runway",
    "Scenario",
    "ScenarioError",
    "SetPlan",
    "Simulation",
    "StateError",
    "StoreError",
    "StudyError",
    "Sweep",
    "TraceError",
    "TraceErrors",
    "Traces",
    "TrialError",
    "Trials",
    "UnknownNameError",
    "UsageError",
    "WorkersDiedError",
    "__version__",
    "calibrate",
    "choose",
    "compare",
    "drill",
    "estimate",
    "load",
    "plan",
    "plan_sets",
    "read_traces",
    "run",
    "run_sets",
    "run_trials",
    "runway",
    "sweep",
]

_ERRORS = {
    "ArgumentError": "efssim.errors",
    "CloudWatchError": "efssim.cloudwatch.api",
    "EfsError": "efssim.model.entities.errors",
    "EfssimError": "efssim.errors",
    "LawViolation": "efssim.records.laws",
    "MissingExtraError": "efssim.errors",
    "NotSimulatedError": "efssim.model.entities.errors",
    "RunError": "efssim.model.entities.errors",
    "ScenarioError": "efssim.scenario",
    "StateError": "efssim.errors",
    "StoreError": "efssim.study.run.store",
    "StudyError": "efssim.study.errors",
    "TraceError": "efssim.traces.problems",
    "TraceErrors": "efssim.traces.problems",
    "TrialError": "efssim.study.trial.outcome",
    "UnknownNameError": "efssim.errors",
    "UsageError": "efssim.errors",
    "WorkersDiedError": "efssim.study.run.dispatch",
}
"""Exceptions, each with the module that has it; all have the base class EfssimError."""
_HOMES = _ERRORS | {
    "Calibration": "efssim.api.calibration",
    "calibrate": "efssim.api.calibration",
    "Choice": "efssim.api.choosing.choice",
    "choose": "efssim.api.choosing.choice",
    "Drills": "efssim.api.drill",
    "drill": "efssim.api.drill",
    "Estimate": "efssim.api.estimate",
    "estimate": "efssim.api.estimate",
    "Result": "efssim.api.result",
    "Simulation": "efssim.api.simulation",
    "run": "efssim.api.simulation",
    "Comparison": "efssim.api.comparison",
    "compare": "efssim.api.comparison",
    "Sweep": "efssim.api.sweep",
    "sweep": "efssim.api.sweep",
    "Plan": "efssim.api.plan",
    "plan": "efssim.api.plan",
    "Runway": "efssim.api.runway.runway",
    "runway": "efssim.api.runway.runway",
    "Scenario": "efssim.scenario",
    "load": "efssim.scenario",
    "Traces": "efssim.api.traces",
    "read_traces": "efssim.api.traces",
    "ParameterSets": "efssim.api.sets.parameter_sets",
    "run_sets": "efssim.api.sets.parameter_sets",
    "SetPlan": "efssim.api.sets.plan",
    "plan_sets": "efssim.api.sets.plan",
    "Trials": "efssim.api.trials",
    "run_trials": "efssim.api.trials",
}


def __getattr__(name: str) -> Any:
    # Imported on first use, so that `efssim --help` does not wait for SimPy and pandas.
    if name in ("aws", "extend"):  # parts of their own
        return import_module(f"efssim.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'efssim' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
