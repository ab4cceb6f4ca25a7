"""Tests of `--store DIR` and `efssim results`: a result is given again as it was, or made anew."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from helpers.commands import INTERVAL, command, write_tiny
from helpers.folders import contents
from helpers.places import EFSSIM

from efssim.report.files.store.results import (
    DamagedError,
    KeptResult,
    ResultFacts,
    ResultStore,
    WrittenFolder,
    key_of,
)

HIT = "nothing was run: the result is in st/\n"
STUDIES = {
    "run": ("run", "tiny.yaml"),
    "trials": ("run", "tiny.yaml", "-n", "3", "-w", "1"),
    "comparison": ("run", "tiny.yaml", "other.yaml", "-n", "2", "-w", "1"),
    "sets": ("run", "unknown.yaml", "-n", "2", "--sets", "3", "-w", "1"),
    "sweep": ("sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20 s,1 min", "-w", "1"),
    "choice": (
        *("choose", "tiny.yaml", "other.yaml", "-n", "10", "--measure", "write_lag_s.mean"),
        *("--best", "least", "--indifference", "1 min", "-w", "1"),
    ),
    "drill": ("drill", "tiny.yaml", "-n", "3"),
    "plan": ("plan", "tiny.yaml", "--vary", f"{INTERVAL}=20 s..5 min", "-n", "10", "-w", "1"),
}


WITH_FILES = ("run", "comparison", "sets")
"""Those of which files are written, too: of each way in which they are."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path)
    write_tiny(tmp_path, "other", "40 s")
    unknown = f"uncertain: {{{INTERVAL}: {{uniform: {{low: 20 s, high: 40 s}}}}}}\n"
    Path("unknown.yaml").write_text(Path("tiny.yaml").read_text() + unknown)
    return tmp_path


def files():
    return sorted(Path("st").iterdir()) if Path("st").exists() else []


@pytest.mark.parametrize("name", STUDIES)
def test_a_result_is_given_again_and_nothing_runs(folder, name, monkeypatch):
    out = ("-o", "out") * (name in WITH_FILES)
    plain = command(*STUDIES[name])
    first = command(*STUDIES[name], *out, "--store", "st")
    assert (first.code, first.out) == (plain.code, plain.out)
    assert first.err == plain.err + "wrote out/\n" * bool(out)
    assert len(files()) == 1
    as_json = command(*STUDIES[name], "--format", "json")
    monkeypatch.setattr("efssim.model.world.world.World.advance_to", None)  # which a run needs
    if out:
        again = command(*STUDIES[name], "-o", "again", "--store", "st")
        assert (again.code, again.out, again.err) == (0, plain.out, f"{HIT}wrote again/\n")
        assert contents("again") == contents("out")
    assert command(*STUDIES[name], "--store", "st").answer == plain.answer
    said = command(*STUDIES[name], "--store", "st", "--format", "json")
    assert (said.out, said.err) == (as_json.out, HIT)
    assert command(*STUDIES[name], "--store", "st", "-q").err == ""
    assert len(files()) == 1


def test_nothing_is_kept_without_it(folder):
    command(*STUDIES["trials"], "-o", "out")
    assert files() == []
    assert not list(Path().glob("*.zip"))


def test_files_are_added_to_a_result_that_has_none(folder):
    first = command(*STUDIES["trials"], "--store", "st")
    small = files()[0].stat().st_size
    second = command(*STUDIES["trials"], "--store", "st", "-o", "out")
    assert (second.out, second.err) == (first.out, "wrote out/\n")  # run again, for its figures
    assert len(files()) == 1
    assert files()[0].stat().st_size > small
    third = command(*STUDIES["trials"], "--store", "st", "-o", "third")
    assert third.err == f"{HIT}wrote third/\n"
    assert contents("third") == contents("out")


def test_figures_as_png_are_another_result(folder):
    command("run", "tiny.yaml", "--store", "st", "-o", "out", "--png")
    again = command("run", "tiny.yaml", "--store", "st", "-o", "plain")
    assert not again.err.startswith(HIT)
    assert not list(Path("plain").rglob("*.png"))
    both = command("run", "tiny.yaml", "--store", "st", "-o", "png", "--png")
    assert both.err == f"{HIT}wrote png/\n"
    assert contents("png") == contents("out")


@pytest.mark.parametrize(
    "changed",
    [
        ("--seed", "5"),
        ("--set", "warm_up=2 min"),
        ("--trials", "4"),
        ("--verify",),
        ("--full",),
    ],
)
def test_another_request_is_another_result(folder, changed):
    command("run", "tiny.yaml", "-n", 3, "-w", 1, "--store", "st")
    words = [*changed] if "--trials" in changed else ["-n", 3, *changed]
    done = command("run", "tiny.yaml", "-w", 1, "--store", "st", *words)
    assert done.code == 0
    assert "nothing was run" not in done.err
    assert len(files()) == 2


