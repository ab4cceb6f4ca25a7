"""The page of parameter sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from efssim.report.facts.load import drawn_texts
from efssim.report.facts.traces import thin_traces
from efssim.report.figures.files import FigureSvg
from efssim.report.figures.study.sets import sets_alt, tornado_alt
from efssim.report.html.study import Block, PageVerdict, Study, parameter_block, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import (
    Column,
    HtmlTable,
    bounded,
    duration,
    number,
    share,
    text,
)
from efssim.report.html.traces import trace_blocks
from efssim.report.text.uncertain.sets import importance_rows, numbers_of_sets, tornado_rows
from efssim.report.verdicts.run import goal
from efssim.report.verdicts.sets import colour_of_sets, met_in, sentences_of_sets, word_of_sets
from efssim.report.words.lines import counted, percent
from efssim.study.uncertain.study import SetStudy
from efssim.text.quantities import format_duration

_ROWS = 300


def sets_page(
    study: SetStudy,
    drawn: Mapping[tuple[str, str], FigureSvg],
    command: str,
    suffix: str = ".csv",
) -> str:
    """Return report.html of parameter sets; `drawn` has SVG files by replication and kind.

    `suffix` is how the name of the table beside it ends.
    """
    start, window = study.scenario.start, study.window
    begin, end = (start + timedelta(seconds=s) for s in (window.begin_s, window.end_s))
    meta = [
        f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC",
        format_duration(window.seconds),
        f"{counted(len(study), 'parameter set')} of {counted(study.trials, 'trial')}",
        f"seed {study.seed}",
    ]
    if study.partial:
        meta.append(f"PARTIAL: interrupted after {len(study)} of {len(study.design)} sets")
    pairs = [("Seed", str(study.seed)), ("Digest", study.digest)]
    return study_page(
        Study(
            kind="Replication lag where parameters are not known",
            title=study.scenario.name,
            description=study.scenario.description,
            meta=[*meta, *thin_traces(study.traces), *drawn_texts(study.cells, study.scenario)],
            blocks=[
                *_blocks(study, drawn, suffix),
                Block("What is not known", "unknown", table=_unknown(study)),
                *trace_blocks({study.scenario.name: study.traces}),
                parameter_block(study.scenario),
            ],
            reproduce=[("Command", command), *pairs] if command else pairs,
        )
    )


def _blocks(
    study: SetStudy, drawn: Mapping[tuple[str, str], FigureSvg], suffix: str
) -> Iterator[Block]:
    for ordinal, name in enumerate(study.replications):
        ident = f"r{ordinal}"
        yield Block(name, ident, _verdict(study, name))
        yield Block(
            "Set by set",
            f"{ident}-by-set",
            figure=_figure(study, name, drawn[name, "sets"], f"{ident}-sets"),
            is_part=True,
        )
        yield from _importance(study, name, drawn, ident)
        numbers = _plain("Over all parameter sets", numbers_of_sets(name, study))
        yield Block("Numbers", f"{ident}-numbers", table=numbers, is_part=True)
        each = _sets(study, name, suffix)
        yield Block("All sets", f"{ident}-all", table=each, is_folded=True, is_part=True)


def _verdict(study: SetStudy, name: str) -> PageVerdict:
    rpo, found = study.scenario.rpo, met_in(study.shares[name])
    sentences = " ".join(sentences_of_sets(name, study))
    return PageVerdict(
        colour_of_sets(name, study),
        f"RPO {word_of_sets(name, study).lower()}",
        f"{found[0].upper()}{found[1:]}. {sentences}",
        f"Objective: {goal(rpo.target, rpo.attainment)}, in {percent(study.share_of_sets)} of the "
        "parameter sets. The interval in brackets is of 95 %.",
    )


def _figure(study: SetStudy, name: str, svg: FigureSvg, ident: str) -> Figure:
    return Figure(
        ident,
        "Attainment of each parameter set",
        inlined(svg, ident),
        sets_alt(study, name),
        "Each mark is a parameter set, against the unknown that matters most.",
    )


def _importance(
    study: SetStudy, name: str, drawn: Mapping[tuple[str, str], FigureSvg], ident: str
) -> Iterator[Block]:
    """Yield how much each unknown matters, with the tornado if there is one."""
    rows = importance_rows(name, study)
    if len(rows) > 1:
        table = _plain("Share of the variance of the verdict that an unknown explains", rows)
        yield Block("What to measure first", f"{ident}-first", table=table, is_part=True)
    if (name, "tornado") in drawn:
        figure = Figure(
            f"{ident}-tornado",
            "Tornado",
            inlined(drawn[name, "tornado"], f"{ident}-tornado"),
            tornado_alt(study, name),
            "Attainment with one unknown low or high, and all others at their medians.",
        )
        table = _plain("Attainment by each unknown alone", tornado_rows(name, study))
        yield Block("Each alone", f"{ident}-alone", figure=figure, table=table, is_part=True)


def _plain(caption: str, rows: Sequence[Sequence[str]]) -> HtmlTable:
    """Return a table of texts, whose first row is its head."""
    head, *body = rows
    columns = [Column(title, ordinal > 0) for ordinal, title in enumerate(head)]
    cells = [[text(row[0]), *(number(0.0, one) for one in row[1:])] for row in body]
    return HtmlTable(caption, columns, cells)


def _sets(study: SetStudy, name: str, suffix: str) -> HtmlTable:
    rows = (
        [
            number(each.number),
            *(
                number(value, parameter.text(value))
                for parameter, value in zip(
                    study.parameters, study.design[each.number].values, strict=True
                )
            ),
            text(part.verdict),
            share(part.attainment),
            duration(part.age_p99_s),
            duration(part.age_max_s),
        ]
        for each in study.outcomes
        if (part := each.replications.get(name)) is not None
    )
    listed, note = bounded(rows, _ROWS, f"sets{suffix}")
    columns = [Column("set", True)]
    columns += [Column(each.path, True) for each in study.parameters]
    columns += [Column("verdict"), Column("attainment", True)]
    columns += [Column("p99 of the age", True), Column("largest age", True)]
    return HtmlTable(f"Parameter sets of {name}", columns, listed, True, note)


def _unknown(study: SetStudy) -> HtmlTable:
    rows = [[text(each.path), text(each.shown), text(each.source)] for each in study.parameters]
    columns = [Column("parameter"), Column("distribution"), Column("source")]
    return HtmlTable("Distributions of the parameters that are not known", columns, rows)
