"""Compare runs in cells with runs in which every write is drawn: `--part pairs`.

Both of a pair have one seed, and so the same outages; their writes are drawn apart. Ages are exact
in a run; write lags of single writes and of spans are counted in steps of a hundredth of a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import efssim
from benchmarks.works import scenario
from efssim.lag.kinds.measure import LagCollector, LagMeasure
from efssim.records.pieces import PublishedPieces
from efssim.records.run_records import Publications
from efssim.scenario import Scenario

Floats = NDArray[np.float64]

ASKED = 1e-3
RUNS = 20
SHARES = (0.99, 0.999)
LINK = "us-east-1 -> us-west-2"
DAYS = {40.0: 10.0, 1000.0: 1.0}
_STEP_S, _STEPS = 0.01, 1_000_000
_FAULTS = {"wan": {"link_outage": LINK, "every": "7 h", "for": "23 min"}}
_FAULTS_OF_SOURCE = {"src": {"region_outage": "us-east-1", "every": "11 h", "for": "17 min"}}
_PERIODIC: dict[str, float] = {"interval": 60, "setup": 5}
WAYS: dict[str, tuple[dict[str, float], dict[str, Any]]] = {
    "periodic": (_PERIODIC, {}),
    "gated": ({"interval": 0, "gap": 5, "setup": 5}, {}),
    "outages": (_PERIODIC, {"faults": {**_FAULTS, **_FAULTS_OF_SOURCE}}),
}
_counts: Floats = np.zeros(_STEPS + 2)


class FineLags(LagCollector):
    """Counts write lags in fine steps."""

    def __init__(self, begin_s: float) -> None:
        """Begin with no lags; the last collector of a process is the one that is read."""
        super().__init__(begin_s)
        _counts[:] = 0.0

    def add_writes(self, writes: Publications) -> None:
        """Count each write."""
        lags_s = np.repeat(writes.completed_s, writes.writes) - writes.time_s
        # Their share of the steps at or above them, as that of spans is.
        _add(lags_s, lags_s + _STEP_S, np.ones(len(lags_s)))
        self.lags.add(lags_s[:1])

    def add_pieces(self, pieces: PublishedPieces) -> None:
        """Count the writes of spans, evenly spread."""
        found, completed_s = pieces.pieces, np.repeat(pieces.completed_s, pieces.each)
        low_s, high_s = completed_s - found.end_s, completed_s - found.begin_s
        some = (found.writes > 0) & (high_s > low_s)
        _add(low_s[some], high_s[some], found.writes[some].astype(np.float64))


def _add(low_s: Floats, high_s: Floats, writes: Floats) -> None:
    """Add writes that are evenly spread: changes of their number per step."""
    density = writes / np.maximum(high_s - low_s, _STEP_S) * _STEP_S
    for edges, sign in ((low_s, 1.0), (np.maximum(high_s, low_s + _STEP_S), -1.0)):
        steps = np.minimum((edges / _STEP_S).astype(np.int64), _STEPS)
        np.add(_counts, sign * np.bincount(steps, density, len(_counts)), out=_counts)


def _quantiles() -> list[float]:
    up_to = _counts.cumsum().cumsum()
    return [float(up_to.searchsorted(share * up_to[-1])) * _STEP_S for share in SHARES]


def world(way: str, per_s: float, drawn: str) -> Scenario:
    """Return a scenario of half the load that can be sent."""
    sync, more = WAYS[way]
    stream = {
        "arrivals": {"poisson": {"rate": f"{per_s} per s"}},
        "size": {"lognormal": {"median": "16 KiB", "sigma": 1.5}},
        "drawn": drawn,
    }
    mean = 16384 * np.exp(1.5**2 / 2)
    sync = {**sync, "throughput": float(2 * per_s * mean)}
    return scenario({"app": stream}, DAYS[per_s] * 86_400, sync, records="off", **more)


def measured(way: str, per_s: float, drawn: str, seed: int) -> list[float]:
    """Return p99 and p99.9 of the age and of the write lag of a run."""
    lags = LagMeasure("fine_lag_s", "fine", "Lags in steps.", "writes", collect=FineLags)
    with efssim.extend.lag_measures.add(lags):
        run = efssim.run(world(way, per_s, drawn), seed=seed)
    age = run.summary["replications"]["dr"]["time_since_last_sync_s"]
    return [age["p99"], age["p99_9"], *_quantiles()]


def pairs(runs: int = RUNS) -> int:
    """Print the differences of quantiles; return 1 where one is larger than asked for."""
    print(f"{runs} pairs; cells less each, % (99 % interval); asked for at most {ASKED:.1%}")
    worst = 0.0
    for per_s in DAYS:
        for way in WAYS:
            rows = np.array(
                [
                    [measured(way, per_s, drawn, seed) for drawn in ("cells", "each")]
                    for seed in range(runs)
                ]
            )
            off = rows[:, 0].mean(axis=0) / rows[:, 1].mean(axis=0) - 1
            spread = (rows[:, 0] - rows[:, 1]).std(axis=0, ddof=1) / rows[:, 1].mean(axis=0)
            half = 2.86 * spread / np.sqrt(runs)
            names = ("age p99", "age p99.9", "lag p99", "lag p99.9")
            shown = (
                f"{n} {100 * d:+.3f} ({100 * h:.3f})"
                for n, d, h in zip(names, off, half, strict=True)
            )
            print(f"{per_s:6g}/s {way:9} {', '.join(shown)}", flush=True)
            worst = max(worst, float(np.abs(off).max()))
    print(f"largest {worst:.4%}: {'reached' if worst <= ASKED else 'MISSED'}")
    return int(worst > ASKED)
