"""API calls as part of the run: made through the control plane, recorded in the timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from efssim.json_values import WireObject, WireValue
from efssim.model.account import Account
from efssim.model.efs.control_plane import ControlPlane
from efssim.model.entities.errors import EfsError, RunError
from efssim.records.timeline import ApiCall
from efssim.scenario import schema
from efssim.scenario.operations.table import OPERATIONS

_SUBJECTS = ("SourceFileSystemId", "FileSystemId", "ResourceId")
"""Parameters that name the file system which a call is about."""


def looks(operation: str) -> bool:
    """Return whether an operation only looks, and so changes nothing."""
    found = OPERATIONS.get(operation)
    return found is not None and found.only_looks


class Calls:
    """The caller of operations, which appends each call to the timeline of the run."""

    def __init__(self, account: Account, control_plane: ControlPlane) -> None:
        self.made = 0
        self._account, self._control_plane = account, control_plane

    def call(self, operation: str, parameters: Mapping[str, WireValue], region: str) -> WireObject:
        """Call an operation of the EFS API; raise EfsError as EFS would.

        Calls that only look are not recorded: looking at a run changes nothing.
        """
        self.made += 1
        if looks(operation):
            return self._control_plane.call(operation, parameters, region)
        subject = _subject(parameters)
        target = "" if subject is None else self._named(subject)
        timeline = self._account.timeline
        record = ApiCall(timeline.next_ordinal(), self._account.clock.now, operation, target)
        try:
            with timeline.answering(record):
                answer = self._control_plane.call(operation, parameters, region)
        except EfsError as error:
            record.error = str(error)
            timeline.entries.append(record)
            raise
        self._note_affected(record, subject, answer)
        timeline.entries.append(record)
        return answer

    def record(self, operation: str, target: str, answer: Callable[[], WireObject]) -> WireObject:
        """Make a call of another service, which is recorded as one of EFS is."""
        self.made += 1
        timeline = self._account.timeline
        record = ApiCall(timeline.next_ordinal(), self._account.clock.now, operation, target)
        try:
            with timeline.answering(record):
                return answer()
        except EfsError as error:
            record.error = str(error)
            raise
        finally:
            timeline.entries.append(record)

    def answer(self, operation: str, answer: Callable[[], WireObject]) -> WireObject:
        """Make a call that a user answers, who may make further ones meanwhile: they come after."""
        self.made += 1
        timeline = self._account.timeline
        record = ApiCall(timeline.next_ordinal(), self._account.clock.now, operation, "")
        timeline.entries.append(record)
        try:
            with timeline.answering(record):
                return answer()
        except EfsError as error:
            record.error = str(error)
            raise

    def make(self, spec: schema.Event, path: tuple[str | int, ...]) -> None:
        """Make the call of an event; raise RunError if it had to succeed and does not."""
        assert spec.call is not None
        region = spec.option("region") or self._home(spec, path)
        try:
            self.call(spec.call, spec.parameters, region)
        except EfsError as error:
            if spec.expect == "ok":
                raise RunError(path, f"{spec.call} was expected to succeed: {error}") from None

    def _home(self, spec: schema.Event, path: tuple[str | int, ...]) -> str:
        """Return the Region of the file system that a call is about."""
        subject = _subject(spec.parameters)
        found = self._account.find(subject) if subject is not None else None
        if found is None:
            raise RunError(path, f"`region` is needed: no file system tells where {spec.call} goes")
        return found.region

    def _named(self, subject: str) -> str:
        found = self._account.find(subject)
        return subject if found is None else found.name

    def _note_affected(self, record: ApiCall, subject: str | None, answer: WireObject) -> None:
        """Record the part that a call touched: a replication, or a file system that is in none."""
        about = subject or answer.get("FileSystemId")
        found = self._account.find(about) if isinstance(about, str) else None
        if found is None:
            return
        replication = self._account.configuration_of(found)
        if replication is None:
            record.affected = (found.name,)
        else:
            record.affected = record.replications = (replication.terms.name,)


def _subject(parameters: Mapping[str, WireValue]) -> str | None:
    named = (parameters.get(key) for key in _SUBJECTS)
    return next((value for value in named if isinstance(value, str)), None)
