"""Whether a newcomer who installs the extra `test` has all that the tests import.

A developer's environment has more than that, so a missing requirement is seen nowhere else before
CI. Modules that a test asks for with `importorskip` may be absent.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TESTS = Path(__file__).resolve().parents[1]
HELD = {"efssim", "aiobotocore"}
"""The package, and a module that comes with `aioboto3`, for which those tests ask."""


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def optional(tree: ast.AST) -> set[str]:
    """Name the modules that a file asks for with `importorskip`."""
    return {
        str(call.args[0].value).partition(".")[0]
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", "") == "importorskip"
        and isinstance(call.args[0], ast.Constant)
    }


def modules(root: Path) -> dict[str, str]:
    """Map each top-level module that the files below a folder need to one file that imports it."""
    own = {file.stem for file in root.rglob("*.py")} | {
        folder.name for folder in root.rglob("*") if folder.is_dir()
    }
    found: dict[str, str] = {}
    for file in sorted(root.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        tops = {name.partition(".")[0] for name in imported(tree)} - optional(tree)
        for name in sorted(tops - own - HELD - set(sys.stdlib_module_names)):
            found.setdefault(name, str(file.relative_to(root)))
    return found


def lines_of(name: str) -> list[str]:
    """List the requirements of a distribution: of efssim as its file says, installed or not."""
    if name != "efssim":
        return requires(name) or []
    project = tomllib.loads((TESTS.parent / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return project["dependencies"] + [
        f"{line}; extra == '{extra}'"
        for extra, lines in project["optional-dependencies"].items()
        for line in lines
    ]


def required(name: str, extras: frozenset[str], known: set[tuple[str, str]]) -> None:
    """Add each distribution that a requirement brings, with its own requirements in turn."""
    try:
        lines = lines_of(name)
    except PackageNotFoundError:
        return  # required on other systems only, or not installed: then it holds no module
    for extra in sorted({"", *extras}):
        if (name, extra) in known:
            continue
        known.add((name, extra))
        for line in lines:
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                required(canonicalize_name(wanted.name), frozenset(wanted.extras), known)


def test_the_extra_test_brings_what_the_tests_import():
    known: set[tuple[str, str]] = set()
    required("efssim", frozenset({"test"}), known)
    brought = {name for name, _ in known}
    owners = packages_distributions()
    missing = {
        module: file
        for module, file in modules(TESTS).items()
        if not brought & {canonicalize_name(owner) for owner in owners.get(module, [])}
    }
    assert missing == {}, "not in the extra `test` of pyproject.toml"


def test_a_module_that_no_requirement_brings_is_found(tmp_path):
    (tmp_path / "test_one.py").write_text("import nox\nimport json\nfrom numpy import pi\n")
    (tmp_path / "test_two.py").write_text("import pytest\nx = pytest.importorskip('nbmake')\n")
    assert modules(tmp_path) == {
        "nox": "test_one.py",
        "numpy": "test_one.py",
        "pytest": "test_two.py",
    }
