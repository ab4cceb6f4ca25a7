"""Random calls, disturbances and advances of time, with every law and more checked at each step.

EFS may refuse any call (EfsError); whatever else is raised is a failure. What the machine knows of
the world it knows from what it did itself: which file systems and configurations it made, which
disturbances it began and when they end. `pytest -rP tests/whole/test_state_machine.py` prints
how often the sequences reached each status and each change of it.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from efssim import EfsError, Result, Scenario, Simulation
from efssim.runs.outcome import Outcome

SOURCE, DESTINATION, THIRD = "us-east-1", "us-west-2", "eu-south-1"
REGIONS = (SOURCE, DESTINATION, THIRD)
OPTING_OUT_S, OPTING_IN_S = 20, 40  # of the third Region; at once in the others
ENABLING_S, PAUSING_S, RESUMING_S, DELETING_S = 120, 60, 40, 90
CREATING_S, FORGETTING_S = 15, 10
DURATION_S = 4 * 24 * 3600

# The legal changes of status, as the documentation of the model has them.
EDGES = {
    (None, "ENABLING"),
    (None, "ENABLED"),
    ("ENABLING", "ENABLED"),
    ("ENABLING", "ERROR"),
    ("ENABLING", "DELETING"),
    ("ENABLED", "PAUSING"),
    ("ENABLED", "ERROR"),
    ("ENABLED", "DELETING"),
    ("PAUSING", "PAUSED"),
    ("PAUSING", "ERROR"),
    ("PAUSING", "DELETING"),
    ("PAUSED", "ENABLED"),
    ("PAUSED", "ERROR"),
    ("PAUSED", "DELETING"),
    ("ERROR", "DELETING"),
    ("DELETING", None),
}
# Those that come when a delay of the control plane is over.
AFTER_A_WHILE = {("ENABLING", "ENABLED"), ("PAUSING", "PAUSED"), ("DELETING", None)}
REACHED: Counter[tuple[str | None, str | None]] = Counter()
ANSWERS: Counter[str] = Counter()


@dataclass(frozen=True)
class Configuration:
    """A replication configuration that was made; the results list them in the order of creation."""

    source: str
    destination: str
    created_s: float


@dataclass(frozen=True)
class Disturbance:
    """It goes on in [begin, end)."""

    kind: str
    target: str
    begin_s: float
    end_s: float


def _scenario(established: bool | None) -> Scenario:
    """Return a world of three Regions, two file systems, and a replication unless None."""
    control = {
        "enabling": ENABLING_S,
        "pausing": PAUSING_S,
        "resuming": RESUMING_S,
        "deleting": DELETING_S,
    }
    sync = {"preset": "none", "setup": 10, "throughput": 100, "failure_probability": 0.2}
    stream = {"arrivals": {"poisson": {"rate": "1 per 2 min"}}, "size": "1 kB"}
    hot = {"hot_set": {"size": "20 kB", "block": "1 kB"}}
    replication = {
        "source": "orders",
        "destination": {"region": DESTINATION},
        "established": established,
        "sync": {**sync, "interval": 300},
        "control": control,
    }
    return Scenario.model_validate(
        {
            "name": "random",
            "duration": DURATION_S,
            "regions": {
                SOURCE: {"default": False},
                DESTINATION: {"default": False},
                THIRD: {"opting_out": OPTING_OUT_S, "opting_in": OPTING_IN_S},
            },
            "file_systems": {
                "orders": {"region": SOURCE, "size": "5 kB", "files": 100, "writes": {"w": stream}},
                "assets": {"region": THIRD, "writes": {"w": {**stream, **hot}}},
            },
            "replications": {} if established is None else {"dr": replication},
            "defaults": {
                "sync": {**sync, "interval": 0, "gap": 200},
                "control": control,
                "file_system": {"creating": CREATING_S, "deleting": FORGETTING_S},
            },
        }
    )


regions = st.sampled_from(REGIONS)
# Mostly where the file system is.
callers = st.one_of(st.none(), st.none(), regions)
lengths = st.one_of(
    st.none(), st.sampled_from([1, 30, PAUSING_S, 200, 1800, 20_000]), st.floats(0.5, 400)
)


class Machine(RuleBasedStateMachine):
    result: Result
    """After the last step."""

    file_systems = Bundle("file_systems")

    @initialize(target=file_systems, established=st.sampled_from([True, True, False, None]))
    def begin(self, established: bool | None) -> Any:
        self.simulation = Simulation(_scenario(established), verify=True)
        self.home: dict[str, str] = {}
        self.gone_s: dict[str, float] = {}  # when deleted file systems are gone
        self.failed: set[str] = set()
        self.made: list[Configuration] = []
        self.disturbances: list[Disturbance] = []
        made = [self._appeared(self.simulation.file_system_id("orders"), SOURCE)]
        made.append(self._appeared(self.simulation.file_system_id("assets"), THIRD))
        if established is not None:
            made.append(
                self._appeared(self.simulation.file_system_id("dr.destination"), DESTINATION)
            )
            self.made.append(Configuration(made[0], made[2], 0.0))
        return multiple(*made)

    def _appeared(self, identifier: str, region: str) -> str:
        assert identifier not in self.home
        self.home[identifier] = region
        return identifier

    @property
    def now_s(self) -> float:
        return self.simulation.elapsed_s

    def _outcomes(self) -> dict[Configuration, Outcome]:
        """Return what every configuration had left behind after the last step."""
        return dict(zip(self.made, self.result.outcomes.values(), strict=True))

    def _current(self) -> list[Configuration]:
        """Return the configurations that are not gone."""
        found = self._outcomes().items()
        return [made for made, outcome in found if outcome.statuses[-1].after is not None]

    def _chosen(self, ordinal: int) -> list[Configuration]:
        """Return one of the configurations that are not gone, if there are any."""
        current = self._current()
        return [current[ordinal % len(current)]] if current else []

    def _name(self, made: Configuration) -> str:
        return list(self.result.outcomes)[self.made.index(made)]

    # --- calls --------------------------------------------------------------------------------

    def _call(self, operation: str, region: str, **parameters: Any) -> dict[str, Any] | None:
        """Call an operation; return None if EFS refuses it."""
        try:
            answer = self.simulation.call(operation, parameters, region=region)
        except EfsError as error:
            ANSWERS[f"{operation}: {error.code}"] += 1
            return None
        ANSWERS[operation] += 1
        return answer

    @rule(
        target=file_systems,
        source=file_systems,
        destination=st.one_of(
            regions.map(lambda region: {"Region": region}),
            st.just({"AvailabilityZoneName": f"{DESTINATION}b"}),
        ),
        caller=callers,
        during_outage=st.sampled_from([False, False, True]),
    )
    def replicate(
        self, source: str, destination: dict[str, str], caller: str | None, during_outage: bool
    ) -> Any:
        """Replicate to a new file system, perhaps while nothing can be transferred yet."""
        if during_outage:
            link = f"{self.home[source]} -> {destination.get('Region', DESTINATION)}"
            self._apply("link_outage", link, 2 * ENABLING_S)
        return self._replicate(source, destination, caller)

    @rule(source=file_systems, destination=file_systems, caller=callers, prepare=st.booleans())
    def replicate_to_existing(
        self, source: str, destination: str, caller: str | None, prepare: bool
    ) -> None:
        if prepare:
            self._protect(destination, "DISABLED")
        self._replicate(source, {"FileSystemId": destination}, caller)

    @rule(configuration=st.integers(0, 5), prepare=st.sampled_from([True, True, False]))
    def reverse_one(self, configuration: int, prepare: bool) -> None:
        """Replicate back what was replicated once; refused as long as it still is."""
        if self.made:
            chosen = self.made[configuration % len(self.made)]
            if prepare:
                self._protect(chosen.source, "DISABLED")
            self._replicate(chosen.destination, {"FileSystemId": chosen.source}, None)

    def _replicate(self, source: str, destination: dict[str, str], caller: str | None) -> Any:
        region = caller or self.home[source]
        answer = self._call(
            "CreateReplicationConfiguration",
            region,
            SourceFileSystemId=source,
            Destinations=[destination],
        )
        if answer is None:
            return multiple()
        described = answer["Destinations"][0]
        assert described["Status"] == "ENABLING"
        assert "LastReplicatedTimestamp" not in described
        self.made.append(Configuration(source, described["FileSystemId"], self.now_s))
        if "FileSystemId" in destination:
            ANSWERS["CreateReplicationConfiguration to an existing file system"] += 1
            return multiple()
        return self._appeared(described["FileSystemId"], described["Region"])

    @rule(configuration=st.integers(0, 5), from_destination=st.booleans())
    def stop_one(self, configuration: int, from_destination: bool) -> None:
        """Delete one of the configurations that there are, from the side that answers."""
        for chosen in self._chosen(configuration):
            sides = [self.home[part] for part in (chosen.source, chosen.destination)]
            for region in reversed(sides) if from_destination else sides:
                if self._stop(chosen.source, region):
                    break

    def _stop(self, source: str, region: str) -> bool:
        answer = self._call("DeleteReplicationConfiguration", region, SourceFileSystemId=source)
        return answer is not None

    @rule(
        operation=st.sampled_from(["stop", "delete", "DISABLED", "ENABLED", "REPLICATING"]),
        file_system=file_systems,
        caller=callers,
    )
    def call_about(self, operation: str, file_system: str, caller: str | None) -> None:
        """Call what may not make sense for a file system."""
        if operation == "stop":
            self._stop(file_system, caller or self.home[file_system])
        elif operation == "delete":
            self._delete(file_system)
        else:
            self._protect(file_system, operation)

    def _protect(self, file_system: str, protection: str) -> None:
        self._call(
            "UpdateFileSystemProtection",
            self.home[file_system],
            FileSystemId=file_system,
            ReplicationOverwriteProtection=protection,
        )

    def _delete(self, file_system: str) -> None:
        answer = self._call("DeleteFileSystem", self.home[file_system], FileSystemId=file_system)
        if answer is not None:
            assert all(
                file_system not in (made.source, made.destination) for made in self._current()
            )
            self.gone_s.setdefault(file_system, self.now_s + FORGETTING_S)

    @rule(
        target=file_systems,
        token=st.sampled_from("abcde"),
        region=regions,
        encrypted=st.booleans(),
    )
    def create_file_system(self, token: str, region: str, encrypted: bool) -> Any:
        answer = self._call("CreateFileSystem", region, CreationToken=token, Encrypted=encrypted)
        return multiple() if answer is None else self._appeared(answer["FileSystemId"], region)

    @rule(
        operation=st.sampled_from(
            [
                ("UpdateFileSystem", {"ThroughputMode": "elastic"}),
                ("PutLifecycleConfiguration", {"LifecyclePolicies": []}),
                ("PutBackupPolicy", {"BackupPolicy": {"Status": "DISABLED"}}),
                ("DescribeReplicationConfigurations", {}),
                ("DescribeLifecycleConfiguration", {}),
                ("DescribeBackupPolicy", {}),
            ]
        ),
        file_system=file_systems,
        caller=callers,
    )
    def call_what_changes_no_replication(
        self, operation: tuple[str, dict[str, Any]], file_system: str, caller: str | None
    ) -> None:
        name, parameters = operation
        before = self.result
        self._call(name, caller or self.home[file_system], FileSystemId=file_system, **parameters)
        after = self.simulation.result()
        if name.startswith("Describe"):
            assert after.digest == before.digest
        assert after.outcomes.keys() == before.outcomes.keys()
        for was, is_now in zip(before.outcomes.values(), after.outcomes.values(), strict=True):
            assert is_now.summary == was.summary

    # --- the world ----------------------------------------------------------------------------

    def _apply(self, kind: str, target: str, lasts_s: float | None, **more: Any) -> None:
        """Begin a disturbance now, or when an opt-out takes effect."""
        event = {kind: target, **({} if lasts_s is None else {"for": lasts_s}), **more}
        begin_s, end_s = self.now_s, math.inf if lasts_s is None else self.now_s + lasts_s
        if kind == "opt_out" and target == THIRD:
            begin_s, end_s = begin_s + OPTING_OUT_S, end_s + OPTING_IN_S
        self.disturbances.append(Disturbance(kind, target, begin_s, end_s))
        self.simulation.apply(event)

    @rule(kind=st.sampled_from(["opt_out", "region_outage"]), region=regions, lasts_s=lengths)
    def disturb_region(self, kind: str, region: str, lasts_s: float | None) -> None:
        # A Region that never answers again would end most of what a sequence can do.
        self._apply(kind, region, 3600 if lasts_s is None else lasts_s)

    @rule(
        kind=st.sampled_from(["link_outage", "link_degraded"]),
        link=st.sampled_from([" -> ".join(ends) for ends in permutations(REGIONS, 2)]),
        lasts_s=lengths,
    )
    def disturb_link(self, kind: str, link: str, lasts_s: float | None) -> None:
        self._apply(kind, link, lasts_s, **({"factor": 0.5} if kind == "link_degraded" else {}))

    @rule(
        kind=st.sampled_from(["opt_out", "kms_key_disabled", "permission_lost"]),
        configuration=st.integers(0, 5),
        lasts_s=st.one_of(lengths, st.sampled_from([None, 1000, 5000])),
        wait_s=st.sampled_from([0, PAUSING_S / 2, PAUSING_S, PAUSING_S]),
        then=st.sampled_from(["nothing", "stop", "stop", "fail"]),
    )
    def pause_one(
        self, kind: str, configuration: int, lasts_s: float | None, wait_s: float, then: str
    ) -> None:
        """Pause a configuration; more may happen while it is PAUSING or PAUSED."""
        for chosen in self._chosen(configuration):
            region = self.home[chosen.destination]
            self._apply(kind, region if kind == "opt_out" else self._name(chosen), lasts_s)
            self._advance(wait_s)
            if then == "stop":
                self._stop(chosen.source, self.home[chosen.source])
            elif then == "fail":
                self._fail(chosen.destination)

    @rule(configuration=st.integers(0, 5), the_source=st.booleans())
    def fail_one(self, configuration: int, the_source: bool) -> None:
        for chosen in self._chosen(configuration):
            self._fail(chosen.source if the_source else chosen.destination)

    @rule(file_system=file_systems, what=st.sampled_from(["fail", "pause"]), long=st.booleans())
    def disturb_something_else(self, file_system: str, what: str, long: bool) -> None:
        """Fail any file system, also one that is gone; pause any replication, also one that is."""
        if what == "fail":
            self._fail(file_system)
        elif self.made:
            name = self._name(self.made[0])
            self._apply("permission_lost", name, None if long else 100)

    def _fail(self, file_system: str) -> None:
        if self.now_s < self.gone_s.get(file_system, math.inf):
            self.simulation.apply({"fail": file_system})
            self.failed.add(file_system)
        else:
            with pytest.raises(ValueError, match="no file system"):
                self.simulation.apply({"fail": file_system})

    @rule(
        operation=st.sampled_from(
            ["CreateReplicationConfiguration", "DeleteReplicationConfiguration"]
        ),
        times=st.integers(1, 2),
        lasts_s=lengths,
    )
    def inject(self, operation: str, times: int, lasts_s: float | None) -> None:
        self._apply("api_error", operation, lasts_s, code="InternalServerError", times=times)

    @rule(
        file_system=file_systems,
        rate=st.sampled_from(["1 per min", "1 per 20 min"]),
        arrivals=st.sampled_from(["poisson", "constant"]),
        place=st.sampled_from(
            [{}, {"hot_set": {"size": 4000, "block": 500}}, {"in_file": {"size": "1 MB"}}]
        ),
    )
    def write(self, file_system: str, rate: str, arrivals: str, place: dict[str, Any]) -> None:
        stream = {"arrivals": {arrivals: {"rate": rate}}, "size": 500, **place}
        if self.now_s < self.gone_s.get(file_system, math.inf):
            self.simulation.write(file_system, stream)
        else:
            with pytest.raises(ValueError, match="no file system"):
                self.simulation.write(file_system, stream)

    def _advance(self, seconds: float) -> None:
        self.simulation.advance(min(seconds, DURATION_S - self.now_s))

    @rule(seconds=st.one_of(st.sampled_from([0, 1, 10, 30, 100]), st.floats(0, 300)))
    def wait_a_little(self, seconds: float) -> None:
        self._advance(seconds)

    @rule(seconds=st.sampled_from([ENABLING_S, PAUSING_S, DELETING_S, 300]))
    def wait_for_a_status(self, seconds: float) -> None:
        self._advance(seconds)

    @rule(seconds=st.floats(300, 6 * 3600))
    def wait_long(self, seconds: float) -> None:
        self._advance(seconds)

    # --- what holds after every step ------------------------------------------------------------

    @invariant()
    def the_world_is_as_it_is_described(self) -> None:
        self.result = self.simulation.result()  # checks the laws
        outcomes = self._outcomes()
        current = {
            made: outcome
            for made, outcome in outcomes.items()
            if outcome.statuses[-1].after is not None
        }
        members = [part for made in current for part in (made.source, made.destination)]
        assert len(members) == len(set(members)), "a file system is in one configuration at most"
        for region in REGIONS:
            refusal = self._refusal(region)
            if refusal is None:
                self._check_file_systems(region, current)
                self._check_configurations(region, current)
            else:
                with pytest.raises(EfsError) as raised:
                    self.simulation.call("DescribeFileSystems", region=region)
                assert raised.value.code == refusal
        for made, outcome in outcomes.items():
            self._check_statuses(made, outcome)
            self._check_syncs(made, outcome)

    def _active(self, kind: str, target: str) -> list[Disturbance]:
        return [
            part
            for part in self.disturbances
            if (part.kind, part.target) == (kind, target)
            and part.begin_s <= self.now_s < part.end_s
        ]

    def _refusal(self, region: str) -> str | None:
        """Return the error code of every call in a Region, None if it answers."""
        if self._active("region_outage", region):
            return "ServiceUnavailable"
        return "UnrecognizedClientException" if self._active("opt_out", region) else None

    def _check_file_systems(self, region: str, current: dict[Configuration, Outcome]) -> None:
        listed = self.simulation.call("DescribeFileSystems", region=region)["FileSystems"]
        here = {part for part, home in self.home.items() if home == region}
        left = {part for part in here if self.now_s < self.gone_s.get(part, math.inf)}
        assert {part["FileSystemId"] for part in listed} == left
        replicas = {made.destination for made in current}
        for part in listed:
            identifier, state = part["FileSystemId"], part["LifeCycleState"]
            protection = part["FileSystemProtection"]["ReplicationOverwriteProtection"]
            assert (protection == "REPLICATING") == (identifier in replicas)
            if identifier in self.gone_s:
                assert state == "deleting" or identifier in self.failed
            else:
                assert (state == "error") == (identifier in self.failed)

    def _check_configurations(self, region: str, current: dict[Configuration, Outcome]) -> None:
        answer = self.simulation.call("DescribeReplicationConfigurations", region=region)
        listed = {part["SourceFileSystemId"]: part for part in answer["Replications"]}
        expected = {
            made.source: (made, outcome)
            for made, outcome in current.items()
            if region in (self.home[made.source], self.home[made.destination])
        }
        assert listed.keys() == expected.keys()
        for source, (made, outcome) in expected.items():
            described = listed[source]["Destinations"][0]
            assert described["FileSystemId"] == made.destination
            assert described["Status"] == outcome.statuses[-1].after
            assert described.get("LastReplicatedTimestamp") == self._last_replicated(outcome)

    def _last_replicated(self, outcome: Outcome) -> datetime | None:
        """Return the cut of the last completed sync, in whole milliseconds."""
        cuts = outcome.syncs["cut_s"].tolist()
        cut_s = cuts[-1] if cuts else outcome.last_replicated_s
        if cut_s is None:
            return None
        moment = self.simulation.scenario.start + timedelta(seconds=cut_s)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def _check_syncs(self, made: Configuration, outcome: Outcome) -> None:
        """Compare syncs with statuses and with the outages that were begun."""
        changes = outcome.statuses
        ends = [change.time_s for change in changes[1:]] + [math.inf]
        enabled = [change for change in changes if change.after == "ENABLED"]
        spans = [
            (change.time_s, end_s)
            for change, end_s in zip(changes, ends, strict=True)
            if change.after == "ENABLED"
        ]
        regions = self.home[made.source], self.home[made.destination]
        stalls = [
            part
            for part in self.disturbances
            if (part.kind == "link_outage" and part.target == " -> ".join(regions))
            or (part.kind == "region_outage" and part.target in regions)
        ]
        cuts, completed = (outcome.syncs[key].tolist() for key in ("cut_s", "completed_s"))
        flights = list(zip(cuts, completed, strict=True))
        for cut_s, end_s in flights:
            assert any(begin <= cut_s and end_s <= end for begin, end in spans)
            assert not any(part.begin_s < end_s < part.end_s for part in stalls)
        for sync in outcome.abandoned:
            assert any(begin <= sync.cut_s and sync.abandoned_s == end for begin, end in spans)
            flights.append((sync.cut_s, sync.abandoned_s))
        still = outcome.open_sync
        if still is not None:
            assert spans
            assert spans[-1][0] <= still.cut_s
            assert spans[-1][1] == math.inf
            flights.append((still.cut_s, math.inf))
        flights.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(flights)), "one at a time"
        cuts = [cut_s for cut_s, _ in flights]
        for cut_s in cuts:
            assert not any(part.begin_s <= cut_s < part.end_s for part in stalls)
        for change, (begin_s, end_s) in zip(enabled, spans, strict=True):
            if change.before is not None:
                due_s = self._first_without(stalls, begin_s)
                assert due_s in cuts or due_s >= end_s or due_s > self.now_s, "a cut at once"

    @staticmethod
    def _first_without(stalls: list[Disturbance], time_s: float) -> float:
        """Return the first time from `time_s` on at which no outage goes on."""
        while ends := [part.end_s for part in stalls if part.begin_s <= time_s < part.end_s]:
            time_s = max(ends)
        return time_s

    def _check_statuses(self, made: Configuration, outcome: Outcome) -> None:
        """Compare statuses with their delays and with the causes to pause that were begun."""
        changes = outcome.statuses
        waits = {"ENABLING": ENABLING_S, "PAUSING": PAUSING_S, "DELETING": DELETING_S}
        for before, after in pairwise(changes):
            if (before.after, after.after) in AFTER_A_WHILE:
                assert after.time_s == before.time_s + waits[str(before.after)]
            if (before.after, after.after) == ("PAUSED", "ENABLED"):
                assert after.time_s >= before.time_s + RESUMING_S
        name = self._name(made)
        held = any(
            self._active(kind, target)
            for kind, target in (
                ("opt_out", self.home[made.source]),
                ("opt_out", self.home[made.destination]),
                ("kms_key_disabled", name),
                ("permission_lost", name),
            )
        )
        last = changes[-1]
        if last.after == "ENABLED":
            assert not held
        elif last.after == "PAUSED":
            assert held or self.now_s < last.time_s + RESUMING_S
        elif last.after in waits:
            assert self.now_s < last.time_s + waits[last.after]

    def teardown(self) -> None:
        if hasattr(self, "result"):
            for outcome in self.result.outcomes.values():
                REACHED.update((change.before, change.after) for change in outcome.statuses)


@pytest.mark.parametrize("count", [300, pytest.param(1500, marks=pytest.mark.slow)])
def test_random_sequences_reach_every_status_and_every_legal_change(count: int) -> None:
    REACHED.clear()
    ANSWERS.clear()
    # No deadline: timing never decides a test. The same sequences in every run, so that a failure
    # in CI is a failure everywhere.
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=count, stateful_step_count=30, deadline=None, derandomize=True
        ),
    )
    for (before, after), times in sorted(REACHED.items(), key=str):
        print(f"{before or 'nothing'} -> {after or 'gone'}: {times:,} times")
    for answer, times in sorted(ANSWERS.items()):
        print(f"{answer}: {times:,} times")
    assert set(REACHED) == EDGES
