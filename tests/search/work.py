"""Scenarios by the hundred, in processes of their own."""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED as FIRST
from concurrent.futures import Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path

from search.drawn import draw
from search.tally import Found, Tally, keys_of
from search.trial import Failure, try_out

BATCH = 50
"""Scenarios that a process makes before it tells of them."""


def search(first: int, count: int | None, until_s: float | None, workers: int) -> Iterator[Tally]:
    """Try scenarios from a seed on, until there are enough or the time is over; yield batches."""
    batches = _batches(first, count)
    if workers == 1:
        for seeds in batches:
            yield tried(seeds)
            if until_s is not None and time.monotonic() >= until_s:
                return
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: set[Future[Tally]] = set()
        for seeds in batches:
            waiting.add(pool.submit(tried, seeds))
            if len(waiting) < 2 * workers:
                continue
            done, waiting = wait(waiting, return_when=FIRST)
            yield from (each.result() for each in done)
            if until_s is not None and time.monotonic() >= until_s:
                break
        yield from (each.result() for each in waiting)


def _batches(first: int, count: int | None) -> Iterator[range]:
    seed = first
    while count is None or seed < first + count:
        end = seed + BATCH if count is None else min(seed + BATCH, first + count)
        yield range(seed, end)
        seed = end


def tried(seeds: range) -> Tally:
    """Try the scenarios of some seeds."""
    found = Tally()
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            place = Path(folder, str(seed))
            place.mkdir()
            _try(seed, place, found)
    return found


def _try(seed: int, folder: Path, found: Tally) -> None:
    drawn = draw(seed, folder)
    found.kinds[drawn.kind] += 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a warning on a user's terminal is a fault, too
        tried = try_out(drawn.data, seed, folder)
    found.made.update(tried.made)
    found.skipped.update(tried.skipped.items())
    if tried.failure is not None:
        found.failures.append(_found(seed, tried.failure, drawn.features))
    elif tried.refused:
        found.refused[_plain(tried.refused)] += 1
    else:
        found.passed += 1
    if not tried.refused:
        found.meet(drawn.features)
        found.keys.update(set(keys_of(drawn.data)))


def _found(seed: int, failure: Failure, features: tuple[str, ...]) -> Found:
    return Found(seed, failure.check, failure.problems, features)


def _plain(text: str) -> str:
    """Return why a scenario was refused, without its numbers."""
    lines = [line for line in text.splitlines() if line.startswith("  ")] or [text]
    plain = lines[0].split(" [type=")[0].strip()
    return "".join("#" if each.isdigit() else each for each in plain)[:100]


WORKERS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
"""Processes unless told otherwise: one for each core that may be used."""
