"""What reports say of a throttled source: sentences, tables, figures, trials and the estimate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.commands import command
from helpers.worlds import overwriting, poisson, scenario

import efssim
from efssim import Scenario
from efssim.errors import ArgumentError
from efssim.model.kernel.strata import strata_of
from efssim.report.text.run import text_report
from efssim.report.text.trials import study_text
from efssim.study.trial.spans import division

KEYS = {"throttle": True, "burst_credits": "2 GiB", "size": "1 GiB"}


def binding(**more: Any) -> Scenario:
    """Return a scenario whose credits run out, and of which writes wait at the end."""
    stream = {**poisson("1 per s", "3 MiB"), "new_bytes": 0}
    return scenario({"w": stream}, {"interval": 60}, "4 h", file_system=KEYS, **more)


def test_the_verdict_is_not_left_alone() -> None:
    text = " ".join(text_report(efssim.run(binding()), "").split())
    assert "writes of" in text
    assert "to fs waited for its throughput" in text
    assert "and its burst credits ran out" in text
    assert "STILL WAITING at the end: " in text
    assert "No lag and no attainment counts them." in text
    calm = scenario({"w": overwriting()}, {"interval": 60}, file_system={"throttle": True})
    text = text_report(efssim.run(calm), "")
    assert "THROTTLED" not in text
    assert "WAITING" not in text
    assert "standard_share 100 %, burst_credits full" in " ".join(text.split())


def test_a_promoted_replica_is_named() -> None:
    moving = [
        {"at": "1 h", "region_outage": "us-east-1"},
        {
            "at": "1 h",
            "call": "DeleteReplicationConfiguration",
            "region": "us-west-2",
            "with": {"SourceFileSystemId": "fs"},
        },
        {"at": "2 h", "move_writes": "fs", "to": "dr.destination"},
    ]
    destination = {"region": "us-west-2", "burst_credits": 0, "standard_share": 0}
    spec = binding(events=moving, replication={"destination": destination})
    text = " ".join(text_report(efssim.run(spec), "").split())
    assert "to dr.destination waited for its throughput" in text
    assert "of writes to dr.destination are wanted and not made" in text


def test_files_and_figure(tmp_path: Path) -> None:
    result = efssim.run(binding())
    result.write(tmp_path / "out")
    names = {file.name for file in (tmp_path / "out").rglob("*.*")}
    assert {"credits.csv", "dr-credits.svg"} <= names
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Do burst credits last?" in page
    assert "STILL WAITING" in page
    head = (tmp_path / "out" / "credits.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head.split(",") == result.credits().columns.tolist()
    axes = result.plot_credits()
    assert axes.get_ylabel() == "burst credits (GiB)"
    assert axes.get_ylim()[1] == pytest.approx(2 * 1.08)


def test_without_a_throttle_there_is_nothing_of_it(tmp_path: Path) -> None:
    result = efssim.run(scenario({"w": overwriting()}, {"interval": 60}))
    result.write(tmp_path / "out")
    names = {file.name for file in (tmp_path / "out").rglob("*.*")}
    assert not {"credits.csv", "dr-credits.svg"} & names
    assert result.credits().empty
    assert "throttled" not in result.summary["replications"]["dr"]
    with pytest.raises(ArgumentError, match="fs has no burst credits"):
        result.plot_credits()


def test_trials_have_means_with_intervals() -> None:
    trials = efssim.run_trials(binding(), 4)
    found = trials.summary["replications"]["dr"]["throttled"]
    assert found["credits_min_bytes"] == 0
    assert found["writes"] > 1000
    low, high = trials.summary["ci95"]["dr"]["throttled"]["writes"]
    assert low < found["writes"] < high
    assert "throttled.delay_s" in trials.table
    text = " ".join(study_text(trials, "").split())
    assert "THROTTLED in 4 of 4 trials" in text
    assert "STILL WAITING at the end of 4 of 4 trials" in text


def test_only_trials_are_units_of_evidence() -> None:
    for keys, is_divided in (({}, True), ({"throttle": True}, False)):
        spec = scenario({"w": poisson("1 per s", 9)}, {"interval": 60}, "9 days", file_system=keys)
        assert (division(spec, strata_of(spec), 0) is not None) is is_divided


def test_no_closed_form_is_claimed() -> None:
    found = efssim.estimate(binding()).summary["replications"]["dr"]
    assert found["rpo_met"] is None
    assert found["rpo_reasons"] == ["no closed form is known of a throttled source"]
    assert found["age_mean_s"] is None


def test_a_command_says_it(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(
        json.dumps(binding().model_dump(mode="json", by_alias=True, exclude_unset=True))
    )
    done = command("run", file, "--format", "json")
    found = json.loads(done.out)["replications"]["dr"]["throttled"]
    assert list(found) == ["writes", "bytes", "delay_s", "waiting_bytes", "credits_min_bytes"]
