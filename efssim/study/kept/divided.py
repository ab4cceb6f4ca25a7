"""Running one part of a study: its share of the trials of each scenario."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from efssim.lag.kinds.asked import OF_TRIALS
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.scenario import Scenario
from efssim.study.kept.parts import PartStore, PartTrial
from efssim.study.run.batch import Job, run_batch
from efssim.study.run.dispatch import Dispatch
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import ctrl_c

PartProgress = Callable[[int, int, int], None]
"""Called with the ordinal of a scenario, how many trials of the part are complete, and of all."""


def run_part(
    scenarios: Sequence[Scenario],
    store: PartStore,
    workers: Workers,
    processor: str,
    on_progress: PartProgress | None = None,
) -> None:
    """Run the trials of a part that its folder lacks; close workers and store at the end.

    Ctrl-C raises KeyboardInterrupt, and those that are complete stay. Raise as `run_study` does.
    """
    shared = SharedDraws()
    with ctrl_c() as interrupts, interrupts.held(), ExitStack() as closing:
        closing.callback(store.close)
        closing.enter_context(workers)
        store.begin()
        study, missing = store.study, _missing(store)
        wanted = len(study.keys)
        complete = wanted - sum(map(len, missing.values()))
        for point, scenario in enumerate(scenarios):
            if on_progress is not None:
                on_progress(point, complete, wanted)
            job = Job.of(scenario, study.seed, study.verified, workers, OF_TRIALS, shared)
            dispatch = Dispatch(run_batch, job, workers, interrupts)
            for batch in dispatch.results(missing.get(point, [])):
                for done in batch.trials:
                    store.add(PartTrial(point, processor, done))
                complete += len(batch)
                if on_progress is not None:
                    on_progress(point, complete, wanted)


def _missing(store: PartStore) -> dict[int, list[int]]:
    """Return the numbers of the trials that a part lacks, by the ordinal of their scenario."""
    found: dict[int, list[int]] = {}
    for at, number in store.missing:
        found.setdefault(at, []).append(number)
    return found
