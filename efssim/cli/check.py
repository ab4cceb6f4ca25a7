"""Commands that simulate nothing, or little: `validate`, `estimate`, `schema` and `init`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from efssim.cli.common import (
    build,
    fail,
    handles_errors,
    placing_refusals,
    progress,
    refuse_absurd,
    show,
)

if TYPE_CHECKING:
    from efssim.scenario import Scenario


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change a value.")
@click.option("--resolved", "show", is_flag=True, help="Show every value and where it comes from.")
@handles_errors
def validate(files: tuple[Path, ...], overrides: tuple[str, ...], show: bool) -> None:
    """Check scenario FILES without running them: what they say, and that EFS accepts it."""
    from efssim.report.traces import thin_traces
    from efssim.scenario import ScenarioError, load
    from efssim.scenario.trace_use import trace_qualities

    scenarios, problems = [], []
    for file in files:
        try:
            scenario = load(file, overrides)
            build(scenario, file, overrides)
            scenarios.append((file, scenario))
        except ScenarioError as error:
            problems += list(error.problems)
    if problems:
        raise ScenarioError(tuple(problems))
    for file, scenario in scenarios:
        click.echo(_resolved_table(scenario) if show else f"{file}: valid")
        for sentence in thin_traces(trace_qualities(scenario)):
            click.echo(f"{file}: {sentence}", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change a value.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--outage", metavar="DURATION", default="1 h", help="Outage to catch up with [1 h].")
@click.option("--simulate", is_flag=True, help="Simulate too, and show how far off that is.")
@handles_errors
def estimate(
    file: Path, overrides: tuple[str, ...], form: str, outage: str, simulate: bool
) -> None:
    """Estimate the lag of scenario FILE from closed forms, without simulating it."""
    from efssim.closed_forms import estimate as estimated
    from efssim.report.estimate import estimate_json, estimate_report
    from efssim.scenario import load

    scenario = load(file, overrides)
    build(scenario, file, overrides)
    try:
        found = estimated(scenario, outage)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--outage") from None
    if simulate:
        from efssim.simulate import run as simulated

        refuse_absurd(scenario, file, insist=False)
        with placing_refusals(file, overrides), progress(scenario, quiet=False) as tell:
            found = found.compared_with(simulated(scenario, on_progress=tell))
    show(form, lambda: estimate_json(found), lambda: estimate_report(found))


def _resolved_table(scenario: Scenario) -> str:
    from efssim.scenario.provenance import resolved

    rows = [
        (p.path, p.value, f"{p.provenance}{': ' * bool(p.why)}{p.why}") for p in resolved(scenario)
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}".rstrip() for a, b, c in rows)


@click.command()
def schema() -> None:
    """Print a JSON Schema of scenario files, for editors."""
    import json

    from efssim.scenario import Scenario

    click.echo(json.dumps(Scenario.model_json_schema(), indent=2, ensure_ascii=False))


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False))
@handles_errors
def init(folder: Path) -> None:
    """Write a commented starter scenario into FOLDER."""
    from importlib.resources import files

    target = folder / "scenario.yaml"
    text = files("efssim.scenario").joinpath("starter.yaml").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        fail(f"{target}: exists already and is left as it is")
    click.echo(f"wrote {target}; next: efssim run {shlex.quote(str(target))}")
