"""The operations that create, describe and delete access points.

Source: EFS API reference; EFS quotas for their number. That one is available at once is assumed.
They are not replicated, and go with their file system.
"""

from __future__ import annotations

from efssim.model.account import Account
from efssim.model.efs.descriptions import describe_tags
from efssim.model.efs.lookup import access_point_in, file_system_in, require_available
from efssim.model.efs.operations.tags import tags_by_key
from efssim.model.efs.pagination import page
from efssim.model.efs.shapes.answers import (
    AccessPointDescription,
    AccessPointsPage,
    Nothing,
    existing,
)
from efssim.model.efs.shapes.requests import (
    CreateAccessPoint,
    OfAccessPoint,
    PageOfAccessPoints,
)
from efssim.model.entities.attached import AccessPoint, AccessPointSettings
from efssim.model.entities.errors import EfsError
from efssim.model.entities.identifiers import ACCOUNT_ID

MAX_ACCESS_POINTS = 10_000
"""Access points of a file system; documented (EFS quotas)."""


def create_access_point(
    account: Account, parameters: CreateAccessPoint, region: str
) -> AccessPointDescription:
    """Create an access point of a file system."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    require_available(found)
    _require_new(account, parameters["ClientToken"], region)
    count = len(account.attached.access_points_of(found))
    if count >= MAX_ACCESS_POINTS:
        raise EfsError(
            "AccessPointLimitExceeded", f"'{found.id}' has {count} access points, the maximum."
        )
    root = parameters.get("RootDirectory", {})
    settings = AccessPointSettings(
        parameters["ClientToken"], parameters.get("PosixUser"), {"Path": "/", **root}
    )
    made = account.attached.create_access_point(
        found, settings, tags_by_key(parameters.get("Tags", []))
    )
    return _described(made)


def _require_new(account: Account, token: str, region: str) -> None:
    for other in account.attached.access_points.values():
        if other.settings.client_token == token and other.region == region:
            raise EfsError(
                "AccessPointAlreadyExists",
                f"Access point '{other.id}' already exists with client token '{token}'.",
                AccessPointId=other.id,
            )


def describe_access_points(
    account: Account, parameters: PageOfAccessPoints, region: str
) -> AccessPointsPage:
    """Describe the access points of a Region, of a file system, or one of them."""
    point, file_system = parameters.get("AccessPointId"), parameters.get("FileSystemId")
    if point is not None and file_system is not None:
        raise EfsError("BadRequest", "AccessPointId and FileSystemId cannot go together")
    listed = _listed(account, point, file_system, region)
    shown, token = page(
        {part.id: part for part in listed},
        f"access points {region} {point} {file_system}",
        parameters.get("MaxResults"),
        parameters.get("NextToken"),
        account.choice("bad_pagination_token"),
    )
    answer: AccessPointsPage = {
        "AccessPoints": [_described(part) for part in shown],
        "NextToken": token,
    }
    return existing(answer)


def _listed(
    account: Account, point: str | None, file_system: str | None, region: str
) -> list[AccessPoint]:
    if point is not None:
        return [access_point_in(account, point, region)]
    if file_system is not None:
        found = file_system_in(account, file_system, region)
        return account.attached.access_points_of(found)
    return [part for part in account.attached.access_points.values() if part.region == region]


def delete_access_point(account: Account, parameters: OfAccessPoint, region: str) -> Nothing:
    """Delete an access point, at once (assumed)."""
    found = access_point_in(account, parameters["AccessPointId"], region)
    del account.attached.access_points[found.id]
    return {}


def _described(point: AccessPoint) -> AccessPointDescription:
    described: AccessPointDescription = {
        "ClientToken": point.settings.client_token,
        "Name": point.tags.get("Name"),
        "Tags": describe_tags(point.tags),
        "AccessPointId": point.id,
        "AccessPointArn": point.arn,
        "FileSystemId": point.file_system.id,
        "PosixUser": point.settings.posix_user,
        "RootDirectory": point.settings.root_directory,
        "OwnerId": ACCOUNT_ID,
        "LifeCycleState": "available",
    }
    return existing(described)
