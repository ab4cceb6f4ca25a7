"""Tests of what scripts import, and of the rules about which part may import which."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from helpers.places import SCENARIOS
from helpers.worlds import constant, poisson, scenario, simulate
from pydantic import ValidationError

import efssim
from efssim.lag.summary import LAG_COLUMNS
from efssim.model.entities.replication import Status
from efssim.report.words.lines import short

matplotlib.use("Agg")

PACKAGE = Path(efssim.__file__).parent
START = datetime(2026, 1, 1, tzinfo=UTC)


def busy(duration="2 h", **top):
    return scenario(
        {"app": poisson("1 per s", {"exponential": {"mean": "1 MiB"}})},
        {
            "interval": "60 s",
            "setup": {"exponential": {"mean": "5 s"}},
            "throughput": "20 MiB/s",
            "failure_probability": 0.1,
            "backoff": "10 s",
        },
        duration,
        **top,
    )


@pytest.fixture(scope="module")
def result():
    return simulate(busy(warm_up="10 min", rpo={"target": "70 s"}))


# Names


def test_names():
    assert efssim.__all__ == [
        "ArgumentError",
        "Calibration",
        "Choice",
        "CloudWatchError",
        "Comparison",
        "Drills",
        "EfsError",
        "EfssimError",
        "Estimate",
        "LawViolation",
        "MissingExtraError",
        "NotSimulatedError",
        "ParameterSets",
        "Plan",
        "Result",
        "RunError",
        "Runway",
        "Scenario",
        "ScenarioError",
        "SetPlan",
        "Simulation",
        "StateError",
        "StoreError",
        "StudyError",
        "Sweep",
        "TraceError",
        "TraceErrors",
        "Traces",
        "TrialError",
        "Trials",
        "UnknownNameError",
        "UsageError",
        "WorkersDiedError",
        "__version__",
        "calibrate",
        "choose",
        "compare",
        "drill",
        "estimate",
        "load",
        "plan",
        "plan_sets",
        "read_traces",
        "run",
        "run_sets",
        "run_trials",
        "runway",
        "sweep",
    ]
    assert dir(efssim) == efssim.__all__
    assert all(hasattr(efssim, name) for name in efssim.__all__)
    with pytest.raises(AttributeError, match="no attribute 'plann'"):
        efssim.plann  # noqa: B018 - the access is the point


def test_names_of_what_is_added_to():
    assert [name for name in efssim.extend.__all__ if name.islower()] == [
        "arrivals",
        "disturbances",
        "executors",
        "lag_measures",
        "operations",
        "table_formats",
    ]
    assert [name for name in efssim.extend.__all__ if not name.islower()] == [
        "Alternating",
        "ArrivalProcess",
        "ByRate",
        "Degrade",
        "DisturbanceKind",
        "Even",
        "ExecutorKind",
        "FailCalls",
        "Fence",
        "FileSystemId",
        "Flag",
        "Generators",
        "Jobs",
        "Known",
        "LagCollector",
        "LagMeasure",
        "LagOverTime",
        "LagOverWeights",
        "ListOf",
        "Lose",
        "Model",
        "MoveWrites",
        "Number",
        "Operation",
        "OptOut",
        "Option",
        "Pause",
        "RunSpan",
        "Silence",
        "Stall",
        "StopWrites",
        "Structure",
        "TableFormat",
        "Target",
        "Text",
        "Weekly",
        "WeightedLags",
        "Word",
    ]


def test_version_is_that_of_the_installed_package():
    from importlib.metadata import version

    assert efssim.__version__ == version("efssim")


def test_import_is_light_and_prints_nothing():
    code = "import efssim, sys; sys.exit('numpy' in sys.modules or 'simpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_package_is_typed():
    assert (PACKAGE / "py.typed").exists()


# Scenarios


def test_scenario_is_frozen():
    world = busy()
    with pytest.raises(ValidationError, match="frozen"):
        world.seed = 5
    with pytest.raises(ValidationError, match="frozen"):
        world.replications["dr"].sync.interval = 5.0


def test_scenario_survives_its_own_json():
    world = busy()
    again = efssim.Scenario.model_validate_json(world.model_dump_json(exclude_unset=True))
    assert again == world
    assert efssim.run(again).digest == efssim.run(world).digest


def test_load_takes_a_path_or_a_text(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text("name: a\nduration: 1 h\n")
    assert efssim.load(file) == efssim.load(str(file))
    assert efssim.load(file, ["duration=5 min"]).duration == 300


# Stepping


def test_looking_around_changes_nothing():
    stepped = efssim.Simulation(busy(), verify=True)
    middle = None
    for _ in range(12):
        stepped.advance("5 min")
        stepped.result()
    middle = stepped.result()
    stepped.advance("1 h")
    whole = simulate(busy())
    assert stepped.result().digest == whole.digest
    assert stepped.result().summary == whole.summary
    pd.testing.assert_frame_equal(stepped.result().syncs, whole.syncs)
    assert middle.summary["window"]["seconds"] == 3600
    assert middle.digest != whole.digest


def test_a_result_on_the_way_is_that_of_a_shorter_run():
    stepped = efssim.Simulation(busy("2 h"))
    stepped.advance("1 h")
    middle, short = stepped.result(), efssim.run(busy("1 h"))
    assert middle.summary == short.summary
    assert middle.digest == short.digest
    pd.testing.assert_frame_equal(middle.syncs, short.syncs)
    pd.testing.assert_frame_equal(middle.age(), short.age())


def test_an_old_result_stays_as_it_was():
    stepped = efssim.Simulation(busy())
    stepped.advance("1 h")
    middle = stepped.result()
    before = (middle.digest, len(middle.outcomes["dr"].syncs))
    stepped.advance("1 h")
    assert (middle.digest, len(middle.syncs) - (middle.outcomes["dr"].open_sync is not None)) == (
        before
    )
    assert middle.summary["window"]["end"] == "2026-01-01T01:00:00.000000Z"


def test_clock():
    stepped = efssim.Simulation(busy())
    assert (stepped.now, stepped.elapsed_s) == (START, 0.0)
    stepped.advance("5 min")
    stepped.advance(2.5)
    assert (stepped.now, stepped.elapsed_s) == (START + timedelta(seconds=302.5), 302.5)
    stepped.advance_to_end()
    assert stepped.now == START + timedelta(hours=2)


@pytest.mark.parametrize("duration", ["2 h 1 s", 7201, "1 day"])
def test_advance_beyond_the_end(duration):
    stepped = efssim.Simulation(busy())
    with pytest.raises(ValueError, match="the scenario ends 7200 s after its start"):
        stepped.advance(duration)
    assert stepped.elapsed_s == 0
    stepped.advance("2 h")


@pytest.mark.parametrize("duration", [-1, "5 mn", "-5 min", None])
def test_advance_by_no_duration(duration):
    with pytest.raises(ValueError, match=r"."):
        efssim.Simulation(busy()).advance(duration)


def test_steps_of_a_tenth_reach_the_end():
    stepped = efssim.Simulation(busy(0.3))
    for _ in range(3):
        stepped.advance(0.1)
    assert stepped.elapsed_s == 0.3


def test_result_before_anything_happened_and_inside_the_warm_up():
    stepped = efssim.Simulation(busy(warm_up="10 min"), verify=True)
    for duration in (0, "5 min", "5 min"):
        stepped.advance(duration)
        found = stepped.result()
        assert found.summary["window"]["seconds"] == 0
        assert found.summary["replications"]["dr"]["rpo"]["met"] is None
        assert isinstance(found._repr_html_(), str)
        assert list(found.age().columns) == ["age_s"]


def test_seed_argument_replaces_the_scenario_s():
    world = busy("30 min", seed=7)
    assert efssim.run(world).seed == 7
    assert efssim.run(world, seed=8).digest == efssim.run(busy("30 min", seed=8)).digest
    assert efssim.run(world, seed=8).digest != efssim.run(world).digest
    assert efssim.run(world, verify=True).digest == efssim.run(world).digest


# Results


def test_syncs(result):
    table = result.syncs
    assert list(table.columns) == [
        "replication", "trial", "cut", "completed", "bytes", "files", "attempts",
        "setup_s", "inventory_s", "diff_s", "transfer_s", "repeated_s", "outcome",
    ]  # fmt: skip
    assert str(table["cut"].dtype) == str(table["completed"].dtype) == "datetime64[us, UTC]"
    assert {str(table[key].dtype) for key in ("bytes", "files", "attempts")} == {"int64"}
    done = table[table["outcome"] == "completed"]
    assert (done["completed"] > done["cut"]).all()
    assert (table["cut"].diff().dropna() >= pd.Timedelta("60 s")).all()
    assert table["attempts"].max() > 1


def test_statuses(result):
    table = result.statuses
    assert list(table.columns) == ["replication", "trial", "time", "from", "to", "cause"]
    assert table["to"].tolist() == ["ENABLED"]
    assert table["time"].tolist() == [pd.Timestamp(START)]
    assert str(table["time"].dtype) == "datetime64[us, UTC]"
    for key in ("from", "to"):
        assert table[key].cat.categories.tolist() == [status.value for status in Status]
    assert pd.isna(table["from"].tolist()[0])


@pytest.mark.parametrize("name", ["failover", "random-year", "region-opt-out"])
def test_categories_and_times_of_whatever_happens(name):
    result = efssim.run(efssim.load(SCENARIOS / f"{name}.yaml").with_(duration="4 days"))
    statuses, events = result.statuses, result.events
    for outcome in result.outcomes.values():
        for change in outcome.statuses:
            assert {change.before, change.after} <= {None, *statuses["to"].cat.categories}
    # A category that is missing from its list would be lost without a word.
    assert statuses["to"].isna().sum() == sum(
        change.after is None for o in result.outcomes.values() for change in o.statuses
    )
    assert events["kind"].tolist() == [event.kind for event in result.timeline]
    assert str(events["kind"].dtype) == "category"
    times = (statuses["time"], events["begin"], events["end"], result.violations["begin"])
    assert {str(column.dtype) for column in times} == {"datetime64[us, UTC]"}
    for name in result.outcomes:
        for table in (result.age(name), result.pending(name)):
            assert str(table.index.dtype) == "datetime64[us, UTC]"


def test_tables_of_several_runs_keep_their_categories(result):
    both = pd.concat([result.statuses, simulate(busy("20 min")).statuses])
    assert str(both["to"].dtype) == "category"


def test_violations(result):
    table, rpo = result.violations, result.summary["replications"]["dr"]["rpo"]
    columns = ["replication", "trial", "begin", "end", "peak_s", "disturbances"]
    assert list(table.columns) == columns
    assert len(table) == rpo["violations"] > 0
    assert (table["peak_s"] > 70).all()
    total = (table["end"] - table["begin"]).dt.total_seconds().sum()
    assert total == pytest.approx(rpo["violation_s"], abs=1e-3)


def test_age(result):
    table = result.age()
    age, lag = table["age_s"], result.summary["replications"]["dr"]["time_since_last_sync_s"]
    assert table.index.name == "time"
    assert table.index[0] == pd.Timestamp(START + timedelta(minutes=10))
    assert table.index[-1] == pd.Timestamp(START + timedelta(hours=2))
    assert table.index.is_monotonic_increasing
    assert age.max() == lag["max"]
    seconds = (table.index - table.index[0]).total_seconds().to_numpy()
    area = np.trapezoid(age.to_numpy(), seconds)
    assert area / 6600 == pytest.approx(lag["mean"], rel=1e-6)
    pd.testing.assert_frame_equal(table, result.age("dr"))
    with pytest.raises(KeyError, match="name one of the replications: dr"):
        result.age("other")


def test_lags(result):
    table = result.lags
    assert table.index.names == ["replication", "lag"]
    assert list(table.columns) == list(LAG_COLUMNS)
    assert LAG_COLUMNS == ("mean", "p50", "p90", "p95", "p99", "p99_9", "p99_99", "max")
    assert (table.dtypes == "float64").all()
    for (name, lag), row in table.iterrows():
        expected = result.summary["replications"][name][lag]
        found = {key: None if np.isnan(value) else value for key, value in row.items()}
        assert found == {key: expected[key] for key in table.columns}


def test_plot(result):
    from matplotlib import pyplot as plt

    axes = result.plot()
    assert axes.get_ylabel() == "time since last sync (age)"
    plots = [result.plot, result.plot_pending, result.plot_lag, result.plot_syncs]
    plots.append(result.plot_risk)
    for plot in plots:
        axes = plot()
        assert axes.get_title(loc="left") == "dr"
        axes.figure.canvas.draw()
        _, mine = plt.subplots()
        assert plot("dr", ax=mine) is mine
        with pytest.raises(KeyError, match="name one of the replications: dr"):
            plot("other")
    plt.close("all")


def test_notebook_display(result, capsys):
    html = result._repr_html_()
    assert html.startswith("<div><p><strong>dr:</strong> RPO MISSED (age at most 1 min 10 s")
    age = result.summary["replications"]["dr"]["time_since_last_sync_s"]
    cell = f'<td style="text-align: right">{short(age["mean"])}'
    assert f"time since last sync (age)</td>{cell}" in html
    assert result.digest in html
    assert repr(result) == "<efssim.Result of 'test', seed 1, 7200 s>"
    assert capsys.readouterr().out == ""


def test_names_in_the_notebook_are_escaped():
    world = efssim.Scenario.model_validate(
        {
            "name": "a",
            "duration": 60,
            "file_systems": {"<b>": {"region": "us-east-1"}},
            "replications": {
                "<script>": {
                    "source": "<b>",
                    "destination": {"region": "us-west-2"},
                    "established": True,
                }
            },
        }
    )
    assert "<script>" not in efssim.run(world)._repr_html_()


def test_a_result_without_replications():
    found = efssim.run(efssim.Scenario(name="none", duration=60))
    assert found.summary["replications"] == {}
    assert len(found.syncs) == len(found.statuses) == len(found.violations) == 0
    assert list(found.lags.columns) == [
        "mean",
        "p50",
        "p90",
        "p95",
        "p99",
        "p99_9",
        "p99_99",
        "max",
    ]
    assert isinstance(found._repr_html_(), str)
    with pytest.raises(KeyError):
        found.age()


def test_a_result_without_a_sync():
    found = simulate(scenario({"app": constant()}, {"interval": "2 h"}))
    assert len(found.syncs) == 0
    assert found.syncs["cut"].dtype == found.syncs["completed"].dtype == "datetime64[us, UTC]"
    assert found.age()["age_s"].tolist() == [0.0, 3600.0]
    assert isinstance(found._repr_html_(), str)
