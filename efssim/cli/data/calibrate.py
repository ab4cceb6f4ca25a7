"""`efssim calibrate`: the timing of a replication, fitted to exports of its metrics."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from efssim.cli.common import Command, check_folder, deliver, handles_errors
from efssim.cli.options import (
    Folder,
    examples,
    format_option,
    new_scenario_option,
    parsed,
    quiet_option,
)
from efssim.cli.output import MISSED, fail, say

if TYPE_CHECKING:
    from efssim.api.calibration import Calibration

_HALF = 0.5


def _size(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Return `--size` as it was typed; raise click.BadParameter for neither size nor file."""
    from efssim.text.quantities import parse_size

    if value is None or Path(value).exists():
        return value
    try:
        parse_size(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r}: {error}, and no file") from None
    return value


def _count(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """Return the count of `--files`; raise click.BadParameter."""
    from efssim.text.quantities import parse_count

    return None if value is None else parsed(parse_count, value)


def _share(_: click.Context, __: click.Parameter, value: str) -> float:
    """Return the share of `--fit`; raise click.BadParameter."""
    from efssim.text.quantities import parse_fraction

    share = parsed(parse_fraction, value)
    if not 0.1 <= share <= 0.9:
        raise click.BadParameter(f"{value!r}: must be from 10% to 90%")
    return share


@click.command(
    cls=Command,
    epilog=examples(
        "efssim calibrate --lag TimeSinceLastSync.json --writes DataWriteIOBytes.json",
        "efssim calibrate --lag lag/ --writes writes/ --size 2TiB -o fitted.yaml --out report",
    ),
)
@click.option(
    "--lag",
    multiple=True,
    required=True,
    metavar="FILE",
    help="Export of TimeSinceLastSync: a file, folder or pattern; may be repeated.",
)
@click.option(
    "--writes",
    multiple=True,
    metavar="FILE",
    show_default="none, and no back-test",
    help="Export of DataWriteIOBytes, or single writes; may be repeated.",
)
@click.option(
    "--size",
    callback=_size,
    metavar="SIZE|FILE",
    show_default="not known",
    help="Size of the source for the scenario, or an export of StorageBytes.",
)
@click.option(
    "--files",
    callback=_count,
    metavar="N",
    show_default="not known",
    help="Number of files of the source for the scenario.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    show_default="UTC",
    help="Time zone of local times in the files, such as Europe/Berlin.",
)
@click.option(
    "--file-system",
    metavar="ID",
    show_default="the only one",
    help="Id of the source, where the files have several.",
)
@click.option(
    "--fit",
    "share",
    callback=_share,
    default="50%",
    show_default=True,
    metavar="SHARE",
    help="Share of the metrics that the back-test is fitted to; it forecasts the rest.",
)
@new_scenario_option("Write a scenario with the fitted parameters.")
@click.option(
    "--out",
    type=Folder(),
    metavar="DIR",
    show_default="no files",
    help="Also write a report with figures here; what efssim did not write stays as it is.",
)
@format_option()
@quiet_option("No messages on standard error.")
@handles_errors
def calibrate(**asked: Any) -> None:
    """Fit a replication's timing to exports of its metrics, and back-test it.

    Each parameter has a 95 % interval and says how well the metrics tell it. The exit code is 1
    where nothing could be fitted.
    """
    request = CalibrateOptions(**asked)
    request.refuse_files()
    found = _found(request)
    again = request.reproducing()
    deliver(
        _writer(found, request, again),
        request.form,
        lambda: _json(found),
        lambda: _text(found, again),
    )
    if not request.quiet:
        for message in _messages(found, request):
            say(message)
    if not found.is_fitted:
        sys.exit(MISSED)


@dataclass(frozen=True, kw_only=True)
class CalibrateOptions:
    """The options of `efssim calibrate`."""

    lag: tuple[str, ...]
    writes: tuple[str, ...]
    size: str | None
    files: int | None
    timezone: str | None
    file_system: str | None
    share: float
    scenario: Path | None
    out: Path | None
    form: str
    quiet: bool

    def refuse_files(self) -> None:
        """Raise OSError for files that cannot be written, before anything is read."""
        from efssim.calibration.written.files import refuse_scenario_file

        if self.scenario is not None:
            refuse_scenario_file(self.scenario, bool(self.writes))
        check_folder(self.out, "calibration.json")

    def reproducing(self) -> str:
        """Return the command that gives the same result again."""
        given = {
            "--size": self.size,
            "--files": self.files,
            "--timezone": self.timezone,
            "--file-system": self.file_system,
            "--fit": None if self.share == _HALF else f"{100 * self.share:g}%",
        }
        words = ["efssim", "calibrate"]
        words += [word for file in self.lag for word in ("--lag", file)]
        words += [word for file in self.writes for word in ("--writes", file)]
        for option, value in given.items():
            words += [] if value is None else [option, str(value)]
        return shlex.join(words)


def _found(request: CalibrateOptions) -> Calibration:
    from efssim.api.calibration import calibrate as calibrated
    from efssim.traces.problems import TraceErrors

    try:
        return calibrated(
            request.lag,
            request.writes or None,
            size=request.size,
            files=request.files,
            timezone=request.timezone,
            file_system=request.file_system,
            share=request.share,
        )
    except TraceErrors as error:
        fail(str(error))


def _writer(found: Calibration, request: CalibrateOptions, again: str) -> Callable[[], None] | None:
    """Return the function that writes the files; None where none are wanted."""
    scenario = request.scenario if found.is_fitted else None
    if scenario is None and request.out is None:
        return None

    def write() -> None:
        if scenario is not None:
            found.write_scenario(scenario)
        if request.out is not None:
            found.write(request.out, command=again)

    return write


def _messages(found: Calibration, request: CalibrateOptions) -> Iterator[str]:
    """Yield the messages on files: those that were written, and a scenario that was not."""
    from efssim.calibration.written.files import trace_file

    if request.scenario is not None:
        if found.is_fitted:
            yield f"wrote {request.scenario}"
            if found.given.writes is not None:
                yield f"wrote {trace_file(request.scenario)}"
        else:
            yield f"{request.scenario}: not written, as nothing was fitted"
    if request.out is not None:
        yield f"wrote {request.out}{os.sep}"


def _json(found: Calibration) -> str:
    from efssim.report.calibration.text import calibration_json

    return calibration_json(found)


def _text(found: Calibration, again: str) -> str:
    from efssim.report.calibration.text import calibration_report

    return calibration_report(found, again)
