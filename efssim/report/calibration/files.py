"""The files of a calibration."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from efssim.calibration.backtest.backtest import SEED
from efssim.calibration.backtest.findings import Backtest
from efssim.calibration.calibration import CalibrationFindings
from efssim.report.calibration.figures import ages_alt, backtest_alt, plot_ages, plot_backtest
from efssim.report.calibration.text import calibration_json
from efssim.report.files.study import Sketch, write_study

CALIBRATION = "calibration.json"


def write_calibration(findings: CalibrationFindings, folder: Path, command: str = "") -> None:
    """Write calibration.json, figures, report.html and manifest.json into a folder; raise OSError.

    All files are written or none; those of an earlier result by its manifest go.
    """
    from efssim.report.calibration.page import calibration_page

    write_study(
        folder,
        {CALIBRATION: calibration_json(findings)},
        {},
        _sketches(findings),
        lambda drawn: calibration_page(findings, drawn, command),
        seed=SEED,
        about={"files": [file.file for file in findings.files]},
    )


def _sketches(findings: CalibrationFindings) -> dict[str, Sketch]:
    found = findings.backtest
    if not isinstance(found, Backtest):
        return {}
    return {
        "backtest": Sketch(partial(plot_backtest, found), backtest_alt(found)),
        "ages": Sketch(partial(plot_ages, found), ages_alt(found)),
    }
