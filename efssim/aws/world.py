"""Protocols of the simulation that clients need; the simulation imports this package."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from efssim.cloudwatch.api import CloudWatchApi
from efssim.json_values import JsonValue, WireObject, WireValue
from efssim.model.kernel.clock import Clock
from efssim.model.world.live import LiveState
from efssim.scenario import Scenario


class Answerer(Protocol):
    """The answerer of API calls."""

    def call(
        self,
        operation: str,
        parameters: Mapping[str, WireValue] | None = None,
        *,
        region: str,
        service: str = "efs",
    ) -> WireObject:
        """Answer a call with a fresh dictionary; EfsError as EFS, or another service, would."""

    @property
    def request_id(self) -> str:
        """Id of the latest call."""

    @property
    def cloudwatch(self) -> CloudWatchApi:
        """CloudWatch's view of it."""

    @property
    def answered_services(self) -> tuple[str, ...]:
        """The services of which a user answers an operation."""

    def is_answered(self, service: str, operation: str) -> bool:
        """Return whether a user answers an operation."""


class SimulatedWorld(Answerer, Protocol):
    """A simulation with its clock."""

    seed: int
    trial: int

    @property
    def now(self) -> datetime:
        """The simulated time, in UTC."""

    @property
    def elapsed_s(self) -> float:
        """Seconds since the scenario's start."""

    @property
    def env(self) -> Clock:
        """Its SimPy environment."""

    def advance(self, duration: float | str) -> None:
        """Advance the simulated time."""


class SteppedWorld(SimulatedWorld, Protocol):
    """A simulation that one can also act on and look at."""

    scenario: Scenario

    def apply(self, event: Mapping[str, JsonValue]) -> None:
        """Let a disturbance begin now; ValueError for one that is malformed."""

    def result(self) -> HasSummary:
        """Return the results so far."""

    def move_to_this_thread(self) -> None:
        """Let this thread use its clients from now on, and no other."""

    def live(self) -> LiveState:
        """Return the state now."""


class HasSummary(Protocol):
    """Results with a summary."""

    @property
    def summary(self) -> Mapping[str, JsonValue]:
        """The content of summary.json."""
