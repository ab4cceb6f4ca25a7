"""Results against a stored one: by hand, paired, refused, and with what differs by path."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.worlds import poisson, scenario

import efssim
from efssim.errors import ArgumentError
from efssim.json_values import to_json
from efssim.report.files.run import write_files
from efssim.report.files.trials import write_trials
from efssim.report.gates.baseline import baseline_gates, baseline_text, version_warning
from efssim.study.baseline.baseline import Against
from efssim.study.baseline.differences import refuse_design
from efssim.study.baseline.margins import DEFAULTS, margins_of, of_replication
from efssim.study.baseline.regressions import PairedNumbers
from efssim.study.baseline.stored import StoredResult
from efssim.study.errors import StudyError
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.pairs import difference
from efssim.study.statistics.weighing import Design

SYNC = {"interval": 60, "setup": {"exponential": {"mean": "5 s"}}}
WORLD = scenario({"w": poisson("1 per s", 1000)}, SYNC, "20 min", rpo={"target": "80 s"})
PLAIN = Design((), (1.0,), (None,), (False,))
FALL, RISE = DEFAULTS


@pytest.fixture(scope="module")
def trials():
    return efssim.run_trials(WORLD, 6, workers=1)


@pytest.fixture(scope="module")
def written(trials, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "main"
    write_trials(trials, folder)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    return Path(shutil.copytree(written, tmp_path / "main"))


def against(folder, *margins, world=WORLD):
    return Against(StoredResult.read(folder), margins_of(margins, world))


# --- margins --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "worst"),
    [
        ("rpo.attainment=0.1%", "may fall by 0.1 % points", 0.999),
        ("rpo.attainment=0", "may not fall", 1.0),
        ("rpo.attainment=+1%", "may rise by 1 % points", 1.01),
        ("write_lag_s.p99=5%", "may rise by 5 %", 1.05),
        ("write_lag_s.p99=2 s", "may rise by 2 s", 3.0),
        ("dr.write_lag_s.mean=-10%", "may fall by 10 %", 0.9),
        ("pending_bytes.max=1 KiB", "may rise by 1 KiB", 1025.0),
        ("syncs.completed=-3", "may fall by 3", -2.0),
    ],
)
def test_margins_in_words_and_numbers(text, words, worst):
    (margin,) = margins_of([text], WORLD)
    assert margin.text == words
    assert margin.worst(1.0) == pytest.approx(worst)
    assert margin.replication == ("dr" if text.startswith("dr.") else None)


@pytest.mark.parametrize(
    "text",
    [
        "rpo.attainment",
        "rpo.atainment=1%",
        "rpo=1%",
        "dr=1%",
        "rpo.attainment=x",
        "rpo.attainment=--1%",
        "write_lag_s.p99=3 GiB",
        "write_lag_s.p99=1e400",
    ],
)
def test_margins_of_no_number_are_refused(text):
    with pytest.raises(ValueError, match=r"no |is |in a path|unknown unit"):
        margins_of([text], WORLD)


def test_a_margin_replaces_the_default_and_its_own_replication_comes_first():
    asked = margins_of(["rpo.attainment=1%", "dr.rpo.attainment=2%", "syncs.bytes=0"], WORLD)
    sizes = {margin.measure: margin.size for margin in of_replication(asked, "dr")}
    assert sizes == {
        "rpo.attainment": 0.02,
        "time_since_last_sync_s.p99": 0.05,
        "syncs.bytes": 0.0,
    }
    assert of_replication(asked, "other")[0].size == 0.01
    with pytest.raises(ArgumentError, match="two margins"):
        margins_of(["rpo.attainment=1%", "rpo.attainment=2%"], WORLD)


# --- numbers by hand ------------------------------------------------------------------------------


def judged(margin, before, after, *, is_random=True, is_single=False, strata=None, design=PLAIN):
    numbers = dict(enumerate(before)), dict(enumerate(after))
    at = dict(enumerate(strata or [0] * max(len(before), len(after))))
    compared = PairedNumbers(design, is_random, is_single, at, is_paired=True)
    return compared.number("dr", margin, numbers, lambda: (None, None))


def test_a_regression_is_an_interval_wholly_beyond_the_margin():
    before = [100.0, 110.0, 90.0, 100.0]
    # The change is 4 on average, below the margin of 5 % of each.
    assert judged(RISE, before, [104, 114, 94, 104]).outcome == "holds"
    # Each pair is beyond it, by 1 to 2.
    found = judged(RISE, before, [107, 117, 96, 107])
    assert found.outcome == "fails"
    assert (found.before, found.after, found.difference) == (100.0, 106.75, 6.75)
    # The mean is beyond it, and its interval is not.
    assert judged(RISE, before, [100, 150, 90, 100]).outcome == "holds"
    # As wide as Student's interval at least, which skewed differences make wider.
    expected = difference(before, [100, 150, 90, 100])
    found = judged(RISE, before, [100, 150, 90, 100])
    assert found.low == expected.low
    assert found.high > expected.high


def test_the_ends_of_the_interval_decide():
    """Of pairs with differences d ± s the interval is exact, so both sides of it are known."""
    gaps = np.array([-1.0, 1.0, -1.0, 1.0])
    half = 3.182446305284263 * gaps.std(ddof=1) / 2
    before = [1.0] * 4
    (margin,) = margins_of(["time_since_last_sync_s.mean=0 s"], WORLD)
    beyond = [1.0 + half + 1e-6 + gap for gap in gaps]
    within = [1.0 + half - 1e-6 + gap for gap in gaps]
    assert judged(margin, before, beyond).outcome == "fails"
    assert judged(margin, before, within).outcome == "holds"
    falling = replace(margin, falls=True)
    assert judged(falling, before, [2 - value for value in beyond]).outcome == "fails"
    assert judged(falling, before, [2 - value for value in within]).outcome == "holds"
    assert judged(falling, before, beyond).outcome == "holds"


def test_single_runs_and_what_is_not_random_compare_the_numbers():
    assert judged(FALL, [0.999], [0.998], is_single=True).outcome == "fails"
    assert judged(FALL, [0.999], [0.999], is_single=True).outcome == "holds"
    assert judged(FALL, [0.999], [0.998], is_random=False).outcome == "fails"
    # Another kind of machine may have another last bit.
    assert judged(FALL, [0.999], [math.nextafter(0.999, 0)], is_single=True).outcome == "holds"


def test_thin_evidence_is_no_green():
    one = judged(RISE, [100.0], [200.0])
    assert (one.outcome, one.reason) == ("undecided", "too few trials for an interval")
    assert judged(RISE, [100.0], [100.0]).outcome == "holds"
    gone = judged(FALL, [1.0, 1.0], [1.0])
    assert gone.outcome == "undecided"
    assert gone.reason == "there is no such number any more in 1 of 2 trials"
    new = judged(FALL, [], [1.0])
    assert (new.outcome, new.reason) == ("undecided", "the baseline has no such number")
    strata = Design(("f",), (0.9, 0.1), ((), ("f",)), (False, False))
    thin = judged(RISE, [100.0] * 3, [200.0, 210, 220], strata=[0, 0, 1], design=strata)
    assert thin.outcome == "undecided"


def test_strata_weigh_their_pairs():
    strata = Design(("f",), (0.9, 0.1), ((), ("f",)), (False, False))
    before, at = [0.0] * 6, [0, 0, 0, 1, 1, 1]
    (margin,) = margins_of(["time_since_last_sync_s.mean=0 s"], WORLD)
    found = judged(margin, before, [1, 1.1, 0.9, -10, -10.1, -9.9], strata=at, design=strata)
    assert found.difference == pytest.approx(0.9 * 1 - 0.1 * 10)
    assert found.outcome == "holds"


@pytest.mark.parametrize(("after", "outcome"), [(122.4, "holds"), (122.6, "fails")])
def test_without_pairs_the_intervals_of_both_means_decide(after, outcome):
    """Of 100 ± 10 a margin of 5 % makes 105 ± 10.5; with ± 14 that is 17.5 by Pythagoras."""
    compared = PairedNumbers(PLAIN, True, False, {0: 0}, is_paired=False)
    means = (100.0, Interval(90.0, 110.0)), (after, Interval(after - 14, after + 14))
    found = compared.number("dr", RISE, ({0: 1.0}, {0: 1.0}), lambda: means)
    assert found.outcome == outcome
    assert (found.before, found.after) == (100.0, after)
    # The difference itself has the interval of 10 and 14.
    assert found.high - found.low == pytest.approx(2 * math.hypot(10, 14))


# --- stored results -------------------------------------------------------------------------------


def test_numbers_are_read_back_to_the_last_bit(trials, folder):
    columns = ["rpo.attainment", "time_since_last_sync_s.p99", "syncs.bytes"]
    found, strata = StoredResult.read(folder).numbers(columns)
    table = trials.table.set_index("trial")
    assert strata == dict.fromkeys(range(6), 0)
    for column in columns:
        assert found["dr"][column] == {k: float(v) for k, v in table[column].items()}


def test_the_same_scenario_has_no_regression_and_no_difference(trials, folder):
    found = against(folder).compared(trials, {})
    assert (found.regressions, found.differences, found.pairs) == (0, (), 6)
    assert all(each.outcome == "holds" and each.difference == 0 for each in found.numbers)
    assert [gate.outcome for gate in baseline_gates(found)] == ["holds", "holds"]
    assert "NO REGRESSION is shown" in baseline_text(found)
    assert "The scenario is that of the baseline." in baseline_text(found)
    assert version_warning(found) == ""


def test_a_slower_scenario_regresses_and_says_by_what_it_differs(trials, folder):
    slower = WORLD.with_(
        {"replications.dr.sync.interval": "2 min", "file_systems.fs.writes.w.size": "2000 B"}
    )
    after = efssim.run_trials(slower, 6, workers=1)
    found = against(folder).compared(after, {})
    assert found.regressions == 2
    assert [each.outcome for each in found.numbers] == ["fails", "fails"]
    assert {(each.path, each.before, each.after) for each in found.differences} == {
        ("replications.dr.sync.interval", "60.0", "120.0"),
        ("file_systems.fs.writes.w.size", '{"constant":1000}', '{"constant":2000}'),
    }
    # As a comparison of both studies has it.
    paired = efssim.compare(trials, after)
    rows = {row.measure: row for row in paired.differences}
    for each in found.numbers:
        row = rows[each.measure]
        assert (each.before, each.after) == (row.first, row.second)
        assert each.difference == row.difference
        assert each.low <= row.low <= row.high <= each.high
    text = " ".join(baseline_text(found).split())
    assert "REGRESSION of 2 numbers" in text
    assert "replications.dr.sync.interval: 60.0 before, 120.0 now" in text


def test_a_replication_that_falls_behind_is_a_regression(folder):
    (margin,) = ("time_since_last_sync_s.p99=1000%",)
    slow = WORLD.with_({"replications.dr.sync.throughput": "900 B/s"})
    found = against(folder, margin).compared(efssim.run_trials(slow, 6, workers=1), {})
    age = next(each for each in found.numbers if each.measure == "time_since_last_sync_s.p99")
    assert age.outcome == "fails"
    assert "falls behind for good" in str(age.reason)
    assert "-" in baseline_text(found)


def test_strata_that_differ_are_no_pairs(tmp_path):
    fault = {"region_outage": "us-east-1", "for": "5 min"}
    exponential = {**fault, "every": {"exponential": {"mean": "2 h"}}}
    rare = WORLD.with_({"faults": {"a": exponential}})
    before = efssim.run_trials(rare, 8, workers=1)
    write_trials(before, tmp_path / "main")
    found = against(tmp_path / "main").compared(before, {})
    assert (found.pairs, found.regressions) == (8, 0)
    assert all(each.outcome == "holds" for each in found.numbers)
    other = WORLD.with_(
        {"faults": {"a": {**exponential, "every": {"exponential": {"mean": "3 h"}}}}}
    )
    after = efssim.run_trials(other, 8, workers=1)
    found = against(tmp_path / "main").compared(after, {})
    assert found.pairs == 0
    mean, interval = after.estimate("dr", "rpo.attainment")
    first = found.numbers[0]
    assert first.after == mean
    assert "No pairs of trials" in " ".join(baseline_text(found).split())
    assert (first.outcome == "undecided") == (interval is None)


def test_single_runs(tmp_path):
    write_files(efssim.run(WORLD), tmp_path / "main")
    found = against(tmp_path / "main").compared(efssim.run(WORLD), {})
    assert (found.pairs, found.regressions) == (1, 0)
    slower = efssim.run(WORLD.with_({"replications.dr.sync.interval": "2 min"}))
    assert against(tmp_path / "main").compared(slower, {}).regressions == 2
    other = efssim.run(WORLD, trial=1)
    write_files(other, tmp_path / "other")
    with pytest.raises(StudyError, match="a run of another trial"):
        refuse_design(StoredResult.read(tmp_path / "other"), WORLD, 1, None)


@pytest.mark.parametrize(
    ("change", "seed", "count", "named"),
    [
        ({"duration": "30 min"}, 1, 6, "duration"),
        ({"start": "2026-02-01"}, 1, 6, "start"),
        ({"warm_up": "1 min"}, 1, 6, "warm_up"),
        ({}, 2, 6, "seed 1, here 2"),
        ({}, 1, 7, "trials 6, here 7"),
        ({}, 1, None, "trials 6, here none, a single run"),
    ],
)
def test_another_design_is_refused(folder, change, seed, count, named):
    with pytest.raises(StudyError, match=named):
        refuse_design(StoredResult.read(folder), WORLD.with_(change), seed, count)


def test_other_replications_are_refused_and_nothing_else(folder, trials):
    stored = StoredResult.read(folder)
    content = WORLD.model_dump(mode="json", by_alias=True, exclude_unset=True)
    content["replications"]["second"] = content["replications"].pop("dr")
    with pytest.raises(StudyError, match="replications dr, here second"):
        refuse_design(stored, efssim.Scenario.model_validate(content), 1, 6)
    refuse_design(stored, WORLD.with_({"name": "other", "rpo.target": "1 min", "seed": 3}), 1, 6)


def test_another_version_is_a_warning(folder, trials):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(
        json.dumps({**manifest, "efssim": "0.0.9", "hashes": None})
    )
    found = against(folder).compared(trials, {})
    assert found.version == "0.0.9"
    assert version_warning(found).startswith("The baseline is of efssim 0.0.9, this is ")
    assert to_json(found)["version"] == "0.0.9"


@pytest.mark.parametrize("file", ["manifest.json", "summary.json"])
@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_a_folder_that_is_no_result_is_refused(folder, file, content):
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)
    with pytest.raises(StudyError, match=r"--baseline .*main: "):
        StoredResult.read(folder)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("trial,stratum\n0,0\n", "is no table of trials"),
        ("trial,replication\nx,dr\n", "is no table of trials"),
        ("trial,replication\n0,dr\n", "has 1 of 6 trials"),
        ("trial,replication\n" + "".join(f"{k},dr\n" for k in range(7)), "has 7 of 6 trials"),
    ],
)
def test_another_table_is_refused(folder, line, named):
    stored = StoredResult.read(folder)
    (folder / "trials.csv").write_text(line, encoding="utf-8")
    with pytest.raises(StudyError, match=named):
        stored.numbers(["rpo.attainment"])


def test_a_trial_without_a_number_has_none(folder):
    stored = StoredResult.read(folder)
    rows = [f"{trial},dr,0,{'' if trial == 2 else 0.5}" for trial in range(6)]
    text = "\n".join(["trial,replication,stratum,rpo.attainment", *rows])
    (folder / "trials.csv").write_text(text, encoding="utf-8")
    found, strata = stored.numbers(["rpo.attainment"])
    assert found == {"dr": {"rpo.attainment": dict.fromkeys((0, 1, 3, 4, 5), 0.5)}}
    assert strata == dict.fromkeys(range(6), 0)


def test_a_table_that_is_gone_is_refused(folder):
    (folder / "trials.csv").unlink()
    with pytest.raises(StudyError, match=r"trials\.csv: No such file"):
        StoredResult.read(folder).numbers(["rpo.attainment"])
