"""Answers beside the shapes of botocore's models, in all that the models say of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator


def misfits(answer: Any, shape: Shape | None) -> list[str]:
    """Return how an answer differs from its shape: members, types, enums, and times."""
    if shape is None:
        return [] if answer == {} else [f"{answer} where there is no answer"]
    report = ParamValidator().validate(answer, shape)
    found = [report.generate_report()] if report.has_errors() else []
    return [*found, *_misfits(answer, shape, shape.name)]


def _misfits(value: Any, shape: Any, where: str) -> Iterator[str]:
    if shape.type_name == "structure":
        for name, part in value.items():
            if name in shape.members:
                yield from _misfits(part, shape.members[name], f"{where}.{name}")
            else:
                yield f"{where}.{name} is unknown"
    elif shape.type_name == "list":
        for k, part in enumerate(value):
            yield from _misfits(part, shape.member, f"{where}[{k}]")
    elif shape.type_name == "map":
        for key, part in value.items():
            yield from _misfits(part, shape.value, f"{where}.{key}")
    elif shape.type_name == "timestamp":
        if not isinstance(value, datetime) or value.tzinfo is None:
            yield f"{where} is {value!r}, and no time with a zone"
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{where} is {value!r}, none of {', '.join(shape.enum)}"
