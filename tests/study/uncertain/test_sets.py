"""Parameter sets: the design, the verdicts beside a closed form, and what is repeated."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from helpers.unknown import THROUGHPUT, unknown

import efssim
from efssim.report.files.uncertain.sets import write_sets
from efssim.report.text.uncertain.sets import sets_text
from efssim.report.verdicts.check import checked_sets, passes
from efssim.scenario.unknowns.parameters import uncertain_parameters
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import Interrupts
from efssim.study.uncertain.design import hypercube, parameter_sets, set_seed

MIB = 2**20
TEXT = unknown("unknown", "6 h")


@pytest.fixture(scope="module")
def scenario():
    return efssim.load(TEXT)


@pytest.fixture(scope="module")
def found(scenario):
    return efssim.run_sets(scenario, 40, 5, workers=1)


def test_the_share_is_that_of_the_closed_form(found):
    """Each fortieth of the range has one set, so that the count is exact but for one set."""
    values = found.table[THROUGHPUT]
    met = (values >= 2 * MIB).tolist()
    assert found.table["met"].tolist() == met
    assert found.table["trials"].tolist() == [1] * 40  # nothing is drawn
    assert found.shares["dr"].met in (29, 30, 31)
    low, high = found.summary["replications"]["dr"]["rpo"]["ci95"]
    assert low <= 0.75 <= high
    assert found.met("dr") is False


def test_the_age_of_each_set_is_that_of_the_closed_form(found):
    for _, row in found.table.iterrows():
        peak = 120 + 120 * MIB / row[THROUGHPUT]
        assert row["time_since_last_sync_s.max"] == pytest.approx(peak, abs=1.0)


def test_it_says_what_to_measure_first(found):
    assert found.importance["dr"].leaders == (THROUGHPUT,)
    report = " ".join(sets_text(found, "efssim run x").split())
    share = found.shares["dr"]
    assert f"met in {round(100 * share.met / 40)} % of plausible parameter sets" in report
    assert f"Measure {THROUGHPUT} first" in report
    assert "uniform from 1.5 MiB/s to 3.5 MiB/s" in report


def test_a_hypercube_has_one_value_in_each_share(scenario):
    parameters = uncertain_parameters(scenario)
    shares = hypercube(parameters, 3, 100)
    assert sorted((shares[:, 0] * 100).astype(int)) == list(range(100))


def test_values_of_a_parameter_do_not_depend_on_the_others(scenario):
    more = scenario.with_(
        {'uncertain."replications.dr.sync.setup"': {"uniform": {"low": 0, "high": 1}}}
    )
    alone = parameter_sets(uncertain_parameters(scenario), 1, 10)
    both = parameter_sets(uncertain_parameters(more), 1, 10)
    assert [each.values[0] for each in alone] == [each.values[0] for each in both]
    columns = np.array([each.values for each in both]).T
    assert abs(np.corrcoef(columns)[0, 1]) < 0.9
    assert len({each.seed for each in both}) == 10
    assert parameter_sets(uncertain_parameters(scenario), 2, 10) != alone


def test_results_are_the_same_on_any_number_of_workers(scenario, found):
    again = efssim.run_sets(scenario, 40, 5, workers=2)
    assert again.summary == found.summary


def test_seeds_of_sets_are_the_first_32_bits_of_a_hash():
    # printf 'parameter set 3 of seed 7' | sha256sum
    assert set_seed(7, 3) == 0x9EF1A384
    assert max(set_seed(1, number) for number in range(100)) < 2**32


FLEET = """
name: fleet
duration: 2 h
file_systems:
  a: {region: us-east-1, count: 3, size: {each: {uniform: {low: 1 GiB, high: 9 GiB}}}}
replications:
  dr:
    source: a
    destination: {region: us-west-2}
    sync:
      preset: none
      interval: 10 min
      gap: 1 s
      setup: {each: {uniform: {low: 0 s, high: 60 s}}}
faults:
  down: {link_outage: us-east-1 -> us-west-2, every: {exponential: {mean: 1 h}}, for: 5 min}
uncertain:
  replications.dr.sync.gap: {uniform: {low: 0 s, high: 100 s}}