def test_another_scenario_under_the_same_name_is_run(folder):
    first = command("run", "tiny.yaml", "--store", "st")
    text = Path("tiny.yaml").read_text()
    Path("tiny.yaml").write_text(f"# The same.\n{text}")
    assert command("run", "tiny.yaml", "--store", "st").err == HIT
    Path("tiny.yaml").write_text(text.replace("64 KiB", "65 KiB"))
    done = command("run", "tiny.yaml", "--store", "st")
    assert done.err == ""
    assert done.out != first.out


def test_a_trace_that_changed_is_run(folder):
    text = Path("tiny.yaml").read_text()
    trace = "trace: {file: writes.csv}"
    text = text.replace("arrivals: {poisson: {rate: 1 per 10 s}}, size: 64 KiB", trace)
    Path("traced.yaml").write_text(text)
    for size in (100, 200, 100):
        rows = "".join(f"{second},{size}\n" for second in range(300))
        Path("writes.csv").write_text(f"timestamp,value\n{rows}")
        plain = command("run", "traced.yaml")
        done = command("run", "traced.yaml", "--store", "st")
        assert done.answer == plain.answer
    assert done.err == HIT
    assert len(files()) == 2


def test_another_version_or_numpy_is_another_result(folder, monkeypatch):
    from efssim.report.files import manifest

    command("run", "tiny.yaml", "--store", "st")
    before = manifest.environment()
    for changed in ({"efssim": "9.9.9"}, {"numpy_exponential": "vax"}, {"python": "3.99"}):
        monkeypatch.setattr(manifest, "environment", lambda new=changed: {**before, **new})
        assert command("run", "tiny.yaml", "--store", "st").err == ""
    assert len(files()) == 4


def test_check_of_a_kept_result(folder):
    missed = ("--set", "rpo={target: 5 s, attainment: 100 %}")
    met = ("--set", "replications.dr.established=true")
    for change, code in ((missed, 1), (met, 0)):
        for _ in range(2):
            assert command("run", "tiny.yaml", *change, "--store", "st", "--check").code == code
    unknown = [command("run", "unknown.yaml", "--store", "st", "--check") for _ in range(2)]
    assert [each.code for each in unknown] == [1, 1]
    assert unknown[1].err == f"{HIT}{unknown[0].err}"
    assert "1 parameter uncertain, which a single run ignores" in unknown[0].err
    listed = json.loads(command("results", "st", "--format", "json").out)["results"]
    found = {each["command"]: (each["verdicts"], each["passes"]) for each in listed}
    assert sorted(found.values()) == [(["met"], True), (["missed"], False), (["missed"], False)]


def test_a_plan_that_ran_out_of_time_is_not_kept(folder):
    study = (*STUDIES["plan"], "--store", "st", "--budget", "1e-9 s", "--set", "duration=1 h")
    done = command(*study)
    assert done.code in (0, 2)
    assert files() == []


def test_a_run_that_ends_with_a_mistake_keeps_nothing(folder):
    done = command("run", "tiny.yaml", "--store", "st", "--set", "duration=1")
    assert done.code == 2
    assert files() == []
    Path("file").write_text("")
    done = command("run", "tiny.yaml", "--store", "file")
    assert done.code == 2
    assert (done.out, done.err) == ("", "file: is a file, not a folder\n")


def test_what_has_no_place_in_a_store(folder):
    done = command("run", "tiny.yaml", "-n", 2, "--part", "1/2", "-o", "out", "--store", "st")
    assert (done.code, done.out) == (2, "")
    assert "--store is about a whole study: no --part" in done.err


# What `efssim results` lists


def test_the_list_of_results(folder):
    for study in STUDIES.values():
        assert command(*study, "--store", "st").code == 0
    done = command("results", "st")
    assert (done.code, done.err) == (0, "")
    head, *lines = done.out.splitlines()
    assert head == "8 results"
    assert lines[0].split() == ["scenario", "study", "seed", "efssim", "verdict"]
    rows = [line.split("0.1.0") for line in lines[1:11]]
    firsts = {left.split(maxsplit=1)[0] for left, _ in rows}
    assert firsts == {*(f"{number}." for number in range(1, 9)), "other"}
    verdicts = sorted(right.strip() for _, right in rows)
    assert "met in 0 of 2" in verdicts
    assert "missed" in verdicts
    assert ". efssim run unknown.yaml --trials 2 --sets 3" in done.out
    assert command("results", "st").answer == done.answer
    listed = json.loads(command("results", "st", "--format", "json").out)
    assert listed["damaged"] == []
    studies = {each["study"] for each in listed["results"]}
    trials = {"run", "3 trials", "2 trials", "3 sets of 2 trials", "drill"}
    assert studies == trials | {"sweep", "plan", "choice"}
    for each in listed["results"]:
        assert set(each) == {
            *("scenarios", "study", "seed", "version", "verdicts", "passes", "caution", "command"),
        }
        assert len(each["scenarios"]) == len(each["verdicts"])


