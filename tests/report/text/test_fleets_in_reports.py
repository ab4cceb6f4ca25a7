"""Fleets in reports, pages and files, as commands write them."""

from __future__ import annotations

import contextlib
import json
import subprocess
from pathlib import Path

import pytest
from helpers.commands import Ended, command
from helpers.fleets import DRAWN, THREE
from helpers.places import EFSSIM

SCREEN = 60
WHOLE = "Fleet dr, 3 items: all at once within the target for 55.556 % of the window; each"


def run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does."""
    return subprocess.run(
        [EFSSIM, *map(str, arguments)], cwd=folder, capture_output=True, text=True
    )


def here(*arguments: object, folder: Path) -> Ended:
    """Run a command in this process, which is quicker."""
    with contextlib.chdir(folder):
        return command(*arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fleets")
    (made / "three.yaml").write_text(THREE)
    (made / "drawn.yaml").write_text(DRAWN)
    return made


def test_a_run_of_few_items_reports_each_and_all_at_once(folder):
    done = here("run", "three.yaml", folder=folder)
    assert done.code == 0, done.err
    text = " ".join(done.out.split())
    assert WHOLE in text
    assert "for 83.333 % to 86.111 %, p50 86.111 %." in text
    for name in ("dr[1]", "dr[2]", "dr[3]"):
        assert f"{name}: RPO MET" in text


def test_a_run_of_many_items_is_one_screen(folder):
    changes = ["--set", "file_systems.orders.count=300", "--set", "duration=1 h"]
    done = here("run", "drawn.yaml", *changes, folder=folder)
    assert done.code == 0, done.err
    assert len(done.out.splitlines()) <= SCREEN
    assert "Fleet dr, 300 items: all at once within the target for" in done.out
    assert "The 10 with the least attainment:" in done.out
    full = here("run", "drawn.yaml", *changes[:1], "file_systems.orders.count=12", "--full",
               folder=folder)  # fmt: skip
    assert full.out.count("Load of orders[") == 12


def test_json_and_files_have_names_with_brackets(folder):
    done = run("run", "three.yaml", "--out", "made", "--format", "json", folder=folder)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert list(summary["replications"]) == ["dr[1]", "dr[2]", "dr[3]"]
    assert summary == json.loads((folder / "made/summary.json").read_text())
    manifest = json.loads((folder / "made/manifest.json").read_text())
    assert list(manifest["scenario"]["file_systems"]) == ["orders"]
    assert not any("[" in each["path"] for each in manifest.get("parameters", []))
    assert "dr-fleet.svg" in manifest["figures"]
    for name in manifest["figures"]:
        assert not set("[]*") & set(name)
        assert (folder / "made/figures" / name).is_file()
    assert (
        '"dr[2]"' in (folder / "made/violations.csv").read_text()
        or "dr[2]," in (folder / "made/violations.csv").read_text()
    )
    page = (folder / "made/report.html").read_text()
    assert "Fleet <bdi>dr</bdi>" in page
    assert WHOLE in page
    assert 'id="fleet0-figure"' in page
    again = folder / "again.json"
    again.write_text(json.dumps(manifest["scenario"]))
    same = json.loads(run("run", "again.json", "--format", "json", folder=folder).stdout)
    assert same["digest"] == summary["digest"]


def test_trials_have_means_and_intervals(folder):
    few = ["--set", "duration=1 h", "--trials", 2, "--workers", 1]
    done = here("run", "drawn.yaml", *few, "--out", "trials", folder=folder)
    assert done.code == 0, done.err
    text = " ".join(done.out.split())
    assert "Fleet dr, 4 items: all at once within the target for" in text
    assert "another seed draws others." in text
    assert "(95 % interval" in text
    assert (folder / "trials/figures/dr-fleet.svg").is_file()
    page = (folder / "trials/report.html").read_text()
    assert 'aria-label="dr: time since last sync (age) of 4 items: mean' in page


def test_validate_shows_each_fleet_once(folder):
    done = here("validate", "drawn.yaml", "--resolved", folder=folder)
    assert done.code == 0, done.err
    assert "replications.dr.sync.interval" in done.out
    assert "dr[1]" not in done.out
    assert len(done.out.splitlines()) < 120


def test_sweeps_sum_up_fleets(folder):
    vary = "replications.dr[*].sync.interval=5 min,14 min"
    many = ["--set", "file_systems.orders.count=30", "--set", "duration=30 min"]
    done = here("sweep", "drawn.yaml", *many, "--vary", vary, "--workers", 1, folder=folder)
    assert done.code == 0, done.err
    assert "Fleet dr, over 30 items:" in done.out
    assert "all at once" in done.out
    assert done.out.count("  mean  interval") == 6  # the worst, and not all


def test_check_fails_by_a_threshold_on_all_items(folder):
    threshold = 'thresholds=["fleets.dr.attainment_all >= 60 %"]'
    done = here("run", "three.yaml", "--check", "--set", threshold, folder=folder)
    assert done.code == 1
    assert "fleets.dr.attainment_all >= 60 % FAILS: 55.5556 %" in " ".join(done.out.split())
    fine = threshold.replace("60 %", "55 %")
    assert here("run", "three.yaml", "--check", "--set", fine, folder=folder).code == 0


def test_mistakes_have_exit_code_2_and_a_line_each(folder):
    done = run("run", "three.yaml", "--set", "replications.dr[4].sync.interval=1min", folder=folder)
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "--set:1:1: replications.dr[4].sync.interval: 'dr' has the items 1 to 3"
    )
    done = run("run", "three.yaml", "--set", "file_systems.orders.count=1001", folder=folder)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 2
