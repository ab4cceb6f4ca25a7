"""Paths to the parts of a document: `a.b.0` or `a.b[3].c`, other names in double quotes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TypeAlias

from efssim.text.quoting import cut

Path: TypeAlias = tuple[str | int, ...]
"""Keys of mappings and indexes of lists, from the top level down."""

_NAME_MAX = 200
"""Characters of a name in a path: as many as a name may have."""

NO_PARTS = "a single value has no parts to set"
BY_INDEX = "a part of a list is set by its index, from 0"

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\[(?:\*|[0-9]+)\])?")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_QUOTED_NAME = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    segment: str | int
    start: int
    """Index of its first character in the text of the path."""


def format_path(path: Path) -> str:
    """Return a path as written on the command line: `a.b.0`, other names in double quotes."""
    return ".".join(str(part) if isinstance(part, int) else _format_name(part) for part in path)


def cut_path(path: Path) -> str:
    """Return a path for a reader: long names are cut."""
    return format_path(tuple(part if isinstance(part, int) else _cut_name(part) for part in path))


def _cut_name(name: str) -> str:
    return name if len(name) <= _NAME_MAX else f"{name[: _NAME_MAX - 1]}…"


def parse_path(text: str) -> Path:
    """Return the path that `format_path` wrote as `text`; raise ValueError if it is malformed."""
    return tuple(step.segment for step in steps_of(text))


def no_index(index: int, items: int) -> str:
    """Return the message for an index beyond the end of a list."""
    return f"the list has no index {index}, only {items} items"


def _format_name(name: str) -> str:
    # A name of digits needs quotes, or it would read back as an index.
    if _PLAIN_NAME.fullmatch(name) and not _INDEX.fullmatch(name):
        return name
    # A problem is one line, so characters that would break it are escaped.
    return json.dumps(name, ensure_ascii=not name.isprintable())


def steps_of(text: str) -> list[Step]:
    """Split a path at its dots; raise ValueError with a sentence if that cannot be done."""
    steps: list[Step] = []
    index = 0
    while True:
        segment, end = _segment(text, index)
        steps.append(Step(segment, index))
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
        raise ValueError(f"in a path, {cut(text)} has an unknown escape") from None
    assert isinstance(name, str)
    return name


def _path_message(text: str, index: int) -> str:
    if text[index : index + 1] == '"':
        return f"in a path, the quote of character {index + 1} is misplaced or has no end"
    if text[index : index + 1] in ("", "."):
        return f"in a path, character {index + 1} should begin a name"
    return f"in a path, a name with {text[index]!r} needs double quotes"
