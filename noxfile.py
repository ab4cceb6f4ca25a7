"""What people type to check efssim: `nox` for the usual checks, `nox --list` for all of them.

Each session makes a virtual environment of its own; `nox -R` uses it once more as it is.
`nox --no-venv` uses the environment that is active, with the extra `dev`, as `.ci/run` does.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

PYTHONS = ("3.11", "3.12", "3.13")

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "tests", "docs", "notebooks"]


def develop(session: nox.Session) -> None:
    """Install efssim with all that developers need, unless the session runs where it is started."""
    if session.venv_backend != "none":
        session.install("-e", ".[dev]")


def cloned(session: nox.Session) -> Path:
    """Clone what is committed into the session's own folder; return where it is."""
    folder = Path(session.create_tmp()).resolve() / "efssim"
    shutil.rmtree(folder, ignore_errors=True)
    session.run("git", "clone", "-q", ".", str(folder), external=True)
    return folder


@nox.session
def tests(session: nox.Session) -> None:
    """Run the quick tests; options of pytest go after `--`, such as `-m slow`."""
    develop(session)
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    develop(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    develop(session)
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Run every code block of the README and of docs/, and check what else the pages say."""
    develop(session)
    session.run("pytest", "tests/docs", *session.posargs)


@nox.session
def notebooks(session: nox.Session) -> None:
    """Execute the notebooks."""
    develop(session)
    files = sorted(str(file) for file in Path("notebooks").glob("*.ipynb"))
    session.run("pytest", "--nbmake", *files, *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure speed and memory beside baselines; options go after `--`, such as `--rows 3,4`."""
    develop(session)
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def search(session: nox.Session) -> None:
    """Search for faults in random scenarios; options go after `--`, such as `--minutes 30`."""
    develop(session)
    session.run("python", "-m", "search", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the quick tests under coverage and hold what they miss against the list of reasons."""
    develop(session)
    folder = Path(session.create_tmp()).resolve()
    measured = {
        "COVERAGE_PROCESS_START": str(Path("pyproject.toml").resolve()),
        "COVERAGE_FILE": str(folder / "coverage"),
    }
    session.run("coverage", "erase", env=measured)
    session.run("pytest", *session.posargs, env=measured)  # and every Python that the tests start
    session.run("python", ".ci/covered.py", env={"COVERAGE_FILE": measured["COVERAGE_FILE"]})


@nox.session(python=PYTHONS)
def matrix(session: nox.Session) -> None:
    """Follow the README on a supported Python, in a clone of what is committed."""
    with session.chdir(cloned(session)):
        session.install(".")
        session.run("efssim", "run", "scenarios/first-report.yaml")
        session.install(".[test]")
        session.run("pytest", "-q", *session.posargs)


@nox.session(python="3.11")
def lowest(session: nox.Session) -> None:
    """Run the tests on the lowest direct dependencies that pyproject.toml allows."""
    with session.chdir(cloned(session)):
        session.install("uv")
        session.run("uv", "pip", "install", "-q", "--resolution", "lowest-direct", ".[test]")
        session.run("pip", "list")
        session.run("pytest", "-q", *session.posargs)
