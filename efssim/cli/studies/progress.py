"""Progress of studies with many scenarios: the scenario, its trials, and the time that is left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from efssim.cli.common import time_estimate
from efssim.cli.output import shows_progress

if TYPE_CHECKING:
    from efssim.progress import StudyProgress
    from efssim.study.planning.plan import ValueProgress
    from efssim.study.varying.space import VariedParameter

PointTell = Callable[[int, str, int, int], None]
"""Called with the ordinal of a scenario, its label, how many of its trials are complete, of all."""


@contextmanager
def study_progress(quiet: bool, workers: int | None) -> Iterator[StudyProgress | None]:
    """Show how far a study is, on a terminal; elsewhere tell how long a long one takes.

    Yield the callback of the study; None where nobody looks.
    """
    if quiet:
        yield None
    elif shows_progress(quiet):
        from efssim.progress import bar_of_study

        with bar_of_study(sys.stderr) as tell:
            yield tell
    else:
        estimate = time_estimate(workers)
        yield lambda _, complete, wanted, before: estimate(complete, wanted, before)


def over_points(points: int, tell: StudyProgress) -> PointTell:
    """Return the callback of a study of so many scenarios, which run one after the other."""
    latest, before = -1, 0

    def told(point: int, label: str, complete: int, wanted: int) -> None:
        nonlocal latest, before
        if point != latest:  # those that are complete when it begins were there
            latest, before = point, before + complete
        tell(label, point * wanted + complete, points * wanted, before)

    return told


@contextmanager
def plan_progress(vary: VariedParameter, quiet: bool) -> Iterator[ValueProgress | None]:
    """Show the value that a plan tries and its trials, on a terminal; nothing of it stays.

    Yield the callback of the plan; None where nobody looks.
    """
    if not shows_progress(quiet):
        yield None
        return
    from efssim.progress import bar_of_study

    with ExitStack() as opened:
        bars: list[StudyProgress] = []
        before = 0

        def tell(value: float, complete: int, wanted: int) -> None:
            nonlocal before
            if not bars:
                before = complete
                bars.append(opened.enter_context(bar_of_study(sys.stderr)))
            bars[0](vary.text(value), complete, wanted, before)
            if complete == wanted:  # so that the line on the evaluation has a line of its own
                bars.clear()
                opened.close()

        yield tell


def label_of(point: Sequence[tuple[VariedParameter, object]]) -> str:
    """Return the values of a combination, each after the last part of its path."""
    shown = [f"{each.segments[-1]} {each.text(value)}" for each, value in point]
    return ", ".join(shown) or "as it is"
