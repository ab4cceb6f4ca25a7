"""Additions from outside: the examples of docs/extending.md, as whoever writes a plugin has them.

Each example is two blocks: what a plugin is made of, which is imported as a module here, and a
scenario, a report and a page with it.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from helpers.places import ROOT

import efssim

PAGE = ROOT / "docs" / "extending.md"
_EXAMPLE = re.compile(r"^## (.+?)\n.*?```python\n(.*?)```\n```python\n(.*?)```", re.M | re.S)
EXAMPLES = {title: (made, used) for title, made, used in _EXAMPLE.findall(PAGE.read_text())}


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ModuleType]]:
    """Import the first block of each example as a module of its own."""
    folder = tmp_path_factory.mktemp("plugins")
    sys.path.insert(0, str(folder))
    found = {}
    for title, (made, _) in EXAMPLES.items():
        name = f"plugin_{title.replace(' ', '_').lower()}"
        (folder / f"{name}.py").write_text(made)
        found[title] = importlib.import_module(name)
    yield found
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def names(
    plugins: dict[str, ModuleType], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Execute the second blocks, one after the other, and return the names that they leave."""
    found: dict[str, Any] = {"efssim": efssim}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("out"))
        for title, (_, used) in EXAMPLES.items():
            found |= {k: v for k, v in vars(plugins[title]).items() if not k.startswith("__")}
            exec(compile(used, f"{PAGE.name}: {title}", "exec"), found)
    return found


def test_every_example_runs(names: dict[str, Any]) -> None:
    assert len(EXAMPLES) == len(re.findall(r"^## ", PAGE.read_text(), re.M)) > 0
    assert names["result"].summary["replications"]


def test_every_table_is_on_the_page() -> None:
    tables = [name for name in efssim.extend.__all__ if name.islower()]
    assert [name for name in tables if f"`efssim.extend.{name}`" not in PAGE.read_text()] == []


def test_all_names_are_there() -> None:
    assert efssim.extend.__all__ == sorted(efssim.extend.__all__)
    assert all(hasattr(efssim.extend, name) for name in efssim.extend.__all__)
    with pytest.raises(AttributeError, match="no attribute 'arrival'"):
        efssim.extend.arrival  # noqa: B018  # the access is the point


# Arrival processes


def weibull(plugins: dict[str, ModuleType]) -> Any:
    return efssim.extend.arrivals.add(plugins["An arrival process"].WeibullArrivals())


def test_an_added_process_is_in_the_grammar_until_it_is_gone(
    plugins: dict[str, ModuleType], names: dict[str, Any]
) -> None:
    before = efssim.Scenario.model_json_schema()
    with weibull(plugins):
        schema = efssim.Scenario.model_json_schema()
        assert schema["$defs"]["Arrivals"]["properties"]["weibull"]["description"] == (
            "`{weibull: {rate: 40 per s, shape: 0.5}}`."
        )
        again = names["clustered"].with_(seed=2)
        assert json.loads(again.model_dump_json(exclude_unset=True))["file_systems"]["orders"][
            "writes"
        ]["app"]["arrivals"] == {"weibull": {"rate": "2 per 1 s", "shape": 0.5}}
        with pytest.raises(efssim.ScenarioError) as caught:
            efssim.load(names["CLUSTERED"].replace("shape", "shap"))
        assert "unknown key (did you mean 'shape'?)" in str(caught.value)
    assert efssim.Scenario.model_json_schema() == before
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(names["CLUSTERED"])
    assert "arrivals.weibull: unknown key" in str(caught.value)


def test_scenarios_that_were_read_before_stay_what_they_were(
    plugins: dict[str, ModuleType],
) -> None:
    text = 'name: a\nduration: 1 h\nfile_systems: {o: {region: us-east-1, writes: {w: {' \
        'arrivals: {constant: {rate: 1 per s}}, size: 1 KiB}}}}\n'  # fmt: skip
    early = efssim.load(text)
    with weibull(plugins):
        assert efssim.run(early).digest == efssim.run(efssim.load(text)).digest
        assert early.with_(seed=1) == efssim.load(text).with_(seed=1)
        late = efssim.load(text)
    assert late.model_dump() == early.model_dump()
    assert efssim.run(late).digest == efssim.run(early).digest


def test_an_added_process_is_said_in_reports_and_not_estimated(names: dict[str, Any]) -> None:
    from efssim.report.text.estimate import estimate_report

    assert "2 writes/s on average (weibull) of 1 MiB" in names["page"]
    report = estimate_report(names["estimate"])
    assert "no closed form is known of `weibull` arrivals" in report
    found = names["estimate"].summary["replications"]["dr"]
    assert found["rpo_reasons"] == ["no closed form is known of `weibull` arrivals"]
    assert found["written_bytes_per_s"] == 2 * 2**20
    assert {key for key in ("regime", "cycle_s", "attainment", "rpo_met") if found[key]} == set()
    assert "weibull" in names["estimate"]._repr_html_()


