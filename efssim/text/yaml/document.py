"""Scenario files as plain data that knows where each part was written.

YAML is read with the scalars of the 1.2 core schema, so `no` and `12:30` stay strings, and with
limits that keep a hostile file from costing more than an honest one. Whatever is wrong with a
text is a `Problem` with a position; all problems of a text are raised together.
"""

from __future__ import annotations

import codecs
import difflib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import yaml
from pydantic import BaseModel

from efssim.errors import EfssimError, capped, concise
from efssim.text.files import read_regular
from efssim.text.quoting import cut

_FILE_MAX = 500
"""Characters of the name of a file in a message: more than most have, and no file is found by; a
name that was too long to be opened is cut."""

_PATH_MAX = 500
"""Characters of a path in a message: above those of every path that a scenario can have but for
long names."""

_NAME_MAX = 200
"""Characters of a name in a path: as many as a name may have."""

MAX_VALUES = 100_000
"""Largest number of values in a document, each alias counted as what it stands for."""

MAX_BYTES = 2**24
"""Largest scenario file (16 MiB): far above what 100,000 values take; assumed."""

MAX_DEPTH = 100
"""Deepest nesting of mappings and lists, aliases expanded."""

MAX_DIGITS = 250
"""Longest integer as written, sign and prefix included: every one fits a float."""

Path: TypeAlias = tuple[str | int, ...]
"""Keys of mappings and indexes of lists, from the top level down."""

_Scalar: TypeAlias = str | int | float | bool | None

# libyaml where PyYAML was built with it: the same events, an order of magnitude sooner.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file, or in an argument of the command line; line and column from 1."""

    file: str
    line: int
    column: int


_Locate: TypeAlias = Callable[[Any], Position]
"""Turns a mark of the parser into a position for the user."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place, as one line for the user."""

    position: Position | None
    """None where nothing was written in a file: a change that Python code made."""
    path: Path
    message: str

    def __post_init__(self) -> None:
        """Cut what a message quotes."""
        object.__setattr__(self, "message", concise(self.message))

    def __str__(self) -> str:
        at = self.position
        place = "" if at is None else f"{capped(at.file, _FILE_MAX)}:{at.line}:{at.column}: "
        where = f"{capped(_cut_path(self.path), _PATH_MAX)}: " if self.path else ""
        return f"{place}{where}{self.message}"


