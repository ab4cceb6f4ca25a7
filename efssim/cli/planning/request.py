"""The request of `efssim plan`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from efssim.cli.output import say
from efssim.cli.scenario_file import Source
from efssim.cli.studies.store import Storing

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class PlanRequest(Storing):
    """The request of `efssim plan`."""

    file: Source
    vary: str | None
    until_missed: bool
    horizon: str | None
    rpo: str | None
    attainment: str | None
    confidence: str
    replication: str | None
    trials: int
    budget: str
    resume: Path | None
    sets: int | None
    share_of_sets: float | None
    minimise: str | None
    objective: str | None

    def replaced_paths(self) -> dict[str, str]:
        """Return the paths of the scenario that options replace, by the option."""
        asked = {
            "--rpo": (self.rpo, "rpo.target"),
            "--attainment": (self.attainment, "rpo.attainment"),
            "--seed": (self.seed, "seed"),
        }
        return {option: path for option, (value, path) in asked.items() if value is not None}


def tell_budget(seconds: float) -> None:
    """Say how long a plan may take."""
    from efssim.text.quantities import format_duration

    text = format_duration(seconds)
    say(f"planning for at most {text} (--budget), then with what is known")
