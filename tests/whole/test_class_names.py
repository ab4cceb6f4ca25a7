"""A noun has one meaning: no two classes of the package have the same name."""

from __future__ import annotations

import ast
from pathlib import Path

import efssim

PACKAGE = Path(efssim.__file__).parent


def test_a_class_name_is_defined_once() -> None:
    places: dict[str, list[str]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(file.relative_to(PACKAGE).as_posix())
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
