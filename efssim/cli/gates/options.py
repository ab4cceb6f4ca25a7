"""Options of `efssim run` for CI."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from efssim.cli.gates.forms import JUNIT, MARKDOWN
from efssim.cli.options import Folder, result_options_with
from efssim.cli.request import Request
from efssim.cli.scenario_file import Source

C = TypeVar("C", bound=Callable[..., Any])


_NOT_WITH_BASELINE = ("trial", "precision", "sets", "share_of_sets", "sobol", "store")
_NOT_WITH_WATCH = ("check", "annotate", "resume", "store")
_NOT_WITH_ANNOTATE = ("store",)
"""Parameters without effect, or that do harm, as it never ends by itself."""


@dataclass(frozen=True, kw_only=True)
class GatesRequest(Request):
    """The parameters for CI of a request."""

    annotate: bool
    baseline: Path | None
    margin: tuple[str, ...]
    watch: bool

    def refuse_gates(self, files: Sequence[Source]) -> None:
        """Raise click.UsageError for options that do not go with a baseline, or with watching."""
        if self.watch:
            self._refuse("--watch, which goes on and on", _NOT_WITH_WATCH)
            if any(file.is_stdin for file in files):
                raise click.UsageError("--watch needs a FILE: standard input does not change")
        if self.annotate:
            self._refuse("--annotate", _NOT_WITH_ANNOTATE)
        if self.baseline is None:
            if self.margin:
                raise click.UsageError("--margin needs --baseline")
            return
        self._refuse("--baseline", _NOT_WITH_BASELINE)
        if len(files) > 1:
            raise click.UsageError("a second FILE does not go with --baseline")
        if self.out is not None and self.out.resolve() == self.baseline.resolve():
            raise click.UsageError("--out is the baseline itself: name another folder")

    def _refuse(self, what: str, names: Sequence[str]) -> None:
        for name in names:
            if name in self.given:
                raise click.UsageError(f"--{name.replace('_', '-')} does not go with {what}")


def gates_options(command: C) -> C:
    """Add the options of the output of a result, with the forms that CI takes."""
    output = result_options_with(MARKDOWN, JUNIT)
    for option in (_watch(), _margin(), _baseline(), _annotate(), output):
        command = option(command)
    return command


def _watch() -> Callable[[C], C]:
    return click.option(
        "--watch",
        is_flag=True,
        help="Run again on each change of FILE, until Ctrl-C; the page of --out loads itself anew.",
    )


def _baseline() -> Callable[[C], C]:
    return click.option(
        "--baseline",
        type=Folder(),
        metavar="DIR",
        show_default="none",
        help="Compare with the result that an earlier --out DIR wrote, trial by trial.",
    )


def _margin() -> Callable[[C], C]:
    return click.option(
        "--margin",
        multiple=True,
        metavar="PATH=VALUE",
        show_default="rpo.attainment=0, time_since_last_sync_s.p99=5%",
        help="With --baseline: how much worse a number may be; may be repeated.",
    )


def _annotate() -> Callable[[C], C]:
    return click.option(
        "--annotate",
        is_flag=True,
        help="Mark what does not hold on GitHub: ::error lines, and the summary of the step.",
    )
