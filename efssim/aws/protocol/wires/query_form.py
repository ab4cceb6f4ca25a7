"""Parameters of AWS Query and of EC2: flat names with dots, as in `Dimensions.member.1.Name`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, Shape, StructureShape

from efssim.aws.protocol.wires.messages import MalformedRequestError
from efssim.aws.protocol.wires.scalars import value_of
from efssim.json_values import WireObject

_FIELDS = 10_000
"""Fields of a form at most; chosen, far above what a call has."""
_DEPTH = 50
"""Dots in a name at most; chosen."""


@dataclass
class Branch:
    """The parameters below a name: the text of the name itself, and further names."""

    text: str | None = None
    parts: dict[str, Branch] = field(default_factory=dict)

    def numbered(self) -> list[Branch]:
        """Return the parts of a list in their order."""
        found = [(int(key), part) for key, part in self.parts.items() if _is_number(key)]
        return [part for _, part in sorted(found, key=lambda each: each[0])]

    def plain(self) -> Any:
        """Return the texts of a parameter that no shape knows."""
        if not self.parts:
            return self.text or ""
        return {key: part.plain() for key, part in self.parts.items()}


def fields(body: bytes) -> dict[str, str]:
    """Return the fields of a form; MalformedRequestError for what is none."""
    try:
        text = body.decode()
        return dict(
            parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS, errors="strict")
        )
    except ValueError as error:
        raise MalformedRequestError(f"malformed form: {error}") from None


def tree(given: dict[str, str]) -> Branch:
    """Return the fields of a form by the parts of their names."""
    root = Branch()
    for name, text in given.items():
        branch, words = root, name.split(".")
        if len(words) > _DEPTH:
            raise MalformedRequestError(f"a name has at most {_DEPTH} parts")
        for word in words:
            branch = branch.parts.setdefault(word, Branch())
        branch.text = text
    return root


class QueryNames:
    """The names of parameters in AWS Query."""

    def of(self, shape: Shape, name: str) -> str:
        """Return the name of a member; of a flattened list, that of its entries."""
        if isinstance(shape, ListShape) and shape.serialization.get("flattened"):
            entries: str | None = shape.member.serialization.get("name")
            if entries:
                return entries
        found: str = shape.serialization.get("name", name)
        return found

    def entries(self, shape: ListShape, branch: Branch) -> list[Branch]:
        """Return the entries of a list."""
        if shape.serialization.get("flattened"):
            return branch.numbered()
        named = shape.member.serialization.get("name", "member")
        found = branch.parts.get(named) or branch.parts.get("member")
        return [] if found is None else found.numbered()


class Ec2Names(QueryNames):
    """The names of parameters in the protocol of EC2: capitalised, and every list is flattened."""

    def of(self, shape: Shape, name: str) -> str:
        """Return the name of a member."""
        if "queryName" in shape.serialization:
            queried: str = shape.serialization["queryName"]
            return queried
        found: str = shape.serialization.get("name", name)
        return found[0].upper() + found[1:] if "name" in shape.serialization else found

    def entries(self, shape: ListShape, branch: Branch) -> list[Branch]:  # noqa: ARG002  # as Query
        """Return the entries of a list."""
        return branch.numbered()


def read_members(shape: StructureShape | None, branch: Branch, names: QueryNames) -> WireObject:
    """Return the members of a structure, and unknown ones by their names."""
    left, made = dict(branch.parts), WireObject()
    for name, member in ({} if shape is None else shape.members).items():
        found = left.pop(names.of(member, name), None)
        if found is not None:
            made[name] = _read(member, found, names)
    made.update({key: part.plain() for key, part in left.items()})
    return made


def _read(shape: Shape, branch: Branch, names: QueryNames) -> Any:
    if isinstance(shape, StructureShape):
        return read_members(shape, branch, names)
    if isinstance(shape, ListShape):
        return [_read(shape.member, part, names) for part in names.entries(shape, branch)]
    if isinstance(shape, MapShape):
        return dict(_pairs(shape, branch, names))
    return branch.plain() if branch.parts else value_of(shape, branch.text or "")


def _pairs(shape: MapShape, branch: Branch, names: QueryNames) -> list[tuple[str, Any]]:
    flat = shape.serialization.get("flattened")
    holder = branch if flat else branch.parts.get("entry", Branch())
    key = shape.key.serialization.get("name", "key")
    value = shape.value.serialization.get("name", "value")
    return [
        (pair.parts.get(key, Branch()).text or "", _read(shape.value, pair.parts[value], names))
        for pair in holder.numbered()
        if value in pair.parts
    ]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
