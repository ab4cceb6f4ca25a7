"""The tower: imports go down only, between files and between folders, and folders stay small.

An import counts wherever it stands: inside functions and under TYPE_CHECKING as well.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import efssim

PACKAGE = Path(efssim.__file__).parent
MOST_FILES = 12

FLOORS = (
    ("_version", "collector", "errors", "files", "json_values", "markup", "progress"),
    ("records", "text"),
    ("table",),
    ("traces",),
    ("scenario",),
    ("model", "lag"),
    ("cloudwatch", "closed_forms"),
    ("aws",),
    ("runs",),
    ("study",),
    ("calibration",),
    ("report",),
    ("api",),
    ("explorer", "extend"),
    ("cli",),
    ("__init__", "__main__"),
)
"""From the lowest to the highest; the parts of one floor may import each other one way."""

BANNED = {
    "markup": {"simpy", "numpy", "pandas", "matplotlib", "scipy", "pydantic", "jinja2"},
    "records": {"simpy", "matplotlib", "scipy", "pydantic"},
    "text": {"simpy", "pandas", "matplotlib", "scipy"},
    "traces": {"simpy", "pandas", "matplotlib", "scipy", "pydantic"},
    "scenario": {"simpy", "pandas", "matplotlib"},
    "model": {"pandas", "matplotlib", "scipy"},
    "closed_forms": {"simpy", "matplotlib", "scipy", "pydantic"},
    "lag": {"simpy", "matplotlib", "scipy", "pydantic"},
    "study": {"simpy", "matplotlib"},
    "calibration": {"simpy", "pandas", "matplotlib", "pydantic"},
    "report": {"simpy"},
    "api": {"simpy", "scipy"},
}
"""What a part leaves to others."""


def module(file: Path) -> str:
    return ".".join(("efssim", *file.relative_to(PACKAGE).with_suffix("").parts))


FILES = {module(file): file for file in sorted(PACKAGE.glob("**/*.py"))}


@cache
def imports(name: str) -> tuple[str, ...]:
    """Return the dotted names of everything that a file imports."""
    found = []
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(found)


@cache
def needs(name: str) -> tuple[str, ...]:
    """Return the files of the package that a file imports."""
    return tuple(
        dict.fromkeys(file for one in imports(name) if (file := home(one)) not in ("", name))
    )


def home(name: str) -> str:
    """Return the file in which a dotted name is defined, or nothing for other packages."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        for file in (".".join(parts[:count]), ".".join([*parts[:count], "__init__"])):
            if file in FILES:
                return file
    return ""


def circles(graph: dict[str, tuple[str, ...]]) -> list[list[str]]:
    """Return what is left of a graph without everything that is in no circle."""
    left = {node: [other for other in others if other != node] for node, others in graph.items()}
    while True:
        needed = {other for others in left.values() for other in others}
        ends = [node for node, others in left.items() if not others or node not in needed]
        if not ends:
            return [sorted(left)] if left else []
        left = {
            node: [other for other in others if other not in ends]
            for node, others in left.items()
            if node not in ends
        }


def test_no_circle_of_files():
    assert circles({name: needs(name) for name in FILES}) == []


def child(name: str, folder: str) -> str:
    """Return which file or folder directly in a folder a file belongs to; nothing if to none."""
    inside = name.removeprefix(folder + ".")
    return inside.split(".")[0] if inside != name else ""


@pytest.mark.parametrize(
    "folder", sorted({name.rpartition(".")[0] for name in FILES if name.count(".") >= 1})
)
def test_no_circle_in_a_folder(folder):
    """Between what is directly in one folder, files and folders, imports go one way."""
    graph: dict[str, tuple[str, ...]] = {}
    for name in FILES:
        inside = child(name, folder)
        if inside and inside != "__init__":
            others = tuple(child(other, folder) for other in needs(name))
            graph[inside] = (
                *graph.get(inside, ()),
                *(one for one in others if one not in ("", "__init__")),
            )
    assert circles({node: tuple(dict.fromkeys(others)) for node, others in graph.items()}) == []


def test_floors_name_every_part():
    parts = {name.split(".")[1] for name in FILES}
    assert sorted(parts) == sorted(part for floor in FLOORS for part in floor)


def floor_of(name: str) -> int:
    part = name.split(".")[1]
    return next(number for number, floor in enumerate(FLOORS) if part in floor)


@pytest.mark.parametrize("name", FILES)
def test_imports_go_down(name):
    up = [other for other in needs(name) if floor_of(other) > floor_of(name)]
    assert not up


@pytest.mark.parametrize("part", BANNED)
def test_what_a_part_leaves_to_others(part):
    for name in FILES:
        if name.split(".")[1] == part:
            assert not {one.split(".")[0] for one in imports(name)} & BANNED[part], name


def test_folders_are_small():
    counts = {
        folder: sum(1 for file in folder.iterdir() if file.is_file() and file.suffix != ".pyc")
        for folder in (PACKAGE, *sorted(PACKAGE.glob("**/")))
        if folder.name != "__pycache__"
    }
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


LONGEST_LINES = 40


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function without its docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or 0) - docstring.lineno + 1)


@pytest.mark.parametrize("name", FILES)
def test_functions_are_short(name):
    tree = ast.parse(FILES[name].read_text(encoding="utf-8"))
    functions = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert not [one.name for one in functions if _lines(one) > LONGEST_LINES]
