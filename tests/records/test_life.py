"""The life of a file system, and what the hash of a run depends on, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from efssim.records.life import Life
from efssim.records.run_records import (
    AbandonedSync,
    DroppedBy,
    RecordsHash,
    ReplicationRecords,
    Snapshot,
    StatusChange,
)
from efssim.records.states import Amount, Discarded


@pytest.mark.parametrize(
    ("life", "span"),
    [
        (Life(), (0.0, 100.0)),
        (Life(created_s=30.0), (30.0, 100.0)),
        (Life(failed_s=80.0), (0.0, 80.0)),
        (Life(gone_s=70.0), (0.0, 70.0)),
        (Life(created_s=30.0, failed_s=80.0, gone_s=90.0), (30.0, 80.0)),
        (Life(created_s=100.0), (0.0, 0.0)),
        (Life(gone_s=0.0), (0.0, 0.0)),
    ],
)
def test_it_is_healthy_from_its_creation_to_its_failure_or_end(
    life: Life, span: tuple[float, float]
) -> None:
    assert life.healthy_span(0.0, 100.0) == span


def test_it_can_be_written_when_the_span_that_keeps_it_from_that_is_over() -> None:
    life = Life()
    life.stop(10.0, 1, is_wanted=True)
    life.stop(15.0, 2, is_wanted=False)
    assert life.writable_from(12.0, 20.0) is None
    life.resume(20.0, 1)
    life.resume(30.0, 2)
    assert [life.writable_from(at, 100.0) for at in (9.0, 10.0, 29.0, 30.0)] == [
        9.0,
        30.0,
        30.0,
        30.0,
    ]
    assert life.writable_from(12.0, 29.0) is None
    assert life.disasters.at(12.0) is None
    assert life.disasters.at(15.0) == (15.0, 30.0)


def digest(records: ReplicationRecords, written: int = 10) -> str:
    made = RecordsHash(1)
    made.add("dr", records, Snapshot(100.0, (), None, written, 1))
    return made.digest()


def test_the_hash_depends_on_every_record() -> None:
    status = StatusChange(0.0, None, "ENABLED", "established")
    sync = AbandonedSync(5.0, 6.0, 10, 1, 1)
    dropped = {DroppedBy("outage", 1): Amount(1, 10)}
    discarded = Discarded(Amount(1, 10), 1.0, 1.0)
    every = [
        ReplicationRecords(),
        ReplicationRecords(statuses=[status]),
        ReplicationRecords(statuses=[replace(status, cause="created")]),
        ReplicationRecords(abandoned=[sync]),
        ReplicationRecords(abandoned=[replace(sync, attempts=2)]),
        ReplicationRecords(dropped=dropped),
        ReplicationRecords(discarded=discarded),
        ReplicationRecords(discarded=replace(discarded, last_s=2.0)),
    ]
    found = [digest(records) for records in every]
    assert len({*found, digest(ReplicationRecords(), 11)}) == len(every) + 1
    assert digest(ReplicationRecords(statuses=[replace(status, time_s=4e-7)])) == found[1]
