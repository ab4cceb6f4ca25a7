"""The text report of many replications: one screen, and no replication left out in silence."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from helpers.places import EFSSIM

import efssim
from efssim.report.text.run import text_report
from efssim.report.text.trials import study_text
from efssim.report.verdicts.fleets import (
    MOST,
    NUMBERS,
    SECTIONS,
    Member,
    spreads,
    verdict_of_fleet,
    worst,
)
from efssim.report.verdicts.words import OF_TRIALS, WORDS
from efssim.scenario.schema import Rpo

SCREEN = 60
COUNT = 1200


def fleet(count: int, hours: int = 1, quota: bool = True) -> str:
    """Return a fleet of replications that write alike, with anchors as a user would."""
    lines = ["name: fleet", f"duration: {hours} h", "rpo: {target: 10 min, attainment: 90 %}"]
    if quota:
        lines += ["regions:"]
        lines += [
            f"  {name}: {{quotas: {{file_systems: {count}}}}}"
            for name in ("us-east-1", "eu-west-1")
        ]
    lines += ["file_systems:"]
    app = "{app: {arrivals: {poisson: {rate: 1 per min}}, size: 64 KiB}}"
    for n in range(count):
        lines.append(f"  fs{n}: {{region: us-east-1, writes: {'*a' if n else '&a ' + app}}}")
    lines += ["replications:"]
    for n in range(count):
        sync = "*s" if n else "&s {interval: 5 min}"
        to = "destination: {region: eu-west-1}, established: true"
        lines.append(f"  dr{n}: {{source: fs{n}, {to}, sync: {sync}}}")
    return "\n".join(lines) + "\n"


def run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [EFSSIM, *map(str, arguments)], cwd=folder, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fleet")
    (made / "fleet.yaml").write_text(fleet(COUNT), encoding="utf-8")
    return made


def test_a_fleet_fits_on_a_screen(folder: Path) -> None:
    done = run("run", "fleet.yaml", "--check", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= 80
    assert "RPO MET: all 1,200 replications (age at most 10 min for 90 %)." in lines
    assert any(line.startswith("over 1,200 replications") for line in lines)
    assert sum(line.lstrip().startswith("dr") for line in lines) == 10


def test_one_that_misses_is_named_and_fails_the_check(folder: Path) -> None:
    slow = ("--set", "replications.dr777.sync.interval=30 min")
    late = (
        "--set",
        "replications.dr42.established=false",
        "--set",
        "file_systems.fs42.size=90 TiB",
    )
    done = run("run", "fleet.yaml", "--check", *slow, *late, folder=folder)
    assert done.returncode == 1
    text = " ".join(done.stdout.split())
    assert (
        "RPO MISSED: 1 of 1,200 replications (age at most 10 min for 90 %); 1 UNKNOWN, 1,198 MET."
        in text
    )
    assert "MISSED: dr777." in text
    assert "UNKNOWN: dr42." in text
    assert "WITHOUT A COMPLETED INITIAL SYNC: 1 of 1,200: dr42." in text
    assert "attainment (1,199 have it)" in text
    rows = [line.split()[:2] for line in done.stdout.splitlines() if line.lstrip().startswith("dr")]
    assert rows[:2] == [["dr42", "UNKNOWN"], ["dr777", "MISSED"]]


def test_json_has_every_number_and_full_every_replication(folder: Path) -> None:
    found = json.loads(run("run", "fleet.yaml", "--format", "json", folder=folder).stdout)
    assert list(found["replications"]) == [f"dr{n}" for n in range(COUNT)]
    full = run("run", "fleet.yaml", "--full", folder=folder).stdout
    assert full.count("RPO MET") == COUNT
    assert "--full" in full.split("reproduce:")[1]
    assert run("run", "fleet.yaml", "--full", "--format", "json", folder=folder).returncode == 2


def test_without_a_quota_the_key_is_named(folder: Path) -> None:
    (folder / "small.yaml").write_text(fleet(1001, quota=False), encoding="utf-8")
    done = run("validate", "small.yaml", folder=folder)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 2
    assert "`regions: {us-east-1: {quotas: {file_systems: 1001}}}` makes room" in done.stderr


def test_a_few_are_reported_one_by_one() -> None:
    few, many = (efssim.run(efssim.load(fleet(count))) for count in (MOST, MOST + 1))
    assert text_report(few, "x").count("RPO MET") == MOST
    assert text_report(few, "x") == text_report(few, "x", full=True)
    assert text_report(many, "x").count("RPO MET") == 1
    assert text_report(many, "x", full=True).count("RPO MET") == MOST + 1


def test_trials_are_summed_up_as_well() -> None:
    trials = efssim.run_trials(efssim.load(fleet(MOST + 1)), trials=2, workers=1)
    text = study_text(trials, "x")
    assert len(text.splitlines()) <= SCREEN
    assert "RPO NOT DECIDED: all 11 replications" in text
    assert "Not enough data for 11: up to" in text
    assert study_text(trials, "x", full=True).count("RPO NOT DECIDED") == MOST + 1


def test_files_have_figures_of_the_worst_only(tmp_path: Path) -> None:
    (tmp_path / "fleet.yaml").write_text(f"records: off\n{fleet(MOST + 2)}", encoding="utf-8")
    late = ("--set", "replications.dr9.sync.interval=30 min")
    for more in ((), ("-n", "2", "-w", "1")):
        done = run("run", "fleet.yaml", "-o", "out", *late, *more, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        figures = {path.name.partition("-")[0] for path in (tmp_path / "out/figures").iterdir()}
        assert len(figures) == SECTIONS
        assert "dr9" in figures
        page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
        word, said = ("not decided", "All 12") if more else ("missed", "1 of 12")
        assert re.search(rf">RPO {word}</p>\s*<p>(<strong>)?{said} replications", page)
        found = json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))
        assert len(found["replications"]) == MOST + 2


def test_a_notebook_sums_them_up() -> None:
    result = efssim.run(efssim.load(fleet(MOST + 1)))
    shown = result._repr_html_()
    assert shown.count("RPO MET") == 1
    assert "over 11 replications" in shown
    trials = efssim.run_trials(result.scenario, trials=2, workers=1)
    assert trials._repr_html_().count("RPO NOT DECIDED") == 1


# By hand


def member(name: str, kind: str, attainment: float | None, age_s: float = 1.0) -> Member:
    numbers = dict.fromkeys((title for title, _ in NUMBERS), None)
    return Member(
        name, kind, WORDS[kind], {**numbers, "attainment": attainment, "worst age": age_s}
    )


def test_the_worst_verdict_comes_first_and_all_are_counted() -> None:
    found = [member("a", "met", 1.0), member("b", "once", 1.0), member("c", "open", None)]
    rpo = Rpo()
    assert verdict_of_fleet(found[:1], rpo, WORDS).startswith("RPO MET: all 1 replications")
    assert verdict_of_fleet(found, rpo, WORDS) == (
        "RPO UNKNOWN: 1 of 3 replications (age at most 15 min for 99.9 %);"
        " 1 MET ONCE PROTECTED, 1 MET."
    )
    assert "RPO NOT DECIDED: 1 of 3" in verdict_of_fleet(found, rpo, OF_TRIALS)
    missed = [*found, member("d", "missed", 0.5)]
    assert verdict_of_fleet(missed, rpo, WORDS).startswith("RPO MISSED: 1 of 4")
    assert "RPO MET WITH THE VALUES WRITTEN: all" in verdict_of_fleet(
        found[:1], rpo, WORDS, is_uncertain=True
    )


def test_the_worst_are_those_that_do_not_meet_it() -> None:
    # A source that was lost is a miss at any attainment.
    found = [
        member("met", "met", 0.9991),
        member("lost", "missed", 1.0),
        member("older", "met", 0.9991, 2.0),
        member("unknown", "open", None),
        member("missed", "missed", 0.2),
    ]
    assert [one.name for one in worst(found)] == ["unknown", "missed", "lost", "older", "met"]


def test_spread_by_hand() -> None:
    found = [member(str(n), "met", n / 100) for n in range(1, 101)] + [member("x", "open", None)]
    spread = spreads(found)["attainment"]
    assert (spread.count, spread.least, spread.most) == (100, 0.01, 1.0)
    assert (spread.p50, spread.p95) == (0.5, 0.95)
    assert spreads(found)["mean age"].count == 0
    one = spreads([member("a", "met", 0.5)])["attainment"]
    assert (one.least, one.p50, one.p95, one.most) == (0.5, 0.5, 0.5, 0.5)


@pytest.mark.slow
def test_ten_thousand_replications_from_file_to_report(tmp_path: Path) -> None:
    text = f"limits: {{values: 1_000_000}}\n{fleet(10_000, hours=24)}"
    (tmp_path / "fleet.yaml").write_text(text, encoding="utf-8")
    done = run("run", "fleet.yaml", "--check", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "RPO MET: all 10,000 replications" in done.stdout
    assert len(done.stdout.splitlines()) <= SCREEN
    (tmp_path / "no.yaml").write_text(text.partition("\n")[2], encoding="utf-8")
    refused = run("validate", "no.yaml", folder=tmp_path)
    assert refused.returncode == 2
    assert "`limits: {values: N}` above this line allows up to 5,000,000" in refused.stderr
