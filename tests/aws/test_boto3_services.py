"""Services beside EFS through real boto3 clients, and their answers by botocore's own models."""

from __future__ import annotations

import pytest

boto3 = pytest.importorskip("boto3")
from botocore.exceptions import ClientError  # noqa: E402  # only where boto3 is
from botocore.loaders import Loader  # noqa: E402
from botocore.model import ServiceModel  # noqa: E402
from botocore.validate import ParamValidator  # noqa: E402

import efssim  # noqa: E402
from efssim.model.entities.identifiers import (  # noqa: E402
    ACCOUNT_ID,
    file_system_arn,
    file_system_id,
)
from efssim.model.world.services.table import SERVICES  # noqa: E402

HOME, AWAY = "us-east-1", "eu-south-1"
KEY = "12345678-1234-1234-1234-123456789012"


@pytest.fixture
def world():
    made = efssim.Simulation(
        efssim.load(
            {
                "name": "services",
                "duration": "1 day",
                "regions": {AWAY: {"opting_in": 100, "opting_out": 50}},
                "file_systems": {
                    "orders": {
                        "region": HOME,
                        "size": "8 GB",
                        "backups": {"every": "1 day", "at": "00:00"},
                    }
                },
                "replications": {
                    "dr": {
                        "source": "orders",
                        "destination": {"region": AWAY, "kms_key_id": KEY},
                        "established": True,
                    }
                },
            }
        )
    )
    made.advance(60)
    made.call(
        "StartRestoreJob", {**RESTORED, "IdempotencyToken": "a"}, region=HOME, service="backup"
    )
    return made


ORDERS = file_system_arn(file_system_id("orders"), HOME)
POINT = f"arn:aws:backup:{HOME}:{ACCOUNT_ID}:recovery-point:00000000-0000-4000-8000-000000000001"
RESTORED = {"RecoveryPointArn": POINT, "Metadata": {"newFileSystem": "true"}}
CALLS = [
    ("backup", "ListRecoveryPointsByResource", {"ResourceArn": ORDERS}),
    ("backup", "StartRestoreJob", {**RESTORED, "IdempotencyToken": "b"}),
    ("backup", "DescribeRestoreJob", {"RestoreJobId": "00000000-0000-4000-9000-000000000001"}),
    ("account", "EnableRegion", {"RegionName": AWAY}),
    ("account", "DisableRegion", {"RegionName": AWAY}),
    ("account", "GetRegionOptStatus", {"RegionName": AWAY}),
    ("account", "ListRegions", {"MaxResults": 5}),
    ("kms", "DescribeKey", {"KeyId": KEY}),
    ("kms", "DisableKey", {"KeyId": KEY}),
    ("kms", "EnableKey", {"KeyId": KEY}),
    ("sts", "GetCallerIdentity", {}),
]


def test_every_operation_is_called_here():
    known = [(name, each) for name, service in SERVICES.items() for each in service.operations]
    assert sorted(known) == sorted((service, operation) for service, operation, _ in CALLS)


@pytest.mark.parametrize(("service", "operation", "given"), CALLS)
def test_both_doors_give_the_same_and_botocore_knows_it(world, service, operation, given):
    plain = world.call(operation, given, region=HOME, service=service)
    client = world.client(service, region_name=HOME)
    method = next(m for m, name in client.meta.method_to_api_mapping.items() if name == operation)
    if operation != "DisableRegion":  # once more while it goes on is a conflict
        answer = getattr(client, method)(**given)
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        assert answer == plain
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    shape = model.operation_model(operation).output_shape
    if shape is None:
        assert plain == {}
    else:
        assert not ParamValidator().validate(plain, shape).has_errors()


def test_errors_are_those_of_the_model(world):
    client = world.client("account", region_name=HOME)
    client.disable_region(RegionName=AWAY)
    with pytest.raises(client.exceptions.ConflictException):
        client.enable_region(RegionName=AWAY)
    keys = world.client("kms", region_name=AWAY)
    with pytest.raises(keys.exceptions.NotFoundException):
        keys.describe_key(KeyId="nonsense")
    with pytest.raises(ClientError, match="does not simulate CreateKey of kms"):
        keys.create_key()


def test_a_script_that_opts_out_waits_and_sees_the_pause(world):
    account = world.client("account", region_name=HOME)
    efs = world.client("efs", region_name=HOME)
    account.disable_region(RegionName=AWAY)
    while account.get_region_opt_status(RegionName=AWAY)["RegionOptStatus"] != "DISABLED":
        world.advance(10)
    world.advance(60)
    (found,) = efs.describe_replication_configurations()["Replications"]
    assert found["Destinations"][0]["Status"] == "PAUSED"
