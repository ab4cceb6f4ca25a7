"""Commands and sessions whose outputs are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.same_outputs.broken import MISTAKES, VALID, broken

SESSIONS = Path(__file__).parent / "sessions"
SCENARIOS = sorted(
    file.stem for file in Path(__file__).parents[2].joinpath("scenarios").glob("*.yaml")
)
COMMANDS = ("run", "validate", "estimate", "init", "plan", "schema", "serve", "sweep")
STUDIED = ("failover", "measured", "random-year", "region-opt-out", "resonance")
"""Scenarios whose trials are run: with and without random faults, a trace, and two replications."""

THROUGHPUT = "replications.dr.sync.throughput"
INTERVAL = "replications.dr.sync.interval"
QUIET_BUDGET = ("--budget", "1h")  # the default is real time, which a busy machine may use up


@dataclass(frozen=True)
class Case:
    """One process: a command, or a Python session, in a working folder of its own."""

    name: str
    arguments: tuple[str, ...] = ()
    session: str | None = None
    """Source of a Python session that runs instead of the command."""
    files: dict[str, str] = field(default_factory=dict)
    """Files that are there before, by name."""
    stdin: str = ""


def cases() -> list[Case]:
    """Return all cases; names are unique."""
    made = [
        *_helps(),
        *_scenarios(),
        *_trials(),
        *_studies(),
        *_mistakes(),
        *_sessions(),
    ]
    assert len({case.name for case in made}) == len(made)
    return made


def _helps() -> Iterator[Case]:
    yield Case("version", ("--version",))
    yield Case("help", ("--help",))
    yield Case("no command")
    for command in COMMANDS:
        yield Case(f"{command} --help", (command, "--help"))
    yield Case("schema", ("schema",))
    yield Case("init", ("init",))
    yield Case("init folder", ("init", "made/here"))
    yield Case("init twice", ("init",), files={"scenario.yaml": VALID})


def _scenarios() -> Iterator[Case]:
    for name in SCENARIOS:
        file = f"scenarios/{name}.yaml"
        yield Case(f"run {name}", ("run", file, "--out", "out", "--verify", "--yes"))
        yield Case(f"run {name} json", ("run", file, "--format", "json", "--seed", "7", "--check"))
        yield Case(f"validate {name}", ("validate", file))
        yield Case(f"resolved {name}", ("validate", file, "--resolved"))
        yield Case(f"estimate {name}", ("estimate", file))
        yield Case(f"estimate {name} json", ("estimate", file, "--format", "json"))
    yield Case("run stdin", ("run", "-", "--trial", "3"), stdin=VALID)
    yield Case("validate all", ("validate", *(f"scenarios/{name}.yaml" for name in SCENARIOS)))
    simulated = ("estimate", "scenarios/measured.yaml", "--simulate", "--outage", "6h")
    yield Case("estimate simulated", simulated)
    yield Case("estimate simulated json", (*simulated, "--format", "json"))


def _trials() -> Iterator[Case]:
    for name in STUDIED:
        file = f"scenarios/{name}.yaml"
        shorter = ("--set", "duration=60 days") if name == "random-year" else ()
        trials = ("--trials", "4", "--workers", "1", *shorter)
        yield Case(f"trials {name}", ("run", file, *trials, "--out", "out", "--verify"))
        yield Case(f"trials {name} json", ("run", file, *trials, "--format", "json", "--check"))
    shared = ("run", "-", "--trials", "10", "--workers", "2")
    yield Case("trials workers", (*shared, "--quiet"), stdin=VALID)
    yield Case(
        "trials resume",
        ("run", "-", "--trials", "10", "--workers", "1", "--resume", "kept"),
        stdin=VALID,
    )
    precise = ("run", "-", "--precision", "20%", "--budget", "40", "--workers", "1", "--quiet")
    yield Case("trials precision", precise, stdin=VALID)


def _studies() -> Iterator[Case]:
    one, few = ("--workers", "1"), ("--workers", "1", "--trials", "3")
    files = {"a.yaml": VALID, "b.yaml": VALID.replace("name: valid", "name: changed")}
    slower = files["b.yaml"].replace("interval: 1 min", "interval: 2 min")
    compared = ("run", "a.yaml", "b.yaml", *few, "--quiet")
    files["b.yaml"] = slower
    yield Case("compare", (*compared, "--out", "out"), files=files)
    yield Case("compare json", (*compared, "--format", "json"), files=files)
    yield Case("compare runs", ("run", "a.yaml", "b.yaml", "--quiet"), files=files)

    measured = ("sweep", "scenarios/measured.yaml", *few)
    two = ("--vary", f"{THROUGHPUT}=30MiB/s,60MiB/s", "--vary", f"{INTERVAL}=1 min,5 min")
    alone = ("--one-at-a-time", "--measure", "time_since_last_sync_s.p99", *two)
    yield Case("sweep", (*measured, "--vary", f"{THROUGHPUT}=30MiB/s..60MiB/s:3", "--out", "out"))
    yield Case("sweep two", (*measured, *two, "--out", "out"))
    yield Case("sweep two json", (*measured, *two, "--format", "json"))
    yield Case("sweep alone", (*measured, *alone, "--out", "out"))
    yield Case("sweep alone json", (*measured, *alone, "--format", "json"))

    resonance = ("plan", "scenarios/resonance.yaml", "--vary", f"{INTERVAL}=15min..60min", *one)
    yield Case("plan resonance", (*resonance, *QUIET_BUDGET, "--out", "out"))
    yield Case("plan resonance json", (*resonance, *QUIET_BUDGET, "--format", "json"))
    burst = ("plan", "-", "--vary", f"{THROUGHPUT}=1MiB/s..100MiB/s", "--trials", "10", *one)
    objective = ("--rpo", "3 min", "--attainment", "90%")
    yield Case("plan", (*burst, *objective, *QUIET_BUDGET, "--out", "out"), stdin=VALID)
    yield Case("plan never", (*burst, "--rpo", "2 s", *QUIET_BUDGET), stdin=VALID)
    yield Case("plan always", (*burst, "--rpo", "1 day", *QUIET_BUDGET), stdin=VALID)


def _mistakes() -> Iterator[Case]:
    for name, text in broken():
        yield Case(f"broken {name}", ("validate", "s.yaml"), files={"s.yaml": text})
    yield Case("broken run", ("run", "s.yaml"), files={"s.yaml": dict(broken())["many"]})
    for arguments in MISTAKES:
        yield Case(f"mistake {' '.join(arguments)}", arguments, files={"s.yaml": VALID})


def _sessions() -> Iterator[Case]:
    for file in sorted(SESSIONS.glob("*.py")):
        source = file.read_text(encoding="utf-8")
        yield Case(f"session {file.stem}", session=source, files={"valid.yaml": VALID})
