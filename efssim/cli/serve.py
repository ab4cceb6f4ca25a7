"""`efssim serve`: the EFS API of a scenario over HTTP."""

from __future__ import annotations

import signal
import threading
from functools import partial
from pathlib import Path

import click

from efssim.cli.common import (
    fail,
    handles_errors,
    placing_refusals,
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65_535), default=4566, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Simulated seconds per real second.",
)
@click.option("--step", is_flag=True, help="Time passes by POST /_efssim/advance alone.")
@click.option("--region", help="Region of requests that name none; that of the first file system.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed; replaces the scenario's.")
@click.option("--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change a value.")
@click.option("--quiet", is_flag=True, help="No line per request on standard error.")
@handles_errors
def serve(
    file: Path,
    port: int,
    host: str,
    speed: float,
    step: bool,
    region: str | None,
    seed: int | None,
    overrides: tuple[str, ...],
    quiet: bool,
) -> None:
    """Serve the EFS API of scenario FILE over HTTP, until SIGTERM or Ctrl-C."""
    from efssim.scenario import load
    from efssim.simulate import Simulation

    try:
        from efssim.aws.server import Served, Server
    except ModuleNotFoundError as error:
        fail(f"`serve` needs {error.name}: pip install 'efssim[aws]'")
    scenario = load(file, overrides)
    homes = [system.home for system in scenario.file_systems.values()]
    with placing_refusals(file, overrides):
        world = Simulation(scenario, seed)
    tell = _say_nothing if quiet else partial(click.echo, err=True)
    served = Served(world, region or (homes or ["us-east-1"])[0], None if step else speed, tell)
    try:
        server = Server((host, port), served)
    except OSError as error:
        fail(f"{host}:{port}: {error.strerror}")
    with server:
        # In a thread of its own: a handler of signals cannot wait for the loop that it interrupts.
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        click.echo(f"serving {file} at {server.url}", err=True)
        server.serve_forever()


def _say_nothing(_line: str) -> None:
    """Take a line and say nothing."""
