"""A simulated account without the rest of the run: its file systems, its API and its clock."""

from __future__ import annotations

from typing import Any

import pytest

from efssim import EfsError, Scenario
from efssim.json_values import WireValue
from efssim.model.account import Account as SimulatedAccount
from efssim.model.efs.control_plane import ControlPlane
from efssim.model.entities.file_system import FileSystemState, OverwriteProtection
from efssim.model.entities.replication import ReplicationState
from efssim.model.entities.requests import DeclaredFileSystem
from efssim.model.kernel.causes import Cause
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.kernel.draws import Draws
from efssim.records.run_records import ReplicationRecords
from efssim.scenario.schema import FileSystem as FileSystemSpec

HOME, AWAY = "us-east-1", "us-west-2"
HOUR, DAY = 3600.0, 86400.0
PAIR = {"orders": {"region": HOME}, "copy": {"region": AWAY}}


class Account:
    """A file system `orders` in us-east-1, unless `file_systems` says otherwise, and the API.

    Delays of the control plane: enabling 100 s, pausing 30 s, deleting 90 s; file systems are
    created in 20 s and deleted in 10 s. A sync takes 5 s, one is cut every 60 s.
    """

    def __init__(
        self,
        file_systems: dict[str, Any] | None = None,
        choices: dict[str, str] | None = None,
        **top: Any,
    ) -> None:
        systems = {"orders": {"region": HOME}} if file_systems is None else file_systems
        control = {"preset": "none", "enabling": 100, "pausing": 30, "deleting": 90}
        scenario = {
            "name": "test",
            "duration": "100 days",
            "file_systems": systems,
            "defaults": {
                "sync": {"preset": "none", "interval": 60, "setup": 5},
                "control": control,
                "file_system": {"creating": 20, "deleting": 10},
                "undocumented": choices or {},
            },
        }
        self.scenario = Scenario.model_validate({**scenario, **top})
        self.clock = Clock()
        self.simulated = SimulatedAccount(
            self.scenario, self.clock, Draws(1), lambda _: ReplicationRecords()
        )
        self.api = ControlPlane(self.simulated)
        for name, spec in self.scenario.file_systems.items():
            self._create(name, spec)

    def _create(self, name: str, spec: FileSystemSpec) -> None:
        amount = spec.provisioned_throughput
        parameters: dict[str, WireValue] = {
            "CreationToken": name,
            "Encrypted": spec.encrypted,
            "ThroughputMode": spec.throughput_mode,
            "ProvisionedThroughputInMibps": None if amount is None else amount / 2**20,
            "AvailabilityZoneName": spec.availability_zone,
        }
        given = {key: value for key, value in parameters.items() if value is not None}
        declared = DeclaredFileSystem(name, spec.id, spec.size, spec.files)
        self.api.declare_file_system(given, spec.home, declared)

    def call(self, operation: str, region: str = HOME, **parameters: Any) -> dict[str, Any]:
        return self.api.call(operation, parameters, region)

    def error(self, operation: str, region: str = HOME, **parameters: Any) -> EfsError:
        """Return the error of a call that fails, having checked that it changed nothing."""
        before = self.state()
        with pytest.raises(EfsError) as caught:
            self.call(operation, region, **parameters)
        assert self.state() == before
        return caught.value

    def code(self, operation: str, region: str = HOME, **parameters: Any) -> str:
        return self.error(operation, region, **parameters).code

    def replicate(self, source: str = "orders", region: str = HOME, **destination: Any) -> Any:
        """Create a replication configuration; to the other Region if no destination is given."""
        destination = destination or {"Region": AWAY}
        return self.call(
            "CreateReplicationConfiguration",
            region,
            SourceFileSystemId=source,
            Destinations=[destination],
        )

    def refusal(self, source: str = "orders", region: str = HOME, **destination: Any) -> EfsError:
        """Return the error of a create that fails."""
        return self.error(
            "CreateReplicationConfiguration",
            region,
            SourceFileSystemId=source,
            Destinations=[destination],
        )

    def advance(self, seconds: float) -> None:
        """Let time pass, everything at the end of it included."""
        until = self.clock.now + seconds
        arrival = self.clock.at(until, Turn.CUT)
        while not arrival.processed or self.clock.peek() <= until:
            self.clock.step()

    def find(self, name: str) -> FileSystemState:
        return self.simulated.file_systems[self.simulated.id_of(name)]

    def describe(self, name: str) -> dict[str, Any]:
        """Return the FileSystemDescription of a file system."""
        found = self.find(name)
        answer = self.call("DescribeFileSystems", found.region, FileSystemId=found.id)
        only: dict[str, Any]
        (only,) = answer["FileSystems"]
        return only

    def described(self, name: str = "orders") -> dict[str, Any]:
        """Return the ReplicationConfigurationDescription of a source or destination."""
        found = self.find(name)
        answer = self.call("DescribeReplicationConfigurations", found.region, FileSystemId=found.id)
        only: dict[str, Any]
        (only,) = answer["Replications"]
        return only

    def status(self, name: str = "orders") -> str:
        status: str = self.described(name)["Destinations"][0]["Status"]
        return status

    def fail(self, name: str) -> None:
        self.simulated.fail(self.find(name), self.cause("fail", name))

    def cause(self, kind: str, target: str) -> Cause:
        """Return a cause that nothing else is brought about by."""
        return Cause(self.simulated.timeline.next_ordinal(), kind, target)

    def replication(self, name: str) -> ReplicationState:
        """Return the replication that a file system is part of."""
        found = self.simulated.configuration_of(self.find(name))
        assert found is not None
        return found

    def state(self) -> Any:
        """Return everything that a call could change."""
        systems = [
            (part.id, part.state, part.protection, repr(part.settings), part.provisioned_changed_s)
            for part in self.simulated.file_systems.values()
        ]
        return systems, [(name, part.status) for name, part in self.simulated.replications.items()]


def pair(
    protection: OverwriteProtection = OverwriteProtection.DISABLED,
    choices: dict[str, str] | None = None,
) -> Account:
    """Return an account with a source and an existing file system elsewhere."""
    account = Account(PAIR, choices)
    account.simulated.protect(account.find("copy"), protection)
    return account