class ScenarioError(EfssimError, ValueError):
    """A scenario that cannot be used; `problems` are all that was found, in reading order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class Document:
    """The content of a scenario file: `data` is plain, positions are asked for by path."""

    data: Any
    problems: tuple[Problem, ...]
    """What is wrong with single keys and values, which are left out of `data`."""

    def __init__(self, root: _Node, problems: Iterable[Problem] = ()) -> None:
        self._root, self.problems = root, tuple(problems)
        self.data = _plain(root)

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

    def override(self, text: str, ordinal: int) -> None:
        """Set what `text`, the `ordinal`-th "path=value" of the command line, says.

        Mappings on the way are created. Raises ScenarioError and changes nothing if the text
        is malformed or its path leads through a value that has no such part.
        """
        at = _argument(text, ordinal)
        steps, offset = _split_override(text, at)
        path = tuple(step.segment for step in steps)
        value, problems = _compose(text[offset:], lambda mark: at(offset + mark.index), path)
        if problems:
            raise ScenarioError(problems)
        if len(path) + value.height > MAX_DEPTH:
            raise ScenarioError([Problem(at(0), (), _TOO_DEEP)])
        self._root = _replaced(self._root, steps, value, _Setting(at, path))
        self.data = _plain(self._root)


def override_path(text: str, ordinal: int) -> Path:
    """Return the path that the `ordinal`-th "path=value" sets; raise ScenarioError for none."""
    steps, _ = _split_override(text, _argument(text, ordinal))
    return tuple(step.segment for step in steps)


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
    """Parse what a file holds, or standard input; as `read_document` does."""
    return parse_leniently(_decoded(content, file), file)


def parse_document(text: str, file: str) -> Document:
    """Parse the text of a scenario; `file` is its name in positions.

    Raises ScenarioError with everything that is wrong: syntax, duplicate keys, keys that are
    not strings, tags beyond the core schema's, characters that YAML does not allow, too many
    values, too deep nesting, several documents, a top level that is not a mapping.
    """
    document = parse_leniently(text, file)
    if document.problems:
        raise ScenarioError(document.problems)
    return document


def parse_leniently(text: str, file: str) -> Document:
    """Parse the text of a scenario and keep the problems that reading can go past.

    So what is wrong with one key does not hide what is wrong with the others. Raises ScenarioError
    for syntax, characters, limits, several documents and a top level that is not a mapping.
    """
    text = text.removeprefix("\ufeff")
    _check_characters(text, lambda index: _position_in(text, index, file))
    start = Position(file, 1, 1)
    root, problems = _compose(text, lambda mark: Position(file, mark.line + 1, mark.column + 1), ())
    if root.absent:
        return Document(_Node.mapping(start, {}, {}), problems)
    if not isinstance(root.content, dict):
        raise ScenarioError(problems or [Problem(root.position, (), _TOP)])
    return Document(_Node.mapping(start, root.content, root.keys), problems)


def document_of(data: object, file: str) -> Document:
    """Return plain data, which Python code made, as a document; every position is line 0 of `file`.

    Raises ScenarioError for a top level that is not a mapping and for too deep nesting.
    """
    at = Position(file, 0, 0)
    root = _node_of(data, at, 0)
    if not isinstance(root.content, dict):
        raise ScenarioError([Problem(at, (), _TOP)])
    return Document(root)


def _node_of(value: Any, at: Position, depth: int) -> _Node:
    if depth > MAX_DEPTH:
        raise ScenarioError([Problem(at, (), _TOO_DEEP)])
    if isinstance(value, Mapping):
        content = {str(key): _node_of(part, at, depth + 1) for key, part in value.items()}
        return _Node.mapping(at, content, dict.fromkeys(content, at))
    if isinstance(value, list | tuple):
        return _Node.sequence(at, [_node_of(part, at, depth + 1) for part in value])
    if isinstance(value, BaseModel):
        return _node_of(value.model_dump(by_alias=True, exclude_unset=True), at, depth)
    return _Node(at, value, {})


def format_path(path: Path) -> str:
    """Return a path as written on the command line: `a.b.0`, other names in double quotes."""
    return ".".join(str(part) if isinstance(part, int) else _format_name(part) for part in path)


def _cut_path(path: Path) -> str:
    """Return a path for a reader: long names are cut."""
    return format_path(tuple(part if isinstance(part, int) else _cut_name(part) for part in path))


def _cut_name(name: str) -> str:
    return name if len(name) <= _NAME_MAX else f"{name[: _NAME_MAX - 1]}…"


def parse_path(text: str) -> Path:
    """Return the path that `format_path` wrote as `text`; raise ValueError if it is malformed."""
    return tuple(step.segment for step in _steps(text))


NO_PARTS = "a single value has no parts to set"
BY_INDEX = "a part of a list is set by its index, from 0"


def no_index(index: int, items: int) -> str:
    """Return what is wrong with an index beyond the end of a list."""
    return f"the list has no index {index}, only {items} items"


def suggest(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" with the known word closest to `word`, or "" if none is."""
    if len(word) > _LONGEST_TYPO:
        return ""  # no typo of a name, and the comparison is quadratic
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""


_LONGEST_TYPO = 100
_TOP = "the top level must be a mapping of names to values"
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
_TOO_MANY = f"more than {MAX_VALUES:,} values, each alias counted as what it stands for"
_TAB = "a tab indents this line, and YAML takes spaces only"
_NO_VALUE = "expected path=value"
_KEY = "keys are names; quote it"


# Characters and bytes


# All but YAML's printable characters, and the byte order mark, which shows nowhere yet makes a key
# differ from its look. Listed as they are: compiling `[^...]` with every allowed one takes 4 ms.
_NOT_ALLOWED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what the parser counts as lines


