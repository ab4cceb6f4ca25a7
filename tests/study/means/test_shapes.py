"""Tests that statistics of trials have the shape of the summary of a run."""

from __future__ import annotations

import dataclasses

import pytest
from helpers.studies import chancy

from efssim import run_trials
from efssim.json_values import HIDDEN, IF_ANY, keys_of, restored, to_json
from efssim.lag.compliance.summary import ComplianceSummary, MonthCompliance
from efssim.lag.detection.summary import AlarmSummary
from efssim.lag.summary import AgeSummary, LagSummary, ReplicationSummary
from efssim.study.means.merging import STATISTICS, means
from efssim.study.means.shapes import (
    AgeStatistic,
    AlarmStatistic,
    ComplianceStatistic,
    LagStatistic,
    MonthStatistic,
)
from efssim.study.run.batch import Job, run_batch
from efssim.study.run.executors import Workers
from efssim.study.trial.outcome import Done


def names(kind):
    return [field.name for field in dataclasses.fields(kind) if field.metadata != HIDDEN]


NO_NUMBERS = (
    *("metric", "replication", "not_evaluated", "never", "blind", "cautions"),
    *("final_state", "transitions"),
)
"""Of an alarm: words, which trials say once beside its statistics, and changes of one run."""


def test_a_statistic_of_an_alarm_has_all_of_its_numbers():
    numbers = [name for name in names(AlarmSummary) if name not in NO_NUMBERS]
    assert names(AlarmStatistic) == numbers


def test_a_month_of_trials_has_all_of_its_numbers():
    """Edges, windows, breaches and the last sync are of one run alone."""
    assert names(MonthStatistic) == names(MonthCompliance)[2:]
    assert names(ComplianceStatistic) == names(ComplianceSummary)[:3]


OWN_TESTS = (AlarmSummary, MonthCompliance, ComplianceSummary)


@pytest.mark.parametrize("summary", [kind for kind in STATISTICS if kind not in OWN_TESTS])
def test_a_statistic_has_the_fields_and_the_keys_of_the_summary(summary):
    assert names(STATISTICS[summary]) == names(summary)
    assert keys_of(STATISTICS[summary]) == keys_of(summary)


def test_every_part_of_a_replication_has_a_statistic():
    parts = {kind.__name__ for kind in STATISTICS}
    for field in dataclasses.fields(ReplicationSummary):
        named = field.type.split(" | ")[0]
        if named[0].isupper() and not named.startswith("Mapping"):
            assert named in parts


@dataclasses.dataclass(frozen=True, slots=True)
class Added(LagSummary):
    """A lag measure with a number of its own, as somebody else may add."""

    spread: float


def test_an_added_lag_has_the_statistic_of_any_lag():
    trials = run_trials(chancy(), 3, workers=1)
    parts = [trial.summary.replications["dr"] for trial in trials.trials]
    numbers = dict.fromkeys(names(LagSummary), 2.0)
    more = [
        dataclasses.replace(part, lags={**part.lags, "added": Added(**numbers, spread=1.0)})
        for part in parts
    ]
    found = means(trials.weighing).merged(more, [0, 0, 0]).lags
    assert found["added"] == LagStatistic(**numbers)
    assert isinstance(found["time_since_last_sync_s"], AgeStatistic)


def test_a_trial_is_the_same_after_it_was_kept():
    (done,) = run_batch(Job.of(chancy(), 1, False, Workers(workers=1)), (3,)).trials
    again = restored(Done, dataclasses.asdict(done))
    assert again == done
    assert isinstance(again.trial.summary.replications["dr"].age, AgeSummary)


def test_what_is_not_there_has_no_key():
    @dataclasses.dataclass(frozen=True)
    class Found:
        names: tuple[str, ...] = dataclasses.field(metadata=IF_ANY)
        count: int

    assert to_json(Found((), 0)) == {"count": 0}
    assert to_json(Found(("a",), 1)) == {"names": ["a"], "count": 1}
