"""A calibration on a terminal: the parameters, whether to trust a forecast, and why."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.calibration.backtest.findings import Backtest
from efssim.calibration.calibration import CalibrationFindings
from efssim.calibration.summary import calibration_to_json
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
    stretch_text,
    total_text,
    trust_word,
    undisturbed_errors,
    verdict_text,
)
from efssim.report.text.parts import joined
from efssim.report.words.json_text import json_text
from efssim.report.words.lines import aligned, command_lines, short, wrapped

_LISTED = 8
"""Stretches that are listed one by one."""


def calibration_json(findings: CalibrationFindings) -> str:
    """Return the JSON that `efssim calibrate --format json` prints."""
    return json_text(calibration_to_json(findings))


def calibration_report(findings: CalibrationFindings, command: str) -> str:
    """Return the report; `command` reproduces it."""
    return joined(
        [
            wrapped("efssim calibrate: TimeSinceLastSync") + wrapped(span_text(findings), indent=2),
            _beware(findings),
            wrapped(f"{trust_word(findings).upper()}. {verdict_text(findings)}", indent=2),
            _parameters(findings) if findings.is_fitted else [],
            _backtest(findings),
            _left_out(findings),
            _files(findings),
            wrapped(ASSUMED, indent=2),
            command_lines(command) if command else [],
        ]
    )


def _beware(findings: CalibrationFindings) -> list[str]:
    return [
        line for caution in findings.cautions for line in wrapped(f"BEWARE: {caution}", indent=2)
    ]


def _parameters(findings: CalibrationFindings) -> list[str]:
    rows = list(parameter_rows(findings))
    head = ("parameter", "value", "95 % interval", "identified")
    table = aligned([head, *(row[:4] for row in rows)])
    reasons = [
        line
        for name, _, _, _, reason in rows
        if reason
        for line in wrapped(f"{name}: {reason}", indent=2)
    ]
    more = [line for text in _beside(findings) for line in wrapped(text, indent=2)]
    return [*table, *reasons, *more]


def _beside(findings: CalibrationFindings) -> Iterator[str]:
    yield noise_text(findings)
    yield simulated_text(findings)


def _backtest(findings: CalibrationFindings) -> list[str]:
    found = findings.backtest
    if not isinstance(found, Backtest):
        return []
    rows = [
        ["age", "measured", "simulated", "error"],
        *(
            [name, short(measured), short(simulated), signed_percent(error)]
            for name, measured, simulated, error in backtest_rows(found)
        ),
    ]
    calm = undisturbed_errors(found)
    if calm:
        column = ["outside of disturbances", *map(signed_percent, calm)]
        rows = [[*row, cell] for row, cell in zip(rows, column, strict=True)]
    return [*wrapped(f"Back-test. {backtest_text(found)}", indent=2), *aligned(rows)]


def _left_out(findings: CalibrationFindings) -> list[str]:
    totals = left_out_totals(findings)
    if not totals:
        return []
    lines = ["Left out of the fit:"]
    for total in totals:
        lines += wrapped(f"  {total_text(total)}", 4)
        some = [one for one in findings.fitted.left_out if one.kind == total.kind]
        if len(some) <= _LISTED:
            for one in some:
                lines += wrapped(f"    {stretch_text(one)}", 6)
    return lines


def _files(findings: CalibrationFindings) -> list[str]:
    lines = [
        line
        for file in files_read(findings)
        for line in wrapped(f"{file.file}: {'; '.join([file.format, *file_notes(file)])}", indent=2)
    ]
    notes = [line for note in findings.notes for line in wrapped(f"{note}.", indent=2)]
    return [*lines, *notes]
