"""The EFS API: the one entry point by which a scenario, its events and scripts call operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from efssim.errors import ArgumentError
from efssim.json_values import WireObject, WireValue
from efssim.model.account import Account
from efssim.model.efs.operations import (
    access_points,
    file_systems,
    mount_targets,
    policies,
    preferences,
    replications,
    tags,
)
from efssim.model.efs.shapes.answers import FileSystemDescription, ReplicationDescription
from efssim.model.entities.errors import EfsError
from efssim.model.entities.requests import DeclaredFileSystem, ReplicationSettings
from efssim.scenario.operations.kinds import FileSystemNames, MalformedError
from efssim.scenario.operations.table import OPERATIONS, Answer
from efssim.text.suggestions import suggest

ANSWERS: dict[str, Answer] = {
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
    "CreateTags": tags.create_tags,
    "DescribeTags": tags.describe_tags_of_file_system,
    "DeleteTags": tags.delete_tags,
    "CreateMountTarget": mount_targets.create_mount_target,
    "DescribeMountTargets": mount_targets.describe_mount_targets,
    "DeleteMountTarget": mount_targets.delete_mount_target,
    "DescribeMountTargetSecurityGroups": mount_targets.describe_security_groups,
    "ModifyMountTargetSecurityGroups": mount_targets.modify_security_groups,
    "CreateAccessPoint": access_points.create_access_point,
    "DescribeAccessPoints": access_points.describe_access_points,
    "DeleteAccessPoint": access_points.delete_access_point,
    "PutFileSystemPolicy": policies.put_file_system_policy,
    "DescribeFileSystemPolicy": policies.describe_file_system_policy,
    "DeleteFileSystemPolicy": policies.delete_file_system_policy,
    "DescribeAccountPreferences": preferences.describe_account_preferences,
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
        """Return whether a call is one of them."""
        return self.left > 0 and self.operation == operation and self.region in (None, region)


class ControlPlane:
    """The control plane of EFS: it answers calls and changes the account accordingly."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._injections: list[Injection] = []
        self._named = FileSystemNames(account.named, account.choice("malformed_file_system_id"))

    def call(self, operation: str, parameters: Mapping[str, WireValue], region: str) -> WireObject:
        """Call an operation in a Region and return its answer, shaped as boto3's.

        Wherever a parameter takes the id of a file system, it takes its ARN and its name, too.
        EfsError if EFS refuses it, which then has no effect; ValueError for an operation that is
        not one of EFS's that are simulated.
        """
        found = OPERATIONS.get(operation)
        if found is None:
            hint = suggest(operation, OPERATIONS.names)
            raise ArgumentError(f"unknown operation '{operation}'{hint}")
        self._require_answering(region)
        self._fail_if_injected(operation, region)
        answer = found.answer or ANSWERS[operation]
        made: WireObject = answer(self._account, self._read(operation, parameters), region)
        return made

    def _read(self, operation: str, parameters: Mapping[str, WireValue]) -> Any:
        """Return the parameters in the shape of an operation, names of file systems as their ids.

        EfsError (BadRequest) for the first that is unknown, missing or malformed.
        """
        try:
            return OPERATIONS[operation].parameters.read(parameters, "", self._named)
        except MalformedError as error:
            raise EfsError(error.code, error.message) from None

    def declare_file_system(
        self, parameters: Mapping[str, WireValue], region: str, declared: DeclaredFileSystem
    ) -> FileSystemDescription:
        """Create a file system that a scenario declares, under the rules of CreateFileSystem."""
        self._require_answering(region)
        known = self._read("CreateFileSystem", parameters)
        return file_systems.create_file_system(self._account, known, region, declared)

    def declare_replication(
        self, parameters: Mapping[str, WireValue], region: str, declared: ReplicationSettings
    ) -> ReplicationDescription:
        """Create a declared replication, under the rules of CreateReplicationConfiguration."""
        self._require_answering(region)
        known = self._read("CreateReplicationConfiguration", parameters)
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
