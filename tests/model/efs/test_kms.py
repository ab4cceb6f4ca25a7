"""The four ways to name a KMS key, and the one ARN to which they lead."""

from __future__ import annotations

import re

import pytest

from efssim import EfsError
from efssim.model.efs.kms import DEFAULT_ALIAS, key_arn

HOME = "arn:aws:kms:us-west-2:111122223333:"
ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
MULTI = "mrk-1234abcd12ab34cd56ef1234567890ab"


@pytest.mark.parametrize("identifier", [ID, MULTI])
def test_a_key_id_and_its_arn(identifier):
    arn = f"{HOME}key/{identifier}"
    assert key_arn(identifier, "us-west-2") == key_arn(arn, "us-west-2") == arn


def test_an_alias_and_its_arn():
    arn = key_arn("alias/projectKey1", "us-west-2")
    assert arn == key_arn(f"{HOME}alias/projectKey1", "us-west-2")
    assert re.fullmatch(f"{HOME}key/[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}", arn)
    # Pinned: it is the same in every run and every version.
    assert arn.endswith("key/36951a1f-b8c0-eedc-96a0-371b7b7ade05")


def test_aliases_are_of_their_region_account_and_name():
    other_account = "arn:aws:kms:us-west-2:444455556666:alias/a"
    arns = {
        key_arn("alias/a", "us-west-2"),
        key_arn("alias/b", "us-west-2"),
        key_arn("alias/a", "us-east-1"),
        key_arn(other_account, "us-west-2"),
    }
    assert len({arn.rpartition("/")[2] for arn in arns}) == 4
    assert key_arn(other_account, "us-west-2").startswith("arn:aws:kms:us-west-2:444455556666:key/")


def test_without_a_key_it_is_the_services_own():
    assert key_arn(None, "cn-north-1") == key_arn(DEFAULT_ALIAS, "cn-north-1")
    assert key_arn(None, "cn-north-1").startswith("arn:aws-cn:kms:cn-north-1:111122223333:key/")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "key",
        ID.upper(),
        ID[:-1],
        f"key/{ID}",
        "mrk-1234",
        "alias/",
        "alias/with space",
        "alias/x\n",
        f"{HOME}key/alias",
        f"{HOME}alias/",
        f"arn:aws:kms:us-west-2:1234:key/{ID}",
        f"arn:aws:kms:us-east-1:111122223333:key/{ID}",
        "arn:aws:kms:us-east-1:111122223333:alias/x",
        f"arn:aws-cn:kms:us-west-2:111122223333:key/{ID}",
        f"arn:aws:iam:us-west-2:111122223333:key/{ID}",
    ],
)
def test_malformed_keys_and_those_of_elsewhere(key):
    with pytest.raises(EfsError, match="KmsKeyId: ") as caught:
        key_arn(key, "us-west-2")
    assert caught.value.code == "BadRequest"
