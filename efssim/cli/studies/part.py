"""`--part K/N`: the share of a study that one job of an array runs."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import click

from efssim.cli.common import check_folder, keeping_results, study_failures
from efssim.cli.output import say
from efssim.cli.scenario_file import Source
from efssim.cli.studies.progress import study_progress
from efssim.cli.studies.store import Storing

if TYPE_CHECKING:
    from efssim.progress import StudyProgress
    from efssim.scenario import Scenario
    from efssim.study.kept.divided import PartProgress
    from efssim.study.kept.parts import MergedParts, Part

C = TypeVar("C", bound=Callable[..., Any])

_FORM = re.compile(r"([0-9]{1,6})\s*/\s*([0-9]{1,6})")


class PartOf(click.ParamType["Part"]):
    """A part of a study, as `3/20`."""

    name = "part"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Part:
        """Return the part; fail for anything else."""
        from efssim.study.kept.parts import Part

        found = _FORM.fullmatch(str(value).strip())
        number, of = map(int, found.groups()) if found else (0, 0)
        if not 1 <= number <= of:
            self.fail(f"{value!r}: a part is K/N, from 1/N to N/N, as 3/20", param, ctx)
        return Part(number, of)


def part_option(command: C) -> C:
    """Add the option that divides a study."""
    return click.option(
        "--part",
        type=PartOf(),
        metavar="K/N",
        show_default="the whole study",
        help="Run this share of the trials into --out; `efssim merge` joins the parts.",
    )(command)


def undivided(command: str) -> Callable[[C], C]:
    """Return a decorator that refuses `--part` for a command that decides as it goes."""

    def refuse(_: click.Context, __: click.Parameter, value: str | None) -> None:
        if value is not None:
            raise click.UsageError(AS_IT_GOES.format(command))

    return click.option(
        "--part",
        hidden=True,
        expose_value=False,
        callback=refuse,
        show_default="the whole study",
        help="Refused: it decides as it goes.",
    )


AS_IT_GOES = (
    "--part: {} decides by its first trials which others it runs, so no part can be run by itself; "
    "--resume DIR takes it up where it was killed"
)


@dataclass(frozen=True, kw_only=True)
class Divisible(Storing):
    """The request of a study that can be run in parts."""

    trials: int | None
    part: Part | None
    parts: MergedParts | None = field(default=None, repr=False)
    """The parts that have all of its trials, where they are merged."""

    def refuse_with_part(self, **options: object) -> None:
        """Raise click.UsageError for options that say nothing of a part, by their names."""
        if self.part is None:
            return
        if self.out is None:
            raise click.UsageError("--part needs --out, the folder for its trials")
        if "form" in self.given:
            raise click.UsageError("--part prints no result: --format goes with `efssim merge`")
        for name, value in {**options, "store": self.store, "tables": self.tables}.items():
            if value is not None and value is not False:
                raise click.UsageError(
                    f"--{name.replace('_', '-')} is about a whole study: no --part"
                )

    @property
    def option_words(self) -> tuple[str, ...]:
        """The words of the command that repeats it, without its name and its files."""
        files = {str(p.name): () for p in self.command.params if isinstance(p, click.Argument)}
        return tuple(shlex.split(self.reproducing(**files))[2:])


def processor() -> str:
    """Return the CPU family of this machine, as far as last bits hang on it."""
    import platform

    from efssim.report.files.manifest import numpy_exponential

    features = numpy_exponential()
    return f"{platform.machine()} ({features})" if features else platform.machine()


def run_part_of(
    request: Divisible,
    files: Sequence[Source],
    scenarios: Sequence[Scenario],
    seed: int,
    *,
    verify: bool = False,
) -> None:
    """Run a part of a study of scenarios, given by files, into its folder."""
    from efssim.model.world.world import World
    from efssim.study.kept.divided import run_part
    from efssim.study.kept.parts import PartStore, PartStudy, WrittenScenario
    from efssim.study.run.executors import Workers
    from efssim.study.trial.facts import fingerprints

    assert request.part is not None
    assert request.out is not None
    assert request.trials is not None
    check_folder(request.out)
    study = PartStudy(
        command=str(request.command.name),
        seed=seed,
        trials=request.trials,
        verified=verify,
        scenarios=fingerprints(scenarios),
        options=request.option_words,
        files=tuple(WrittenScenario(each.given, each.content().decode()) for each in files),
        number=request.part.number,
        of=request.part.of,
    )
    with keeping_results() as interrupts, study_failures():
        with interrupts.allowed():
            World(scenarios[0], seed)  # raises the errors of EFS at the start
        store = PartStore(request.out, study)
        with study_progress(request.quiet, request.workers) as tell:
            told = None if tell is None else _told(tell, scenarios)
            run_part(scenarios, store, Workers(workers=request.workers), processor(), told)
    if not request.quiet:
        count = f"{len(study.keys):,} of {len(scenarios) * study.trials:,} trials"
        say(f"part {request.part}: {count}, in {request.out}{os.sep}")


def _told(tell: StudyProgress, scenarios: Sequence[Scenario]) -> PartProgress:
    """Return the callback of a part, which counts the trials of all its scenarios together."""
    before: int | None = None

    def told(point: int, complete: int, wanted: int) -> None:
        nonlocal before
        before = complete if before is None else before
        tell(scenarios[point].name, complete, wanted, before)

    return told
