"""The command that reproduces a result, from what was asked for and not from what was typed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import click
from click.core import ParameterSource

from efssim.cli.scenario_file import STDIN, Source

_CHANGES_NOTHING = {
    "out",
    "form",
    "png",
    "verify",
    "check",
    "quiet",
    "workers",
    "resume",
}
"""Options that do not change what a report says; their own output is asked for anew."""


def reproducing(**resolved: Any) -> str:
    """Return the command that gives the result of the current one again, wherever it is run.

    `resolved` has values of parameters by their names in Python, in place of those asked for; None
    leaves one out.
    """
    context = click.get_current_context()
    words = ["efssim", str(context.info_name)]
    params = sorted(context.command.params, key=_order)
    for param in params:
        name = str(param.name)
        if name in resolved or (name not in _CHANGES_NOTHING and _is_given(context, name)):
            words += _words(param, resolved.get(name, context.params.get(name)))
    return shlex.join(words)


def _order(param: click.Parameter) -> tuple[bool, bool, bool]:
    """Files first, then what a command cannot do without, then the seed; changes last."""
    return (not isinstance(param, click.Argument), not param.required, param.multiple)


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) in (
        ParameterSource.COMMANDLINE,
        ParameterSource.ENVIRONMENT,
    )


def _words(param: click.Parameter, value: Any) -> Iterator[str]:
    values = value if isinstance(value, tuple | list) else (value,)
    for one in values:
        if isinstance(param, click.Argument):
            yield _file(one)
        elif isinstance(one, bool):
            yield from [_option(param)] * one
        elif one is not None:
            text = one if isinstance(one, str) else repr(one)
            # Else a value such as -1 would be taken for an option.
            yield from [f"{_option(param)}={text}"] if text[:1] == "-" else [_option(param), text]


def _option(param: click.Parameter) -> str:
    return next(name for name in param.opts if name.startswith("--"))


def _file(source: object) -> str:
    """Return the name of a file, which must not look like an option."""
    given = source.given if isinstance(source, Source) else str(source)
    return f"./{given}" if given.startswith("-") and given != STDIN else given
