"""Errors of CloudWatch."""

from __future__ import annotations

from efssim.errors import EfssimError


class CloudWatchError(EfssimError):
    """An error that CloudWatch answers with: code, message and HTTP status, as boto3 has."""

    def __init__(self, code: str, message: str, http_status: int = 400) -> None:
        self.code, self.message, self.http_status = code, message, http_status
        super().__init__(code, message)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