def _decoded(content: bytes, file: str) -> str:
    """Decode UTF-8, with or without a mark; raise ScenarioError where it is not."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        problem = Problem(Position(file, 1, 1), (), "the file is UTF-16; save it as UTF-8")
        raise ScenarioError([problem])
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        position = _position_in(before, len(before), file)
        raise ScenarioError([Problem(position, (), "the file is not UTF-8")]) from None


def _position_in(text: str, index: int, file: str) -> Position:
    breaks = [found.end() for found in _LINE_BREAK.finditer(text, 0, index)]
    return Position(file, len(breaks) + 1, index - (breaks[-1] if breaks else 0) + 1)


def _check_characters(text: str, at: Callable[[int], Position]) -> None:
    """Raise ScenarioError at the first character that YAML does not allow.

    Only the first: a binary file has millions.
    """
    found = _NOT_ALLOWED.search(text)
    if found:
        raise ScenarioError([Problem(at(found.start()), (), _character_message(found[0]))])


def _character_message(character: str) -> str:
    return f"character U+{ord(character):04X} is not allowed"


# Paths


_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_QUOTED_NAME = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Step:
    segment: str | int
    start: int
    """Index of its first character in the text of the path."""


def _format_name(name: str) -> str:
    # A name of digits needs quotes, or it would read back as an index.
    if _PLAIN_NAME.fullmatch(name) and not _INDEX.fullmatch(name):
        return name
    # A problem is one line, so whatever would break it is escaped.
    return json.dumps(name, ensure_ascii=not name.isprintable())


def _steps(text: str) -> list[_Step]:
    """Split a path at its dots; raise ValueError with a sentence if that cannot be done."""
    steps: list[_Step] = []
    index = 0
    while True:
        segment, end = _segment(text, index)
        steps.append(_Step(segment, index))
        if end == len(text):
            return steps
        if text[end] != ".":
            raise ValueError(_path_message(text, end))
        index = end + 1


def _segment(text: str, index: int) -> tuple[str | int, int]:
    quoted = _QUOTED_NAME.match(text, index)
    if quoted:
        return _unquoted(quoted[0]), quoted.end()
    plain = _PLAIN_NAME.match(text, index)
    if not plain:
        raise ValueError(_path_message(text, index))
    name = plain[0]
    return int(name) if _INDEX.fullmatch(name) else name, plain.end()


def _unquoted(text: str) -> str:
    try:
        name = json.loads(text, strict=False)
    except ValueError:
        raise ValueError(f"in a path, {_shown(text)} has an unknown escape") from None
    assert isinstance(name, str)
    return name


def _path_message(text: str, index: int) -> str:
    if text[index : index + 1] == '"':
        return f"in a path, the quote of character {index + 1} is misplaced or has no end"
    if text[index : index + 1] in ("", "."):
        return f"in a path, character {index + 1} should begin a name"
    return f"in a path, a name with {text[index]!r} needs double quotes"


def _shown(text: str) -> str:
    """Return a text of the user as one short line."""
    return cut(text)


# Nodes


@dataclass(frozen=True, slots=True)
class _Node:
    """A value and where it was written. Aliases share nodes, so a node never changes."""

    position: Position
    content: _Scalar | dict[str, _Node] | list[_Node]
    keys: dict[str, Position]
    """Where the keys of a mapping were written."""
    size: int = 1
    """Number of values, this one included."""
    height: int = 0
    """Number of mappings and lists around its deepest scalar."""
    absent: bool = False
    """Nothing was written."""

    @staticmethod
    def mapping(at: Position, content: dict[str, _Node], keys: dict[str, Position]) -> _Node:
        return _Node(at, content, keys, *_extent(content.values()))

    @staticmethod
    def sequence(at: Position, content: list[_Node]) -> _Node:
        return _Node(at, content, {}, *_extent(content))

    def child(self, segment: str | int) -> _Node | None:
        """Return the value of a key, or the item of an index; None if there is none."""
        if isinstance(self.content, dict):
            return self.content.get(str(segment))
        if isinstance(self.content, list) and isinstance(segment, int):
            return self.content[segment] if 0 <= segment < len(self.content) else None
        return None


def _extent(children: Iterable[_Node]) -> tuple[int, int]:
    """Return the size and the height of a mapping or list."""
    size, height = 1, 0
    for child in children:
        size, height = size + child.size, max(height, child.height)
    return size, height + 1


def _plain(node: _Node) -> Any:
    if isinstance(node.content, dict):
        return {name: _plain(child) for name, child in node.content.items()}
    if isinstance(node.content, list):
        return [_plain(child) for child in node.content]
    return node.content


# Scalars


_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"(true|True|TRUE)|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_BASES = {"0o": 8, "0x": 16}

_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = {
    _TAG + "null": _NULL,
    _TAG + "bool": _BOOL,
    _TAG + "int": _INT,
    _TAG + "float": _FLOAT,
}
_TAGS = {*_SCALAR_TAGS, _TAG + "str", _TAG + "map", _TAG + "seq"}


def _implicit_tag(text: str) -> str:
    """Return the tag that the core schema gives a plain scalar."""
    for tag, pattern in _SCALAR_TAGS.items():  # integers before the floats that they also are
        if pattern.fullmatch(text):
            return tag
    return _TAG + "str"


def _scalar(text: str, tag: str) -> _Scalar:
    """Return the value of a scalar; raise ValueError with a sentence if it has none."""
    if tag == _TAG + "str":
        return text
    pattern = _SCALAR_TAGS.get(tag)
    found = pattern.fullmatch(text) if pattern else None
    if not found:
        raise ValueError(f"{_shown_tag(tag)} does not fit this value")
    if pattern is _BOOL:
        return found[1] is not None
    if pattern is _INT:
        return _integer(text)
    if pattern is _FLOAT:  # Python has no dot in `.inf` and `.nan`
        return float(text.replace(".", "") if text[-1].isalpha() else text)
    return None


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number of more than {MAX_DIGITS} digits")
    base = _BASES.get(text[:2])
    return int(text[2:], base) if base else int(text)


def _shown_tag(tag: str) -> str:
    return _shown("!!" + tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag)


# Composing nodes


def _compose(text: str, locate: _Locate, path: Path) -> tuple[_Node, list[Problem]]:
    """Compose the nodes of a text whose top is at `path`; raise ScenarioError if it must stop."""
    composer = _Composer(text, yaml.parse(text, Loader=_LOADER), locate, path)
    return composer.document(), composer.problems


class _Composer:
    """Composes nodes from the parser's events, and collects what is wrong on the way.

    Not PyYAML's composer: that recurses without a limit and stops at its first problem.
    """

    def __init__(self, text: str, events: Iterator[Any], locate: _Locate, path: Path) -> None:
        self._text = text
        self.problems: list[Problem] = []
        self._events = events
        self._locate = locate
        self._path = path
        self._here: Position | None = None
        self._anchors: dict[str, _Node | None] = {}  # None while the anchored node is open
        self._values = 0
        self._depth = 0

    def document(self) -> _Node:
        """Return the only document; an empty text has an absent null.

        Problems are in `problems`; raises ScenarioError for one that reading cannot go past.
        """
        stream = self._next()
        if isinstance(start := self._next(), yaml.StreamEndEvent):
            return _Node(self._locate(stream.start_mark), None, {}, absent=True)
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
            self._stop(self._last(), f"not YAML: {_shown(str(error))}")
        self._here = self._locate(event.end_mark)
        return event

    def _is_tab(self, mark: yaml.Mark | None) -> bool:
        """Whether the parser stopped at a tab in the white space that begins a line."""
        if mark is None:
            return False
        begin = self._text.rfind("\n", 0, mark.index) + 1
        space = self._text[begin : mark.index + 1]
        return "\t" in space and not space.strip()

    def _last(self) -> Position:
        return self._here or self._locate(yaml.Mark("", 0, 0, 0, None, 0))

    def _stop(self, position: Position, message: str, path: Path | None = None) -> NoReturn:
        problem = Problem(position, self._path if path is None else path, message)
        raise ScenarioError([*self.problems, problem]) from None

    def _refuse(self, position: Position, path: Path, message: str) -> None:
        self.problems.append(Problem(position, path, message))

    def _node(self, event: Any, path: Path) -> _Node:
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
        if self._values > MAX_VALUES:
            self._stop(self._locate(event.start_mark), _TOO_MANY, path)

    def _alias(self, event: Any, path: Path) -> _Node:
        """Return the anchor's node; null, and a problem, if it cannot stand here."""
        position = self._locate(event.start_mark)
        node = self._anchors.get(event.anchor)
        if node is not None:
            if self._depth + node.height <= MAX_DEPTH:
                return node
            self._stop(position, _TOO_DEEP, path)
        name = _shown(event.anchor)
        known = event.anchor in self._anchors
        message = f"alias *{name} stands inside its own anchor" if known else f"no anchor &{name}"
        self._refuse(position, path, message)
        return _Node(position, None, {})

    def _scalar(self, event: Any, path: Path) -> _Node:
        """Return the scalar's node; null, and a problem, if it has no value."""
        position = self._locate(event.start_mark)
        plain = event.tag is None and event.implicit[0]
        content: _Scalar = None
        try:
            content = self._scalar_value(event, plain)
        except ValueError as error:
            self._refuse(position, path, str(error))
        node = _Node(position, content, {}, absent=plain and not event.value)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    @staticmethod
    def _scalar_value(event: Any, plain: bool) -> _Scalar:
        """Return the value; raise ValueError with a sentence if it has none."""
        tag = _implicit_tag(event.value) if plain else event.tag or _TAG + "str"
        _check_tag(tag)
        escaped = _NOT_ALLOWED.search(event.value)
        if escaped:  # "\0" is YAML, but no name of anything
            raise ValueError(_character_message(escaped[0]))
        return _scalar(event.value, tag)

    def _collection(self, event: Any, path: Path) -> _Node:
        if self._depth == MAX_DEPTH:
            self._stop(self._locate(event.start_mark), _TOO_DEEP)  # its path fills a screen
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
        tag = event.tag or _TAG + own
        try:
            _check_tag(tag)
        except ValueError as error:
            self._refuse(self._locate(event.start_mark), path, str(error))
            return
        if tag != _TAG + own:
            message = f"{_shown_tag(tag)} does not fit this value"
            self._refuse(self._locate(event.start_mark), path, message)

    def _sequence(self, start: Any, path: Path) -> _Node:
        content: list[_Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            content.append(self._node(event, (*path, len(content))))
        return _Node.sequence(self._locate(start.start_mark), content)

    def _mapping(self, start: Any, path: Path) -> _Node:
        content: dict[str, _Node] = {}
        keys: dict[str, Position] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            name = self._key(event, path, keys)
            value = self._node(self._next(), path if name is None else (*path, name))
            if name is not None:
                content.setdefault(name, value)
                keys.setdefault(name, self._locate(event.start_mark))
        return _Node.mapping(self._locate(start.start_mark), content, keys)

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


def _check_tag(tag: str) -> None:
    if tag not in _TAGS:
        raise ValueError(f"{_shown_tag(tag)}: tags that construct objects are not allowed")


def _syntax_message(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.problem, error.context) if part]
    # libyaml of PyYAML 6.0.4 has a limit of its own, and reads far enough ahead to meet it first.
    if error.problem == "exceeded maximum nesting depth":
        return _TOO_DEEP
    return "not YAML: " + ", ".join(_shown(part) for part in parts)


