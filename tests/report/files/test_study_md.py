"""study.md under every --out: each item of STRESS-DES, from the manifest, anywhere the same."""

from __future__ import annotations

import json
import platform
import re
from pathlib import Path

import pytest
from helpers.commands import INTERVAL, command, write_tiny
from helpers.places import ROOT

from efssim.report.files.reporting.checklist import CHECKLIST, study_markdown

ITEMS = [item.split()[0] for items in CHECKLIST.values() for item in items]
COUNTS = {1: 3, 2: 5, 3: 4, 4: 3, 5: 4, 6: 1}
FAULT = """
warm_up: 0 s
faults:
  wan: {link_outage: us-east-1 -> us-west-2, every: {exponential: {mean: 5 min}}, for: 10 s}
events: [{at: 3 min, link_outage: us-east-1 -> us-west-2, for: 20 s}]
"""
CASES = {
    "run": ["run", "FILE", "--set", "records=off"],
    "trials": ["run", "FILE", "-n", 2, "-w", 1],
    "comparison": ["run", "FILE", "OTHER", "-n", 2, "-w", 1],
    "sweep": ["sweep", "FILE", "--vary", f"{INTERVAL}=20s,40s", "-w", 1],
    "plan": ["plan", "FILE", "--vary", f"{INTERVAL}=20s..40s", "-n", 10, "-w", 1, "-q"],
    "drill": ["drill", "FILE", "-n", 2],
    "alarms": ["alarms", "FILE"],
    "export": ["export", "FILE"],
}


def studies(folder: Path) -> dict[str, Path]:
    folder.mkdir()
    files = {"FILE": write_tiny(folder), "OTHER": write_tiny(folder, "other", "40 s")}
    text = files["FILE"].read_text(encoding="utf-8").replace("warm_up: 1 min\n", "")
    files["FILE"].write_text(text + FAULT, encoding="utf-8")
    return files


def wrote(files: dict[str, Path], case: str, out: Path) -> str:
    ended = command(*(files.get(str(one), one) for one in CASES[case]), "-o", out)
    assert ended.code == 0, ended.err
    return (out / "study.md").read_text(encoding="utf-8")


def test_the_checklist_has_its_twenty_items() -> None:
    assert [f"{section}.{k}" for section, n in COUNTS.items() for k in range(1, n + 1)] == ITEMS
    page = (ROOT / "docs" / "stress-des.md").read_text(encoding="utf-8")
    answered = re.findall(r"^### (\d\.\d) (.+)$", page, re.MULTILINE)
    assert [f"{number} {title}" for number, title in answered] == [
        item for items in CHECKLIST.values() for item in items
    ]


@pytest.mark.parametrize("case", CASES)
def test_every_study_has_it_and_anywhere_the_same(case: str, tmp_path: Path) -> None:
    first = wrote(studies(tmp_path / "one"), case, tmp_path / "one" / "out")
    assert wrote(studies(tmp_path / "two"), case, tmp_path / "two" / "deeper" / "out") == first
    sections = re.split(r"^### (\d\.\d) .*$", first, flags=re.MULTILINE)
    assert sections[1::2] == ITEMS
    assert all(answer.strip() for answer in sections[2::2])
    for place in (str(tmp_path), platform.node(), str(Path.home()), platform.machine()):
        assert place not in first
    listed = re.search(r"Files: (.*)\.$", first, re.MULTILINE)
    assert listed is not None
    out = tmp_path / "one" / "out"
    names = {path.name for path in out.iterdir() if path.is_file()} - {"study.md"}
    assert set(re.findall(r"`([^`]+)`", listed[1])) == names


def test_it_says_what_the_manifest_says(tmp_path: Path) -> None:
    text = wrote(studies(tmp_path / "one"), "trials", tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    for said in (
        f"Made by efssim {manifest['efssim']}: trials of a scenario.",
        "RPO: age at most 1 min for 90 % of the time.",
        "* replication `dr`: `orders` to us-west-2",
        "Events at given times: 1 × `link_outage`. Random faults: `wan`.",
        "* `orders.w`: arrivals poisson",
        "Warm-up: 0 s, left out of every statistic. At the start: `dr` begins with an initial sync",
        "10 min from 2026-01-01T00:00:00Z.",
        "2 trials.",
        f"numpy {manifest['packages']['numpy']}",
        "Seed 1. Every component",
        manifest["digest"],
        "| `replications.dr.sync.throughput` | 214 MiB/s | assumed |",
        "| `replications.dr.sync.interval` | 20.0 | scenario |",
    ):
        assert said in text
    counts = {}
    for one in manifest["parameters"]:
        counts[one["provenance"]] = counts.get(one["provenance"], 0) + 1
    for provenance, count in counts.items():
        assert f"{count} {provenance}" in text


def test_where_no_parameter_is_known_nothing_is_denied(tmp_path: Path) -> None:
    text = wrote(studies(tmp_path / "one"), "comparison", tmp_path / "out")
    assert "No events" not in text
    assert "As the scenario files say: tiny, other." in text
    assert "No events" in (tmp_path / "out" / "other" / "study.md").read_text(encoding="utf-8")
    nothing = study_markdown({"efssim": "1", "python": "3", "packages": {}}, ["traces.json"])
    assert nothing.count("Nothing is simulated.") > 5


def test_files_by_their_names_are_no_part_of_it() -> None:
    parameter = {"value": '"/home/me/w.csv"', "provenance": "scenario", "why": ""}
    paths = ("file_systems.a.writes.w.trace.file", "file_systems.a.writes.w.size")
    rows = [{**parameter, "path": path} for path in paths]
    rows[1]["value"] = '{"empirical":{"file":"/home/me/sizes.csv"}}'
    text = study_markdown({"scenario": {"name": "a"}, "parameters": rows}, [])
    assert text.count("| a file | scenario |") == 2
    assert "/home" not in text


def test_a_study_md_of_somebody_is_left_alone(tmp_path: Path) -> None:
    files = studies(tmp_path / "one")
    out = tmp_path / "out"
    out.mkdir()
    (out / "study.md").write_text("# Mine\n", encoding="utf-8")
    ended = command("run", files["FILE"], "-o", out)
    assert (ended.code, ended.out) == (2, "")
    assert "study.md: is of no result of efssim" in ended.err
    (out / "study.md").unlink()
    wrote(files, "run", out)
    (out / "study.md").write_text("# Mine\n", encoding="utf-8")
    assert command("run", files["FILE"], "-o", out).code == 2
    assert (out / "study.md").read_text(encoding="utf-8") == "# Mine\n"


def test_an_export_is_read_without_it(tmp_path: Path) -> None:
    from efssim.calibration.given.series import read_files
    from efssim.traces.formats.options import ReadOptions

    wrote(studies(tmp_path / "one"), "export", tmp_path / "out")
    read = read_files([tmp_path / "out"], ReadOptions())
    assert sorted(Path(one.file).name for one in read.files) == [
        "DataWriteIOBytes.json",
        "StorageBytes.json",
        "TimeSinceLastSync.json",
    ]
