"""Shared parts of the classes that people hold: values of plain data, a replication by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from efssim.errors import UnknownNameError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def values_by_field(data: DataclassInstance) -> dict[str, Any]:
    """Return the values of a dataclass by the names of its fields, themselves and no copies."""
    return {field.name: getattr(data, field.name) for field in fields(data)}


def named_replication(replications: Sequence[str], name: str | None) -> str:
    """Return the name of a replication, which may be left out where there is only one.

    Raise UnknownNameError, a KeyError.
    """
    if name is None and len(replications) == 1:
        return replications[0]
    if name is None or name not in replications:
        raise UnknownNameError(f"name one of the replications: {', '.join(replications)}")
    return name
