"""Calls of services beside EFS, as part of the run."""

from __future__ import annotations

from collections.abc import Mapping

from efssim.json_values import WireObject, WireValue
from efssim.model.account import Account
from efssim.model.efs.calls import Calls
from efssim.model.world.backups import Backups
from efssim.model.world.disturbances import Disturbances
from efssim.model.world.services.keys import Keys
from efssim.model.world.services.operation import Surroundings
from efssim.model.world.services.opting import RegionOptIn
from efssim.model.world.services.table import SERVICES

_SUBJECTS = ("RegionName", "KeyId", "RecoveryPointArn")
"""Parameters that name what a call is about."""


def only_looks(service: str, operation: str) -> bool:
    """Return whether an operation changes nothing; one that is not simulated does not."""
    found = SERVICES[service].operations.get(operation)
    return found is None or found.only_looks


class ServiceCalls:
    """The caller of operations of services beside EFS."""

    def __init__(
        self, account: Account, disturbances: Disturbances, backups: Backups, calls: Calls
    ) -> None:
        opting = RegionOptIn(account, disturbances)
        self._around = Surroundings(account, opting, Keys(disturbances), backups)
        self._calls = calls

    def call(
        self, service: str, operation: str, parameters: Mapping[str, WireValue], region: str
    ) -> WireObject:
        """Call an operation of a service; EfsError and NotSimulatedError as `Service.call`."""

        def answer() -> WireObject:
            return SERVICES[service].call(self._around, operation, parameters, region)

        if only_looks(service, operation):
            self._calls.made += 1
            return answer()
        subject = (parameters.get(key) for key in _SUBJECTS)
        target = next((text for text in subject if isinstance(text, str)), "")
        return self._calls.record(operation, target, answer)
