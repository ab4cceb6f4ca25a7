"""The command line. Heavy modules are imported by the commands that need them."""

from __future__ import annotations

import atexit
import gc
import os
import shlex
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, ParamSpec

import click

from efssim._version import __version__
from efssim.study.options import Share, TrialOptions

if TYPE_CHECKING:
    from efssim.progress import Progress
    from efssim.result import Result
    from efssim.scenario import Scenario
    from efssim.study.compare import Comparison
    from efssim.study.evaluation import Evaluation
    from efssim.study.space import Parameter
    from efssim.study.trials import Trials

P = ParamSpec("P")

MISSED, BAD_INPUT, INTERNAL_ERROR, INTERRUPTED = 1, 2, 3, 130
"""Exit codes besides 0."""

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _handles_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Turn a user's mistake into its lines and exit code 2, never a traceback."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        from efssim.scenario import ScenarioError

        try:
            command(*args, **kwargs)
        except ScenarioError as error:
            _fail(str(error))
        except BrokenPipeError:
            # The reader went away (`| head`): no mistake, and nothing more can be written.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except OSError as error:
            _fail(f"{error.filename or 'efssim'}: {error.strerror or error}")

    return guarded


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(BAD_INPUT)


def _study_options(command: Callable[P, None]) -> Callable[P, None]:
    """Add the options of a command that varies parameters over trials."""
    for option in reversed(_OF_STUDIES):  # click adds the last one first
        command = option(command)
    return command


_OF_STUDIES = (
    click.option("--seed", type=click.IntRange(min=0), help="Seed; replaces the scenario's."),
    click.option(
        "--workers", type=click.IntRange(min=1), help="Processes; one per CPU unless set."
    ),
    click.option("--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change a value."),
    click.option("--out", type=click.Path(path_type=Path), help="Also write the files here."),
    click.option("--format", "form", type=click.Choice(["text", "json"]), default="text"),
    click.option("--yes", is_flag=True, help="Run however many writes are expected."),
    click.option("--quiet", is_flag=True, help="No messages on standard error."),
)


@click.group(context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="efssim", message="%(prog)s %(version)s")
def cli() -> None:
    """Simulate Amazon EFS replication and measure distributions of its lag."""


@cli.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed; replaces the scenario's.")
@click.option("--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change a value.")
@click.option("--trials", type=click.IntRange(min=1), help="Run so many trials, with confidence.")
@click.option("--precision", type=Share(), help="As many trials as this takes, such as 2%.")
@click.option("--budget", type=click.IntRange(min=10), help="With --precision: most trials.")
@click.option("--workers", type=click.IntRange(min=1), help="With trials: processes; default all.")
@click.option("--resume", type=click.Path(path_type=Path), help="With trials: keep and reuse them.")
@click.option("--trial", type=click.IntRange(min=0), help="Repeat this one of the trials alone.")
@click.option("--out", type=click.Path(path_type=Path), help="Also write the files here.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--png", is_flag=True, help="With --out: the figures as PNG too, besides SVG.")
@click.option("--verify", is_flag=True, help="Check the laws that every run must satisfy.")
@click.option("--check", is_flag=True, help="Exit 1 unless the RPO is met throughout.")
@click.option("--yes", is_flag=True, help="Run however many writes are expected.")
@click.option("--quiet", is_flag=True, help="No progress and no messages on standard error.")
@_handles_errors
def run(
    files: tuple[Path, ...],
    seed: int | None,
    overrides: tuple[str, ...],
    trials: int | None,
    precision: float | None,
    budget: int | None,
    workers: int | None,
    resume: Path | None,
    trial: int | None,
    out: Path | None,
    form: str,
    png: bool,
    verify: bool,
    check: bool,
    yes: bool,
    quiet: bool,
) -> None:
    """Simulate scenario FILE and print its lag report.

    Of several FILEs, the trials of each are compared with those of the first, which share their
    random draws.
    """
    from efssim.report.files import summary_json
    from efssim.scenario import load

    options = TrialOptions(trials, precision, budget, workers, resume, trial)
    _check_options(options, png)
    if len(files) > 1:
        _run_several(files, seed, overrides, options, out, form, verify, check, yes, quiet)
        return
    (file,) = files
    scenario = load(file, overrides)
    _refuse_absurd(scenario, file, insist=yes)
    _check_folder(out, png)
    how = _run_trials if options.are_many else _run_once
    with _placing_refusals(file, overrides), _naming_the_trial(file, overrides, options):
        result = how(scenario, seed, options, verify, quiet)
    again = _command(file, result.seed, overrides, options)
    _write(result, out, png, again)
    _show(form, lambda: summary_json(result), lambda: _text(result, again))
    if not quiet:
        _report_progress(out, verify)
    if result.summary.get("partial"):
        raise KeyboardInterrupt
    _check(check, [result])


