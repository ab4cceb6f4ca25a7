"""What Terraform's acceptance tests of aws_efs_replication_configuration check, through boto3.

Provider terraform-provider-aws, internal/service/efs/replication_configuration_test.go: its checks
and the semantics of its resource, written anew.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

pytest.importorskip("boto3")
from botocore.exceptions import ClientError  # only where boto3 is

from efssim import Scenario, Simulation

HOME, AWAY = "us-east-1", "us-west-2"
GONE = ("FileSystemNotFound", "ReplicationNotFound")
MINUTE_S = 60


class Provider:
    """The resource of the provider: what it sends, in its order, and what it waits for."""

    def __init__(self) -> None:
        scenario = {
            "name": "terraform",
            "duration": "10 days",
            "defaults": {"control": {"enabling": "500 s", "deleting": "300 s"}},
        }
        self.world = Simulation(Scenario.model_validate(scenario), verify=True)
        self._clients = {
            region: self.world.client("efs", region_name=region) for region in (HOME, AWAY)
        }

    def efs(self, region: str = HOME) -> Any:
        return self._clients[region]

    def file_system(
        self, region: str = HOME, token: str = "source", **options: Any
    ) -> dict[str, Any]:
        """Create aws_efs_file_system and wait until it is available."""
        made = self.efs(region).create_file_system(CreationToken=token, **options)
        for _ in range(100):
            (found,) = self.efs(region).describe_file_systems(FileSystemId=made["FileSystemId"])[
                "FileSystems"
            ]
            if found["LifeCycleState"] == "available":
                return found
            self.world.advance(2)
        pytest.fail("the file system does not become available")

    def find(self, source: str, region: str = HOME) -> dict[str, Any] | None:
        """Return the configuration of a source as the provider reads it; None: not found."""
        pages = self.efs(region).get_paginator("describe_replication_configurations")
        try:
            turned = list(pages.paginate(FileSystemId=source))
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return None
            raise
        (only,) = (each for page in turned for each in page["Replications"])
        return only

    def create(self, source: str, **destination: Any) -> dict[str, Any]:
        """Create the resource; wait 20 minutes at most while ENABLING until ENABLED."""
        self.efs().create_replication_configuration(
            SourceFileSystemId=source, Destinations=[destination]
        )
        for _ in range(20):
            found = self.find(source)
            assert found is not None
            status = found["Destinations"][0]["Status"]
            if status == "ENABLED":
                return found
            assert status == "ENABLING"
            self.world.advance(MINUTE_S)
        pytest.fail("not ENABLED after 20 minutes")

    def delete(self, source: str, destination_region: str) -> list[str]:
        """Delete in the destination's Region, then in the source's; wait until it is gone twice.

        Return the codes of the errors on the way.
        """
        codes = [self._delete(source, region) for region in (destination_region, HOME)]
        missing = 0
        for _ in range(20):
            found = self.find(source)
            missing = missing + 1 if found is None else 0
            if missing == 2:
                return [code for code in codes if code]
            assert found is None or found["Destinations"][0]["Status"] == "DELETING"
            self.world.advance(MINUTE_S)
        pytest.fail("not gone after 20 minutes")

    def _delete(self, source: str, region: str) -> str:
        try:
            self.efs(region).delete_replication_configuration(SourceFileSystemId=source)
        except ClientError as error:
            code: str = error.response["Error"]["Code"]
            if code in GONE:
                return code
            raise
        return ""


def test_basic():
    provider = Provider()
    source = provider.file_system()
    found = provider.create(source["FileSystemId"], Region=AWAY)
    assert found["CreationTime"]
    (destination,) = found["Destinations"]
    assert re.match("fs-.+", destination["FileSystemId"])
    assert (destination["Region"], destination["Status"]) == (AWAY, "ENABLED")
    assert found["OriginalSourceFileSystemArn"] == source["FileSystemArn"]
    assert found["SourceFileSystemArn"] == source["FileSystemArn"]
    assert found["SourceFileSystemId"] == source["FileSystemId"]
    assert found["SourceFileSystemRegion"] == HOME
    # An import reads the same again.
    assert provider.find(source["FileSystemId"]) == found
    assert provider.delete(source["FileSystemId"], AWAY) == []
    provider.world.result()  # which checks the laws


def test_disappears():
    provider = Provider()
    source = provider.file_system()["FileSystemId"]
    provider.create(source, Region=AWAY)
    provider.efs().delete_replication_configuration(SourceFileSystemId=source)
    provider.world.advance("10 min")
    assert provider.find(source) is None  # so that the next plan is not empty
    assert len(provider.delete(source, AWAY)) == 2


def test_deleting_what_is_gone_is_no_error():
    provider = Provider()
    source = provider.file_system()["FileSystemId"]
    codes = provider.delete(source, AWAY)
    assert len(codes) == 2
    assert set(codes) <= set(GONE)


def test_all_attributes():
    provider = Provider()
    source = provider.file_system()["FileSystemId"]
    key = f"arn:aws:kms:{AWAY}:123456789012:key/12345678-1234-1234-1234-123456789012"
    found = provider.create(source, AvailabilityZoneName=f"{AWAY}a", KmsKeyId=key, Region=AWAY)
    (destination,) = found["Destinations"]
    assert destination["Region"] == AWAY
    (replica,) = provider.efs(AWAY).describe_file_systems(FileSystemId=destination["FileSystemId"])[
        "FileSystems"
    ]
    # "Not returned from the AWS Read API" of the configuration; the file system has them.
    assert (replica["AvailabilityZoneName"], replica["KmsKeyId"]) == (f"{AWAY}a", key)
    assert replica["FileSystemProtection"] == {"ReplicationOverwriteProtection": "REPLICATING"}


def test_existing_destination():
    provider = Provider()
    source = provider.file_system()["FileSystemId"]
    existing = provider.file_system(AWAY, "destination")["FileSystemId"]
    provider.efs(AWAY).update_file_system_protection(
        FileSystemId=existing, ReplicationOverwriteProtection="DISABLED"
    )
    found = provider.create(source, FileSystemId=existing, Region=AWAY)
    (destination,) = found["Destinations"]
    assert (destination["FileSystemId"], destination["Status"]) == (existing, "ENABLED")
    with pytest.raises(ClientError, match="ReplicationAlreadyExists"):
        provider.efs(AWAY).update_file_system_protection(
            FileSystemId=existing, ReplicationOverwriteProtection="DISABLED"
        )
    with pytest.raises(ClientError) as in_use:
        provider.efs(AWAY).delete_file_system(FileSystemId=existing)
    assert in_use.value.response["Error"]["Code"] == "FileSystemInUse"
    assert provider.delete(source, AWAY) == []
    (released,) = provider.efs(AWAY).describe_file_systems(FileSystemId=existing)["FileSystems"]
    assert released["FileSystemProtection"] == {"ReplicationOverwriteProtection": "ENABLED"}
    provider.efs(AWAY).delete_file_system(FileSystemId=existing)


def test_an_existing_destination_that_is_protected():
    provider = Provider()
    source = provider.file_system()["FileSystemId"]
    existing = provider.file_system(AWAY, "destination")["FileSystemId"]
    with pytest.raises(ClientError) as refused:
        provider.create(source, FileSystemId=existing, Region=AWAY)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 409)
    assert provider.find(source) is None


def test_both_regions_read_the_same():
    provider = Provider()
    source = provider.file_system()["FileSystemId"]
    found = provider.create(source, Region=AWAY)
    copy = found["Destinations"][0]["FileSystemId"]
    there = provider.find(copy, AWAY)
    assert there == found


def test_a_second_configuration_and_its_creation_after_the_first_is_gone():
    provider = Provider()
    source = provider.file_system()["FileSystemId"]
    provider.create(source, Region=AWAY)
    with pytest.raises(ClientError):
        provider.create(source, Region=AWAY)
    provider.delete(source, AWAY)
    again = provider.create(source, Region=AWAY)
    assert again["Destinations"][0]["Status"] == "ENABLED"
    provider.world.result()
