"""Requests that come through a port, to the service and the protocol that they are for.

A signed request names its service. Others are told by `X-Amz-Target`, by `Version` of a form, or by
their paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from efssim.aws.protocol.wires.calling import SIMULATED
from efssim.aws.protocol.wires.messages import (
    Failure,
    MalformedRequestError,
    Reply,
    WireRequest,
)
from efssim.aws.protocol.wires.query_form import fields
from efssim.aws.protocol.wires.rest import RestWire
from efssim.aws.protocol.wires.rpc import TARGET
from efssim.aws.protocol.wires.table import (
    own_wire,
    protocols,
    service_names,
    signing_name,
    target_prefix,
    wire_of,
)
from efssim.aws.protocol.wires.wire import Wire
from efssim.aws.world import SimulatedWorld
from efssim.model.entities.errors import NotSimulatedError

_SCOPE = re.compile(r"Credential=[^/\s]+/\d{8}/([^/\s]+)/([^/\s]+)/aws4_request")
_JSON_TYPE = re.compile(r"application/x-amz-json-(1\.[01])")
_XML_SERVICES = ("cloudfront", "route53", "s3")
"""Names by which requests are signed for services of rest-xml: there are no others in botocore."""
_NO_CBOR = "efssim does not speak CBOR: use a client that sends awsJson or Query, as boto3 does."


@dataclass(frozen=True)
class Scope:
    """The Region and the service that a request is signed for; empty for one that is not."""

    region: str = ""
    service: str = ""

    @classmethod
    def of(cls, authorization: str, target: str) -> Scope:
        """Return the scope in the header, or in the query string of a presigned request."""
        found = _SCOPE.search(authorization)
        if found is None and "X-Amz-Credential=" in target:
            found = _SCOPE.search(unquote(target))
        return cls() if found is None else cls(found[1], found[2])


def answer(world: SimulatedWorld, request: WireRequest, signed_for: str) -> Reply:
    """Answer a request for a service; errors are in the reply, in the client's protocol."""
    kind = request.headers.get("content-type", "")
    if "rpc-v2-cbor" in request.headers.get("smithy-protocol", "") or kind == "application/cbor":
        return _without_cbor(world.request_id)
    services = dict.fromkeys((*SIMULATED, *world.answered_services))
    found = [name for name in services if signed_for in ("", signing_name(name))]
    try:
        wire = _wire(found, request, signed_for)
        if wire is not None:
            return wire.dispatch(world, request)
        refused = NotSimulatedError(*_named(request, signed_for))
        return _refusing(request, signed_for).error(refused, world.request_id)
    except MalformedRequestError as error:
        failure = Failure("MalformedQueryString", 400, str(error))
        return wire_of("sts", "query").failure(failure, world.request_id)


def _wire(found: list[str], request: WireRequest, signed_for: str) -> Wire | None:
    """Return the service that a request is for, in the protocol of the request, or None."""
    if TARGET in request.headers:
        return _of_target(found, request)
    form = _form(request)
    if form is not None:
        return next(_of_form(found, form), None)
    rest = [wire for name in found if isinstance(wire := own_wire(name), RestWire)]
    known = next((wire for wire in rest if wire.route(request) is not None), None)
    # A service that is signed for says itself that it does not know a path.
    return known or (rest[0] if rest and signed_for else None)


def _of_target(found: list[str], request: WireRequest) -> Wire | None:
    """Return the service of X-Amz-Target, in the version of awsJson of the request."""
    prefix = request.headers[TARGET].rpartition(".")[0]
    for name in found:
        if "json" in protocols(name) and target_prefix(name) == prefix:
            return wire_of(name, "json", _json_version(request))
    return None


def _json_version(request: WireRequest) -> str:
    found = _JSON_TYPE.search(request.headers.get("content-type", ""))
    return "" if found is None else found[1]


def _form(request: WireRequest) -> dict[str, str] | None:
    """Return the fields of a call in Query or in the protocol of EC2; None for other requests."""
    if request.path not in ("/", ""):
        return None
    kind = request.headers.get("content-type", "")
    if request.method == "POST" and kind.startswith("application/x-www-form-urlencoded"):
        return fields(request.body)
    if request.method == "GET" and "Action=" in request.query:
        return fields(request.query.encode())
    return None


def _of_form(found: list[str], form: dict[str, str]) -> Iterator[Wire]:
    """Yield the services of a form: those whose API has its version and its operation, first."""
    spoken = [
        wire_of(name, protocol)
        for name in found
        for protocol in protocols(name)
        if protocol in ("query", "ec2")
    ]
    version, action = form.get("Version"), form.get("Action", "")
    ours = [wire for wire in spoken if version in (None, wire.model.api_version)]
    yield from (wire for wire in ours if wire.has(action))
    yield from ours


def _named(request: WireRequest, signed_for: str) -> tuple[str, str]:
    """Return service and operation of a request for a service that nothing answers, in words."""
    prefix, _, operation = request.headers.get(TARGET, "").rpartition(".")
    form = _form(request)
    if operation:
        return signed_for or prefix or "AWS", operation
    if form is not None and "Action" in form:
        return signed_for or "a service", form["Action"]
    if signed_for in service_names() and isinstance(wire := own_wire(signed_for), RestWire):
        route = wire.route(request)
        if route is not None:
            return signed_for, route[0]
    return signed_for or "AWS", f"{request.method} {request.path}"


def _refusing(request: WireRequest, signed_for: str) -> Wire:
    """Return a service that speaks the protocol of a request, whose error any client reads."""
    if TARGET in request.headers:
        return wire_of("kms", "json", _json_version(request))
    if _form(request) is not None:
        return wire_of("ec2", "ec2") if signed_for == "ec2" else wire_of("sts", "query")
    if signed_for in _XML_SERVICES:
        return wire_of("route53", "rest-xml")
    return wire_of("efs", "rest-json")


def _without_cbor(request_id: str) -> Reply:
    """Return the refusal of CBOR, in CBOR: a map of two texts, which such a client shows."""
    entries = {"__type": "UnsupportedMediaType", "message": _NO_CBOR}
    body = bytes([0xA0 + len(entries)])
    body += b"".join(_cbor_text(part) for pair in entries.items() for part in pair)
    headers = {
        "x-amzn-requestid": request_id,
        "smithy-protocol": "rpc-v2-cbor",
        "content-type": "application/cbor",
    }
    return Reply(415, headers, body)


def _cbor_text(text: str) -> bytes:
    encoded = text.encode()
    assert len(encoded) < 256
    head = bytes([0x60 + len(encoded)]) if len(encoded) < 24 else bytes([0x78, len(encoded)])
    return head + encoded
