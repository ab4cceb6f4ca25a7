"""One drill: a scenario with its disaster, run until the runbook has come to its end."""

from __future__ import annotations

from efssim.model.drill.record import DrillRecord, Ending
from efssim.model.drill.runbook import DECIDE, DETECT, Runbook
from efssim.model.kernel.draws import Draws
from efssim.model.world.world import World
from efssim.records.columns import Columns
from efssim.records.run_records import COMPARED_COLUMNS, SYNC_COLUMNS, ReplicationRecords
from efssim.runs.drill.alarmed import Detection, detected
from efssim.runs.drill.outcome import DrillOutcome, PartialSync, loss_of, partial_of
from efssim.runs.drill.times import disaster_s
from efssim.scenario import Scenario, schema
from efssim.scenario.drill.section import PLANNED, Drill
from efssim.scenario.grammar.disturbances.kinds import FENCE

PATIENCE_S = 30 * 86_400.0
"""How long after the scenario's end, beside its own times, a runbook is waited for; chosen."""
_FIRST_S = 3600.0
"""Time after the disaster at which it is looked first whether the drill is over."""


def run_drill(scenario: Scenario, seed: int, trial: int = 0) -> DrillOutcome:
    """Run one drill; RunError if EFS refuses a part of the scenario."""
    drill, draws = scenario.drill, Draws(seed, trial)
    assert drill is not None
    at_s = disaster_s(scenario, draws)
    source = source_of(scenario)
    rehearsed = with_disaster(scenario, at_s)
    until_s = scenario.duration + PATIENCE_S + _own_times_s(drill, draws)
    if drill.detect.alarm is None:
        known = Detection(draws.of(f"drill.{DETECT}", drill.detect)[0])
    else:
        known = detected(rehearsed, drill.detect.alarm, seed, trial, at_s, until_s)
    world = World(rehearsed, seed, _records, trial, until_s=until_s)
    runbook = Runbook(world, source, at_s, known.after_s)
    _run_to_end(world, runbook, at_s, until_s)
    return _outcome(world, runbook.record, trial, known)


def replication_of(scenario: Scenario) -> str:
    """Return the name of the replication that a scenario's drill fails over."""
    assert scenario.drill is not None
    return scenario.drill.replication or next(iter(scenario.replications))


def source_of(scenario: Scenario) -> str:
    """Return the name of the file system that the disaster reaches."""
    return scenario.replications[replication_of(scenario)].source


def with_disaster(scenario: Scenario, at_s: float) -> Scenario:
    """Return a scenario with the disaster, or the fence, as its last event; streams end with it."""
    assert scenario.drill is not None
    source = source_of(scenario)
    written = {"region_outage": scenario.file_systems[source].home}
    if scenario.drill.kind == PLANNED:
        written = {FENCE: source}
    elif scenario.drill.disaster is not None:
        written = scenario.drill.disaster.model_dump(by_alias=True, exclude_unset=True)
    event = schema.Event.model_validate({**written, "at": at_s})
    systems = {
        name: spec.model_copy(update={"writes": _ended(spec, scenario.duration)})
        for name, spec in scenario.file_systems.items()
    }
    return scenario.model_copy(
        update={"events": (*scenario.events, event), "file_systems": systems}
    )


def _ended(spec: schema.FileSystem, duration_s: float) -> dict[str, schema.WriteStream]:
    """Return the streams of a file system, none of which writes after the end of the run."""
    return {
        name: stream.model_copy(update={"ends": min(stream.ends or duration_s, duration_s)})
        for name, stream in spec.writes.items()
    }


def _own_times_s(drill: Drill, draws: Draws) -> float:
    """Return the seconds that a drill's own times take, so that none is too long to wait for."""
    named = [(DECIDE, drill.decide)]
    if drill.detect.alarm is None:
        named.append((DETECT, drill.detect))
    named += [
        (f"steps.{step.name}", step.lasts) for step in drill.runbook if step.lasts is not None
    ]
    own_s = sum(draws.of(f"drill.{name}", lasts)[0] for name, lasts in named)
    disaster_lasts_s = (drill.disaster and drill.disaster.lasts) or 0.0
    return own_s + disaster_lasts_s + drill.after


def _run_to_end(world: World, runbook: Runbook, at_s: float, until_s: float) -> None:
    ahead_s = _FIRST_S
    while not runbook.record.is_over and world.now_s < until_s:
        world.pass_to(min(at_s + ahead_s, until_s))
        ahead_s *= 2
    if not runbook.record.is_over:
        runbook.give_up()


def _outcome(world: World, record: DrillRecord, trial: int, known: Detection) -> DrillOutcome:
    records = ReplicationRecords()
    if record.replication is not None:
        records = world.account.replications[record.replication].records
    dropped = records.dropped.values() if record.left is not None else ()
    return DrillOutcome(
        trial=trial,
        disaster_s=record.disaster_s,
        ending=record.ending,
        error=record.error if record.ending is Ending.FAILED else None,
        message=record.message if record.ending is Ending.FAILED else None,
        status=record.status,
        phases=tuple(record.phases),
        loss=loss_of(record, records),
        partial=partial_of(record, records) if record.left is not None else PartialSync(),
        dropped_bytes=sum(amount.bytes for amount in dropped) - record.dropped_bytes,
        dropped_writes=sum(amount.writes for amount in dropped) - record.dropped_writes,
        rto_s=_after(record, record.recovered_s),
        failback_s=record.failback_s,
        discarded_bytes=None if record.discarded is None else record.discarded.bytes,
        discarded_writes=None if record.discarded is None else record.discarded.writes,
        writable_s=_after(record, record.writable_s),
        was_in_alarm=known.was_in_alarm,
    )


def _after(record: DrillRecord, time_s: float | None) -> float | None:
    return None if time_s is None else time_s - record.disaster_s


def _records(_name: str) -> ReplicationRecords:
    """Return records that keep no syncs: the loss is read from the writes that are pending."""
    return ReplicationRecords(
        syncs=Columns(SYNC_COLUMNS, keep=False, hashed=False),
        compared=Columns(COMPARED_COLUMNS, keep=False, hashed=False),
        counts_written=False,
    )
