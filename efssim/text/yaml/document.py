"""Scenario files as plain data that knows where each part was written.

YAML is read with the scalars of the 1.2 core schema, so `no` and `12:30` stay strings, and with
limits that keep a hostile file from costing more than an honest one. Every mistake of a
text is a `Problem` with a position; all problems of a text are raised together.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from efssim.text.files import read_regular
from efssim.text.written import MAX_DEPTH, TOO_DEEP
from efssim.text.yaml.characters import check_characters, decoded, position_in
from efssim.text.yaml.composer import compose
from efssim.text.yaml.limits import MAX_BYTES
from efssim.text.yaml.nodes import Node, plain
from efssim.text.yaml.overrides import (
    Setting,
    argument,
    replaced,
    split_override,
    steps_to,
    without,
)
from efssim.text.yaml.paths import Path
from efssim.text.yaml.problems import Position, Problem, ScenarioError

_TOP = "the top level must be a mapping of names to values"


class Document:
    """The content of a scenario file: `data` is plain, positions are asked for by path."""

    data: Any
    problems: tuple[Problem, ...]
    """The mistakes of single keys and values, which are left out of `data`."""

    def __init__(self, root: Node, problems: Iterable[Problem] = ()) -> None:
        self._root, self.problems = root, tuple(problems)
        self.data = plain(root)

    def key_position(self, path: Path) -> Position:
        """Return where the key at `path` was written; for an item of a list, its value.

        A path that does not exist has the position of its nearest existing ancestor.
        """
        node, position = self._root, self._root.position
        for segment in path:
            child = node.child(segment)
            if child is None:
                break
            position = node.keys.get(str(segment), child.position)
            node = child
        return position

    def value_position(self, path: Path) -> Position:
        """Return where the value at `path` was written.

        A path that does not exist has the position of its nearest existing ancestor: of its
        key if it has one.
        """
        node = self._root
        for segment in path:
            child = node.child(segment)
            if child is None:
                return self.key_position(path)
            node = child
        return node.position

    def override(
        self,
        text: str,
        ordinal: int,
        written: Callable[[Any, Path], Sequence[Path]] = lambda _, path: (path,),
    ) -> None:
        """Apply `text`, the `ordinal`-th "path=value" of the command line.

        Mappings on the way are created. `written` returns where data has what a path leads to, and
        other paths with values that then go, and raises ValueError. Raises ScenarioError and
        changes nothing if the text is malformed or its path leads through a value that has no such
        part.
        """
        at = argument(text, ordinal)
        steps, offset = split_override(text, at)
        path = tuple(step.segment for step in steps)
        try:
            place, *others = written(self.data, path)
        except ValueError as error:
            raise ScenarioError([Problem(at(0), path, str(error))]) from None
        value, problems = compose(text[offset:], lambda mark: at(offset + mark.index), path)
        if problems:
            raise ScenarioError(problems)
        if len(path) + value.height > MAX_DEPTH:
            raise ScenarioError([Problem(at(0), (), TOO_DEEP)])
        root = self._root
        for other in others:
            root = without(root, other)
        self._root = replaced(root, steps_to(place, steps), value, Setting(at, path))
        self.data = plain(self._root)


def read_document(path: os.PathLike[str] | str) -> Document:
    """Read a scenario file; its `problems` are for the caller to report.

    Raises ScenarioError if the file cannot be read, is not UTF-8 or has no use at all: see
    `parse_leniently`.
    """
    file = os.fspath(path)
    try:
        content = read_regular(file, MAX_BYTES)
    except (OSError, ValueError) as error:  # ValueError: no regular file, or NUL in the name
        reason = getattr(error, "strerror", None) or error
        problem = Problem(Position(file, 1, 1), (), f"cannot read the file: {reason}")
        raise ScenarioError([problem]) from None
    return parse_bytes(content, file)


def parse_bytes(content: bytes, file: str) -> Document:
    """Parse the content of a file or of standard input; raise as `read_document` does."""
    return parse_leniently(decoded(content, file), file)


def parse_document(text: str, file: str) -> Document:
    """Parse the text of a scenario; `file` is its name in positions.

    Raises ScenarioError with all problems: syntax, duplicate keys, keys that are
    not strings, tags beyond the core schema's, characters that YAML does not allow, too many
    values, too deep nesting, several documents, a top level that is not a mapping.
    """
    document = parse_leniently(text, file)
    if document.problems:
        raise ScenarioError(document.problems)
    return document


def parse_leniently(text: str, file: str) -> Document:
    """Parse the text of a scenario and keep the problems that reading can go past.

    So a mistake in one key does not hide the mistakes in the others. Raises ScenarioError
    for syntax, characters, limits, several documents and a top level that is not a mapping.
    """
    text = text.removeprefix("\ufeff")
    check_characters(text, lambda index: position_in(text, index, file))
    start = Position(file, 1, 1)
    root, problems = compose(text, lambda mark: Position(file, mark.line + 1, mark.column + 1), ())
    if root.absent:
        return Document(Node.mapping(start, {}, {}), problems)
    if not isinstance(root.content, dict):
        raise ScenarioError(problems or [Problem(root.position, (), _TOP)])
    return Document(Node.mapping(start, root.content, root.keys), problems)


def document_of(data: object, file: str) -> Document:
    """Return plain data, which Python code made, as a document; every position is line 0 of `file`.

    Raises ScenarioError for a top level that is not a mapping and for too deep nesting.
    """
    at = Position(file, 0, 0)
    root = _node_of(data, at, 0)
    if not isinstance(root.content, dict):
        raise ScenarioError([Problem(at, (), _TOP)])
    return Document(root)


def _node_of(value: Any, at: Position, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise ScenarioError([Problem(at, (), TOO_DEEP)])
    if isinstance(value, Mapping):
        content = {str(key): _node_of(part, at, depth + 1) for key, part in value.items()}
        return Node.mapping(at, content, dict.fromkeys(content, at))
    if isinstance(value, list | tuple):
        return Node.sequence(at, [_node_of(part, at, depth + 1) for part in value])
    if isinstance(value, BaseModel):
        return _node_of(value.model_dump(by_alias=True, exclude_unset=True), at, depth)
    return Node(at, value, {})
