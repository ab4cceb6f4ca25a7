"""Replies parsed by botocore's own parser, for calls that need not be fast."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.parsers import ResponseParser, ResponseParserFactory

from efssim.aws.protocol.wire import Reply
from efssim.json_values import WireObject, WireValue


def parse(reply: Reply, operation: OperationModel) -> WireObject:
    """Return boto3's return value for a reply, or the `response` of its ClientError."""
    parsed = _parsed(reply, operation.output_shape)
    if reply.status < 300:
        return parsed
    # The members of an error are read in a second pass, as in botocore.endpoint.
    model: ServiceModel = operation.service_model
    shape = model.shape_for_error_code(_error_code(parsed))
    return parsed if shape is None else parsed | _parsed(reply, shape)


def _error_code(parsed: WireObject) -> WireValue:
    error = parsed["Error"]
    assert isinstance(error, Mapping)
    return error["Code"]


def _parsed(reply: Reply, shape: Shape | None) -> WireObject:
    response = {
        "status_code": reply.status,
        "headers": http_response(reply).headers,
        "body": reply.body,
        "context": {},
    }
    parsed: WireObject = _parser().parse(response, shape)
    return parsed


def http_response(reply: Reply) -> AWSResponse:
    """Return a reply as a response object of botocore."""
    return AWSResponse("", reply.status, reply.headers, None)


@cache
def _parser() -> ResponseParser:
    factory = ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=_utc)
    return factory.create_parser("rest-json")


def _utc(seconds: float) -> datetime:
    """Return a timestamp in UTC; botocore's own is in the machine's time zone."""
    return datetime.fromtimestamp(seconds, UTC)