def test_lists_of_nothing(folder):
    assert command("results", "nowhere").err == "nowhere: there is no such folder\n"
    assert command("results", "nowhere").code == 2
    Path("st").mkdir()
    assert command("results", "st").out == "no result is kept here\n"
    assert json.loads(command("results", "st", "--format=json").out) == {
        "results": [],
        "damaged": [],
    }


def test_a_damaged_result_is_made_again_and_named(folder):
    first = command("run", "tiny.yaml", "--store", "st")
    (file,) = files()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    listed = command("results", "st", "--format", "json")
    assert listed.code == 0
    assert json.loads(listed.out) == {"results": [], "damaged": [file.name]}
    assert listed.err == f"{file} is not as it was written, and is left out\n"
    again = command("run", "tiny.yaml", "--store", "st")
    assert (again.code, again.out) == (0, first.out)
    assert again.err == f"{file} is not as it was written; it is made again\n"
    assert file.read_bytes() == whole
    assert command("run", "tiny.yaml", "--store", "st").err == HIT


def kept_result():
    facts = ResultFacts(
        scenarios=("a",),
        study="run",
        seed=1,
        version="1",
        verdicts=("met",),
        passes=True,
        caution="",
        command="efssim run a.yaml",
    )
    files = {"summary.json": b"{}\n" * 9, "figures/a.svg": bytes(range(256))}
    return KeptResult(facts, {"json": "{}\n", "text": "ä\n" * 40}, (WrittenFolder("", files),))


def test_any_damage_is_noticed(tmp_path):
    store, key, kept = ResultStore(tmp_path), key_of({"a": 1}), kept_result()
    store.keep(key, kept)
    file, draws = store.place(key), np.random.default_rng(1)
    whole = file.read_bytes()
    assert store.find(key) == kept
    damages = [whole[:cut] for cut in range(0, len(whole), 37)]
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1 << int(draws.integers(8))
        damages.append(bytes(changed))
    harmless = 0
    for damage in damages:
        file.write_bytes(damage)
        try:
            assert store.find(key) == kept  # as in the time of an entry, which nobody reads
        except DamagedError:
            continue
        harmless += 1
    assert harmless < len(damages) / 2
    # A file under the name of another.
    store.keep(key, kept)
    other = key_of({"a": 2})
    store.place(key).rename(store.place(other))
    with pytest.raises(DamagedError):
        store.find(other)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("", "../escaped"),
        ("", "figures/../../escaped"),
        ("", "/escaped"),
        ("", "..\\escaped"),
        ("", "C:\\escaped"),
        ("", "C:escaped"),
        ("..", "escaped"),
        ("a/../..", "escaped"),
        ("/", "escaped"),
    ],
)
def test_no_kept_result_writes_outside_of_its_folder(tmp_path, folder, name):
    """Its hashes hold: somebody made it with care."""
    store, key = ResultStore(tmp_path / "st"), key_of({})
    written = WrittenFolder(folder, {name: b"harm"})
    store.keep(key, KeptResult(kept_result().facts, {"json": "{}\n"}, (written,)))
    with pytest.raises(DamagedError):
        store.find(key)
    assert [result for _, result in store.results()] == [None]


def test_a_writer_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    store, key = ResultStore(tmp_path), key_of({})
    store.keep(key, kept_result())
    monkeypatch.setattr("efssim.report.files.store.results._hash", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.keep(key, kept_result())
    monkeypatch.undo()
    assert store.find(key) == kept_result()
    assert len(list(tmp_path.iterdir())) == 1


def test_many_processes_at_once(folder):
    words = [EFSSIM, "run", "tiny.yaml", "--store", "st", "--format", "json"]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE) for _ in range(2)]
    printed = {process.communicate()[0] for process in running}
    assert {process.returncode for process in running} == {0}
    assert len(printed) == 1
    assert len(list(Path("st").iterdir())) == 1
    assert command(*words[1:]).err == HIT
