"""The parts of a page on fleets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from efssim.report.figures.files import FLEET, Drawing
from efssim.report.figures.run.fleet import CURVES, HasAge, ages_of
from efssim.report.html.sections import sentence
from efssim.report.html.study import PageVerdict
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import Cell, Column, HtmlTable, duration, text
from efssim.report.text.fleets.run import members_of
from efssim.report.text.fleets.tables import SPREAD_HEAD, WORST_HEAD, spread_rows, worst_rows
from efssim.report.verdicts.fleets import Member, are_many, worst_kind
from efssim.report.verdicts.words import Kind
from efssim.report.words.fleets import fleet_texts
from efssim.runs.fleets.spread import item_spread
from efssim.runs.run import Run

CAPTION = (
    "The ages of the items, each number by itself in rising order; the dashed line is the RPO "
    "target."
)


@dataclass(frozen=True)
class FleetSection:
    """The part of a page on one fleet."""

    id: str
    name: str
    words: str
    figure: Figure | None
    spread: HtmlTable
    worst: HtmlTable
    is_whole: bool
    """Whether all replications of the run are its items, many of them."""


def verdict_on_all(
    members: Sequence[Member],
    names: Mapping[Kind, str],
    colours: Collection[Kind],
    diverging: int,
    said: str,
) -> PageVerdict:
    """Return the verdict on replications together: the worst, and how many fall behind for good.

    `names` are the words of verdicts, `colours` those of each replication, and `said` the sentence,
    after its words.
    """
    word = f"RPO {names[worst_kind([one.kind for one in members])].lower()}"
    if diverging:
        word += f", {diverging:,} diverging"
    return PageVerdict(worst_kind(colours), word, sentence(said.partition(": ")[2]))


def fleet_sections(result: Run, drawn: Iterable[Drawing]) -> Iterator[FleetSection]:
    """Yield the part of each fleet of a run."""
    figures = {each.replication: each for each in drawn if each.kind == FLEET}
    found = result.run_summary.fleets
    for ordinal, ((name, one), words) in enumerate(
        zip(found.items(), fleet_texts(found), strict=True)
    ):
        items, ident = result.items(name), f"fleet{ordinal}"
        ages = {item: outcome.summary.age for item, outcome in items.items()}
        drawing = figures.get(name)
        members = members_of(items, is_uncertain=bool(result.uncertain))
        yield FleetSection(
            id=ident,
            name=name,
            words=words,
            figure=None if drawing is None else fleet_figure(name, ident, drawing, ages),
            spread=spread_table(name, members),
            worst=_worst_table(name, members),
            is_whole=one.count == len(result.outcomes) and are_many(result.outcomes),
        )


def fleet_figure(name: str, ident: str, drawing: Drawing, ages: Mapping[str, HasAge]) -> Figure:
    """Return the figure of a fleet with the numbers behind it."""
    return Figure(
        id=f"{ident}-figure",
        title="How do the items differ?",
        svg=inlined(drawing.svg, ident),
        alt=drawing.alt,
        caption=CAPTION,
        table=ages_table(name, ages),
    )


def spread_table(name: str, members: list[Member]) -> HtmlTable:
    """Return how the numbers of the items of a fleet spread."""
    rows = [[text(title), *map(_plain, cells)] for title, *cells in spread_rows(members)]
    head = [Column("over items"), *(Column(title, True) for title in SPREAD_HEAD)]
    return HtmlTable(f"Numbers over the {len(members):,} items of {name}", head, rows)


def ages_table(name: str, ages: Mapping[str, HasAge]) -> HtmlTable:
    """Return how the ages of the items of a fleet spread."""
    rows = []
    for key, (title, _) in CURVES.items():
        spread = item_spread(ages_of(ages, key))
        ends = (spread.min, spread.p50, spread.p95, spread.max)
        rows.append([text(title), *map(duration, ends)])
    head = [Column("age"), *(Column(title, True) for title in SPREAD_HEAD)]
    return HtmlTable(f"Ages over the items of {name}", head, rows)


def _worst_table(name: str, members: list[Member]) -> HtmlTable:
    """Return the items with the least attainment."""
    rows = [
        [text(item), text(word), *map(_plain, cells)] for item, word, *cells in worst_rows(members)
    ]
    first, second, *rest = WORST_HEAD
    head = [Column(first), Column(second, term="rpo"), *(Column(title, True) for title in rest)]
    return HtmlTable(f"The {len(rows)} items of {name} with the least attainment", head, rows)


def _plain(shown: str) -> Cell:
    return Cell(shown, is_number=True)
