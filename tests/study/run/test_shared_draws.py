"""Values of one study share the draws of a trial: the same numbers as separate runs, drawn once."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from helpers.commands import command
from helpers.studies import chancy
from helpers.worlds import poisson, scenario

import efssim
from efssim import Scenario
from efssim.lag.age.curves import Age
from efssim.lag.kinds.asked import OF_TRIALS, Asked
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.writes import blocks
from efssim.study.planning.evaluation import READS
from efssim.study.run import batch
from efssim.study.trial.outcome import TrialError, run_trial

THROUGHPUT = "replications.dr.sync.throughput"
HAPPENINGS: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "outages": [
        {"at": "3 h", "link_outage": "us-east-1 -> us-west-2", "for": "1 h"},
        {"at": "9 h", "region_outage": "us-east-1", "for": "50 min"},
    ],
    "a stream more": [
        {"at": "20 h", "call": "DeleteReplicationConfiguration", "region": "us-east-1",
         "with": {"SourceFileSystemId": "fs"}},
        {"at": "21 h", "call": "CreateReplicationConfiguration", "region": "us-east-1",
         "with": {"SourceFileSystemId": "fs", "Destinations": [{"Region": "us-west-2"}]}},
    ],
}  # fmt: skip


SYNC = {"interval": "60 s", "setup": {"gamma": {"mean": "5 s", "cv": 1}}}
CELLS: dict[str, Any] = {
    "many": {**poisson("50 per s", "4 KiB"), "drawn": "cells"},
    "bursts": {
        "arrivals": {"on_off": {"on": "20 min", "off": "40 min", "rate": "30 per s"}},
        "size": "4 KiB",
        "drawn": "cells",
    },
    "hot": {**poisson("1 per min", "1 MiB"), "hot_set": {"size": "9 MiB", "block": "64 KiB"}},
}


def assert_same(base: Scenario, values: tuple[str, ...], asked: Asked) -> None:
    """Run a trial at values of throughput, with their draws in common and alone."""
    shared = SharedDraws()
    for value in values:
        varied = base.with_({THROUGHPUT: value})
        alone = run_trial(varied, 1, 2, False, asked)
        assert run_trial(varied, 1, 2, False, asked, shared) == alone


@pytest.mark.parametrize("happening", HAPPENINGS)
@pytest.mark.parametrize("asked", [OF_TRIALS, READS])
def test_many_writes_at_many_values(happening: str, asked: Asked) -> None:
    # As many as several windows of a curve have, mostly on time.
    streams = {"app": poisson("2 per s", {"exponential": {"mean": "1 MiB"}})}
    top = {"events": HAPPENINGS[happening], "warm_up": "10 min", "records": "off"}
    base = scenario(streams, SYNC, "1 day", **top)
    assert_same(base, ("50 MB/s", "40 MB/s", "2.4 MB/s", "45 MB/s", "none"), asked)


@pytest.mark.parametrize("asked", [OF_TRIALS, READS])
def test_cells_and_hot_sets_at_many_values(asked: Asked) -> None:
    outage = {"at": "1 h", "region_outage": "us-east-1", "for": "20 min"}
    base = scenario(CELLS, SYNC, "3 h", events=[outage], records="off")
    assert_same(base, ("5 MB/s", "300 kB/s", "4 MB/s"), asked)


@pytest.mark.parametrize("vary", [THROUGHPUT, "rpo.target"])
def test_a_plan_is_the_same_without_anything_in_common(vary: str) -> None:
    between = {THROUGHPUT: ("2 MB/s", "90 MB/s"), "rpo.target": ("1 min", "10 min")}
    ends = between.get(vary, ("30 s", "5 min"))
    base = chancy("1 h", rpo={"target": "150 s", "attainment": "80 %"})
    with ThreadPoolExecutor(2) as threads:  # which share nothing
        alone = efssim.plan(base, vary, ends, trials=10, shares=(), executor=threads)
    together = efssim.plan(base, vary, ends, trials=10, shares=(), workers=1)
    assert together.summary == alone.summary


def test_a_sweep_is_the_same_in_this_process_in_others_and_alone() -> None:
    values = {THROUGHPUT: ["5 MB/s", "20 MB/s"], "replications.dr.sync.interval": ["1 min", 90]}
    base = chancy("1 h")
    with ThreadPoolExecutor(2) as threads:
        alone = efssim.sweep(base, values, 4, executor=threads)
    assert efssim.sweep(base, values, 4, workers=1).summary == alone.summary
    assert efssim.sweep(base, values, 4, workers=2).summary == alone.summary


def test_the_writes_of_a_trial_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: Counter[str] = Counter()
    take = blocks.DrawnWrites.take

    def counted(self: Any, n: int) -> Any:
        found = take(self, n)
        drawn["writes"] += len(found[0])
        return found

    monkeypatch.setattr(blocks.DrawnWrites, "take", counted)
    base = chancy("2 h")
    efssim.sweep(base, {THROUGHPUT: ["20 MB/s"]}, 3, workers=1)
    once = drawn.pop("writes")
    efssim.sweep(base, {THROUGHPUT: ["4 MB/s", "9 MB/s", "20 MB/s", "none"]}, 3, workers=1)
    assert drawn.pop("writes") == once
    efssim.sweep(base, {"file_systems.fs.growth": [1, 1.5, 2]}, 3, workers=1)
    assert drawn.pop("writes") > 4 * once


def test_compared_files_draw_the_writes_of_a_trial_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drawn: Counter[str] = Counter()
    take = blocks.DrawnWrites.take

    def counted(self: Any, n: int) -> Any:
        found = take(self, n)
        drawn["writes"] += len(found[0])
        return found

    monkeypatch.setattr(blocks.DrawnWrites, "take", counted)
    files = compared_files(tmp_path)
    one, two, three, other = files
    assert command("run", one, two, "-n", 3, "--workers", 1, "--quiet").code == 0
    once = drawn.pop("writes")
    done = command("run", one, two, three, "-n", 3, "--workers", 1, "--quiet", "--format", "json")
    assert done.code == 0, done.err
    assert once <= drawn.pop("writes") < 1.1 * once  # another interval may look a block further
    assert command("run", one, other, "-n", 3, "--workers", 1, "--quiet").code == 0
    assert drawn.pop("writes") > 1.9 * once  # the other has its own


@pytest.mark.parametrize("workers", [1, 2])
def test_compared_files_have_the_numbers_of_runs_by_themselves(
    workers: int, tmp_path: Path
) -> None:
    files = compared_files(tmp_path)
    out = tmp_path / "out"
    done = command("run", *files, "-n", 4, "--workers", workers, "--quiet", "--out", out)
    assert done.code == 0, done.err
    for file in files:
        alone = efssim.run_trials(efssim.load(file), 4, workers=1)
        found = json.loads((out / file.stem / "summary.json").read_text(encoding="utf-8"))
        assert found == json.loads(json.dumps(alone.summary))


def compared_files(folder: Path) -> list[Path]:
    """Write four scenarios: three with the same writes, and one with twice as many."""
    changes: dict[str, dict[str, Any]] = {
        "one": {},
        "two": {THROUGHPUT: "9 MB/s", "rpo.target": "5 min"},
        "three": {"replications.dr.sync.interval": "2 min"},
        "four": {"file_systems.fs.growth": 2},
    }
    found = []
    for name, change in changes.items():
        file = folder / f"{name}.yaml"
        made = chancy("1 h").with_({"name": name, **change})
        text = made.model_dump_json(by_alias=True, exclude_unset=True)
        file.write_text(text, encoding="utf-8")
        found.append(file)
    return found


def test_a_confirmation_that_goes_on_keeps_the_trials_that_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: Counter[tuple[float, int, int]] = Counter()

    def counted(world: Scenario, seed: int, number: int, *options: Any) -> Any:
        throughput = world.replications["dr"].sync.number("throughput")
        ran[throughput, seed, number] += 1
        return run_trial(world, seed, number, *options)

    monkeypatch.setattr(batch, "run_trial", counted)
    base = chancy("1 h", rpo={"target": "100 s", "attainment": "70 %"})
    made = efssim.plan(base, THROUGHPUT, ("2 MB/s", "90 MB/s"), trials=10, workers=1, shares=())
    assert {row["stage"] for row in made.summary["evaluations"]} == {"search", "confirmation"}
    assert set(ran.values()) == {1}


def test_an_error_of_one_value_leaves_the_others_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared, base = SharedDraws(), chancy("1 h")

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(Age, "add", broken)
        with pytest.raises(TrialError, match="ZeroDivisionError"):
            run_trial(base, 1, 0, shared=shared)
    assert run_trial(base, 1, 0, shared=shared) == run_trial(base, 1, 0)