def test_a_process_with_a_shape_is_estimated(
    plugins: dict[str, ModuleType], names: dict[str, Any]
) -> None:
    class Shaped(plugins["An arrival process"].WeibullArrivals):
        def shape(self, spec: Any) -> Any:  # noqa: ARG002  # as all processes
            return efssim.extend.Even()

    with efssim.extend.arrivals.add(Shaped()):
        found = efssim.estimate(efssim.load(names["CLUSTERED"])).summary["replications"]["dr"]
    steady = efssim.estimate(efssim.load(names["STEADY"])).summary["replications"]["dr"]
    assert found == steady
    assert found["rpo_met"] is True


@pytest.mark.parametrize("how", ["spawn", "forkserver", "fork"])
def test_workers_know_what_was_added(
    plugins: dict[str, ModuleType], names: dict[str, Any], how: str
) -> None:
    with weibull(plugins), ProcessPoolExecutor(1, mp_context=get_context(how)) as pool:
        found = efssim.run_trials(names["clustered"], 4, executor=pool)
    assert found.digest == names["trials"].digest


def local(base: type) -> Any:
    """Return an object of a class without a name that a worker could import."""

    class Local(base):
        pass

    return Local()


def test_an_entry_that_no_worker_can_have_is_an_error(
    plugins: dict[str, ModuleType], names: dict[str, Any]
) -> None:
    with efssim.extend.arrivals.add(local(plugins["An arrival process"].WeibullArrivals)):
        world = efssim.load(names["CLUSTERED"])
        assert efssim.run_trials(world, 2, workers=1).digest
        with pytest.raises(
            efssim.ArgumentError, match=r"cannot be pickled for the workers: .*Local"
        ):
            efssim.run_trials(world, 2, workers=2)


def test_own_workers_know_what_was_added(
    plugins: dict[str, ModuleType], names: dict[str, Any]
) -> None:
    with weibull(plugins):
        assert efssim.run_trials(names["clustered"], 4, workers=2).digest == names["trials"].digest


# Lag measures


def sync_duration(plugins: dict[str, ModuleType]) -> Any:
    return efssim.extend.lag_measures.add(plugins["A lag measure"].SYNC_DURATION)


def test_an_added_measure_is_in_every_report(
    plugins: dict[str, ModuleType], names: dict[str, Any]
) -> None:
    from efssim.report.text.run import text_report

    result, name = names["measured"], "duration of a sync"
    keys = list(result.summary["replications"]["dr"])
    assert keys.index("sync_duration_s") == keys.index("oldest_pending_s") + 1
    assert ("dr", "sync_duration_s") in result.lags.index
    with sync_duration(plugins):
        assert f"\n{name} " in text_report(result, "").replace("\n  ", "\n")
        assert name in result._repr_html_()
        assert f"{name} above" in result.report_html()
    assert 'id="term-sync_duration"' in names["measured_page"]
    assert "Every sync counts once." in names["measured_page"]
    # Once it is gone, results that have it call it by its name.
    assert "sync_duration_s" in text_report(result, "")
    assert "sync_duration_s" in result.report_html()


def test_an_added_measure_draws_nothing_and_is_pooled(
    plugins: dict[str, ModuleType], names: dict[str, Any], tmp_path: Path
) -> None:
    world = efssim.load(names["STEADY"])
    before = efssim.run_trials(world, 4, workers=1)
    with sync_duration(plugins):
        assert efssim.run(world).digest == names["measured"].digest
        here = efssim.run_trials(world, 4, workers=1)
        apart = efssim.run_trials(world, 4, workers=2)
        assert here.summary == apart.summary
        assert here.digest == before.digest
        pooled = here.summary["pooled"]["dr"]["sync_duration_s"]
        assert pooled["count"] == here.table["sync_duration_s.count"].sum()
        low, high = here.summary["ci95"]["dr"]["sync_duration_s"]["mean"]
        assert low <= here.table["sync_duration_s.mean"].mean() <= high
        assert "duration of a sync" in here._repr_html_()
    assert efssim.run(world).digest == names["measured"].digest
    assert "sync_duration_s" not in efssim.run(world).summary["replications"]["dr"]


def test_kept_trials_have_the_measures_of_their_study(
    plugins: dict[str, ModuleType], names: dict[str, Any], tmp_path: Path
) -> None:
    world = efssim.load(names["STEADY"])
    efssim.run_trials(world, 2, workers=1, resume=tmp_path)
    with sync_duration(plugins), pytest.raises(efssim.StoreError):
        efssim.run_trials(world, 2, workers=1, resume=tmp_path)


# Operations


def audit(plugins: dict[str, ModuleType]) -> Any:
    return efssim.extend.operations.add(plugins["An EFS operation"].AUDIT)


