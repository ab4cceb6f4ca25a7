"""Errors of the simulated API, and of scenarios that turn out to be impossible when run."""

from __future__ import annotations

from efssim.errors import EfssimError, concise
from efssim.scenario.operations.table import OPERATIONS, error_codes

_OUTSIDE = {
    "ServiceUnavailable": 503,
    "UnrecognizedClientException": 403,
    "AccessDeniedException": 403,
}
"""Errors that any AWS service may give, and EFS's service model does not list."""


class EfsError(EfssimError):
    """An error that the simulated EFS answers with: code, message and HTTP status, as boto3 has.

    `members` are further members, such as the FileSystemId of FileSystemAlreadyExists.
    """

    def __init__(self, code: str, message: str, **members: str) -> None:
        message = concise(message)
        self.code, self.message, self.members = code, message, members
        self.http_status = (error_codes() | _OUTSIDE)[code]
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

    def __init__(self, service: str, operation: str) -> None:
        self.service, self.operation = service, operation
        super().__init__(service, operation)  # all that it takes to be pickled

    def __str__(self) -> str:
        return (
            f"efssim does not simulate {self.operation} of {self.service}. It simulates, of efs: "
            f"{', '.join(OPERATIONS.names)}."
        )
