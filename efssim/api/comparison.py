"""Comparisons of studies as people hold them, and the function that makes them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from efssim.api.trials import Trials
from efssim.errors import UsageError
from efssim.study.errors import StudyError
from efssim.study.varying.paired import PairedTrials
from efssim.study.varying.summary import comparison_to_json

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Comparison(PairedTrials):
    """Differences of two studies, second minus first, over pairs of trials."""

    first: Trials
    second: Trials

    def __repr__(self) -> str:
        a, b = self.first.scenario.name, self.second.scenario.name
        return f"<efssim.Comparison of {a!r} and {b!r}: {len(self.numbers)} pairs of trials>"

    def _repr_html_(self) -> str:
        """Show the differences of the main measures in Jupyter."""
        from efssim.report.notebook import comparison_html

        return comparison_html(self)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of comparison.json; a number that does not exist is None."""
        return comparison_to_json(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the relative change of the main measures, with intervals; return the Axes.

        Without `ax` it is a new figure of pyplot's.
        """
        from efssim.report.figures.study.comparison import plot_comparison

        return plot_comparison(self, ax)


def compare(a: Trials, b: Trials) -> Comparison:
    """Compare two studies trial by trial, the second minus the first.

    Raise StudyError unless both have the same seed, a trial number and a replication in common:
    draws belong to names and to (seed, trial), so only then are trials pairs.
    """
    given: tuple[object, object] = (a, b)  # callers may break the annotations
    for study in given:
        if not isinstance(study, Trials):
            kind = type(study).__name__
            raise UsageError(f"efssim.compare: takes Trials of efssim.run_trials, not {kind}")
    if a.seed != b.seed:
        raise StudyError(f"seeds {a.seed} and {b.seed} share no draws; run both with one seed")
    made = Comparison(a, b)
    if not made.numbers:
        raise StudyError("no trial number is in both, so there are no pairs")
    if not made.replications:
        raise StudyError("no replication has the same name in both, so nothing is comparable")
    return made
