"""The request of a command as one value: its parameters, and the command that repeats it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from efssim.cli.scenario_file import STDIN, Source

if TYPE_CHECKING:
    from pathlib import Path

    from efssim.report.files.formats import TableFormat

_CHANGES_NOTHING = {
    "out",
    "form",
    "png",
    "verify",
    "check",
    "quiet",
    "workers",
    "resume",
    "annotate",
    "watch",
    "tables",
    "part",
    "store",
}
"""Options that do not change what a report says; their own output is asked for anew."""

R = TypeVar("R", bound="Request")


@dataclass(frozen=True, kw_only=True)
class Request:
    """The parameters that all commands with a result have; a field for each, by its name."""

    command: click.Command = field(repr=False)
    """Which knows how its parameters are spelt."""
    given: tuple[str, ...]
    """Names of the parameters that were given, and have no default value."""
    seed: int | None
    workers: int | None
    overrides: tuple[str, ...]
    out: Path | None
    form: str
    yes: bool
    quiet: bool
    tables: str | None = None

    @property
    def table_format(self) -> TableFormat:
        """The format of the tables under `--out`."""
        from efssim.report.files.formats import CSV, TABLE_FORMATS

        return CSV if self.tables is None else TABLE_FORMATS[self.tables]

    def reproducing(self, **resolved: object) -> str:
        """Return the command that gives the same result again, wherever it is run.

        `resolved` has values of parameters by their names, in place of those asked for; None leaves
        one out.
        """
        words = ["efssim", str(self.command.name)]
        for param in sorted(self.command.params, key=_order):
            name = str(param.name)
            if name in resolved or (name not in _CHANGES_NOTHING and name in self.given):
                words += _words(param, resolved[name] if name in resolved else getattr(self, name))
        return shlex.join(words)


def requested(kind: type[R], **values: Any) -> R:
    """Return the request of the current command, given the values that click found.

    Raise click.UsageError for tables without a folder.
    """
    refuse_tables(values.get("tables"), values.get("out"))
    context = click.get_current_context()
    given = tuple(name for name in values if _is_given(context, name))
    return kind(command=context.command, given=given, **values)


def refuse_tables(tables: str | None, out: Path | None) -> None:
    """Raise click.UsageError for tables without a folder."""
    if tables is not None and out is None:
        raise click.UsageError("--tables needs --out, the folder for the tables")


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) in (
        ParameterSource.COMMANDLINE,
        ParameterSource.ENVIRONMENT,
    )


def _order(param: click.Parameter) -> tuple[bool, bool, bool]:
    """Return the sort key of a parameter: files first, required ones, the seed; changes last."""
    return (not isinstance(param, click.Argument), not param.required, param.multiple)


def _words(param: click.Parameter, value: object) -> Iterator[str]:
    values = value if isinstance(value, tuple | list) else (value,)
    for one in values:
        if isinstance(param, click.Argument):
            yield _file(one)
        elif isinstance(one, bool):
            yield from [_option(param)] * one
        elif one is not None:
            text = str(one) if isinstance(one, str | PurePath) else repr(one)
            # Else a value such as -1 would be taken for an option.
            yield from [f"{_option(param)}={text}"] if text[:1] == "-" else [_option(param), text]


def _option(param: click.Parameter) -> str:
    return next(name for name in param.opts if name.startswith("--"))


def _file(source: object) -> str:
    """Return the name of a file, which must not look like an option."""
    given = source.given if isinstance(source, Source) else str(source)
    return f"./{given}" if given.startswith("-") and given != STDIN else given
