"""Events and writes by Python code in a simulation, read by the rules of a scenario's file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pydantic import ValidationError

from efssim.model.account import Account
from efssim.scenario import Scenario
from efssim.scenario.checks.places import enabled_by_default
from efssim.scenario.checks.targets import target_problems
from efssim.scenario.grammar.base import Found, Model, located
from efssim.scenario.grammar.disturbances.effects import Target
from efssim.scenario.grammar.disturbances.kind import Known
from efssim.scenario.schema import Event, WriteStream
from efssim.text.written import Written, WrittenValue, as_written
from efssim.text.yaml.problems import Problem, ScenarioError
from efssim.traces.problems import TraceErrors

M = TypeVar("M", bound=Model)


def event_now(given: Written, account: Account) -> Event:
    """Return an entry of `events` without `at` as one that happens now; raise ScenarioError."""
    data: dict[str, WrittenValue] = _plain(given)
    found: list[Found] = []
    if "at" in data:
        found.append((("at",), "has no place here: what is applied happens now"))
    # Any instant will do for the rules: the clock may stand at one that no file could name.
    data["at"] = 0.0
    event = _read(Event, data, [*found, *target_problems(data, _known(account))])
    return event.model_copy(update={"at": account.clock.now})


def stream_now(given: Written, scenario: Scenario) -> WriteStream:
    """Return an entry of `writes`; raise ScenarioError, also for a trace that is not usable."""
    stream = _read(WriteStream, _plain(given), ())
    if stream.trace is not None:
        try:
            stream.trace.read(scenario.start, scenario.duration)
        except TraceErrors as failure:
            found = [(("trace", "file"), str(error)) for error in failure.errors]
            raise _error(found) from None
    return stream


def _plain(given: Written) -> dict[str, WrittenValue]:
    """Return data of Python or JSON as a file would have it; raise ScenarioError if too deep."""
    try:
        plain: dict[str, WrittenValue] = as_written(given)
    except ValueError as error:
        raise _error([((), str(error))]) from None
    return plain


def _read(kind: type[M], data: Written, found: Iterable[Found]) -> M:
    """Return plain data as a part of a scenario; raise ScenarioError with `found` and the rest."""
    problems = list(found)
    try:
        part = kind.model_validate(data)
    except ValidationError as error:
        problems += [(shown, message) for _, shown, message in located(error, data)]
    if problems:
        raise _error(problems)
    return part


def _error(found: Iterable[Found]) -> ScenarioError:
    return ScenarioError(Problem(None, path, message) for path, message in dict.fromkeys(found))


def _known(account: Account) -> Known:
    """Return the present parts of the account, those made by API calls too, by name and by id."""
    raw = as_written(account.scenario)
    systems = account.file_systems.values()
    names = [name for part in systems for name in (part.name, part.id, part.arn)]
    return Known(
        regions=account.regions,
        enabled_by_default=lambda region: enabled_by_default(raw, region),
        named={Target.REPLICATION: account.replications, Target.FILE_SYSTEM: names},
    )
