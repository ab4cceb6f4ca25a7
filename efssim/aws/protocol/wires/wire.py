"""A service in one of its protocols: requests to operations and parameters, answers to replies."""

from __future__ import annotations

from abc import ABC, abstractmethod

from botocore.model import OperationModel, ServiceModel

from efssim.aws.protocol.wires.calling import call, failure_of
from efssim.aws.protocol.wires.messages import (
    Failure,
    MalformedRequestError,
    Reply,
    WireRequest,
)
from efssim.aws.world import Answerer
from efssim.cloudwatch.api import CloudWatchError
from efssim.errors import EfssimError
from efssim.json_values import WireObject
from efssim.model.entities.errors import EfsError, NotSimulatedError

REQUEST_ID = "x-amzn-requestid"


class AnswerError(EfssimError, RuntimeError):
    """A function that answers an operation failed."""


class Wire(ABC):
    """A service in a protocol."""

    protocol: str
    """As botocore names it."""
    malformed: str
    """Code of the error of a request that cannot be read; assumed, for no model has it."""

    def __init__(self, model: ServiceModel) -> None:
        self.model = model
        self.service: str = model.service_name
        self._operations = frozenset(model.operation_names)
        self._models: dict[str, OperationModel] = {}

    def dispatch(self, account: Answerer, request: WireRequest) -> Reply:
        """Answer a request; its errors are in the reply and never raised, as with AWS."""
        try:
            operation, parameters = self.read(request)
            answer = _called(account, operation, parameters, request.region)
            return self.answer(operation.name, answer, account.request_id)
        except MalformedRequestError as error:
            failure = Failure(self.malformed, 400, str(error))
        except RecursionError:
            failure = Failure(self.malformed, 400, "values are too deep inside one another")
        except AnswerError as error:
            failure = Failure("InternalFailure", 500, str(error))
        except EfssimError as error:
            failure = failure_of(error)
        return self.failure(failure, account.request_id)

    def operation(self, name: str) -> OperationModel:
        """Return the model of an operation, made once."""
        if name not in self._models:
            self._models[name] = self.model.operation_model(name)
        return self._models[name]

    def has(self, operation: str) -> bool:
        """Return whether the service has an operation, simulated or not."""
        return operation in self._operations

    @abstractmethod
    def read(self, request: WireRequest) -> tuple[OperationModel, WireObject]:
        """Return operation and parameters of a request; MalformedRequestError if it has none.

        NotSimulatedError for an operation that the service has not.
        """

    @abstractmethod
    def answer(self, operation: str, answer: WireObject, request_id: str) -> Reply:
        """Return the reply of a call that succeeds."""

    @abstractmethod
    def failure(self, failure: Failure, request_id: str) -> Reply:
        """Return the reply of a call that fails."""

    def error(self, error: EfssimError, request_id: str) -> Reply:
        """Return the reply of a call that is refused with an error."""
        return self.failure(failure_of(error), request_id)

    def error_members(self, failure: Failure) -> dict[str, str]:
        """Return the members of an error, its message by the name that the model gives it."""
        shape = self.model.shape_for_error_code(failure.code)
        named = [] if shape is None else list(shape.members)
        key = next((name for name in named if name.lower() == "message"), "message")
        return {key: failure.message, **failure.members}


def _called(
    account: Answerer, operation: OperationModel, parameters: WireObject, region: str
) -> WireObject:
    """Answer a call; AnswerError for anything but EfsError that a user's function raises."""
    try:
        return call(account, operation, parameters, region)
    except (EfsError, NotSimulatedError, CloudWatchError):
        raise
    except Exception as error:
        service = operation.service_model.service_name
        if not account.is_answered(service, operation.name):
            raise
        why = str(error) if isinstance(error, EfssimError) else repr(error)
        text = f"the function that answers {operation.name} of {service} failed: {why}"
        raise AnswerError(text) from error
