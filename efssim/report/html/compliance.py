"""The table of calendar months of a page."""

from __future__ import annotations

from collections.abc import Mapping

from efssim.lag.compliance.summary import ComplianceSummary
from efssim.report.html.tables import Cell, Column, HtmlTable, duration, number, share, text
from efssim.report.words.compliance import LEFT_OUT, AnyMonth, month_name
from efssim.study.means.shapes import ComplianceStatistic

_MET = {True: "met", False: "missed", None: "unknown"}


def month_table(
    name: str, found: ComplianceSummary | ComplianceStatistic[float] | None
) -> HtmlTable:
    """Return the months of a replication, with and without the time that is left out.

    Of trials, numbers are means, and no month has a verdict. Without months it has no rows.
    """
    months: Mapping[str, AnyMonth] = {} if found is None else found.months
    is_judged = isinstance(found, ComplianceSummary)
    rows = [_row(key, month, is_judged=is_judged) for key, month in months.items()]
    head = [
        Column("month", sort="ascending"),
        Column("attainment", True, "attainment"),
        *[Column("RPO")] * is_judged,
        Column("violations", True, "violation"),
        Column("above the target", True),
        Column("longest", True),
        Column("unprotected", True),
        Column("left out", True),
        Column("attainment without that", True),
        *[Column("RPO without that")] * is_judged,
    ]
    zone = "" if found is None else found.timezone
    note = f"Left out: {LEFT_OUT}." if any(month.left_out_s for month in months.values()) else ""
    return HtmlTable(f"Calendar months of {name} ({zone})", head, rows, True, note)


def _row(key: str, month: AnyMonth, *, is_judged: bool) -> list[Cell]:
    return [
        text(month_name(key, month)),
        share(month.whole.attainment),
        *[text(_MET[month.whole.met])] * is_judged,
        number(month.violations, f"{month.violations:,.6g}"),
        duration(month.whole.violation_s),
        duration(month.longest_s),
        duration(month.whole.unprotected_s),
        duration(month.left_out_s),
        share(month.counted.attainment),
        *[text(_MET[month.counted.met])] * is_judged,
    ]
