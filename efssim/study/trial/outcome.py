"""One trial: a run of a scenario with random draws of its own, and the data that a study keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from efssim.errors import EfssimError
from efssim.lag.kinds.asked import OF_TRIALS, Asked
from efssim.lag.summary import RunSummary
from efssim.lag.weighted.states import LagState
from efssim.model.entities.errors import RunError
from efssim.model.kernel.draws import Draws
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.kernel.strata import placed, strata_of
from efssim.runs.measured import MeasuredWorld, run_with_states
from efssim.runs.together import advance_together
from efssim.scenario import Scenario
from efssim.study.errors import OutOfTimeError
from efssim.study.trial.paced import Check, advance
from efssim.study.trial.spans import Watch, division

States: TypeAlias = dict[str, dict[str, LagState]]


@dataclass(frozen=True)
class Trial:
    """The result of one trial: plain data, the same on any executor."""

    number: int
    """Counted from 0; trial 0 is the run without trials."""
    summary: RunSummary
    """The numbers of its summary.json."""
    stratum: int = 0
    """Ordinal of the stratum: see `efssim.model.kernel.strata`."""
    spans: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)
    """Spans that are evidence by themselves, by replication: length and seconds in violation of
    each. Of a replication that is not there the trial is the unit."""


@dataclass(frozen=True)
class Done:
    """A complete trial with the distributions that a study pools."""

    trial: Trial
    states: States
    """Distributions in bins, by replication and lag."""


class TrialError(EfssimError):
    """A trial raised; the message names its seed and how to repeat it alone."""

    def __init__(self, number: int, seed: int, cause: str) -> None:
        super().__init__(number, seed, cause)
        self.number, self.seed, self.cause = number, seed, cause

    def __str__(self) -> str:
        return (
            f"trial {self.number} of seed {self.seed} failed: {self.cause}; to repeat it alone: "
            f"efssim.run(scenario, seed={self.seed}, trial={self.number}), or "
            f"efssim run FILE --seed {self.seed} --trial {self.number}"
        )


def run_trial(
    scenario: Scenario,
    seed: int,
    number: int,
    verify: bool = False,
    asked: Asked = OF_TRIALS,
    shared: SharedDraws | None = None,
    check: Check | None = None,
) -> Done:
    """Run one trial for the measures that are asked for, and check the laws with `verify`.

    `shared` has the draws of other trials, which this one need not make again. `check` is called
    some times a second, and raises OutOfTimeError where there is no more time.

    Raise TrialError if it fails, and RunError if EFS refuses a part of the scenario.
    """
    with _naming(number, seed):
        running = _Running(scenario, seed, number, verify, asked, shared)
        advance(running.simulation, check)
        return running.done()


def run_trials_together(
    scenario: Scenario,
    seed: int,
    numbers: Sequence[int],
    verify: bool,
    asked: Asked,
    shared: SharedDraws | None = None,
    check: Check | None = None,
) -> list[Done]:
    """Run trials side by side, each as `run_trial` would; raise as that does for the first."""
    running = []
    for number in numbers:
        with _naming(number, seed):
            running.append(_Running(scenario, seed, number, verify, asked, shared))
    failed = advance_together([each.simulation for each in running], check)
    found = []
    for each, error in zip(running, failed, strict=True):
        with _naming(each.number, seed):
            if error is not None:
                raise error
            found.append(each.done())
    return found


@contextmanager
def _naming(number: int, seed: int) -> Iterator[None]:
    """Name the trial whose exception comes out."""
    try:
        yield
    except (RunError, OutOfTimeError):  # the scenario's mistake, or the study's end
        raise
    except Exception as error:
        raise TrialError(number, seed, f"{type(error).__name__}: {error}") from error


class _Running:
    """A trial that has begun."""

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        number: int,
        verify: bool,
        asked: Asked,
        shared: SharedDraws | None,
    ) -> None:
        self.number = number
        self.simulation = MeasuredWorld(
            scenario,
            seed,
            verify=verify,
            trial=number,
            metrics=False,
            asked=asked,
            shared=shared,
        )
        strata = strata_of(scenario)
        self._stratum = placed(scenario, Draws(seed, number), strata).ordinal
        divided = division(scenario, strata, self._stratum)
        self._watch = None if divided is None else Watch(self.simulation, divided)

    def done(self) -> Done:
        """Return the trial, which has come to its end."""
        result, states = run_with_states(self.simulation)
        spans = {} if self._watch is None else self._watch.spans(result)
        return Done(Trial(self.number, result.run_summary, self._stratum, spans), states)
