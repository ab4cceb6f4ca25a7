"""Data have types: dictionaries that nobody looks into are few, and known by place.

What counts is `dict[str, Any]` and whatever is as loose: other mappings, `object` for `Any`, keys
that are `Any` or `Hashable`, and each use of a name that stands for one of these.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import efssim

PACKAGE = Path(efssim.__file__).parent
MOST = 41
CLEAN = ("lag/", "study/", "report/")
"""Folders without any."""

MAPPINGS = {"dict", "Dict", "defaultdict", "OrderedDict", "Mapping", "MutableMapping"}
LOOSE_KEYS = {"str", "Any", "Hashable", "object"}
LOOSE_VALUES = {"Any", "object"}
QUOTED = re.compile(r"[\w.\[\], |]*\b(dict|\w*Mapping)\[[\w.\[\], |]*")
"""An annotation in quotes."""


@cache
def trees() -> dict[str, ast.Module]:
    """Return the files of the package by their paths below it."""
    files = sorted(PACKAGE.glob("**/*.py"))
    return {str(f.relative_to(PACKAGE)): ast.parse(f.read_text(encoding="utf-8")) for f in files}


def name_of(node: ast.expr) -> str:
    """Return the last part of a dotted name; nothing for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def is_loose(node: ast.AST) -> bool:
    """Whether a node is the annotation of a mapping that says nothing of its values."""
    if not isinstance(node, ast.Subscript) or name_of(node.value) not in MAPPINGS:
        return False
    inside = node.slice
    if not isinstance(inside, ast.Tuple) or len(inside.elts) != 2:
        return False
    key, value = map(name_of, inside.elts)
    return key in LOOSE_KEYS and value in LOOSE_VALUES


def parts(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree, those of annotations in quotes too."""
    for node in ast.walk(tree):
        yield node
        if isinstance(node, ast.Constant) and QUOTED.fullmatch(str(node.value)):
            yield from ast.walk(ast.parse(str(node.value), mode="eval"))


def assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names at the top of a file with what they stand for."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            yield name_of(node.targets[0]), node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield name_of(node.target), node.value


def aliases() -> set[str]:
    """Return the names that stand for a loose mapping."""
    return {name for tree in trees().values() for name, value in assigned(tree) if is_loose(value)}


def counts() -> Counter[str]:
    """Return how many loose mappings each file has."""
    known = aliases()
    return Counter(
        file
        for file, tree in trees().items()
        for node in parts(tree)
        if is_loose(node)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in known)
    )


def test_few_dictionaries_say_nothing_of_their_values() -> None:
    found = counts()
    assert found.total() <= MOST, found.most_common()


def test_some_folders_have_none() -> None:
    found = {file: n for file, n in counts().items() if file.startswith(CLEAN)}
    assert found == {}


def test_what_counts() -> None:
    """The test sees through the ways in which a loose mapping can be written."""
    written = (
        *("dict[str, Any]", "Dict[str, Any]", "typing.Mapping[str, typing.Any]"),
        *("Mapping[str, object]", "collections.abc.MutableMapping[Any, Any]"),
        *("dict[Hashable, Any]", "tuple[dict[str, Any], int]", "'list[dict[str, object]]'"),
    )
    for text in written:
        assert any(map(is_loose, parts(ast.parse(text)))), text
    for text in ("dict[str, int]", "Mapping[int, Any]", "dict[str, JsonValue]", "dict"):
        assert not any(map(is_loose, parts(ast.parse(text)))), text
