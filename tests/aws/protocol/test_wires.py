"""Every operation of a service, in each protocol: botocore's own code makes and reads the bytes."""

from __future__ import annotations

import pytest

boto3 = pytest.importorskip("boto3")
from helpers.wires import as_request, example, in_whole_seconds, streamed_whole  # noqa: E402  # only where boto3 is

from efssim.aws.protocol.parsing import parse  # noqa: E402
from efssim.aws.protocol.wires.calling import SIMULATED  # noqa: E402
from efssim.aws.protocol.wires.messages import Failure, WireRequest  # noqa: E402
from efssim.aws.protocol.wires.table import (  # noqa: E402
    protocols,
    service_names,
    wire_of,
)

GLUE = ("autoscaling", "ec2", "iam", "lambda", "route53", "s3", "sns", "sqs", "ssm", "backup")
SPOKEN = [(name, each) for name in sorted({*SIMULATED, *GLUE}) for each in protocols(name)]
AMBIGUOUS = {
    # An answer with all headers has those of every reply, too, and a query with all parameters
    # those of the path; the serialiser of a list in a header quotes what has a comma.
    "BatchDeleteUniqueId",
    "ImportRestApi",
    "SendApiAsset",
    # Requests of these are those of others: a host tells them, or they are deprecated.
    "ListDirectoryBuckets",
    "GetBucketLifecycle",
    "GetBucketNotification",
    "PutBucketLifecycle",
    "PutBucketNotification",
}


def operations(wire):
    """Yield every operation, but for those that stream events."""
    for name in wire.model.operation_names:
        found = wire.model.operation_model(name)
        if not found.has_event_stream_output and not found.has_event_stream_input:
            yield found


def check_answers(wire):
    for operation in operations(wire):
        shape = operation.output_shape
        answer = {} if shape is None else example(shape)
        if operation.name in AMBIGUOUS:
            continue
        reply = wire.answer(operation.name, answer, "id")
        read = parse(reply, operation, wire.protocol)
        assert read.pop("ResponseMetadata")["RequestId"] == "id"
        assert streamed_whole(read) == answer, operation.name


def check_requests(wire):
    for operation in operations(wire):
        shape = operation.input_shape
        parameters = {} if shape is None else in_whole_seconds(example(shape))
        if operation.name in AMBIGUOUS:
            continue
        found, read = wire.read(as_request(operation, parameters, wire.protocol))
        assert (found.name, read) == (operation.name, parameters)


def check_errors(wire):
    for operation in operations(wire):
        for shape in operation.error_shapes or [None]:
            code = "Unknown" if shape is None else shape.error_code
            reply = wire.failure(Failure(code, 418, "It <is> so."), "id")
            read = parse(reply, operation, wire.protocol)
            assert (read["Error"]["Code"], read["Error"]["Message"]) == (code, "It <is> so.")
            assert read["ResponseMetadata"]["HTTPStatusCode"] == 418


@pytest.mark.parametrize(("service", "protocol"), SPOKEN)
def test_botocore_reads_every_answer(service, protocol):
    check_answers(wire_of(service, protocol))


@pytest.mark.parametrize(("service", "protocol"), SPOKEN)
def test_every_request_of_botocore_is_read(service, protocol):
    check_requests(wire_of(service, protocol))


@pytest.mark.parametrize(("service", "protocol"), SPOKEN)
def test_botocore_reads_every_error(service, protocol):
    check_errors(wire_of(service, protocol))


def test_who_speaks_what():
    """The whole table, so that a change of botocore is seen; the order is that of its versions."""
    spoken = {name: set(protocols(name)) for name in (*SIMULATED, "backup", "ec2", "route53")}
    assert spoken == {
        "account": {"rest-json"},
        "backup": {"rest-json"},
        "cloudwatch": {"json", "query"},
        "efs": {"rest-json"},
        "kms": {"json"},
        "sts": {"query"},
        "route53": {"rest-xml"},
        "ec2": {"ec2"},
    }


def model_protocols(wire):
    metadata = wire.model.metadata
    return (*metadata.get("protocols", ()), metadata["protocol"])


@pytest.mark.slow
def test_all_services_of_botocore():
    """Those that nobody here has thought of: a user may answer any operation."""
    for service in sorted(service_names()):
        for protocol in protocols(service):
            wire = wire_of(service, protocol)
            check_answers(wire)
            check_errors(wire)
            # Of services that have CBOR alone there are no other requests.
            if protocol in model_protocols(wire):
                check_requests(wire)


MALFORMED = [
    ("kms", "json", b"{", {"x-amz-target": "TrentService.DescribeKey"}, "SerializationException"),
    ("kms", "json", b"[]", {"x-amz-target": "TrentService.DescribeKey"}, "SerializationException"),
    ("sts", "query", b"\xff=1", {}, "MalformedQueryString"),
    ("sts", "query", b"&".join([b"a=1"] * 20_000), {}, "MalformedQueryString"),
    (
        "sts",
        "query",
        b"Action=GetCallerIdentity&" + b".".join([b"a"] * 100) + b"=1",
        {},
        "MalformedQueryString",
    ),
]

WATCHED = {"x-amz-target": "GraniteServiceVersion20100801.GetMetricData"}
for TIME in (b'"soon"', b"1e300", b'"2026-13-01T00:00:00Z"'):
    BODY = b'{"StartTime": %s}' % TIME
    MALFORMED.append(("cloudwatch", "json", BODY, WATCHED, "SerializationException"))
    FORM = b"Action=GetMetricData&StartTime=" + TIME.strip(b'"')
    MALFORMED.append(("cloudwatch", "query", FORM, {}, "MalformedQueryString"))


@pytest.mark.parametrize(("service", "protocol", "body", "headers", "code"), MALFORMED)
def test_a_request_that_cannot_be_read(service, protocol, body, headers, code):
    wire = wire_of(service, protocol)
    reply = wire.dispatch(Nobody(), WireRequest("POST", "/", "us-east-1", body, headers))
    operation = wire.model.operation_model(wire.model.operation_names[0])
    read = parse(reply, operation, protocol)
    assert (reply.status, read["Error"]["Code"]) == (400, code)
    assert read["Error"]["Message"]


@pytest.mark.parametrize("body", [b"<", b"<a></b>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_xml_that_cannot_be_read(body):
    wire = wire_of("route53", "rest-xml")
    request = WireRequest("POST", "/2013-04-01/hostedzone/Z1/rrset", "us-east-1", body)
    reply = wire.dispatch(Nobody(), request)
    read = parse(reply, wire.model.operation_model("GetChange"), "rest-xml")
    assert (reply.status, read["Error"]["Code"]) == (400, "MalformedXML")


class Nobody:
    """An account that is not asked: the request fails before."""

    request_id = "id"
