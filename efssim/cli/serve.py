"""`efssim serve`: EFS and its neighbours, of a scenario, over HTTP."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
from click.core import ParameterSource

from efssim.cli.common import Command, handles_errors, placing_refusals
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import examples, quiet_option, seed_option, set_option
from efssim.cli.output import fail, say
from efssim.cli.scenario_file import ScenarioFile, Source
from efssim.text.suggestions import suggest

if TYPE_CHECKING:
    from efssim.api.simulation import Simulation
    from efssim.aws.port.server import Server
    from efssim.scenario import Scenario


def _finite(_: click.Context, parameter: click.Parameter, value: float) -> float:
    """Return a number; fail for infinity and for what is no number."""
    if not math.isfinite(value):
        raise click.BadParameter(f"{value} is no finite number", param=parameter)
    return value


def _names(_: click.Context, _parameter: click.Parameter, value: str | None) -> list[str]:
    """Return the names in a list with commas."""
    return [name.strip() for name in (value or "").split(",") if name.strip()]


@click.command(
    cls=Command,
    epilog=examples(
        "efssim serve scenario.yaml --port 4566 --speed 60",
        "efssim serve scenario.yaml --step",
        "aws --endpoint-url http://127.0.0.1:4566 efs describe-file-systems",
    ),
)
@click.argument("file", type=ScenarioFile())
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=4566,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--allow-hosts",
    metavar="NAME,…",
    show_default="those of loopback",
    callback=_names,
    help="Names by which clients may call this host; needed with --host beyond loopback.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    default=1.0,
    show_default=True,
    help="Simulated seconds per real second.",
)
@click.option("--step", is_flag=True, help="Time passes by POST /_efssim/advance alone.")
@click.option(
    "--region",
    show_default="that of the first file system",
    help="Region of requests that name none.",
)
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.py",
    show_default="nothing",
    help="Python file whose function answers(world) calls world.answer for further operations.",
)
@seed_option()
@set_option()
@quiet_option("No line per request on standard error.")
@handles_errors
def serve(
    file: Source,
    port: int,
    host: str,
    allow_hosts: Sequence[str],
    speed: float,
    step: bool,
    region: str | None,
    answers: Path | None,
    seed: int | None,
    overrides: tuple[str, ...],
    quiet: bool,
) -> None:
    """Serve EFS and its neighbours of scenario FILE over HTTP, until SIGTERM or Ctrl-C.

    FILE - is standard input.
    """
    given = click.get_current_context().get_parameter_source("speed")
    if step and given is not ParameterSource.DEFAULT:
        raise click.UsageError("--speed has no effect with --step")
    _warn_of_guests(host, allow_hosts)
    refuse_ignored(overrides, {} if seed is None else {"--seed": "seed"})
    try:
        from efssim.aws.port.served import Served
        from efssim.aws.port.server import Server
    except ModuleNotFoundError as error:
        fail(f"`serve` needs {error.name}: pip install '.[aws]' in a checkout of efssim")
    scenario = file.load(overrides)
    if region is not None:
        _require_region(region, scenario)
    homes = [system.home for system in scenario.file_systems.values()]
    tell, home = _say_nothing if quiet else say, region or (homes or ["us-east-1"])[0]
    make = _answering(scenario, seed, answers)
    with placing_refusals(file, overrides):
        served = Served(make, home, None if step else speed, tell)
    try:
        server = Server((host, port), served, allow_hosts)
    except OSError as error:
        fail(f"{host}:{port}: {error.strerror}")
    _serve(server, f"serving {file} at {server.url}")


def _serve(server: Server, first: str) -> None:
    """Serve until a signal, after saying so."""
    with server:
        # In a thread of its own: a handler of signals cannot wait for the loop that it interrupts.
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        say(first)
        server.serve_forever()


def _answering(
    scenario: Scenario, seed: int | None, answers: Path | None
) -> Callable[[], Simulation]:
    """Return the maker of simulations, of which a file of Python answers further operations."""
    from efssim.api.simulation import Simulation

    add_answers = _answers(answers)

    def make() -> Simulation:
        world = Simulation(scenario, seed)
        add_answers(world)
        return world

    return make


def _answers(file: Path | None) -> Callable[[Simulation], object]:
    """Return the function `answers` of a file of Python; fail for a file that has none."""
    if file is None:
        return lambda _: None
    import runpy  # late: not for --help

    from efssim.text.files import require_regular

    try:
        require_regular(file)
        found = runpy.run_path(str(file)).get("answers")
    except SyntaxError as error:
        fail(f"{file}:{error.lineno}: {error.msg}")
    if not callable(found):
        fail(f"{file}: there is no function answers(world)")
    return cast("Callable[[Simulation], object]", found)


def _warn_of_guests(host: str, allowed: Sequence[str]) -> None:
    """Warn where other hosts can reach the port; fail unless it is said by which names."""
    from efssim.aws.port.sites import is_loopback

    if is_loopback(host):
        return
    if not allowed:
        raise click.UsageError(
            f"--host {host} is not loopback: --allow-hosts NAME,… says by which names clients call"
        )
    say(f"warning: whoever reaches {host} can read and move this simulation")


def _require_region(region: str, scenario: Scenario) -> None:
    from efssim.scenario.regions.names import KNOWN  # late: not for --help

    known = (*scenario.regions, *KNOWN)
    if region not in known:
        raise click.UsageError(f"--region: there is no Region '{region}'{suggest(region, known)}")


def _say_nothing(_line: str) -> None:
    """Ignore a line."""
