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
    from efssim.model.errors import EfsError, RunError
    from efssim.result import Result
    from efssim.scenario import Scenario, ScenarioError, load
    from efssim.simulate import Simulation, run
    from efssim.study.compare import Comparison, compare
    from efssim.study.plan import Plan, plan
    from efssim.study.sweep import Sweep, sweep
    from efssim.study.trial import TrialError
    from efssim.study.trials import Trials, run_trials

__all__ = [
    "Comparison",
    "EfsError",
    "Estimate",
    "Plan",
    "Result",
    "RunError",
    "Scenario",
    "ScenarioError",
    "Simulation",
    "Sweep",
    "TrialError",
    "Trials",
    "__version__",
    "compare",
    "estimate",
    "load",
    "plan",
    "run",
    "run_trials",
    "sweep",
]

_HOMES = {
    "Estimate": "efssim.closed_forms",
    "estimate": "efssim.closed_forms",
    "EfsError": "efssim.model.errors",
    "RunError": "efssim.model.errors",
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
    "ScenarioError": "efssim.scenario",
    "load": "efssim.scenario",
    "TrialError": "efssim.study.trial",
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
