"""Numbers of a fleet of three, by hand; the union of what violates the RPO."""

from __future__ import annotations

import json

import numpy as np
import pytest
from helpers.fleets import DRAWN, THREE, written_out
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.runs.fleets.spread import item_spread
from efssim.runs.fleets.together import union_s


def fleet(text: str, *overrides: str) -> dict:
    return efssim.run(efssim.load(text, overrides)).summary["fleets"]["dr"]


def test_every_number_of_three_items():
    """Item 1 is above the target 6 times for 100 s, the others 5 times: never two at once."""
    run = efssim.run(efssim.load(THREE))
    items = run.summary["replications"]
    violated_s = [part["rpo"]["violation_s"] for part in items.values()]
    assert violated_s == pytest.approx([600.0, 500.0, 500.0])
    found = run.summary["fleets"]["dr"]
    assert found["count"] == 3
    assert found["attainment_all"] == pytest.approx(1 - 1600 / 3600, abs=1e-15)
    attained = [1 - 600 / 3600, 1 - 500 / 3600, 1 - 500 / 3600]
    assert [part["rpo"]["attainment"] for part in items.values()] == pytest.approx(attained)
    rpo = found["rpo"]
    assert rpo["attainment"] == pytest.approx(
        {"min": 3000 / 3600, "p50": 3100 / 3600, "p95": 3100 / 3600, "max": 3100 / 3600}
    )
    assert rpo["violations"] == {"min": 5, "p50": 5, "p95": 6, "max": 6}
    assert rpo["violation_s"] == pytest.approx({"min": 500, "p50": 500, "p95": 600, "max": 600})
    assert rpo["longest_s"] == pytest.approx(dict.fromkeys(("min", "p50", "p95", "max"), 100.0))
    assert found["met"] is True
    assert found["met_throughout"] is True
    assert found["worst"] == ["dr[1]", "dr[2]", "dr[3]"]
    assert found["unprotected_s"] == {"min": 0.0, "p50": 0.0, "p95": 0.0, "max": 0.0}
    assert found["writes"]["count"] == {"min": 0, "p50": 0, "p95": 0, "max": 0}
    assert found["write_lag_s"]["p99"] == {"min": None, "p50": None, "p95": None, "max": None}


def test_every_number_is_a_spread_of_that_number_of_the_items():
    run = efssim.run(efssim.load(DRAWN))
    items = list(run.summary["replications"].values())
    seen = 0
    for path, spread in leaves(run.summary["fleets"]["dr"]):
        values = [at(item, path) for item in items]
        known = sorted(value for value in values if value is not None)
        ranks = {"min": 0, "p50": 1, "p95": 3, "max": 3}  # of four
        wanted = {key: known[rank] if known else None for key, rank in ranks.items()}
        assert spread == wanted, path
        seen += 1
    numbers = {path for item in items for path, value in numeric(item)}
    assert seen >= len(numbers) > 60
    assert numbers <= {path for path, _ in leaves(run.summary["fleets"]["dr"])}


def leaves(tree: dict, above: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], dict]]:
    found = []
    for key, part in tree.items():
        if isinstance(part, dict) and set(part) == {"min", "p50", "p95", "max"}:
            found.append(((*above, key), part))
        elif isinstance(part, dict):
            found += leaves(part, (*above, key))
    return found


def numeric(tree: dict, above: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], float]]:
    found = []
    for key, part in tree.items():
        if isinstance(part, dict):
            found += numeric(part, (*above, key))
        elif isinstance(part, int | float) and not isinstance(part, bool):
            found.append(((*above, key), part))
    return found


def at(tree: dict, path: tuple[str, ...]):
    for key in path:
        tree = tree[key]
    return tree


def test_a_fleet_of_one_holds_as_its_item():
    for text in (DRAWN, THREE):
        scenario = efssim.load(text, ["file_systems.orders.count=1", "replications.dr.items={}"])
        summary = efssim.run(scenario).summary
        item = summary["replications"]["dr[1]"]["rpo"]
        found = summary["fleets"]["dr"]
        assert found["attainment_all"] == pytest.approx(item["attainment"], abs=1e-12)
        assert found["met"] == item["met"]


