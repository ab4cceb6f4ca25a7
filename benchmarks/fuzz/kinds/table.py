"""The kinds of bad input: their names, their makers, and how many of 100,000 cases each has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.fuzz.case import Case, Random, random_of
from benchmarks.fuzz.kinds import http, options, scenario, stored, traces

Maker = Callable[[Random, int], Case]

KINDS: Mapping[str, tuple[Maker, float]] = {
    "scenario": (scenario.make, 0.42),
    "set": (options.make_set, 0.14),
    "vary": (options.make_vary, 0.04),
    "trace": (traces.make_trace, 0.14),
    "http": (http.make, 0.14),
    "alarms": (traces.make_alarms, 0.05),
    "prices": (traces.make_prices, 0.04),
    "stored": (stored.make, 0.03),
}
"""The maker and the share of each."""


def case_of(kind: str, seed: int, number: int) -> Case:
    """Return a case again, by all that it depends on."""
    make, _ = KINDS[kind]
    return make(random_of(seed, list(KINDS).index(kind), number), number)
