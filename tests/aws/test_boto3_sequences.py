"""Random sequences of calls of a real boto3 client: no law is broken, no shape refused."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule

pytest.importorskip("boto3")
from botocore.exceptions import ClientError  # only where boto3 is
from botocore.validate import ParamValidator

from efssim import Scenario, Simulation
from efssim.aws.protocol.parsing import parse
from efssim.aws.protocol.wires.table import efs_wire
from efssim.scenario.operations.error_codes import ERROR_CODES

REGIONS = ("us-east-1", "us-west-2", "eu-south-1")
OUTSIDE = ("ServiceUnavailable", "UnrecognizedClientException", "AccessDeniedException")
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

    def __init__(self) -> None:
        super().__init__()
        self.world = Simulation(SCENARIO, verify=True)
        # One attempt: time passes by the rules alone.
        from botocore.config import Config

        config = Config(retries={"total_max_attempts": 1})
        self.clients = {
            region: self.world.client("efs", region_name=region, config=config)
            for region in REGIONS
        }
        self.first = self.world.file_system_id("orders")

    def call(self, region: str, operation: str, **given: Any) -> dict[str, Any] | None:
        """Call; check what comes back; None if it was refused as EFS would."""
        client = self.clients[region]
        model = client.meta.service_model.operation_model(
            client.meta.method_to_api_mapping[operation]
        )
        try:
            answer = getattr(client, operation)(**given)
        except ClientError as error:
            _check_refusal(error.response)
            return None
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] < 300
        if model.output_shape is not None:
            report = ParamValidator().validate(answer, model.output_shape)
            assert not report.has_errors(), report.generate_report()
        # Over the wire it is the same: our bytes, read by botocore's parser.
        reply = efs_wire().answer(model.name, answer, "id")
        parsed = parse(reply, model)
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

    @rule(target=ids, source=ids, region=regions, to=regions)
    def replicate(self, source: str, region: str, to: str) -> Any:
        answer = self.call(
            region,
            "create_replication_configuration",
            SourceFileSystemId=source,
            Destinations=[{"Region": to}],
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
        pages = self.clients[region].get_paginator("describe_file_systems").paginate(MaxItems=1)
        with suppress(ClientError):
            found = [each["FileSystemId"] for page in pages for each in page["FileSystems"]]
            known = self.world.call("DescribeFileSystems", region=region)["FileSystems"]
            assert found == [each["FileSystemId"] for each in known]

    def teardown(self) -> None:
        self.world.result()  # which checks the laws


def _check_refusal(response: Any) -> None:
    assert response["Error"]["Code"] in (*ERROR_CODES, *OUTSIDE)
    assert response["Error"]["Message"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] >= 400


# The same sequences in every run, so that a failure in CI is a failure everywhere.
Calls.TestCase.settings = settings(
    max_examples=500, stateful_step_count=30, deadline=None, derandomize=True
)
TestSequences = Calls.TestCase
