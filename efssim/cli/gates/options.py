"""Options of `efssim run` for CI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from efssim.cli.gates.forms import JUNIT, MARKDOWN
from efssim.cli.options import format_option, out_option
from efssim.cli.request import Request

C = TypeVar("C", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class GatesRequest(Request):
    """The parameters for CI of a request."""

    annotate: bool


def gates_options(command: C) -> C:
    """Add the options of the output of a result, with the forms that CI takes."""
    for option in (_annotate(), format_option(MARKDOWN, JUNIT), out_option()):
        command = option(command)
    return command


def _annotate() -> Callable[[C], C]:
    return click.option(
        "--annotate",
        is_flag=True,
        help="Mark what does not hold on GitHub: ::error lines, and the summary of the step.",
    )
