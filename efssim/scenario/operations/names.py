"""The names of operations of the EFS API and of its error codes, as types of a scenario."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from efssim.scenario.grammar.error_codes import ERROR_CODES
from efssim.text.suggestions import suggest

OPERATIONS = (
    "CreateReplicationConfiguration",
    "DescribeReplicationConfigurations",
    "DeleteReplicationConfiguration",
    "CreateFileSystem",
    "DescribeFileSystems",
    "UpdateFileSystem",
    "UpdateFileSystemProtection",
    "DeleteFileSystem",
    "PutLifecycleConfiguration",
    "DescribeLifecycleConfiguration",
    "PutBackupPolicy",
    "DescribeBackupPolicy",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
)
"""The operations of the EFS API that are simulated."""


def _operation(name: str) -> str:
    if name not in OPERATIONS:
        raise ValueError(f"unknown operation '{name}'{suggest(name, OPERATIONS)}")
    return name


def _error_code(code: str) -> str:
    if code not in ERROR_CODES:
        raise ValueError(f"unknown error code '{code}'{suggest(code, ERROR_CODES)}")
    return code


def _words(known: Iterable[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(known)})


# Not Literal: a misspelt name gets a suggestion, not the whole list.
Operation = Annotated[str, AfterValidator(_operation), _words(OPERATIONS)]
ErrorCode = Annotated[str, AfterValidator(_error_code), _words(ERROR_CODES)]
