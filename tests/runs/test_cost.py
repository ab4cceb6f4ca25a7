"""Cost of runs: amounts worked out by hand, and what is said where a price is missing."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from helpers.commands import command

import efssim
from efssim.report.drill.text import drill_report
from efssim.report.text.plan import evidence_text

GIB, MIB = 2**30, 2**20
PRICES: dict[str, Any] = {
    "storage": {"us-east-1": {"standard": 0.3}, "us-west-2": {"standard": 0.4}},
    "transfer": {"us-east-1 -> us-west-2": 0.02},
    "requests": {"us-east-1": {"write": 0.06}},
    "throughput": {"us-east-1": 6.0},
    "source": "by hand",
    "date": "2026-08-31",
}


def world(**changes: Any) -> efssim.Scenario:
    """Return a file system of 100 GiB with a write of 1 MiB a minute, synced each minute in 5 s."""
    content = {
        "name": "costs",
        "duration": "30 days",
        "file_systems": {
            "orders": {
                "region": "us-east-1",
                "size": "100 GiB",
                "throughput_mode": "elastic",
                "writes": {
                    "app": {"arrivals": {"constant": {"rate": "1 per min"}}, "size": "1 MiB"}
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
                    "throughput": "100 MiB/s",
                },
            }
        },
        "prices": PRICES,
    }
    scenario = efssim.load(content)
    return scenario.with_({path.replace("__", "."): value for path, value in changes.items()})


def cost(scenario: efssim.Scenario) -> dict[str, Any]:
    found: dict[str, Any] = efssim.run(scenario, verify=True).summary["cost"]
    return found


def test_a_month_of_constant_writes():
    found = cost(world())
    orders, replica = found["file_systems"]["orders"], found["file_systems"]["dr.destination"]
    # 43,200 writes in 30 days: it grows evenly from 100 GiB by 42.1875 GiB.
    assert orders["mean_bytes"] == (100 + 42.1875 / 2) * GIB
    assert orders["storage"] == pytest.approx(0.3 * (100 + 42.1875 / 2), rel=1e-12)
    assert orders["requests"] == pytest.approx(0.06 * 42.1875, rel=1e-12)
    assert orders["throughput"] == 0
    # The write of minute k is there from 5.01 s after it: hourly samples miss the last one.
    assert replica["mean_bytes"] == pytest.approx((100 + 42.1875 / 2) * GIB - MIB, rel=1e-6)
    part = found["replications"]["dr"]
    # The write at the end of the run is in no sync.
    assert part["wire_bytes"] == 43_199 * MIB
    assert part["transfer"] == pytest.approx(0.02 * 43_199 / 1024, rel=1e-12)
    assert part["per_month"] == pytest.approx(part["transfer"] + replica["storage"], rel=1e-12)
    total = orders["per_month"] + replica["per_month"] + part["transfer"]
    assert found["per_month"] == pytest.approx(total, rel=1e-12)
    assert found["missing"] == []


def test_a_window_of_a_day_costs_thirty_times_as_much_in_a_month():
    day = cost(world(duration="2 days", warm_up="1 day"))
    assert day["file_systems"]["orders"]["requests"] == pytest.approx(0.06 * 42.1875, rel=1e-3)


def test_provisioned_throughput_is_billed_beyond_what_comes_with_the_storage():
    mode = {"throughput_mode": "provisioned", "provisioned_throughput": "20 MiB/s"}
    found = cost(
        world(
            file_systems__orders__writes=None,
            **{f"file_systems__orders__{key}": value for key, value in mode.items()},
        )
    )
    # 100 GiB include 5 MiB/s.
    assert found["file_systems"]["orders"]["throughput"] == pytest.approx(15 * 6.0)
    assert found["file_systems"]["orders"]["requests"] == 0
    # The destination of us-west-2 has the same throughput, for which there is no price.
    assert found["file_systems"]["dr.destination"]["throughput"] is None
    assert found["missing"] == ["prices.throughput.us-west-2"]
    assert found["per_month"] is None


def _requests(events: list[dict[str, Any]], **changes: Any) -> dict[str, float]:
    """Return the GiB that cost in two hours, by file system; `scratch` has no replication."""
    day = world(
        duration="2 h",
        file_systems__scratch={
            "region": "us-east-1",
            "throughput_mode": "elastic",
            "writes": {"app": {"arrivals": {"constant": {"rate": "1 per min"}}, "size": "1 MiB"}},
        },
        events=events,
        **changes,
    )
    hours = day.duration - day.warm_up
    parts = cost(day)["file_systems"].items()
    return {name: part["requests"] / 0.06 * hours / (30 * 86_400) for name, part in parts}


def _switched(at: str, mode: str) -> dict[str, Any]:
    given = {"FileSystemId": "orders", "ThroughputMode": mode}
    return {"at": at, "call": "UpdateFileSystem", "with": given, "expect": "ok"}


def test_requests_are_those_of_the_time_in_elastic_mode():
    """Not of whole hours: a write a minute, that of the instant of a switch before it."""
    first = {"file_systems__orders__throughput_mode": "bursting"}
    found = _requests([_switched("30 min", "elastic")], **first)
    assert found["orders"] == pytest.approx(90 / 1024)
    found = _requests([_switched("30 min", "elastic"), _switched("100 min", "bursting")], **first)
    assert found["orders"] == pytest.approx(70 / 1024)
    # The window has those of the minutes 46 to 120.
    found = _requests([_switched("30 min", "elastic")], **first, warm_up="45.5 min")
    assert found["orders"] == pytest.approx(75 / 1024)
    assert found["scratch"] == pytest.approx(75 / 1024)


def test_requests_count_until_a_file_system_is_gone():
    given = {"FileSystemId": "scratch"}
    deleted = {"at": "80 min", "call": "DeleteFileSystem", "with": given, "expect": "ok"}
    found = _requests([deleted], defaults__file_system={"deleting": "0 s"})
    assert found["scratch"] == pytest.approx(80 / 1024)


def test_a_missing_price_is_named_and_never_0():
    found = cost(world(prices__storage={"us-east-1": {"standard": 0.3}}, prices__transfer=None))
    assert found["missing"] == [
        "prices.storage.us-west-2.standard",
        'prices.transfer."us-east-1 -> us-west-2"',
    ]
    part = found["replications"]["dr"]
    assert (found["per_month"], part["per_month"], part["transfer"]) == (None, None, None)
    assert found["file_systems"]["orders"]["storage"] > 0


def test_the_initial_sync_is_paid_once():
    found = cost(
        world(
            duration="1 day",
            replications__dr__established=False,
            replications__dr__control={"preset": "none"},
            file_systems__orders__writes=None,
        )
    )["replications"]["dr"]
    assert (found["wire_bytes"], found["transfer"]) == (0, 0)
    assert found["initial_wire_bytes"] == 100 * GIB
    assert found["initial_transfer"] == pytest.approx(2.0)


def test_an_abandoned_sync_has_sent_a_part():
    """100 MiB of 90 s are cut at 120 s and sent at 1 MiB/s from 125 s on; a pause at 175 s."""
    found = cost(
        world(
            duration="10 min",
            file_systems__orders__writes={
                "one": {"arrivals": {"constant": {"rate": "1 per 90 s"}}, "size": "100 MiB"}
            },
            replications__dr__sync__throughput="1 MiB/s",
            replications__dr__control={"preset": "none"},
            events=[{"at": "175 s", "kms_key_disabled": "dr"}],
        )
    )["replications"]["dr"]
    assert found["wire_bytes"] == 50 * MIB


def test_failed_attempts_are_paid_again():
    """With no setup and a backoff of 1 s, the repeated time tells how far the attempts came."""
    scenario = world(
        duration="1 day",
        replications__dr__sync__setup="0 s",
        replications__dr__sync__throughput="1 MiB/s",
        replications__dr__sync__failure_probability=0.3,
        replications__dr__sync__backoff="1 s",
        file_systems__orders__writes__app__size="4 MiB",
    )
    result = efssim.run(scenario, verify=True)
    syncs = result.syncs[result.syncs["outcome"] == "completed"]
    waited_s = sum(sum(2.0**k for k in range(n - 1)) for n in syncs["attempts"])
    repeated = (float(syncs["repeated_s"].sum()) - waited_s) * MIB
    failed = int((syncs["attempts"] - 1).sum())
    assert failed > 300
    wire_bytes = result.summary["cost"]["replications"]["dr"]["wire_bytes"]
    extra = wire_bytes - int(syncs["bytes"].sum())
    # Each attempt is rounded down to a byte; a sync in flight at the end adds its own.
    assert repeated - failed - 1 <= extra <= repeated + 4 * MIB
    assert math.isclose(extra, repeated, rel_tol=0.02)


def test_the_bytes_of_failed_attempts_depend_on_no_steps():
    scenario = world(duration="1 day", replications__dr__sync__failure_probability=0.3)
    simulation = efssim.Simulation(scenario)
    for _ in range(24):
        simulation.advance("1 h")
    assert simulation.result().summary["cost"] == cost(scenario)


def test_without_prices_there_is_no_cost():
    result = efssim.run(world(prices=None, duration="1 day"))
    assert "cost" not in result.summary
    assert result.cost is None


def test_prices_change_no_result():
    scenario = world(duration="1 day")
    assert efssim.run(scenario).digest == efssim.run(scenario.with_({"prices": None})).digest


def test_trials_have_means_and_intervals():
    scenario = world(
        duration="1 day", file_systems__orders__writes__app__arrivals={"poisson": {"rate": "1/min"}}
    )
    trials = efssim.run_trials(scenario, 12, workers=1)
    found = trials.summary["cost"]
    each = [efssim.run(scenario, trial=k).summary["cost"]["per_month"] for k in range(12)]
    mean = sum(each) / 12
    assert found["per_month"] == pytest.approx(mean, rel=1e-12)
    # Student's t of 11 degrees of freedom, 95 %: 2.200985.
    spread = math.sqrt(sum((value - mean) ** 2 for value in each) / 11)
    half = 2.200985 * spread / math.sqrt(12)
    assert found["ci95"]["per_month"] == pytest.approx([mean - half, mean + half], rel=1e-6)


def test_a_price_file_is_merged_with_what_is_written(tmp_path: Path):
    (tmp_path / "prices.yaml").write_text(
        "storage: {us-east-1: {standard: 0.3, one_zone: 0.16}}\n"
        "transfer: {us-east-1 -> us-west-2: 0.02}\nsource: a file\ndate: 2026-08-31\n",
        encoding="utf-8",
    )
    written = {
        "file": str(tmp_path / "prices.yaml"),
        "storage": {"us-east-1": {"standard": 0.5}, "us-west-2": {"standard": 0.4}},
    }
    prices = world(prices=written).prices
    assert prices is not None
    assert prices.storage["us-east-1"].standard == 0.5
    assert prices.storage["us-east-1"].one_zone == 0.16
    assert prices.storage["us-west-2"].standard == 0.4
    assert (prices.transfer["us-east-1 -> us-west-2"], prices.source) == (0.02, "a file")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("storage: {us-east-1: {standard: -1}}", "2: storage.us-east-1.standard"),
        ("storage: {us-east-1: {standart: 1}}", "did you mean 'standard'"),
        ("transfer: {us-east-1: 0.02}", "is not a link"),
        ("", "needs one of storage, transfer, requests, throughput"),
        ("storage: [", "prices.yaml:"),
    ],
)
def test_the_mistakes_of_a_price_file_have_its_lines(tmp_path: Path, content: str, problem: str):
    text = f"source: a file\n{content}\ndate: 2026-08-31\n"
    (tmp_path / "prices.yaml").write_text(text, encoding="utf-8")
    scenario = "name: s\nduration: 1 day\nprices: {file: prices.yaml}\n"
    (tmp_path / "s.yaml").write_text(scenario, encoding="utf-8")
    done = command("validate", tmp_path / "s.yaml")
    assert done.code == 2
    assert "prices.yaml" in done.err + done.out
    assert problem in done.err + done.out


def test_a_price_file_that_is_not_there_is_one_line(tmp_path: Path):
    scenario = "name: s\nduration: 1 day\nprices: {file: none.yaml}\n"
    (tmp_path / "s.yaml").write_text(scenario, encoding="utf-8")
    done = command("validate", tmp_path / "s.yaml")
    assert done.code == 2
    assert "none.yaml" in done.err + done.out


def test_the_reports_say_the_cost_and_which_prices_are_missing(tmp_path: Path):
    file = tmp_path / "s.yaml"
    scenario = world(duration="1 day", prices__transfer=None).model_dump_json(
        by_alias=True, exclude_unset=True
    )
    file.write_text(scenario, encoding="utf-8")
    missing = 'prices.transfer."us-east-1 -> us-west-2"'
    for ordinal, options in enumerate(((), ("--trials", 2))):
        out = tmp_path / f"out{ordinal}"
        done = command("run", file, *options, "--quiet", "--out", out)
        assert done.code == 0, done.err
        shown = " ".join(done.out.split())
        assert f"Cost: not known, as these prices are missing: {missing}." in shown
        page = (out / "report.html").read_text(encoding="utf-8")
        assert "these prices are missing" in page


HOT = {
    "writes": {
        "app": {
            "arrivals": {"constant": {"rate": "1 per s"}},
            "size": "1 MiB",
            "hot_set": {"size": "64 MiB", "block": "1 MiB"},
        }
    },
    "region": "us-east-1",
    "size": "1 GiB",
}


def hot_world() -> efssim.Scenario:
    """Return a hot set that a longer interval sends less often."""
    return world(duration="6 h", file_systems__orders=HOT).with_(
        {"rpo": {"target": "10 min", "attainment": 1}}
    )


def test_the_cheapest_value_is_the_longest_interval_that_holds():
    found = efssim.plan(
        hot_world(),
        "replications.dr.sync.interval",
        ("1 min", "20 min"),
        trials=10,
        minimise="cost",
    )
    assert found.direction == "largest"
    assert found.answer is not None
    assert found.cheapest is not None
    made = found.cheapest.evaluation
    assert made is not None
    assert made.value == found.answer.holds_at
    assert made.met
    assert made.cost_per_month == min(e.cost_per_month for e in found.evaluations if e.holds)
    assert found.summary["cheapest"]["value"] == made.value


def test_the_evidence_is_that_of_the_answer_and_not_of_the_search_for_the_cheapest():
    scenario = hot_world().with_(
        {
            "rpo.attainment": "90 %",
            "file_systems.orders.writes.app.arrivals": {"poisson": {"rate": "1 per s"}},
            "replications.dr.sync.setup": {"exponential": {"mean": "20 s"}},
        }
    )
    path, between = "replications.dr.sync.interval", ("1 min", "20 min")
    plain = efssim.plan(scenario, path, between, trials=10)
    cheap = efssim.plan(scenario, path, between, trials=10, minimise="cost")
    assert cheap.answer == plain.answer
    assert len(cheap.evaluations) > len(plain.evaluations)
    assert cheap.decisive.stage == "confirmation"
    assert evidence_text(cheap).split("; ")[1] == evidence_text(plain).split("; ")[1]


def test_a_parameter_without_a_cost_is_said_to_have_none():
    found = efssim.plan(
        hot_world(),
        "replications.dr.sync.throughput",
        ("10 MiB/s", "1 GiB/s"),
        trials=10,
        minimise="cost",
    )
    assert found.cheapest is not None
    assert found.cheapest.is_flat
    assert "the cost does not depend on" in found.summary["cheapest"]["text"]


def test_the_only_value_that_is_shown_to_meet_the_objective_costs_least():
    """Ten trials are too few to see that any does; fifty show it of the shortest interval."""
    outages = {
        "link_outage": "us-east-1 -> us-west-2",
        "every": {"exponential": {"mean": "5 h"}},
        "for": {"exponential": {"mean": "3 min"}},
    }
    scenario = world(duration="30 min", replications__dr__sync__setup=0).with_(
        {"rpo": {"target": "1 min", "attainment": "97 %"}, "faults": {"wan": outages}}
    )
    path, between = "replications.dr.sync.interval", ("20 s", "29 s")
    found = efssim.plan(scenario, path, between, trials=10, minimise="cost", shares=(), workers=1)
    assert found.answer is not None
    assert found.answer.holds_at == 20
    assert found.cheapest is not None
    assert found.cheapest.evaluation is found.decisive
    assert "20 s costs least of the values tried" in found.summary["cheapest"]["text"]


def test_no_value_is_cheapest_where_a_price_is_missing_or_none_holds():
    path, between = "replications.dr.sync.interval", ("1 min", "20 min")
    scenario = hot_world().with_({"prices.transfer": None})
    found = efssim.plan(scenario, path, between, trials=10, minimise="cost")
    assert found.cheapest is not None
    assert found.cheapest.evaluation is None
    assert "these prices are missing" in found.summary["cheapest"]["text"]
    never = efssim.plan(hot_world(), path, between, trials=10, rpo="10 s", minimise="cost")
    assert never.cheapest is not None
    assert never.cheapest.evaluation is None
    assert "no value was shown to meet" in never.summary["cheapest"]["text"]


def test_minimise_needs_prices_and_knows_the_cost_alone():
    arguments = ("replications.dr.sync.interval", ("1 min", "20 min"))
    with pytest.raises(efssim.StudyError, match="has no `prices`"):
        efssim.plan(hot_world().with_({"prices": None}), *arguments, minimise="cost")
    with pytest.raises(efssim.StudyError, match="can minimise the cost only"):
        efssim.plan(hot_world(), *arguments, minimise="lag")


def test_a_sweep_has_a_column_of_costs(tmp_path: Path):
    file = tmp_path / "s.yaml"
    content = hot_world().model_dump_json(by_alias=True, exclude_unset=True)
    file.write_text(content, encoding="utf-8")
    vary = "replications.dr.sync.interval=1 min,5 min"
    done = command("sweep", file, "--vary", vary, "--quiet", "--format", "json")
    points = json.loads(done.out)["points"]
    text = command("sweep", file, "--vary", vary, "--quiet").out
    assert "cost a month" in text
    costs = [point["cost"]["per_month"] for point in points]
    assert costs[0] > costs[1]
    assert f"{costs[0]:,.2f} USD" in text


def test_a_drill_has_the_cost_of_a_run_without_the_disaster():
    scenario = world(duration="1 day").with_({"drill": {"at": "10 h"}})
    found = efssim.drill(scenario, 1)
    assert found.summary["cost"] == cost(scenario)
    assert "adds" in " ".join(drill_report(found).split())
    assert "cost" not in efssim.drill(scenario.with_({"prices": None}), 1).summary
