"""The example of a release: who may do what, and that its sessions are there."""

from __future__ import annotations

import re

import yaml
from helpers.places import ROOT

FILE = ROOT / "docs" / "examples" / "release.yml"
WORKFLOW = yaml.safe_load(FILE.read_text(encoding="utf-8"))
BUILD, PUBLISH = WORKFLOW["jobs"]["build"], WORKFLOW["jobs"]["publish"]


def test_nobody_may_do_more_than_the_job_needs():
    assert WORKFLOW["permissions"] == {}
    assert BUILD["permissions"] == {"contents": "read"}
    assert PUBLISH["permissions"] == {"id-token": "write", "attestations": "write"}
    assert set(WORKFLOW["jobs"]) == {"build", "publish"}
    text = FILE.read_text(encoding="utf-8")
    assert "secrets" not in text
    assert "${{" not in text


def test_what_may_sign_runs_nothing_of_the_repository():
    assert [step.get("run") for step in PUBLISH["steps"]] == [None, None, None]
    assert [step["uses"].partition("@")[0] for step in PUBLISH["steps"]] == [
        "actions/download-artifact",
        "actions/attest-build-provenance",
        "pypa/gh-action-pypi-publish",
    ]
    assert (PUBLISH["needs"], PUBLISH["environment"]) == ("build", "pypi")
    uploaded = {step["with"]["name"] for step in BUILD["steps"] if "upload" in step.get("uses", "")}
    assert PUBLISH["steps"][0]["with"]["name"] in uploaded


def test_its_sessions_are_there():
    (line,) = (step["run"] for step in BUILD["steps"] if "nox -s" in step.get("run", ""))
    made = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    sessions = [name.partition("-3")[0] for name in line.removeprefix("nox -s ").split()]
    assert sessions == ["pinned", "audit", "wheel", "sbom"]
    assert all(re.search(rf"^def {name}\(", made, re.MULTILINE) for name in sessions)
