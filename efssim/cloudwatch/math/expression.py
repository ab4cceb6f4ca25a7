"""Expressions of metric math, read from their text.

Source: "Metric math syntax and functions" of the CloudWatch User Guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from efssim.errors import EfssimError

LONGEST = 2048
"""Most characters of an expression; documented."""
_DEEPEST = 40
"""Most parentheses inside one another; assumed, so that no text can exhaust Python's stack."""
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<word>[A-Za-z][A-Za-z0-9_]*)"
    r"|\"(?P<text>[^\"]*)\"|'(?P<text2>[^']*)'"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>(),\[\]]))"
)
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("OR", "||"),
    ("AND", "&&"),
    ("==", "!=", "<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/"),
    ("^",),
)
"""Operators from the loosest to the tightest."""


class ExpressionError(EfssimError, ValueError):
    """An expression that cannot be read or has no value; the message says why."""


@dataclass(frozen=True, slots=True)
class NumberNode:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class NameNode:
    """An id of another query, or a word such as REPEAT."""

    name: str


@dataclass(frozen=True, slots=True)
class TextNode:
    """A text in quotes."""

    text: str


@dataclass(frozen=True, slots=True)
class CallNode:
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ListNode:
    """An array of time series."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class OperatorNode:
    """An operator between two operands; unary minus is 0 minus the operand."""

    sign: str
    left: Node
    right: Node


Node: TypeAlias = NumberNode | NameNode | TextNode | CallNode | ListNode | OperatorNode


def expression(text: str) -> Node:
    """Return the expression that a text is; raise ExpressionError for any other text."""
    if len(text) > LONGEST:
        raise ExpressionError(f"it is longer than {LONGEST:,} characters")
    return _Reader(list(_tokens(text))).whole()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:
            raise ExpressionError(f"'{text[at:].strip()[:20]}' is not understood")
        kind = found.lastgroup or ""
        yield _Token(kind.rstrip("2"), found[kind])
        at = found.end()


class _Reader:
    """Reads tokens by the precedence of operators."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def whole(self) -> Node:
        """Return the expression that all tokens are."""
        found = self._level(0)
        if self._at < len(self._tokens):
            self._fail()
        return found

    @property
    def _next(self) -> str:
        return self._tokens[self._at].text if self._is("sign") or self._is("word") else ""

    def _is(self, kind: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].kind == kind

    def _fail(self) -> NoReturn:
        if self._at >= len(self._tokens):
            raise ExpressionError("it ends too early")
        raise ExpressionError(f"'{self._tokens[self._at].text[:20]}' has no place there")

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._operand()
        found = self._level(level + 1)
        while self._next in _LEVELS[level]:
            sign = self._taken().text
            found = OperatorNode(sign, found, self._level(level + 1))
        return found

    def _taken(self) -> _Token:
        if self._at >= len(self._tokens):
            self._fail()
        self._at += 1
        return self._tokens[self._at - 1]

    def _operand(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError(f"it has more than {_DEEPEST} levels")
        found = self._plain_operand()
        self._depth -= 1
        return found

    def _plain_operand(self) -> Node:
        if self._is("number"):
            return NumberNode(float(self._taken().text))
        if self._is("text"):
            return TextNode(self._taken().text)
        if self._next == "-":
            self._taken()
            return OperatorNode("-", NumberNode(0.0), self._level(len(_LEVELS) - 1))
        if self._next == "(":
            self._taken()
            found = self._level(0)
            self._expect(")")
            return found
        if self._next == "[":
            self._taken()
            return ListNode(self._listed("]"))
        if not self._is("word"):
            self._fail()
        name = self._taken().text
        if self._next == "(":
            self._taken()
            return CallNode(name, self._listed(")"))
        return NameNode(name)

    def _listed(self, end: str) -> tuple[Node, ...]:
        """Return the parts between commas up to an end."""
        found: list[Node] = []
        while self._next != end or found:
            if found:
                if self._next == end:
                    break
                self._expect(",")
            found.append(self._level(0))
        self._expect(end)
        return tuple(found)

    def _expect(self, sign: str) -> None:
        if self._next != sign:
            self._fail()
        self._taken()
