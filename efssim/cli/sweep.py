"""`efssim sweep`: trials at many values of parameters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from efssim.cli.common import (
    Command,
    check_folder,
    deliver,
    handles_errors,
    keeping_study,
    placing_refusals,
    refuse_absurd,
    say_folder,
    study_errors,
    study_failures,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import examples, study_options
from efssim.cli.request import requested
from efssim.cli.scenario_file import ScenarioFile, Source
from efssim.cli.studies.kept import refuse_resume, resume_option
from efssim.cli.studies.part import Divisible, part_option, run_part_of
from efssim.cli.studies.progress import label_of, over_points, study_progress
from efssim.cli.studies.store import ResultPlace, Verdicts, store_option
from efssim.text.largest import TRIALS_MAX

if TYPE_CHECKING:
    from pathlib import Path

    from efssim.api.sweep import Sweep
    from efssim.scenario import Scenario
    from efssim.study.varying.designs import Arrangement
    from efssim.study.varying.space import VariedParameter
    from efssim.study.varying.sweep import PointProgress


@dataclass(frozen=True, kw_only=True)
class SweepRequest(Divisible):
    """The request of `efssim sweep`."""

    file: Source
    vary: tuple[str, ...]
    one_at_a_time: bool
    latin: int | None
    morris: int | None
    measure: str
    trials: int
    resume: Path | None

    @property
    def arrangement(self) -> Arrangement:
        """How the values make combinations."""
        return self.design[0]

    @property
    def design(self) -> tuple[Arrangement, int | None]:
        """How the values make combinations, and how many a design has."""
        from efssim.api.sweep import asked_arrangement

        return asked_arrangement(self.one_at_a_time, self.latin, self.morris)


@click.command(
    cls=Command,
    epilog=examples(
        "efssim sweep scenario.yaml --vary 'replications.dr.sync.interval=1 min,5 min,1 h'",
        "efssim sweep scenario.yaml --vary 'replications.dr.sync.throughput=1 MiB/s..1 GiB/s:5log'",
        "efssim sweep scenario.yaml --morris 10 --vary replications.dr.sync.interval=1min..1h:log"
        " --vary file_systems.data.growth=1..2",
        "efssim sweep scenario.yaml --vary rpo.target=5min,1h -n 20 --measure rpo.attainment",
    ),
)
@click.argument("file", type=ScenarioFile())
@click.option(
    "--vary",
    required=True,
    multiple=True,
    metavar="PATH=VALUES",
    help="a,b,c or LOW..HIGH:n[log]; may be repeated.",
)
@click.option("--one-at-a-time", is_flag=True, help="Each value alone, and what it changes.")
@click.option(
    "--latin",
    type=click.IntRange(2, TRIALS_MAX),
    metavar="N",
    show_default="a grid",
    help="N points of a Latin hypercube; ranges are PATH=LOW..HIGH, or LOW..HIGH:log.",
)
@click.option(
    "--morris",
    type=click.IntRange(2, TRIALS_MAX),
    metavar="N",
    show_default="a grid",
    help="N trajectories of Morris's screening: which parameters matter; ranges as for --latin.",
)
@click.option(
    "--measure",
    default="time_since_last_sync_s.mean",
    show_default=True,
    metavar="NAME",
    help="What report and figures show; the files have every number.",
)
@click.option(
    "--trials",
    "-n",
    type=click.IntRange(1, TRIALS_MAX),
    metavar="N",
    default=1,
    show_default=True,
    help="Trials of each combination.",
)
@resume_option("Keep the trials of all combinations")
@part_option
@store_option
@study_options
@handles_errors
def sweep(**asked: Any) -> None:
    """Run trials of scenario FILE at every combination of values.

    FILE - is standard input. Ctrl-C prints the combinations that are complete.
    """
    request = requested(SweepRequest, **asked)
    refuse_resume(request.resume)
    request.refuse_with_part(resume=request.resume)
    sweep_asked(request)


def sweep_asked(request: SweepRequest) -> None:
    """Run a sweep, or a part of one, and print its report."""
    from efssim.report.files.sweep import sweep_json, write_sweep
    from efssim.report.text.sweep import sweep_report

    scenario = request.file.load(request.overrides)
    with study_errors(request.file):
        chosen, measure = _values_of(request, scenario), request.measure
    if request.part is not None:
        _run_part(request, scenario, chosen)
        return
    check_folder(request.out, "sweep.json", f"sweep{request.table_format.suffix}")
    place = ResultPlace(request, [scenario], "sweep")
    if place.gives():
        return
    with keeping_study(request.file, request.overrides):
        found = _swept(request, scenario, chosen)
        found.check_measure(measure)
        again = request.reproducing()
        deliver(
            None
            if request.out is None
            else partial(write_sweep, found, request.out, measure, again, request.table_format),
            request.form,
            lambda: sweep_json(found, measure),
            lambda: sweep_report(found, measure, again),
            None if found.partial else place.keeping(partial(_verdicts_of_sweep, found)),
        )
        say_folder(request.out, request.quiet)
    if found.partial:
        raise KeyboardInterrupt


def _verdicts_of_sweep(found: Sweep) -> Verdicts:
    from efssim.report.verdicts.stored import word_of_sweep

    return Verdicts(words=(word_of_sweep(found),))


def _run_part(
    request: SweepRequest, scenario: Scenario, chosen: list[tuple[VariedParameter, list[Any]]]
) -> None:
    """Run a part of the trials of each combination."""
    worlds = _worlds(request, scenario, chosen)
    seed = scenario.seed if request.seed is None else request.seed
    with placing_refusals(request.file, request.overrides):
        run_part_of(request, [request.file], worlds, seed)


def _worlds(
    request: SweepRequest, scenario: Scenario, chosen: list[tuple[VariedParameter, list[Any]]]
) -> list[Scenario]:
    from efssim.study.varying.sweep import combinations

    found = combinations(scenario, chosen, request.arrangement)
    return [world for _, world in found]


def _values_of(
    request: SweepRequest, scenario: Scenario
) -> list[tuple[VariedParameter, list[Any]]]:
    """Return the parameters that are varied and their values, if all combinations can be run."""
    from efssim.study.varying.designs import design_range, designed
    from efssim.study.varying.space import parse_assignment, values_of
    from efssim.study.varying.sweep import combinations

    parsed = [parse_assignment(text, ordinal) for ordinal, text in enumerate(request.vary, 1)]
    replaced = {} if request.seed is None else {"--seed": "seed"}
    if not request.one_at_a_time:  # its base has the values set
        replaced |= {f"--vary {named.path}": named.path for named, _ in parsed}
    refuse_ignored(request.overrides, replaced)
    arrangement, count = request.design
    if count is None:
        chosen = [(named, values_of(named, text)) for named, text in parsed]
    else:
        ranges = [design_range(named, text) for named, text in parsed]
        seed = scenario.seed if request.seed is None else request.seed
        chosen = designed(ranges, arrangement, count, seed)
    for _, world in combinations(scenario, chosen, request.arrangement):
        refuse_absurd(world, request.file, insist=request.yes)
    return chosen


def _swept(
    request: SweepRequest, scenario: Scenario, chosen: list[tuple[VariedParameter, list[Any]]]
) -> Sweep:
    from efssim.api.sweep import sweep_of

    with study_failures(), _telling(request, chosen) as tell:
        if request.parts is not None:
            request.parts.require(_worlds(request, scenario, chosen))
        return sweep_of(
            scenario,
            chosen,
            request.trials,
            arrangement=request.arrangement,
            seed=request.seed,
            workers=request.workers,
            resume=request.resume,
            kept=request.parts,
            on_trials=tell,
        )


@contextmanager
def _telling(
    request: SweepRequest, chosen: list[tuple[VariedParameter, list[Any]]]
) -> Iterator[PointProgress | None]:
    """Show how far the trials of the combinations are; yield the callback of the sweep."""
    from efssim.study.varying.designs import points_of

    with study_progress(request.quiet, request.workers) as tell:
        if tell is None:
            yield None
            return
        points = points_of(chosen, request.arrangement)
        told = over_points(len(points), tell)
        yield lambda point, complete, wanted: told(point, label_of(points[point]), complete, wanted)
