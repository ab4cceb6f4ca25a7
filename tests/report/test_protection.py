"""Time without a recovery point, loss in a disaster, and the verdicts that follow: by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from click.testing import CliRunner
from helpers.places import SCENARIOS
from helpers.worlds import constant, numbers, scenario, simulate
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.cli import cli
from efssim.records.life import Life, Spans
from efssim.report.text.plan import plan_report
from efssim.report.text.run import text_report
from efssim.report.verdicts.trials import word_of
from efssim.report.verdicts.words import kind_of_run, words
from efssim.text.quantities import parse_duration

SYNC = {"interval": "60 s", "setup": "5 s"}
CONTROL = {"enabling": "5 min", "deleting": "5 min", "pausing": "1 min"}
NEW = {"established": False, "control": CONTROL}
OLD = {"established": True, "control": CONTROL}
DELETE = {"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}}
FROM_AFAR = {**DELETE, "region": "us-west-2", "expect": "ok"}
OUTAGE = {"region_outage": "us-east-1"}


def run(*events: dict[str, Any], replication: dict[str, Any] = OLD, **top: Any) -> efssim.Result:
    """Run an hour of a write of 1,000 bytes a second."""
    streams = {"w": constant()}
    return simulate(scenario(streams, SYNC, replication=replication, events=events, **top))


def found(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return numbers(run(*events, **changes))


def kind(result: efssim.Result) -> str:
    """Return the kind of the verdict on the replication `dr`."""
    return kind_of_run(result.outcomes["dr"].summary)


def exits(file: str, *more: str) -> int:
    return CliRunner().invoke(cli, ["run", str(SCENARIOS / file), "--check", *more]).exit_code


# Shipped scenarios


def test_the_initial_sync_of_the_shipped_scenario_is_unprotected() -> None:
    result = simulate(efssim.load(SCENARIOS / "initial-sync.yaml"))
    part = numbers(result)
    assert part["rpo"]["met"] is True
    assert part["rpo"]["met_throughout"] is False
    # ENABLING lasts 5 min, and then the initial sync what it lasts.
    assert part["unprotected_s"] == 300 + part["initial_sync_s"] == pytest.approx(73_787.106693)
    assert words(kind(result), part["unprotected_s"]) == (
        "MET ONCE PROTECTED (unprotected for 20 h 30 min)"
    )
    text = " ".join(text_report(result, "").split())
    assert "dr: RPO MET ONCE PROTECTED (unprotected for 20 h 30 min), age at most" in text
    assert "and all there is while there is no recovery point." in text


@pytest.mark.parametrize(
    ("file", "more", "code"),
    [
        ("initial-sync.yaml", [], 1),
        ("initial-sync.yaml", ["--set", "rpo.initial_sync=excluded"], 0),
        ("initial-sync.yaml", ["--set", "rpo.after_deletion=excluded"], 1),
        ("failover.yaml", [], 1),
        ("failover.yaml", ["--set", "rpo.initial_sync=excluded"], 1),
        ("hot-files.yaml", ["--set", "rpo.attainment=0"], 0),
    ],
)
def test_check_follows_the_verdict(file: str, more: list[str], code: int) -> None:
    assert exits(file, *more) == code


def test_the_shipped_failover_lost_a_minute_of_writes() -> None:
    parts = simulate(efssim.load(SCENARIOS / "failover.yaml")).summary["replications"]
    dr, back = parts["dr"], parts["standby-replication-1"]
    assert dr["recovery_point"] == {
        "time": "2026-01-01T05:59:00.000000Z",
        "lost_bytes": 124_633_505,
        "lost_writes": 591,
        "lost_s": pytest.approx(59.967789506),
        "writable_s": 900.0,  # called after 10 min, gone after 5 more
    }
    assert dr["pending_bytes"]["lost_at_deletion"] == dr["recovery_point"]["lost_bytes"]
    assert dr["not_replicated"] is None
    # The age passed 15 min at 06:14 while nothing could be written, from 06:00 to 06:15.
    assert (dr["rpo"]["attainment_while_writable"], dr["rpo"]["unwritable_s"]) == (1.0, 900.0)
    assert dr["rpo"]["attainment"] == pytest.approx(1 - 60 / 20_700)
    # Gone from 06:15 to the end of the day; the other is created at 12:05 and synced at 12:13:54.
    assert dr["unprotected_s"] == 86_400 - 22_500
    assert back["unprotected_s"] == back["time_since_last_sync_s"]["undefined_s"]
    assert (back["recovery_point"], back["not_replicated"]) == (None, None)
    assert (dr["rpo"]["met_throughout"], back["rpo"]["met_throughout"]) == (False, False)


# Time without a recovery point


def test_an_established_replication_is_protected_throughout() -> None:
    result = run()
    part = numbers(result)
    assert (part["unprotected_s"], part["rpo"]["met_throughout"]) == (0.0, True)
    assert (part["rpo"]["excluded_s"], part["rpo"]["unwritable_s"]) == (0.0, 0.0)
    assert part["recovery_point"] is part["not_replicated"] is None
    assert words(kind(result), 0.0) == "MET"


@pytest.mark.parametrize(
    ("rpo", "unprotected_s", "excluded_s"),
    [
        ({}, 305 + 1200, 0.0),
        ({"initial_sync": "excluded"}, 1200.0, 305.0),
        ({"after_deletion": "excluded"}, 305.0, 1200.0),
        ({"initial_sync": "excluded", "after_deletion": "excluded"}, 0.0, 1505.0),
    ],
)
def test_exclusions_divide_the_time_without_a_recovery_point(
    rpo: dict[str, Any], unprotected_s: float, excluded_s: float
) -> None:
    """Synced after 5 min of ENABLING and 5 s of setup; gone at 40 min, of an hour."""
    result = run({"at": "35 min", **DELETE}, replication=NEW, rpo=rpo)
    part, spans = numbers(result), {"initial_sync": (0, 305), "after_deletion": (2400, 3600)}
    assert (part["unprotected_s"], part["rpo"]["excluded_s"]) == (unprotected_s, excluded_s)
    counted = tuple(span for cause, span in spans.items() if cause not in rpo)
    assert result.outcomes["dr"].unprotected == counted
    assert part["rpo"]["met"] is True
    assert part["rpo"]["met_throughout"] is (unprotected_s == 0)
    assert part["time_since_last_sync_s"]["undefined_s"] == 1505


def test_only_the_window_counts() -> None:
    assert found(replication=NEW, warm_up="5 min")["unprotected_s"] == 5
    assert found(replication=NEW, warm_up="305 s")["unprotected_s"] == 0


def test_before_its_creation_a_replication_protects_nothing() -> None:
    create = {
        "call": "CreateReplicationConfiguration",
        "with": {"SourceFileSystemId": "fs", "Destinations": [{"Region": "us-west-2"}]},
    }
    result = run({"at": 0, **DELETE}, {"at": "20 min", **create})
    first, second = (result.summary["replications"][name] for name in result.outcomes)
    assert first["unprotected_s"] == 3600 - 300
    # 20 min until it is created, then ENABLING of 5 min and 5 s of setup by the preset.
    assert second["unprotected_s"] == pytest.approx(1200 + 300 + 5, abs=1)


def test_a_failed_source_has_nothing_left_to_protect() -> None:
    part = found({"at": "2 min", "fail": "fs"}, replication=NEW)
    assert part["unprotected_s"] == 120


def test_a_deleted_source_has_nothing_left_to_protect() -> None:
    delete = {"call": "DeleteFileSystem", "with": {"FileSystemId": "fs"}, "expect": "ok"}
    times = {"defaults": {"file_system": {"deleting": "3 min"}}}
    part = found({"at": 0, **DELETE}, {"at": "20 min", **delete}, **times)
    assert part["unprotected_s"] == (20 + 3 - 5) * 60


# Loss


def test_a_failover_is_judged_by_what_it_lost() -> None:
    """Region down at 10:00, deleted at 11:00, gone at 16:00; the last cut was at 9:00."""
    result = run({"at": 600, **OUTAGE, "for": "1 h"}, {"at": 660, **FROM_AFAR})
    assert numbers(result)["recovery_point"] == {
        "time": "2026-01-01T00:09:00.000000Z",
        "lost_bytes": 60_000,  # the writes of 9:01 to 10:00
        "lost_writes": 60,
        "lost_s": 59.0,
        "writable_s": 360.0,
    }
    assert kind(result) == "once"


@pytest.mark.parametrize(("target_s", "word"), [(59, "once"), (58, "missed")])
def test_a_loss_above_the_target_is_missed(target_s: float, word: str) -> None:
    rpo = {"target": target_s, "attainment": "1 %"}
    result = run({"at": 600, **OUTAGE}, {"at": 660, **FROM_AFAR}, rpo=rpo)
    part = numbers(result)
    assert part["rpo"]["met"] is True
    assert kind(result) == word
    assert part["rpo"]["met_throughout"] is False


def test_a_loss_above_the_target_fails_the_check_whatever_is_excluded() -> None:
    rpo = {"target": 58, "attainment": "1 %", "after_deletion": "excluded"}
    part = found({"at": 600, **OUTAGE}, {"at": 660, **FROM_AFAR}, rpo=rpo)
    assert (part["unprotected_s"], part["rpo"]["met"]) == (0.0, True)
    assert part["rpo"]["met_throughout"] is False
    near = found({"at": 600, **OUTAGE}, {"at": 660, **FROM_AFAR}, rpo={**rpo, "target": 59})
    assert near["rpo"]["met_throughout"] is True


def test_without_a_recovery_point_everything_is_lost() -> None:
    """The Region goes down and the configuration is deleted during the initial sync."""
    result = run(
        {"at": "10 min", **OUTAGE},
        {"at": "15 min", **FROM_AFAR},
        replication={**NEW, "initial": {"throughput": "1 MiB/s"}},
        file_system={"size": "100 GiB"},
    )
    part = numbers(result)
    lost = part["recovery_point"]
    assert (lost["time"], lost["lost_s"], lost["writable_s"]) == (None, None, 600.0)
    assert lost["lost_bytes"] >= 100 * 2**30
    assert (part["rpo"]["met"], part["rpo"]["met_throughout"]) == (None, None)
    assert kind(result) == "missed"
    text = " ".join(text_report(result, "").split())
    assert "dr: RPO MISSED" in text
    assert "LOST: no recovery point; all that the source held is lost, 100 GiB." in text


def test_a_source_that_does_not_come_back_is_judged_at_the_end() -> None:
    part = found({"at": "30 min", "fail": "fs"})
    assert part["recovery_point"] == {
        "time": "2026-01-01T00:29:00.000000Z",
        "lost_bytes": 60_000,
        "lost_writes": 60,
        "lost_s": 59.0,
        "writable_s": None,  # nobody deletes the configuration
    }
    assert found({"at": "59 min", **OUTAGE})["recovery_point"]["lost_s"] == 59.0
    assert found({"at": "58 min", **OUTAGE, "for": "1 min"})["recovery_point"] is None


def test_a_destination_that_failed_offers_no_recovery_point() -> None:
    destination = {"destination": {"file_system": "copy"}, **OLD}
    others = {"copy": {"region": "us-west-2"}}
    events = ({"at": "20 min", "fail": "copy"}, {"at": "30 min", "fail": "fs"})
    lost = found(*events, replication=destination, others=others)["recovery_point"]
    assert (lost["time"], lost["lost_s"], lost["writable_s"]) == (None, None, None)


def test_a_healthy_source_reports_what_was_not_replicated() -> None:
    part = found({"at": "30 min 30 s", **DELETE})
    # LRT is 30:00 and syncs have stopped; the writes until 35:30 are left behind.
    assert part["recovery_point"] is None
    assert part["not_replicated"] == {"bytes": 330_000, "writes": 330}
    # The same where an outage is over when the configuration is gone.
    part = found({"at": "30 min", **OUTAGE, "for": "2 min"}, {"at": "31 min", **FROM_AFAR})
    assert part["recovery_point"] is None
    assert part["not_replicated"] is not None


@pytest.mark.parametrize("over_s", [359, 360, 361])
def test_the_disaster_has_to_last_until_the_configuration_is_gone(over_s: float) -> None:
    """At one instant an outage ends before the configuration is gone."""
    part = found({"at": 600, **OUTAGE, "for": over_s}, {"at": 660, **FROM_AFAR})
    assert (part["recovery_point"] is not None) is (over_s > 360)


def test_one_disaster_after_the_other_begins_with_the_first() -> None:
    """Nothing was written since the first; what follows without a gap is the same disaster."""
    events = (
        {"at": 600, **OUTAGE, "for": 120},
        {"at": 720, "fail": "fs"},
        {"at": 780, **DELETE},
    )
    lost = found(*events)["recovery_point"]
    assert (lost["lost_s"], lost["writable_s"]) == (59.0, 480.0)


def test_a_destination_in_an_outage_is_writable_after_it() -> None:
    events = (
        {"at": 600, "fail": "fs"},
        {"at": 660, **DELETE},
        {"at": 700, "region_outage": "us-west-2", "for": 1000},
    )
    assert found(*events)["recovery_point"]["writable_s"] == 1100
    for_good = found(*events[:2], {"at": 700, "region_outage": "us-west-2"})
    assert for_good["recovery_point"]["writable_s"] is None


def test_a_source_that_is_read_only_by_choice_is_no_disaster() -> None:
    life = Life()
    life.stop(5.0, 0, is_wanted=True)
    assert life.disasters.since_s is None
    assert life.unwritable.at(6.0) == (5.0, float("inf"))


# Attainment while the source can be written


def test_attainment_without_the_time_in_which_nothing_could_be_written() -> None:
    """An outage of 20 min: the age passes 5 min after its begin and falls 5 s after its end."""
    part = found({"at": "20 min", **OUTAGE, "for": "20 min"}, rpo={"target": "5 min"})
    rpo = part["rpo"]
    # Cut at 19:00; the one of 20:00 is stalled and completes 5 s after the end, at 40:05.
    assert (rpo["violation_s"], rpo["unwritable_s"]) == (40 * 60 + 5 - 24 * 60, 1200)
    assert rpo["attainment"] == pytest.approx(1 - 965 / 3600)
    assert rpo["attainment_while_writable"] == pytest.approx(1 - 5 / 2400)


def test_attainment_of_a_source_that_could_never_be_written() -> None:
    part = found({"at": 0, **OUTAGE}, rpo={"target": "5 min"})
    assert part["rpo"]["attainment_while_writable"] is None
    assert part["rpo"]["unwritable_s"] == 3600


# Where nothing is defined


@pytest.mark.parametrize(
    ("replication", "events", "warm_up"),
    [
        (OLD, [{"at": 0, **DELETE}], "10 min"),  # gone before the warm-up ends
        (OLD, [{"at": 0, **DELETE}], "5 min"),  # gone as it ends
        ({**NEW, "control": {"enabling": 3595}}, [], 0),  # synced exactly at the end
        ({**NEW, "control": {"enabling": "2 h"}}, [], 0),
    ],
)
def test_nothing_is_a_number_where_nothing_is_defined(
    replication: dict[str, Any], events: list[dict[str, Any]], warm_up: Any
) -> None:
    """The age and what hangs on it, all null together."""
    part = found(*events, replication=replication, warm_up=warm_up)
    numbers_of_age = dict(part["time_since_last_sync_s"])
    undefined_s = numbers_of_age.pop("undefined_s")
    assert undefined_s == 3600 - parse_duration(warm_up)
    assert set(numbers_of_age.values()) == {None}
    assert set(part["oldest_pending_s"].values()) == {None}
    assert (part["pending_bytes"]["mean"], part["pending_bytes"]["max"]) == (None, None)
    rpo = part["rpo"]
    judged = ("attainment", "attainment_while_writable", "met", "met_throughout")
    assert {rpo[key] for key in judged} == {None}


# Spans


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted), min_size=0, max_size=6)
)
def test_spans_are_the_union_of_their_causes(causes: list[list[int]]) -> None:
    """By hand: each unit of time is in a span if a cause covers it; ends come before begins."""
    spans = Spans()
    turns = [(begin, 1, k) for k, (begin, end) in enumerate(causes) if end > begin]
    turns += [(end, 0, k) for k, (begin, end) in enumerate(causes) if end > begin]
    for time, is_begin, k in sorted(turns):
        spans.begin(time, k) if is_begin else spans.end(time, k)
    covered = [any(a <= t < b for a, b in causes) for t in range(21)]
    assert [spans.at(t) is not None for t in range(21)] == covered
    assert sum(b - a for a, b in spans.between(0, 21)) == sum(covered)
    assert sum(b - a for a, b in spans.between(5, 12)) == sum(covered[5:12])
    assert all(a[1] < b[0] for a, b in pairwise(spans.between(0, 21)))


# Plans


@pytest.mark.parametrize(
    ("rpo", "outcome"), [({}, "never"), ({"initial_sync": "excluded"}, "always")]
)
def test_a_plan_is_not_met_where_nothing_is_protected_for_a_time(
    rpo: dict[str, Any], outcome: str
) -> None:
    world = scenario({"w": constant()}, SYNC, replication=NEW, rpo=rpo)
    plan = efssim.plan(world, "replications.dr.sync.setup", ("5 s", "6 s"), workers=1)
    assert plan.outcome == outcome
    assert {made.met for made in plan.evaluations} == {outcome == "always"}
    if outcome == "never":
        assert {row.value for row in plan.what_if} == {None}
        text = " ".join(plan_report(plan, "efssim plan").split())
        assert "there is no recovery point for a time, 5 min 5 s at 5 s" in text
        assert "by chance" not in text


# Trials


def study(*events: dict[str, Any], rpo: dict[str, Any], **changes: Any) -> efssim.Trials:
    streams = {"w": constant()}
    world = scenario(streams, SYNC, events=events, rpo=rpo, **changes)
    return efssim.run_trials(world, 3, workers=1)


def test_trials_are_judged_as_their_runs_are() -> None:
    """Nothing is drawn, so that three trials are one run three times."""
    events = ({"at": 600, **OUTAGE}, {"at": 660, **FROM_AFAR})
    made = study(*events, rpo={"target": 59, "attainment": "1 %"}, replication=OLD)
    part, bounds = (made.summary[key]["dr"] for key in ("replications", "ci95"))
    single = found(*events, rpo={"target": 59, "attainment": "1 %"})
    assert part["unprotected_s"] == single["unprotected_s"]
    assert part["recovery_point"] == {**single["recovery_point"], "time": None}
    assert (part["rpo"]["met"], part["rpo"]["met_throughout"]) == (True, False)
    assert bounds["recovery_point"]["lost_s"] == [59.0, 59.0]
    assert bounds["unprotected_s"] == [part["unprotected_s"]] * 2
    assert bounds["rpo"]["met_throughout"] is None
    assert word_of("dr", made) == "MET ONCE PROTECTED (unprotected for 44 min)"
    assert str(made.table["recovery_point.time"].dtype) == "datetime64[us, UTC]"


def test_trials_that_lose_too_much_have_missed_whatever_the_attainment() -> None:
    events = ({"at": 600, **OUTAGE}, {"at": 660, **FROM_AFAR})
    made = study(*events, rpo={"target": 58, "attainment": "1 %"}, replication=OLD)
    rpo = made.summary["replications"]["dr"]["rpo"]
    assert (rpo["met"], rpo["met_throughout"]) == (True, False)
    assert word_of("dr", made) == "MISSED"


def test_columns_of_losses_do_not_depend_on_the_data() -> None:
    calm = study(rpo={}, replication=OLD).table
    lost = study({"at": 600, "fail": "fs"}, rpo={}, replication=OLD).table
    ours = [
        [name for name in table.columns if name.startswith(("recovery_point", "not_replicated"))]
        for table in (calm, lost)
    ]
    assert ours[0] == ours[1]
    assert {"recovery_point.lost_bytes", "not_replicated.writes"} <= set(ours[0])


# Against an integral by hand


_TIMES = st.integers(0, 3500)


@given(
    outages=st.lists(st.tuples(_TIMES, st.integers(1, 900)), max_size=4),
    deleted=st.none() | _TIMES,
    target=st.integers(20, 900),
    warm_up=st.sampled_from([0, 333]),
    is_new=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_shares_and_times_are_those_of_the_sawtooth(
    outages: list[tuple[int, int]], deleted: int | None, target: int, warm_up: int, is_new: bool
) -> None:
    events = [{"at": at, **OUTAGE, "for": lasts} for at, lasts in outages]
    if deleted is not None:
        events.append({"at": deleted, **DELETE, "region": "us-west-2"})
    rpo = {"target": target, "attainment": "50 %"}
    replication = NEW if is_new else OLD
    result = run(*events, replication=replication, rpo=rpo, warm_up=warm_up)
    part, teeth = numbers(result), result.outcomes["dr"].age
    pieces = list(zip(teeth.begin_s, teeth.end_s, teeth.origin_s, strict=True))
    edges = sorted({edge for at, lasts in outages for edge in (at, min(at + lasts, 3600))})
    is_down = [
        (a, b)
        for a, b in pairwise(edges)
        if any(at <= a and b <= at + lasts for at, lasts in outages)
    ]

    def within(spans: list[tuple[float, float]]) -> float:
        """Seconds of spans in which there is an age at or below the target."""
        return sum(
            max(0.0, min(b, end, origin + target) - max(a, begin))
            for begin, end, origin in pieces
            for a, b in spans
        )

    def defined(spans: list[tuple[float, float]]) -> float:
        return sum(max(0.0, min(b, d) - max(a, c)) for c, d, _ in pieces for a, b in spans)

    assert part["rpo"]["unwritable_s"] == pytest.approx(defined(is_down), abs=1e-6)
    rest_s = defined([(0.0, 3600.0)]) - defined(is_down)
    if rest_s > 1e-3:
        expected = (within([(0.0, 3600.0)]) - within(is_down)) / rest_s
        assert part["rpo"]["attainment_while_writable"] == pytest.approx(expected, abs=1e-9)
    # The source lives all the time, so that whatever is undefined is unprotected.
    undefined_s = part["time_since_last_sync_s"]["undefined_s"]
    assert part["unprotected_s"] == pytest.approx(undefined_s, abs=1e-6)
    assert part["rpo"]["met_throughout"] in (
        [None] if part["rpo"]["met"] is None else [False, part["rpo"]["met"]]
    )


@given(
    outages=st.lists(st.tuples(_TIMES, st.integers(1, 900)), max_size=3),
    deleted=st.none() | st.integers(0, 3300),
    is_new=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_a_loss_is_what_was_made_after_the_recovery_point(
    outages: list[tuple[int, int]], deleted: int | None, is_new: bool
) -> None:
    events = [{"at": at, **OUTAGE, "for": lasts} for at, lasts in outages]
    if deleted is not None:
        events.append({"at": deleted, **DELETE, "region": "us-west-2"})
    part = found(*events, replication=NEW if is_new else OLD)
    end_s = 3600 if deleted is None else deleted + 300
    # At the instant of the end of a configuration an outage begins after it.
    is_down = [(a, a + n) for a, n in outages if a <= end_s < a + n]
    is_down = [(a, b) for a, b in is_down if deleted is None or a < end_s]
    lost = part["recovery_point"]
    assert (lost is None) is (not is_down)
    assert (part["not_replicated"] is None) is (deleted is None or bool(is_down))
    if not is_down:
        return
    disaster_s = min(a for a, _ in is_down)
    for a, n in sorted(outages, reverse=True):
        disaster_s = min(disaster_s, a) if a <= disaster_s <= a + n else disaster_s
    cut_s = -1.0
    if lost["time"] is not None:
        cut_s = (datetime.fromisoformat(lost["time"]) - datetime(2026, 1, 1, tzinfo=UTC)).seconds
    made = [k for k in range(1, 3601) if not any(a < k <= a + n for a, n in outages)]
    missing = [k for k in made if cut_s < k <= end_s]
    assert lost["lost_writes"] == len(missing)
    if lost["time"] is not None:
        assert lost["lost_bytes"] == 1000 * len(missing)
        assert lost["lost_s"] == (disaster_s - missing[0] if missing else 0.0)
    writable_s = None if deleted is None else end_s - disaster_s
    assert lost["writable_s"] == writable_s
