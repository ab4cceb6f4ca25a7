"""A choice in Jupyter."""

from __future__ import annotations

from efssim.markup import page, sentence, table
from efssim.report.choice.text import HEAD, answer_sentence, rows
from efssim.study.choosing.choice import ChoiceFindings
from efssim.study.choosing.summary import choice_summary


def choice_html(found: ChoiceFindings) -> str:
    """Return the answer, its cautions and the scenarios as HTML."""
    said = choice_summary(found)
    return page(
        sentence("", strong=answer_sentence(said)),
        *(sentence(caution) for caution in said.cautions),
        table(HEAD, map(tuple, rows(found, said)), words=1),
    )
