"""Names of operations and of error codes, as the keys of a scenario take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from efssim.scenario.operations.table import OPERATIONS, error_codes
from efssim.text.suggestions import suggest


def _operation(name: str) -> str:
    if name not in OPERATIONS:
        raise ValueError(f"unknown operation '{name}'{suggest(name, OPERATIONS.names)}")
    return name


def _error_code(code: str) -> str:
    if code not in error_codes():
        raise ValueError(f"unknown error code '{code}'{suggest(code, error_codes())}")
    return code


@dataclass(frozen=True)
class _Words:
    """Lists the words that are known by the time of the JSON Schema."""

    known: Callable[[], Iterable[str]]

    def __get_pydantic_json_schema__(
        self,
        core: CoreSchema,  # as pydantic calls it
        handler: GetJsonSchemaHandler,  # as pydantic calls it
    ) -> JsonSchemaValue:
        return {"type": "string", "enum": list(self.known())}


# Not Literal: a misspelt name gets a suggestion, not the whole list.
OperationName = Annotated[str, AfterValidator(_operation), _Words(lambda: OPERATIONS.names)]
ErrorCode = Annotated[str, AfterValidator(_error_code), _Words(error_codes)]
