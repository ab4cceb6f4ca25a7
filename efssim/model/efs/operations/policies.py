"""Policies of a file system. They are described and have no effect on the replication.

Source: EFS API reference; EFS User Guide, "Managing storage" for the Archive storage class.
"""

from __future__ import annotations

import json

from efssim.model.account import Account
from efssim.model.efs.lookup import file_system_in, require_available
from efssim.model.efs.shapes.answers import (
    BackupDescription,
    LifecycleDescription,
    Nothing,
    PolicyDescription,
)
from efssim.model.efs.shapes.requests import (
    LifecyclePolicy,
    OfFileSystem,
    PutBackup,
    PutLifecycle,
    PutPolicy,
)
from efssim.model.entities.errors import EfsError
from efssim.model.entities.file_system import FileSystemState, Settings
from efssim.scenario.operations.table import TRANSITION_DAYS


def put_lifecycle_configuration(
    account: Account, parameters: PutLifecycle, region: str
) -> LifecycleDescription:
    """Replace the lifecycle policies; none turns lifecycle management off."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    require_available(found)
    policies = parameters["LifecyclePolicies"]
    _check_transitions(policies, found.settings)
    found.settings.lifecycle_policies = policies
    return _lifecycle(found)


def describe_lifecycle_configuration(
    account: Account, parameters: OfFileSystem, region: str
) -> LifecycleDescription:
    """Describe the lifecycle policies."""
    return _lifecycle(file_system_in(account, parameters["FileSystemId"], region))


def _lifecycle(file_system: FileSystemState) -> LifecycleDescription:
    return {"LifecyclePolicies": [dict(part) for part in file_system.settings.lifecycle_policies]}


def _check_transitions(policies: list[LifecyclePolicy], settings: Settings) -> None:
    """Raise EfsError BadRequest unless the transitions make sense for a file system."""
    if any(len(policy) != 1 for policy in policies):
        raise _bad("every policy has exactly one transition")
    rules = {name: rule for policy in policies for name, rule in policy.items()}
    if len(rules) != len(policies):
        raise _bad("a transition occurs twice")
    if "TransitionToArchive" not in rules:
        return
    if (settings.throughput_mode, settings.performance_mode) != ("elastic", "generalPurpose"):
        raise _bad(
            "TransitionToArchive needs ThroughputMode elastic and PerformanceMode generalPurpose"
        )
    archive, infrequent = rules["TransitionToArchive"], rules.get("TransitionToIA")
    if infrequent is not None and TRANSITION_DAYS[archive] <= TRANSITION_DAYS[infrequent]:
        raise _bad("TransitionToArchive has to be later than TransitionToIA")


def _bad(message: str) -> EfsError:
    return EfsError("BadRequest", f"LifecyclePolicies: {message}")


def put_backup_policy(account: Account, parameters: PutBackup, region: str) -> BackupDescription:
    """Turn automatic backups on or off, at once: ENABLING and DISABLING take no time (assumed)."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    require_available(found)
    status = parameters["BackupPolicy"]["Status"]
    if status not in ("ENABLED", "DISABLED"):
        raise EfsError("BadRequest", f"BackupPolicy.Status: EFS alone sets it to {status}")
    found.settings.backups = status == "ENABLED"
    found.backup_policy_put = True
    return _backup(found)


def describe_backup_policy(
    account: Account, parameters: OfFileSystem, region: str
) -> BackupDescription:
    """Describe the backup policy; PolicyNotFound for a One Zone file system that has none."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    has_one = found.settings.backups or found.backup_policy_put
    disabled = found.zone is None and account.choice("no_backup_policy") == "DISABLED"
    if not has_one and not disabled:
        raise EfsError("PolicyNotFound", f"File system '{found.id}' has no backup policy.")
    return _backup(found)


def _backup(file_system: FileSystemState) -> BackupDescription:
    return {"BackupPolicy": {"Status": "ENABLED" if file_system.settings.backups else "DISABLED"}}


def put_file_system_policy(
    account: Account, parameters: PutPolicy, region: str
) -> PolicyDescription:
    """Replace the resource policy. Who may do what is not simulated, so it locks nobody out."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    require_available(found)
    _require_policy(parameters["Policy"])
    found.settings.policy = parameters["Policy"]
    return {"FileSystemId": found.id, "Policy": parameters["Policy"]}


def _require_policy(text: str) -> None:
    """Raise EfsError InvalidPolicyException unless a text is the JSON of a policy."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict) or not read.get("Statement"):
        raise EfsError(
            "InvalidPolicyException", "Policy: it is not the JSON of a policy with a Statement"
        )


def describe_file_system_policy(
    account: Account, parameters: OfFileSystem, region: str
) -> PolicyDescription:
    """Return the resource policy; PolicyNotFound without one."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    if found.settings.policy is None:
        raise EfsError("PolicyNotFound", f"File system '{found.id}' has no policy.")
    return {"FileSystemId": found.id, "Policy": found.settings.policy}


def delete_file_system_policy(account: Account, parameters: OfFileSystem, region: str) -> Nothing:
    """Remove the resource policy; one that is not there is no error (none is declared)."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    require_available(found)
    found.settings.policy = None
    return {}
