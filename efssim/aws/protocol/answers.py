"""Operations of AWS that a user answers, checked by botocore's models on their way in and out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.utils import parse_to_aware_datetime

from efssim.aws.protocol.wires.calling import is_simulated, problems
from efssim.aws.protocol.wires.table import protocols, service_model, service_names
from efssim.errors import ArgumentError, UsageError
from efssim.json_values import WireObject, WireValue
from efssim.model.entities.errors import EfsError
from efssim.text.suggestions import suggest

UserFunction = Callable[[WireObject, str], Mapping[str, WireValue]]
"""Takes the parameters of a call and its Region; returns its answer, or raises EfsError."""

_INVALID = {"query": "ValidationError", "ec2": "InvalidParameterValue", "rest-xml": "InvalidInput"}
"""Codes of parameters that the model forbids, by protocol; of others, ValidationException."""


def checked_answer(service: str, operation: str, function: UserFunction) -> UserAnswer:
    """Return a function that answers an operation, with the checks of botocore's model.

    ArgumentError for an operation that AWS has not, that is simulated, or that streams events;
    UsageError for anything but a function.
    """
    if not callable(function):
        raise UsageError(f"a function answers {operation}, and not {_kind(function)}")
    if service not in service_names():
        hint = suggest(service, sorted(service_names()))
        raise ArgumentError(f"botocore knows no service '{service}'{hint}")
    model = service_model(service)
    if operation not in model.operation_names:
        hint = suggest(operation, model.operation_names)
        raise ArgumentError(f"{service} has no operation '{operation}'{hint}")
    if is_simulated(service, operation):
        raise ArgumentError(f"{operation} of {service} is simulated, and needs no answer")
    found = model.operation_model(operation)
    if found.has_event_stream_input or found.has_event_stream_output:
        raise ArgumentError(f"{operation} of {service} streams events, which cannot be answered")
    return UserAnswer(found, function)


class UserAnswer:
    """A user's function that answers an operation."""

    def __init__(self, model: OperationModel, function: UserFunction) -> None:
        self._model, self._function = model, function
        self._name = f"{model.name} of {model.service_model.service_name}"

    def __call__(self, parameters: Mapping[str, WireValue], region: str) -> WireObject:
        """Answer a call; EfsError for parameters that the model forbids, or from the function.

        ArgumentError for an answer that the model forbids.
        """
        self._require_valid(parameters)
        try:
            answer = self._function(dict(parameters), region)
        except EfsError as error:
            error.http_status = self._status(error)
            raise
        shape = self._model.output_shape
        if not isinstance(answer, Mapping):
            raise ArgumentError(f"the answer to {self._name} is no dict but {_kind(answer)}")
        if shape is None:
            return {}
        wrong = problems(answer, shape)
        if wrong:
            raise ArgumentError(f"the answer to {self._name}: {wrong}")
        return {name: _normal(shape.members[name], part) for name, part in answer.items()}

    def _require_valid(self, parameters: Mapping[str, WireValue]) -> None:
        shape = self._model.input_shape
        if shape is None:
            return
        wrong = problems(parameters, shape)
        if wrong:
            protocol = protocols(self._model.service_model.service_name)[0]
            raise EfsError(_INVALID.get(protocol, "ValidationException"), wrong)

    def _status(self, error: EfsError) -> int:
        """Return the HTTP status that the model gives an error, or its own."""
        shape = self._model.service_model.shape_for_error_code(error.code)
        modelled = {} if shape is None else shape.metadata.get("error", {})
        status: int = modelled.get("httpStatusCode", error.http_status)
        return status


def _normal(shape: Shape, value: Any) -> Any:
    """Return a value as botocore's parsers have it: times with a zone, blobs as bytes."""
    if isinstance(shape, StructureShape):
        if shape.is_document_type:
            return value
        return {name: _normal(shape.members[name], part) for name, part in value.items()}
    if isinstance(shape, ListShape):
        return [_normal(shape.member, part) for part in value]
    if isinstance(shape, MapShape):
        return {key: _normal(shape.value, part) for key, part in value.items()}
    if shape.type_name == "timestamp":
        return _moment(value)
    if shape.type_name == "blob":
        return _bytes(value)
    return value


def _moment(value: Any) -> datetime:
    """Return a time in UTC; one without a zone is in UTC."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    found: datetime = parse_to_aware_datetime(value)
    return found.astimezone(UTC)


def _bytes(value: Any) -> bytes:
    content = value.read() if hasattr(value, "read") else value
    return content.encode() if isinstance(content, str) else bytes(content)


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
