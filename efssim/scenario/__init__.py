"""What a user writes: scenario files, their grammar and their mistakes."""

from efssim.scenario.document import Problem, ScenarioError
from efssim.scenario.loading import load
from efssim.scenario.schema import Scenario

__all__ = ["Problem", "Scenario", "ScenarioError", "load"]
