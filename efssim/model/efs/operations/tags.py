"""Tags of file systems. Access points are not simulated, so no other resource has any.

Source: EFS API reference; EFS quotas for their number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from efssim.model.account import Account
from efssim.model.efs.descriptions import describe_tags
from efssim.model.efs.lookup import file_system_in
from efssim.model.efs.pagination import page
from efssim.model.efs.shapes.answers import Nothing, TagsPage, existing
from efssim.model.efs.shapes.requests import AddTags, PageOfTags, RemoveTags, Tag
from efssim.model.entities.errors import EfsError
from efssim.scenario.operations.table import MAX_TAGS


def tag_resource(account: Account, parameters: AddTags, region: str) -> Nothing:
    """Add tags; one with a key that is there replaces it."""
    found = file_system_in(account, parameters["ResourceId"], region)
    found.settings.tags = tags_by_key(parameters["Tags"], found.settings.tags)
    return {}


def untag_resource(account: Account, parameters: RemoveTags, region: str) -> Nothing:
    """Remove tags by key; a key that is not there is no error."""
    found = file_system_in(account, parameters["ResourceId"], region)
    for key in parameters["TagKeys"]:
        found.settings.tags.pop(key, None)
    return {}


def list_tags_for_resource(account: Account, parameters: PageOfTags, region: str) -> TagsPage:
    """List the tags of a file system."""
    found = file_system_in(account, parameters["ResourceId"], region)
    shown, token = page(
        {tag["Key"]: tag for tag in describe_tags(found.settings.tags)},
        f"tags {found.id}",
        parameters.get("MaxResults"),
        parameters.get("NextToken"),
        account.choice("bad_pagination_token"),
    )
    answer: TagsPage = {"Tags": shown, "NextToken": token}
    return existing(answer)


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