def test_all_at_once_is_sampled_the_same_by_brute_force():
    scenario = efssim.load(DRAWN, ["rpo.target=8 min", "file_systems.orders.count=6"])
    run = efssim.run(scenario)
    times_s = (np.arange(200_000) + 0.5) * (scenario.duration / 200_000)
    worst_s = np.zeros(len(times_s))
    for name in scenario.replications:
        worst_s = np.maximum(worst_s, run.age_at(times_s, name).to_numpy())
    share = float((worst_s <= scenario.rpo.target).mean())
    found = run.summary["fleets"]["dr"]["attainment_all"]
    assert 0.3 < found < 0.99
    assert found == pytest.approx(share, abs=2e-3)  # some hundred edges between samples


def test_records_off_changes_no_number():
    on, off = fleet(DRAWN), fleet(DRAWN, "records=off")
    assert on == off


def test_an_item_that_is_never_replicated_leaves_nothing():
    never = ["replications.dr[3].established=false", "replications.dr[3].control.enabling=2 h"]
    found = fleet(THREE, *never)
    assert found["attainment_all"] == 0.0
    assert found["met"] is None
    assert found["met_throughout"] is None
    assert found["worst"][0] == "dr[3]"
    assert found["unprotected_s"]["max"] == 3600.0
    excluded = fleet(THREE, *never, "rpo.initial_sync=excluded")
    assert excluded["attainment_all"] is None
    assert excluded["met"] is None
    missed = fleet(THREE, *never, "rpo.target=30 s")
    assert missed["met"] is False
    assert missed["attainment_all"] == 0.0


def test_time_without_a_recovery_point_counts_as_violated():
    """Item 3 has its first at 700 s, of a cut at 600 s: before that nothing holds."""
    late = [
        "replications.dr[3].established=false",
        "replications.dr[3].control.enabling=10 min",
        "replications.dr[3].initial={setup: 100 s}",
    ]
    run = efssim.run(efssim.load(THREE, late))
    third = run.summary["replications"]["dr[3]"]
    assert third["unprotected_s"] == 700.0
    spans = {name: run.outcomes[name].violations.spans() for name in run.outcomes}
    spans["first"] = (np.array([0.0]), np.array([700.0]))
    found = run.summary["fleets"]["dr"]
    assert found["attainment_all"] == pytest.approx(1 - union_s(spans.values()) / 3600)
    assert found["met_throughout"] is False
    del spans["first"]
    excluded = fleet(THREE, *late, "rpo.initial_sync=excluded")
    assert excluded["attainment_all"] == pytest.approx(1 - union_s(spans.values()) / 3600)


def test_a_deleted_configuration_is_no_green():
    text = (
        THREE
        + """\
events:
  - {at: 30 min, call: DeleteReplicationConfiguration, with: {SourceFileSystemId: "orders[2]"}}
"""
    )
    found = fleet(text, "rpo.target=20 min")
    assert found["met"] is True
    assert found["met_throughout"] is False
    assert found["attainment_all"] == pytest.approx(0.5)
    left_out = fleet(text, "rpo.target=20 min", "rpo.after_deletion=excluded")
    assert left_out["attainment_all"] == 1.0
    assert left_out["met_throughout"] is True


def test_it_is_missed_if_one_item_misses_it():
    found = fleet(THREE, "rpo.attainment=84 %")
    assert found["met"] is False
    assert found["worst"] == ["dr[1]", "dr[2]", "dr[3]"]


def test_ten_of_many_are_the_worst():
    found = fleet(DRAWN, "file_systems.orders.count=25", "rpo.target=5 min")
    assert len(found["worst"]) == 10
    summary = efssim.run(efssim.load(DRAWN, ["file_systems.orders.count=25", "rpo.target=5 min"]))
    parts = summary.summary["replications"]
    wanted = sorted(parts, key=lambda name: parts[name]["rpo"]["attainment"])[:10]
    assert found["worst"] == wanted


def test_no_fleet_has_no_key():
    assert "fleets" not in efssim.run(written_out(efssim.load(THREE))).summary


def test_a_summary_is_json():
    run = efssim.run(efssim.load(DRAWN))
    json.dumps(run.summary, allow_nan=False)


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), min_size=0, max_size=12
)


@settings(max_examples=200)
@given(st.lists(spans, max_size=4))
def test_the_union_covers_what_any_covers(items):
    parts = [
        (np.array([b for b, _ in one], float), np.array([e for _, e in one], float))
        for one in items
    ]
    covered = {s for one in items for begin, end in one for s in range(begin, end)}
    assert union_s(parts) == len(covered)


