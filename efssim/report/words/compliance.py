"""Compliance with the RPO by calendar month, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping

from efssim.lag.compliance.summary import (
    AchievableRpo,
    ComplianceSummary,
    JudgedTime,
    MonthCompliance,
)
from efssim.report.words.lines import counted, percent
from efssim.study.means.shapes import ComplianceStatistic, JudgedTimeStatistic, MonthStatistic
from efssim.text.quantities import format_duration

_LISTED = 4
"""Months that are listed one by one; of more the worst is named."""
LEFT_OUT = "initial sync, planned pauses and the catch-up after them"
"""The time that the second column is without."""

AnyMonth = MonthCompliance | MonthStatistic[float]


def compliance_text(
    found: ComplianceSummary | None, *, is_diverging: bool, is_too_short: bool = False
) -> str:
    """Return the sentences on the months of a run; nothing where there are none.

    Nothing is said to be achievable by one that falls behind, or in a window too short for a miss.
    """
    if found is None or not found.months:
        return ""
    months = found.months
    met = sum(month.whole.met is True for month in months.values())
    held = f"{met} of {counted(len(months), 'month')} {'meets' if met == 1 else 'meet'} the RPO"
    held += " so far" * is_too_short
    parts = [
        f"By calendar month ({found.timezone}): {_listed(months)}; {held}.",
        _without(found),
        "" if is_diverging or is_too_short else _achievable(found.achievable_rpo_min),
    ]
    return " ".join(part for part in parts if part)


def compliance_text_of_trials(found: ComplianceStatistic[float] | None) -> str:
    """Return the sentence on the months of trials; nothing where there are none."""
    if found is None or not found.months:
        return ""
    listed = _listed(found.months)
    return (
        f"By calendar month ({found.timezone}), mean over trials: {listed}; the interval and the "
        "verdict are those of the whole window."
    )


def month_name(name: str, month: AnyMonth) -> str:
    """Return the name of a month, marked where the window has a part of it."""
    return f"{name} (part)" if month.partial else name


def _listed(months: Mapping[str, AnyMonth]) -> str:
    if len(months) <= _LISTED:
        return ", ".join(
            f"{month_name(name, month)} {_held(month.whole)}" for name, month in months.items()
        )
    name, month = min(months.items(), key=lambda item: _order(item[1]))
    return f"the least is {month_name(name, month)} with {_held(month.whole)}"


def _order(month: AnyMonth) -> tuple[float, float]:
    attainment = month.whole.attainment
    return -math.inf if attainment is None else attainment, -month.whole.unprotected_s


def _held(found: JudgedTime | JudgedTimeStatistic[float]) -> str:
    """Return the attainment of a time, and how long it was unprotected."""
    text = "no age" if found.attainment is None else percent(found.attainment)
    if not found.unprotected_s:
        return text
    return f"{text}, unprotected for {format_duration(found.unprotected_s)}"


def _without(found: ComplianceSummary) -> str:
    left_s = math.fsum(month.left_out_s for month in found.months.values())
    if not left_s:
        return ""
    verdict = {True: "met", False: "missed", None: "unknown"}[found.counted.met]
    return f"Without {LEFT_OUT} ({format_duration(left_s)}): {_held(found.counted)}, RPO {verdict}."


def _achievable(found: AchievableRpo) -> str:
    if found.all is None:
        text = "Achievable RPO: none, as for a time there was no recovery point"
    else:
        text = f"Achievable RPO: {found.all:,} min"
    if found.counted is not None and found.counted != found.all:
        text += f"; {found.counted:,} min without the time left out"
    return f"{text}."
