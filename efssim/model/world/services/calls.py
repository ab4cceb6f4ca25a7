"""Calls of services beside EFS, as part of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from efssim.json_values import WireObject, WireValue
from efssim.model.account import Account
from efssim.model.efs.calls import Calls
from efssim.model.entities.errors import NotSimulatedError
from efssim.model.world.backups import Backups
from efssim.model.world.disturbances import Disturbances
from efssim.model.world.services.keys import Keys
from efssim.model.world.services.operation import Surroundings
from efssim.model.world.services.opting import RegionOptIn
from efssim.model.world.services.table import SERVICES

_SUBJECTS = ("RegionName", "KeyId", "RecoveryPointArn")
"""Parameters that name what a call is about."""

_LOOKING = ("Describe", "Get", "Head", "List")
"""First words of operations of AWS that change nothing."""

Answer: TypeAlias = Callable[[Mapping[str, WireValue], str], WireObject]
"""Answers an operation that is not simulated: takes parameters and the calling Region."""


def only_looks(service: str, operation: str) -> bool:
    """Return whether an operation changes nothing; one that is not simulated does not."""
    found = SERVICES[service].operations.get(operation) if service in SERVICES else None
    return found is None or found.only_looks


class ServiceCalls:
    """The caller of operations of services beside EFS."""

    def __init__(
        self, account: Account, disturbances: Disturbances, backups: Backups, calls: Calls
    ) -> None:
        opting = RegionOptIn(account, disturbances)
        self._around = Surroundings(account, opting, Keys(disturbances), backups)
        self._calls = calls
        self._answers: dict[tuple[str, str], Answer] = {}

    @property
    def answered(self) -> tuple[tuple[str, str], ...]:
        """Service and operation of everything that a user answers."""
        return tuple(self._answers)

    def is_answered(self, service: str, operation: str) -> bool:
        """Return whether a user answers an operation."""
        return (service, operation) in self._answers

    def add_answer(self, service: str, operation: str, answer: Answer) -> None:
        """Let a function answer an operation that is not simulated; the latest one counts."""
        self._answers[service, operation] = answer

    def answer(
        self, service: str, operation: str, parameters: Mapping[str, WireValue], region: str
    ) -> WireObject:
        """Make a call that a user's function answers; EfsError as it raises one."""
        function = self._answers[service, operation]
        if operation.startswith(_LOOKING):
            self._calls.made += 1
            return function(parameters, region)
        return self._calls.answer(operation, lambda: function(parameters, region))

    def call(
        self, service: str, operation: str, parameters: Mapping[str, WireValue], region: str
    ) -> WireObject:
        """Call an operation of a service; EfsError and NotSimulatedError as `Service.call`."""
        if service not in SERVICES:
            raise NotSimulatedError(service, operation)

        def answer() -> WireObject:
            return SERVICES[service].call(self._around, operation, parameters, region)

        if only_looks(service, operation):
            self._calls.made += 1
            return answer()
        subject = (parameters.get(key) for key in _SUBJECTS)
        target = next((text for text in subject if isinstance(text, str)), "")
        return self._calls.record(operation, target, answer)
