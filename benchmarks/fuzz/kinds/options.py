"""Options: `--set`, `--vary`, and the values of the others."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

from benchmarks.fuzz import hostile
from benchmarks.fuzz.case import Case, Random, chance, pick
from benchmarks.fuzz.kinds import bases, scenario

_OTHERS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("run", "s.yaml", "-q"), "--seed"),
    (("run", "s.yaml", "-q"), "--trial"),
    (("run", "s.yaml", "-q", "-w", "1"), "--precision"),
    (("run", "s.yaml", "-q", "-w", "1", "--precision", "50%"), "--budget"),
    (("run", "s.yaml", "-q", "-n", "2"), "--workers"),
    (("run", "s.yaml", "-q", "-n", "2", "-w", "1"), "--sets"),
    (("run", "s.yaml", "-q", "-n", "4", "-w", "1", "-o", "out"), "--part"),
    (("run", "s.yaml", "-q", "-n", "2", "-w", "1"), "--margin"),
    (("run", "s.yaml", "-q"), "--out"),
    (("estimate", "s.yaml"), "--outage"),
    (("export", "s.yaml", "-q", "-o", "out"), "--period"),
    (("export", "s.yaml", "-q", "-o", "out"), "--phase"),
    (("alarms", "s.yaml", "-q", "--tune", "-n", "2", "-w", "1"), "--detect"),
    (("alarms", "s.yaml", "-q", "--tune", "-n", "2", "-w", "1"), "--false-alarms"),
    (("alarms", "s.yaml", "-q", "--tune", "-n", "2", "-w", "1"), "--alarm"),
    (("choose", "s.yaml", "t.yaml", "-q", "--best", "least", "--indifference", "30s"), "--measure"),
    (
        (
            *("choose", "s.yaml", "t.yaml", "-q", "-w", "1", "--budget", "10", "-n", "10"),
            *("--measure", "write_lag_s.mean", "--best", "least"),
        ),
        "--indifference",
    ),
    (("serve", "s.yaml", "--port", "99999"), "--speed"),
    (("serve", "s.yaml", "--port", "99999"), "--region"),
    (("serve", "s.yaml", "--port", "99999"), "--allow-hosts"),
)
_PLANS = ("--rpo", "--attainment", "--confidence", "--replication", "--objective", "--horizon")


def make_set(random: Random, number: int) -> Case:
    """Return a case with `--set`, or another option."""
    if chance(random, 0.15):
        return _other(random, number)
    at = int(random.integers(len(bases.texts())))
    text = bases.texts()[at].encode()
    words = [*scenario.command(random)]
    for _ in range(pick(random, (1, 1, 2))):
        path, token = pick(random, bases.leaves()[at])
        given = _as_argument(random, hostile.instead_of(random, token))
        if chance(random, 0.3):
            path, given = _path(random), _value(random)
        words += ["--set", f"{path}{pick(random, ('=',) * 9 + ('', '=='))}{given}"]
    return Case("set", number, bases.with_files(text), tuple(words))


def make_vary(random: Random, number: int) -> Case:
    """Return a case with `--vary`, of a sweep or of a plan."""
    tail = ("-q", "-w", "1")
    vary = f"{_numeric(random)}={_range(random)}"
    words: tuple[str, ...]
    if chance(random, 0.35):
        words = ("plan", "s.yaml", "--vary", vary, "-n", "10", "--budget", "2 s", *tail)
        if chance(random, 0.3):
            words += (pick(random, _PLANS), _value(random))
    else:
        words = ("sweep", "s.yaml", "--vary", vary, *tail)
        design = pick(random, ((), (), ("--one-at-a-time",), ("--latin", "2"), ("--morris", "2")))
        words += design
        if chance(random, 0.2):
            words += ("--measure", _word(random))
    if chance(random, 0.2):
        words += ("--vary", f"{_numeric(random)}={_range(random)}")
    return Case("vary", number, {"s.yaml": bases.TINY.encode()}, words)


def _other(random: Random, number: int) -> Case:
    words, name = pick(random, _OTHERS)
    given = _value(random)
    if name == "--out":
        given = f"out/{_word(random)}".replace("..", "")
    if (
        name == "--workers"
        and given.strip().lstrip("+").isdigit()
        and int(given.strip()[:9]) < 2000
    ):
        given = "0"  # processes are started for any other
    files = {"s.yaml": bases.TINY.encode(), "t.yaml": bases.TINY.replace("tiny", "t").encode()}
    return Case("set", number, files, (*words, f"{name}={given}"))


def _path(random: Random) -> str:
    path = pick(random, bases.paths())
    if chance(random, 0.8):
        return path
    made: tuple[Callable[[], str], ...] = (
        lambda: _word(random),
        lambda: path + ".",
        lambda: "." + path,
        lambda: path.replace(".", "..", 1),
        lambda: f"{path}.{_word(random)}",
        lambda: path[:-1],
        lambda: f"{path}[{hostile.number(random)}]",
        lambda: path.partition(".")[0],
        lambda: f'"{path}"',
        lambda: path + '"',
    )
    return pick(random, made)()


def _numeric(random: Random) -> str:
    known = (
        *("replications.dr.sync.interval", "replications.dr.sync.throughput", "rpo.target"),
        *("file_systems.orders.size", "file_systems.orders.growth", "rpo.attainment", "duration"),
        *(
            "file_systems.orders.writes.w.size",
            "file_systems.orders.writes.w.arrivals.poisson.rate",
        ),
        *(
            "replications.dr.sync.failure_probability",
            "replications.dr.sync.setup",
            "warm_up",
            "seed",
        ),
    )
    return pick(random, known) if chance(random, 0.75) else _path(random)


def _value(random: Random) -> str:
    return _as_argument(random, hostile.value(random))


def _as_argument(random: Random, token: str) -> str:
    """Return a token as an argument of a command, which has no character NUL."""
    token = token[:3000]
    if token.startswith('"') and chance(random, 0.7):
        with contextlib.suppress(ValueError):
            token = json.loads(token)
    return token.replace("\0", "\udcff")


def _word(random: Random) -> str:
    return (
        _value(random)
        if chance(random, 0.5)
        else pick(random, ("dr", "w", "a-b", "1", "lag", "x y"))
    )


def _range(random: Random) -> str:
    low, high, third = (_ending(random) for _ in range(3))
    made = (
        f"{low}..{high}",
        f"{low}..{high}:3",
        f"{low}..{high}:3log",
        f"{low}..{high}:log",
        f"{low},{high},{third}",
        low,
        f"{low}..{high}..{third}",
        f"{low}..{high}:{hostile.number(random)}",
        f"{low}..",
        "..",
        f"{low}..{high}:{hostile.number(random)}log",
    )
    return pick(random, made)


def _ending(random: Random) -> str:
    good = ("10 s", "1 min", "1 MiB", "10 MiB/s", "1", "0.5", "2", "90 %")
    return pick(random, good) if chance(random, 0.5) else _value(random)
