"""Nodes of a document: values that know where they were written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from efssim.text.yaml.problems import Position
from efssim.text.yaml.scalars import Scalar


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it was written. Aliases share nodes, so a node never changes."""

    position: Position
    content: Scalar | dict[str, Node] | list[Node]
    keys: dict[str, Position]
    """Where the keys of a mapping were written."""
    size: int = 1
    """Number of values, this one included."""
    height: int = 0
    """Number of mappings and lists around its deepest scalar."""
    absent: bool = False
    """Nothing was written."""

    @staticmethod
    def mapping(at: Position, content: dict[str, Node], keys: dict[str, Position]) -> Node:
        return Node(at, content, keys, *_extent(content.values()))

    @staticmethod
    def sequence(at: Position, content: list[Node]) -> Node:
        return Node(at, content, {}, *_extent(content))

    def child(self, segment: str | int) -> Node | None:
        """Return the value of a key, or the item of an index; None if there is none."""
        if isinstance(self.content, dict):
            return self.content.get(str(segment))
        if isinstance(self.content, list) and isinstance(segment, int):
            return self.content[segment] if 0 <= segment < len(self.content) else None
        return None


def _extent(children: Iterable[Node]) -> tuple[int, int]:
    """Return the size and the height of a mapping or list."""
    size, height = 1, 0
    for child in children:
        size, height = size + child.size, max(height, child.height)
    return size, height + 1


def plain(node: Node) -> Any:
    if isinstance(node.content, dict):
        return {name: plain(child) for name, child in node.content.items()}
    if isinstance(node.content, list):
        return [plain(child) for child in node.content]
    return node.content
