"""Where a study has trials from: a folder for `--resume`, or parts that are merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from efssim.cli.options import Folder
from efssim.cli.studies.part import Divisible

if TYPE_CHECKING:
    from efssim.api.trials import Trials
    from efssim.scenario import Scenario
    from efssim.study.kept.points import KeepsPoints

C = TypeVar("C", bound=Callable[..., Any])


def resume_option(kept: str) -> Callable[[C], C]:
    """Return the option of the folder that keeps trials; `kept` says which, for its help."""
    return click.option(
        "--resume",
        type=Folder(),
        metavar="DIR",
        show_default="nothing is kept",
        help=f"{kept} here, and take up those that are here.",
    )


def refuse_resume(folder: Path | None) -> None:
    """Raise click.UsageError for a path that is no folder."""
    if folder is not None and folder.exists() and not folder.is_dir():
        raise click.UsageError(f"{folder} is a file, not a folder for --resume")
    if folder is not None and folder.is_symlink() and not folder.exists():
        raise click.UsageError(f"{folder} is a link to what is not there")


@contextmanager
def kept_of_comparison(
    request: Divisible,
    folder: Path | None,
    scenarios: Sequence[Scenario],
    seed: int,
    *,
    verified: bool,
) -> Iterator[KeepsPoints | None]:
    """Open the trials of compared scenarios that are there; None where none are kept.

    Raise StoreError for those of another study, and OSError.
    """
    from efssim.study.kept.points import kept_comparison

    if request.parts is not None:
        request.parts.require(scenarios)
        yield request.parts
    elif folder is None:
        yield None
    else:
        with kept_comparison(folder, scenarios, seed, verified=verified) as store:
            yield store


def merged_trials(scenario: Scenario, request: Divisible, *, verify: bool) -> Trials:
    """Return the trials of a scenario from its parts; raise StoreError if they are of another."""
    from efssim.api.trials import trials_on
    from efssim.study.run.executors import Workers

    assert request.parts is not None
    request.parts.require([scenario])
    study = request.parts.study
    return trials_on(
        Workers(workers=1),
        scenario,
        study.trials,
        study.seed,
        request.parts.at(0),
        verify=verify,
        on_progress=None,
    )