def _run_several(
    files: tuple[Path, ...],
    seed: int | None,
    overrides: tuple[str, ...],
    options: TrialOptions,
    out: Path | None,
    form: str,
    verify: bool,
    check: bool,
    yes: bool,
    quiet: bool,
) -> None:
    """Run the same trials of several scenarios and print how each differs from the first."""
    from efssim.report.compare_text import comparisons_json, comparisons_report
    from efssim.study.compare import compare

    options.check_several()
    scenarios = _load_all(files, overrides)
    for file, scenario in scenarios:
        _refuse_absurd(scenario, file, insist=yes)
    _check_folder(out, png=False)
    seed = scenarios[0][1].seed if seed is None else seed
    studies = []
    for file, scenario in scenarios:
        with _placing_refusals(file, overrides), _naming_the_trial(file, overrides, options):
            studies.append(_run_trials(scenario, seed, options, verify, quiet))
        if studies[-1].partial:  # nothing to compare with
            raise KeyboardInterrupt
    with _study_errors(files[-1]):
        found = [compare(studies[0], other) for other in studies[1:]]
    if out is not None:
        _write_several(found, out, _typed())
    _show(form, lambda: comparisons_json(found), lambda: comparisons_report(found, _typed()))
    if not quiet:
        _report_progress(out, verify)
    _check(check, studies)


def _load_all(files: tuple[Path, ...], overrides: tuple[str, ...]) -> list[tuple[Path, Scenario]]:
    """Load scenarios; raise ScenarioError with the problems of all."""
    from efssim.scenario import ScenarioError, load

    found, problems = [], []
    for file in files:
        try:
            found.append((file, load(file, overrides)))
        except ScenarioError as error:
            problems += list(error.problems)
    if problems:
        raise ScenarioError(tuple(problems))
    names = [scenario.name for _, scenario in found]
    for (file, scenario), before in zip(found, range(len(found)), strict=True):
        if scenario.name in names[:before]:
            _fail(f"{file}: name: '{scenario.name}' is the name of another scenario, too")
    return found


def _write_several(found: list[Comparison], out: Path, again: str) -> None:
    from efssim.report.compare_text import write_comparisons
    from efssim.report.trials_files import write_trials

    for study in (found[0].first, *(comparison.second for comparison in found)):
        write_trials(study, out / study.scenario.name, again)
    write_comparisons(found, out, again)


def _check_options(options: TrialOptions, png: bool) -> None:
    options.check()
    if png and options.are_many:
        raise click.UsageError("--png needs a single run: trials have no figures")


def _run_once(
    scenario: Scenario, seed: int | None, options: TrialOptions, verify: bool, quiet: bool
) -> Result | Trials:
    from efssim.simulate import run as simulate

    with _progress(scenario, quiet) as tell:
        return simulate(scenario, seed, verify=verify, trial=options.trial or 0, on_progress=tell)


def _run_trials(
    scenario: Scenario, seed: int | None, options: TrialOptions, verify: bool, quiet: bool
) -> Trials:
    """Run a study; KeyboardInterrupt if it is interrupted before the first trial is complete."""
    from concurrent.futures import BrokenExecutor

    from efssim.model.simulation import World
    from efssim.study.store import StoreError
    from efssim.study.trials import run_trials

    World(scenario, scenario.seed)  # raises what EFS refuses from the start, before there is a bar
    workers, resume = options.workers, options.resume
    try:
        with _progress_of_trials(quiet) as tell:
            found = run_trials(
                scenario,
                seed=seed,
                **options.size,
                workers=workers,
                resume=resume,
                verify=verify,
                on_progress=tell,
            )
    except StoreError as error:
        _fail(str(error))
    except BrokenExecutor as error:
        click.echo(error, err=True)
        sys.exit(INTERNAL_ERROR)
    if not len(found):
        raise KeyboardInterrupt
    return found


def _write(result: Result | Trials, out: Path | None, png: bool, again: str) -> None:
    from efssim.report.files import write_files
    from efssim.result import Result

    if out is None:
        return
    if isinstance(result, Result):
        write_files(result, out, png, again)
    else:
        from efssim.report.trials_files import write_trials

        write_trials(result, out, again)


