"""`efssim traces`: what measurements show, and a scenario that replays them."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from efssim.cli.common import Command, check_folder, deliver, handles_errors, say_folder
from efssim.cli.options import Folder, examples, format_option, new_scenario_option, parsed
from efssim.cli.output import create, fail, say

if TYPE_CHECKING:
    from efssim.traces.formats.options import ReadOptions
    from efssim.traces.profile.measured import MeasuredTraces

_BLOCK = 4096
"""Bytes of a block unless said otherwise."""


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Return the seconds of `--period`; raise click.BadParameter."""
    from efssim.text.quantities import parse_duration

    return None if value is None else parsed(parse_duration, value)


def _bytes(_: click.Context, __: click.Parameter, value: str) -> int:
    """Return the bytes of `--block`, at least 1; raise click.BadParameter."""
    from efssim.text.quantities import parse_size

    size = parsed(parse_size, value)
    if not size:
        raise click.BadParameter(f"{value!r}: must be above 0")
    return size


def _pairs(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Return the names and values of `--where`; raise click.BadParameter."""
    found = []
    for text in values:
        name, sign, value = text.partition("=")
        if not (name and sign):
            raise click.BadParameter(f"{text!r} is not NAME=VALUE, such as device=sda")
        found.append((name, value))
    return tuple(found)


@click.command(
    cls=Command,
    epilog=examples(
        "efssim traces DataWriteIOBytes.json",
        "efssim traces writes.csv --period 5min --timezone Europe/Rome --out profile",
        "efssim traces metrics/ -o scenario.yaml",
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@new_scenario_option(
    "Write a scenario that replays the writes; a file that exists is left as it is."
)
@click.option(
    "--out",
    type=Folder(),
    metavar="DIR",
    show_default="no files",
    help="Also write a page, figures and JSON here; what efssim did not write stays as it is.",
)
@format_option()
@click.option(
    "--timezone",
    metavar="NAME",
    show_default="UTC",
    help="IANA time zone of hours and days, and of times without an offset.",
)
@click.option(
    "--statistic",
    metavar="NAME",
    show_default="as the file says, else Sum",
    help="Statistic of files that do not say it: Sum, Average, SampleCount.",
)
@click.option(
    "--metric",
    metavar="NAME",
    show_default="all",
    help="Metric to read, or what a series without a name is.",
)
@click.option(
    "--where",
    callback=_pairs,
    multiple=True,
    metavar="NAME=VALUE",
    show_default="all",
    help="Dimension, such as device, and its value to read; may be repeated.",
)
@click.option(
    "--missing",
    type=click.Choice(["zero"]),
    show_default="unknown",
    help="Say that nothing was written in missing periods.",
)
@click.option(
    "--period",
    "period_s",
    callback=_seconds,
    metavar="DURATION",
    show_default="as the file says",
    help="Length of a period; rows of a table are totals with it, and single writes without.",
)
@click.option(
    "--block",
    "block_bytes",
    callback=_bytes,
    default="4 KiB",
    show_default=True,
    metavar="SIZE",
    help="Size of the blocks in which unique bytes are counted, where offsets are known.",
)
@handles_errors
def traces(
    files: tuple[str, ...],
    scenario: Path | None,
    out: Path | None,
    form: str,
    timezone: str | None,
    statistic: str | None,
    metric: str | None,
    where: tuple[tuple[str, str], ...],
    missing: str | None,
    period_s: float | None,
    block_bytes: int,
) -> None:
    """Read measured writes and lags in FILES of any format, and say what they show.

    Exports of CloudWatch and other monitoring tools, tables, and block traces are recognised by
    their content; folders, patterns and .gz are taken.
    """
    from efssim.traces.formats.options import ReadOptions

    if scenario is not None and len(files) > 1:
        raise click.UsageError(
            "-o takes one FILE, which the scenario names: a folder or a quoted pattern for several"
        )
    options = ReadOptions(
        timezone=timezone, statistic=statistic, period_s=period_s, metric=metric, where=where
    )
    _answer(_Asked(files, options, block_bytes, missing, scenario, out), form)


@dataclass(frozen=True)
class _Asked:
    """The request of the command."""

    files: tuple[str, ...]
    options: ReadOptions
    block_bytes: int
    missing: str | None
    scenario: Path | None
    out: Path | None

    def command(self) -> str:
        """Return the command that repeats the report."""
        options = self.options
        values = {
            "--timezone": options.timezone,
            "--statistic": options.statistic,
            "--metric": options.metric,
            "--period": None if options.period_s is None else f"{options.period_s:.15g}",
            "--missing": self.missing,
            "--block": None if self.block_bytes == _BLOCK else str(self.block_bytes),
        }
        given = [(name, value) for name, value in values.items() if value is not None]
        given += [("--where", f"{name}={value}") for name, value in options.where]
        return shlex.join(
            ["efssim", "traces", *self.files, *(word for two in given for word in two)]
        )

    def trace_keys(self) -> dict[str, str]:
        """Return the keys of a trace that say the same in a scenario, besides its file."""
        from efssim.traces.flaws import exact_duration

        options = self.options
        keys = {
            "timezone": options.timezone,
            "statistic": options.statistic,
            "metric": options.metric,
            "period": None if options.period_s is None else exact_duration(options.period_s),
            "where": json.dumps(dict(options.where), ensure_ascii=False) if options.where else None,
            "missing": self.missing,
        }
        return {key: value for key, value in keys.items() if value is not None}


def _answer(asked: _Asked, form: str) -> None:
    """Read files, print their profiles and write files; end with a sentence for a mistake."""
    from efssim.report.files.data.traces import TRACES, write_traces
    from efssim.report.text.traces import traces_json, traces_report

    target = asked.scenario
    if target is not None and target.exists():
        fail(f"{target}: exists already and is left as it is")
    check_folder(asked.out, TRACES)
    found, command = _read(asked), asked.command()
    text = None if target is None else _scenario(found, target, asked)

    def write() -> None:
        if target is not None and text is not None:
            _write_new(target, text)
        if asked.out is not None:
            write_traces(found, asked.out, command)
            say_folder(asked.out, quiet=False)

    deliver(write, form, lambda: traces_json(found), lambda: traces_report(found, command))


def _read(asked: _Asked) -> MeasuredTraces:
    from efssim.traces.problems import TraceErrors
    from efssim.traces.profile.measured import read_profiles

    is_zero = asked.missing == "zero"
    try:
        return read_profiles(
            asked.files, asked.options, block_bytes=asked.block_bytes, missing_is_zero=is_zero
        )
    except TraceErrors as error:
        fail(str(error))


def _scenario(found: MeasuredTraces, target: Path, asked: _Asked) -> str:
    """Return the text of the scenario; end with a sentence where there is none."""
    from efssim.scenario.from_traces import scenario_of
    from efssim.text.yaml.problems import ScenarioError

    (file,) = asked.files
    if len(found.profiled) != 1:
        names = ", ".join(one.profile.name for one in found.profiled) or "none"
        fail(
            f"{file}: a scenario replays one series of writes, and there are: {names}; --metric or "
            "--where chooses one"
        )
    stem = target.stem if target.stem != "scenario" else Path(file).stem
    try:
        return scenario_of(found.profiled[0], stem, Path(file), asked.trace_keys(), target)
    except ScenarioError as error:
        reasons = dict.fromkeys(problem.message for problem in error.problems)
        fail("\n".join(f"{target}: not written, as no run takes it: {text}" for text in reasons))


def _write_new(target: Path, text: str) -> None:
    """Write a file that is not there yet; end with a sentence if it came meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    create(target, text)
    say(f"wrote {target}; next: efssim run {shlex.quote(str(target))}")
