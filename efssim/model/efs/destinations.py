"""The destination of a new replication: an existing file system that may be one, or a new one.

Source: EFS API reference, DestinationToCreate; EFS User Guide, "Creating a replication
configuration". Where neither says which error a violation gives, the table of undocumented
choices does (`efssim/scenario/grammar/undocumented.py`).
"""

from __future__ import annotations

from efssim.model.account import Account
from efssim.model.efs.kms import key_arn
from efssim.model.efs.limits import require_one_zone, require_room
from efssim.model.efs.lookup import file_system_in, not_found, require_available, with_id
from efssim.model.efs.shapes.requests import DestinationGiven
from efssim.model.entities.errors import EfsError
from efssim.model.entities.file_system import FileSystemState, OverwriteProtection, Settings
from efssim.model.entities.identifiers import ACCOUNT_ID
from efssim.model.entities.requests import (
    DeclaredFileSystem,
    FileSystemRequest,
    ReplicationSettings,
)
from efssim.scenario.regions.facts import provisioned_limit_mibps
from efssim.scenario.regions.names import KNOWN, partition, zone_region


def choose_destination(
    account: Account,
    source: FileSystemState,
    given: DestinationGiven,
    settings: ReplicationSettings,
    *,
    is_declared: bool,
) -> FileSystemState:
    """Return the existing file system that may be the destination, or make a new one.

    EfsError if a rule forbids it; then nothing is made.
    """
    if "FileSystemId" in given:
        return _existing(account, source, given)
    request = _new(account, source, given, settings)
    declared = DeclaredFileSystem(request.name) if is_declared else None
    return account.create_file_system(request, declared)


# --- an existing file system ----------------------------------------------------------------------


def _existing(
    account: Account, source: FileSystemState, given: DestinationGiven
) -> FileSystemState:
    for key in ("AvailabilityZoneName", "KmsKeyId"):
        if key in given:
            raise EfsError("BadRequest", f"{key}: goes with a new destination, not FileSystemId")
    _refuse_other_accounts(given)
    if "Region" in given:
        _require_reachable(account, source, given["Region"])
    found = _find(account, given)
    _require_reachable(account, source, found.region)
    if found is source:
        raise EfsError("BadRequest", f"File system '{found.id}' cannot replicate to itself.")
    require_available(found)
    require_unreplicated(account, found)
    _require_unprotected(account, found)
    if source.settings.encrypted and not found.settings.encrypted:
        raise EfsError(
            "ConflictException",
            f"Source '{source.id}' is encrypted, so destination '{found.id}' has to be, too.",
        )
    return found


def _refuse_other_accounts(given: DestinationGiven) -> None:
    """Raise EfsError for a destination in another account, of which the simulation has none."""
    identifier = given["FileSystemId"]
    if identifier.startswith("fs-") or f":{ACCOUNT_ID}:" in identifier:
        return
    if "RoleArn" not in given:  # the text was observed
        raise EfsError(
            "BadRequest",
            "No RoleArn provided. RoleArn is required for cross-account replication.",
        )
    raise EfsError("FileSystemNotFound", f"File system '{identifier}' does not exist.")


def _find(account: Account, given: DestinationGiven) -> FileSystemState:
    """Return the destination: in the Region of the call's if it has one, else wherever it is.

    An id without a Region is looked for in every Region, since ids are unique. EFS documents only
    that the Region is optional.
    """
    identifier = given["FileSystemId"]
    if "Region" in given:
        return file_system_in(account, identifier, given["Region"])
    found = with_id(account, identifier)
    if found is None:
        raise not_found(identifier, "any Region")
    return found


def _require_unprotected(account: Account, destination: FileSystemState) -> None:
    if destination.protection is not OverwriteProtection.DISABLED:
        raise EfsError(
            account.choice("destination_protected"),
            f"The replication overwrite protection of file system '{destination.id}' is"
            f" {destination.protection.value}; it has to be DISABLED.",
        )


def require_unreplicated(account: Account, file_system: FileSystemState) -> None:
    """Raise EfsError if a file system is a source or destination already."""
    if account.configuration_of(file_system) is not None:
        raise EfsError(
            account.choice("already_in_a_replication"),
            f"File system '{file_system.id}' is part of a replication configuration already.",
        )


# --- a new file system ----------------------------------------------------------------------------


def _new(
    account: Account,
    source: FileSystemState,
    given: DestinationGiven,
    settings: ReplicationSettings,
) -> FileSystemRequest:
    """Return the request for a new destination."""
    region, zone = _place(given)
    _require_reachable(account, source, region)
    if zone is not None:
        require_one_zone(account, zone, region)
    key = key_arn(given.get("KmsKeyId"), region)
    require_room(account, region)
    throttles = source.journal.is_throttled if settings.throttle is None else settings.throttle
    return FileSystemRequest(
        name=account.unused_name(f"{settings.name}.destination"),
        region=region,
        settings=_settings(account, source, region, zone, key),
        zone=zone,
        throttling=settings.throttling if throttles else None,
    )


def _place(given: DestinationGiven) -> tuple[str, str | None]:
    """Return Region and Availability Zone of a new destination; the zone implies the Region."""
    zone: str | None = given.get("AvailabilityZoneName")
    region = given.get("Region") or (zone and zone_region(zone))
    if region is not None:
        return region, zone
    if zone is not None:
        raise EfsError("UnsupportedAvailabilityZone", f"'{zone}' is no Availability Zone.")
    needed = "needs Region, AvailabilityZoneName or FileSystemId"
    raise EfsError("BadRequest", f"Destinations[0]: {needed}")


def _settings(
    account: Account, source: FileSystemState, region: str, zone: str | None, key: str
) -> Settings:
    """Return the settings of a new destination, which follow the source's as documented."""
    theirs, one_zone = source.settings, zone is not None
    amount = theirs.provisioned_mibps
    if amount is not None:
        amount = min(amount, provisioned_limit_mibps(region, one_zone))
    return Settings(
        performance_mode="generalPurpose" if one_zone else theirs.performance_mode,
        throughput_mode=theirs.throughput_mode,
        provisioned_mibps=amount,
        encrypted=True,
        kms_key_arn=key,
        backups=one_zone or account.choice("automatic_backups") == "enabled",
    )


# --- its Region -----------------------------------------------------------------------------------


def _require_reachable(account: Account, source: FileSystemState, region: str) -> None:
    """Raise EfsError for a Region without EFS, in another partition, not opted in, or down."""
    unsuitable = account.choice("region_not_opted_in")
    if region not in account.regions:
        raise EfsError(unsuitable, f"There is no Amazon EFS in Region '{region}'.")
    # A custom Region belongs to every partition.
    known = {source.region, region} <= set(KNOWN)
    if known and partition(region) != partition(source.region):
        raise EfsError(unsuitable, f"Region {region} is in another partition than {source.region}.")
    if not account.region(region).enabled:
        raise EfsError(unsuitable, f"The account is not opted in to Region {region}.")
    if not account.region(region).up:
        raise EfsError(account.choice("region_outage"), f"Amazon EFS in {region} does not answer.")
