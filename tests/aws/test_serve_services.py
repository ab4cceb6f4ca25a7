"""`efssim serve` for services beside EFS: clients of boto3, the AWS CLI, and bare requests."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

boto3 = pytest.importorskip("boto3")
from botocore.exceptions import ClientError  # noqa: E402  # only where boto3 is
from helpers.places import EFSSIM  # noqa: E402
from helpers.serving import KEYS, served  # noqa: E402
from helpers.wires import as_request  # noqa: E402

import efssim  # noqa: E402
from efssim.aws.protocol.parsing import parse  # noqa: E402
from efssim.aws.protocol.wires.messages import Reply  # noqa: E402
from efssim.aws.protocol.wires.table import (  # noqa: E402
    protocols,
    service_model,
    signing_name,
)
from efssim.model.entities.identifiers import ACCOUNT_ID  # noqa: E402

HOME, AWAY = "us-east-1", "eu-south-1"
KEY = "12345678-1234-1234-1234-123456789012"
SCENARIO = """
name: services
duration: 1 day
regions: {eu-south-1: {opting_in: 100, opting_out: 50}}
file_systems: {orders: {region: us-east-1}}
replications:
  dr: {source: orders, destination: {region: eu-south-1}, established: true}
"""
ANSWERS = """
import efssim
from datetime import datetime, UTC

def answers(world):
    def change(parameters, region):
        if parameters["HostedZoneId"] == "Z0":
            raise efssim.EfsError("NoSuchHostedZone", "No hosted zone.")
        if parameters["HostedZoneId"] == "Z9":
            return parameters["nothing"]
        info = {"Id": region, "Status": "PENDING", "SubmittedAt": datetime(2026, 1, 1, tzinfo=UTC)}
        return {"ChangeInfo": info}

    def deploy(parameters, region):
        world.apply({"region_outage": "us-east-1", "for": "1 min"})
        return {"StatusCode": 200, "Payload": b"<" + parameters["Payload"] + b">"}

    watcher = world.client("efs", "us-east-1")

    def count(parameters, region):
        both = (watcher, world.client("efs", region))
        return {"MessageId": str(sum(len(c.describe_file_systems()["FileSystems"]) for c in both))}

    world.answer("sqs", "SendMessage", count)
    world.answer("route53", "ChangeResourceRecordSets", change)
    world.answer("sns", "Publish", lambda parameters, region: {"MessageId": parameters["Message"]})
    world.answer("lambda", "Invoke", deploy)
    world.answer("ec2", "DescribeInstances", lambda parameters, region: {
        "Reservations": [{"ReservationId": x} for x in parameters["InstanceIds"]]})
    world.answer("dynamodb", "GetItem", lambda parameters, region: {"Item": parameters["Key"]})
"""
CHANGE = {
    "HostedZoneId": "Z1",
    "ChangeBatch": {
        "Changes": [{"Action": "UPSERT", "ResourceRecordSet": {"Name": "a.b", "Type": "A"}}]
    },
}


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    (folder / "answers.py").write_text(ANSWERS, encoding="utf-8")
    with served(folder, "--step", "--answers", "answers.py", scenario=SCENARIO) as one:
        yield one


@pytest.fixture
def fresh(serving):
    assert serving.ask("POST", "/_efssim/reset")[0] == 200
    return serving


def send(serving, service, operation, parameters, protocol, region=HOME):
    """Return the answer to a call over HTTP in a protocol, made and read by botocore's code."""
    model = service_model(service).operation_model(operation)
    request = as_request(model, parameters, protocol)
    scope = f"x/20260101/{region}/{signing_name(service)}/aws4_request"
    headers = {**request.headers, "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}"}
    with closing(http.client.HTTPConnection("127.0.0.1", serving.port, timeout=20)) as plug:
        plug.request(request.method, request.target, request.body, headers)
        answer = plug.getresponse()
        reply = Reply(answer.status, dict(answer.getheaders()), answer.read())
    return parse(reply, model, protocol)


CALLS = [
    ("account", "DisableRegion", {"RegionName": AWAY}),
    ("account", "GetRegionOptStatus", {"RegionName": AWAY}),
    ("account", "ListRegions", {"MaxResults": 5}),
    ("account", "DisableRegion", {"RegionName": HOME}),
    ("kms", "DescribeKey", {"KeyId": KEY}),
    ("kms", "DisableKey", {"KeyId": KEY}),
    ("kms", "DescribeKey", {"KeyId": "nonsense"}),
    ("sts", "GetCallerIdentity", {}),
    ("efs", "DescribeFileSystems", {}),
    ("efs", "DescribeFileSystems", {"FileSystemId": "fs-00000000"}),
    ("cloudwatch", "ListMetrics", {"Namespace": "AWS/EFS"}),
    (
        "cloudwatch",
        "GetMetricStatistics",
        {
            "Namespace": "AWS/EFS",
            "MetricName": "StorageBytes",
            "Period": 61,
            "StartTime": "2026-01-01T00:00:00Z",
            "EndTime": "2026-01-01T01:00:00Z",
            "Statistics": ["Sum"],
        },
    ),
    ("cloudwatch", "PutDashboard", {"DashboardName": "d", "DashboardBody": "{}"}),
]
SPOKEN = [(*call, each) for call in CALLS for each in protocols(call[0])]


