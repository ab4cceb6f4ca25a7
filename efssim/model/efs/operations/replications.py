"""The three operations on replication configurations.

Source: EFS API reference; the rules beyond it are named where they are.
"""

from __future__ import annotations

from efssim.model.account import Account
from efssim.model.efs.descriptions import describe_replication
from efssim.model.efs.destinations import choose_destination, require_unreplicated
from efssim.model.efs.lookup import file_system_in, require_available, with_id
from efssim.model.efs.pagination import page
from efssim.model.efs.shapes.answers import (
    Nothing,
    ReplicationDescription,
    ReplicationsPage,
    existing,
)
from efssim.model.efs.shapes.requests import (
    CreateReplication,
    DeleteReplication,
    PageOfReplications,
)
from efssim.model.entities.errors import EfsError
from efssim.model.entities.replication import ReplicationState
from efssim.model.entities.requests import ReplicationSettings


def create_replication_configuration(
    account: Account,
    parameters: CreateReplication,
    region: str,
    declared: ReplicationSettings | None = None,
) -> ReplicationDescription:
    """Replicate a file system of the calling Region to a new or an existing one.

    `declared` are the settings of a scenario for it.
    """
    source = file_system_in(account, parameters["SourceFileSystemId"], region)
    require_available(source)
    require_unreplicated(account, source)
    destinations = parameters["Destinations"]
    if len(destinations) != 1:
        count = f"needs exactly one destination, not {len(destinations)}"
        raise EfsError("BadRequest", f"Destinations: {count}")
    given, settings = destinations[0], declared or account.default_settings(source)
    destination = choose_destination(
        account, source, given, settings, is_declared=declared is not None
    )
    made = account.create_replication(source, destination, settings, given.get("RoleArn"))
    return describe_replication(account, made)


def describe_replication_configurations(
    account: Account, parameters: PageOfReplications, region: str
) -> ReplicationsPage:
    """Describe the configuration of a file system, or all that have one in the calling Region."""
    wanted = parameters.get("FileSystemId")
    if wanted is None:
        listed = {part.source.id: part for part in account.current() if region in _regions(part)}
    else:
        found = _of_file_system(account, wanted, region)
        listed = {found.source.id: found}
    shown, token = page(
        listed,
        f"replications {region} {wanted}",
        parameters.get("MaxResults"),
        parameters.get("NextToken"),
        account.choice("bad_pagination_token"),
    )
    answer: ReplicationsPage = {
        "Replications": [describe_replication(account, part) for part in shown],
        "NextToken": token,
    }
    return existing(answer)


def delete_replication_configuration(
    account: Account, parameters: DeleteReplication, region: str
) -> Nothing:
    """Delete a configuration, from the Region of its source or of its destination.

    LOCAL_CONFIGURATION_ONLY deletes both sides, too: there is one account, and nothing that keeps
    EFS from deleting both but an outage of the other Region, with which this mode always succeeds.
    The documented half of a configuration that is left behind unrecoverable is not modelled.
    """
    local_only = parameters.get("DeletionMode") == "LOCAL_CONFIGURATION_ONLY"
    found = _of_source(account, parameters["SourceFileSystemId"], region)
    if local_only and found.source.region == found.destination.region:
        raise EfsError(
            "BadRequest",
            "DeletionMode: LOCAL_CONFIGURATION_ONLY is not for replication within one account and"
            " Region",
        )
    if not local_only:
        _require_other_side(account, found)
    found.delete(account.timeline.acting)
    return {}


def _regions(replication: ReplicationState) -> tuple[str, str]:
    return replication.source.region, replication.destination.region


def _of_file_system(account: Account, text: str, region: str) -> ReplicationState:
    """Return the configuration with a source or destination in a Region."""
    found = account.configuration_of(file_system_in(account, text, region))
    if found is None:
        raise _no_configuration(text)
    return found


def _of_source(account: Account, text: str, region: str) -> ReplicationState:
    """Return the configuration with a source, called from the Region of either side.

    The destination's id finds none: the API asks for the source's.
    """
    source = with_id(account, text)
    found = None if source is None else account.configuration_of(source)
    if found is not None and found.source is source and region in _regions(found):
        return found
    file_system_in(account, text, region)
    raise _no_configuration(text)


def _no_configuration(text: str) -> EfsError:
    return EfsError(
        "ReplicationNotFound", f"File system '{text}' has no replication configuration."
    )


def _require_other_side(account: Account, replication: ReplicationState) -> None:
    """Raise EfsError if the other Region is down and a deletion is chosen to need it."""
    # The calling Region answers, or the call would not have come this far.
    down = [name for name in _regions(replication) if not account.region(name).up]
    if down and account.choice("delete_during_outage_of_other_region") == "fails":
        raise EfsError(
            account.choice("region_outage"),
            f"Amazon EFS in {down[0]}, the other Region of the replication, does not answer.",
        )
