"""REST protocols: an operation is a method and a path, and a parameter may stand in any of them."""

from __future__ import annotations

import base64
import json
import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree.ElementTree import Element, SubElement

from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from efssim.aws.protocol.wires import json_form, xml_form
from efssim.aws.protocol.wires.messages import (
    Failure,
    MalformedRequestError,
    Reply,
    WireRequest,
)
from efssim.aws.protocol.wires.scalars import text_of, value_of
from efssim.aws.protocol.wires.wire import REQUEST_ID, Wire
from efssim.json_values import WireObject, json_object
from efssim.model.entities.errors import NotSimulatedError

_LABEL = re.compile(r"\{(\w[\w-]*)(\+?)\}")
_RAW = ("blob", "string")


@dataclass(frozen=True)
class Route:
    """The method, the path, and the parts of query string and headers that an operation needs."""

    operation: str
    method: str
    path: re.Pattern[str]
    literal: int
    """Characters of the path that are no label."""
    labels: tuple[str, ...]
    query: frozenset[tuple[str, str]]
    """The fixed part of the query string."""
    queried: frozenset[str]
    """Names of the query string that are required."""
    headers: frozenset[str]
    """Headers that are required, in lower case."""
    is_deprecated: bool

    @property
    def rank(self) -> tuple[int, int, int, bool]:
        """Return where it stands among those that fit a request: the most particular is first."""
        needed = len(self.queried) + len(self.headers)
        return (-len(self.query), -needed, -self.literal, self.is_deprecated)

    def match(self, request: WireRequest) -> dict[str, str] | None:
        """Return the labels of a request; None where it is for another operation."""
        found = self.path.fullmatch(request.path) if request.method == self.method else None
        if found is None or not self.headers <= request.headers.keys():
            return None
        if self.query or self.queried:
            given = parse_qsl(request.query, keep_blank_values=True)
            if not self.query <= set(given) or not self.queried <= dict(given).keys():
                return None
        return dict(zip(self.labels, map(unquote, found.groups()), strict=True))


def routes(model: ServiceModel) -> list[Route]:
    """Return the routes of a service, the most particular first.

    Parameters that are required tell operations apart only where their paths do not.
    """
    made = [_route(model.operation_model(name)) for name in model.operation_names]
    shared = Counter((route.method, route.path.pattern) for route in made)
    alone = (
        route
        if shared[route.method, route.path.pattern] > 1
        else replace(route, queried=frozenset(), headers=frozenset())
        for route in made
    )
    return sorted(alone, key=lambda route: route.rank)


def _route(operation: OperationModel) -> Route:
    path, _, query = operation.http["requestUri"].partition("?")
    labels, pattern, end = [], "", 0
    trimmed = path.rstrip("/")
    for found in _LABEL.finditer(trimmed):
        labels.append(found[1])
        pattern += re.escape(trimmed[end : found.start()]) + ("(.+)" if found[2] else "([^/]+)")
        end = found.end()
    pattern += re.escape(trimmed[end:]) + "/?"
    return Route(
        operation.name,
        operation.http["method"],
        re.compile(pattern),
        len(_LABEL.sub("", trimmed)),
        tuple(labels),
        frozenset(parse_qsl(query, keep_blank_values=True)),
        _required(operation, "querystring"),
        frozenset(name.lower() for name in _required(operation, "header")),
        operation.deprecated,
    )


def _required(operation: OperationModel, location: str) -> frozenset[str]:
    """Return the names of required parameters that stand in a part of the request."""
    shape = operation.input_shape
    if shape is None:
        return frozenset()
    return frozenset(
        shape.members[name].serialization.get("name", name)
        for name in shape.required_members
        if shape.members[name].serialization.get("location") == location
    )


