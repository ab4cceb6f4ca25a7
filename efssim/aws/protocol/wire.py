"""EFS's REST-JSON protocol from botocore's service model: HTTP requests in, HTTP replies out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl, unquote

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

from efssim.aws.protocol.shapes import Converter, converter
from efssim.aws.world import Answerer
from efssim.json_values import JsonObject, JsonValue, WireObject, json_object
from efssim.model.entities.errors import EfsError, NotSimulatedError
from efssim.scenario.operations.table import OPERATIONS

_JSON = "application/json"


@dataclass(frozen=True)
class WireRequest:
    """An HTTP request to EFS in a Region; `target` is its path with the query string."""

    method: str
    target: str
    region: str
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An HTTP reply. It has no Content-Length, which a server adds."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Wire:
    """The protocol of EFS."""

    def __init__(self) -> None:
        loader = Loader()
        self.model = ServiceModel(loader.load_service_model("efs", "service-2"), "efs")
        self._routes = list(_routes(self.model))
        self._statuses: dict[str, int] = {}
        self._to_json: dict[str, Converter | None] = {}

    def dispatch(self, account: Answerer, request: WireRequest) -> Reply:
        """Answer a request; its errors are in the reply and never raised, as with EFS."""
        try:
            operation, parameters = self.read(request)
            if operation.name not in OPERATIONS:
                raise NotSimulatedError("efs", operation.name)
            answer = account.call(operation.name, parameters, region=request.region)
        except EfsError as error:
            return self.error(error, account.request_id)
        except NotSimulatedError as error:
            return not_simulated(error, account.request_id)
        return self.answer(operation.name, answer, account.request_id)

    def read(self, request: WireRequest) -> tuple[OperationModel, JsonObject]:
        """Return the operation and parameters of a request; EfsError if it has none."""
        path, _, query = request.target.partition("?")
        for method, pattern, operation in self._routes:
            found = pattern.fullmatch(path)
            if method == request.method and found is not None:
                uri = {name: unquote(text) for name, text in found.groupdict().items()}
                return operation, _parameters(operation, uri, query, request.body)
        raise NotSimulatedError("efs", f"{request.method} {path}")

    def answer(self, operation: str, answer: WireObject, request_id: str) -> Reply:
        """Return the reply of a call that succeeds."""
        status = self.status(operation)
        headers = self.headers(operation, request_id)
        convert = self._converter(operation)
        if convert is None:
            return Reply(status, headers)
        return Reply(status, headers, json.dumps(convert(answer)).encode())

    def headers(self, operation: str, request_id: str) -> dict[str, str]:
        """Return the headers of the reply of a call that succeeds."""
        if self._converter(operation) is not None:
            return {"x-amzn-requestid": request_id, "content-type": _JSON}
        return {"x-amzn-requestid": request_id}

    def status(self, operation: str) -> int:
        """Return the HTTP status of a call that succeeds."""
        if operation not in self._statuses:
            found = self.model.operation_model(operation).http["responseCode"]
            self._statuses[operation] = found
        return self._statuses[operation]

    def _converter(self, operation: str) -> Converter | None:
        """Return the converter of an answer to JSON; None for an operation without a body."""
        if operation not in self._to_json:
            shape = self.model.operation_model(operation).output_shape
            self._to_json[operation] = None if shape is None else converter(shape)
        return self._to_json[operation]

    def error(self, error: EfsError, request_id: str) -> Reply:
        """Return the reply of a call that fails."""
        return _failure(error.code, error.http_status, error.message, request_id, error.members)


@cache
def efs_wire() -> Wire:
    """Return the protocol of EFS, read once: it is a constant of the installed botocore."""
    return Wire()


def not_simulated(error: NotSimulatedError, request_id: str) -> Reply:
    """Return the reply to a call of an operation that is not simulated."""
    return _failure(error.code, error.status, str(error), request_id, {})


def _failure(
    code: str, status: int, message: str, request_id: str, members: Mapping[str, str]
) -> Reply:
    headers = {
        "x-amzn-requestid": request_id,
        "x-amzn-errortype": code,
        "content-type": _JSON,
    }
    body = {"ErrorCode": code, "Message": message, **members}
    return Reply(status, headers, json.dumps(body).encode())


def _routes(model: ServiceModel) -> Iterator[tuple[str, re.Pattern[str], OperationModel]]:
    for name in model.operation_names:
        operation = model.operation_model(name)
        path = operation.http["requestUri"].rstrip("/")
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
        yield operation.http["method"], re.compile(f"{pattern}/?"), operation


def _parameters(
    operation: OperationModel, uri: dict[str, str], query: str, body: bytes
) -> JsonObject:
    """Return the parameters of a request, unknown to the service model or not."""
    read = _object(body)
    given: dict[str, list[str]] = {}
    for key, text in parse_qsl(query, keep_blank_values=True):
        given.setdefault(key, []).append(text)
    shape = operation.input_shape
    for name, member in ({} if shape is None else shape.members).items():
        where, key = member.serialization.get("location"), member.serialization.get("name", name)
        if where == "uri":
            read[name] = uri[key]
        elif where == "querystring" and key in given:
            read[name] = _from_query(member, given[key])
    return read


def _object(body: bytes) -> JsonObject:
    try:
        return json_object(body)
    except ValueError as error:
        raise EfsError("BadRequest", f"The body of the request: {error}") from None


def _from_query(shape: Shape, texts: list[str]) -> JsonValue:
    """Return a value of the query string; text that is no number stays text, to be refused."""
    if shape.type_name == "list":
        return texts
    if shape.type_name == "integer":
        return int(texts[0]) if re.fullmatch(r"-?\d{1,18}", texts[0]) else texts[0]
    return texts[0]
