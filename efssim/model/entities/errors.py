"""Errors of the simulated API, and of scenarios that turn out to be impossible when run."""

from __future__ import annotations

from efssim.errors import EfssimError, concise
from efssim.scenario.operations.table import OPERATIONS, error_codes

_OUTSIDE = {
    "ServiceUnavailable": 503,
    "UnrecognizedClientException": 403,
    "AccessDeniedException": 403,
    "TooManyRequestsException": 429,
    "NotFoundException": 400,
    "InvalidArnException": 400,
    "KMSInvalidStateException": 400,
    "InternalServerException": 500,
    "InvalidParameterValueException": 400,
    "MissingParameterValueException": 400,
    "ResourceNotFoundException": 400,
    "InvalidRequestException": 400,
    "ServiceUnavailableException": 500,
}
"""Errors of other AWS services, and those that any of them may give."""


class EfsError(EfssimError):
    """An error that the simulated EFS answers with: code, message and HTTP status, as boto3 has.

    `members` are further members, such as the FileSystemId of FileSystemAlreadyExists. A code of
    another service, which only functions of `Simulation.answer` raise, has the status that
    botocore's model of the service gives it, or 400.
    """

    def __init__(self, code: str, message: str, **members: str) -> None:
        message = concise(message)
        self.code, self.message, self.members = code, message, members
        self.http_status = (error_codes() | _OUTSIDE).get(code, 400)
        super().__init__(code, message)  # all that it takes to be pickled

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class RunError(EfssimError):
    """A scenario that is well-formed but cannot go on; `path` names the part that asks for it."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        message = concise(message)
        self.path, self.message = path, message
        super().__init__(path, message)  # all that it takes to be pickled

    def __str__(self) -> str:
        return self.message


class NotSimulatedError(EfssimError, RuntimeError):
    """An operation that AWS has and the simulation has not."""

    code, status = "NotImplemented", 501

    def __init__(self, service: str, operation: str, known: tuple[str, ...] = ()) -> None:
        self.service, self.operation, self.known = service, operation, known
        super().__init__(service, operation, known)  # all that it takes to be pickled

    def __str__(self) -> str:
        known = OPERATIONS.names if self.service == "efs" else self.known
        what = f"efssim does not simulate {self.operation} of {self.service}"
        if not known:
            return f"{what}; a function that Simulation.answer is given can answer it."
        return f"{what}. It simulates, of {self.service}: {', '.join(known)}."
