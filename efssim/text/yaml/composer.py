"""Composing the nodes of a document from the events of the YAML parser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeAlias

import yaml

from efssim.text.quantities import parse_count
from efssim.text.quoting import cut
from efssim.text.written import MAX_DEPTH, TOO_DEEP, parsed
from efssim.text.yaml.characters import NOT_ALLOWED, character_message
from efssim.text.yaml.limits import (
    LIMITS,
    MAX_VALUES,
    MOST_VALUES,
    VALUES,
    too_many,
)
from efssim.text.yaml.nodes import Node
from efssim.text.yaml.paths import Path
from efssim.text.yaml.problems import Position, Problem, ScenarioError
from efssim.text.yaml.scalars import TAG, Scalar, check_tag, implicit_tag, scalar, shown_tag

# libyaml where PyYAML was built with it: the same events, an order of magnitude sooner.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Locate: TypeAlias = Callable[[Any], Position]
"""Turns a mark of the parser into a position for the user."""

_TAB = "a tab indents this line, and YAML takes spaces only"
_KEY = "keys are names; quote it"


def compose(text: str, locate: Locate, path: Path) -> tuple[Node, list[Problem]]:
    """Compose the nodes of a text whose top is at `path`; raise ScenarioError if it must stop."""
    composer = _Composer(text, yaml.parse(text, Loader=_LOADER), locate, path)
    return composer.document(), composer.problems


class _Composer:
    """Composer of nodes from the parser's events, which collects the problems on the way.

    Not PyYAML's composer: that recurses without a limit and stops at its first problem.
    """

    def __init__(self, text: str, events: Iterator[Any], locate: Locate, path: Path) -> None:
        self._text = text
        self.problems: list[Problem] = []
        self._events = events
        self._locate = locate
        self._path = path
        self._end: Any = None  # where the last event ended
        self._anchors: dict[str, Node | None] = {}  # None while the anchored node is open
        self._values, self._most = 0, MAX_VALUES
        self._depth = 0

    def document(self) -> Node:
        """Return the only document; an empty text has an absent null.

        Problems are in `problems`; raises ScenarioError for one that reading cannot go past.
        """
        stream = self._next()
        if isinstance(start := self._next(), yaml.StreamEndEvent):
            return Node(self._locate(stream.start_mark), None, {}, absent=True)
        root = self._node(self._next(), self._path)
        self._next()
        if not isinstance(start := self._next(), yaml.StreamEndEvent):
            self._stop(self._locate(start.start_mark), "only one YAML document is allowed")
        return root

    def _next(self) -> Any:
        try:
            event = next(self._events)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            told = _TAB if self._is_tab(mark) else _syntax_message(error)
            self._stop(self._locate(mark) if mark else self._last(), told)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            # The Python parser leaves escapes such as "\UFFFFFFFF" to chr().
            self._stop(self._last(), f"not YAML: {cut(str(error))}")
        self._end = event.end_mark
        return event

    def _is_tab(self, mark: yaml.Mark | None) -> bool:
        """Return whether the parser stopped at a tab in the white space that begins a line."""
        if mark is None:
            return False
        begin = self._text.rfind("\n", 0, mark.index) + 1
        space = self._text[begin : mark.index + 1]
        return "\t" in space and not space.strip()

    def _last(self) -> Position:
        return self._locate(self._end or yaml.Mark("", 0, 0, 0, None, 0))

    def _stop(self, position: Position, message: str, path: Path | None = None) -> NoReturn:
        problem = Problem(position, self._path if path is None else path, message)
        raise ScenarioError([*self.problems, problem]) from None

    def _refuse(self, position: Position, path: Path, message: str) -> None:
        self.problems.append(Problem(position, path, message))

    def _node(self, event: Any, path: Path) -> Node:
        if isinstance(event, yaml.AliasEvent):
            node = self._alias(event, path)
            self._count(node.size, event, path)
            return node
        self._count(1, event, path)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        return self._collection(event, path)

    def _count(self, size: int, event: Any, path: Path) -> None:
        self._values += size
        if self._values > self._most:
            self._stop(self._locate(event.start_mark), too_many(self._most), path)

    def _alias(self, event: Any, path: Path) -> Node:
        """Return the anchor's node; null, and a problem, if it cannot stand here."""
        position = self._locate(event.start_mark)
        node = self._anchors.get(event.anchor)
        if node is not None:
            if self._depth + node.height <= MAX_DEPTH:
                return node
            self._stop(position, TOO_DEEP, path)
        name = cut(event.anchor)
        known = event.anchor in self._anchors
        message = f"alias *{name} stands inside its own anchor" if known else f"no anchor &{name}"
        self._refuse(position, path, message)
        return Node(position, None, {})

    def _scalar(self, event: Any, path: Path) -> Node:
        """Return the scalar's node; null, and a problem, if it has no value."""
        position = self._locate(event.start_mark)
        plain = event.tag is None and event.implicit[0]
        content: Scalar = None
        try:
            content = self._scalar_value(event, plain)
        except ValueError as error:
            self._refuse(position, path, str(error))
        node = Node(position, content, {}, absent=plain and not event.value)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    @staticmethod
    def _scalar_value(event: Any, plain: bool) -> Scalar:
        """Return the value; raise ValueError with a sentence if it has none."""
        tag = implicit_tag(event.value) if plain else event.tag or TAG + "str"
        check_tag(tag)
        escaped = NOT_ALLOWED.search(event.value)
        if escaped:  # "\0" is YAML, but no name of anything
            raise ValueError(character_message(escaped[0]))
        return scalar(event.value, tag)

    def _collection(self, event: Any, path: Path) -> Node:
        if self._depth == MAX_DEPTH:
            self._stop(self._locate(event.start_mark), TOO_DEEP)  # its path fills a screen
        self._check_collection_tag(event, path)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._depth += 1
        mapping = isinstance(event, yaml.MappingStartEvent)
        node = self._mapping(event, path) if mapping else self._sequence(event, path)
        self._depth -= 1
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _check_collection_tag(self, event: Any, path: Path) -> None:
        own = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
        tag = event.tag or TAG + own
        try:
            check_tag(tag)
        except ValueError as error:
            self._refuse(self._locate(event.start_mark), path, str(error))
            return
        if tag != TAG + own:
            message = f"{shown_tag(tag)} does not fit this value"
            self._refuse(self._locate(event.start_mark), path, message)

    def _sequence(self, start: Any, path: Path) -> Node:
        content: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            content.append(self._node(event, (*path, len(content))))
        return Node.sequence(self._locate(start.start_mark), content)

    def _mapping(self, start: Any, path: Path) -> Node:
        content: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            name = self._key(event, path, keys)
            value = self._node(self._next(), path if name is None else (*path, name))
            if name is not None:
                content.setdefault(name, value)
                keys.setdefault(name, self._locate(event.start_mark))
            if name == LIMITS and not path:
                self._most = _values_said(content[LIMITS])
        return Node.mapping(self._locate(start.start_mark), content, keys)

    def _key(self, event: Any, path: Path, keys: dict[str, Position]) -> str | None:
        """Return a key's name; None, and a problem, if it is none or `keys` has it."""
        position = self._locate(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, path)  # not counted: a name is no value
        else:
            node = self._node(event, path)
        if not isinstance(node.content, str):
            self._refuse(position, path, _KEY)
            return None
        if node.content in keys:
            message = f"duplicate key, first on line {keys[node.content].line}"
            self._refuse(position, (*path, node.content), message)
        return node.content


def _values_said(limits: Node) -> int:
    """Return how many values a document may have by its own key; as any if that is malformed."""
    said = limits.child(VALUES)
    values = None if said is None else parsed(parse_count, said.content)
    return min(values, MOST_VALUES) if values else MAX_VALUES


def _syntax_message(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.problem, error.context) if part]
    # libyaml of PyYAML 6.0.4 has a limit of its own, and reads far enough ahead to meet it first.
    if error.problem == "exceeded maximum nesting depth":
        return TOO_DEEP
    return "not YAML: " + ", ".join(cut(part) for part in parts)
