"""The pages of studies: trials, plans, sweeps and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efssim.report.html.page import render
from efssim.report.html.run_tables import parameters
from efssim.report.html.svg import Figure
from efssim.report.html.tables import HtmlTable
from efssim.scenario import Scenario


@dataclass(frozen=True)
class PageVerdict:
    """The verdict at the top of a page."""

    kind: str
    """`met`, `missed` or `open`, which decides the colour."""
    word: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Block:
    """A heading with the content below it."""

    title: str
    id: str
    verdict: PageVerdict | None = None
    text: str = ""
    figure: Figure | None = None
    table: HtmlTable | None = None
    is_folded: bool = False
    """Whether the table has to be opened."""
    links: Sequence[tuple[str, str]] = ()
    """Pages beside this one: their names, and where they are."""
    is_part: bool = False
    """Whether it belongs to the one before."""
    points: Sequence[str] = ()
    """Sentences of a list, below the text."""


@dataclass(frozen=True)
class Study:
    """A page."""

    kind: str
    """The kind of study."""
    title: str
    description: str
    meta: Sequence[str]
    blocks: Sequence[Block]
    reproduce: Sequence[tuple[str, str]]
    """Everything needed to repeat it, by name."""


def parameter_block(scenario: Scenario, text: str = "") -> Block:
    """Return the parameters of a scenario, to be opened."""
    title, table = "What was assumed, and what was measured", parameters(scenario)
    return Block(title, "parameters", text=text, table=table, is_folded=True)


def study_page(study: Study) -> str:
    """Return report.html of a study."""
    return render("study.html", title=study.title, description=study.description, study=study)
