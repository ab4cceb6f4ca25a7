"""Protocols in which every operation has the same path: awsJson, Query, and that of EC2."""

from __future__ import annotations

import json
from xml.etree.ElementTree import Element, SubElement

from botocore.model import OperationModel, ServiceModel, StructureShape

from efssim.aws.protocol.wires import json_form, query_form, xml_form
from efssim.aws.protocol.wires.messages import (
    Failure,
    MalformedRequestError,
    Reply,
    WireRequest,
)
from efssim.aws.protocol.wires.wire import REQUEST_ID, Wire
from efssim.json_values import WireObject, json_object
from efssim.model.entities.errors import NotSimulatedError

TARGET = "x-amz-target"


class AwsJsonWire(Wire):
    """A service in awsJson, of a version."""

    protocol, malformed = "json", "SerializationException"

    def __init__(self, model: ServiceModel, version: str) -> None:
        super().__init__(model)
        self._type = f"application/x-amz-json-{version}"
        self._converters: dict[str, json_form.Converter] = {}

    def read(self, request: WireRequest) -> tuple[OperationModel, WireObject]:
        """Return operation and parameters of a request."""
        name = request.headers.get(TARGET, "").rpartition(".")[2]
        if not self.has(name):
            raise NotSimulatedError(self.service, name or f"{request.method} {request.path}")
        operation = self.operation(name)
        try:
            given = json_object(request.body)
        except ValueError as error:
            raise MalformedRequestError(f"The body of the request: {error}") from None
        shape = operation.input_shape
        return operation, dict(given) if shape is None else json_form.read_members(shape, given)

    def answer(self, operation: str, answer: WireObject, request_id: str) -> Reply:
        """Return the reply of a call that succeeds."""
        shape = self.operation(operation).output_shape
        body: object = {}
        if shape is not None:
            if operation not in self._converters:
                self._converters[operation] = json_form.converter(shape)
            body = self._converters[operation](answer)
        return Reply(200, self._headers(request_id), json.dumps(body).encode())

    def failure(self, failure: Failure, request_id: str) -> Reply:
        """Return the reply of a call that fails."""
        body = {"__type": failure.code, **self.error_members(failure)}
        return Reply(failure.status, self._headers(request_id), json.dumps(body).encode())

    def _headers(self, request_id: str) -> dict[str, str]:
        return {REQUEST_ID: request_id, "content-type": self._type}


class QueryWire(Wire):
    """A service in AWS Query: a form in, XML out."""

    protocol, malformed = "query", "MalformedQueryString"
    names = query_form.QueryNames()

    def read(self, request: WireRequest) -> tuple[OperationModel, WireObject]:
        """Return operation and parameters of a request, in its body or its query string."""
        given = query_form.fields(request.body or request.query.encode())
        given = {key: text for key, text in given.items() if not key.startswith("X-Amz-")}
        given.pop("Version", None)
        name = given.pop("Action", "")
        if not self.has(name):
            raise NotSimulatedError(self.service, name or f"{request.method} {request.path}")
        operation = self.operation(name)
        tree = query_form.tree(given)
        return operation, query_form.read_members(operation.input_shape, tree, self.names)

    def answer(self, operation: str, answer: WireObject, request_id: str) -> Reply:
        """Return the reply of a call that succeeds."""
        root = self._root(f"{operation}Response")
        shape = self.operation(operation).output_shape
        if shape is not None:
            self._add_answer(root, shape, answer)
        self._add_request_id(root, request_id)
        return Reply(200, self._headers(request_id), xml_form.document(root))

    def _add_answer(self, root: Element, shape: StructureShape, answer: WireObject) -> None:
        wrapper = shape.serialization.get("resultWrapper")
        holder = root if wrapper is None else SubElement(root, wrapper)
        xml_form.add_members(holder, shape, answer)

    def _add_request_id(self, root: Element, request_id: str) -> None:
        xml_form.add_text(SubElement(root, "ResponseMetadata"), "RequestId", request_id)

    def failure(self, failure: Failure, request_id: str) -> Reply:
        """Return the reply of a call that fails."""
        root = self._root("ErrorResponse")
        error = SubElement(root, "Error")
        xml_form.add_text(error, "Type", "Sender" if failure.status < 500 else "Receiver")
        _add_error(error, failure)
        xml_form.add_text(root, "RequestId", request_id)
        return Reply(failure.status, self._headers(request_id), xml_form.document(root))

    def _root(self, tag: str) -> Element:
        uri = self.model.metadata.get("xmlNamespace")
        return Element(tag) if uri is None else Element(tag, {"xmlns": uri})

    def _headers(self, request_id: str) -> dict[str, str]:
        return {REQUEST_ID: request_id, "content-type": "text/xml"}


class Ec2Wire(QueryWire):
    """EC2 in its own protocol."""

    protocol, malformed = "ec2", "InvalidParameterValue"
    names = query_form.Ec2Names()

    def _add_answer(self, root: Element, shape: StructureShape, answer: WireObject) -> None:
        xml_form.add_members(root, shape, answer)

    def _add_request_id(self, root: Element, request_id: str) -> None:
        xml_form.add_text(root, "requestId", request_id)

    def failure(self, failure: Failure, request_id: str) -> Reply:
        """Return the reply of a call that fails."""
        root = Element("Response")
        _add_error(SubElement(SubElement(root, "Errors"), "Error"), failure)
        xml_form.add_text(root, "RequestID", request_id)
        return Reply(failure.status, self._headers(request_id), xml_form.document(root))


def _add_error(error: Element, failure: Failure) -> None:
    xml_form.add_text(error, "Code", failure.code)
    xml_form.add_text(error, "Message", failure.message)
    for name, text in failure.members.items():
        xml_form.add_text(error, name, text)
