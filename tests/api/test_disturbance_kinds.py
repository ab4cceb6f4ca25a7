"""The table of kinds of disturbances: it is the one place that names a kind, and takes others.

The kinds that are added here are made of public names alone, as by whoever writes a plugin.
"""

from __future__ import annotations

import ast
import copy
import io
import json
import pickle
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from matplotlib import pyplot as plt

import efssim
from efssim import extend
from efssim.report.text.estimate import estimate_report
from efssim.report.text.run import text_report

PACKAGE = Path(efssim.__file__).parent
KINDS = PACKAGE / "scenario" / "grammar" / "disturbances" / "kinds.py"
PAUSING = [kind.name for kind in extend.disturbances if kind.pauses]

HOME, AWAY = "us-east-1", "eu-south-1"
MESSAGE = "The Region is being maintained. Replication resumes afterwards."


def _too_deep(part: Mapping[str, Any], known: extend.Known) -> Iterator[tuple[Any, str]]:
    if part.get("depth") == 13:
        yield ("depth",), f"brings bad luck to all {len(known.named)} sorts of names"


MAINTENANCE = extend.DisturbanceKind(
    name="maintenance",
    target=extend.Target.REGION,
    effects=(extend.Pause(MESSAGE),),
    description="Maintains a Region, which pauses its replications.",
    options={"depth": extend.Option(int, "With `maintenance`: how much.", 1)},
    check=_too_deep,
)
EVENT = {"at": "2 h", "maintenance": AWAY, "for": "30 min"}


@pytest.fixture
def maintenance() -> Iterator[None]:
    with extend.disturbances.add(MAINTENANCE):
        yield


def scenario(**parts: Any) -> efssim.Scenario:
    """Return a scenario with one replication and no randomness."""
    app = {"arrivals": {"constant": {"rate": "1 per s"}}, "size": "1 MiB"}
    return efssim.Scenario.model_validate(
        {
            "name": "maintained",
            "duration": "6 h",
            "file_systems": {"orders": {"region": HOME, "writes": {"app": app}}},
            "replications": {
                "dr": {
                    "source": "orders",
                    "destination": {"region": AWAY},
                    "established": True,
                    "sync": {"interval": "60 s", "setup": "5 s", "throughput": "20 MiB/s"},
                    "control": {"pausing": "1 min", "resuming": "10 s"},
                }
            },
            **parts,
        }
    )


def problems(**parts: Any) -> str:
    """Return what is wrong with a scenario."""
    with pytest.raises(ValueError, match=r".") as caught:
        scenario(**parts)
    return str(caught.value)


# One place


