"""Objectives besides the RPO: exact counts by hand, and the judge of trials and plans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.commands import command

import efssim
from efssim.lag.objectives.within import Tally, WithinTarget
from efssim.records.pieces import OpenPieces, Pieces, PublishedPieces


def world(objectives: dict[str, Any], **changes: Any) -> efssim.Scenario:
    """Return a write of 1 MiB every 10 s; syncs at each minute take 5 s and 1 s for each MiB."""
    content = {
        "name": "objectives",
        "duration": "10 min",
        "file_systems": {
            "orders": {
                "region": "us-east-1",
                "writes": {
                    "app": {"arrivals": {"constant": {"rate": "1 per 10 s"}}, "size": "1 MiB"}
                },
            }
        },
        "replications": {
            "dr": {
                "source": "orders",
                "destination": {"region": "us-west-2"},
                "established": True,
                "sync": {
                    "preset": "none",
                    "interval": "1 min",
                    "setup": "5 s",
                    "throughput": "1 MiB/s",
                },
            }
        },
        "objectives": objectives,
    }
    scenario = efssim.load(content)
    return scenario.with_({path.replace("__", "."): value for path, value in changes.items()})


def found(scenario: efssim.Scenario) -> dict[str, Any]:
    return efssim.run(scenario, verify=True).summary["replications"]["dr"]["objectives"]


def test_writes_and_bytes_within_a_target():
    """Writes at 10, …, 60 s are cut at 60 s and there at 71 s: lags 61, 51, 41, 31, 21, 11 s.

    The cut at 600 s is open at the end: its writes have ages 50, 40, …, 0 s.
    """
    asked = {
        "fast": {"target": "31 s", "attainment": "50 %", "of": "writes"},
        "slow": {"target": "60 s", "attainment": "90 %", "of": "bytes"},
    }
    result = found(world(asked))
    fast, slow = result["fast"], result["slow"]
    # 9 cuts published 54 writes: 3 of 6 within 31 s. Of the 6 open ones those of 550 and 560 s are
    # 50 and 40 s old, so missed; those of 570 to 600 s may yet be within.
    assert (fast["within"], fast["missed"], fast["left_out"]) == (27, 27 + 2, 4)
    assert fast["attainment"] == 27 / 56
    assert fast["met"] is False
    mib = 2**20
    assert (slow["within"], slow["missed"], slow["left_out"]) == (45 * mib, 9 * mib, 6 * mib)
    assert slow["attainment"] == 45 / 54
    assert slow["met"] is False
    assert (slow["of"], slow["target_s"], slow["objective"]) == ("bytes", 60, 0.9)


def test_an_objective_of_time_is_the_rpo_with_another_target():
    asked = {"tight": {"target": "45 s", "attainment": "80 %"}}
    tight = found(world(asked))["tight"]
    rpo = efssim.run(world({}, rpo={"target": "45 s", "attainment": 0.8}))
    expected = rpo.summary["replications"]["dr"]["rpo"]
    assert tight["attainment"] == expected["attainment"]
    assert tight["met"] == expected["met"]
    assert tight["missed"] == pytest.approx(expected["violation_s"], abs=1e-9)


def test_warm_up_leaves_out_writes_before_it():
    asked = {"all": {"target": "1 h", "attainment": 1, "of": "writes"}}
    # Writes at 300 s and later: 31 of them, of which 6 are open and younger than an hour.
    result = found(world(asked, warm_up="5 min"))["all"]
    assert (result["within"], result["missed"], result["left_out"]) == (25, 0, 6)


def test_what_a_deletion_leaves_behind_is_missed_once_it_is_old():
    asked = {"all": {"target": "30 s", "attainment": 1, "of": "writes"}}
    events = [
        {
            "at": "100 s",
            "call": "DeleteReplicationConfiguration",
            "with": {"SourceFileSystemId": "orders"},
        }
    ]
    result = found(
        world(asked, events=events, replications__dr__control={"preset": "none"}, duration="5 min")
    )["all"]
    # Of the 6 published, 2 within 30 s. Those of 70, 80, 90 and 100 s are at most 30 s old when the
    # configuration is gone.
    assert (result["within"], result["missed"], result["left_out"]) == (2, 4, 4)


def test_nothing_written_is_not_met():
    asked = {"all": {"target": "1 h", "attainment": "50 %", "of": "writes"}}
    result = found(world(asked, file_systems__orders__writes=None))["all"]
    assert (result["attainment"], result["met"]) == (None, None)


@pytest.mark.parametrize("of", ["writes", "bytes"])
def test_streams_in_cells_agree_with_every_write_drawn(of: str):
    asked = {"o": {"target": "40 s", "attainment": "50 %", "of": of}}
    stream = {
        "arrivals": {"poisson": {"rate": "100 per s"}},
        "size": {"exponential": {"mean": "4 KiB"}},
    }
    shares = [
        found(
            world(
                asked,
                duration="6 h",
                file_systems__orders__writes={"app": {**stream, "drawn": drawn}},
            )
        )["o"]
        for drawn in ("each", "cells")
    ]
    # 2.16 million writes; a minute's syncs see them evenly: the shares differ by chance alone.
    sd = 3 / np.sqrt(6 * 60 * 6000)
    assert shares[0]["attainment"] == pytest.approx(shares[1]["attainment"], abs=3 * sd)
    total = [share["within"] + share["missed"] + share["left_out"] for share in shares]
    assert total[0] == pytest.approx(total[1], rel=0.02)


def test_shares_of_pieces_within_a_target_by_hand():
    """Published at 100 s, writes from 60 s on are within 40 s: half of those from 40 to 80 s."""
    begin_s, end_s = np.array([0.0, 40, 50, 60, 90]), np.array([30.0, 80, 50, 60, 95])
    writes, sizes = np.array([8, 6, 3, 5, 2]), np.array([80, 60, 70, 50, 10])
    pieces = Pieces(begin_s, end_s, writes, sizes)
    made = WithinTarget(begin_s=0.0, target_s=40.0)
    sync = np.array([40.0]), np.array([100.0])
    made.add(PublishedPieces(pieces, begin_s, np.array([5]), *sync, 1))
    found = made.until([], 100.0)
    assert found == (Tally(3 + 5 + 2, 30 + 50 + 10), Tally(8 + 3 + 3, 80 + 30 + 70), Tally())
    # The same writes, still open at 100 s, are too young or missed.
    still = OpenPieces(pieces, 0.0, 1)
    found = WithinTarget(begin_s=0.0, target_s=40.0).until([still], 100.0)
    assert found == (Tally(), Tally(8 + 3 + 3, 80 + 30 + 70), Tally(3 + 5 + 2, 30 + 50 + 10))


def test_an_objective_names_replications_that_there_are():
    with pytest.raises(efssim.ScenarioError, match="no replication is named 'drr'"):
        world({"o": {"target": "1 h", "attainment": "50 %", "replications": ["drr"]}})
    with pytest.raises(efssim.ScenarioError, match="is always met"):
        world({"o": {"target": "1 h", "attainment": 0}})


def test_trials_have_evidence_on_each_objective():
    asked = {
        "easy": {"target": "5 min", "attainment": "50 %", "of": "writes"},
        "hard": {"target": "31 s", "attainment": "99 %", "of": "writes"},
    }
    scenario = world(
        asked,
        file_systems__orders__writes__app__arrivals={"poisson": {"rate": "1 per 10 s"}},
        duration="1 h",
    )
    trials = efssim.run_trials(scenario, 12, workers=1)
    found = trials.summary["replications"]["dr"]["objectives"]
    each = [
        efssim.run(scenario, trial=k).summary["replications"]["dr"]["objectives"]["hard"]
        for k in range(12)
    ]
    shares = [one["attainment"] for one in each]
    assert found["hard"]["attainment"] == pytest.approx(np.mean(shares), rel=1e-12)
    assert (found["easy"]["met"], found["hard"]["met"]) == (True, False)
    low, high = trials.summary["ci95"]["dr"]["objectives"]["hard"]["attainment"]
    assert low < found["hard"]["attainment"] < high
    few = efssim.run_trials(scenario, 2, workers=1).summary["replications"]["dr"]["objectives"]
    assert few["easy"]["met"] is None  # two trials show nothing


def test_tables_and_sweeps_have_the_numbers_of_objectives(tmp_path: Path):
    asked = {"o": {"target": "31 s", "attainment": "60 %", "of": "writes"}}
    file = tmp_path / "s.yaml"
    text = world(asked).model_dump_json(by_alias=True, exclude_unset=True)
    file.write_text(text, encoding="utf-8")
    table = efssim.run_trials(efssim.load(file), 2, workers=1).table
    assert table["objectives.o.attainment"].tolist() == [27 / 56] * 2
    vary = ("--vary", "replications.dr.sync.interval=30s,60s")
    done = command("sweep", file, *vary, "--measure", "objectives.o.attainment", "--quiet")
    assert done.code == 0, done.err
    assert "48.214" in done.out  # 27 of 56


def test_pages_of_runs_and_trials_have_each_objective(tmp_path: Path):
    asked = {"o": {"target": "31 s", "attainment": "60 %", "of": "writes"}}
    file = tmp_path / "s.yaml"
    text = world(asked).model_dump_json(by_alias=True, exclude_unset=True)
    file.write_text(text, encoding="utf-8")
    for ordinal, options in enumerate(((), ("--trials", "2"))):
        out = tmp_path / f"out{ordinal}"
        done = command("run", file, *options, "--quiet", "--out", out)
        assert done.code == 0, done.err
        page = (out / "report.html").read_text(encoding="utf-8")
        assert "Objective o " in page
        assert 'class="verdict met"' not in page  # the RPO is met, and the objective is not


@pytest.mark.parametrize("options", [(), ("--trials", "12", "--workers", "1")])
def test_check_fails_for_a_missed_objective_alone(tmp_path: Path, options: tuple[str, ...]):
    for target, code in (("5 min", 0), ("31 s", 1)):
        scenario = world({"o": {"target": target, "attainment": "60 %", "of": "writes"}})
        file = tmp_path / "s.yaml"
        text = scenario.model_dump_json(by_alias=True, exclude_unset=True)
        file.write_text(text, encoding="utf-8")
        done = command("run", file, "--check", "--quiet", *options)
        assert done.code == code, done.out
        assert f"Objective o {'MISSED' if code else 'MET'}" in done.out


def test_a_plan_keeps_an_objective_of_writes():
    asked = {"o": {"target": "2 min", "attainment": "95 %", "of": "writes"}}
    scenario = world(asked, duration="4 h")
    path, between = "replications.dr.sync.interval", ("30 s", "10 min")
    plan = efssim.plan(scenario, path, between, objective="o", trials=10)
    assert plan.answer is not None
    assert plan.direction == "largest"
    assert plan.what_if == ()
    assert plan.summary["objective"]["name"] == "o"
    for value, holds in ((plan.answer.holds_at, True), (plan.answer.fails_at, False)):
        assert found(scenario.with_({path: value}))["o"]["met"] is holds
    with pytest.raises(efssim.StudyError, match="no objective 'x', only o"):
        efssim.plan(scenario, path, between, objective="x", trials=10)


def test_parameter_sets_refuse_what_they_would_pass_over():
    scenario = world({"o": {"target": "1 h", "attainment": "50 %"}}).with_(
        {"uncertain": {"replications.dr.sync.setup": {"uniform": {"low": "1 s", "high": "9 s"}}}}
    )
    with pytest.raises(efssim.StudyError, match="judges the RPO alone"):
        efssim.run_sets(scenario, 4, workers=1)


def test_many_replications_are_counted(tmp_path: Path):
    systems = {f"s{k}": {"region": "us-east-1"} for k in range(12)}
    names = {
        f"r{k}": {"source": f"s{k}", "destination": {"region": "us-west-2"}, "established": True}
        for k in range(12)
    }
    content = {
        "name": "fleet",
        "duration": "1 h",
        "file_systems": systems,
        "replications": names,
        "objectives": {"o": {"target": "1 min", "attainment": 1}},
    }
    file = tmp_path / "f.yaml"
    text = efssim.load(content).model_dump_json(by_alias=True, exclude_unset=True)
    file.write_text(text, encoding="utf-8")
    done = command("run", file, "--quiet", "--check")
    assert done.code == 1
    assert "Objective o: met by 0 of 12; missed by 12 (r0, r1, r2, r3 and 8 more)." in " ".join(
        done.out.split()
    )


LOOKED_AT = """
name: looked-at
duration: 40 min
file_systems:
  a:
    region: us-east-1
    writes:
      dense:
        arrivals: {poisson: {rate: 40 per s}}
        size: {uniform: {low: 1 B, high: 999 B}}
        drawn: cells
      other:
        arrivals: {poisson: {rate: 30 per s}}
        size: {exponential: {mean: 1 KiB}}
        drawn: cells
      few: {arrivals: {poisson: {rate: 3 per min}}, size: {exponential: {mean: 1 KiB}}}
replications:
  dr: {source: a, destination: {region: us-west-2}, established: true,
       sync: {preset: none, interval: 100 s, setup: {exponential: {mean: 7 s}}}}
objectives:
  writes: {target: 77 s, attainment: 90 %, of: writes}
  bytes: {target: 33 s, attainment: 90 %, of: bytes}
"""


def test_no_look_changes_the_last_bit_of_what_is_within():
    """Looks divide the records into other blocks, and float sums depend on their order."""
    scenario = efssim.load(LOOKED_AT)
    whole = efssim.run(scenario).summary["replications"]["dr"]["objectives"]
    for seed in range(5):
        simulation = efssim.Simulation(scenario)
        for time_s in np.sort(np.random.default_rng(seed).uniform(0.0, 2400.0, 9)):
            simulation.advance(max(0.0, float(time_s) - simulation.elapsed_s))
            simulation.result()
        simulation.advance_to_end()
        assert simulation.result().summary["replications"]["dr"]["objectives"] == whole
