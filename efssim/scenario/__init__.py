"""Scenario files: their grammar, their checks and their mistakes."""

from efssim.scenario.loading import load
from efssim.scenario.scenario import Scenario
from efssim.text.yaml.problems import Problem, ScenarioError

__all__ = ["Problem", "Scenario", "ScenarioError", "load"]
