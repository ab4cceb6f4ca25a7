"""A comparison with a baseline in words: regressions first, then numbers, then what differs."""

from __future__ import annotations

from collections.abc import Iterator

from efssim._version import __version__
from efssim.json_values import JsonObject, to_json
from efssim.report.gates.gate import Gate
from efssim.report.text.comparison import change_text
from efssim.report.text.parts import joined
from efssim.report.text.sweep import shown
from efssim.report.words.lines import counted, wrapped
from efssim.report.words.percentiles import is_percentile
from efssim.study.baseline.differences import BaselineDifference
from efssim.study.baseline.regressions import BaselineNumber, BaselineSummary
from efssim.study.varying.paired import MeasureDifference
from efssim.text.quoting import cut

HEAD = ("replication", "number", "before", "after", "change, 95 % interval", "margin", "outcome")
_WORDS = {"holds": "no regression", "fails": "REGRESSION", "undecided": "UNDECIDED"}
_VALUE_MAX = 60
"""Letters of a value of a scenario in a list of differences."""


def baseline_gates(found: BaselineSummary) -> Iterator[Gate]:
    """Yield a condition for each number that may not be worse than the baseline."""
    for each in found.numbers:
        name = f"{each.measure} against the baseline"
        yield Gate(each.replication, name, each.outcome, _sentence(each), ())


def baseline_title(found: BaselineSummary) -> str:
    """Return how many numbers regressed, and what they were compared over."""
    count, open_ = found.regressions, sum(one.outcome == "undecided" for one in found.numbers)
    word = "NO REGRESSION" if not count else f"REGRESSION of {counted(count, 'number')}"
    if open_ and not count:
        word = f"UNDECIDED whether {counted(open_, 'number')} regressed"
    return f"Against the baseline: {word}{'' if count or open_ else ' is shown'}"


def baseline_note(found: BaselineSummary) -> str:
    """Return over how many pairs of trials numbers were compared."""
    if not found.pairs:
        return "No pairs of trials, since their rare faults differ: intervals are of both alone."
    if found.pairs == 1:
        return "One run of each, with the same draws: the numbers as they are."
    return (
        f"{found.pairs:,} pairs of trials with the same draws; a regression is an interval wholly "
        "beyond the margin."
    )


def version_warning(found: BaselineSummary) -> str:
    """Return a sentence where another version of efssim made the baseline; else nothing."""
    if found.version == __version__:
        return ""
    return (
        f"The baseline is of efssim {found.version}, this is {__version__}: what differs may be the"
        " model, and not the scenario."
    )


def baseline_text(found: BaselineSummary) -> str:
    """Return the part of a text report."""
    parts = [
        wrapped(f"{baseline_title(found)}.", indent=2),
        [
            *(line for each in found.numbers for line in wrapped(_sentence(each), indent=2)),
            *wrapped(baseline_note(found), indent=2),
            *wrapped(version_warning(found), indent=2),
        ],
        [
            baseline_lead(found),
            *(
                line
                for each in found.differences
                for line in wrapped(f"  {each.path}: {difference_text(each)}", indent=4)
            ),
        ],
    ]
    return joined(parts)


def baseline_lead(found: BaselineSummary) -> str:
    """Return the words before the list of values that differ."""
    return "Differences from it:" if found.differences else "The scenario is that of the baseline."


def baseline_rows(found: BaselineSummary) -> list[tuple[str, ...]]:
    """Return the rows of a table with the columns of `HEAD`."""
    return [
        (
            each.replication,
            each.measure,
            *_ends(each),
            _change(each),
            each.margin,
            _WORDS[each.outcome] + (f": {each.reason}" if each.reason else ""),
        )
        for each in found.numbers
    ]


def difference_text(each: BaselineDifference) -> str:
    """Return a value before and after."""
    before, after = (
        "absent" if value is None else cut(value, _VALUE_MAX) for value in (each.before, each.after)
    )
    return f"{before} before, {after} now"


def baseline_json(found: BaselineSummary) -> JsonObject:
    """Return the content of `baseline`."""
    return to_json(found)


def _sentence(each: BaselineNumber) -> str:
    before, after = _ends(each)
    text = f"{each.replication} {each.measure}: {_WORDS[each.outcome]}"
    if each.before is not None:
        text += f": {before} before, {after} now, change {_change(each)}"
    text += f"; it {each.margin}"
    return f"{text}: {each.reason}." if each.reason else f"{text}."


def _ends(each: BaselineNumber) -> tuple[str, str]:
    """Return both numbers; none of a percentile that is not stationary."""
    if each.reason and is_percentile(each.measure):
        return "-", "-"
    return shown(each.measure, each.before), shown(each.measure, each.after)


def _change(each: BaselineNumber) -> str:
    if each.before is None or each.after is None or each.difference is None:
        return "-"
    if each.reason and is_percentile(each.measure):
        return "-"
    return change_text(
        MeasureDifference(
            each.replication,
            each.measure,
            each.before,
            each.after,
            each.difference,
            each.low,
            each.high,
            None,
            0,
        )
    )
