"""The pins of `.ci/pinned.txt`: complete, with hashes, and without an address."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest
from helpers.places import ROOT
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TEXT = (ROOT / ".ci" / "pinned.txt").read_text(encoding="utf-8")
LINES = [line.strip() for line in TEXT.replace("\\\n", "").splitlines()]
HASH = re.compile(r" --hash=sha256:[0-9a-f]{64}(?= |$)")
PINS = [Requirement(line.split(" --hash=")[0].strip()) for line in LINES]
PYTHONS = [
    one.rpartition(" ")[2]
    for one in PROJECT["classifiers"]
    if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", one)
]
WANTED = [
    Requirement(text)
    for text in (
        *PROJECT["dependencies"],
        *(one for extra in PROJECT["optional-dependencies"].values() for one in extra),
    )
]


def pinned(python: str) -> dict[str, str]:
    """Return the version of each package that a Python gets, on this system."""
    here = {**default_environment(), "python_version": python, "python_full_version": f"{python}.0"}
    found: dict[str, str] = {}
    for pin in PINS:
        if pin.marker is None or pin.marker.evaluate(here):
            name = canonicalize_name(pin.name)
            assert name not in found, f"{name} is pinned twice for Python {python}"
            (only,) = pin.specifier
            assert only.operator == "=="
            found[name] = only.version
    return found


def test_each_line_is_a_pin_with_hashes_and_no_address():
    assert len(LINES) > 100
    # What is left of a line without its pin and its hashes: no option, no address.
    left = [HASH.sub("", line).split(";")[0].strip() for line in LINES]
    assert [one for one in left if not re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.+!]+", one)] == []
    assert all(HASH.search(line) for line in LINES)
    assert all(pin.url is None for pin in PINS)
    assert "://" not in TEXT


@pytest.mark.parametrize("python", PYTHONS)
def test_they_satisfy_what_the_project_asks_for(python):
    found = pinned(python)
    asked = [one for one in WANTED if one.name != "efssim"]
    assert len(asked) > 25
    wrong = [
        str(one)
        for one in asked
        if not one.specifier.contains(found.get(canonicalize_name(one.name), "0"), True)
    ]
    assert wrong == [], "`nox -s pins` pins anew"


def test_the_sessions_are_for_the_pythons_that_are_supported():
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    (found,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PYTHONS"
    )
    assert list(found) == PYTHONS
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
