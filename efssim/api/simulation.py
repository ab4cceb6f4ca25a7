"""Running a scenario: a Simulation to step through, a Result to read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim.api.result import Result
from efssim.api.values import named_replication
from efssim.cloudwatch.alarms.watching import AlarmsOfWorld
from efssim.cloudwatch.api import OPERATIONS as WATCHING
from efssim.cloudwatch.api import CloudWatchApi
from efssim.cloudwatch.efs_metrics import EfsMetrics
from efssim.errors import ArgumentError, UnknownNameError
from efssim.json_values import JsonObject, JsonValue, WireObject, WireValue, timestamp, to_json
from efssim.model.entities.errors import NotSimulatedError
from efssim.model.entities.file_system import FileSystemState
from efssim.model.entities.identifiers import request_id
from efssim.model.kernel.clock import Clock
from efssim.model.world.in_flight import syncs_in_flight
from efssim.model.world.services.table import SERVICES
from efssim.progress import Progress, bar, told
from efssim.runs.acting import event_now, stream_now
from efssim.runs.measured import MeasuredWorld
from efssim.runs.parts.parted import run_to_end
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked, duration_of
from efssim.scenario.expansion.seeds import drawn_with
from efssim.scenario.shown.trace_use import stream_path
from efssim.text.suggestions import suggest
from efssim.text.yaml.problems import Problem, ScenarioError

if TYPE_CHECKING:
    from efssim.aws.clients.client import Clients


class Simulation(MeasuredWorld):
    """A scenario that runs on its own clock and can be stopped at any time to look around.

    `seed` replaces the scenario's seed; `trial` counts runs of one seed with independent draws.
    With `verify` every write is kept (24 bytes each) and
    `result()` checks the laws that every run must satisfy; it raises LawViolation, an
    AssertionError, if the simulator broke one. Without `metrics` writes are not counted by minute,
    and `cloudwatch` raises ValueError.
    """

    @checked("Simulation")
    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        *,
        verify: bool = False,
        trial: int = 0,
        metrics: bool = True,
    ) -> None:
        scenario = drawn_with(scenario, seed)
        super().__init__(scenario, seed, verify=verify, trial=trial, metrics=metrics)
        self._streams = 0
        self._clients: Clients | None = None

    @cached_property
    def cloudwatch(self) -> CloudWatchApi:
        """CloudWatch's view of the file systems; it keeps the data that PutMetricData sends.

        Raise ValueError where there is nothing to see: without `metrics`, or where the scenario
        says `records: off`.
        """
        if self._minutes is None or self._storage is None or self.scenario.records == "off":
            raise ArgumentError("CloudWatch needs the syncs: `metrics` and `records: on`")
        metrics = EfsMetrics(self._world, self._minutes, self._unreplicated, self._storage)
        alarms = AlarmsOfWorld(self._world, metrics, {}).places
        return CloudWatchApi(metrics, self.scenario.start, lambda: self._world.now_s, alarms)

    @property
    def now(self) -> datetime:
        """The simulated time, in UTC."""
        return self.scenario.start + timedelta(seconds=self._world.now_s)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the scenario's start."""
        return self._world.now_s

    @checked("Simulation.advance")
    def advance(self, duration: float | str) -> None:
        """Let time pass: `"5 min"` or seconds. Raise ValueError beyond the scenario's end."""
        until = self._world.now_s + duration_of(duration)
        # Steps that add up to the duration may miss it by a rounding error.
        if until > self.scenario.duration + 1e-6:
            raise ArgumentError(f"the scenario ends {self.scenario.duration:g} s after its start")
        self._world.advance_to(min(until, self.scenario.duration))

    @checked("Simulation.apply")
    def apply(self, event: Mapping[str, Any]) -> None:
        """Let a disturbance begin now: an entry of `events` without `at`.

        It is checked by the rules of a scenario's file, with the parts present by now. Raise
        ScenarioError, which lists every problem.
        """
        self._world.apply(event_now(event, self._world.account))

    @checked("Simulation.call")
    def call(
        self,
        operation: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        region: str,
        service: str = "efs",
    ) -> dict[str, Any]:
        """Call an operation of the EFS API in a Region, now; return the answer as boto3 would.

        `service` is another one that is simulated, `account`, `backup`, `cloudwatch`, `kms` or
        `sts`, or one that `answer` was told of. Raise EfsError as EFS or that service would,
        CloudWatchError as CloudWatch would, ValueError for an operation that EFS does not have or a
        service that is not simulated, and NotSimulatedError for another operation of one that is. A
        name of a file system stands for its id, but for CloudWatch.
        """
        if service == "cloudwatch" and not self.is_answered(service, operation):
            if operation not in WATCHING:
                raise NotSimulatedError(service, operation, tuple(WATCHING))
            return self.cloudwatch.call(operation, parameters or {}, region)
        known = ("efs", *SERVICES, "cloudwatch", *self.answered_services)
        if service not in known:
            hint = suggest(service, known)
            raise ArgumentError(f"service '{service}' is not simulated by `call`{hint}")
        return self._world.call(operation, parameters or {}, region, service)

    @checked("Simulation.answer")
    def answer(
        self,
        service: str,
        operation: str,
        function: Callable[[WireObject, str], Mapping[str, WireValue]],
    ) -> None:
        """Let a function answer an operation that is not simulated: of Route 53, SNS, Lambda.

        `service` and `operation` are botocore's names, as `"route53"` and
        `"ChangeResourceRecordSets"`. The function takes the parameters of a call and its Region,
        and returns the answer as a dict, or raises `EfsError(code, message)`; it may look at this
        simulation and act on it. Parameters and answers are checked by botocore's model. It holds
        for `call`, for clients, and through a port. ImportError without the extra `aws`,
        ValueError for an operation that AWS has not or that is simulated.
        """
        from efssim.aws.protocol.answers import checked_answer  # late: needs boto3, an extra

        answer = checked_answer(service, operation, function)
        self._world.services.add_answer(service, operation, answer)

    @property
    def answered_services(self) -> tuple[str, ...]:
        """The services of which `answer` was told an operation."""
        return tuple(dict.fromkeys(service for service, _ in self._world.services.answered))

    def is_answered(self, service: str, operation: str) -> bool:
        """Return whether `answer` was told of an operation."""
        return self._world.services.is_answered(service, operation)

    @property
    def request_id(self) -> str:
        """Id of the latest API call: AWS gives one to each, here the same in every run."""
        return request_id(self._world.calls_made)

    def client(self, service: str, region_name: str | None = None, **options: Any) -> Any:
        """Return a boto3 client of a simulated service, on the simulated clock.

        `options` are those of `boto3.Session.client`. Its calls act on this simulation now, and
        never reach the network; retries wait in simulated time. ImportError without the extra
        `aws`, ValueError for a service that is not simulated.
        """
        if self._clients is None:
            from efssim.aws.clients.client import Clients  # late: needs boto3, an extra

            self._clients = Clients(self)
        return self._clients.client(service, region_name, **options)

    def move_to_this_thread(self) -> None:
        """Let this thread use the clients of the simulation from now on, and no other.

        Calls of several threads have no order; whoever hands a simulation from one thread to
        another sees to it that they take turns.
        """
        if self._clients is not None:
            self._clients.move_to_this_thread()

    @property
    def env(self) -> Clock:
        """The SimPy environment, for processes of your own: `world.env.process(...)`.

        Time passes only by `advance`. A process acts after everything else of an instant, and
        waits with `yield world.env.timeout(seconds)`; in it, `advance` raises RuntimeError.
        """
        return self._world.clock

    def file_system_id(self, name: str) -> str:
        """Return the id of a file system; raise UnknownNameError, a KeyError, if there is none."""
        try:
            return self._world.account.id_of(name)
        except KeyError:
            raise UnknownNameError(f"no file system is named '{name}'") from None

    @checked("Simulation.write")
    def write(self, file_system: str, stream: Mapping[str, Any]) -> None:
        """Add a write stream to a file system, by name or id; it begins to write after now.

        `stream` is an entry of `writes` in a scenario, and is checked as one in a file. Raise
        ScenarioError, which lists every problem, also for a file system that does not exist.
        """
        found = self._found(file_system)
        spec = stream_now(stream, self.scenario)
        self._streams += 1
        name = f"added-{self._streams}"
        if spec.trace is not None:
            quality = spec.trace.read(self.scenario.start, self.scenario.duration).quality
            self._traces[stream_path(found.name, name)] = quality
        self._world.account.write(found, name, spec)

    def _found(self, file_system: str) -> FileSystemState:
        """Return a file system by name, id or ARN; raise ScenarioError without one."""
        found = self._world.account.find(file_system)
        if found is None:
            known = [part.name for part in self._world.account.file_systems.values()]
            message = f"no file system is named '{file_system}'{suggest(file_system, known)}"
            raise ScenarioError([Problem(None, (), message)])
        return found

    @checked("Simulation.fence")
    def fence(self, file_system: str) -> None:
        """Write nothing to a file system from now on, as a runbook does before it moves.

        What its streams would have written is dropped, with the cause `fenced`. Raise
        ScenarioError for a file system that does not exist.
        """
        self._world.fence(self._found(file_system).name)

    @checked("Simulation.unfence")
    def unfence(self, file_system: str) -> None:
        """End every fence of a file system; do nothing if there is none.

        Raise ScenarioError for a file system that does not exist.
        """
        self._world.unfence(self._found(file_system).name)

    @checked("Simulation.move_writes")
    def move_writes(self, file_system: str, to: str, *, following: bool = False) -> None:
        """Make the writes of the streams of a file system on another one from now on.

        Their times, sizes and draws stay what they are; what is made, grows and is read-only is
        what is there. With `to` the file system itself they are made there again. `following`
        moves only streams with `writes_follow: failover`. Raise ScenarioError for a file system
        that does not exist.
        """
        source, target = self._found(file_system).name, self._found(to).name
        self._world.move_writes(source, target, following=following)

    def syncs_in_flight(self) -> dict[str, JsonObject]:
        """Return how far each sync in flight is, by the name of its replication.

        `initial` (whether it is the initial sync), `cut`, `bytes` to send in all, `bytes_done`,
        `bytes_left`, `failed_attempts`, and `left_s`, an estimate of the seconds to its completion:
        at the present rates, as if no attempt failed from now on; None while an outage lets it
        make no progress, as nobody knows for how long. A replication that has none is left out.
        """
        found = syncs_in_flight(self._world)
        return {name: to_json(sync, self.scenario.start) for name, sync in found.items()}

    def describe(self, replication: str | None = None) -> JsonObject:
        """Return how a replication is now; `replication` may be left out where there is only one.

        `source`, `destination` (ids), `source_region`, `destination_region`, `status` (`DELETED`
        once the configuration is gone), `last_replicated`, `age_s`, `pending_bytes`, and `sync`,
        the one in flight as in `syncs_in_flight`; None for what there is not. KeyError for a
        replication that there is not.
        """
        known = self.live().replications
        name = named_replication(list(known), replication)
        return to_json(known[name], self.scenario.start)

    def result(self) -> Result:
        """Return the results so far; the simulation can go on afterwards."""
        return Result.of(self.so_far())

    @checked("Simulation.export")
    def export(
        self,
        folder: str | os.PathLike[str],
        *,
        period: float | str = 60,
        tables: str | None = None,
    ) -> None:
        """Write the metrics of AWS/EFS up to now, as `efssim export` does.

        One file per metric in the shape of GetMetricData, from the scenario's start on, warm-up
        included. `period` is seconds or a duration, a multiple of 60 s; `tables` adds a table per
        metric in the format of that name, one of `efssim.extend.table_formats`. All files are
        written or none. Raise ValueError as `cloudwatch` does, and before any time has passed,
        CloudWatchError for the period, OSError, and UnknownNameError for a format that there is
        not.
        """
        from efssim.cloudwatch.export import ExportedSpan, export_metrics
        from efssim.report.files.data.export import write_export
        from efssim.report.files.formats import TABLE_FORMATS

        if not self.elapsed_s:
            raise ArgumentError("no time has passed, so there is nothing to export")
        period_s = duration_of(period)
        if period_s % 1:
            raise ArgumentError(f"a period of CloudWatch is whole seconds, and not {period_s:g} s")
        form = None if tables is None else TABLE_FORMATS[tables]
        span = ExportedSpan(self.scenario.start, self.now, int(period_s))
        metrics = export_metrics(self.cloudwatch, self._world.account.regions, span)
        about: dict[str, JsonValue] = {
            "seed": self.seed,
            "trial": self.trial,
            "period_s": span.period_s,
            "begin": timestamp(self.scenario.start, 0.0),
            "end": timestamp(self.scenario.start, self.elapsed_s),
        }
        write_export(metrics, Path(folder), self.scenario, about, form)


@checked("run")
def run(
    scenario: Scenario,
    seed: int | None = None,
    *,
    verify: bool = False,
    trial: int = 0,
    on_progress: Progress | None = None,
    progress: bool = False,
) -> Result:
    """Simulate a scenario from its start to its end.

    `seed` replaces the scenario's seed; `trial` counts runs of one seed with independent draws;
    `verify` checks the laws (see Simulation); `on_progress` is given how far the run is (see
    Simulation.advance_to_end); `progress` shows a bar, in a notebook or on standard error.
    """
    drawn = drawn_with(scenario, seed)
    with told(on_progress, bar(sys.stderr, scenario.duration) if progress else None) as tell:
        return Result.of(run_to_end(drawn, seed, verify=verify, trial=trial, on_progress=tell))
