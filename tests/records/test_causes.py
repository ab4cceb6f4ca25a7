"""Records name what brought them about by its ordinal in the timeline of the run."""

from __future__ import annotations

import pytest
from helpers.disturbed import DESTINATION, LINK, SOURCE, Case, run, worlds_of

from efssim import EfsError, Result, Simulation
from efssim.records.run_records import ReplicationRecords
from efssim.records.timeline import DECLARED, ApiCall, Occurrence
from efssim.report.facts.timeline import timeline_items

DELETE = {
    "call": "DeleteReplicationConfiguration",
    "with": {"SourceFileSystemId": "fs"},
    "region": SOURCE,
}


def causes(result: Result, name: str = "dr") -> list[tuple[str | None, str]]:
    """Return each status with the entry of the timeline that brought it about."""
    return [
        (change.after, _said(result, change.cause_ordinal))
        for change in result.outcomes[name].statuses
    ]


def _said(result: Result, ordinal: int) -> str:
    """Return an ordinal in words: which entry, and whether its begin or its end."""
    if ordinal == DECLARED:
        return "declared"
    entry = result.entries[ordinal]
    is_end = isinstance(entry, Occurrence) and ordinal == entry.end_ordinal
    return f"{'end of ' * is_end}{entry}"


def test_ordinals_count_calls_begins_and_ends_in_the_order_of_the_run() -> None:
    events = [
        {"at": 10, "link_outage": LINK, "for": 50},
        {"at": 20, "opt_out": SOURCE, "for": 10},
        {"at": 40, **DELETE},
    ]
    first, second, third = run(Case(events, [])).timeline
    assert isinstance(first, Occurrence)
    assert isinstance(second, Occurrence)
    assert isinstance(third, ApiCall)
    assert (first.ordinals, second.ordinals, third.ordinals) == ((1, 5), (2, 3), (4,))


def test_a_disturbance_that_goes_on_has_no_end() -> None:
    (only,) = run(Case([{"at": 10, "link_outage": LINK, "for": "1 h"}], [])).timeline
    assert isinstance(only, Occurrence)
    assert (only.end_s, only.end_ordinal, only.ordinals) == (None, None, (1,))


def test_what_the_scenario_declares_is_brought_about_by_nothing_else() -> None:
    assert causes(run(Case([], []))) == [("ENABLED", "declared")]
    assert causes(run(Case([], [], created=True))) == [
        ("ENABLING", "declared"),
        ("ENABLED", "declared"),
    ]


def test_a_pause_is_due_to_the_begin_and_the_resumption_to_the_end() -> None:
    event = {"at": 70, "opt_out": SOURCE, "for": 100}
    cause = f"opt_out {SOURCE}"
    assert causes(run(Case([event], []))) == [
        ("ENABLED", "declared"),
        ("PAUSING", cause),
        ("PAUSED", cause),
        ("ENABLED", f"end of {cause}"),
    ]


def test_of_overlapping_causes_the_first_pauses_and_the_last_end_resumes() -> None:
    events = [
        {"at": 70, "opt_out": SOURCE, "for": 100},
        {"at": 80, "permission_lost": "dr", "for": 140},
    ]
    assert causes(run(Case(events, [])))[1:] == [
        ("PAUSING", f"opt_out {SOURCE}"),
        ("PAUSED", f"opt_out {SOURCE}"),
        ("ENABLED", "end of permission_lost dr"),
    ]


def test_a_cause_that_is_over_before_the_pause_is_complete_resumes_by_its_end() -> None:
    event = {"at": 70, "opt_out": SOURCE, "for": 10}  # PAUSING takes 30 s
    assert causes(run(Case([event], [])))[-1] == ("ENABLED", f"end of opt_out {SOURCE}")


def test_of_two_equal_disturbances_each_has_its_own_effects() -> None:
    """The second pauses what was still being created when the first was over."""
    events = [
        {"at": 20, "opt_out": SOURCE, "for": 10},
        {"at": 60, "opt_out": SOURCE, "for": 100},
    ]
    result = run(Case(events, [], created=True))
    (pausing,) = [change for change in result.outcomes["dr"].statuses if change.after == "PAUSING"]
    assert result.entries[pausing.cause_ordinal].begin_s == 60
    paused = ["PAUSING" in "".join(item.effects) for item in timeline_items(result)]
    assert paused == [False, False, True]  # the first item is the creation


