"""Replies parsed by botocore's own parsers, for calls that need not be fast."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.parsers import ResponseParser, ResponseParserFactory
from botocore.response import StreamingBody
from botocore.utils import parse_timestamp

from efssim.aws.protocol.wires.messages import Reply
from efssim.json_values import WireObject, WireValue


def parse(reply: Reply, operation: OperationModel, protocol: str = "rest-json") -> WireObject:
    """Return boto3's return value for a reply, or the `response` of its ClientError."""
    if reply.status < 300:
        streamed = operation.has_streaming_output
        return _parsed(reply, operation.output_shape, protocol, streamed)
    parsed = _parsed(reply, operation.output_shape, protocol)
    # The members of an error are read in a second pass, as in botocore.endpoint.
    model: ServiceModel = operation.service_model
    shape = model.shape_for_error_code(_error_code(parsed))
    return parsed if shape is None else parsed | _parsed(reply, shape, protocol)


def _error_code(parsed: WireObject) -> WireValue:
    error = parsed["Error"]
    assert isinstance(error, Mapping)
    return error["Code"]


def _parsed(reply: Reply, shape: Shape | None, protocol: str, streamed: bool = False) -> WireObject:
    body = StreamingBody(io.BytesIO(reply.body), len(reply.body)) if streamed else reply.body
    response = {
        "status_code": reply.status,
        "headers": http_response(reply).headers,
        "body": body,
        "context": {},
    }
    parsed: WireObject = _parser(protocol).parse(response, shape)
    return parsed


class AwaitedBody:
    """A stream of an answer as clients of aiobotocore read it: by waiting for it."""

    def __init__(self, body: StreamingBody) -> None:
        self._body = body

    async def read(self, amount: int | None = None) -> bytes:
        """Return so many bytes, or all that are left."""
        read: bytes = self._body.read(amount)
        return read

    async def __aenter__(self) -> AwaitedBody:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._body.close()


def with_awaited_bodies(parsed: WireObject) -> WireObject:
    """Return an answer whose streams are read by waiting for them."""
    return {
        name: AwaitedBody(part) if isinstance(part, StreamingBody) else part  # type: ignore[misc]  # no value of botocore's own parsers
        for name, part in parsed.items()
    }


def http_response(reply: Reply) -> AWSResponse:
    """Return a reply as a response object of botocore."""
    return AWSResponse("", reply.status, reply.headers, None)


@cache
def _parser(protocol: str) -> ResponseParser:
    factory = ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=_utc)
    return factory.create_parser(protocol)


def _utc(moment: float | str) -> datetime:
    """Return a timestamp in UTC; botocore's own is in the machine's time zone."""
    if isinstance(moment, int | float):
        return datetime.fromtimestamp(moment, UTC)
    found: datetime = parse_timestamp(moment)
    return found.astimezone(UTC)