def strings(file: Path) -> Iterator[str]:
    """Yield what a file has of text: names and strings of Python, or all that is written."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Name | ast.Attribute):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.arg | ast.keyword):
            yield str(node.arg)


@pytest.mark.parametrize("name", PAUSING)
def test_one_file_names_a_disturbance_that_pauses(name: str) -> None:
    files = (file for file in PACKAGE.rglob("*") if file.is_file() and file.suffix != ".pyc")
    readable = [file for file in files if file.suffix in (".py", ".yaml", ".html", ".css", ".js")]
    word = re.compile(rf"\b{name}\b")
    assert [f for f in readable if any(word.search(text) for text in strings(f))] == [KINDS]


def test_three_kinds_pause() -> None:
    assert PAUSING == ["opt_out", "kms_key_disabled", "permission_lost"]


# An addition in the grammar


def test_an_unknown_kind_is_refused_and_suggested() -> None:
    assert "events.0.maintenance\n  unknown key" in problems(events=[EVENT])
    with extend.disturbances.add(MAINTENANCE):
        scenario(events=[EVENT])
        misspelt = {"at": 5, "maintenence": AWAY}
        assert "unknown key (did you mean 'maintenance'?)" in problems(events=[misspelt])
    assert "events.0.maintenance\n  unknown key" in problems(events=[EVENT])


@pytest.mark.usefixtures("maintenance")
def test_an_added_kind_is_checked_as_the_others() -> None:
    assert "unknown Region 'us-east-9' (did you mean 'us-east-2'?)" in problems(
        events=[EVENT | {"maintenance": "us-east-9"}]
    )
    assert "needs exactly one of" in problems(events=[EVENT | {"fail": "orders"}])
    assert "fail, fence, move_writes, api_error, maintenance, call" in problems(events=[{"at": 5}])
    assert "goes with maintenance only" in problems(events=[{"at": 5, "fail": "x", "depth": 2}])
    assert "brings bad luck to all 2 sorts" in problems(events=[EVENT | {"depth": 13}])
    assert "depth\n  must be a valid integer" in problems(events=[EVENT | {"depth": "a"}])
    fault = {"maintenance": AWAY, "every": "1 h"}
    assert "faults.f.for\n  is required" in problems(faults={"f": fault})


def test_the_schema_has_an_added_kind_until_it_is_gone() -> None:
    before = efssim.Scenario.model_json_schema()
    with extend.disturbances.add(MAINTENANCE):
        for part in ("Event", "Fault"):
            known = efssim.Scenario.model_json_schema()["$defs"][part]["properties"]
            assert known["maintenance"]["description"] == MAINTENANCE.description
            assert known["depth"]["default"] == 1
    assert efssim.Scenario.model_json_schema() == before


@pytest.mark.usefixtures("maintenance")
def test_a_scenario_with_an_added_kind_survives_copies_and_dumps() -> None:
    made = scenario(events=[EVENT])
    text = made.model_dump_json(by_alias=True, exclude_unset=True)
    assert efssim.Scenario.model_validate_json(text) == made
    assert json.loads(text)["events"] == [{"maintenance": AWAY, "at": 7200.0, "for": 1800.0}]
    assert pickle.loads(pickle.dumps(made)) == made == copy.deepcopy(made)
    assert made.with_({"events.0.maintenance": HOME}).events[0].target == HOME


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "at"}, "'at' cannot be a key"),
        ({"name": "two words"}, "'two words' cannot be a key"),
        ({"name": "model_dump"}, "'model_dump' cannot be a key"),
        ({"options": {"every": extend.Option(int, "")}}, "'every' cannot be a key"),
        ({"effects": (extend.Degrade(),)}, "a Region cannot have the effect Degrade"),
        ({"effects": (extend.Lose(),)}, "`endless` has to say why"),
    ],
)
def test_a_kind_that_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    given = {"name": "a", "target": extend.Target.REGION, "effects": (), "description": "A."}
    with pytest.raises(efssim.ArgumentError, match=re.escape(message)):
        extend.DisturbanceKind(**(given | change))


def test_the_name_of_a_kind_is_taken_once() -> None:
    twice = copy.copy(extend.disturbances["fail"])
    with pytest.raises(efssim.ArgumentError, match="there is a disturbance 'fail' already"):
        extend.disturbances.add(twice)


# One rule for a scenario's entries and for what code applies

LINK = f"{HOME} -> {AWAY}"


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"opt_in": AWAY},
        {"opt_out": HOME},
        {"opt_out": "eu-suth-1"},
        {"opt_out": 5},
        {"region_outage": "x", "for": "0 s"},
        {"region_outage": HOME, "times": 2},
        {"link_outage": "a"},
        {"link_outage": f"{HOME} -> nowhere"},
        {"link_degraded": LINK},
        {"link_degraded": LINK, "factor": 2},
        {"kms_key_disabled": "nobody"},
        {"kms_key_disabled": "dr", "permission_lost": "dr"},
        {"permission_lost": "orders"},
        {"fail": "dr"},
        {"fail": "orders", "for": "5 s"},
        {"api_error": "TagResource"},
        {"api_error": "TagResources", "code": "BadRequests", "region": "us-east-9"},
        {"call": "TagResource", "with": {"ResourceID": "orders"}, "for": 5},
    ],
    ids=str,
)
def test_what_is_wrong_with_an_entry_is_wrong_wherever_it_stands(entry: dict[str, Any]) -> None:
    """A scenario's file, a changed scenario and `Simulation.apply` say the same."""
    with pytest.raises(efssim.ScenarioError) as in_scenario:
        scenario().with_({"events": [{"at": "1 h", **entry}]})
    with pytest.raises(efssim.ScenarioError) as applied:
        efssim.Simulation(scenario()).apply(entry)
    found = {(part.path[2:], part.message) for part in in_scenario.value.problems}
    assert found == {(part.path, part.message) for part in applied.value.problems}
    assert found


# An addition in runs, reports, figures and closed forms


def told(text: str, name: str) -> str:
    """Return a text without line breaks, the digest and the name of a disturbance."""
    return " ".join(text.partition("digest:")[0].split()).replace(name, "X")


@pytest.mark.usefixtures("maintenance")
def test_a_pause_by_an_added_kind_is_a_pause() -> None:
    """All that a run, its report and its estimate say is that of an opt-out at once."""
    opt_out = {"at": "2 h", "opt_out": AWAY, "for": "30 min"}
    added, known = scenario(events=[EVENT]), scenario(events=[opt_out])
    results = efssim.run(added), efssim.run(known)
    assert results[0].statuses["to"].tolist() == ["ENABLED", "PAUSING", "PAUSED", "ENABLED"]
    assert results[0].summary["replications"] == results[1].summary["replications"]
    assert results[0].syncs.equals(results[1].syncs)
    text = told(text_report(results[0], ""), "maintenance")
    assert text == told(text_report(results[1], ""), "opt_out")
    assert f"X {AWAY} for 30 min; PAUSING, PAUSED 02:01, ENABLED 02:30" in text
    form = told(estimate_report(efssim.estimate(added)), "maintenance")
    assert form == told(estimate_report(efssim.estimate(known)), "opt_out")
    assert f"X {AWAY}" in form