def test_a_deletion_and_what_follows_are_due_to_the_call() -> None:
    result = run(Case([{"at": 70, **DELETE}], []))
    call = "DeleteReplicationConfiguration fs"
    assert causes(result)[1:] == [("DELETING", call), (None, call)]


def test_a_failure_is_due_to_its_disturbance() -> None:
    assert causes(run(Case([{"at": 70, "fail": "fs"}], [])))[1:] == [("ERROR", "fail fs")]


def test_a_replication_that_a_call_creates_is_due_to_the_call() -> None:
    create = {
        "call": "CreateReplicationConfiguration",
        "with": {"SourceFileSystemId": "fs", "Destinations": [{"Region": DESTINATION}]},
    }
    result = run(Case([{"at": 10, **DELETE}, {"at": 200, **create}], []))
    call = "CreateReplicationConfiguration fs"
    assert causes(result, "fs-replication-1")[0] == ("ENABLING", call)
    assert result.timeline[1].replications == ("fs-replication-1",)


def test_an_abandoned_sync_names_what_abandoned_it() -> None:
    result = run(Case([{"at": 70, "opt_out": SOURCE, "for": 100}], []))
    (abandoned,) = result.outcomes["dr"].abandoned
    assert _said(result, abandoned.cause_ordinal) == f"opt_out {SOURCE}"


def test_dropped_writes_name_what_stopped_them() -> None:
    events = [
        {"at": 10, "region_outage": SOURCE, "for": 20},
        {"at": 60, "region_outage": SOURCE, "for": 30},
    ]
    records = _records(Case(events, []))
    dropped = {tuple(cause): amount.writes for cause, amount in records.dropped.items()}
    assert dropped == {("region_outage", 1): 20, ("region_outage", 3): 30}
    assert records.dropped_by_kind()["region_outage"].writes == 50


def _records(case: Case) -> ReplicationRecords:
    simulation = Simulation(worlds_of(case)[0])
    simulation.advance_to_end()
    return simulation._world.records("dr")


def test_a_violation_names_the_disturbance_that_overlaps_it_longest() -> None:
    events = [
        {"at": 70, "link_outage": LINK, "for": 60},
        {"at": 100, "opt_out": SOURCE, "for": 150},
    ]
    result = run(Case(events, [], top={"rpo": {"target": "100 s"}}))
    (violation,) = result.outcomes["dr"].violations
    assert violation.cause_ordinal is not None
    assert str(result.entries[violation.cause_ordinal]) == f"opt_out {SOURCE}"


def test_a_violation_names_what_it_comes_after() -> None:
    """The outage is over when the age crosses the target, and nothing was cut in between."""
    event = {"at": 61, "link_outage": LINK, "for": 20}
    result = run(Case([event], [], top={"rpo": {"target": "110 s"}}))
    (violation, *_) = result.outcomes["dr"].violations
    assert violation.begin_s > 81
    assert violation.cause_ordinal is None
    assert violation.after_ordinal == 1


def test_a_refused_call_brings_about_nothing() -> None:
    create = {
        "call": "CreateReplicationConfiguration",
        "with": {"SourceFileSystemId": "fs", "Destinations": [{"Region": DESTINATION}]},
    }
    result = run(Case([{"at": 10, **create}], []))
    (call,) = result.timeline
    assert isinstance(call, ApiCall)
    assert call.error
    assert call.replications == ()
    assert causes(result) == [("ENABLED", "declared")]


def test_calls_of_scripts_are_causes_as_those_of_scenarios_are() -> None:
    simulation = Simulation(worlds_of(Case([], []))[0])
    simulation.advance(30)
    simulation.call("DescribeFileSystems", region=SOURCE)
    with pytest.raises(EfsError):
        simulation.call("DeleteFileSystem", {"FileSystemId": "fs"}, region=SOURCE)
    simulation.call("DeleteReplicationConfiguration", {"SourceFileSystemId": "fs"}, region=SOURCE)
    result = simulation.result()
    assert [entry.ordinal for entry in result.timeline] == [1, 2]
    assert causes(result)[-1] == ("DELETING", "DeleteReplicationConfiguration fs")
