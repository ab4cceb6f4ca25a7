"""The operations of AWS Backup: the recovery points of a file system, and restores of them.

Source: botocore's service model for names, parameters and errors; AWS Backup developer guide,
"Restore an Amazon EFS file system", for the metadata. Restores into the file system itself, or of
some of its files, are not simulated.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from efssim.json_values import WireObject
from efssim.model.efs.kms import key_arn
from efssim.model.efs.pagination import page
from efssim.model.entities.errors import EfsError
from efssim.model.entities.file_system import Settings
from efssim.model.entities.identifiers import ACCOUNT_ID
from efssim.model.world.backups import Backup, JobStatus, RestoreJob, settings_for
from efssim.model.world.services.operation import Service, ServiceOperation, Surroundings
from efssim.scenario.operations.kinds import Flag, MapOf, Number, Structure, Text

_INVALID, _MISSING = "InvalidParameterValueException", "MissingParameterValueException"
_ARN = Text(longest=2048)
_MAX_RESULTS = 1000
_METADATA = (
    *("CreationToken", "Encrypted", "file-system-id", "ItemsToRestore", "KmsKeyId"),
    *("newFileSystem", "PerformanceMode"),
)
_LIST = Structure(
    {
        "ResourceArn": _ARN,
        "NextToken": Text(),
        "MaxResults": Number(1, whole=True, most=_MAX_RESULTS),
        "ManagedByAWSBackupOnly": Flag(),
    },
    ("ResourceArn",),
)
_START = Structure(
    {
        "RecoveryPointArn": _ARN,
        "Metadata": MapOf(Text()),
        "IamRoleArn": Text(),
        "IdempotencyToken": Text(),
        "ResourceType": Text(pattern=r"[a-zA-Z0-9\-_.]{1,50}", meaning="a type of resources"),
        "CopySourceTagsToRestoredResource": Flag(),
    },
    ("RecoveryPointArn", "Metadata"),
)
_DESCRIBE = Structure({"RestoreJobId": Text()}, ("RestoreJobId",))


def _list_recovery_points(around: Surroundings, given: Any, region: str) -> WireObject:
    arn = _file_system_arn(around, given["ResourceArn"])
    newest_first = sorted(around.backups.of(arn, region), key=lambda one: -one.begun_s)
    listed = {f"{k:09d}": _recovery_point(around, one) for k, one in enumerate(newest_first)}
    size = given.get("MaxResults")
    shown, token = page(listed, f"points {arn}", size, given.get("NextToken") or None, _INVALID)
    answer: WireObject = {"RecoveryPoints": shown}
    return answer if token is None else {**answer, "NextToken": token}


def _file_system_arn(around: Surroundings, text: str) -> str:
    """Return the ARN of a file system that there is or was, by ARN or name; EfsError without."""
    identifier = around.account.named(text)
    for system in around.account.ever:
        if text == system.arn or identifier == system.id:
            return system.arn
    if not text.startswith("arn:"):
        raise EfsError(_INVALID, f"ResourceArn: '{text}' is not an ARN.")
    raise EfsError("ResourceNotFoundException", f"There is no resource '{text}'.")


def _recovery_point(around: Surroundings, backup: Backup) -> WireObject:
    return {
        "RecoveryPointArn": backup.arn,
        "CreationDate": _moment(around, backup.begun_s),
        "Status": "COMPLETED",
        "BackupSizeBytes": backup.size_bytes,
        "BackupVaultName": backup.vault,
        "IsParent": False,
        "ResourceName": backup.source.name,
        "VaultType": "BACKUP_VAULT",
    }


def _start_restore_job(around: Surroundings, given: Any, region: str) -> WireObject:
    started = around.restores.get(given.get("IdempotencyToken", ""))
    if started is not None:
        return {"RestoreJobId": started.id}
    backup = around.backups.with_arn(given["RecoveryPointArn"])
    if backup is None or backup.region != region:
        text = f"There is no recovery point '{given['RecoveryPointArn']}' in {region}."
        raise EfsError("ResourceNotFoundException", text)
    if given.get("ResourceType", "EFS") != "EFS":
        raise EfsError(_INVALID, f"'{given['RecoveryPointArn']}' is of the type EFS.")
    metadata = given["Metadata"]
    settings = _settings(backup, metadata)
    if given.get("CopySourceTagsToRestoredResource"):
        settings = replace(settings, tags=dict(backup.source.settings.tags))
    job = around.backups.restore(backup, settings, _unused_token(around, metadata, region))
    if "IdempotencyToken" in given:
        around.restores[given["IdempotencyToken"]] = job
    return {"RestoreJobId": job.id}


def _settings(backup: Backup, metadata: WireObject) -> Settings:
    """Return the settings of the new file system that metadata ask for."""
    for key in metadata:
        if key not in _METADATA:
            raise EfsError(_INVALID, f"Metadata.{key} is none of {', '.join(_METADATA)}.")
    if "newFileSystem" not in metadata:
        raise EfsError(_MISSING, "Metadata.newFileSystem is required.")
    if not _is_true(metadata, "newFileSystem") or "ItemsToRestore" in metadata:
        text = "efssim restores all of a backup into a new file system only."
        raise EfsError("InvalidRequestException", text)
    settings = settings_for(backup)
    mode = str(metadata.get("PerformanceMode", settings.performance_mode))
    if mode not in ("generalPurpose", "maxIO"):
        raise EfsError(_INVALID, f"Metadata.PerformanceMode: '{mode}' is no performance mode.")
    return _encrypted(replace(settings, performance_mode=mode), backup, metadata)


def _encrypted(settings: Settings, backup: Backup, metadata: WireObject) -> Settings:
    key = metadata.get("KmsKeyId")
    is_wanted = _is_true(metadata, "Encrypted") if "Encrypted" in metadata else settings.encrypted
    if key is not None and not is_wanted:
        raise EfsError(_INVALID, "Metadata.KmsKeyId goes with Encrypted: true.")
    if not is_wanted:
        return replace(settings, encrypted=False, kms_key_arn=None)
    try:
        known = settings.kms_key_arn if key is None else key_arn(str(key), backup.region)
        known = known or key_arn(None, backup.region)
    except EfsError as error:
        raise EfsError(_INVALID, f"Metadata.{error.message}") from None
    return replace(settings, encrypted=True, kms_key_arn=known)


def _is_true(metadata: WireObject, key: str) -> bool:
    """Return whether a text of the metadata is true; EfsError for one that is no flag."""
    text = str(metadata[key]).lower()
    if text not in ("true", "false"):
        raise EfsError(_INVALID, f"Metadata.{key} has to be true or false, not '{text}'.")
    return text == "true"


def _unused_token(around: Surroundings, metadata: WireObject, region: str) -> str | None:
    """Return the creation token that metadata give; EfsError if a file system has it."""
    token = metadata.get("CreationToken")
    if token is None:
        return None
    if not 1 <= len(str(token)) <= 64:
        raise EfsError(_INVALID, "Metadata.CreationToken needs 1 to 64 characters.")
    if around.account.with_token(str(token), region) is not None:
        text = f"Metadata.CreationToken: a file system with '{token}' exists already."
        raise EfsError(_INVALID, text)
    return str(token)


def _describe_restore_job(around: Surroundings, given: Any, region: str) -> WireObject:
    job = around.backups.jobs.get(given["RestoreJobId"])
    if job is None or job.backup.region != region:
        text = f"There is no restore job '{given['RestoreJobId']}' in {region}."
        raise EfsError("ResourceNotFoundException", text)
    return {**_job(around, job), **_ending(around, job)}


def _job(around: Surroundings, job: RestoreJob) -> WireObject:
    backup, share = job.backup, job.done_share(around.account.clock.now)
    return {
        "AccountId": ACCOUNT_ID,
        "RestoreJobId": job.id,
        "RecoveryPointArn": backup.arn,
        "SourceResourceArn": backup.source.arn,
        "BackupVaultArn": backup.vault_arn,
        "CreationDate": _moment(around, job.begun_s),
        "Status": job.status.value,
        "PercentDone": f"{100 * share:.2f}%",
        "BackupSizeInBytes": backup.size_bytes,
        "ExpectedCompletionTimeMinutes": -int(-(job.ends_s - job.begun_s) // 60),
        "ResourceType": "EFS",
        "RecoveryPointCreationDate": _moment(around, backup.begun_s),
    }


def _ending(around: Surroundings, job: RestoreJob) -> WireObject:
    if job.status is JobStatus.RUNNING:
        return {}
    ended: WireObject = {"CompletionDate": _moment(around, job.ends_s)}
    if job.created is not None:
        return {**ended, "CreatedResourceArn": job.created.arn}
    return {**ended, "StatusMessage": job.message}


def _moment(around: Surroundings, time_s: float) -> datetime:
    return around.account.moment(time_s)


BACKUP = Service(
    "backup",
    {
        "ListRecoveryPointsByResource": ServiceOperation(_LIST, _list_recovery_points, True),
        "StartRestoreJob": ServiceOperation(_START, _start_restore_job),
        "DescribeRestoreJob": ServiceOperation(_DESCRIBE, _describe_restore_job, True),
    },
    malformed=_INVALID,
    missing=_MISSING,
    unavailable="ServiceUnavailableException",
)
"""AWS Backup, as far as file systems are restored."""
