"""The characters and bytes of a document."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from efssim.text.yaml.problems import Position, Problem, ScenarioError

# All but YAML's printable characters, and the byte order mark, which shows nowhere yet makes a key
# differ from its look. Listed as they are: compiling `[^...]` with every allowed one takes 4 ms.
NOT_ALLOWED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # the line breaks of the parser


def decoded(content: bytes, file: str) -> str:
    """Decode UTF-8, with or without a mark; raise ScenarioError where it is not."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        problem = Problem(Position(file, 1, 1), (), "the file is UTF-16; save it as UTF-8")
        raise ScenarioError([problem])
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        position = position_in(before, len(before), file)
        raise ScenarioError([Problem(position, (), "the file is not UTF-8")]) from None


def position_in(text: str, index: int, file: str) -> Position:
    breaks = [found.end() for found in _LINE_BREAK.finditer(text, 0, index)]
    return Position(file, len(breaks) + 1, index - (breaks[-1] if breaks else 0) + 1)


def check_characters(text: str, at: Callable[[int], Position]) -> None:
    """Raise ScenarioError at the first character that YAML does not allow.

    Only the first: a binary file has millions.
    """
    found = NOT_ALLOWED.search(text)
    if found:
        raise ScenarioError([Problem(at(found.start()), (), character_message(found[0]))])


def character_message(character: str) -> str:
    return f"character U+{ord(character):04X} is not allowed"
