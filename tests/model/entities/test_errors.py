"""Errors of the simulated API: the HTTP status that AWS documents for each code."""

from __future__ import annotations

import pytest

from efssim.model.entities.errors import EfsError

DOCUMENTED = {
    "common errors": {"ServiceUnavailable": 503},
    "EFS": {"FileSystemNotFound": 404, "FileSystemAlreadyExists": 409},
    "KMS": {"InvalidArnException": 400, "KMSInvalidStateException": 400, "NotFoundException": 400},
    "AWS Account Management": {
        "AccessDeniedException": 403,
        "InternalServerException": 500,
        "TooManyRequestsException": 429,
    },
    "AWS Backup": {
        "InvalidParameterValueException": 400,
        "InvalidRequestException": 400,
        "MissingParameterValueException": 400,
        "ResourceNotFoundException": 400,
        "ServiceUnavailableException": 500,
    },
    "not known": {"NoSuchError": 400},
}
"""By the API reference that says so."""


@pytest.mark.parametrize("service", DOCUMENTED)
def test_errors_have_the_status_that_their_reference_gives(service: str) -> None:
    codes = DOCUMENTED[service]
    assert {code: EfsError(code, "why").http_status for code in codes} == codes
