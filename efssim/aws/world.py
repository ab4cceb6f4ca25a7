"""What this part needs of a simulation, which imports it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from efssim.model.clock import Clock


class Account(Protocol):
    """What answers API calls."""

    def call(
        self, operation: str, parameters: Mapping[str, Any] | None = None, *, region: str
    ) -> dict[str, Any]:
        """Answer a call with a fresh dictionary; EfsError as EFS would."""

    @property
    def request_id(self) -> str:
        """Id of the latest call."""


class World(Account, Protocol):
    """A simulation, whose time passes."""

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
        """Let time pass."""
