"""The values of plain data, from which the class that people hold is made."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def values_by_field(data: DataclassInstance) -> dict[str, Any]:
    """Return the values of a dataclass by the names of its fields, themselves and no copies."""
    return {field.name: getattr(data, field.name) for field in fields(data)}
