"""Operations that a user answers: in process, by plain calls and by clients of boto3."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

boto3 = pytest.importorskip("boto3")
from botocore.exceptions import ClientError  # noqa: E402  # only where boto3 is

import efssim  # noqa: E402

HOME, AWAY = "us-east-1", "eu-south-1"
MOMENT = datetime(2026, 1, 1, 1, 2, 3, 456000, UTC)
CHANGE = {
    "HostedZoneId": "Z1",
    "ChangeBatch": {
        "Changes": [{"Action": "UPSERT", "ResourceRecordSet": {"Name": "nfs.example", "Type": "A"}}]
    },
}


@pytest.fixture
def world():
    return efssim.Simulation(
        efssim.load(
            {
                "name": "answered",
                "duration": "1 day",
                "file_systems": {"orders": {"region": HOME}},
                "replications": {
                    "dr": {
                        "source": "orders",
                        "destination": {"region": AWAY},
                        "established": True,
                    }
                },
            }
        )
    )


def changed(parameters, region):
    assert parameters == CHANGE
    return {"ChangeInfo": {"Id": "/change/1", "Status": "PENDING", "SubmittedAt": MOMENT}}


def test_a_function_answers_calls_and_clients(world):
    world.answer("route53", "ChangeResourceRecordSets", changed)
    expected = changed(CHANGE, "")
    by_call = world.call("ChangeResourceRecordSets", CHANGE, region=HOME, service="route53")
    assert by_call == expected
    answer = world.client("route53", HOME).change_resource_record_sets(**CHANGE)
    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert answer == expected
    with efssim.aws.patched(world):  # without a Region, as scripts do
        answer = boto3.client("route53").change_resource_record_sets(**CHANGE)
    assert answer["ChangeInfo"] == expected["ChangeInfo"]


def test_it_gets_the_region_and_the_latest_function_counts(world):
    told = []
    world.answer("sns", "Publish", lambda *_: {})
    world.answer("sns", "Publish", lambda _, region: told.append(region) or {})
    world.client("sns", AWAY).publish(Message="m", TopicArn="t")
    world.call("Publish", {"Message": "m"}, region=HOME, service="sns")
    assert told == [AWAY, HOME]


def test_errors_are_those_of_the_service(world):
    def refuse(parameters, region):
        raise efssim.EfsError(parameters["HostedZoneId"], "No hosted zone.")

    world.answer("route53", "ChangeResourceRecordSets", refuse)
    client = world.client("route53", HOME)
    with pytest.raises(client.exceptions.NoSuchHostedZone) as modelled:
        client.change_resource_record_sets(**CHANGE | {"HostedZoneId": "NoSuchHostedZone"})
    assert modelled.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    with pytest.raises(ClientError) as other:
        client.change_resource_record_sets(**CHANGE | {"HostedZoneId": "Whatever"})
    assert other.value.response["Error"]["Code"] == "Whatever"
    assert other.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    given = CHANGE | {"HostedZoneId": "NoSuchHostedZone"}
    with pytest.raises(efssim.EfsError, match="NoSuchHostedZone: No hosted zone"):
        world.call("ChangeResourceRecordSets", given, region=HOME, service="route53")


def test_what_is_streamed_can_be_read(world):
    def invoked(parameters, region):
        return {"StatusCode": 200, "Payload": io.BytesIO(b"<" + parameters["Payload"] + b">")}

    world.answer("lambda", "Invoke", invoked)
    answer = world.client("lambda", HOME).invoke(FunctionName="f", Payload=b"\xff")
    assert (answer["StatusCode"], answer["Payload"].read()) == (200, b"<\xff>")
    plain = world.call(
        "Invoke", {"FunctionName": "f", "Payload": b"a"}, region=HOME, service="lambda"
    )
    assert plain == {"StatusCode": 200, "Payload": b"<a>"}


def test_a_function_may_act_on_the_world(world):
    """As the Lambda of a runbook does: what it causes has happened when the call returns."""
    source = world.file_system_id("orders")

    def fail_over(parameters, region):
        world.client("efs", AWAY).delete_replication_configuration(SourceFileSystemId=source)
        return {"StatusCode": 202}

    world.answer("lambda", "Invoke", fail_over)
    world.client("lambda", HOME).invoke(FunctionName="f")
    (found,) = world.call("DescribeReplicationConfigurations", region=HOME)["Replications"]
    assert found["Destinations"][0]["Status"] == "DELETING"
    kinds = list(world.result().events["kind"])
    assert kinds == ["Invoke", "DeleteReplicationConfiguration"]


def test_calls_are_in_the_timeline_but_looks_are_not(world):
    world.answer("route53", "ChangeResourceRecordSets", changed)
    world.answer("route53", "GetChange", lambda _, region: changed(CHANGE, region))
    client = world.client("route53", HOME)
    client.change_resource_record_sets(**CHANGE)
    client.get_change(Id="1")
    assert list(world.result().events["kind"]) == ["ChangeResourceRecordSets"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "is no dict but None"),
        ([], "is no dict but a list"),
        ({}, 'Missing required parameter in input: "ChangeInfo"'),
        ({"ChangeInfo": {"Id": 1, "Status": "s", "SubmittedAt": MOMENT}}, "Invalid type"),
        (changed(CHANGE, "") | {"Unknown": 1}, "Unknown"),
    ],
)
def test_an_answer_that_the_model_forbids_is_a_mistake(world, answer, said):
    world.answer("route53", "ChangeResourceRecordSets", lambda *_: answer)
    for call in (
        lambda: world.client("route53", HOME).change_resource_record_sets(**CHANGE),
        lambda: world.call("ChangeResourceRecordSets", CHANGE, region=HOME, service="route53"),
    ):
        with pytest.raises(efssim.ArgumentError, match="answer to ChangeResourceR") as refused:
            call()
        assert said in str(refused.value)


def test_times_and_blobs_are_as_botocore_reads_them(world):
    bare = MOMENT.replace(tzinfo=None)
    for given in (bare, MOMENT, "2026-01-01T01:02:03.456Z"):
        info = {"Id": "1", "Status": "PENDING", "SubmittedAt": given}
        world.answer("route53", "GetChange", lambda *_, info=info: {"ChangeInfo": info})
        answer = world.client("route53", HOME).get_change(Id="1")
        assert answer["ChangeInfo"]["SubmittedAt"] == MOMENT
        plain = world.call("GetChange", {"Id": "1"}, region=HOME, service="route53")
        assert plain["ChangeInfo"]["SubmittedAt"] == MOMENT


def test_parameters_that_the_model_forbids_are_refused(world):
    world.answer("route53", "ChangeResourceRecordSets", changed)
    with pytest.raises(efssim.EfsError, match=r"InvalidInput: .*ChangeBatch"):
        world.call(
            "ChangeResourceRecordSets", {"HostedZoneId": "Z"}, region=HOME, service="route53"
        )


def test_other_operations_are_refused_by_name(world):
    world.answer("route53", "ChangeResourceRecordSets", changed)
    client = world.client("route53", HOME)
    with pytest.raises(ClientError, match="does not simulate GetChange of route53"):
        client.get_change(Id="1")
    with pytest.raises(efssim.NotSimulatedError, match="GetChange of route53"):
        world.call("GetChange", {"Id": "1"}, region=HOME, service="route53")
    with pytest.raises(efssim.ArgumentError, match="'sns' is not simulated"):
        world.client("sns", HOME)


@pytest.mark.parametrize(
    ("service", "operation", "said"),
    [
        ("route54", "GetChange", "no service 'route54'.*did you mean 'route53'"),
        ("route53", "GetChanges", "no operation 'GetChanges'.*did you mean 'GetChange'"),
        ("efs", "DescribeFileSystems", "is simulated"),
        ("kms", "DisableKey", "is simulated"),
        ("cloudwatch", "GetMetricData", "is simulated"),
        ("lambda", "InvokeWithResponseStream", "streams events"),
    ],
)
def test_what_cannot_be_answered(world, service, operation, said):
    with pytest.raises(efssim.ArgumentError, match=said):
        world.answer(service, operation, lambda *_: {})


def test_an_answer_is_a_function(world):
    with pytest.raises(efssim.UsageError, match="a function answers Publish, and not a dict"):
        world.answer("sns", "Publish", {"MessageId": "m"})


def test_an_operation_of_a_simulated_service_may_be_answered(world):
    world.answer("kms", "CreateAlias", lambda *_: {})
    world.client("kms", HOME).create_alias(AliasName="alias/a", TargetKeyId="k")
    world.answer("efs", "PutAccountPreferences", lambda *_: {})
    answer = world.client("efs", HOME).put_account_preferences(ResourceIdType="LONG_ID")
    assert list(answer) == ["ResponseMetadata"]
