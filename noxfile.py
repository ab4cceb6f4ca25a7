"""What people type to check efssim: `nox` for the usual checks, `nox --list` for all of them.

Each session makes a virtual environment of its own; `nox -R` uses it once more as it is.
`nox --no-venv` uses the environment that is active, with the extra `dev`, as `.ci/run` does.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PINNED = ".ci/pinned.txt"
"""Every dependency of the extra `dev` with its hashes, for all of PYTHONS and every system."""
SHIPPED = "aws,distributed,notebook,parquet,sensitivity"
"""The extras that people install to use efssim."""

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
    # Two at a time: each has a kernel of its own.
    session.run("pytest", "--nbmake", "-n", "2", *files, *session.posargs)


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
def fuzz(session: nox.Session) -> None:
    """Try bad input; options go after `--`, such as `--cases 100000 --kind trace --seed 7`."""
    develop(session)
    session.run("python", "-m", "benchmarks.fuzz", *session.posargs)


@nox.session(python=PYTHONS[0])
def guided(session: nox.Session) -> None:
    """Fuzz the readers, guided by coverage; options go after `--`, such as `--target units`."""
    session.install("-e", ".", "atheris")
    session.run("python", "-m", "benchmarks.guided", *session.posargs)


@nox.session
def claims(session: nox.Session) -> None:
    """Hold random studies against their truth; options go after `--`, as `--random 8 --seed 16`."""
    develop(session)
    options = session.posargs or ["--random", "32"]
    session.run("python", "-m", "benchmarks.claims", *options)


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


@nox.session
def mutation(session: nox.Session) -> None:
    """Try a thousand random faults on the tests; takes hours; options go after `--`."""
    develop(session)
    session.install("cosmic-ray>=8.4", "pytest-cov>=6")
    session.run("python", "-m", "benchmarks.mutation", *session.posargs)


@nox.session(python=PYTHONS)
def matrix(session: nox.Session) -> None:
    """Follow the README on a supported Python, in a clone of what is committed."""
    with session.chdir(cloned(session)):
        session.install(".")
        session.run("efssim", "run", "scenarios/first-report.yaml")
        session.install(".[test]")
        session.run("pytest", "-q", *session.posargs)


@nox.session(python=PYTHONS)
def pinned(session: nox.Session) -> None:
    """Run the tests on the pinned dependencies, each with a hash that is known."""
    with session.chdir(cloned(session)):
        session.install("--require-hashes", "--no-deps", "-r", PINNED)
        # A hash is of a file, and this is a folder; all that it needs is there.
        session.install("--no-deps", "--no-build-isolation", ".")
        session.run("pip", "check")
        session.run("pytest", "-q", *session.posargs)


@nox.session(python=PYTHONS[0])
def pins(session: nox.Session) -> None:
    """Pin the newest dependencies that pyproject.toml allows, for every supported Python."""
    session.install("uv")
    session.run(
        *("uv", "pip", "compile", "-q", "--universal", "--python-version", PYTHONS[0]),
        *("--extra", "dev", "--generate-hashes", "--upgrade", *session.posargs),
        *("--no-emit-index-url", "--no-header", "--no-annotate", "-o", PINNED, "pyproject.toml"),
    )


@nox.session
def audit(session: nox.Session) -> None:
    """Look for advisories about the pinned dependencies; fail where nobody can be asked."""
    session.install("pip-audit>=2.9")
    session.run("python", ".ci/audit.py")


@nox.session(python=PYTHONS[0])
def sbom(session: nox.Session) -> None:
    """Write a bill of materials (CycloneDX) into dist/: efssim with its extras, as pinned."""
    folder = Path(session.create_tmp()).resolve()
    python, made = folder / "efssim" / "bin" / "python", folder / "made.json"
    session.install("uv", "cyclonedx-bom>=7")
    session.run("uv", "venv", "-q", "--clear", "--python", PYTHONS[0], str(python.parents[1]))
    install = ("uv", "pip", "install", "-q", "--python", str(python), "-c", PINNED)
    session.run(*install, f".[{SHIPPED}]")
    session.run(
        *("cyclonedx-py", "environment", "--pyproject", "pyproject.toml", "--output-reproducible"),
        *("--mc-type", "application", "--of", "JSON", "-o", str(made), str(python)),
    )
    version = session.run(
        str(python), "-c", "import efssim; print(efssim.__version__)", silent=True, external=True
    )
    name = f"dist/efssim-{str(version).strip()}.cdx.json"
    session.run("python", ".ci/sbom.py", str(made), str(version).strip(), name)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build wheel and source archive into dist/; use the wheel where there is no source tree."""
    folder = Path(session.create_tmp()).resolve()
    shutil.rmtree(folder)
    (folder / "elsewhere").mkdir(parents=True)
    scenario, tried = Path("scenarios/first-report.yaml"), Path(".ci/installed.py")
    for file in (scenario, tried):
        shutil.copy(file, folder / "elsewhere" / file.name)
    session.install("build")
    session.run("python", "-m", "build", "-o", str(folder), str(cloned(session)))
    (made,) = folder.glob("*.whl")
    session.install(str(made))
    with session.chdir(folder / "elsewhere"):
        session.run("python", tried.name, scenario.name)
    Path("dist").mkdir(exist_ok=True)
    for file in folder.glob("efssim-*"):
        shutil.copy(file, "dist")


@nox.session
def features(session: nox.Session) -> None:
    """Compare all shipped scenarios with and without AVX-512, and run golden tests without."""
    develop(session)
    session.run("python", ".ci/features.py", *session.posargs)
    off = session.run("python", ".ci/features.py", "--without", silent=True)
    session.run(
        *("pytest", "-q", "tests/whole/test_golden.py"),
        env={"NPY_DISABLE_CPU_FEATURES": str(off).strip()},
    )


@nox.session(python="3.11")
def lowest(session: nox.Session) -> None:
    """Run the tests on the lowest direct dependencies that pyproject.toml allows."""
    with session.chdir(cloned(session)):
        session.install("uv")
        session.run("uv", "pip", "install", "-q", "--resolution", "lowest-direct", ".[test]")
        session.run("pip", "list")
        session.run("pytest", "-q", *session.posargs)
