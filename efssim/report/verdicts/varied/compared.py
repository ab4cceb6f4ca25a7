"""The measures of a comparison that are shown."""

from __future__ import annotations

from collections.abc import Iterable

from efssim.report.verdicts.trials import diverging_trials
from efssim.report.words.percentiles import is_percentile
from efssim.study.varying.paired import MeasureDifference, PairedTrials


def shown_differences(comparison: PairedTrials) -> list[MeasureDifference]:
    """Return the rows of the main measures, without percentiles where a trial diverges."""
    return stationary(comparison, comparison.main_differences)


def stationary(
    comparison: PairedTrials, rows: Iterable[MeasureDifference]
) -> list[MeasureDifference]:
    """Return rows without the percentiles of replications of which a trial diverges."""
    diverging = {
        (a if a == b else f"{a}, {b}")
        for a, b in comparison.replications
        if diverges(comparison, a, b)
    }
    return [
        row for row in rows if not (row.replication in diverging and is_percentile(row.measure))
    ]


def diverges(comparison: PairedTrials, first: str, second: str) -> bool:
    """Return whether a trial of a replication diverges, named as in both studies."""
    in_first = diverging_trials(first, comparison.first)
    return bool(in_first or diverging_trials(second, comparison.second))
