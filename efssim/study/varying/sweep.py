"""Running trials at every combination of values, or at one value at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from efssim.json_values import JsonValue
from efssim.scenario import Scenario
from efssim.study.errors import StudyError
from efssim.study.kept.points import KeepsPoints
from efssim.study.known import require_known
from efssim.study.run.interrupts import ctrl_c
from efssim.study.run.shared import Runner
from efssim.study.run.trials import TrialProgress
from efssim.study.varying.designs import Arrangement, ParameterValues, points_of
from efssim.study.varying.points import Point, SweepPoints
from efssim.study.varying.space import with_values, without_records

PointProgress = Callable[[int, int, int], None]
"""Called with the ordinal of a point, the number of its trials that are complete, and of all."""


def swept(
    scenario: Scenario,
    vary: Sequence[ParameterValues],
    trials: int,
    seed: int,
    runner: Runner,
    *,
    arrangement: Arrangement,
    on_progress: TrialProgress | None,
    kept: KeepsPoints | None = None,
    on_trials: PointProgress | None = None,
) -> SweepPoints:
    """Run trials at every combination of values; raise as `efssim.sweep` does.

    `kept` has trials of some combinations, by their ordinals, and keeps the others.
    """
    chosen = combinations(scenario, vary, arrangement)
    points: list[Point] = []
    with ctrl_c() as interrupts, interrupts.held():
        try:
            for ordinal, (values, world) in enumerate(chosen):
                found = runner.run(
                    world,
                    trials,
                    seed,
                    kept=None if kept is None else kept.at(ordinal),
                    on_progress=None if on_trials is None else partial(on_trials, ordinal),
                )
                points.append(Point(values, found))
                if on_progress is not None:
                    on_progress(len(points), len(chosen))
        except KeyboardInterrupt:
            if interrupts.stops_at_once or not points:
                raise
            runner.abandon()
    parameters = tuple(each for each, _ in vary)
    return SweepPoints(scenario, seed, parameters, tuple(points), arrangement, len(chosen))


def combinations(
    scenario: Scenario, vary: Sequence[ParameterValues], arrangement: Arrangement
) -> list[tuple[dict[str, JsonValue], Scenario]]:
    """Return the values by path of each point, and the scenario; raise ScenarioError."""
    if not vary:
        raise StudyError("a sweep varies at least one parameter")
    require_known(scenario, "a sweep")
    paths = [each.segments for each, _ in vary]
    for ordinal, (each, _) in enumerate(vary):
        if each.segments == ("seed",):
            raise each.problem("trials have one seed for all values; more trials have more draws")
        if each.segments in paths[:ordinal]:
            raise each.problem("is varied already")
    base = without_records(scenario)
    return [
        ({each.path: value for each, value in point}, with_values(base, point))
        for point in points_of(vary, arrangement)
    ]
