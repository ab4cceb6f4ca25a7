"""The checks of `.ci/` on what others hand to them: advisories, bills of materials, runs."""

from __future__ import annotations

import runpy

import pytest
from helpers.places import ROOT

AUDIT = runpy.run_path(str(ROOT / ".ci" / "audit.py"))
SBOM = runpy.run_path(str(ROOT / ".ci" / "sbom.py"))
FEATURES = runpy.run_path(str(ROOT / ".ci" / "features.py"))

FINE = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "Dependency not found and could not be audited: b (1)"}
BAD = {"name": "c", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
BILL = {
    "$schema": "http://schema.example/bom",
    "metadata": {"component": {"name": "efssim"}, "tools": {"externalReferences": []}},
    "components": [{"name": "Some_Name", "version": "1", "externalReferences": [{"url": "x://y"}]}],
}


@pytest.mark.parametrize(
    ("dependencies", "code", "line"),
    [
        ([FINE], 0, "1 audited, no advisory about any"),
        ([FINE, SKIPPED], 2, "1 audited, and 1 could not be looked up: b"),
        (
            [SKIPPED],
            2,
            "nothing was audited: it knows none of the dependencies, or does not answer",
        ),
        ([], 2, "nothing was audited: it knows none of the dependencies, or does not answer"),
        ([FINE, SKIPPED, BAD], 1, "c 1: CVE-1, fixed in 2"),
    ],
)
def test_an_audit_is_green_only_where_every_pin_was_looked_up(dependencies, code, line):
    assert AUDIT["verdict"]({"dependencies": dependencies}) == (code, [line])


def test_a_source_of_advisories_that_does_not_answer_is_no_success():
    assert AUDIT["verdict"](None)[0] == 2


def test_a_bill_of_materials_has_no_address_and_the_version():
    bill = SBOM["cleaned"](BILL, "9.9")
    assert bill == {
        "metadata": {"component": {"name": "efssim", "version": "9.9"}, "tools": {}},
        "components": [{"name": "Some_Name", "version": "1"}],
    }
    assert SBOM["problems"](bill, {("some-name", "1")}) == []
    assert SBOM["problems"](bill, {("some-name", "2")}) == ["some-name 1 is not pinned"]
    assert SBOM["problems"]({"components": []}, set()) == ["there is no component in it"]
    (said,) = SBOM["problems"](BILL, {("some-name", "1")})[:1]
    assert said.startswith("it has an address or a path: http://")


def test_the_bill_knows_the_pins():
    found = SBOM["pins"]()
    assert {name for name, _ in found} >= {
        "numpy",
        "simpy",
        "pydantic",
        "jinja2",
        "python-dateutil",
    }
    assert len(found) > 100


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": [1.0, 2]}, {"a": [1.0, 2]}, [0.0, 0.0]),
        ({"a": 1.0}, {"a": 1.0 + 2**-52}, [pytest.approx(2**-52, rel=1e-9)]),
        ({"a": 0.0}, {"a": 0}, [0.0]),
        ({"a": 0.0}, {"a": 1e-300}, [1.0]),
        ({"a": 1}, {"b": 1}, [float("inf")]),
        ({"a": [1]}, {"a": [1, 2]}, [float("inf")]),
        ({"a": None}, {"a": 0.0}, [float("inf")]),
        ({"a": "met"}, {"a": "missed"}, [float("inf")]),
    ],
)
def test_differences_between_runs_are_relative_and_a_shape_is_one(left, right, expected):
    assert [each for each, _ in FEATURES["differences"](left, right)] == expected
