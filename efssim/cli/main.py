"""The command line. Heavy modules are imported by the commands that need them."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
import traceback

import click

from efssim._version import __version__
from efssim.cli.check import estimate, init, schema, validate
from efssim.cli.common import (
    BAD_INPUT,
    INTERNAL_ERROR,
    INTERRUPTED,
)
from efssim.cli.run import run
from efssim.cli.serve import serve
from efssim.cli.study import plan, sweep
from efssim.errors import concise

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="efssim", message="%(prog)s %(version)s")
def cli() -> None:
    """Simulate Amazon EFS replication and measure distributions of its lag."""


for _command in (run, validate, estimate, schema, init, plan, sweep, serve):
    cli.add_command(_command)


def _start_fast() -> None:
    """Leave out what would take a large part of a short command's time and serves nothing here."""
    # The modules and models that are made at the start stay: nothing of them is garbage.
    gc.set_threshold(100_000)
    # Nor at the end, where the interpreter would look through all of it once more.
    atexit.register(gc.freeze)
    # The threads of NumPy's BLAS, for linear algebra, of which there is none.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _show(error: click.ClickException) -> None:
    """Show what click says, without what somebody wrote in all its length."""
    said = io.StringIO()
    error.show(said)
    for line in said.getvalue().splitlines():
        click.echo(concise(line), err=True)


def main() -> None:
    """Run the command line; the entry point `efssim`."""
    _start_fast()
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        _show(error)
        sys.exit(BAD_INPUT)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except Exception as error:
        click.echo(f"internal error, a bug of efssim: {type(error).__name__}: {error}", err=True)
        if os.environ.get("EFSSIM_TRACEBACK"):
            traceback.print_exc()
        else:
            click.echo("EFSSIM_TRACEBACK=1 shows where", err=True)
        sys.exit(INTERNAL_ERROR)
