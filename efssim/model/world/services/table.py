"""The services beside EFS, and the answers of their operations.

Source: botocore's service models for names, parameters and answers.
"""

from __future__ import annotations

from typing import Any

from efssim.json_values import WireObject
from efssim.model.efs.pagination import page
from efssim.model.entities.errors import EfsError
from efssim.model.entities.identifiers import ACCOUNT_ID
from efssim.model.entities.network import RegionState
from efssim.model.world.services.backup import BACKUP
from efssim.model.world.services.operation import Service, ServiceOperation, Surroundings
from efssim.scenario.operations.kinds import ListOf, Number, Structure, Text, Word
from efssim.scenario.regions.names import partition

_STATUSES = ("ENABLED", "ENABLING", "DISABLING", "DISABLED", "ENABLED_BY_DEFAULT")
_ACCOUNT = Text(pattern=r"\d{12}", meaning="the id of an account")
_REGION = Structure({"AccountId": _ACCOUNT, "RegionName": Text(longest=50)}, ("RegionName",))
_REGIONS = Structure(
    {
        "AccountId": _ACCOUNT,
        "MaxResults": Number(1, whole=True, most=50),
        "NextToken": Text(),
        "RegionOptStatusContains": ListOf(Word(_STATUSES)),
    }
)
_KEY = Structure({"KeyId": Text(longest=2048)}, ("KeyId",))
_KEY_SHOWN = Structure({"KeyId": Text(longest=2048), "GrantTokens": ListOf(Text())}, ("KeyId",))

_CREATED_BEFORE_START_S = 0.0
"""Keys are as old as the scenario."""


def _enable_region(around: Surroundings, given: Any, _region: str) -> WireObject:
    around.opting.enable(_known(around, given))
    return {}


def _disable_region(around: Surroundings, given: Any, _region: str) -> WireObject:
    around.opting.disable(_known(around, given))
    return {}


def _get_region_opt_status(around: Surroundings, given: Any, _region: str) -> WireObject:
    return _opt_status(around, _known(around, given))


def _list_regions(around: Surroundings, given: Any, region: str) -> WireObject:
    _require_own(given)
    wanted = given.get("RegionOptStatusContains") or _STATUSES
    listed = {
        part.name: told
        for part in around.account.regions.values()
        if partition(part.name) == partition(region)
        and (told := _opt_status(around, part))["RegionOptStatus"] in wanted
    }
    shown, token = page(
        listed,
        f"regions {' '.join(wanted)}",
        min(given.get("MaxResults", 50), 50),
        given.get("NextToken") or None,
        "ValidationException",
    )
    return {"Regions": shown} if token is None else {"Regions": shown, "NextToken": token}


def _opt_status(around: Surroundings, region: RegionState) -> WireObject:
    return {"RegionName": region.name, "RegionOptStatus": around.opting.status(region)}


def _known(around: Surroundings, given: Any) -> RegionState:
    """Return the Region that a call is about; EfsError ValidationException without one."""
    _require_own(given)
    found = around.account.regions.get(given["RegionName"])
    if found is None:
        raise EfsError("ValidationException", f"There is no Region '{given['RegionName']}'.")
    return found


def _require_own(given: Any) -> None:
    """Raise EfsError AccessDeniedException for another account: there is one."""
    if given.get("AccountId", ACCOUNT_ID) != ACCOUNT_ID:
        raise EfsError("AccessDeniedException", f"Account {given['AccountId']} is not yours.")


def _describe_key(around: Surroundings, given: Any, region: str) -> WireObject:
    arn = around.keys.arn(given["KeyId"], region)
    enabled = around.keys.is_enabled(arn)
    metadata: WireObject = {
        "AWSAccountId": ACCOUNT_ID,
        "KeyId": arn.rpartition("/")[2],
        "Arn": arn,
        "CreationDate": around.account.moment(_CREATED_BEFORE_START_S),
        "Enabled": enabled,
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled" if enabled else "Disabled",
        "Origin": "AWS_KMS",
        "KeyManager": "AWS" if around.keys.is_managed(arn, region) else "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "MultiRegion": arn.rpartition("/")[2].startswith("mrk-"),
    }
    return {"KeyMetadata": metadata}


def _disable_key(around: Surroundings, given: Any, region: str) -> WireObject:
    around.keys.disable(around.keys.arn(given["KeyId"], region), region)
    return {}


def _enable_key(around: Surroundings, given: Any, region: str) -> WireObject:
    around.keys.enable(around.keys.arn(given["KeyId"], region), region)
    return {}


def _get_caller_identity(_around: Surroundings, _given: Any, region: str) -> WireObject:
    return {
        "UserId": "AIDAEXAMPLEEXAMPLE000",
        "Account": ACCOUNT_ID,
        "Arn": f"arn:{partition(region)}:iam::{ACCOUNT_ID}:user/efssim",
    }


SERVICES = {
    service.name: service
    for service in (
        BACKUP,
        Service(
            "account",
            {
                "EnableRegion": ServiceOperation(_REGION, _enable_region),
                "DisableRegion": ServiceOperation(_REGION, _disable_region),
                "GetRegionOptStatus": ServiceOperation(_REGION, _get_region_opt_status, True),
                "ListRegions": ServiceOperation(_REGIONS, _list_regions, True),
            },
        ),
        Service(
            "kms",
            {
                "DescribeKey": ServiceOperation(_KEY_SHOWN, _describe_key, True),
                "DisableKey": ServiceOperation(_KEY, _disable_key),
                "EnableKey": ServiceOperation(_KEY, _enable_key),
            },
        ),
        Service(
            "sts",
            {"GetCallerIdentity": ServiceOperation(Structure({}), _get_caller_identity, True)},
        ),
    )
}
"""By the name that boto3 gives them."""
