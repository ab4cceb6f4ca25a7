"""Tests of `--part K/N` and `efssim merge`: parts are together what the whole study is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.commands import INTERVAL, command, write_tiny
from helpers.folders import contents

from efssim.study.run.lines import content_of, line_of

PARTS = 20


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path)
    write_tiny(tmp_path, "other", "40 s")
    return tmp_path


def run_parts(*arguments, of=PARTS, order=None):
    """Run each part of a study into a folder of its own, in some order; return the folders."""
    names = []
    for number in order or range(1, of + 1):
        names.append(f"part-{number}")
        done = command(*arguments, "-w", 1, "--part", f"{number}/{of}", "-o", names[-1])
        assert (done.code, done.out) == (0, "")
        assert f"part {number}/{of}: " in done.err
    return names


@pytest.mark.parametrize(
    ("study", "of"),
    [
        (("run", "tiny.yaml", "--trials", 41, "--seed", 7, "--verify"), PARTS),
        (("sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20 s,30 s", "-n", 22), PARTS),
        (("run", "tiny.yaml", "other.yaml", "-n", 5, "--set", "warm_up=2 min"), 3),
        (
            (
                *("sweep", "tiny.yaml", "--vary", "file_systems.orders.growth=1,2", "-n", 2),
                *("--one-at-a-time", "--measure", "rpo.attainment"),
            ),
            3,
        ),
    ],
    ids=["trials", "sweep", "comparison", "fewer trials than parts, one at a time"],
)
def test_parts_in_any_order_merge_to_the_same_bytes(folder, study, of):
    draws = np.random.default_rng(3)
    order = (1 + draws.permutation(of)).tolist()
    names = run_parts(*study, of=of, order=order)
    draws.shuffle(names)
    whole = command(*study, "-w", 1, "-o", "whole")
    merged = command("merge", *names, "-o", "merged")
    assert (merged.code, merged.out) == (whole.code, whole.out)
    assert merged.err == whole.err.replace("whole", "merged")
    assert contents("merged") == contents("whole")
    said = [command(*study, "-w", 1, "--format", "json"), command("merge", *names, "--format=json")]
    assert said[0].answer == said[1].answer


def test_merge_checks_as_run_does(folder):
    names = run_parts("run", "tiny.yaml", "-n", 4, of=2)
    assert command("run", "tiny.yaml", "-n", 4, "-w", 1, "--check").code == 1
    assert command("merge", *names, "--check").code == 1


def test_standard_input_is_kept(folder):
    text = Path("tiny.yaml").read_text()
    for number in (1, 2):
        named = ("--part", f"{number}/2", "-o", f"part-{number}")
        assert command("run", "-", "-n", 3, "-w", 1, *named, stdin=text).code == 0
    merged = command("merge", "part-2", "part-1", stdin="")
    assert merged.answer == command("run", "-", "-n", 3, "-w", 1, stdin=text).answer


def test_a_part_goes_on_where_it_was_killed(folder):
    study = ("run", "tiny.yaml", "-n", 12)
    names = run_parts(*study, of=2)
    file = Path("part-2/part.jsonl")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    refused = command("merge", *names)
    assert refused.code == 2
    assert "part-2: part 2/2 is not complete: " in refused.err
    assert "of 6 trials are missing" in refused.err
    run_parts(*study, of=2, order=[2])
    assert sorted(file.read_bytes().splitlines()) == sorted(whole.splitlines())
    assert command("merge", *names).answer == command(*study, "-w", 1).answer


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["part-1"], "of 3 parts 2, 3 are missing"),
        (["part-1", "part-3"], "of 3 parts 2 is missing"),
        (["part-1", "part-2", "part-3", "part-2"], "part-2: part 2/3 is in part-2, too"),
        (["part-1", "part-2", "nowhere"], "nowhere: holds no part of a study"),
        (["part-1", "part-2", "tiny.yaml"], "tiny.yaml: holds no part of a study"),
        ([], "Missing argument"),
    ],
)
def test_parts_that_are_not_all_there(folder, arguments, hint):
    run_parts("run", "tiny.yaml", "-n", 3, of=3)
    done = command("merge", *arguments, "-o", "merged")
    assert (done.code, done.out) == (2, "")
    assert hint in done.err
    assert not Path("merged").exists()


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({"seed": 5}, "has another seed"),
        ({"trials": 9}, "is of another number of trials"),
        ({"scenarios": ["0" * 64]}, "is of another scenario"),
        ({"command": "sweep"}, "is of another command"),
        ({"options": ["--trials", "3", "--seed", "1"]}, "was run with other options"),
        ({"verified": True}, "with or without --verify"),
        ({"of": 4}, "another number of parts"),
        ({"efssim": "0.0.1"}, "was run by efssim 0.0.1, and this is "),
        ({"numpy": "1.0.0"}, "was run with NumPy 1.0.0, and this is "),
        ({"format": 0}, "is not a file of the part of a study"),
        ({"number": "x"}, "is not a file of the part of a study"),
        ({"more": 1}, "is not a file of the part of a study"),
    ],
)
def test_a_part_of_another_study_is_refused(folder, changed, hint):
    names = run_parts("run", "tiny.yaml", "-n", 3, of=3)
    file = Path("part-2/part.jsonl")
    first, rest = file.read_text().split("\n", 1)
    content = json.loads(first) | changed
    del content["check"]
    file.write_bytes(line_of(content) + rest.encode())
    done = command("merge", *names, "-o", "merged")
    assert (done.code, done.out) == (2, "")
    assert "part-2: " in done.err
    assert hint in done.err
    assert not Path("merged").exists()


def test_another_scenario_is_refused(folder):
    run_parts("run", "tiny.yaml", "-n", 2, of=2, order=[1])
    Path("tiny.yaml").write_text(Path("tiny.yaml").read_text().replace("64 KiB", "65 KiB"))
    run_parts("run", "tiny.yaml", "-n", 2, of=2, order=[2])
    done = command("merge", "part-1", "part-2")
    assert done.code == 2
    assert "part-2: is of another scenario, or of other values; compared with part-1" in done.err


def test_a_scenario_that_is_gone_is_kept_and_a_trace_is_not(folder):
    text = Path("tiny.yaml").read_text()
    stream = "trace: {file: writes.csv}"
    text = text.replace("arrivals: {poisson: {rate: 1 per 10 s}}, size: 64 KiB", stream)
    Path("traced.yaml").write_text(text)
    Path("writes.csv").write_text("timestamp,value\n" + "".join(f"{n},100\n" for n in range(300)))
    names = run_parts("run", "traced.yaml", "-n", 2, of=2)
    whole = command("run", "traced.yaml", "-n", 2, "-w", 1).out
    Path("traced.yaml").unlink()
    assert command("merge", *names).answer == whole
    Path("writes.csv").write_text("timestamp,value\n" + "".join(f"{n},200\n" for n in range(300)))
    done = command("merge", *names)
    assert (done.code, done.out) == (2, "")
    assert "the parts are of other scenarios: a file that a scenario names" in done.err


def test_another_cpu_family_is_named(folder):
    names = run_parts("run", "tiny.yaml", "-n", 4, of=2)
    whole = command("merge", *names)
    assert whole.err == ""
    file = Path("part-2/part.jsonl")
    header, *lines = file.read_bytes().splitlines(keepends=True)
    others = [content_of(line) | {"processor": "vax (F_FLOAT)"} for line in lines]
    file.write_bytes(b"".join([header, *map(line_of, others)]))
    done = command("merge", *names)
    assert (done.code, done.out) == (0, whole.out)
    assert "the parts were run on " in done.err
    assert "vax (F_FLOAT)" in done.err
    assert command("merge", *names, "--quiet").err == ""


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("run", "tiny.yaml", "-n", 3), "--part needs --out"),
        (("run", "tiny.yaml", "-o", "out"), "--part needs --trials"),
        (("run", "tiny.yaml", "-o", "out", "--precision", "2%"), "so no part can be run by itself"),
        (("run", "tiny.yaml", "-n", 3, "-o", "out", "--resume", "d"), "--resume is about a whole"),
        (("run", "tiny.yaml", "-n", 3, "-o", "out", "--check"), "--check is about a whole study"),
        (("run", "tiny.yaml", "-n", 3, "-o", "out", "--format", "json"), "--format goes with"),
        (("sweep", "tiny.yaml", "--vary", f"{INTERVAL}=1,2", "-n", 3), "--part needs --out"),
        (
            *[("choose", "tiny.yaml", "other.yaml", "--measure", "x", "--best", "least")],
            "choose decides by its first trials",
        ),
        (("plan", "tiny.yaml", "--vary", f"{INTERVAL}=1..20"), "plan decides by its first trials"),
    ],
)
def test_what_has_no_parts(folder, arguments, hint):
    done = command(*arguments, "--part", "1/2")
    assert (done.code, done.out) == (2, "")
    assert hint in " ".join(done.err.split())
    assert not Path("out").exists()


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "1/0", "a/b", "1/2/3", "-1/3", "1.5/3", ""])
def test_what_is_no_part(folder, text):
    done = command("run", "tiny.yaml", "-n", 3, "-o", "out", f"--part={text}")
    assert (done.code, done.out) == (2, "")
    assert "a part is K/N, from 1/N to N/N" in " ".join(done.err.split())


def test_parameters_that_are_not_known_have_no_parts(folder):
    prior = "{uniform: {low: 20 s, high: 40 s}}"
    text = f"{Path('tiny.yaml').read_text()}uncertain: {{{INTERVAL}: {prior}}}\n"
    Path("unknown.yaml").write_text(text)
    done = command("run", "unknown.yaml", "-n", 3, "-o", "out", "--part", "1/2")
    assert (done.code, done.out) == (2, "")
    assert "has uncertain parameters, and a study in parts has one parameter set" in done.err


def test_another_part_in_the_folder_is_refused(folder):
    run_parts("run", "tiny.yaml", "-n", 4, of=2)
    done = command("run", "tiny.yaml", "-n", 4, "--part", "2/2", "-o", "part-1")
    assert done.code == 2
    assert "holds another part, or the part of another study" in done.err
