"""Results outside of the process and of the command line: pickled, typed, written."""

import pickle
import re
import subprocess

import pandas as pd
import pytest
from helpers.places import EFSSIM
from helpers.worlds import poisson, scenario

import efssim
from efssim.records.run_records import SYNC_COLUMNS

TABLES = ("syncs", "statuses", "events", "violations", "lags")
SERIES = ("age", "pending", "risk", "risk_cells")


def full(**top):
    """A scenario in which everything happens: syncs that fail, faults, violations, an end."""
    return scenario(
        {"app": poisson("1 per s", {"exponential": {"mean": "1 MiB"}})},
        {"interval": "60 s", "setup": "5 s", "failure_probability": 0.2, "backoff": "10 s"},
        "2 h",
        rpo={"target": "70 s"},
        events=[
            {"at": "20 min", "link_outage": "us-east-1 -> us-west-2", "for": "10 min"},
            {"at": "1 h", "kms_key_disabled": "dr", "for": "5 min"},
            {"at": "100 min", "call": "DeleteReplicationConfiguration",
             "with": {"SourceFileSystemId": "fs"}},
        ],
        **top,
    )  # fmt: skip


def quiet():
    """Nothing is written, nothing happens, and the initial sync never completes."""
    return scenario(
        {}, {"interval": "60 s"}, "1 min", replication={"established": False, "control": {
            "enabling": "1 h"}},
    )  # fmt: skip


def nobody():
    return efssim.load({"name": "nobody", "duration": "1 min"})


@pytest.fixture(scope="module")
def runs():
    return [efssim.run(world) for world in (full(), quiet(), nobody())]


def studies(world, name):
    return efssim.run_trials(world.with_(name=name), 2, workers=1)


def types(table):
    """Return the types of columns; a category by itself, as its values are names."""
    kinds = (pd.CategoricalDtype,)
    return {
        name: "category" if isinstance(kind, kinds) else str(kind)
        for name, kind in table.dtypes.items()
    }


# Types


@pytest.mark.parametrize("name", TABLES)
def test_types_of_tables_do_not_depend_on_the_data(runs, name):
    tables = [getattr(run, name) for run in runs]
    assert len(tables[0]) > 0
    assert types(tables[0]) == types(tables[1]) == types(tables[2])
    assert "object" not in types(tables[0]).values()


@pytest.mark.parametrize("name", SERIES)
def test_types_of_series_do_not_depend_on_the_data(runs, name):
    tables = [getattr(run, name)("dr") for run in runs[:2]]
    assert types(tables[0]) == types(tables[1])
    assert tables[0].index.dtype == tables[1].index.dtype


def test_the_categories_are_all_that_there_could_be(runs):
    for table in (runs[0].violations, runs[1].violations, runs[0].syncs, runs[1].syncs):
        assert list(table["replication"].cat.categories) == ["dr"]
    events = [run.events["kind"].dtype for run in runs]
    assert events[0] == events[1] == events[2]


def test_types_of_studies_do_not_depend_on_the_data():
    tables = [studies(world, "x").table for world in (full(), quiet())]
    common = [name for name in tables[0].columns if name in tables[1].columns]
    left, right = ({name: types(table)[name] for name in common} for table in tables)
    assert left == right
    assert len(common) > 40
    assert tables[0]["final_status"].dtype == tables[1]["final_status"].dtype
    found = tables[0].iloc[0]
    assert (
        found["writes.bytes"]
        == studies(full(), "x").trials[0].summary.replications["dr"].writes.bytes
    )


def test_types_of_sweeps_and_comparisons():
    values = {"file_systems.fs.files": [1, 2], "replications.dr.sync.interval": [60]}
    alone = efssim.sweep(full(), values, one_at_a_time=True, workers=1)
    grid = efssim.sweep(full(), values, workers=1)
    assert types(alone.table) == types(grid.table)
    assert types(alone.table)["file_systems.fs.files"] == "Int64"
    assert types(alone.table)["replications.dr.sync.interval"] == "float64"
    one = efssim.compare(studies(full(), "a"), studies(full(), "b")).table
    other = efssim.compare(studies(quiet(), "a"), studies(quiet(), "b")).table
    assert types(one) == types(other)


# Pickling


def test_a_result_survives_pickling(runs):
    for run in runs:
        again = pickle.loads(pickle.dumps(run))
        assert again.summary == run.summary
        assert again.digest == run.digest
        for name in TABLES:
            pd.testing.assert_frame_equal(getattr(again, name), getattr(run, name))
        for outcome in again.outcomes.values():
            assert outcome.syncs.digest()
            outcome.syncs.append(*[0] * len(SYNC_COLUMNS))
            with pytest.raises(efssim.StateError, match="pickled"):
                outcome.syncs.flush()


def test_studies_survive_pickling():
    trials, other = studies(full(), "a"), studies(full(), "b")
    made = [
        full(),
        trials,
        efssim.compare(trials, other),
        efssim.sweep(full(), {"replications.dr.sync.interval": [60, 120]}, 2, workers=1),
        efssim.plan(
            full().with_(seed=2), "replications.dr.sync.interval", (1, 600), rpo="10 min",
            trials=10, workers=1,
        ),
        efssim.estimate(quiet().with_(events=[])),
    ]  # fmt: skip
    for study in made:
        again = pickle.loads(pickle.dumps(study))
        assert repr(again) == repr(study)
        assert getattr(again, "summary", None) == getattr(study, "summary", None)


# Files


def test_python_writes_what_the_command_writes(tmp_path):
    (tmp_path / "s.yaml").write_text(
        "name: s\nduration: 1 h\nfile_systems: {a: {region: us-east-1}}\n"
        "replications: {dr: {source: a, destination: {region: us-west-2}}}\n"
    )
    done = subprocess.run(
        [EFSSIM, "run", "s.yaml", "--out", "command", "--png", "--quiet"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "command" / "report.html").read_bytes()
    command = re.search("<code>(efssim run .*)</code>", page.decode())[1]
    result = efssim.run(efssim.load(tmp_path / "s.yaml"))
    result.write(str(tmp_path / "python"), png=True, command=command)
    written = sorted(file for file in (tmp_path / "command").rglob("*") if file.is_file())
    assert len(written) > 10
    for file in written:
        name = file.relative_to(tmp_path / "command")
        assert (tmp_path / "python" / name).read_bytes() == file.read_bytes(), name
    assert result.report_html(command).encode() == page