# Overrides


_OVERRIDE = re.compile(r'((?:[^"=]|"(?:[^"\\]|\\.)*")*)=', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Setting:
    """An override, for what is wrong with it."""

    at: Callable[[int], Position]
    path: Path

    def refuse(self, step: _Step, message: str) -> NoReturn:
        raise ScenarioError([Problem(self.at(step.start), self.path, message)])


def _argument(text: str, ordinal: int) -> Callable[[int], Position]:
    """Return what locates an index of an override; raise ScenarioError for its characters."""

    def at(index: int) -> Position:
        return Position("--set", ordinal, index + 1)

    _check_characters(text, at)
    return at


def _split_override(text: str, at: Callable[[int], Position]) -> tuple[list[_Step], int]:
    """Return the steps of an override's path and the index of its value; raise ScenarioError."""
    found = _OVERRIDE.match(text)
    try:
        steps = _steps(found[1] if found else text)
    except ValueError as error:
        message = str(error) if "=" in text else _NO_VALUE
        raise ScenarioError([Problem(at(0), (), message)]) from None
    if not found:
        raise ScenarioError([Problem(at(0), (), _NO_VALUE)])
    for step in steps:
        escaped = _NOT_ALLOWED.search(str(step.segment))
        if escaped:
            raise ScenarioError([Problem(at(step.start), (), _character_message(escaped[0]))])
    return steps, found.end()


def _replaced(node: _Node, steps: list[_Step], value: _Node, setting: _Setting) -> _Node:
    """Return `node` with `value` at the end of `steps`; raise ScenarioError if none leads there."""
    if not steps:
        return value
    if isinstance(node.content, list):
        return _with_item(node.position, node.content, steps, value, setting)
    if node.content is None:  # `file_systems:` with nothing below may get its first part
        node = _Node.mapping(node.position, {}, {})
    if not isinstance(node.content, dict):
        setting.refuse(steps[0], NO_PARTS)
    return _with_key(node, node.content, steps, value, setting)


def _with_item(
    position: Position,
    items: list[_Node],
    steps: list[_Step],
    value: _Node,
    setting: _Setting,
) -> _Node:
    step, *rest = steps
    if not isinstance(step.segment, int):
        setting.refuse(step, BY_INDEX)
    if step.segment >= len(items):
        setting.refuse(step, no_index(step.segment, len(items)))
    changed = list(items)
    changed[step.segment] = _replaced(items[step.segment], rest, value, setting)
    return _Node.sequence(position, changed)


def _with_key(
    node: _Node,
    content: dict[str, _Node],
    steps: list[_Step],
    value: _Node,
    setting: _Setting,
) -> _Node:
    step, *rest = steps
    name, here = str(step.segment), setting.at(step.start)
    below = content.get(name, _Node(here, None, {}))
    # A key on the way keeps the place where it was written; the last one was written here.
    keys = node.keys if rest and name in node.keys else {**node.keys, name: here}
    changed = {**content, name: _replaced(below, rest, value, setting)}
    return _Node.mapping(node.position, changed, keys)
