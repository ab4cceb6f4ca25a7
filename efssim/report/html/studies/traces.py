"""The page of profiles of measurements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from efssim.report.facts.profiles import (
    QUANTILES,
    cautions,
    file_notes,
    gaps_text,
    growth_text,
    hot_set_text,
    lag_text,
    moment,
    resolution_text,
    span_text,
    written_text,
)
from efssim.report.figures.files import FigureSvg
from efssim.report.figures.measured.pictures import Picture
from efssim.report.html.study import Block, PageVerdict, Study, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import (
    NONE,
    Cell,
    Column,
    HtmlTable,
    duration,
    number,
    share,
    size,
    text,
)
from efssim.text.digits import grouped
from efssim.text.quantities import format_byte_rate
from efssim.traces.profile.busiest import BusiestWindow
from efssim.traces.profile.lags import LagProfile
from efssim.traces.profile.measured import MeasuredTraces
from efssim.traces.profile.writes import WritesProfile


def traces_page(
    found: MeasuredTraces,
    pictures: Mapping[str, Picture],
    drawn: Mapping[str, FigureSvg],
    command: str,
) -> str:
    """Return report.html of measurements; `pictures` and their SVG files are by stem."""
    blocks: list[Block] = []
    for ordinal, one in enumerate(found.profiled, start=1):
        prefix = "" if ordinal == 1 else f"{ordinal}-"
        own = {
            stem: figure
            for stem, figure in pictures.items()
            if stem.partition("-")[0] == str(ordinal) or (ordinal == 1 and "-" not in stem)
        }
        blocks += _of_writes(one.profile, prefix, own, drawn)
    blocks += [_of_lag(lag, k) for k, lag in enumerate(found.lags, start=1)]
    return study_page(
        Study(
            kind="Profile of measurements",
            title=", ".join(file.file for file in found.files),
            description="",
            meta=list(file_notes(found)),
            blocks=blocks,
            reproduce=[("Command", command)] if command else [],
        )
    )


def _of_writes(
    profile: WritesProfile, prefix: str, own: Mapping[str, Picture], drawn: Mapping[str, FigureSvg]
) -> Iterator[Block]:
    said = " ".join([span_text(profile.coverage) + ".", gaps_text(profile.coverage)])
    verdict = PageVerdict("open", "How much was written?", written_text(profile), said)
    minded = list(cautions(profile))
    text = "To be minded:" if minded else ""
    yield Block(profile.name, f"{prefix}profile", verdict, text, points=minded)
    tables = {
        "writes": (_busiest(profile), resolution_text(profile)),
        "dispersion": (_dispersion(profile), _level(profile)),
        "unique": (_unique(profile), _said_of_hot_set(profile)),
    }
    for stem, picture in own.items():
        table, words_below = tables.get(stem.removeprefix(prefix), (None, ""))
        figure = Figure(
            stem, picture.title, inlined(drawn[stem], stem), picture.alt, picture.caption
        )
        yield Block(
            picture.title,
            f"{stem}-part",
            text=words_below,
            figure=figure,
            table=table,
            is_part=True,
        )
    missing = {profile.clock.daily_reason, profile.clock.weekly_reason} - {None}
    if missing:
        reasons = "; ".join(sorted(map(str, missing)))
        yield Block(
            "By the hour", f"{prefix}hours", text=f"Not all of it: {reasons}.", is_part=True
        )


def _level(profile: WritesProfile) -> str:
    """Return how the index changes, where that is no caution."""
    return growth_text(profile) if profile.growth.verdict == "level" else ""


def _said_of_hot_set(profile: WritesProfile) -> str:
    return "" if profile.hot_set is None else hot_set_text(profile.hot_set)


def _busiest(profile: WritesProfile) -> HtmlTable:
    rows = [_busiest_row(one) for one in profile.busiest]
    head = [
        Column("window"),
        Column("bytes", True),
        Column("rate", True),
        Column("begins (UTC)"),
        Column("at most", True),
    ]
    return HtmlTable("The busiest windows", head, rows)


def _busiest_row(one: BusiestWindow) -> list[Cell]:
    if one.bytes is None:
        nothing = number(None)
        return [text(one.window), nothing, nothing, text(one.reason or NONE), nothing]
    begins = Cell(moment(one.begin_s), one.begin_s, is_time=True)
    rate = number(one.bytes, format_byte_rate(one.bytes / one.window_s))
    return [text(one.window), size(one.bytes), rate, begins, size(one.at_most_bytes)]


def _dispersion(profile: WritesProfile) -> HtmlTable:
    rows = [
        [
            duration(one.window_s),
            number(one.windows),
            size(one.bytes),
            number(one.writes, None if one.writes is None else grouped(one.writes)),
        ]
        for one in profile.dispersion
    ]
    head = [Column(name, True) for name in ("window", "windows", "of bytes", "of writes")]
    return HtmlTable("Index of dispersion", head, rows)


def _unique(profile: WritesProfile) -> HtmlTable | None:
    if profile.unique is None:
        return None
    fitted = profile.hot_set.fitted_bytes if profile.hot_set is not None else ()
    rows = [
        [
            duration(one.window_s),
            number(one.windows),
            size(one.written_bytes),
            size(one.unique_bytes),
            share(round(one.unique_bytes / one.written_bytes, 4) if one.written_bytes else None),
            size(fitted[k] if fitted else None),
        ]
        for k, one in enumerate(profile.unique.windows)
    ]
    names = ("window", "windows", "written", "unique", "of written", "hot set")
    return HtmlTable("Unique bytes per window", [Column(name, True) for name in names], rows)


def _of_lag(lag: LagProfile, ordinal: int) -> Block:
    values = (lag.p50_s, lag.p90_s, lag.p95_s, lag.p99_s, lag.max_s)
    table = HtmlTable(
        "Samples of the lag",
        [Column("samples", True), *(Column(name, True) for name in QUANTILES)],
        [[number(lag.samples), *map(duration, values)]],
    )
    said = f"{span_text(lag.coverage)}. {gaps_text(lag.coverage)}"
    verdict = PageVerdict("open", "How large was the lag?", lag_text(lag), said)
    return Block(lag.name, f"lag-{ordinal}", verdict, table=table)
