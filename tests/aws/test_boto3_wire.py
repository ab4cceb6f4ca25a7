"""HTTP requests to the wire, and its replies; what botocore makes and reads is in `doors.py`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.parsers import create_parser
from botocore.validate import ParamValidator
from helpers.account import AWAY, HOME, Account
from helpers.doors import NAMES, WIRE, Door, as_request
from hypothesis import given, settings
from hypothesis import strategies as st

from efssim.aws.protocol.parsing import parse
from efssim.aws.protocol.wires.json_form import converter
from efssim.aws.protocol.wires.messages import WireRequest
from efssim.scenario.operations.table import OPERATIONS

ROOT = "/2015-02-01"


@pytest.fixture
def door():
    made = Door()
    made.account = Account()
    return made


def dispatch(door, method, target, body=b"", region=HOME):
    return WIRE.dispatch(door, WireRequest(method, target, region, body))


def test_a_request_is_answered_in_json(door):
    reply = dispatch(door, "GET", f"{ROOT}/file-systems?MaxItems=5")
    assert reply.status == 200
    assert reply.headers == {"x-amzn-requestid": "request-1", "content-type": "application/json"}
    (only,) = json.loads(reply.body)["FileSystems"]
    assert only["CreationTime"] == 1767225600.0
    assert only["CreationToken"] == "orders"


def test_an_operation_without_an_answer_has_no_body(door):
    door.account.replicate(Region=AWAY)
    source = door.account.find("orders").id
    door.account.advance(200)
    target = f"{ROOT}/file-systems/{source}/replication-configuration"
    reply = dispatch(door, "DELETE", f"{target}?deletionMode=ALL_CONFIGURATIONS")
    assert (reply.status, reply.body, list(reply.headers)) == (204, b"", ["x-amzn-requestid"])


def test_ids_may_be_arns(door):
    arn = door.account.find("orders").arn
    quoted = arn.replace(":", "%3A").replace("/", "%2F")
    reply = dispatch(door, "GET", f"{ROOT}/file-systems/{quoted}/lifecycle-configuration")
    assert (reply.status, json.loads(reply.body)) == (200, {"LifecyclePolicies": []})


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "code"),
    [
        ("GET", "/", b"", 501, "NotImplemented"),
        ("PATCH", f"{ROOT}/file-systems", b"", 501, "NotImplemented"),
        ("PUT", f"{ROOT}/account-preferences", b"", 501, "NotImplemented"),
        ("GET", f"{ROOT}/mount-targets", b"", 400, "BadRequest"),
        ("POST", f"{ROOT}/file-systems", b"{", 400, "BadRequest"),
        ("POST", f"{ROOT}/file-systems", b"[]", 400, "BadRequest"),
        ("POST", f"{ROOT}/file-systems", b"\xff", 400, "BadRequest"),
        ("POST", f"{ROOT}/file-systems", b"{}", 400, "BadRequest"),
        ("POST", f"{ROOT}/file-systems", b'{"Unknown": 1}', 400, "BadRequest"),
        ("GET", f"{ROOT}/file-systems?MaxItems=many", b"", 400, "BadRequest"),
        ("GET", f"{ROOT}/file-systems?MaxItems=", b"", 400, "BadRequest"),
        ("GET", f"{ROOT}/file-systems?MaxItems=0", b"", 400, "BadRequest"),
        ("GET", f"{ROOT}/file-systems?FileSystemId=fs-00000000", b"", 404, "FileSystemNotFound"),
    ],
)
def test_what_is_wrong_with_a_request_is_in_the_reply(door, method, target, body, status, code):
    reply = dispatch(door, method, target, body)
    said = json.loads(reply.body)
    assert (reply.status, said["ErrorCode"], reply.headers["x-amzn-errortype"]) == (
        status,
        code,
        code,
    )
    assert said["Message"]


def test_every_operation_of_the_model_has_one_route():
    """As botocore builds it: the request of each operation is read as that operation."""
    for name in NAMES:
        operation = WIRE.model.operation_model(name)
        path = operation.http["requestUri"]
        for part in path.split("/"):
            if part.startswith("{"):
                path = path.replace(part, "fs-01234567")
        found, _ = WIRE.read(WireRequest(operation.http["method"], path, HOME))
        assert found.name == name


# Random answers: our bytes, read by botocore's parser, are the answer


# Up to 2191: from 2242 on, seconds as a double are no longer exact to the microsecond.
MOMENTS = st.integers(0, 7_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)
SCALARS = {
    "string": st.text(max_size=8),
    "integer": st.integers(0, 2**31),
    "long": st.integers(0, 2**53),
    "double": st.floats(0, 1e9),
    "boolean": st.booleans(),
    "timestamp": MOMENTS,
}


def values(shape):
    if shape.type_name == "structure":
        members = {name: values(part) for name, part in shape.members.items()}
        return st.fixed_dictionaries(
            {name: members[name] for name in shape.required_members},
            optional={
                name: part for name, part in members.items() if name not in shape.required_members
            },
        )
    if shape.type_name == "list":
        return st.lists(values(shape.member), max_size=3)
    return SCALARS[shape.type_name]


WITH_ANSWER = [name for name in OPERATIONS.names if WIRE.model.operation_model(name).output_shape]


@pytest.mark.parametrize("name", WITH_ANSWER)
def test_the_bytes_of_an_answer_are_read_back(name):
    operation = WIRE.model.operation_model(name)

    @settings(max_examples=25, deadline=None)
    @given(values(operation.output_shape))
    def check(answer):
        read = parse(WIRE.answer(name, answer, "id"), operation)
        assert read.pop("ResponseMetadata")["RequestId"] == "id"
        assert read == answer

    check()


def test_our_parser_differs_from_botocores_in_the_time_zone_only(door):
    """The one of a client without efssim reads the same instants."""
    reply = dispatch(door, "GET", f"{ROOT}/file-systems")
    operation = WIRE.model.operation_model("DescribeFileSystems")
    response = {"status_code": 200, "headers": reply.headers, "body": reply.body, "context": {}}
    plain = create_parser("rest-json").parse(response, operation.output_shape)
    assert plain["FileSystems"] == parse(reply, operation)["FileSystems"]


def test_a_member_that_is_none_or_unknown_is_a_bug():
    shape = WIRE.model.operation_model("DescribeFileSystems").output_shape
    with pytest.raises(TypeError, match="None"):
        converter(shape)({"NextMarker": None})
    with pytest.raises(KeyError):
        converter(shape)({"Unknown": 1})


def test_answers_are_valid_by_the_model(door):
    door.account.replicate(Region=AWAY)
    source = door.account.find("orders").id
    calls = {
        "DescribeFileSystems": {},
        "DescribeReplicationConfigurations": {},
        "DescribeLifecycleConfiguration": {"FileSystemId": source},
        "ListTagsForResource": {"ResourceId": source},
        "CreateFileSystem": {"CreationToken": "new"},
    }
    for name, parameters in calls.items():
        answer = door.call(name, parameters, region=HOME)
        report = ParamValidator().validate(answer, WIRE.model.operation_model(name).output_shape)
        assert not report.has_errors(), report.generate_report()


def test_a_request_of_botocore_is_dispatched(door):
    asked = door.client(HOME).describe_file_systems(MaxItems=3)
    reply = WIRE.dispatch(door, as_request(door.request, HOME))
    read = parse(reply, WIRE.model.operation_model("DescribeFileSystems"))
    assert read["FileSystems"] == asked["FileSystems"]