def _text(result: Result | Trials, again: str) -> str:
    from efssim.result import Result

    if isinstance(result, Result):
        from efssim.report.text import text_report

        return text_report(result, again)
    from efssim.report.trials_text import study_text

    return study_text(result, again)


def _refuse_absurd(scenario: Scenario, file: Path, insist: bool) -> None:
    from efssim.scenario.volume import BYTES_MAX, WRITES_MAX, expected_volume

    expected = expected_volume(scenario)
    if expected.bytes > BYTES_MAX:
        _fail(f"{file}: about {expected.bytes:.2g} bytes are expected, more than can be counted")
    if expected.writes > WRITES_MAX and not insist:
        _fail(
            f"{file}: about {expected.writes:.2g} writes are expected; --yes runs it all the same"
        )


@contextmanager
def _placing_refusals(file: Path, overrides: tuple[str, ...]) -> Iterator[None]:
    """Turn what EFS refuses during a run into a problem of the scenario, with its position."""
    from efssim.model.errors import RunError
    from efssim.scenario.document import Problem, ScenarioError, read_document

    try:
        yield
    except RunError as error:
        document = read_document(file)
        for ordinal, text in enumerate(overrides, start=1):
            document.override(text, ordinal)
        position = document.key_position(error.path)
        raise ScenarioError((Problem(position, error.path, error.message),)) from None


@contextmanager
def _naming_the_trial(
    file: Path, overrides: tuple[str, ...], options: TrialOptions
) -> Iterator[None]:
    """Say how a trial that failed can be repeated alone; what failed is a bug of ours."""
    if not options.are_many:
        yield
        return
    from efssim.study.trial import TrialError

    try:
        yield
    except TrialError as error:
        alone = _command(file, error.seed, overrides, options.alone(error.number))
        click.echo(f"trial {error.number} failed; to repeat it alone: {alone}", err=True)
        raise


