"""Tags of file systems and access points: no other resource has any.

Source: EFS API reference; EFS quotas for their number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from efssim.model.account import Account
from efssim.model.efs.descriptions import describe_tags
from efssim.model.efs.lookup import access_point_in, file_system_in
from efssim.model.efs.pagination import page
from efssim.model.efs.shapes.answers import FileSystemTagsPage, Nothing, TagsPage, existing
from efssim.model.efs.shapes.requests import (
    AddFileSystemTags,
    AddTags,
    PageOfFileSystemTags,
    PageOfTags,
    RemoveFileSystemTags,
    RemoveTags,
    Tag,
)
from efssim.model.entities.errors import EfsError
from efssim.scenario.operations.table import MAX_TAGS


def tag_resource(account: Account, parameters: AddTags, region: str) -> Nothing:
    """Add tags; one with a key that is there replaces it."""
    _add(_tags(account, parameters["ResourceId"], region), parameters["Tags"])
    return {}


def create_tags(account: Account, parameters: AddFileSystemTags, region: str) -> Nothing:
    """Add tags to a file system: the deprecated TagResource."""
    _add(_tags(account, parameters["FileSystemId"], region), parameters["Tags"])
    return {}


def _add(present: dict[str, str], tags: Sequence[Tag]) -> None:
    present.update(tags_by_key(tags, present))


def untag_resource(account: Account, parameters: RemoveTags, region: str) -> Nothing:
    """Remove tags by key; a key that is not there is no error."""
    _remove(_tags(account, parameters["ResourceId"], region), parameters["TagKeys"])
    return {}


def delete_tags(account: Account, parameters: RemoveFileSystemTags, region: str) -> Nothing:
    """Remove tags of a file system: the deprecated UntagResource."""
    _remove(_tags(account, parameters["FileSystemId"], region), parameters["TagKeys"])
    return {}


def _remove(present: dict[str, str], keys: Sequence[str]) -> None:
    for key in keys:
        present.pop(key, None)


def list_tags_for_resource(account: Account, parameters: PageOfTags, region: str) -> TagsPage:
    """List the tags of a resource."""
    resource = parameters["ResourceId"]
    shown, token = page(
        {tag["Key"]: tag for tag in describe_tags(_tags(account, resource, region))},
        f"tags {resource.rpartition('/')[2]}",
        parameters.get("MaxResults"),
        parameters.get("NextToken"),
        account.choice("bad_pagination_token"),
    )
    answer: TagsPage = {"Tags": shown, "NextToken": token}
    return existing(answer)


def describe_tags_of_file_system(
    account: Account, parameters: PageOfFileSystemTags, region: str
) -> FileSystemTagsPage:
    """List the tags of a file system: the deprecated ListTagsForResource."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    shown, marker = page(
        {tag["Key"]: tag for tag in describe_tags(found.settings.tags)},
        f"tags of {found.id}",
        parameters.get("MaxItems"),
        parameters.get("Marker"),
        account.choice("bad_pagination_token"),
    )
    answer: FileSystemTagsPage = {
        "Tags": shown,
        "NextMarker": marker,
        "Marker": parameters.get("Marker"),
    }
    return existing(answer)


def _tags(account: Account, resource: str, region: str) -> dict[str, str]:
    """Return the tags of a file system or an access point, to read or to change."""
    if resource.rpartition("/")[2].startswith("fsap-"):
        return access_point_in(account, resource, region).tags
    return file_system_in(account, resource, region).settings.tags


def tags_by_key(tags: Sequence[Tag], present: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the present tags and these; EfsError BadRequest for too many or for one key twice."""
    added = {tag["Key"]: tag["Value"] for tag in tags}
    if len(added) != len(tags):
        raise EfsError("BadRequest", "Tags: a key occurs twice")
    together = {**(present or {}), **added}
    if len(together) > MAX_TAGS:
        raise EfsError(
            "BadRequest",
            f"Tags: a file system has at most {MAX_TAGS}, not {len(together)}",
        )
    return together
