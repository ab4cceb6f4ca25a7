"""Thresholds in words, a sentence for each."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.lag.objectives.thresholds import ThresholdSummary
from efssim.report.words.lines import wrapped
from efssim.runs.thresholds.numbers import shown, unit_of
from efssim.scenario.thresholds import threshold

_WORDS = {"holds": "HOLDS", "fails": "FAILS", "undecided": "UNDECIDED"}


def threshold_texts(found: Sequence[ThresholdSummary]) -> list[str]:
    """Return whether each threshold holds, and its number."""
    return [_text(each) for each in found]


def threshold_lines(found: Sequence[ThresholdSummary]) -> list[str]:
    """Return the same as lines of a report."""
    return [line for text in threshold_texts(found) for line in wrapped(text, indent=2)]


def _text(each: ThresholdSummary) -> str:
    unit = unit_of(threshold(each.threshold).path)
    text = f"Threshold {each.threshold} {_WORDS[each.outcome]}"
    if each.value is not None:
        text += f": {shown(each.value, unit)}"
    if each.low is not None and each.high is not None:
        text += f" (95 % interval {shown(each.low, unit)} to {shown(each.high, unit)})"
    return f"{text}: {each.reason}." if each.reason else f"{text}."