class RestWire(Wire):
    """A service in a REST protocol."""

    def __init__(self, model: ServiceModel) -> None:
        super().__init__(model)
        self._routes = routes(model)
        self._statuses: dict[str, int] = {}
        self._has_answer: dict[str, bool] = {}

    def route(self, request: WireRequest) -> tuple[str, dict[str, str]] | None:
        """Return operation and labels of a request; None where the service has no such path."""
        for route in self._routes:
            labels = route.match(request)
            if labels is not None:
                return route.operation, labels
        return None

    def read(self, request: WireRequest) -> tuple[OperationModel, WireObject]:
        """Return operation and parameters of a request, known to the model or not."""
        found = self.route(request)
        if found is None:
            raise NotSimulatedError(self.service, f"{request.method} {request.path}")
        operation, shape = self.operation(found[0]), self.operation(found[0]).input_shape
        if shape is None:
            return operation, self.read_body(None, request.body)
        payload = shape.serialization.get("payload")
        if payload is None:
            made = self.read_body(shape, request.body)
        elif request.body or shape.members[payload].type_name == "blob":
            made = {payload: self._read_payload(shape.members[payload], request.body)}
        else:
            made = {}
        made.update(_located(shape, found[1], request))
        return operation, made

    def _read_payload(self, shape: Shape, body: bytes) -> Any:
        if shape.type_name == "blob":
            return body
        if shape.type_name == "string":
            return body.decode(errors="replace")
        return self.read_body(shape, body)

    def status(self, operation: str) -> int:
        """Return the HTTP status of a call that succeeds."""
        if operation not in self._statuses:
            found = self.operation(operation).http.get("responseCode", 200)
            self._statuses[operation] = found
        return self._statuses[operation]

    def answer(self, operation: str, answer: WireObject, request_id: str) -> Reply:
        """Return the reply of a call that succeeds."""
        headers = self.headers(operation, request_id)
        status = self.status(operation)
        shape = self.operation(operation).output_shape
        if shape is None:
            return Reply(status, headers)
        for name, value in answer.items():
            member = shape.members[name]
            where = member.serialization.get("location")
            if where == "statusCode":
                status = int(str(value))
            elif where is not None:
                headers.update(_header_lines(member, name, value))
        payload = shape.serialization.get("payload")
        if payload is None:
            return Reply(status, headers, self.body(shape, answer))
        if payload not in answer:
            return Reply(status, headers)
        return Reply(status, headers, self._payload(shape.members[payload], payload, answer))

    def _payload(self, shape: Shape, name: str, answer: WireObject) -> bytes:
        value = answer[name]
        if shape.type_name in _RAW:
            return value if isinstance(value, bytes) else str(value).encode()
        return self.payload_body(shape, value)

    def headers(self, operation: str, request_id: str) -> dict[str, str]:
        """Return the headers of the reply of a call that succeeds, but for those of its answer."""
        if operation not in self._has_answer:
            shape = self.operation(operation).output_shape
            self._has_answer[operation] = shape is not None
        if not self._has_answer[operation]:
            return {REQUEST_ID: request_id}
        return {REQUEST_ID: request_id, "content-type": self.content_type}

    content_type: str

    @abstractmethod
    def read_body(self, shape: Shape | None, body: bytes) -> WireObject:
        """Return the members that stand in a body."""

    @abstractmethod
    def body(self, shape: StructureShape, answer: WireObject) -> bytes:
        """Return the body of an answer without a payload of its own."""

    @abstractmethod
    def payload_body(self, shape: Shape, value: Any) -> bytes:
        """Return the body of an answer of which one member is the whole body."""


def _located(
    shape: StructureShape, labels: dict[str, str], request: WireRequest
) -> Iterator[tuple[str, Any]]:
    """Yield the parameters that stand in path, query string and headers."""
    given: dict[str, list[str]] = {}
    for key, text in parse_qsl(request.query, keep_blank_values=True):
        given.setdefault(key, []).append(text)
    fixed = {part.serialization.get("name") for part in shape.members.values()}
    for name, member in shape.members.items():
        where, key = member.serialization.get("location"), member.serialization.get("name", name)
        if where == "uri":
            yield name, value_of(member, labels[key])
        elif where == "querystring" and isinstance(member, MapShape):
            others = {each: texts for each, texts in given.items() if each not in fixed}
            if others:
                yield name, {each: _queried(member.value, texts) for each, texts in others.items()}
        elif where == "querystring" and key in given:
            yield name, _queried(member, given[key])
        elif where == "header" and key.lower() in request.headers:
            yield name, _from_header(member, request.headers[key.lower()])
        elif where == "headers":
            found = _prefixed(member, request)
            if found:
                yield name, found


def _queried(shape: Shape, texts: list[str]) -> Any:
    if isinstance(shape, ListShape):
        return [value_of(shape.member, text) for text in texts]
    return value_of(shape, texts[0])


def _from_header(shape: Shape, text: str) -> Any:
    if isinstance(shape, ListShape):
        return [value_of(shape.member, part.strip()) for part in text.split(",")]
    if shape.serialization.get("jsonvalue"):
        return _json_value(text)
    return value_of(shape, text)


def _json_value(text: str) -> Any:
    """Return a value that a header has as JSON in base 64, or the text where it has none."""
    try:
        return json.loads(base64.b64decode(text, validate=True))
    except (ValueError, RecursionError):
        return text