@pytest.mark.usefixtures("maintenance")
def test_a_page_and_a_figure_show_an_added_kind(tmp_path: Path) -> None:
    result = efssim.run(scenario(events=[EVENT]))
    page = result.report_html()
    assert f"maintenance {AWAY}" in page
    assert page.count("<svg") > 0
    axes = result.plot_age()
    drawn = io.StringIO()
    axes.figure.savefig(drawn, format="svg")
    plt.close("all")
    assert f"maintenance {AWAY}" in drawn.getvalue()
    result.write(tmp_path / "out")
    assert f",maintenance,{AWAY},dr," in (tmp_path / "out" / "events.csv").read_text()
    assert result.events["kind"].cat.categories.tolist().count("maintenance") == 1
    assert "maintenance: eu-south-1" in scenario(events=[EVENT])._repr_html_()


@pytest.mark.usefixtures("maintenance")
def test_what_the_world_says_during_an_added_kind() -> None:
    world = efssim.Simulation(scenario())
    world.advance("1 h")
    world.apply({"maintenance": HOME, "for": "10 min"})
    world.advance("5 min")
    (found,) = world.call("DescribeReplicationConfigurations", region=HOME)["Replications"]
    assert found["Destinations"][0]["Status"] == "PAUSED"
    assert found["Destinations"][0]["StatusMessage"] == MESSAGE
    with pytest.raises(efssim.ScenarioError, match="unknown Region 'us-east-9'"):
        world.apply({"maintenance": "us-east-9"})
    with pytest.raises(efssim.ScenarioError, match="brings bad luck"):
        world.apply({"maintenance": HOME, "depth": 13})


@pytest.mark.usefixtures("maintenance")
def test_faults_of_an_added_kind_and_studies_in_workers() -> None:
    fault = {"maintenance": HOME, "every": {"exponential": {"mean": "2 h"}}, "for": "5 min"}
    made = scenario(faults={"f": fault})
    whole = efssim.run_trials(made, 4, workers=1)
    assert efssim.run_trials(made, 4, workers=2).digest == whole.digest
    for how in ("spawn", "fork"):
        with ProcessPoolExecutor(1, mp_context=get_context(how)) as pool:
            assert efssim.run_trials(made, 4, executor=pool).digest == whole.digest
    assert "maintenance" in str(efssim.run(made).events["kind"].tolist())


# Several effects, and other targets


def test_effects_add_up_to_a_kind_that_there_is() -> None:
    """A kind of the effects of a Region's outage is a Region's outage."""
    blackout = extend.DisturbanceKind(
        name="blackout",
        target=extend.Target.REGION,
        effects=(extend.Silence(), extend.StopWrites(), extend.Stall()),
        description="A Region is down.",
        words="black-out",
    )
    outage = scenario(events=[{"at": "2 h", "region_outage": HOME, "for": "30 min"}])
    with extend.disturbances.add(blackout):
        made = scenario(events=[{"at": "2 h", "blackout": HOME, "for": "30 min"}])
        result = efssim.run(made)
        text = told(text_report(result, ""), "blackout")
        form = told(estimate_report(efssim.estimate(made)), "blackout")
        assert f"black-out: {HOME}" in made._repr_html_()
    assert text == told(text_report(efssim.run(outage), ""), "region_outage")
    assert form == told(estimate_report(efssim.estimate(outage)), "region_outage")


def test_a_file_system_can_be_the_target_of_a_pause() -> None:
    kind = extend.DisturbanceKind(
        name="detached",
        target=extend.Target.FILE_SYSTEM,
        effects=(extend.StopWrites(), extend.Pause("It is detached.")),
        description="Detaches a file system.",
    )
    with extend.disturbances.add(kind):
        made = scenario(events=[{"at": "2 h", "detached": "orders", "for": "30 min"}])
        result = efssim.run(made)
        (_, after) = efssim.estimate(made).summary["replications"]["dr"]["catch_up"]
        with pytest.raises(ValueError, match="no file system is named 'ordres'"):
            scenario(events=[{"at": "2 h", "detached": "ordres"}])
    writes = result.summary["replications"]["dr"]["writes"]
    assert writes["dropped_bytes"] == {"detached": 1800 * 2**20}
    assert result.statuses["to"].tolist() == ["ENABLED", "PAUSING", "PAUSED", "ENABLED"]
    assert (after["after"], after["lasts_s"]) == ("detached orders", 1800.0)


def test_a_fault_of_an_endless_kind_comes_once() -> None:
    kind = extend.DisturbanceKind(
        name="burnt",
        target=extend.Target.REGION,
        effects=(extend.Lose(),),
        description="A Region burns.",
        endless="what has burnt stays so",
    )
    with extend.disturbances.add(kind):
        fault = {"burnt": HOME, "every": "1 h"}
        found = problems(faults={"f": fault | {"for": "1 min"}})
        assert "what has burnt stays so, so `burnt` takes no `for`" in found
        result = efssim.run(scenario(faults={"f": fault}))
        text = text_report(result, "")
    assert result.events["kind"].tolist() == ["burnt"]
    assert result.statuses["to"].tolist() == ["ENABLED", "ERROR"]
    assert f"01:00  burnt {HOME}; ERROR" in text