@contextmanager
def _progress_of_trials(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show how many trials are complete, on a terminal; yield what the study has to call."""
    if not _shows_progress(quiet):
        yield None
        return
    from efssim.progress import bar_of_trials

    with bar_of_trials(sys.stderr) as tell:
        yield tell


@contextmanager
def _progress(scenario: Scenario, quiet: bool) -> Iterator[Progress | None]:
    """Show how far a run is while it lasts, on a terminal; yield what the run has to call."""
    if not _shows_progress(quiet):
        yield None
        return
    from efssim.progress import bar

    with bar(sys.stderr, scenario.duration) as tell:
        yield tell


def _check_folder(out: Path | None, png: bool) -> None:
    if png and out is None:
        raise click.UsageError("--png needs --out, the folder for the figures")
    if out is not None and out.exists() and not out.is_dir():
        _fail(f"{out}: is a file, not a folder for --out")


def _command(file: Path, seed: int, overrides: tuple[str, ...], options: TrialOptions) -> str:
    words = ["efssim", "run", str(file), "--seed", str(seed), *options.words]
    for override in overrides:
        words += ["--set", override]
    return shlex.join(words)


def _report_progress(out: Path | None, verify: bool) -> None:
    if verify:
        click.echo("laws 1 to 5 hold", err=True)
    if out is not None:
        click.echo(f"wrote {out}{os.sep}", err=True)


def _check(is_asked: bool, results: Sequence[Result | Trials]) -> None:
    """Exit 1 under `--check` where a result is not as it has to be."""
    from efssim.report.check import passes

    if is_asked and not all(passes(each.summary) for each in results):
        sys.exit(MISSED)


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change a value.")
@click.option("--resolved", "show", is_flag=True, help="Show every value and where it comes from.")
@_handles_errors
def validate(files: tuple[Path, ...], overrides: tuple[str, ...], show: bool) -> None:
    """Check scenario FILES without running them: what they say, and that EFS accepts it."""
    from efssim.scenario import ScenarioError, load

    scenarios, problems = [], []
    for file in files:
        try:
            scenario = load(file, overrides)
            _build(scenario, file, overrides)
            scenarios.append((file, scenario))
        except ScenarioError as error:
            problems += list(error.problems)
    if problems:
        raise ScenarioError(tuple(problems))
    for file, scenario in scenarios:
        click.echo(_resolved_table(scenario) if show else f"{file}: valid")


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change a value.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--outage", metavar="DURATION", default="1 h", help="Outage to catch up with [1 h].")
@click.option("--simulate", is_flag=True, help="Simulate too, and show how far off that is.")
@_handles_errors
def estimate(
    file: Path, overrides: tuple[str, ...], form: str, outage: str, simulate: bool
) -> None:
    """Estimate the lag of scenario FILE from closed forms, without simulating it."""
    from efssim.closed_forms import estimate as estimated
    from efssim.report.estimate import estimate_json, estimate_report
    from efssim.scenario import load

    scenario = load(file, overrides)
    _build(scenario, file, overrides)
    try:
        found = estimated(scenario, outage)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--outage") from None
    if simulate:
        from efssim.simulate import run as simulated

        _refuse_absurd(scenario, file, insist=False)
        with _placing_refusals(file, overrides), _progress(scenario, quiet=False) as tell:
            found = found.compared_with(simulated(scenario, on_progress=tell))
    _show(form, lambda: estimate_json(found), lambda: estimate_report(found))


def _build(scenario: Scenario, file: Path, overrides: tuple[str, ...]) -> None:
    """Build the world of a scenario, which tells what EFS would refuse at its start."""
    from efssim.model.simulation import World

    with _placing_refusals(file, overrides):
        World(scenario, scenario.seed)


def _resolved_table(scenario: Scenario) -> str:
    from efssim.scenario.provenance import resolved

    rows = [
        (p.path, p.value, f"{p.provenance}{': ' * bool(p.why)}{p.why}") for p in resolved(scenario)
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}".rstrip() for a, b, c in rows)


@cli.command()
def schema() -> None:
    """Print a JSON Schema of scenario files, for editors."""
    import json

    from efssim.scenario import Scenario

    click.echo(json.dumps(Scenario.model_json_schema(), indent=2, ensure_ascii=False))


@cli.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False))
@_handles_errors
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
        _fail(f"{target}: exists already and is left as it is")
    click.echo(f"wrote {target}; next: efssim run {shlex.quote(str(target))}")


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--vary", required=True, metavar="PATH=LOW..HIGH", help="What to look for.")
@click.option("--rpo", metavar="DURATION", help="Largest acceptable age; replaces the scenario's.")
@click.option("--attainment", metavar="SHARE", help="Share of the time; replaces the scenario's.")
@click.option("--confidence", default="95%", show_default=True, metavar="SHARE")
@click.option("--replication", metavar="NAME", help="Whose RPO; that of PATH or of all unless set.")
@click.option("--trials", type=click.IntRange(min=10), default=30, show_default=True)
@_study_options
@_handles_errors
def plan(
    file: Path,
    vary: str,
    rpo: str | None,
    attainment: str | None,
    confidence: str,
    replication: str | None,
    trials: int,
    seed: int | None,
    workers: int | None,
    overrides: tuple[str, ...],
    out: Path | None,
    form: str,
    yes: bool,
    quiet: bool,
) -> None:
    """Find the smallest (or largest) value that meets the RPO of scenario FILE."""
    from efssim.report.plan_json import plan_json, write_plan
    from efssim.report.plan_text import plan_report
    from efssim.scenario import load
    from efssim.study.plan import plan as find
    from efssim.study.space import parse_assignment, range_of, with_value

    scenario = load(file, overrides)
    chosen, text = parse_assignment(vary)
    between = range_of(chosen, text)
    for end in between:
        _refuse_absurd(with_value(scenario, chosen, end), file, insist=yes)
    _check_folder(out, png=False)
    with _placing_refusals(file, overrides), _study_errors(file):
        found = find(
            scenario,
            chosen,
            between,
            rpo=rpo,
            attainment=attainment,
            confidence=confidence,
            replication=replication,
            trials=trials,
            seed=seed,
            workers=workers,
            on_progress=_tell_evaluation(chosen) if _shows_progress(quiet) else None,
        )
    if out is not None:
        write_plan(found, out, _typed())
    _show(form, lambda: plan_json(found), lambda: plan_report(found, _typed()))
    if out is not None and not quiet:
        click.echo(f"wrote {out}{os.sep}", err=True)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--vary", required=True, multiple=True, metavar="PATH=VALUES", help="a,b,c or LOW..HIGH:n[log]."
)
@click.option("--one-at-a-time", is_flag=True, help="Each value alone, and what it changes.")
@click.option("--measure", default="time_since_last_sync_s.mean", show_default=True, metavar="NAME")
@click.option("--trials", type=click.IntRange(min=1), default=1, show_default=True)
@_study_options
@_handles_errors
def sweep(
    file: Path,
    vary: tuple[str, ...],
    one_at_a_time: bool,
    measure: str,
    trials: int,
    seed: int | None,
    workers: int | None,
    overrides: tuple[str, ...],
    out: Path | None,
    form: str,
    yes: bool,
    quiet: bool,
) -> None:
    """Run trials of scenario FILE at every combination of values."""
    from efssim.report.sweep_json import sweep_json, write_sweep
    from efssim.report.sweep_text import sweep_report
    from efssim.scenario import load
    from efssim.study.space import parse_assignment, values_of
    from efssim.study.sweep import combinations, swept

    scenario = load(file, overrides)
    parsed = [parse_assignment(text, ordinal) for ordinal, text in enumerate(vary, start=1)]
    chosen = [(named, values_of(named, text)) for named, text in parsed]
    for _, world in combinations(scenario, chosen, one_at_a_time=one_at_a_time):
        _refuse_absurd(world, file, insist=yes)
    _check_folder(out, png=False)
    with _placing_refusals(file, overrides), _study_errors(file):
        found = swept(
            scenario,
            chosen,
            trials,
            one_at_a_time=one_at_a_time,
            seed=seed,
            workers=workers,
            on_progress=_tell_combination if _shows_progress(quiet) else None,
        )
        found.check_measure(measure)
    if out is not None:
        write_sweep(found, out, measure, _typed())
    _show(form, lambda: sweep_json(found), lambda: sweep_report(found, measure, _typed()))
    if out is not None and not quiet:
        click.echo(f"wrote {out}{os.sep}", err=True)


def _tell_combination(done: int, wanted: int) -> None:
    click.echo(f"{done} of {wanted} combinations", err=True)


def _tell_evaluation(vary: Parameter) -> Callable[[Evaluation], None]:
    """Return what shows each evaluation of a plan as it is made."""

    def tell(made: Evaluation) -> None:
        met = "met" if made.met else "missed"
        shown = f"{vary.text(made.value)}: attainment {made.attainment:.5f}, {met}"
        click.echo(f"{shown} ({made.stage}, {made.trials} trials)", err=True)

    return tell


@contextmanager
def _study_errors(file: Path) -> Iterator[None]:
    """Turn a study that cannot be made into one line of the user's."""
    from efssim.study.errors import StudyError

    try:
        yield
    except StudyError as error:
        _fail(f"{file}: {error}")


def _show(form: str, as_json: Callable[[], str], as_text: Callable[[], str]) -> None:
    """Print a result in the form that was asked for; a report in what the output can show."""
    from efssim.report.terminal import coloured, encodable, wants_colour

    if form == "json":
        click.echo(as_json(), nl=False)
        return
    text = encodable(as_text(), sys.stdout.encoding)
    click.echo(coloured(text) if wants_colour(sys.stdout, os.environ) else text, nl=False)


def _shows_progress(quiet: bool) -> bool:
    """Whether somebody looks at standard error and wants to see how far a command is."""
    return not quiet and sys.stderr.isatty()


@cli.command()
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
@_handles_errors
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
        _fail(f"`serve` needs {error.name}: pip install 'efssim[aws]'")
    scenario = load(file, overrides)
    homes = [system.home for system in scenario.file_systems.values()]
    with _placing_refusals(file, overrides):
        world = Simulation(scenario, seed)
    tell = _say_nothing if quiet else partial(click.echo, err=True)
    served = Served(world, region or (homes or ["us-east-1"])[0], None if step else speed, tell)
    try:
        server = Server((host, port), served)
    except OSError as error:
        _fail(f"{host}:{port}: {error.strerror}")
    with server:
        # In a thread of its own: a handler of signals cannot wait for the loop that it interrupts.
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        click.echo(f"serving {file} at {server.url}", err=True)
        server.serve_forever()


def _say_nothing(_line: str) -> None:
    """Take a line and say nothing."""


def _typed() -> str:
    """Return the command as it was typed, without what changes nothing about the result."""
    words = iter(sys.argv[1:])
    kept = ["efssim"]
    for word in words:
        if word == "--out":
            next(words, None)
        elif word != "--quiet" and not word.startswith("--out="):
            kept.append(word)
    return shlex.join(kept)


def _start_fast() -> None:
    """Leave out what would take a large part of a short command's time and serves nothing here."""
    # The modules and models that are made at the start stay: nothing of them is garbage.
    gc.set_threshold(100_000)
    # Nor at the end, where the interpreter would look through all of it once more.
    atexit.register(gc.freeze)
    # The threads of NumPy's BLAS, for linear algebra, of which there is none.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    """Run the command line; the entry point `efssim`."""
    _start_fast()
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
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
