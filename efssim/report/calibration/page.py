"""The page of a calibration."""

from __future__ import annotations

from efssim.calibration.backtest.findings import Backtest, Trust
from efssim.calibration.calibration import CalibrationFindings, utc_text
from efssim.calibration.summary import trust_of
from efssim.report.calibration.figures import ages_alt, backtest_alt
from efssim.report.calibration.words import (
    ASSUMED,
    backtest_rows,
    backtest_text,
    file_notes,
    files_read,
    left_out_totals,
    noise_text,
    parameter_rows,
    signed_percent,
    simulated_text,
    span_text,
    total_text,
    trust_word,
    undisturbed_errors,
    verdict_text,
)
from efssim.report.figures.files import FigureSvg
from efssim.report.html.study import Block, PageVerdict, Study, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import (
    Cell,
    Column,
    HtmlTable,
    bounded,
    duration,
    number,
    text,
)

_KINDS = {
    Trust.YES: "met",
    Trust.ROUGHLY: "open",
    Trust.NO: "missed",
    Trust.UNKNOWN: "open",
}
_ROWS = 50
"""Stretches that the page lists; calibration.json has all."""


def calibration_page(
    findings: CalibrationFindings, drawn: dict[str, FigureSvg], command: str
) -> str:
    """Return report.html; `drawn` has the SVG files `backtest` and `ages`, if there is one."""
    return study_page(
        Study(
            kind="Calibration",
            title="Replication timing from TimeSinceLastSync",
            description="",
            meta=[span_text(findings)],
            blocks=_blocks(findings, drawn),
            reproduce=[("Command", command)] if command else [],
        )
    )


def _blocks(findings: CalibrationFindings, drawn: dict[str, FigureSvg]) -> list[Block]:
    beside = " ".join(part for part in (noise_text(findings), simulated_text(findings)) if part)
    blocks = [Block("Whether to trust a forecast", "trust", _verdict(findings))]
    if findings.is_fitted:
        blocks.append(Block("Parameters", "parameters", text=beside, table=_parameters(findings)))
    if isinstance(findings.backtest, Backtest):
        blocks += _backtest(findings.backtest, drawn)
    if findings.fitted.left_out:
        blocks.append(_left_out(findings))
    return [*blocks, Block("What was read", "files", text=ASSUMED, table=_files(findings))]


def _verdict(findings: CalibrationFindings) -> PageVerdict:
    kind = _KINDS[trust_of(findings)] if findings.is_fitted else "missed"
    cautions = " ".join(f"Beware: {caution}" for caution in findings.cautions)
    return PageVerdict(kind, trust_word(findings), verdict_text(findings), cautions)


def _parameters(findings: CalibrationFindings) -> HtmlTable:
    rows = [
        [text(name), Cell(value, is_number=True), text(interval), text(identified), text(reason)]
        for name, value, interval, identified, reason in parameter_rows(findings)
    ]
    head = [
        Column("parameter"),
        Column("value", True),
        Column("95 % interval", term="interval"),
        Column("identified"),
        Column("reason"),
    ]
    return HtmlTable("Parameters as the metrics show them", head, rows)


def _backtest(found: Backtest, drawn: dict[str, FigureSvg]) -> list[Block]:
    caption = "Of many samples each column shows the largest age in it."
    if found.replayed:
        caption += " Grey: pauses and outages that were replayed as measured."
    over_time = Figure(
        "backtest",
        "Measured and simulated age",
        inlined(drawn["backtest"], "backtest"),
        backtest_alt(found),
        caption,
    )
    ages = Figure(
        "ages",
        "Distribution of the age",
        inlined(drawn["ages"], "ages"),
        ages_alt(found),
        "Share of the samples of the predicted part at or below each age.",
    )
    return [
        Block("Back-test", "backtest-part", text=backtest_text(found), figure=over_time),
        Block("Distributions", "ages-part", figure=ages, is_part=True),
        Block("Errors", "errors", table=_errors(found), is_part=True),
    ]


def _errors(found: Backtest) -> HtmlTable:
    rows = [
        [
            text(name),
            duration(measured),
            duration(simulated),
            number(error, signed_percent(error)),
        ]
        for name, measured, simulated, error in backtest_rows(found)
    ]
    head = [
        Column("age", term="age"),
        Column("measured", True),
        Column("simulated", True),
        Column("error", True),
    ]
    calm = undisturbed_errors(found)
    if calm:
        head.append(Column("error outside of disturbances", True))
        cells = (number(error, signed_percent(error)) for error in calm)
        rows = [[*row, cell] for row, cell in zip(rows, cells, strict=True)]
    return HtmlTable("Quantiles of the age in the predicted part", head, rows)


def _left_out(findings: CalibrationFindings) -> Block:
    said = "; ".join(map(total_text, left_out_totals(findings)))
    rows = (
        [
            Cell(utc_text(one.begin_s), one.begin_s, is_time=True),
            duration(one.end_s - one.begin_s),
            text(one.kind.value),
            text(one.sentence),
        ]
        for one in findings.fitted.left_out
    )
    listed, note = bounded(rows, _ROWS, "calibration.json")
    head = [Column("begin"), Column("length", True), Column("kind"), Column("why")]
    table = HtmlTable("Time that took no part in the fit", head, listed, note=note)
    return Block("What was left out", "left-out", text=f"{said}.", table=table, is_folded=True)


def _files(findings: CalibrationFindings) -> HtmlTable:
    rows = [
        [text(file.file), text(file.format), text("; ".join(file_notes(file)))]
        for file in files_read(findings)
    ]
    note = " ".join(f"{one}." for one in findings.notes)
    head = [Column("file"), Column("format"), Column("notes")]
    return HtmlTable("Files", head, rows, note=note)
