"""A runway in a notebook."""

from __future__ import annotations

from efssim.markup import page, sentence, table
from efssim.report.runway.text import goal_of, verdict_text
from efssim.report.words.lines import percent
from efssim.study.runway.findings import RunwayFindings
from efssim.study.runway.sentences import (
    bought_text,
    cause_text,
    change_text,
    evidence_text,
    said_of,
    so_far_texts,
)


def runway_html(found: RunwayFindings) -> str:
    """Return the answer, its cause, the changes and the months as HTML."""
    changes = ((each.name, change_text(each, found), bought_text(each)) for each in found.by_help)
    months = (
        (
            str(each.month),
            f"{found.start_of(each.month):%Y-%m-%d}",
            said_of(each),
            percent(each.attainment),
            f"{percent(each.interval.low)} … {percent(each.interval.high)}" * found.random,
        )
        for each in found.months
    )
    return page(
        sentence(goal_of(found), strong=verdict_text(found)),
        *map(sentence, so_far_texts(found)),
        sentence(f"{cause_text(found)} {evidence_text(found)}".strip()),
        table(("alone", "then", "months bought"), changes, words=2),
        table(("month", "from", "objective", "attainment", "bounds"), months, words=3),
    )