def test_an_added_operation_is_in_the_grammar_until_it_is_gone(
    plugins: dict[str, ModuleType], names: dict[str, Any]
) -> None:
    text = names["AUDITED"].replace("Auditor: bob", "Auditr: bob")
    with audit(plugins), pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(text)
    assert "unknown parameter of AuditFileSystem (did you mean 'Auditor'?)" in str(caught.value)
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(text)
    assert "unknown operation 'AuditFileSystem'" in str(caught.value)


def test_errors_of_an_added_operation_can_be_injected(
    plugins: dict[str, ModuleType], names: dict[str, Any]
) -> None:
    with audit(plugins):
        world = efssim.Simulation(efssim.load(names["AUDITED"]))
        world.apply({"api_error": "AuditFileSystem", "code": "AlreadyAudited"})
        with pytest.raises(efssim.EfsError, match="the scenario says so") as caught:
            world.call(
                "AuditFileSystem", {"FileSystemId": "orders", "Auditor": "e"}, region="us-east-1"
            )
        assert (caught.value.code, caught.value.http_status) == ("AlreadyAudited", 409)
        with pytest.raises(efssim.EfsError, match="Auditor: needs 1 to 20 characters, not 21"):
            world.call(
                "AuditFileSystem",
                {"FileSystemId": "orders", "Auditor": "e" * 21},
                region="us-east-1",
            )


def test_boto3_reaches_an_added_operation_that_botocore_knows(names: dict[str, Any]) -> None:
    pytest.importorskip("boto3", reason="boto3 is not installed")
    clustered = efssim.load("name: a\nduration: 1 h\nfile_systems: {o: {region: us-east-1}}\n")
    extend = efssim.extend
    preference = {"ResourceIdType": "LONG_ID"}
    preferences = extend.Operation(
        "PutAccountPreferences",
        extend.Structure({"ResourceIdType": extend.Text()}),
        lambda *_: {"ResourceIdPreference": preference},
    )
    world = efssim.Simulation(clustered)
    client = world.client("efs", region_name="us-east-1")
    with pytest.raises(client.exceptions.ClientError, match="not simulate PutAccountPref"):
        client.put_account_preferences(**preference)
    with extend.operations.add(preferences):
        found = client.put_account_preferences(**preference)
    assert found["ResourceIdPreference"] == preference


# Executors and formats


def test_executors_by_name() -> None:
    world = efssim.load("name: a\nduration: 1 h\n")
    assert [kind.name for kind in efssim.extend.executors] == ["serial", "processes"]
    whole = efssim.run_trials(world, 2, workers=1)
    for name in efssim.extend.executors.names:
        assert efssim.run_trials(world, 2, executor=name, workers=2).digest == whole.digest
    with pytest.raises(efssim.UnknownNameError, match=r"unknown executor 'proceses' .*'processes'"):
        efssim.run_trials(world, 2, executor="proceses")


def test_an_added_executor_has_its_reports(names: dict[str, Any], tmp_path: Path) -> None:
    from efssim.report.files.trials import write_trials
    from efssim.report.text.trials import study_text

    with efssim.extend.arrivals.add(names["WeibullArrivals"]()):
        for name in ("in_threads", "trials"):
            write_trials(names[name], tmp_path / name)
        texts = [study_text(names[name], "") for name in ("in_threads", "trials")]
    assert texts[0] == texts[1]
    for file in ("report.html", "summary.json", "trials.csv"):
        assert (tmp_path / "in_threads" / file).read_bytes() == (
            tmp_path / "trials" / file
        ).read_bytes()


def test_an_added_format_is_named_on_the_page(names: dict[str, Any], tmp_path: Path) -> None:
    often = [
        {"at": f"{k} s", "link_outage": "us-east-1 -> us-west-2", "for": 0.5} for k in range(310)
    ]
    data = {"name": "often", "duration": "1 h", "events": often}
    result = efssim.run(efssim.load(data))
    with efssim.extend.table_formats.add(names["LINES"]):
        result.write(tmp_path, tables="jsonl")
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert "10 more in events.jsonl." in page
        assert len((tmp_path / "events.jsonl").read_text().splitlines()) == 310
        result.write(tmp_path)
    assert not (tmp_path / "events.jsonl").exists()
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == result.report_html()


def test_formats_by_name(tmp_path: Path) -> None:
    result = efssim.run(efssim.load("name: a\nduration: 1 h\n"))
    result.write(tmp_path / "a")
    result.write(tmp_path / "b", tables="csv")
    assert [file.name for file in sorted((tmp_path / "a").iterdir())] == [
        file.name for file in sorted((tmp_path / "b").iterdir())
    ]
    with pytest.raises(efssim.UnknownNameError, match=r"unknown format of tables 'cvs' .*'csv'"):
        result.write(tmp_path / "c", tables="cvs")