def _prefixed(shape: Shape, request: WireRequest) -> dict[str, str]:
    prefix = shape.serialization.get("name", "").lower()
    return {
        name[len(prefix) :]: text
        for name, text in request.headers.items()
        if name.startswith(prefix)
    }


def _header_lines(shape: Shape, name: str, value: Any) -> Iterator[tuple[str, str]]:
    key = shape.serialization.get("name", name)
    if isinstance(shape, MapShape):
        prefix = shape.serialization.get("name", "")
        for part, text in value.items():
            yield f"{prefix}{part}", _line(text)
    elif isinstance(shape, ListShape):
        yield key, _line(",".join(text_of(shape.member, part, "rfc822") for part in value))
    elif shape.serialization.get("jsonvalue"):
        yield key, base64.b64encode(json.dumps(value).encode()).decode()
    else:
        yield key, _line(text_of(shape, value, "rfc822"))


def _line(text: str) -> str:
    """Return a text as it can stand in a header: in one line."""
    return " ".join(text.splitlines())


class RestJsonWire(RestWire):
    """A service in rest-json."""

    protocol, malformed, content_type = "rest-json", "SerializationException", "application/json"

    def __init__(self, model: ServiceModel) -> None:
        super().__init__(model)
        self._converters: dict[str, json_form.Converter] = {}

    def read_body(self, shape: Shape | None, body: bytes) -> WireObject:
        """Return the members that stand in a body."""
        try:
            given = json_object(body)
        except ValueError as error:
            raise MalformedRequestError(f"The body of the request: {error}") from None
        if isinstance(shape, StructureShape) and not shape.is_document_type:
            return json_form.read_members(shape, given)
        return dict(given)

    def body(self, shape: StructureShape, answer: WireObject) -> bytes:
        """Return the body of an answer without a payload of its own."""
        if shape.name not in self._converters:
            self._converters[shape.name] = json_form.converter(shape)
        inside = {
            name: value
            for name, value in answer.items()
            if "location" not in shape.members[name].serialization
        }
        return json.dumps(self._converters[shape.name](inside)).encode()

    def payload_body(self, shape: Shape, value: Any) -> bytes:
        """Return the body of an answer of which one member is the whole body."""
        return json.dumps(json_form.converter(shape)(value)).encode()

    def failure(self, failure: Failure, request_id: str) -> Reply:
        """Return the reply of a call that fails."""
        headers = {
            REQUEST_ID: request_id,
            "x-amzn-errortype": failure.code,
            "content-type": self.content_type,
        }
        return Reply(failure.status, headers, json.dumps(self.error_members(failure)).encode())


class EfsWire(RestJsonWire):
    """EFS in rest-json, whose errors have their code in the body as well."""

    malformed = "BadRequest"

    def error_members(self, failure: Failure) -> dict[str, str]:
        """Return the members of an error."""
        return {"ErrorCode": failure.code, "Message": failure.message, **failure.members}


class RestXmlWire(RestWire):
    """A service in rest-xml."""

    protocol, malformed, content_type = "rest-xml", "MalformedXML", "text/xml"

    def read_body(self, shape: Shape | None, body: bytes) -> WireObject:
        """Return the members that stand in a body."""
        if not body or not isinstance(shape, StructureShape):
            return {}
        return xml_form.read_members(shape, xml_form.parsed(body))

    def body(self, shape: StructureShape, answer: WireObject) -> bytes:
        """Return the body of an answer without a payload of its own."""
        inside = [part for part in shape.members.values() if "location" not in part.serialization]
        return self.payload_body(shape, answer) if inside else b""

    def payload_body(self, shape: Shape, value: Any) -> bytes:
        """Return the body of an answer of which one member is the whole body."""
        holder = Element("holder")
        xml_form.add(holder, shape.serialization.get("name", shape.name), shape, value)
        root = holder[0]
        uri = shape.serialization.get("xmlNamespace", {}).get("uri")
        if uri:
            root.set("xmlns", uri)
        return xml_form.document(root)

    def failure(self, failure: Failure, request_id: str) -> Reply:
        """Return the reply of a call that fails."""
        root = Element("ErrorResponse")
        error = SubElement(root, "Error")
        xml_form.add_text(error, "Type", "Sender" if failure.status < 500 else "Receiver")
        xml_form.add_text(error, "Code", failure.code)
        xml_form.add_text(error, "Message", failure.message)
        for name, text in failure.members.items():
            xml_form.add_text(error, name, text)
        xml_form.add_text(root, "RequestId", request_id)
        headers = {REQUEST_ID: request_id, "content-type": self.content_type}
        return Reply(failure.status, headers, xml_form.document(root))
