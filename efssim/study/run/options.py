"""The options of the command line that ask for trials. Imports click alone, for `--help`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click


class Share(click.ParamType[float]):
    """A share above 0, as `2%` or `0.02`."""

    name = "share"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the share; fail for anything else."""
        from efssim.text.quantities import parse_fraction

        try:
            share = parse_fraction(value)
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)
        if not share:
            self.fail(f"{value!r}: must be above 0", param, ctx)
        return share


@dataclass(frozen=True)
class TrialOptions:
    """What was asked for; None: not given."""

    trials: int | None
    precision: float | None
    budget: int | None
    workers: int | None
    resume: Path | None
    trial: int | None

    @property
    def are_many(self) -> bool:
        """Whether trials are asked for, be it one, and not a single run."""
        return self.trials is not None or self.precision is not None

    @property
    def size(self) -> dict[str, Any]:
        """Those that decide how many trials there are."""
        values = {"trials": self.trials, "precision": self.precision, "budget": self.budget}
        return {name: value for name, value in values.items() if value is not None}

    def check_several(self) -> None:
        """Raise click.UsageError for options that do not go with several scenarios."""
        if self.trials is None:
            raise click.UsageError("several FILEs are compared by their trials: give --trials")
        if self.resume is not None:
            raise click.UsageError("--resume keeps the trials of one FILE")

    def check(self) -> None:
        """Raise click.UsageError for options that do not go together."""
        if self.trials is not None and self.precision is not None:
            raise click.UsageError("--precision decides how many trials; --budget limits them")
        if self.budget is not None and self.precision is None:
            raise click.UsageError("--budget needs --precision")
        if self.trial is not None and self.are_many:
            raise click.UsageError("--trial repeats one of the trials alone: no --trials")
        for name, value in (("--workers", self.workers), ("--resume", self.resume)):
            if value is not None and not self.are_many:
                raise click.UsageError(f"{name} needs --trials or --precision")
        if self.resume is not None and self.resume.exists() and not self.resume.is_dir():
            raise click.UsageError(f"{self.resume} is a file, not a folder for --resume")
        if self.resume is not None and self.resume.is_symlink() and not self.resume.exists():
            raise click.UsageError(f"{self.resume} is a link to what is not there")
