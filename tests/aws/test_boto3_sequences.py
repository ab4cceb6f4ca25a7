"""Random sequences of calls of a real boto3 client: no law is broken, no shape refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule

pytest.importorskip("boto3")
from botocore.config import Config  # only where boto3 is
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from helpers.shapes import misfits

from efssim import Scenario, Simulation
from efssim.aws.protocol.parsing import parse
from efssim.aws.protocol.wires.calling import SIMULATED, simulated_operations
from efssim.aws.protocol.wires.table import protocols, service_model, wire_of
from efssim.model.entities.identifiers import ACCOUNT_ID

ONCE = Config(retries={"total_max_attempts": 1})
CALLED: set[tuple[str, str]] = set()
"""Service and operation of all calls that were made."""
REGIONS = ("us-east-1", "us-west-2", "eu-south-1")
OUTSIDE = ("ServiceUnavailable", "UnrecognizedClientException", "AccessDeniedException")
"""Errors that any operation of EFS may give, in a Region that is out or not enabled."""
OF_CLOUDWATCH = ("ValidationError", "InvalidParameterValue", "InvalidParameterCombination")
"""Those that CloudWatch documents for all of its operations."""
KEY = "12345678-1234-1234-1234-123456789012"
FREE = "abcdef01-1234-1234-1234-123456789012"
SUBNETS = [f"subnet-0123456789abcdef{k}" for k in range(4)]
GROUPS = ["sg-0123456789abcdef0", "sg-0123456789abcdef1"]
POLICIES = ['{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}', "none"]
SCENARIO = Scenario.model_validate(
    {
        "name": "sequences",
        "duration": "30 days",
        "defaults": {
            "sync": {"preset": "none", "interval": 60, "setup": 5, "throughput": 5_000_000},
            "control": {"preset": "none", "enabling": 100, "pausing": 30, "deleting": 90},
            "file_system": {"creating": 20, "deleting": 10},
        },
        "file_systems": {
            "orders": {
                "region": "us-east-1",
                "size": 10_000_000,
                "backups": {"every": "6 h", "at": "00:00"},
                "writes": {"w": {"arrivals": {"constant": {"rate": "1 per s"}}, "size": "10 kB"}},
            }
        },
    }
)
EVENTS = [
    {"opt_out": "eu-south-1", "for": 400},
    {"region_outage": "us-east-1", "for": 200},
    {"region_outage": "us-west-2", "for": 300},
    {"link_outage": "us-east-1 -> us-west-2", "for": 500},
    {"fail": "orders"},
]
regions = st.sampled_from(REGIONS)


class Calls(RuleBasedStateMachine):
    """A script that calls EFS in three Regions while time passes and things happen."""

    ids = Bundle("ids")
    mounts = Bundle("mounts")
    points = Bundle("points")
    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.world = Simulation(SCENARIO, verify=True)
        # One attempt: time passes by the rules alone.
        self.clients = cache(
            lambda service, region: self.world.client(service, region_name=region, config=ONCE)
        )
        self.first = self.world.file_system_id("orders")
        arn = f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT_ID}:file-system"
        self.resource = f"{arn}/{self.first}"

    def call(
        self, region: str, operation: str, service: str = "efs", **given: Any
    ) -> dict[str, Any] | None:
        """Call; check what comes back; None if it was refused as the service would."""
        client = self.clients(service, region)
        model = service_model(service).operation_model(client.meta.method_to_api_mapping[operation])
        CALLED.add((service, model.name))
        try:
            answer = getattr(client, operation)(**given)
        except ClientError as error:
            _check_refusal(error.response, model)
            return None
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] < 300
        assert misfits(answer, model.output_shape) == []
        # Over the wire it is the same: our bytes, read by botocore's parser.
        for protocol in protocols(service):
            reply = wire_of(service, protocol).answer(model.name, answer, "id")
            parsed = parse(reply, model, protocol)
            parsed.pop("ResponseMetadata")
            assert parsed == answer
        return answer

    @rule(target=ids)
    def the_first(self) -> str:
        return self.first

    @rule(target=ids, region=regions, token=st.integers(0, 5), zone=st.booleans())
    def create_file_system(self, region: str, token: int, zone: bool) -> Any:
        more = {"AvailabilityZoneName": f"{region}a"} if zone else {}
        answer = self.call(region, "create_file_system", CreationToken=f"t{token}", **more)
        return multiple() if answer is None else answer["FileSystemId"]

    @rule(target=ids, source=ids, region=regions, to=regions, key=st.booleans())
    def replicate(self, source: str, region: str, to: str, key: bool) -> Any:
        answer = self.call(
            region,
            "create_replication_configuration",
            SourceFileSystemId=source,
            Destinations=[{"Region": to, **({"KmsKeyId": KEY} if key else {})}],
        )
        return multiple() if answer is None else answer["Destinations"][0]["FileSystemId"]

    @rule(source=ids, destination=ids, region=regions, to=regions)
    def replicate_to(self, source: str, destination: str, region: str, to: str) -> None:
        wanted = [{"FileSystemId": destination, "Region": to}]
        operation = "create_replication_configuration"
        self.call(region, operation, SourceFileSystemId=source, Destinations=wanted)

    @rule(source=ids, region=regions)
    def delete_replication(self, source: str, region: str) -> None:
        self.call(region, "delete_replication_configuration", SourceFileSystemId=source)

    @rule(which=ids, region=regions)
    def delete_file_system(self, which: str, region: str) -> None:
        self.call(region, "delete_file_system", FileSystemId=which)

    @rule(which=ids, region=regions, word=st.sampled_from(["ENABLED", "DISABLED", "REPLICATING"]))
    def protect(self, which: str, region: str, word: str) -> None:
        operation = "update_file_system_protection"
        self.call(region, operation, FileSystemId=which, ReplicationOverwriteProtection=word)

    @rule(which=ids, region=regions, mode=st.sampled_from(["bursting", "elastic", "turbo"]))
    def update(self, which: str, region: str, mode: str) -> None:
        self.call(region, "update_file_system", FileSystemId=which, ThroughputMode=mode)

    @rule(which=ids, region=regions, key=st.text(max_size=140), value=st.text(max_size=270))
    def tag(self, which: str, region: str, key: str, value: str) -> None:
        if key:  # of which the client itself asks for at least one letter
            tags = [{"Key": key, "Value": value}]
            self.call(region, "tag_resource", ResourceId=which, Tags=tags)
        self.call(region, "list_tags_for_resource", ResourceId=which)

    @rule(which=ids, region=regions)
    def policies(self, which: str, region: str) -> None:
        rules = [{"TransitionToIA": "AFTER_30_DAYS"}]
        self.call(
            region, "put_lifecycle_configuration", FileSystemId=which, LifecyclePolicies=rules
        )
        self.call(region, "describe_lifecycle_configuration", FileSystemId=which)
        self.call(
            region, "put_backup_policy", FileSystemId=which, BackupPolicy={"Status": "ENABLED"}
        )
        self.call(region, "describe_backup_policy", FileSystemId=which)

    @rule(region=regions, which=st.none() | ids, size=st.integers(1, 3))
    def look(self, region: str, which: str | None, size: int) -> None:
        about = {} if which is None else {"FileSystemId": which}
        self.call(region, "describe_replication_configurations", MaxResults=size, **about)
        self.call(region, "describe_file_systems", MaxItems=size, **about)

    @rule(which=ids, region=regions)
    def old_tags(self, which: str, region: str) -> None:
        tags = [{"Key": "a", "Value": "b"}]
        self.call(region, "create_tags", FileSystemId=which, Tags=tags)
        self.call(region, "describe_tags", FileSystemId=which)
        self.call(region, "delete_tags", FileSystemId=which, TagKeys=["a"])
        self.call(region, "untag_resource", ResourceId=which, TagKeys=["team"])

    @rule(which=ids, region=regions, policy=st.sampled_from(POLICIES), gone=st.booleans())
    def rules_of_access(self, which: str, region: str, policy: str, gone: bool) -> None:
        self.call(region, "put_file_system_policy", FileSystemId=which, Policy=policy)
        self.call(region, "describe_file_system_policy", FileSystemId=which)
        if gone:
            self.call(region, "delete_file_system_policy", FileSystemId=which)
        self.call(region, "describe_account_preferences", MaxResults=1)

    @rule(target=mounts, subnet=st.sampled_from(SUBNETS))
    def mount_first(self, subnet: str) -> Any:
        return self.mount_in(self.first, "us-east-1", subnet)

    @rule(target=mounts, which=ids, region=regions, subnet=st.sampled_from(SUBNETS))
    def mount(self, which: str, region: str, subnet: str) -> Any:
        return self.mount_in(which, region, subnet)

    def mount_in(self, which: str, region: str, subnet: str) -> Any:
        answer = self.call(region, "create_mount_target", FileSystemId=which, SubnetId=subnet)
        return multiple() if answer is None else answer["MountTargetId"]

    @rule(mount=mounts, which=ids, region=regions)
    def secure(self, mount: str, which: str, region: str) -> None:
        operation = "modify_mount_target_security_groups"
        self.call(region, operation, MountTargetId=mount, SecurityGroups=GROUPS)
        self.call(region, "describe_mount_target_security_groups", MountTargetId=mount)
        self.call(region, "describe_mount_targets", MountTargetId=mount)
        self.call(region, "describe_mount_targets", FileSystemId=which, MaxItems=1)

    @rule(mount=mounts, region=regions)
    def unmount(self, mount: str, region: str) -> None:
        self.call(region, "delete_mount_target", MountTargetId=mount)

    @rule(target=points, which=ids, region=regions, token=st.integers(0, 2))
    def add_access_point(self, which: str, region: str, token: int) -> Any:
        answer = self.call(
            region, "create_access_point", FileSystemId=which, ClientToken=f"t{token}"
        )
        return multiple() if answer is None else answer["AccessPointId"]

    @rule(point=points, region=regions, gone=st.booleans())
    def look_at_access_point(self, point: str, region: str, gone: bool) -> None:
        self.call(region, "describe_access_points", AccessPointId=point)
        self.call(region, "list_tags_for_resource", ResourceId=point)
        self.call(region, "describe_access_points", MaxResults=1)
        if gone:
            self.call(region, "delete_access_point", AccessPointId=point)

    @rule(region=regions, about=regions, on=st.booleans())
    def opt(self, region: str, about: str, on: bool) -> None:
        word = "enable_region" if on else "disable_region"
        self.call(region, word, "account", RegionName=about)
        self.call(region, "get_region_opt_status", "account", RegionName=about)
        self.call(region, "list_regions", "account", MaxResults=5)
        self.call(region, "get_caller_identity", "sts")

    @rule(region=regions, key=st.sampled_from([KEY, FREE, "none"]), on=st.booleans())
    def keys(self, region: str, key: str, on: bool) -> None:
        self.call(region, "enable_key" if on else "disable_key", "kms", KeyId=key)
        self.call(region, "describe_key", "kms", KeyId=key)

    @rule(target=jobs, region=st.just("us-east-1") | regions)
    def restore(self, region: str) -> Any:
        listed = self.call(
            region, "list_recovery_points_by_resource", "backup", ResourceArn=self.resource
        )
        arn = next(
            (one["RecoveryPointArn"] for one in (listed or {}).get("RecoveryPoints", [])), ""
        )
        answer = self.call(
            region,
            "start_restore_job",
            "backup",
            RecoveryPointArn=arn or "arn:aws:none",
            Metadata={"newFileSystem": "true"},
        )
        return multiple() if answer is None else answer["RestoreJobId"]

    @rule(job=jobs, region=regions)
    def look_at_restore(self, job: str, region: str) -> None:
        self.call(region, "describe_restore_job", "backup", RestoreJobId=job)

    @rule(region=regions, name=st.sampled_from("ab"), metric=st.sampled_from(["size", "mine"]))
    def alarm(self, region: str, name: str, metric: str) -> None:
        of_efs = metric == "size"
        dimensions = [
            {"Name": "FileSystemId", "Value": self.first},
            {"Name": "StorageClass", "Value": "Total"},
        ]
        self.call(
            region,
            "put_metric_alarm",
            "cloudwatch",
            AlarmName=name,
            Namespace="AWS/EFS" if of_efs else "mine",
            MetricName="StorageBytes" if of_efs else "m",
            Dimensions=dimensions if of_efs else [],
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=2,
            Threshold=1.0,
            ComparisonOperator="GreaterThanThreshold",
        )

    @rule(region=regions, name=st.sampled_from("abc"), state=st.sampled_from(["OK", "ALARM", "x"]))
    def set_alarm(self, region: str, name: str, state: str) -> None:
        given = {"AlarmName": name, "StateValue": state, "StateReason": "a drill"}
        self.call(region, "set_alarm_state", "cloudwatch", **given)

    @rule(region=regions, size=st.integers(1, 2), gone=st.none() | st.sampled_from("abc"))
    def look_at_alarms(self, region: str, size: int, gone: str | None) -> None:
        self.call(region, "describe_alarms", "cloudwatch", MaxRecords=size)
        if gone is not None:
            self.call(region, "delete_alarms", "cloudwatch", AlarmNames=[gone])

    @rule(region=regions, value=st.floats(-1e9, 1e9))
    def measure(self, region: str, value: float) -> None:
        datum = {"MetricName": "m", "Value": value}
        metric = {"Namespace": "mine", "MetricName": "m"}
        query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
        filled = {"Id": "f", "Expression": "IF(FILL(m, 0) > 0, RATE(m), SUM(METRICS()))"}
        now = self.world.now
        span: dict[str, Any] = {"StartTime": now - timedelta(hours=1), "EndTime": now}
        self.call(region, "put_metric_data", "cloudwatch", Namespace="mine", MetricData=[datum])
        self.call(region, "list_metrics", "cloudwatch")
        self.call(
            region, "get_metric_data", "cloudwatch", MetricDataQueries=[query, filled], **span
        )
        operation = "get_metric_statistics"
        self.call(region, operation, "cloudwatch", **metric, **span, Period=300, Statistics=["Sum"])

    @rule(seconds=st.sampled_from([0, 1, 45.5, 90, 1000, 40_000]))
    def advance(self, seconds: float) -> None:
        self.world.advance(seconds)

    @rule(event=st.sampled_from(EVENTS))
    def happen(self, event: dict[str, Any]) -> None:
        with suppress(ValueError):  # of a file system that is deleted
            self.world.apply(event)

    @rule(region=regions)
    def turn_pages(self, region: str) -> None:
        """Pagination shows every file system once, where EFS answers at all."""
        pages = (
            self.clients("efs", region).get_paginator("describe_file_systems").paginate(MaxItems=1)
        )
        with suppress(ClientError):
            found = [each["FileSystemId"] for page in pages for each in page["FileSystems"]]
            known = self.world.call("DescribeFileSystems", region=region)["FileSystems"]
            assert found == [each["FileSystemId"] for each in known]

    def teardown(self) -> None:
        self.world.result()  # which checks the laws


def _check_refusal(response: Any, model: OperationModel) -> None:
    """Check that an error is one that the operation declares, or that any operation may give."""
    service = model.service_model.service_name
    declared = {shape.error_code for shape in model.error_shapes} | {
        shape.name for shape in model.error_shapes
    }
    generic = OF_CLOUDWATCH if service == "cloudwatch" else OUTSIDE
    assert response["Error"]["Code"] in (*declared, *generic), (model.name, response)
    assert response["Error"]["Message"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] >= 400


# The same sequences in every run, so that a failure in CI is a failure everywhere.
class TestSomeSequences(Calls.TestCase):
    """A sample of the sequences."""

    settings = settings(max_examples=30, stateful_step_count=30, deadline=None, derandomize=True)


@pytest.mark.slow
class TestSequences(Calls.TestCase):
    """The sequences, in which every operation of every service is called."""

    settings = settings(max_examples=500, stateful_step_count=30, deadline=None, derandomize=True)

    @classmethod
    def tearDownClass(cls) -> None:
        known = {(name, each) for name in SIMULATED for each in simulated_operations(name)}
        assert known == CALLED
