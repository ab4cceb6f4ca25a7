"""The same scenario through every door: a file, calls of boto3, HTTP, a script that steps."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, Protocol
from urllib.request import Request, urlopen

import boto3
import yaml
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

import efssim
from efssim import EfsError, Result, Scenario, Simulation
from efssim.aws.port.served import Served
from efssim.aws.port.server import Server
from efssim.records.timeline import Occurrence
from search.checks.check import Case, Check, SkippedError
from search.checks.outcome import few, outcome, unequal
from search.maker import Json

ONCE = Config(retries={"total_max_attempts": 1})
"""One attempt: an injected error is to reach the script."""
HOUR_S = 3600.0
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}


def _through_a_file(case: Case) -> list[str]:
    """Write the scenario as YAML, read it back, and in some cases run that."""
    file = case.folder / f"file-{case.seed}.yaml"
    width = int(case.random("file").integers(20, 200))
    text = yaml.safe_dump(case.data, sort_keys=False, allow_unicode=True, width=width)
    file.write_text(text, encoding="utf-8")
    try:
        read = efssim.load(file)
    finally:
        file.unlink()
    if read != case.scenario:
        return few(unequal(case.scenario.model_dump(), read.model_dump())) or ["another scenario"]
    if case.random("file run").random() < 0.2:
        return few(unequal(case.outcome, outcome(efssim.run(read))))
    return []


# --- events as calls --------------------------------------------------------------------------


class Action(NamedTuple):
    """Something to do at a time."""

    at_s: float
    is_call: bool
    event: Json


class Door(Protocol):
    """What a script needs of a simulation."""

    def advance(self, duration_s: float) -> None:
        """Let time pass."""

    def apply(self, event: Json) -> None:
        """Let a disturbance begin."""

    def call(self, operation: str, given: Json, region: str) -> None:
        """Call EFS; a refusal is part of the run."""


class _Python:
    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation

    def advance(self, duration_s: float) -> None:
        self.simulation.advance(duration_s)

    def apply(self, event: Json) -> None:
        self.simulation.apply(event)

    def call(self, operation: str, given: Json, region: str) -> None:
        try:
            self.simulation.call(operation, given, region=region)
        except EfsError:
            return


class _Boto3(_Python):
    def call(self, operation: str, given: Json, region: str) -> None:
        client = self.simulation.client("efs", region_name=region, config=ONCE)
        try:
            getattr(client, xform_name(operation))(**given)
        except ClientError:
            return


class _Http(_Python):
    def __init__(self, simulation: Simulation) -> None:
        super().__init__(simulation)
        self.url = _serve(simulation)

    def advance(self, duration_s: float) -> None:
        self._post("advance", {"duration": duration_s})

    def apply(self, event: Json) -> None:
        self._post("apply", event)

    def _post(self, action: str, body: Json) -> None:
        data = json.dumps(body).encode()
        with urlopen(Request(f"{self.url}/_efssim/{action}", data, method="POST")) as answer:
            answer.read()

    def call(self, operation: str, given: Json, region: str) -> None:
        try:
            getattr(_client(self.url, region), xform_name(operation))(**given)
        except ClientError:
            return


@cache
def _client(url: str, region: str) -> Any:
    return boto3.client("efs", region_name=region, endpoint_url=url, config=ONCE, **KEYS)


@cache
def _server() -> Server:
    nothing = Scenario.model_validate({"name": "none", "duration": 1})
    served = Served(lambda: Simulation(nothing), "us-east-1", None, lambda _: None)
    server = Server(("127.0.0.1", 0), served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _serve(simulation: Simulation) -> str:
    """Serve a simulation from now on, instead of the one before; return where."""
    server = _server()
    handler: Any = server.RequestHandlerClass
    handler.served = Served(lambda: simulation, "us-east-1", None, lambda _: None)
    return server.url


DOORS: dict[str, Callable[[Simulation], Door]] = {
    "python": _Python,
    "boto3": _Boto3,
    "http": _Http,
}


def _by_a_script(name: str) -> Callable[[Case], list[str]]:
    """Return a check that makes calls, and in some cases all disturbances, through a door."""

    def problems(case: Case) -> list[str]:
        applies = bool(case.random("doors").random() < 0.5)
        actions, left = _split(case, applies)
        if applies and any(action.event.get("call") == "DeleteFileSystem" for action in actions):
            raise SkippedError("a script cannot disturb what it has deleted")
        if _names_what_is_deleted(actions):
            raise SkippedError("a script has the id of what it has deleted, an event its name")
        if not actions:
            raise SkippedError("nothing to call")
        found = _scripted(case, name, actions, left)
        if name != "python":
            plain = _scripted(case, "python", actions, left)
            return few(unequal(outcome(plain), outcome(found)))
        if case.scenario.records == "off" or {action.at_s for action in actions} & _cuts(found):
            # A script acts after the cuts of its instant, events act before (docs/boto3.md).
            raise SkippedError("a cut at the instant of a call")
        since_s = [action.at_s - case.scenario.warm_up for action in actions]
        if "prices" in case.data and any(each_s % HOUR_S == 0 for each_s in since_s):
            # So does what is billed, which is sampled at whole hours of the window.
            raise SkippedError("a sample of the bill at the instant of a call")
        if applies and _is_crowded(found, actions):
            raise SkippedError("another disturbance at the instant of one that is applied")
        return few(
            unequal(_unnumbered(case.outcome, applies), _unnumbered(outcome(found), applies))
        )

    return problems


def _names_what_is_deleted(actions: list[Action]) -> bool:
    """Return whether a call is about a file system that an earlier one deletes."""
    deleted = set[str]()
    for action in actions:
        if deleted & {str(name) for name in action.event.get("with", {}).values()}:
            return True
        if action.event.get("call") == "DeleteFileSystem":
            deleted.add(str(action.event["with"]["FileSystemId"]))
    return False


def _scripted(case: Case, name: str, actions: list[Action], left: list[Json]) -> Result:
    """Run a scenario with events made by a script."""
    simulation = Simulation(Scenario.model_validate({**case.data, "events": left}))
    door = DOORS[name](simulation)
    homes = _homes(case.data)
    for at_s, is_call, event in actions:
        door.advance(max(0.0, at_s - simulation.elapsed_s))
        if is_call:
            given = _with_ids(simulation, event.get("with", {}))
            door.call(event["call"], given, _region(event, homes))
        else:
            door.apply({key: value for key, value in event.items() if key != "at"})
    door.advance(max(0.0, case.scenario.duration - simulation.elapsed_s))
    simulation.advance_to_end()
    return simulation.result()


def _is_crowded(found: Result, actions: list[Action]) -> bool:
    """Return whether something that no script began begins where a script acts.

    By kind: what a script begins may take effect later, as an opt-out does.
    """
    times = {action.at_s for action in actions}
    begins = [(each.begin_s, each.kind) for each in found.timeline if isinstance(each, Occurrence)]
    began = Counter(begin for begin in begins if begin[0] in times)
    made = Counter((action.at_s, key) for action in actions for key in action.event)
    return any(count > made[begin] for begin, count in began.items())


def _cuts(found: Result) -> set[float]:
    """Return when syncs were cut."""
    cuts: set[float] = set()
    for each in found.outcomes.values():
        cuts |= set(each.syncs.floats("cut_s").tolist())
        cuts |= {sync.cut_s for sync in each.abandoned}
        cuts |= set() if each.open_sync is None else {each.open_sync.cut_s}
    return cuts


def _unnumbered(found: Json, applies: bool) -> Json:
    """Return numbers without the digest, which has the ordinals of disturbances, if they moved."""
    if not applies:
        return found
    return {**found, "summary": {**found["summary"], "digest": None}}


def _split(case: Case, applies: bool) -> tuple[list[Action], list[Json]]:
    """Return what a script does, in order, and the events that it leaves to the scenario."""
    actions, left = [], []
    for spec, event in zip(case.scenario.events, case.data.get("events", []), strict=False):
        is_call = "call" in event
        if "expect" in event or not (is_call or applies):
            left.append(event)
        else:
            actions.append(Action(spec.at, is_call, event))
    return sorted(actions, key=lambda action: (action.at_s, action.is_call)), left


def _homes(data: Json) -> dict[str, str]:
    """Return the Regions of file systems by name."""
    found = {}
    for name, part in data["file_systems"].items():
        region = part.get("region") or part["availability_zone"][:-1]
        for k in range(part.get("count", 0)):
            found[f"{name}[{k + 1}]"] = region
        found[name] = region
    for name, part in data["replications"].items():
        to = part["destination"]
        if "file_system" not in to:
            region = to.get("region") or to["availability_zone"][:-1]
            found[f"{name}.destination"] = region
            for k in range(data["file_systems"][part["source"]].get("count", 0)):
                found[f"{name}[{k + 1}].destination"] = region
    return found


def _region(event: Json, homes: dict[str, str]) -> str:
    given = event.get("with", {})
    about = given.get("SourceFileSystemId", given.get("FileSystemId", given.get("ResourceId")))
    region = event.get("region") or homes.get(about)
    if region is None:
        raise SkippedError("where to call is not known")
    return str(region)


def _with_ids(simulation: Simulation, given: Any) -> Any:
    """Return parameters with ids instead of names, as scripts have them."""
    if isinstance(given, dict):
        return {
            key: _id(simulation, value) if key in _IDS else _with_ids(simulation, value)
            for key, value in given.items()
        }
    return [_with_ids(simulation, each) for each in given] if isinstance(given, list) else given


_IDS = ("SourceFileSystemId", "FileSystemId", "ResourceId")


def _id(simulation: Simulation, name: str) -> str:
    try:
        return simulation.file_system_id(name)
    except KeyError:
        return name


FILE = Check("file", _through_a_file, 0.15)
PYTHON = Check("python", _by_a_script("python"), 0.2)
BOTO3 = Check("boto3", _by_a_script("boto3"), 0.08)
HTTP = Check("http", _by_a_script("http"), 0.06)
