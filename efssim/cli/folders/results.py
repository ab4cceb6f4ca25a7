"""`efssim results`: the results that a store has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from efssim.cli.common import Command, handles_errors
from efssim.cli.options import Folder, examples, format_option
from efssim.cli.output import fail, say, show

if TYPE_CHECKING:
    from efssim.report.files.store.results import ResultFacts


@click.command(
    cls=Command,
    epilog=examples(
        "efssim run scenario.yaml -n 200 --store results",
        "efssim results results",
        "efssim results results --format json",
    ),
)
@click.argument("folder", metavar="DIR", type=Folder())
@format_option()
@handles_errors
def results(folder: Path, form: str) -> None:
    """List the results that `--store DIR` kept: scenario, study, seed, version and verdict."""
    from efssim.report.files.store.listed import results_json, results_text
    from efssim.report.files.store.results import ResultStore

    if not folder.is_dir():
        fail(f"{folder}: there is no such folder")
    known: list[ResultFacts] = []
    damaged: list[str] = []
    for file, kept in ResultStore(folder).results():
        if kept is None:
            damaged.append(file.name)
            say(f"{file} is not as it was written, and is left out")
        else:
            known.append(kept.facts)
    show(form, lambda: results_json(known, damaged), lambda: results_text(known))
