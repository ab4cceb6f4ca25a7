"""Objectives besides the RPO: a target that a share of time, writes or bytes keeps."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from efssim.scenario.grammar.base import Model
from efssim.scenario.grammar.types import Attainment, PositiveDuration
from efssim.text.items import is_meant

Of = Literal["time", "writes", "bytes"]


class Objective(Model):
    """A share of time, writes or bytes that is to be within a target."""

    target: PositiveDuration
    """Largest acceptable age, or lag of a write."""
    attainment: Attainment
    """Share that has to be within the target."""
    of: Of = "time"
    """Share of the time, by its age; or of the writes or bytes made in the window, by their
    lags."""
    replications: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Names of the replications that have it, `dr[*]` for all of a fleet; all unless set."""

    def concerns(self, replication: str) -> bool:
        """Return whether a replication has it."""
        if self.replications is None or replication in self.replications:
            return True
        return any(is_meant(each, replication) for each in self.replications)