@settings(max_examples=200)
@given(st.lists(st.none() | st.integers(-5, 5), max_size=40))
def test_a_spread_is_of_those_that_have_the_number(values):
    known = [value for value in values if value is not None]
    found = item_spread(values)
    if not known:
        assert (found.min, found.p50, found.p95, found.max) == (None,) * 4
        return
    assert (found.min, found.max) == (min(known), max(known))
    for share, value in ((0.5, found.p50), (0.95, found.p95)):
        assert sum(one <= value for one in known) >= share * len(known)
        assert sum(one < value for one in known) < share * len(known)


@pytest.mark.parametrize(
    ("threshold", "outcome"),
    [
        ("fleets.dr.attainment_all >= 55 %", "holds"),
        ("fleets.dr.attainment_all >= 56 %", "fails"),
        ("fleets.dr.rpo.violation_s.max <= 10 min", "holds"),
        ("fleets.dr.rpo.violation_s.max < 10 min", "fails"),
        ("fleets.dr.count >= 3", "holds"),
        ("dr[2].rpo.violation_s < 9 min", "holds"),
        ("dr[*].rpo.violation_s < 11 min", "holds"),
        ("dr[*].rpo.violation_s < 9 min", "fails"),
        ("dr[*].write_lag_s.p99 < 1 h", "undecided"),
        ("fleets.dr.write_lag_s.p99.max < 1 h", "undecided"),
    ],
)
def test_thresholds(threshold, outcome):
    scenario = efssim.load(THREE).with_(thresholds=[threshold])
    (found,) = efssim.run(scenario).summary["thresholds"]
    assert found["outcome"] == outcome


def test_a_spread_without_an_item_decides_nothing():
    """The others have an attainment of 1, and the third has none."""
    never = {"replications.dr[3].established": False, "replications.dr[3].control.enabling": 7200}
    scenario = efssim.load(THREE, ["rpo.target=20 min"]).with_(never)
    for text in ("fleets.dr.rpo.attainment.min >= 99 %", "dr[*].rpo.attainment >= 99 %"):
        (found,) = efssim.run(scenario.with_(thresholds=[text])).summary["thresholds"]
        assert found["outcome"] == "undecided"
        assert "dr[3]" in found["reason"]


@pytest.mark.parametrize(
    ("threshold", "message"),
    [
        ("fleets.dr.rpo.attainment > 1", "a number of a fleet ends in min, p50, p95, max"),
        ("fleets.er.attainment_all > 1", "no fleet of replications 'er'"),
        ("dr.rpo.attainment > 1", "'dr' is a fleet: `dr[*]` names all its items"),
        ("dr[4].rpo.attainment > 1", "dr[4]"),
        ("fleets.dr.rpo.met.min > 0", "is no number"),
    ],
)
def test_thresholds_on_nothing(threshold, message):
    scenario = efssim.load(THREE).with_(thresholds=[threshold])
    with pytest.raises(efssim.RunError, match=r".") as caught:
        efssim.run(scenario)
    assert message in str(caught.value)


def test_objectives_of_items():
    objective = "objectives: {o: {target: 500 s, attainment: 86 %, replications: ['dr[*]']}}\n"
    run = efssim.run(efssim.load(THREE + objective))
    met = [part["objectives"]["o"]["met"] for part in run.summary["replications"].values()]
    assert met == [False, True, True]
    one = efssim.run(efssim.load(THREE + objective.replace("dr[*]", "dr[2]")))
    assert ["objectives" in part for part in one.summary["replications"].values()] == [
        False,
        True,
        False,
    ]


def test_ids_of_items():
    simulation = efssim.Simulation(efssim.load(THREE))
    known = [simulation.file_system_id(f"orders[{n}]") for n in (1, 2, 3)]
    answer = simulation.call("DescribeFileSystems", {}, region="us-east-1")
    assert {part["FileSystemId"] for part in answer["FileSystems"]} == set(known)
    asked = {"FileSystemId": known[1]}
    found = simulation.call("DescribeReplicationConfigurations", asked, region="us-east-1")
    assert found["Replications"][0]["SourceFileSystemId"] == known[1]
