"""The page of a single run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from efssim.json_values import JsonObject, to_json
from efssim.report.facts.assumptions import assumed_parameters
from efssim.report.facts.traces import thin_traces, trace_findings
from efssim.report.figures.files import Drawing
from efssim.report.html import run_tables as tables
from efssim.report.html.alarms import alarm_table, alarm_texts, change_table
from efssim.report.html.charts.timeline import timeline_json
from efssim.report.html.compliance import month_table
from efssim.report.html.fleets import fleet_sections, verdict_on_all
from efssim.report.html.page import render
from efssim.report.html.sections import sentence
from efssim.report.html.study import PageVerdict
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import HtmlTable
from efssim.report.html.traces import trace_table
from efssim.report.text.details import diverging_text, sentences
from efssim.report.text.fleets.run import (
    fleet_sentences,
    load_of_fleet,
    members_of_run,
    sections_of,
)
from efssim.report.verdicts.cautions import cautions
from efssim.report.verdicts.fleets import SECTIONS, are_many, verdict_of_fleet
from efssim.report.verdicts.objectives import least, objective_texts, said_of_run
from efssim.report.verdicts.run import attained, disaster, goal
from efssim.report.verdicts.words import WORDS, colour_of_run, words_of_run
from efssim.report.words.cost import cost_texts
from efssim.report.words.terms import AGE_NAME
from efssim.report.words.thresholds import threshold_texts
from efssim.runs.outcome import Outcome
from efssim.runs.run import Run
from efssim.study.trial.facts import is_random
from efssim.text.quantities import format_duration, format_size

_TITLES = {
    "age": AGE_NAME.capitalize(),
    "lag": "How often is a lag longer than that?",
    "syncs": "How long do syncs take?",
    "pending": "What would a disaster lose?",
    "risk": "When is it at risk?",
    "credits": "Do burst credits last?",
}
_CAPTIONS = {
    "age": "Coloured bands are statuses other than ENABLED. Bars above are disturbances, with a "
    "mark for each kind; green lines are API calls. The dashed line is the RPO target.",
    "lag": "The objective is met where the curve of the age crosses the RPO target below the "
    "horizontal line.",
    "syncs": "Each point is a sync that completed in the window.",
    "pending": "Pending bytes are exact at each completion and drawn as if they grew evenly in "
    "between.",
    "risk": "Share of each hour of the week with an age above the RPO target, on a scale that is "
    "the same for every run. Grey: no age is defined. Left out below four weeks.",
    "credits": "Credits at whole hours and at changes of the throughput mode; the fewest of an "
    "hour are drawn in its middle. Without any, writes wait for the baseline of the source.",
}


@dataclass(frozen=True)
class Section:
    """The section of a page on one replication."""

    id: str
    name: str
    route: str
    kind: str
    word: str
    goal: str
    attained: str
    disaster: str
    objectives: list[str]
    diverging: str
    sentences: list[str]
    cautions: list[str]
    assumed: str
    lags: HtmlTable
    facts: HtmlTable
    timeline: Figure | None
    figures: list[Figure]
    violations: HtmlTable
    months: HtmlTable
    statuses: HtmlTable
    numbers: HtmlTable


def run_page(result: Run, drawn: Iterable[Drawing], command: str, suffix: str = ".csv") -> str:
    """Return report.html of a run, with its figures; `command` reproduces it.

    `suffix` is how the names of the tables beside it end.
    """
    window = to_json(result.window, result.scenario.start)
    drawn = list(drawn)
    return render(
        "run.html",
        title=result.scenario.name,
        description=result.scenario.description,
        window=window,
        window_text=format_duration(result.window.seconds),
        seed=result.seed,
        trial=result.trial,
        is_random=is_random(result.scenario),
        digest=result.digest,
        command=command,
        sections=list(_sections(result, drawn, suffix)),
        overview=tables.overview(result),
        replications=len(result.outcomes),
        answer=_answer(result) if len(result.outcomes) > 1 else None,
        fleet=_of_fleet(result),
        fleets=list(fleet_sections(result, drawn)),
        spread=tables.spread(result),
        most=SECTIONS,
        has_records=result.has_records,
        events=tables.events(result, suffix),
        sums=tables.sums(result, suffix),
        parameters=tables.parameters(result.scenario),
        traces=trace_findings(result.traces),
        trace_table=trace_table(result.traces),
        thin=thin_traces(result.traces),
        alarms=alarm_texts(result),
        alarm_table=alarm_table(result),
        alarm_changes=change_table(result, suffix),
        cost=cost_texts(result.cost),
        thresholds=threshold_texts(result.run_summary.thresholds),
        document=tables.all_numbers(_of_the_run(result), "the run"),
    )


def _answer(result: Run) -> PageVerdict:
    """Return the verdict on all replications together."""
    members, is_uncertain = members_of_run(result), bool(result.uncertain)
    colours = [
        colour_of_run(outcome.summary, is_uncertain=is_uncertain)
        for outcome in result.outcomes.values()
    ]
    diverging = sum(outcome.summary.syncs.diverging for outcome in result.outcomes.values())
    said = verdict_of_fleet(members, result.scenario.rpo, WORDS, is_uncertain=is_uncertain)
    return verdict_on_all(members, WORDS, colours, diverging, said)


def _of_fleet(result: Run) -> list[str]:
    """Return the sentences that sum up many replications below the verdict; none of a few."""
    if not are_many(result.outcomes):
        return []
    _, *rest = fleet_sentences(result, members_of_run(result))
    return [*rest, *load_of_fleet(result)]


def _of_the_run(result: Run) -> JsonObject:
    """Return the summary without its replications."""
    whole = to_json(replace(result.run_summary, replications={}, alarms={}), result.scenario.start)
    return {key: value for key, value in whole.items() if key != "replications"}


def _sections(result: Run, drawn: list[Drawing], suffix: str) -> Iterator[Section]:
    """Yield the sections, in the order of the scenario."""
    shown = sections_of(result)
    for ordinal, name in enumerate(shown):
        figures = {
            drawing.kind: _figure(result, drawing, f"r{ordinal}-{drawing.kind}", len(shown))
            for drawing in drawn
            if drawing.replication == name
        }
        yield _section(f"r{ordinal}", result, name, figures, suffix)


def _section(
    ident: str, result: Run, name: str, figures: dict[str, Figure], suffix: str
) -> Section:
    outcome = result.outcomes[name]
    return Section(
        id=ident,
        name=name,
        route=_route(result, name, outcome),
        kind=least(
            colour_of_run(outcome.summary, is_uncertain=bool(result.uncertain)),
            said_of_run(outcome.summary).values(),
        ),
        word=words_of_run(outcome.summary, is_uncertain=bool(result.uncertain)),
        goal=goal(outcome.summary.rpo.target_s, outcome.summary.rpo.objective),
        attained=sentence(attained(outcome, result)),
        disaster=disaster(outcome),
        objectives=objective_texts(outcome.summary),
        diverging=diverging_text(outcome, result),
        sentences=sentences(name, outcome, result),
        cautions=cautions(outcome, result),
        assumed=", ".join(f"{k} {v}" for k, v in assumed_parameters(result.scenario, outcome)),
        lags=tables.lag_table(outcome.summary, name),
        facts=tables.facts(outcome.summary, name),
        timeline=figures.get("age"),
        figures=[
            figures[kind] for kind in _TITLES if kind in figures and kind not in _elsewhere(outcome)
        ],
        violations=tables.violations(result, name, suffix),
        months=month_table(name, outcome.summary.compliance),
        statuses=tables.statuses(result, name, suffix),
        numbers=tables.all_numbers(
            to_json(outcome.summary, result.scenario.start),
            name,
            is_diverging=outcome.summary.syncs.diverging,
        ),
    )


def _elsewhere(outcome: Outcome) -> tuple[str, ...]:
    """Return the figures without a place of their own: of lags that diverge there is none."""
    return ("age", "lag") if outcome.summary.syncs.diverging else ("age",)


def _route(result: Run, name: str, outcome: Outcome) -> str:
    """Return source and destination of a replication, and the content of the source, in words."""
    spec = result.scenario.replications.get(name)
    source = result.scenario.file_systems.get(outcome.source)
    if spec is None or source is None:
        return f"from {outcome.source}, created by an API call"
    where = spec.destination
    to = where.region or where.availability_zone or where.file_system or "the same Region"
    return f"{outcome.source} in {source.home} to {to}, {format_size(source.size)}"


def _figure(result: Run, drawing: Drawing, ident: str, sections: int) -> Figure:
    name, kind = drawing.replication, drawing.kind
    return Figure(
        id=ident,
        title=_TITLES[kind],
        svg=inlined(drawing.svg, ident),
        alt=drawing.alt,
        caption=_CAPTIONS[kind],
        table=tables.behind(kind, result, name),
        timeline=timeline_json(result, name, sections) if kind == "age" else "",
    )
