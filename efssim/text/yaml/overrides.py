"""Overrides, `path=value`: a value at a path of a document."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from efssim.text.yaml.characters import NOT_ALLOWED, character_message, check_characters
from efssim.text.yaml.nodes import Node
from efssim.text.yaml.paths import BY_INDEX, NO_PARTS, Path, Step, no_index, steps_of
from efssim.text.yaml.problems import Position, Problem, ScenarioError

_NO_VALUE = "expected path=value"
_OVERRIDE = re.compile(r'((?:[^"=]|"(?:[^"\\]|\\.)*")*)=', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Setting:
    """An override as the place of its problems."""

    at: Callable[[int], Position]
    path: Path

    def refuse(self, step: Step, message: str) -> NoReturn:
        raise ScenarioError([Problem(self.at(step.start), self.path, message)])


def argument(text: str, ordinal: int) -> Callable[[int], Position]:
    """Return the function from index to position; raise ScenarioError for bad characters."""

    def at(index: int) -> Position:
        return Position("--set", ordinal, index + 1)

    check_characters(text, at)
    return at


def split_override(text: str, at: Callable[[int], Position]) -> tuple[list[Step], int]:
    """Return the steps of an override's path and the index of its value; raise ScenarioError."""
    found = _OVERRIDE.match(text)
    try:
        steps = steps_of(found[1] if found else text)
    except ValueError as error:
        message = str(error) if "=" in text else _NO_VALUE
        raise ScenarioError([Problem(at(0), (), message)]) from None
    if not found:
        raise ScenarioError([Problem(at(0), (), _NO_VALUE)])
    for step in steps:
        escaped = NOT_ALLOWED.search(str(step.segment))
        if escaped:
            raise ScenarioError([Problem(at(step.start), (), character_message(escaped[0]))])
    return steps, found.end()


def replaced(node: Node, steps: list[Step], value: Node, setting: Setting) -> Node:
    """Return `node` with `value` at the end of `steps`; raise ScenarioError if none leads there."""
    if not steps:
        return value
    if isinstance(node.content, list):
        return _with_item(node.position, node.content, steps, value, setting)
    if node.content is None:  # `file_systems:` with nothing below may get its first part
        node = Node.mapping(node.position, {}, {})
    if not isinstance(node.content, dict):
        setting.refuse(steps[0], NO_PARTS)
    return _with_key(node, node.content, steps, value, setting)


def _with_item(
    position: Position,
    items: list[Node],
    steps: list[Step],
    value: Node,
    setting: Setting,
) -> Node:
    step, *rest = steps
    if not isinstance(step.segment, int):
        setting.refuse(step, BY_INDEX)
    if step.segment >= len(items):
        setting.refuse(step, no_index(step.segment, len(items)))
    changed = list(items)
    changed[step.segment] = replaced(items[step.segment], rest, value, setting)
    return Node.sequence(position, changed)


def _with_key(
    node: Node,
    content: dict[str, Node],
    steps: list[Step],
    value: Node,
    setting: Setting,
) -> Node:
    step, *rest = steps
    name, here = str(step.segment), setting.at(step.start)
    below = content.get(name, Node(here, None, {}))
    # A key on the way keeps the place where it was written; the last one was written here.
    keys = node.keys if rest and name in node.keys else {**node.keys, name: here}
    changed = {**content, name: replaced(below, rest, value, setting)}
    return Node.mapping(node.position, changed, keys)


def steps_to(place: Path, steps: list[Step]) -> list[Step]:
    """Return the steps to a place that a path of other steps stands for."""
    if place == tuple(step.segment for step in steps):
        return steps
    return [
        Step(segment, steps[min(index, len(steps) - 1)].start)
        for index, segment in enumerate(place)
    ]


def without(node: Node, place: Path) -> Node:
    """Return a node without what mappings have at a place, which exists."""
    assert isinstance(node.content, dict)
    name = str(place[0])
    if len(place) > 1:
        changed = {**node.content, name: without(node.content[name], place[1:])}
        return Node.mapping(node.position, changed, node.keys)
    kept = {key: part for key, part in node.content.items() if key != name}
    return Node.mapping(node.position, kept, node.keys)


def override_path(text: str, ordinal: int) -> Path:
    """Return the path that the `ordinal`-th "path=value" sets; raise ScenarioError for none."""
    steps, _ = split_override(text, argument(text, ordinal))
    return tuple(step.segment for step in steps)