@pytest.mark.parametrize(("service", "operation", "parameters", "protocol"), SPOKEN)
def test_http_gives_what_a_client_in_process_gets(fresh, service, operation, parameters, protocol):
    world = efssim.Simulation(efssim.load(SCENARIO))
    client = world.client(service, region_name=HOME)
    method = next(m for m, name in client.meta.method_to_api_mapping.items() if name == operation)
    try:
        expected = getattr(client, method)(**parameters)
    except ClientError as error:
        expected = error.response
    found = send(fresh, service, operation, parameters, protocol)
    for answer in (expected, found):
        metadata = answer.pop("ResponseMetadata")
        answer["status"] = metadata["HTTPStatusCode"]
        assert metadata["RequestId"] == world.request_id
        answer.get("Error", {}).pop("Type", None)  # that of Query alone
        answer.pop("message", None)  # a copy that botocore makes for some protocols
    assert found == expected


def test_clients_of_boto3(fresh):
    identity = fresh.client(service="sts").get_caller_identity()
    assert identity["Account"] == ACCOUNT_ID
    keys = fresh.client(service="kms")
    with pytest.raises(keys.exceptions.NotFoundException):
        keys.describe_key(KeyId="nonsense")
    account = fresh.client(service="account")
    account.disable_region(RegionName=AWAY)
    with pytest.raises(account.exceptions.ConflictException):
        account.enable_region(RegionName=AWAY)
    fresh.advance("1 min")
    assert account.get_region_opt_status(RegionName=AWAY)["RegionOptStatus"] == "DISABLED"
    watch = fresh.client(service="cloudwatch")
    watch.put_metric_data(Namespace="mine", MetricData=[{"MetricName": "m", "Value": 1.5}])
    (metric,) = watch.list_metrics(Namespace="mine")["Metrics"]
    assert metric["MetricName"] == "m"


def test_answered_operations(fresh):
    changed = fresh.client(service="route53").change_resource_record_sets(**CHANGE)
    assert changed["ChangeInfo"]["Id"] == HOME
    assert changed["ChangeInfo"]["SubmittedAt"].isoformat() == "2026-01-01T00:00:00+00:00"
    published = fresh.client(service="sns").publish(TopicArn="t", Message="a & b")
    assert published["MessageId"] == "a & b"
    found = fresh.client(service="ec2").describe_instances(InstanceIds=["i-1", "i-2"])
    assert [each["ReservationId"] for each in found["Reservations"]] == ["i-1", "i-2"]
    key = {"id": {"B": b"\x00\xff"}, "n": {"N": "1"}}
    assert fresh.client(service="dynamodb").get_item(TableName="t", Key=key)["Item"] == key
    answer = fresh.client(service="lambda").invoke(FunctionName="f", Payload=b"\xff")
    assert answer["Payload"].read() == b"<\xff>"
    with pytest.raises(ClientError, match="ServiceUnavailable"):
        fresh.client().describe_file_systems()  # the function began an outage


def test_a_function_may_use_clients_whichever_connection_asks(fresh):
    """Each connection has a thread of its own."""
    for _ in range(3):
        told = fresh.client(service="sqs").send_message(QueueUrl="q", MessageBody="b")
        assert told["MessageId"] == "2"


def test_answers_and_time_are_new_after_a_reset(fresh):
    fresh.advance("1 h")
    status, told = fresh.ask("POST", "/_efssim/reset")
    assert (status, told) == (200, {"now": "2026-01-01T00:00:00Z", "elapsed_s": 0.0})
    assert fresh.client(service="sns").publish(TopicArn="t", Message="m")["MessageId"] == "m"
    assert fresh.ask("POST", "/_efssim/reset", '{"x": 1}')[0] == 400


def refused(client, operation, **parameters):
    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**parameters)
    return error.value.response


