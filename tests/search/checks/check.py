"""A check of one scenario."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path

import numpy as np

import efssim
from efssim import RunError, Scenario
from search.checks.outcome import outcome
from search.maker import Json


class Case:
    """A scenario under test, and the run that all others have to equal.

    What a check draws, it draws from `random` by its own name, so that a shrunk scenario is tried
    in the same way.
    """

    def __init__(self, data: Json, seed: int, folder: Path) -> None:
        self.data, self.seed, self.folder = data, seed, folder
        self.scenario = Scenario.model_validate(data)

    def random(self, check: str) -> np.random.Generator:
        """Return the draws of a check."""
        return np.random.default_rng((self.seed, *check.encode()))

    @cached_property
    def ends(self) -> str:
        """Why the run ends before its time, as a call that was expected to succeed did not."""
        try:
            self.run  # noqa: B018  # kept for the checks
        except RunError as error:
            return str(error)
        return ""

    @cached_property
    def run(self) -> efssim.Result:
        """The run with the laws verified."""
        return efssim.run(self.scenario, verify=True)

    @cached_property
    def outcome(self) -> Json:
        """Numbers and statuses of that run."""
        return outcome(self.run)

    def without(self, *keys: str) -> Scenario:
        """Return the scenario without some sections."""
        return Scenario.model_validate({k: v for k, v in self.data.items() if k not in keys})

    def plain(self) -> Scenario:
        """Return the scenario for a study of trials, without what belongs to others."""
        if "efs-unknown" in str(self.data):
            raise SkippedError("parameters that are not known")
        if any("expect" in event for event in self.data.get("events", [])):
            raise SkippedError("other trials may end at a call that has to succeed")
        return self.without("uncertain", "drill", "rto", "thresholds", "alarms")


class SkippedError(Exception):
    """A check does not apply to a scenario; the reason is its text."""


@dataclass(frozen=True, slots=True)
class Check:
    """A way to run a scenario and what has to hold: problems, or none."""

    name: str
    problems: Callable[[Case], list[str]]
    share: float = 1.0
    """Share of the scenarios in which it is made, drawn by the seed: some are dear."""


@cache
def elsewhere() -> Executor:
    """Return an executor with one process of its own, which ends before this one waits for it."""
    found = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    Finalize(None, found.shutdown, exitpriority=100)
    return found
