"""Thresholds on numbers of the summary: of a run by themselves, of trials by their intervals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.commands import TINY, command
from helpers.worlds import constant, poisson, scenario

import efssim
from efssim.lag.pool import Pool
from efssim.study.run.summary import thresholds_of, trials_summary
from efssim.study.run.trial_set import TrialSet

LINK = "us-east-1 -> us-west-2"
SYNC = {"interval": "1 min", "setup": "5 s"}


def world(*thresholds: str, random: bool = False, **top: Any) -> efssim.Scenario:
    """Return syncs of 5 s each minute: ages from 5 to 65 s, 35 s on average."""
    stream = (poisson if random else constant)("1 per 10 s", "1 MiB")
    return scenario({"app": stream}, SYNC, "1 h", thresholds=list(thresholds), **top)


def outcomes(made: efssim.Scenario) -> list[tuple[str, float | None]]:
    found = efssim.run(made).summary["thresholds"]
    return [(each["outcome"], each["value"]) for each in found]


def test_numbers_of_a_run_are_compared_by_themselves():
    made = world(
        "dr.time_since_last_sync_s.max < 66 s",
        "dr.time_since_last_sync_s.max < 1 min",
        "dr.rpo.attainment >= 100 %",
        "dr.pending_bytes.max <= 7 MiB",
        "dr.syncs.completed > 58",
        "replications.dr.syncs.failed_attempts < 1",
        "window.seconds >= 3600",
    )
    found = outcomes(made)
    assert [outcome for outcome, _ in found] == [
        "holds", "fails", "holds", "holds", "holds", "holds", "holds",
    ]  # fmt: skip
    assert found[0][1] == 65
    assert found[1][1] == 65


def test_names_with_dots_are_quoted():
    made = world('dr.writes.dropped_bytes."api.x" < 1 B', "dr.status_s.ENABLED > 59 min")
    assert outcomes(made) == [("undecided", None), ("holds", 3600)]


def test_a_number_that_does_not_exist_is_undecided():
    found = outcomes(world("dr.initial_sync_s < 1 h", "dr.recovery_point.lost_s < 1 s"))
    assert found == [("undecided", None)] * 2


def test_pooled_numbers_are_of_trials():
    made = world("pooled.dr.write_lag_s.p99 < 2 min", random=True)
    (alone,) = efssim.run(made).summary["thresholds"]
    assert (alone["outcome"], alone["reason"]) == (
        "undecided",
        "only trials have pooled numbers",
    )
    trials = efssim.run_trials(made, 3, workers=1)
    (found,) = trials.summary["thresholds"]
    assert found["outcome"] == "holds"
    assert found["value"] == trials.summary["pooled"]["dr"]["write_lag_s"]["p99"]


def test_quantiles_of_a_diverging_run_fail():
    made = world("dr.write_lag_s.p99 < 10 h", "dr.rpo.attainment >= 0 %").with_(
        {"replications.dr.sync.throughput": "50 kB/s"}
    )
    found = efssim.run(made).summary["thresholds"]
    assert [each["outcome"] for each in found] == ["fails", "holds"]
    assert "more is written than can be sent" in found[0]["reason"]


def test_means_of_trials_are_judged_by_their_intervals():
    trials = efssim.run_trials(world(random=True), 40, workers=1)
    low, high = trials.summary["ci95"]["dr"]["write_lag_s"]["mean"]
    exact = [f"dr.write_lag_s.mean < {limit:.6f} s" for limit in (low - 0.1, high + 0.1)]
    inside = f"dr.write_lag_s.mean < {(low + high) / 2:.6f} s"
    again = efssim.run_trials(world(*exact, inside, random=True), 40, workers=1)
    found = again.summary["thresholds"]
    assert [each["outcome"] for each in found] == ["fails", "holds", "undecided"]
    # As wide as a skewed mean wants it: Student's, or a little more on one side.
    assert low - 0.1 < found[0]["low"] <= low < high <= found[0]["high"] < high + 0.1
    assert "more trials may decide" in found[2]["reason"]


def test_a_skewed_mean_needs_distance_towards_its_tail():
    """One of ten trials has an age of 720 s, and the others of 330 s at most."""
    tail = {"lognormal": {"median": "1 min", "sigma": 2}}
    faults = {"wan": {"link_outage": LINK, "every": {"exponential": {"mean": "5 h"}}, "for": tail}}
    number = "dr.time_since_last_sync_s.max"
    made = scenario(
        {"app": poisson("1 per 10 s", "1 MiB")},
        SYNC,
        "2 h",
        thresholds=[f"{number} < 8 min", f"{number} < 1 h", f"{number} > 10 s"],
        faults=faults,
    )
    trials = efssim.run_trials(made, 10, workers=1, seed=3)
    ages = sorted(part.summary.replications["dr"].age.max for part in trials.trials)
    assert ages[-2] < 480 < ages[-1] < 3600
    found = trials.summary["thresholds"]
    assert [each["outcome"] for each in found] == ["undecided", "holds", "holds"]
    assert found[0]["high"] < 480, "by its interval alone it would hold"
    assert found[0]["reason"].startswith("too skewed for an interval")


def test_an_attainment_is_judged_by_bounds_that_no_tail_breaks():
    made = world("dr.rpo.attainment >= 50 %", random=True)
    trials = efssim.run_trials(made, 40, workers=1)
    (found,) = trials.summary["thresholds"]
    assert found["outcome"] == "holds"
    assert [found["low"], found["high"]] == trials.summary["ci95"]["dr"]["rpo"]["attainment"]


def test_trials_of_which_nothing_is_random_are_exact():
    trials = efssim.run_trials(world("dr.time_since_last_sync_s.max < 66 s"), 1, workers=1)
    (found,) = trials.summary["thresholds"]
    assert (found["outcome"], found["value"]) == ("holds", 65)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("dr.write_lag_s.p98 < 1 s", "no number 'p98' (did you mean 'p99'"),
        ("dr.write_lag_s < 1 s", "is no number, but has some"),
        ("dd.write_lag_s.p99 < 1 s", "no number 'dd'"),
        ("pooled.dd.write_lag_s.p99 < 1 s", "no replication 'dd'"),
        ("dr.final_status < 1", "is no number"),
        ("dr.rpo.met >= 1", "is no number"),
        ("dr.write_lag_s.p99 < fast", "fast"),
        ("dr.rpo.attainment >= most", "is no share"),
        ("dr.write_lag_s.p99 = 1 s", "is no comparison"),
        ("1 s < dr.write_lag_s.p99 < 2 s", "is no comparison"),
        ("dr.write_lag_s.p99 <", "compares with nothing"),
        ("dr..p99 < 1 s", "should begin a name"),
    ],
)
@pytest.mark.parametrize("name", ["validate", "run"])
def test_a_threshold_on_nothing_is_one_line_before_anything_runs(
    tmp_path: Path, name: str, text: str, problem: str
):
    file = tmp_path / "s.yaml"
    content = world().model_dump(by_alias=True, exclude_unset=True, mode="json")
    content["thresholds"] = ["dr.rpo.attainment >= 0", text]
    file.write_text(json.dumps(content), encoding="utf-8")
    done = command(name, file)
    assert done.code == 2, done.out
    (line,) = (done.out + done.err).strip().splitlines()
    assert "thresholds.1" in line
    assert problem in line


@pytest.mark.parametrize("options", [(), ("--trials", "3", "--workers", "1")])
def test_check_fails_unless_every_threshold_holds(tmp_path: Path, options: tuple[str, ...]):
    for ordinal, (text, word, code) in enumerate(
        [
            ("dr.time_since_last_sync_s.max < 66 s", "HOLDS", 0),
            ("dr.time_since_last_sync_s.max < 1 min", "FAILS", 1),
            ("dr.initial_sync_s < 1 h", "UNDECIDED", 1),
        ]
    ):
        file = tmp_path / "s.yaml"
        made = world(text).model_dump_json(by_alias=True, exclude_unset=True)
        file.write_text(made, encoding="utf-8")
        out = tmp_path / f"out{ordinal}"
        done = command("run", file, "--check", "--quiet", "--out", out, *options)
        assert done.code == code, done.out + done.err
        assert f"Threshold {text} {word}" in " ".join(done.out.split())
        page = (out / "report.html").read_text(encoding="utf-8")
        assert f"{word}" in page


def test_parameter_sets_refuse_thresholds():
    unknown = {"replications.dr.sync.setup": {"uniform": {"low": "1 s", "high": "9 s"}}}
    made = world("dr.rpo.attainment >= 0").with_({"uncertain": unknown})
    with pytest.raises(efssim.StudyError, match="judges no thresholds"):
        efssim.run_sets(made, 4, workers=1)


@pytest.mark.parametrize("value", ["inf", "nan", "Infinity %", "-inf", "1e999"])
@pytest.mark.parametrize("path", ["dr.rpo.attainment", "dr.syncs.completed"])
def test_everything_is_below_infinity_so_it_is_no_limit(tmp_path: Path, path: str, value: str):
    file = tmp_path / "s.yaml"
    file.write_text(TINY.replace("rpo:", f"thresholds: ['{path} < {value}']\nrpo:"))
    done = command("validate", file)
    assert done.code == 2
    assert " is no " in done.err


def test_without_a_complete_trial_nothing_is_judged() -> None:
    """As Ctrl-C leaves it that comes before the first."""
    made = world("dr.rpo.attainment >= 50 %", random=True)
    none = TrialSet(made, 1, (), 4, Pool(), partial=True)
    assert thresholds_of(none) == ()
    summary = trials_summary(none)
    assert (summary.trials, summary.partial, summary.thresholds) == (0, True, ())
    assert not trials_summary(TrialSet(made, 1, (), 0, Pool())).partial
