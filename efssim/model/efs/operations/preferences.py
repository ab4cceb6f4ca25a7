"""The account's preference for the length of ids. Source: EFS API reference."""

from __future__ import annotations

from efssim.model.account import Account
from efssim.model.efs.shapes.answers import PreferencesDescription
from efssim.model.efs.shapes.requests import PageOfPreferences
from efssim.model.entities.errors import EfsError


def describe_account_preferences(
    account: Account, parameters: PageOfPreferences, region: str
) -> PreferencesDescription:
    """Return that ids are long: since October 2021 there is nothing else (documented)."""
    token = parameters.get("NextToken")
    if token is not None:
        raise EfsError(
            account.choice("bad_pagination_token"),
            f"'{token}' is not the pagination token of an earlier answer in {region}.",
        )
    return {
        "ResourceIdPreference": {
            "ResourceIdType": "LONG_ID",
            "Resources": ["FILE_SYSTEM", "MOUNT_TARGET"],
        }
    }
