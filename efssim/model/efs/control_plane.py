"""The EFS API: the one entry point by which a scenario, its events and scripts call operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from efssim.errors import ArgumentError
from efssim.model.account import Account, DeclaredFileSystem, ReplicationSettings
from efssim.model.efs.operations import file_systems, policies, replications, tags
from efssim.model.efs.parameter_kinds import FileSystemNames
from efssim.model.efs.parameters import read_parameters
from efssim.model.entities.errors import EfsError
from efssim.text.suggestions import suggest

Operation = Callable[[Account, Mapping[str, Any], str], dict[str, Any]]
"""Takes the account, parameters as `read_parameters` returns them, and the Region of the call."""

IMPLEMENTED: dict[str, Operation] = {
    "CreateReplicationConfiguration": replications.create_replication_configuration,
    "DescribeReplicationConfigurations": replications.describe_replication_configurations,
    "DeleteReplicationConfiguration": replications.delete_replication_configuration,
    "CreateFileSystem": file_systems.create_file_system,
    "DescribeFileSystems": file_systems.describe_file_systems,
    "UpdateFileSystem": file_systems.update_file_system,
    "UpdateFileSystemProtection": file_systems.update_file_system_protection,
    "DeleteFileSystem": file_systems.delete_file_system,
    "PutLifecycleConfiguration": policies.put_lifecycle_configuration,
    "DescribeLifecycleConfiguration": policies.describe_lifecycle_configuration,
    "PutBackupPolicy": policies.put_backup_policy,
    "DescribeBackupPolicy": policies.describe_backup_policy,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "ListTagsForResource": tags.list_tags_for_resource,
}


@dataclass(eq=False, slots=True)
class Injection:
    """An error that the next calls of an operation answer with."""

    operation: str
    code: str
    left: int
    """How many calls are still to fail."""
    region: str | None
    """Where; None is everywhere."""

    def hits(self, operation: str, region: str) -> bool:
        """Whether a call is one of them."""
        return self.left > 0 and self.operation == operation and self.region in (None, region)


class ControlPlane:
    """Answers calls as EFS does, and changes the account accordingly."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._injections: list[Injection] = []
        self._named = FileSystemNames(account.named, account.choice("malformed_file_system_id"))

    def call(self, operation: str, parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
        """Call an operation in a Region and return its answer, shaped as boto3's.

        Wherever a parameter takes the id of a file system, it takes its ARN and its name, too.
        EfsError if EFS refuses it, which then has no effect; ValueError for an operation that is
        not one of EFS's that are simulated.
        """
        if operation not in IMPLEMENTED:
            hint = suggest(operation, IMPLEMENTED)
            raise ArgumentError(f"unknown operation '{operation}'{hint}")
        self._require_answering(region)
        self._fail_if_injected(operation, region)
        known = read_parameters(operation, parameters, self._named)
        return IMPLEMENTED[operation](self._account, known, region)

    def declare_file_system(
        self, parameters: Mapping[str, Any], region: str, declared: DeclaredFileSystem
    ) -> dict[str, Any]:
        """Create a file system that a scenario declares, under the rules of CreateFileSystem."""
        self._require_answering(region)
        known = read_parameters("CreateFileSystem", parameters, self._named)
        return file_systems.create_file_system(self._account, known, region, declared)

    def declare_replication(
        self, parameters: Mapping[str, Any], region: str, declared: ReplicationSettings
    ) -> dict[str, Any]:
        """Create a declared replication, under the rules of CreateReplicationConfiguration."""
        self._require_answering(region)
        known = read_parameters("CreateReplicationConfiguration", parameters, self._named)
        return replications.create_replication_configuration(self._account, known, region, declared)

    def _require_answering(self, region: str) -> None:
        """Raise EfsError unless EFS in a Region answers to the account."""
        if region not in self._account.regions:
            # In reality there is no endpoint to connect to.
            hint = suggest(region, self._account.regions)
            raise EfsError("BadRequest", f"There is no Amazon EFS in Region '{region}'{hint}.")
        state = self._account.region(region)
        if not state.up:
            raise EfsError(
                self._account.choice("region_outage"), f"Amazon EFS in {region} does not answer."
            )
        if not state.enabled:
            answer = self._account.choice("call_in_region_not_opted_in")
            if answer != "works":
                raise EfsError(answer, f"The account is not opted in to Region {region}.")

    # --- injected errors ----------------------------------------------------------------------

    def inject(self, operation: str, code: str, times: int, region: str | None) -> Injection:
        """Let the next `times` calls of an operation fail, in one Region or in all.

        They fail before they have any effect, and before their parameters are looked at. Where
        several injections hit a call, the first counts it. Return a token that ends it.
        """
        made = Injection(operation, code, times, region)
        self._injections.append(made)
        return made

    def void(self, token: Injection) -> None:
        """End an injection, even if calls of it are left."""
        self._injections.remove(token)

    def _fail_if_injected(self, operation: str, region: str) -> None:
        for injection in self._injections:
            if injection.hits(operation, region):
                injection.left -= 1
                message = f"{operation} fails because the scenario says so."
                raise EfsError(injection.code, message)
