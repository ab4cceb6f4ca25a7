"""Calibrations: parameters fitted to metrics, and the function that fits them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim.api.values import values_by_field
from efssim.calibration.backtest.backtest import HALF, SEED
from efssim.calibration.backtest.findings import Backtest
from efssim.calibration.calibration import (
    CalibrationFindings,
    CalibrationRequest,
    calibrated,
)
from efssim.calibration.summary import calibration_to_json
from efssim.errors import ArgumentError
from efssim.scenario.arguments import checked
from efssim.text.quantities import parse_count, parse_size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Files = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""Files, folders or patterns: one, or several that are read together."""


class Calibration(CalibrationFindings):
    """Timing of a replication as its metrics show it, and how well it forecasts.

    `fitted` has the parameters with their 95 % intervals, `backtest` the forecast of the later
    part, or the reason why there is none.
    """

    @classmethod
    def of(cls, data: CalibrationFindings) -> Calibration:
        """Return a calibration with plots and files."""
        return cls(**values_by_field(data))

    def __repr__(self) -> str:
        known = ", ".join(f"{one.name} {one.identified}" for one in self.fitted.parameters)
        return f"<efssim.Calibration: {known}>"

    def __str__(self) -> str:
        """Return the report that `efssim calibrate` prints."""
        from efssim.report.calibration.text import calibration_report

        return calibration_report(self, "")

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of the calibration as JSON; values are in SI units, times in UTC."""
        return calibration_to_json(self)

    def write(self, folder: str | os.PathLike[str], *, command: str = "") -> None:
        """Write the files that `efssim calibrate --out` writes: JSON, figures and a page.

        The page says that `command` repeats the calibration. All files are written or none. Raise
        OSError.
        """
        from efssim.report.calibration.files import write_calibration

        write_calibration(self, Path(folder), command)

    def write_scenario(self, file: str | os.PathLike[str]) -> None:
        """Write the scenario that `efssim calibrate -o` writes, and its writes beside it.

        Raise ValueError where nothing was fitted, OSError, FileExistsError for a file there that no
        calibration wrote.
        """
        from efssim.calibration.written.files import write_scenario

        if not self.is_fitted:
            raise ArgumentError("nothing was fitted, so there is no scenario to write")
        write_scenario(self, Path(file))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the measured and the simulated age of the back-test; return the Axes.

        Without `ax` it is a new figure of pyplot's. Raise ValueError without a back-test.
        """
        from efssim.report.calibration.figures import plot_backtest

        if not isinstance(self.backtest, Backtest):
            raise ArgumentError(f"there is no back-test: {self.backtest.reason}")
        return plot_backtest(self.backtest, ax)


@checked("calibrate")
def calibrate(
    lag: Files,
    writes: Files | None = None,
    *,
    size: object = None,
    files: object = None,
    timezone: str | None = None,
    file_system: str | None = None,
    share: float = HALF,
    seed: int = SEED,
) -> Calibration:
    """Fit the timing of a replication to exports of its metrics, and back-test the fit.

    `lag` has samples of TimeSinceLastSync, `writes` DataWriteIOBytes or single writes, in any
    format that is read. `size` and `files` of the source go into the scenario (`"2 TiB"`, or a file
    of StorageBytes; `"4 million"`). `timezone` is the IANA name of local times in the files;
    `file_system` the id of the source where they have several. The first `share` of the metrics is
    fitted to forecast the rest; `seed` is that of the forecast's draws. Raise TraceErrors for files
    that cannot be read, or that are no lag or no writes of the same file system and time, and
    ValueError for other arguments.
    """
    if not 0.1 <= share <= 0.9:
        raise ArgumentError(f"share is from 0.1 to 0.9, and not {share:g}")
    request = CalibrationRequest(
        _names(lag),
        () if writes is None else _names(writes),
        _size(size),
        None if files is None else parse_count(files),
        timezone,
        file_system,
    )
    return Calibration.of(calibrated(request, share, seed))


def _size(size: object) -> str | None:
    """Return a size as a request has it: the name of a file, or bytes."""
    if isinstance(size, str | os.PathLike) and Path(size).exists():
        return os.fspath(size)
    return None if size is None else str(parse_size(size))


def _names(files: Files) -> tuple[str, ...]:
    given = [files] if isinstance(files, str | os.PathLike) else files
    return tuple(os.fspath(one) for one in given)
