"""Operations of a service beside EFS, and the world on which they act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from efssim.json_values import WireObject, WireValue
from efssim.model.account import Account
from efssim.model.entities.errors import EfsError, NotSimulatedError
from efssim.model.world.backups import Backups, RestoreJob
from efssim.model.world.services.keys import Keys
from efssim.model.world.services.opting import RegionOptIn
from efssim.scenario.operations.kinds import FileSystemNames, MalformedError, Structure


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that the services act on."""

    account: Account
    opting: RegionOptIn
    keys: Keys
    backups: Backups
    restores: dict[str, RestoreJob] = field(default_factory=dict)
    """Jobs by the idempotency token of the call that began them."""


Answering = Callable[[Surroundings, Any, str], WireObject]
"""Takes the surroundings, parameters as `Structure.read` returns them, and the calling Region."""


@dataclass(frozen=True, slots=True)
class ServiceOperation:
    """An operation of a service: its parameters, its answer, and whether it only looks."""

    parameters: Structure
    answer: Answering
    only_looks: bool = False


@dataclass(frozen=True)
class Service:
    """A service: the operations that are simulated, and its error for a malformed parameter."""

    name: str
    """As boto3 has it."""
    operations: Mapping[str, ServiceOperation]
    malformed: str = "ValidationException"
    missing: str | None = None
    """Its error where a required parameter is missing; None: the same."""
    unavailable: str | None = None
    """Its error in a Region under outage; None: outages do not reach it."""

    def call(
        self,
        around: Surroundings,
        operation: str,
        parameters: Mapping[str, WireValue],
        region: str,
    ) -> WireObject:
        """Answer a call; EfsError where it is refused, NotSimulatedError for another operation."""
        found = self.operations.get(operation)
        if found is None:
            raise NotSimulatedError(self.name, operation, tuple(self.operations))
        self._require_answering(around.account, region)
        for key in found.parameters.required if self.missing is not None else ():
            if key not in parameters:
                raise EfsError(self.missing or self.malformed, f"{key} is required.")
        names = FileSystemNames(lambda text: text, self.malformed)
        try:
            read = found.parameters.read(parameters, "", names)
        except MalformedError as error:
            raise EfsError(self.malformed, error.message) from None
        return found.answer(around, read, region)

    def _require_answering(self, account: Account, region: str) -> None:
        """Raise EfsError in a Region under outage, or one that the account is not opted in to."""
        if self.unavailable is None:
            return
        state = account.regions.get(region)
        if state is None:
            raise EfsError(self.malformed, f"There is no Region '{region}'.")
        if not state.up:
            raise EfsError(self.unavailable, f"{self.name} in {region} does not answer.")
        answer = account.choice("call_in_region_not_opted_in")
        if not state.enabled and answer != "works":
            raise EfsError(answer, f"The account is not opted in to Region {region}.")
