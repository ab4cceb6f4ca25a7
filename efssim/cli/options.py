"""Options that commands share; the help of each states its default."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from efssim.cli.output import fail
from efssim.text.largest import TRIALS_MAX

C = TypeVar("C", bound=Callable[..., Any])
V = TypeVar("V")


class Folder(click.Path):
    """A folder that is written to, and so has a name."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path; fail for an empty text, which would be the working folder."""
        if not os.fspath(value):
            self.fail("an empty name; the working folder is .", param, ctx)
        return Path(value)


class Share(click.ParamType[float]):
    """A share above 0, as `2%` or `0.02`."""

    name = "share"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the share; fail for anything else."""
        from efssim.text.quantities import parse_fraction

        try:
            share = parse_fraction(value)
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)
        if not share:
            self.fail(f"{value!r}: must be above 0", param, ctx)
        return share


def parsed(parse: Callable[[str], V], value: str) -> V:
    """Return the value of an option; raise click.BadParameter with the reason of `parse`."""
    try:
        return parse(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r}: {error}") from None


def seed_option() -> Callable[[C], C]:
    """Return the option of the seed."""
    return click.option(
        "--seed",
        "-s",
        type=click.IntRange(min=0),
        metavar="N",
        show_default="the scenario's",
        help="Seed of every random draw.",
    )


def set_option() -> Callable[[C], C]:
    """Return the option that changes values of a scenario."""
    return click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="PATH=VALUE",
        show_default="none",
        help="Change a value, as replications.dr.sync.interval=5min; may be repeated.",
    )


def trials_option(default: str) -> Callable[[C], C]:
    """Return the option of the number of trials of a command that makes a single run without it."""
    return click.option(
        "--trials",
        "-n",
        type=click.IntRange(1, TRIALS_MAX),
        metavar="N",
        show_default=default,
        help="Run so many trials, with confidence.",
    )


def new_scenario_option(help_text: str) -> Callable[[C], C]:
    """Return the option of a scenario that is written."""
    return click.option(
        "--scenario",
        "-o",
        "scenario",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        show_default="none",
        help=help_text,
    )


def workers_option() -> Callable[[C], C]:
    """Return the option of the number of processes."""
    return click.option(
        "--workers",
        "-w",
        type=click.IntRange(min=1),
        metavar="N",
        show_default="one per CPU",
        help="Processes that run trials; the result is the same with any number.",
    )


def out_option() -> Callable[[C], C]:
    """Return the option of the folder for files."""
    return click.option(
        "--out",
        "-o",
        type=Folder(),
        metavar="DIR",
        show_default="no files",
        help="Also write the files here; what efssim did not write stays as it is.",
    )


def tables_option(help_text: str, default: str) -> Callable[[C], C]:
    """Return the option of the format of tables."""
    return click.option(
        "--tables",
        type=click.Choice(["csv", "parquet"]),
        callback=_writable,
        show_default=default,
        help=help_text,
    )


def _writable(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Return the name of a format of tables; end with a sentence where it needs a package."""
    if value is not None:
        from efssim.errors import MissingExtraError
        from efssim.report.files.formats import TABLE_FORMATS

        try:
            TABLE_FORMATS[value].require()
        except MissingExtraError as error:
            fail(f"--tables {value}: {error}")
    return value


def format_option(*others: str) -> Callable[[C], C]:
    """Return the option of the form that is printed: text, JSON, or one of the others."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", *others]),
        default="text",
        show_default=True,
        help="What is printed.",
    )


def yes_option() -> Callable[[C], C]:
    """Return the option that runs a scenario that would be refused for its size."""
    return click.option(
        "--yes", is_flag=True, help="Run what is refused since it would hardly end."
    )


def quiet_option(help_text: str) -> Callable[[C], C]:
    """Return the option that says less on standard error."""
    return click.option("--quiet", "-q", is_flag=True, help=help_text)


def result_options(command: C) -> C:
    """Add the options of the output of a result: files, their tables, and the form printed."""
    return result_options_with()(command)


def result_options_with(*forms: str) -> Callable[[C], C]:
    """Return a decorator that adds the options of a result, with further forms to print."""

    def add(command: C) -> C:
        tables = tables_option(
            "With --out: the format of the tables; parquet needs pyarrow.", "csv"
        )
        return out_option()(tables(format_option(*forms)(command)))

    return add


def effort_options(command: C) -> C:
    """Add the options of effort, and of messages about it."""
    return yes_option()(quiet_option("No progress and no messages on standard error.")(command))


def study_options(command: C) -> C:
    """Add the options of a command that varies parameters over trials."""
    for option in (
        effort_options,
        result_options,
        set_option(),
        workers_option(),
        seed_option(),
    ):
        command = option(command)
    return command


def examples(*lines: str) -> str:
    """Return the end of a command's help: commands to try, each on a line of its own."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
