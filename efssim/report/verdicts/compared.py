"""The measures of a comparison that are shown."""

from __future__ import annotations

from efssim.report.verdicts.trials import diverging_trials
from efssim.report.words.percentiles import is_percentile
from efssim.study.varying.paired import MeasureDifference, PairedTrials


def shown_differences(comparison: PairedTrials) -> list[MeasureDifference]:
    """Return the rows of the main measures, without percentiles where a trial diverges."""
    diverging = {
        (a if a == b else f"{a}, {b}")
        for a, b in comparison.replications
        if diverging_trials(a, comparison.first) or diverging_trials(b, comparison.second)
    }
    return [
        row
        for row in comparison.main_differences
        if not (row.replication in diverging and is_percentile(row.measure))
    ]
