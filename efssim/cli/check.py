"""Commands that simulate nothing, or little: `validate`, `estimate`, `schema` and `init`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from efssim.cli.common import (
    Command,
    build,
    handles_errors,
    placing_refusals,
    progress,
    refuse,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import examples, format_option, set_option, yes_option
from efssim.cli.output import create, put, show
from efssim.cli.scenario_file import ScenarioFile, Source, once

if TYPE_CHECKING:
    from efssim.scenario import Scenario


@click.command(
    cls=Command,
    epilog=examples(
        "efssim validate scenarios/*.yaml",
        "efssim validate scenario.yaml --resolved",
        "cat scenario.yaml | efssim validate -",
    ),
)
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=ScenarioFile(), callback=once
)
@set_option()
@click.option(
    "--resolved", "is_resolved", is_flag=True, help="Show every value and where it comes from."
)
@handles_errors
def validate(files: tuple[Source, ...], overrides: tuple[str, ...], is_resolved: bool) -> None:
    """Check scenario FILES without running them: what they say, and that EFS accepts it.

    FILE - is standard input.
    """
    from efssim.report.facts.traces import thin_traces
    from efssim.scenario import ScenarioError
    from efssim.scenario.shown.trace_use import trace_qualities

    refuse_ignored(overrides, {})
    scenarios, problems = [], []
    for file in files:
        try:
            scenario = file.load(overrides)
            build(scenario, file, overrides)
            scenarios.append((file, scenario))
        except ScenarioError as error:
            problems += list(error.problems)
    if problems:
        raise ScenarioError(tuple(problems))
    for file, scenario in scenarios:
        put(f"{_resolved_table(scenario) if is_resolved else f'{file}: valid'}\n")
        for sentence in thin_traces(trace_qualities(scenario)):
            click.echo(f"{file}: {sentence}", err=True)


@click.command(
    cls=Command,
    epilog=examples(
        "efssim estimate scenario.yaml --outage 6h",
        "efssim estimate scenario.yaml --simulate",
    ),
)
@click.argument("file", type=ScenarioFile())
@set_option()
@format_option()
@click.option(
    "--outage",
    metavar="DURATION",
    default="1 h",
    show_default=True,
    help="Outage to catch up with.",
)
@click.option("--simulate", is_flag=True, help="Simulate too, and show how far off that is.")
@yes_option()
@handles_errors
def estimate(
    file: Source, overrides: tuple[str, ...], form: str, outage: str, simulate: bool, yes: bool
) -> None:
    """Estimate the lag of scenario FILE from closed forms, without simulating it.

    FILE - is standard input.
    """
    from efssim.api.estimate import estimate as estimated
    from efssim.report.text.estimate import estimate_json, estimate_report
    from efssim.scenario.amounts.effort import refusals

    refuse_ignored(overrides, {})
    scenario = file.load(overrides)
    found_all = list(refusals(scenario, simulates=simulate))
    if yes and not simulate and not found_all:
        raise click.UsageError("--yes needs --simulate: closed forms take no time")
    refuse(found_all, file, insist=yes)
    build(scenario, file, overrides)
    try:
        found = estimated(scenario, outage)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--outage") from None
    if simulate:
        from efssim.api.simulation import run as simulated

        with placing_refusals(file, overrides), progress(scenario, quiet=False) as tell:
            found = found.compared_with(simulated(scenario, on_progress=tell))
    show(form, lambda: estimate_json(found), lambda: estimate_report(found))


def _resolved_table(scenario: Scenario) -> str:
    from efssim.scenario.shown.provenance import resolved

    rows = [
        (p.path, p.value, f"{p.provenance}{': ' * bool(p.why)}{p.why}") for p in resolved(scenario)
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}".rstrip() for a, b, c in rows)


@click.command(cls=Command, epilog=examples("efssim schema > scenario.schema.json"))
@handles_errors
def schema() -> None:
    """Print a JSON Schema of scenario files, for editors."""
    import json

    from efssim.scenario import Scenario

    put(json.dumps(Scenario.model_json_schema(), indent=2, ensure_ascii=False) + "\n")


@click.command(cls=Command, epilog=examples("efssim init", "efssim init orders"))
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False))
@handles_errors
def init(folder: Path) -> None:
    """Write a commented starter scenario into FOLDER, by default the working folder."""
    from efssim.scenario.starter import starter_text

    target = folder / "scenario.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    create(target, starter_text())
    put(f"wrote {target}; next: efssim run {shlex.quote(str(target))}\n")
