"""Errors of the simulated API, and of scenarios that turn out to be impossible when run."""

from __future__ import annotations

from efssim.scenario.error_codes import ERROR_CODES

_OUTSIDE = {
    "ServiceUnavailable": 503,
    "UnrecognizedClientException": 403,
    "AccessDeniedException": 403,
}
"""Errors that any AWS service may give, and EFS's service model does not list."""


class EfsError(Exception):
    """An error that the simulated EFS answers with: code, message and HTTP status, as boto3 has.

    `members` are what the error has besides, such as the FileSystemId of FileSystemAlreadyExists.
    """

    def __init__(self, code: str, message: str, **members: str) -> None:
        self.code, self.message, self.members = code, message, members
        self.http_status = (ERROR_CODES | _OUTSIDE)[code]
        super().__init__(code, message)  # all that it takes to be pickled

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class MalformedIdError(EfsError):
    """What is no id of a file system where one has to be: there is no such file system."""

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        # The text was observed.
        super().__init__("FileSystemNotFound", f"File system '{text}' does not exist.")

    def as_code(self, code: str) -> EfsError:
        """Return the error with another code, as one of the parameter."""
        if code == self.code:
            return self
        return EfsError(code, f"{self.where}: '{self.text}' is no id, ARN or name of a file system")

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.text, self.where)


class RunError(Exception):
    """A scenario that is well-formed but cannot go on; `path` names the part that asks for it."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        self.path, self.message = path, message
        super().__init__(path, message)  # all that it takes to be pickled

    def __str__(self) -> str:
        return self.message