"""


@pytest.mark.parametrize("drawn", [True, False])
def test_a_set_of_a_fleet_is_repeated_by_its_values_and_its_seed(drawn):
    """Items, their phases among them, are drawn with the seed of the set, as its trials are."""
    scenario = efssim.load(FLEET).with_({} if drawn else {"faults": {}})
    found = efssim.run_sets(scenario, 3, 2, workers=1)
    rows = found.table[found.table["set"] == 2]
    seed = int(rows["seed"].iloc[0])
    known = scenario.with_({"uncertain": {}, "replications.dr.sync.gap": found.design[2].values[0]})
    for chosen in (known, found.scenario_of(2)):
        alone = efssim.run_trials(chosen, int(rows["trials"].iloc[0]), seed=seed, workers=1).table
        oldest = alone.groupby("replication", observed=True)["time_since_last_sync_s.max"].max()
        assert oldest.to_dict() == dict(
            zip(rows["replication"], rows["time_since_last_sync_s.max"], strict=True)
        )
    phases = {
        tuple(r.sync.phase for r in found.scenario_of(k).replications.values()) for k in range(3)
    }
    assert len(phases) == 3


def test_a_set_can_be_run_alone(found):
    chosen = found.scenario_of(7)
    assert not uncertain_parameters(chosen)
    alone = efssim.run(chosen, seed=found.design[7].seed)
    row = found.table.set_index("set").loc[7]
    age = alone.summary["replications"]["dr"]["time_since_last_sync_s"]
    assert age["max"] == pytest.approx(row["time_since_last_sync_s.max"], rel=1e-9)


CHANCY = TEXT.replace("preset: none,", "preset: none, gap: {uniform: {low: 0 s, high: 1 s}},")


def test_few_trials_leave_sets_undecided():
    """No number of trials shows 100 %, and one that misses it may miss it now and then."""
    found = efssim.run_sets(efssim.load(CHANCY), 10, 2, workers=1)
    share = found.shares["dr"]
    assert share.undecided > 0
    assert share.met == 0
    assert found.met("dr") is not True
    report = " ".join(sets_text(found, "x").split())
    assert "cannot decide counts as missed at the lower end" in report
    assert found.summary["replications"]["dr"]["rpo"]["share"] is None


def test_check_takes_the_whole_interval(scenario, found):
    assert not passes(checked_sets(found), found.traces)
    good = efssim.run_sets(scenario.with_({"rpo.target": "5 min"}), 100, workers=1)
    assert good.shares["dr"].met == 100
    assert passes(checked_sets(good), good.traces)
    few = efssim.run_sets(scenario.with_({"rpo.target": "5 min"}), 20, workers=1)
    assert few.met("dr") is None
    assert not passes(checked_sets(few), few.traces)


def test_a_study_goes_on_where_it_was(scenario, found, tmp_path):
    efssim.run_sets(scenario, 40, 5, workers=1, resume=tmp_path)
    file = tmp_path / "sets.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:11]) + lines[11][:20])
    told = []
    again = efssim.run_sets(
        scenario, 40, 5, workers=1, resume=tmp_path, on_progress=lambda k, n: told.append((k, n))
    )
    assert told[0] == (10, 40)
    assert again.summary == found.summary
    for other in ({"sets": 41}, {"trials": 6}, {"seed": 2}):
        with pytest.raises(efssim.StoreError, match="another scenario, seed, --sets"):
            efssim.run_sets(scenario, **{"sets": 40, "trials": 5, **other}, resume=tmp_path)


def test_ctrl_c_keeps_the_sets_that_are_complete(scenario, monkeypatch):
    checks = iter(range(1000))

    def check(_):
        if next(checks) > 20:
            raise KeyboardInterrupt

    closed = []
    monkeypatch.setattr(Interrupts, "check", check)
    monkeypatch.setattr(Workers, "close", lambda _, *, at_once=False: closed.append(at_once))
    found = efssim.run_sets(scenario, 40, 1, workers=1)
    assert found.partial
    assert closed[0], "it waits for sets that are running"
    assert 0 < len(found) < 40
    assert found.shares["dr"].count == len(found)
    assert "PARTIAL" in sets_text(found, "x")


def test_nothing_unknown_is_refused():
    with pytest.raises(efssim.StudyError, match="no parameter is uncertain"):
        efssim.run_sets(efssim.load(TEXT).with_(uncertain=None))


def test_studies_of_one_parameter_set_refuse_what_is_not_known(scenario):
    with pytest.raises(efssim.StudyError, match="1 parameter is uncertain, and a study of trials"):
        efssim.run_trials(scenario, 2)
    with pytest.raises(efssim.StudyError, match="and a sweep has one parameter set"):
        efssim.sweep(scenario, {"replications.dr.sync.interval": ["1 min"]})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sobol": 12}, "sobol is a power of 2"),
        ({"share_of_sets": 1.0}, "share_of_sets is above 0 and below 1"),
        ({"sets": 1}, "sets is at least 2"),
    ],
)
def test_numbers_that_make_no_sense(scenario, arguments, message):
    with pytest.raises(efssim.ArgumentError, match=message):
        efssim.run_sets(scenario, **arguments)


def test_a_preset_of_unknowns_runs_at_sets():
    text = TEXT[: TEXT.index("uncertain:")].replace(
        "sync: {preset: none, interval: 2 min, throughput: 50 MiB/s}",
        "sync: {preset: efs-unknown, interval: 2 min, failure_probability: 0}",
    )
    found = efssim.run_sets(efssim.load(text), 5, 2, workers=1)
    assert len(found.parameters) == 8
    assert all(not math.isnan(value) for value in found.table[THROUGHPUT])


def test_the_files(found, tmp_path):
    write_sets(found, tmp_path / "out", "efssim run x.yaml --trials 5")
    files = sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert files == [
        *("dr-sets.svg", "manifest.json", "report.html", "sets.csv", "study.md", "summary.json"),
    ]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary == found.summary
    page = (tmp_path / "out" / "report.html").read_text()
    assert "of plausible parameter sets" in page
    assert "What is not known" in page


def test_a_notebook_shows_the_verdict(found):
    assert "of plausible parameter sets" in found._repr_html_()
    assert repr(found) == "<efssim.ParameterSets of 'unknown', seed 1, 40 sets of 5 trials>"
    assert found.plot().get_xlabel() == THROUGHPUT
    with pytest.raises(efssim.ArgumentError, match="comes with Sobol indices"):
        found.plot_tornado()