def test_errors_of_answered_operations(fresh):
    client = fresh.client(service="route53")
    with pytest.raises(client.exceptions.NoSuchHostedZone) as missing:
        client.change_resource_record_sets(**CHANGE | {"HostedZoneId": "Z0"})
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    failed = refused(client, "change_resource_record_sets", **CHANGE | {"HostedZoneId": "Z9"})
    assert failed["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "ChangeResourceRecordSets of route53 failed: KeyError('nothing')" in str(failed)
    assert fresh.ask("GET", "/_efssim/now")[0] == 200


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "name"),
    [
        ("efs", "put_account_preferences", {"ResourceIdType": "LONG_ID"}, "PutAccountPreferences"),
        ("kms", "create_key", {}, "CreateKey of kms"),
        ("sts", "get_session_token", {}, "GetSessionToken of sts"),
        ("cloudwatch", "list_dashboards", {}, "ListDashboards of cloudwatch"),
        ("route53", "list_hosted_zones", {}, "ListHostedZones of route53"),
        ("ec2", "describe_vpcs", {}, "DescribeVpcs of ec2"),
        ("lambda", "list_functions", {}, "ListFunctions of lambda"),
        ("iam", "list_users", {}, "ListUsers of iam"),
        ("s3", "list_buckets", {}, "ListBuckets of s3"),
        ("sqs", "list_queues", {}, "ListQueues of sqs"),
        ("ssm", "describe_parameters", {}, "DescribeParameters of ssm"),
        ("eks", "list_clusters", {}, "ListClusters of eks"),
        ("elbv2", "describe_load_balancers", {}, "DescribeLoadBalancers of elasticloadbalancing"),
    ],
)
def test_everything_else_is_refused_by_name(serving, service, operation, parameters, name):
    """In the client's protocol: boto3 reads code and message."""
    response = refused(serving.client(service=service), operation, **parameters)
    assert response["Error"]["Code"] == "NotImplemented"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert name in response["Error"]["Message"]


def test_cbor_gets_a_sentence(serving):
    model = service_model("cloudwatch").operation_model("ListMetrics")
    request = as_request(model, {}, "smithy-rpc-v2-cbor")
    with closing(http.client.HTTPConnection("127.0.0.1", serving.port, timeout=20)) as plug:
        plug.request(request.method, request.target, request.body, dict(request.headers))
        answer = plug.getresponse()
        reply = Reply(answer.status, dict(answer.getheaders()), answer.read())
    assert reply.status == 415
    error = parse(reply, model, "smithy-rpc-v2-cbor")["Error"]
    assert error["Code"] == "UnsupportedMediaType"
    assert error["Message"].startswith("efssim does not speak CBOR")
    assert b"efssim does not speak CBOR" in reply.body


def test_requests_without_a_signature(fresh):
    """As a shell script sends them: the target, the version or the path tells the service."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with closing(http.client.HTTPConnection("127.0.0.1", fresh.port, timeout=20)) as plug:

        def ask(method, path, body=None, headers=None):
            plug.request(method, path, body, headers or {})
            answer = plug.getresponse()
            return answer.status, answer.read().decode()

        query = "Action=GetCallerIdentity&Version=2011-06-15"
        for sent in (ask("POST", "/", query, form), ask("GET", f"/?{query}")):
            assert sent[0] == 200
            assert f"<Account>{ACCOUNT_ID}</Account>" in sent[1]
        target = {
            "X-Amz-Target": "GraniteServiceVersion20100801.ListMetrics",
            "Content-Type": "application/x-amz-json-1.0",
        }
        status, body = ask("POST", "/", '{"Namespace": "AWS/EFS"}', target)
        assert (status, list(json.loads(body))) == (200, ["Metrics"])
        status, body = ask("POST", "/", "Action=ListMetrics&Version=2010-08-01", form)
        assert (status, "<ListMetricsResult>" in body) == (200, True)
        status, body = ask("POST", "/", "Action=GetMetricData&Version=2010-08-01", form)
        assert (status, "MetricDataQueries: is required" in body) == (400, True)
        status, body = ask("GET", "/2013-04-01/hostedzone")
        assert (status, "ListHostedZones of route53" in body) == (501, True)
        status, body = ask("POST", "/", "Action=%ff&x", form)
        assert status == 400
        assert ask("HEAD", "/2015-02-01/file-systems") == (501, "")


@pytest.mark.skipif(
    not (Path(sys.executable).parent / "aws").exists(), reason="the AWS CLI is not installed here"
)
def test_the_aws_cli(fresh):
    def aws(*words):
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
            **{key.upper(): value for key, value in KEYS.items()},
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }
        command = [Path(sys.executable).parent / "aws", *words, "--endpoint-url", fresh.url]
        command += ["--region", HOME, "--output", "json"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert json.loads(aws("sts", "get-caller-identity").stdout)["Account"] == ACCOUNT_ID
    metrics = json.loads(aws("cloudwatch", "list-metrics", "--namespace", "AWS/EFS").stdout)
    assert metrics["Metrics"]
    published = aws("sns", "publish", "--topic-arn", "t", "--message", "hello")
    assert json.loads(published.stdout)["MessageId"] == "hello"
    unknown = aws("route53", "list-hosted-zones")
    assert unknown.returncode != 0
    assert "does not simulate ListHostedZones of route53" in unknown.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "answers.py: there is no function answers(world)"),
        ("def answers(world:", "answers.py:1: "),
    ],
)
def test_a_file_of_answers_that_cannot_be_used(tmp_path, text, said):
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "answers.py").write_text(text, encoding="utf-8")
    command = [EFSSIM, "serve", "s.yaml", "--port", "0", "--answers", "answers.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
