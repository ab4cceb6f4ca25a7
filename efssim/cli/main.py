"""The command line. Heavy modules are imported by the commands that need them."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
import traceback
from typing import NoReturn

import click

from efssim._version import __version__
from efssim.cli.check import estimate, init, schema, validate
from efssim.cli.choosing.choose import choose
from efssim.cli.data.alarms import alarms
from efssim.cli.data.calibrate import calibrate
from efssim.cli.data.export import export
from efssim.cli.data.traces import traces
from efssim.cli.drills.drill import drill
from efssim.cli.folders.merge import merge
from efssim.cli.folders.results import results
from efssim.cli.options import examples
from efssim.cli.output import (
    BAD_INPUT,
    INTERNAL_ERROR,
    INTERRUPTED,
    give_up,
    keep_descriptors,
    said,
    say,
)
from efssim.cli.planning.plan import plan
from efssim.cli.run import run
from efssim.cli.serve import serve
from efssim.cli.sweep import sweep

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(
    context_settings=_SETTINGS,
    epilog=examples(
        "efssim init",
        "efssim run scenario.yaml",
        "efssim run scenario.yaml --trials 200 --out out",
        "efssim plan scenario.yaml --vary replications.dr.sync.interval=1min..1h",
    ),
)
@click.version_option(__version__, prog_name="efssim", message="%(prog)s %(version)s")
def cli() -> None:
    """Simulate Amazon EFS replication and measure distributions of its lag."""


_COMMANDS = (
    run,
    validate,
    estimate,
    schema,
    init,
    plan,
    sweep,
    serve,
    export,
    traces,
    calibrate,
    alarms,
    drill,
    choose,
    merge,
    results,
)
for _command in _COMMANDS:
    cli.add_command(_command)


def _start_fast() -> None:
    """Turn off costs of Python and NumPy that serve nothing here and slow down short commands."""
    # The modules and models that are made at the start stay: nothing of them is garbage.
    gc.set_threshold(100_000)
    # Nor at the end, where the interpreter would look through all of it once more.
    atexit.register(gc.freeze)
    # The threads of NumPy's BLAS, for linear algebra, of which there is none.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Figures go into files: no window, whatever a notebook or a user has set for others.
    os.environ["MPLBACKEND"] = "agg"


def main() -> None:
    """Run the command line; the entry point `efssim`."""
    _start_fast()
    keep_descriptors()
    try:
        if sys.stdout is None and sys.argv[1:2] != ["serve"]:  # which prints nothing
            raise click.UsageError("standard output is closed; `> /dev/null` drops the result")
        cli(standalone_mode=False)
    except SystemExit as error:
        # click takes a reader who went away for a failure, as of `efssim --help | head`.
        if isinstance(error.__context__, BrokenPipeError):
            sys.exit(0)
        raise
    except click.ClickException as error:
        say(said(error))
        sys.exit(BAD_INPUT)
    except (click.Abort, KeyboardInterrupt):
        _end_interrupted()
    except OSError as error:  # of help and version, which no command prints
        give_up(sys.stdout)
        say(f"standard output: {error.strerror or error}")
        sys.exit(BAD_INPUT)
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            # Python 3.11 makes a RuntimeError of one that falls into the making of a class.
            _end_interrupted()
        lacking = _lacks_memory(error)
        if lacking is None:
            _report_bug(error)
        else:
            say(f"out of memory{lacking and ': '}{lacking}; {_LESS}")
        sys.exit(INTERNAL_ERROR)


def _end_interrupted() -> NoReturn:
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    waits_for = [each for each in threading.enumerate() if not each.daemon]
    if ours and waits_for == [threading.main_thread()]:
        # One more would tear what Python does at its end, as the removal of semaphores.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    say("interrupted")
    sys.exit(INTERRUPTED)


_LESS = (
    "fewer --workers, `records: off` and `drawn: cells` take less, and --resume DIR keeps complete "
    "trials"
)
_NOT_MAPPED = ("failed to map segment", "annot allocate memory")
"""Said of a library that cannot be loaded into the memory that is left."""


def _lacks_memory(error: Exception) -> str | None:
    """Return the thing that memory lacks for, empty if not told; None: another error.

    The error may be that of a trial in a worker.
    """
    if isinstance(error, ImportError):
        return "" if any(words in str(error) for words in _NOT_MAPPED) else None
    # The cause of a TrialError: the class, and its message.
    told = str(getattr(error, "cause", f"{type(error).__name__}: {error}"))
    kind, _, message = told.partition(":")
    return message.strip() if kind.endswith("MemoryError") else None


def _report_bug(error: Exception) -> None:
    say(f"internal error, a bug of efssim: {type(error).__name__}: {error}")
    say(
        traceback.format_exc().rstrip("\n")
        if os.environ.get("EFSSIM_TRACEBACK")
        else "EFSSIM_TRACEBACK=1 shows where"
    )
