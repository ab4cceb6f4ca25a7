"""Tests of how docstrings read: a noun names the thing, a verb has an object, one mood."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import efssim

PACKAGE = Path(efssim.__file__).parent

HINGES = re.compile(r"(\w+ )?(what|whatever|whoever|whom)\b", re.IGNORECASE)
"""The begin of a summary that has a pronoun where its noun should be: `Return what …`."""
THIRD_PERSON = re.compile(r"(Returns|Yields|Raises|Says|Tells|Gives|Whether)\b")
"""The begin of a summary of a function that is in another mood than the others."""

IN_THE_SCHEMA = {
    "scenario/grammar/network.py: Link",
    "scenario/grammar/network.py: Region",
    "scenario/schema.py: Defaults",
    "scenario/schema.py: description",
    "scenario/schema.py: events",
    "scenario/schema.py: faults",
    "scenario/schema.py: defaults",
}
"""Shown to users as descriptions by `efssim schema`, whose output is kept as it was."""


def docstrings(tree: ast.AST) -> Iterator[tuple[ast.AST, str, str]]:
    """Yield node, name and text of every docstring, those below variables and fields included."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for before, part in zip([node, *body], body, strict=False):
            match part:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield before, _name(before), text


def _name(node: ast.AST) -> str:
    match node:
        case ast.AnnAssign(target=target) | ast.Assign(targets=[target]):
            return ast.unparse(target)
        case _:
            return getattr(node, "name", "the module")


def found(pattern: re.Pattern[str], *, functions_alone: bool = False) -> list[str]:
    """Return the places of the summaries in efssim that begin with a pattern."""
    return [
        f"{file}: {name}"
        for file, node, name, text in of_package()
        if pattern.match(text) and (not functions_alone or is_function(node))
    ]


@cache
def of_package() -> list[tuple[str, ast.AST, str, str]]:
    """Return file, node, name and text of every docstring in efssim."""
    return [
        (file.relative_to(PACKAGE).as_posix(), *docstring)
        for file in sorted(PACKAGE.rglob("*.py"))
        for docstring in docstrings(ast.parse(file.read_text(encoding="utf-8")))
    ]


def is_function(node: ast.AST) -> bool:
    """Return whether a node is a function that is called and no property."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return not any("property" in ast.unparse(part) for part in node.decorator_list)


def test_no_summary_hinges_on_what():
    assert set(found(HINGES)) == IN_THE_SCHEMA


def test_summaries_of_functions_are_in_the_imperative():
    assert found(THIRD_PERSON, functions_alone=True) == []


def test_the_checks_see_a_riddle():
    for riddle in ("What is measured.", "Return what a mean is at most.", "Whatever is left."):
        assert HINGES.match(riddle)
    assert not HINGES.match("Return an upper bound of the mean.")
    assert THIRD_PERSON.match("Returns a number.")
    (riddle,) = docstrings(ast.parse('class A:\n    b: int\n    """What it is."""\n'))
    assert riddle[1:] == ("b", "What it is.")
