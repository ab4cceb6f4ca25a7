"""Fleets as they are written: `count`, `each`, `items`, and paths to all items or to one."""

from __future__ import annotations

import json

import pytest
from helpers.fleets import DRAWN, THREE, written_out
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.model.kernel.draws import Draws

ALIKE = """\
name: alike
duration: 1 h
file_systems:
  orders: {region: us-east-1, count: 3, size: 1 GiB}
replications:
  dr: {source: orders, destination: {region: eu-west-1}, sync: {interval: 10 min}}
"""


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def refusal(text: str, *overrides: str) -> list[str]:
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(text, overrides)
    return str(caught.value).splitlines()


def test_names_of_the_items():
    scenario = efssim.load(ALIKE)
    assert list(scenario.file_systems) == ["orders[1]", "orders[2]", "orders[3]"]
    assert list(scenario.replications) == ["dr[1]", "dr[2]", "dr[3]"]
    assert [part.source for part in scenario.replications.values()] == list(scenario.file_systems)
    assert {part.size for part in scenario.file_systems.values()} == {2**30}
    assert [(one.section, one.name, one.count) for one in scenario.fleets] == [
        ("file_systems", "orders", 3),
        ("replications", "dr", 3),
    ]


def test_a_fleet_of_one_is_a_fleet():
    scenario = efssim.load(changed(ALIKE, "count: 3", "count: 1"))
    assert list(scenario.file_systems) == ["orders[1]"]
    assert list(scenario.replications) == ["dr[1]"]


def test_a_scenario_without_count_has_no_fleet():
    scenario = efssim.load(changed(ALIKE, ", count: 3", ""))
    assert list(scenario.replications) == ["dr"]
    assert scenario.fleets == ()
    assert scenario.once is scenario


def test_numbers_are_drawn_once_by_the_name_of_the_item():
    scenario = efssim.load(DRAWN, ["seed=7"])
    for name, part in scenario.file_systems.items():
        generator = Draws(7).generator(f"file_systems.{name}.size")
        wanted = 20 * 2**30 * float(2.718281828459045 ** generator.standard_normal())
        assert part.size == pytest.approx(wanted, rel=1e-9)  # the power, and whole bytes
    for name, part in scenario.replications.items():
        generator = Draws(7).generator(f"replications.{name}.sync.interval")
        assert part.sync.interval == generator.random(1).item() * 840.0 + 60.0
        phase = Draws(7).generator(f"replications.{name}.sync.phase").random()
        assert part.sync.phase == phase * part.sync.interval


def test_another_item_moves_no_draw_and_another_seed_moves_all():
    scenario, more = efssim.load(DRAWN), efssim.load(DRAWN, ["file_systems.orders.count=9"])
    assert len(more.replications) == 9
    for name, part in scenario.replications.items():
        assert more.replications[name] == part
        assert more.file_systems[part.source] == scenario.file_systems[part.source]
    other = scenario.with_(seed=2)
    for name, part in scenario.replications.items():
        assert other.replications[name] != part


def test_a_seed_of_the_command_is_that_of_the_fleet():
    scenario = efssim.load(DRAWN)
    assert efssim.run(scenario, seed=2).digest == efssim.run(scenario.with_(seed=2)).digest
    simulation = efssim.Simulation(scenario, seed=2)
    assert simulation.scenario.file_systems == scenario.with_(seed=2).file_systems


def test_a_written_phase_goes_for_all_and_the_preset_has_one_too():
    scenario = efssim.load(changed(ALIKE, "interval: 10 min", "interval: 10 min, phase: 9 s"))
    assert {part.sync.phase for part in scenario.replications.values()} == {9.0}
    preset = efssim.load(changed(ALIKE, "sync: {interval: 10 min}", "sync: {preset: efs}"))
    phases = [part.sync.phase for part in preset.replications.values()]
    assert len(set(phases)) == 3
    assert all(0 <= phase < 60 for phase in phases)
    gapped = efssim.load(changed(ALIKE, "{interval: 10 min}", "{preset: none, gap: 1 min}"))
    assert {part.sync.phase for part in gapped.replications.values()} == {0.0}


@pytest.mark.parametrize("text", [ALIKE, DRAWN, THREE])
def test_written_out_by_hand_it_is_the_same_run(text):
    scenario = efssim.load(text)
    plain = written_out(scenario)
    assert plain.file_systems == scenario.file_systems
    assert plain.replications == scenario.replications
    one, other = efssim.run(scenario), efssim.run(plain)
    assert one.digest == other.digest
    assert one.summary["replications"] == other.summary["replications"]
    assert "fleets" not in other.summary


@settings(max_examples=15, deadline=None)
@given(
    count=st.integers(1, 5),
    seed=st.integers(0, 2**32),
    ordinal=st.integers(1, 5),
    interval=st.sampled_from(["{each: {uniform: {low: 20 s, high: 5 min}}}", "2 min"]),
    fault=st.booleans(),
)
def test_any_fleet_is_the_same_as_written_out(count, seed, ordinal, interval, fault):
    text = changed(DRAWN, "{each: {uniform: {low: 1 min, high: 15 min}}}", interval)
    text = changed(text, "duration: 6 h", "duration: 30 min")
    if fault:
        text += 'faults: {f: {fence: "orders[*]", each: true, every: 10 min, for: 1 min}}\n'
    item = min(ordinal, count)
    changes = [f"file_systems.orders.count={count}", f"seed={seed}"]
    changes += [f"replications.dr[{item}].sync.throughput=1 MiB/s"]
    scenario = efssim.load(text, changes)
    assert scenario.replications[f"dr[{item}]"].sync.throughput == 2**20
    assert efssim.run(scenario).digest == efssim.run(written_out(scenario)).digest


@pytest.mark.parametrize("text", [ALIKE, DRAWN, THREE])
def test_the_data_has_each_fleet_once_and_reads_back(text):
    scenario = efssim.load(text)
    data = scenario.model_dump(by_alias=True, exclude_unset=True)
    assert list(data["replications"]) == ["dr"]
    assert efssim.load(data) == scenario
    content = json.loads(scenario.model_dump_json(by_alias=True, exclude_unset=True))
    assert content["file_systems"]["orders"]["count"] == len(scenario.file_systems)
    assert efssim.load(content) == scenario
    assert efssim.load(content).fleets == efssim.load(data).fleets


def test_pickled_scenarios_keep_their_fleets():
    import pickle

    scenario = efssim.load(DRAWN)
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    assert again.fleets == scenario.fleets


def test_one_item_is_changed_by_its_path():
    scenario = efssim.load(ALIKE, ["replications.dr[2].sync.interval=5 min"])
    intervals = [part.sync.interval for part in scenario.replications.values()]
    assert intervals == [600.0, 300.0, 600.0]
    data = scenario.model_dump(by_alias=True, exclude_unset=True)
    assert data["replications"]["dr"]["items"] == {"2": {"sync.interval": "5 min"}}
    assert efssim.load(data) == scenario
    same = efssim.load(ALIKE).with_({"replications.dr[2].sync.interval": "5 min"})
    assert same == scenario
    quoted = efssim.load(ALIKE, ['replications."dr[2]".sync.interval=5 min'])
    assert quoted == scenario
    back = scenario.with_({"replications.dr[2].sync.interval": None})
    assert back == efssim.load(ALIKE)


def test_all_items_are_changed_by_a_star_and_no_item_keeps_its_own():
    changes = ["replications.dr[2].sync.interval=5 min", "replications.dr[*].sync.interval=2 min"]
    scenario = efssim.load(ALIKE, changes)
    assert {part.sync.interval for part in scenario.replications.values()} == {120.0}
    scenario = efssim.load(ALIKE, changes[::-1])
    assert [p.sync.interval for p in scenario.replications.values()] == [120.0, 300.0, 120.0]
    whole = efssim.load(ALIKE).with_({"replications.dr[2].sync.interval": "5 min"})
    whole = whole.with_({"replications.dr[*].sync": {"interval": "1 min"}})
    assert {part.sync.interval for part in whole.replications.values()} == {60.0}


def test_a_bare_path_is_what_all_have_in_common():
    changes = ["replications.dr[2].sync.interval=5 min", "replications.dr.sync.interval=2 min"]
    scenario = efssim.load(ALIKE, changes)
    assert [p.sync.interval for p in scenario.replications.values()] == [120.0, 300.0, 120.0]


def test_a_part_of_an_item_takes_the_place_of_the_whole_part():
    scenario = efssim.load(ALIKE).with_(
        {"replications.dr[1].sync": {"throughput": "1 MiB/s", "interval": "1 min"}}
    )
    assert scenario.replications["dr[1]"].sync.throughput == 2**20
    assert scenario.replications["dr[1]"].sync.interval == 60.0
    assert scenario.replications["dr[2]"].sync.interval == 600.0


def test_items_in_a_file():
    scenario = efssim.load(THREE)
    assert [part.sync.phase for part in scenario.replications.values()] == [0.0, 200.0, 400.0]


def test_two_fleets_go_from_one_to_the_other():
    text = changed(ALIKE, "  orders:", "  standby: {region: eu-west-1, count: 3}\n  orders:")
    text = changed(text, "{region: eu-west-1}, sync", "{file_system: standby}, sync")
    ends = [part.destination.file_system for part in efssim.load(text).replications.values()]
    assert ends == ["standby[1]", "standby[2]", "standby[3]"]
    fewer = changed(text, "eu-west-1, count: 3", "eu-west-1, count: 2")
    assert refusal(fewer) == [
        "<text>:7:51: replications.dr.destination.file_system: 'standby' has 2 items, and the"
        " source 3"
    ]


def test_a_replication_of_one_item():
    text = changed(ALIKE, "source: orders", 'source: "orders[2]"')
    assert list(efssim.load(text).replications) == ["dr"]
    assert efssim.load(text).replications["dr"].source == "orders[2]"


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "count: 3",
            "count: 0",
            "<text>:4:38: file_systems.orders.count: must be greater than or equal to 1",
        ),
        (
            "count: 3",
            "count: 200_000",
            "<text>:4:38: file_systems.orders.count: must be less than or equal to 100000",
        ),
        (
            "count: 3",
            "count: many",
            "<text>:4:38: file_systems.orders.count: 'many' is not a count such as '4 million'",
        ),
        (
            "interval: 10 min",
            "interval: 10 minx",
            "<text>:6:75: replications.dr.sync.interval: unknown unit 'minx' (did you mean 'min'?)",
        ),
        (
            "interval: 10 min",
            "intervall: 10 min",
            "<text>:6:65: replications.dr.sync.intervall: unknown key (did you mean 'interval'?)",
        ),
        (
            "interval: 10 min",
            "interval: {each: {uniform: {low: 9 s, high: 3 s}}}",
            "<text>:6:92: replications.dr.sync.interval.each.uniform: low is above high",
        ),
        (
            "interval: 10 min",
            "interval: {each: {uniform: {low: 9 s}}}",
            "<text>:6:92: replications.dr.sync.interval.each.uniform.high: is required",
        ),
        (
            "size: 1 GiB",
            "size: 1 GiB, encrypted: {each: 1}",
            "<text>:4:65: file_systems.orders.encrypted: `each` draws numbers, and this is none",
        ),
        (
            "size: 1 GiB",
            "id: fs-00000001",
            "<text>:4:45: file_systems.orders.id: an id is of one file system; `items` sets those"
            " of single ones",
        ),
        (
            "size: 1 GiB",
            "items: {4: {}}",
            "<text>:4:50: file_systems.orders.items: a key must be a string",
        ),
        (
            "size: 1 GiB",
            'items: {"4": {}}',
            "<text>:4:54: file_systems.orders[4]: is no item: 'orders' has the items 1 to 3",
        ),
        (
            "size: 1 GiB",
            'items: {"2": {siz: 1 GiB}}',
            "<text>:4:55: file_systems.orders[2].siz: unknown key (did you mean 'size'?)",
        ),
        (
            "size: 1 GiB",
            'items: {"2": {size: 1 Gib}}',
            "<text>:4:61: file_systems.orders[2].size: unit 'Gib' may be bits or bytes (write GiB)",
        ),
        (
            "file_systems:\n",
            'file_systems:\n  "orders[7]": {region: us-east-1}\n',
            "<text>:4:16: file_systems.orders[7]: is the name of an item of the fleet 'orders'",
        ),
        (
            "replications:\n",
            'replications:\n  "dr[1]": {source: "orders[1]", destination: {region: us-east-1}}\n',
            "<text>:6:12: replications.dr[1]: is the name of an item of the fleet 'dr'",
        ),
    ],
)
def test_mistakes_are_told_once_where_they_are_written(old, new, wanted):
    found = refusal(changed(ALIKE, old, new))
    if "must be a string" in wanted:
        assert len(found) == 1
        assert found[0].startswith("<text>:4:")
    else:
        assert found == [wanted]


def test_a_number_that_is_drawn_is_refused_with_the_item():
    wide = "interval: {each: {uniform: {low: 0 s, high: 1 s}}}, gap: 0 s, setup: 0 s"
    text = changed(ALIKE, "interval: 10 min", wide)
    efssim.load(text)  # no draw is 0
    assert refusal(changed(DRAWN, "high: 20 per min", "high: 1e30 per min")) == [
        "<text>:11:36: file_systems.orders.writes.app.arrivals.poisson.rate: drawn for orders[1]:"
        " is above 1e9 per s, the most there can be"
    ]


def test_each_without_a_fleet():
    text = changed(ALIKE, ", count: 3, size: 1 GiB", ", size: {each: {uniform: {low: 1, high: 2}}}")
    assert refusal(text) == [
        "<text>:4:37: file_systems.orders.size: `each` draws for the items of a fleet, which"
        " `count` makes"
    ]
    assert refusal(changed(ALIKE, "count: 3", 'items: {"1": {}}')) == [
        "<text>:4:38: file_systems.orders.items: goes with `count` only"
    ]


def test_quotas_hold_in_both_regions():
    text = changed(ALIKE, "count: 3", "count: 1001")
    assert refusal(text) == [
        "<text>:4:11: file_systems.orders: the account may have 1,000 file systems in us-east-1,"
        " and the scenario has 1,001; `regions: {us-east-1: {quotas: {file_systems: 1001}}}`"
        " makes room for them",
        "<text>:6:37: replications.dr.destination: the account may have 1,000 file systems in"
        " eu-west-1, and the scenario has 1,001; `regions: {eu-west-1: {quotas:"
        " {file_systems: 1001}}}` makes room for them",
    ]


def test_a_bare_name_of_a_fleet_is_no_target():
    both = "'orders' is a fleet: `orders[*]` names all its items, `orders[1]` one"
    assert refusal(f"{ALIKE}events: [{{at: 1 min, fail: orders}}]\n") == [
        f"<text>:7:28: events.0.fail: {both}"
    ]
    fault = "faults: {f: {fail: orders, every: 1 h, each: true}}\n"
    assert refusal(ALIKE + fault) == [
        f"<text>:7:20: faults.f.fail: {both}",
        "<text>:7:46: faults.f.each: goes with a target such as `orders[*]`, all items of a fleet",
    ]
    objective = "objectives: {o: {target: 1 min, attainment: 90 %, replications: [dr]}}\n"
    assert "`dr[*]` names all its items" in refusal(ALIKE + objective)[0]
    for name in ("dr", "dr[*]"):
        found = refusal(f"{ALIKE}drill: {{replication: '{name}'}}\n")[0]
        assert found.endswith("a drill is about one item, and 'dr' is a fleet: `dr[1]` is one")


@pytest.mark.parametrize(
    ("override", "wanted"),
    [
        (
            "replications.dr[4].sync.interval=1 min",
            "--set:1:1: replications.dr[4].sync.interval: 'dr' has the items 1 to 3",
        ),
        (
            "replications.dr[1]={}",
            "--set:1:1: replications.dr[1]: an item is changed key by key, as"
            " replications.dr[1].KEY",
        ),
        (
            "replications.dr[1].source=other",
            "--set:1:27: replications.dr[1].source: `source` is the same for all items",
        ),
        (
            "replications.dr[1].sync.interval=1 minx",
            "--set:1:34: replications.dr[1].sync.interval: unknown unit 'minx'"
            " (did you mean 'min'?)",
        ),
        (
            "replications.dr[*].sync.intervall=1 min",
            "--set:1:25: replications.dr.sync.intervall: unknown key (did you mean 'interval'?)",
        ),
    ],
)
def test_mistakes_in_overrides(override, wanted):
    assert refusal(ALIKE, override) == [wanted]


def test_a_fault_of_each_item_has_a_clock_of_its_own():
    fault = 'faults: {f: {fence: "orders[*]", every: {exponential: {mean: 10 min}}, for: 1 s'
    own = efssim.load(f"{ALIKE}{fault}, each: true}}}}\n")
    assert [(name, part.target) for name, part in own.faults.items()] == [
        ("f[1]", "orders[1]"),
        ("f[2]", "orders[2]"),
        ("f[3]", "orders[3]"),
    ]
    begins = {entry.target: entry.begin_s for entry in efssim.run(own).timeline[::-1]}
    assert len(set(begins.values())) == 3
    generator = Draws(1).generator("faults.f[2].every#0")
    assert begins["orders[2]"] == generator.standard_exponential(16)[0] * 600.0
    assert efssim.load(own.model_dump(by_alias=True, exclude_unset=True)) == own
    shared = efssim.run(efssim.load(f"{ALIKE}{fault}}}}}\n")).timeline
    assert {entry.target for entry in shared} == {"orders[*]"}


def test_an_event_reaches_all_items_at_once():
    text = f'{ALIKE}events: [{{at: 10 min, for: 5 min, link_outage: "us-east-1 -> eu-west-1"}}]\n'
    efssim.load(text)
    run = efssim.run(efssim.load(f'{ALIKE}events: [{{at: 10 min, fail: "orders[*]"}}]\n'))
    (entry,) = run.timeline
    assert entry.affected == ("orders[1]", "dr[1]", "orders[2]", "dr[2]", "orders[3]", "dr[3]")
    one = efssim.run(efssim.load(f'{ALIKE}events: [{{at: 10 min, fail: "orders[2]"}}]\n'))
    assert one.timeline[0].replications == ("dr[2]",)


@pytest.mark.parametrize("name", ["orders", "orders[*]"])
def test_a_call_is_about_one_item(name):
    call = "{at: 1 min, call: DeleteReplicationConfiguration, with: {SourceFileSystemId: '%s'}}"
    (found,) = refusal(f"{ALIKE}events: [{call % name}]\n")
    assert found.endswith(
        "events.0.with.SourceFileSystemId: a call is about one item, and 'orders' is a fleet:"
        " `orders[1]` is one"
    )
    run = efssim.run(efssim.load(f"{ALIKE}events: [{call % 'orders[2]'}]\n"))
    assert run.timeline[0].error == ""


def test_the_resolved_view_has_each_fleet_once():
    from efssim.scenario.shown.provenance import resolved

    found = {each.path: each for each in resolved(efssim.load(DRAWN))}
    assert not any("[" in path for path in found)
    interval = found["replications.dr.sync.interval"]
    assert interval.value == 'each {"uniform": {"low": "1 min", "high": "15 min"}}'
    assert (interval.provenance, interval.why) == ("scenario", "drawn once for each item")
    assert found["replications.dr.sync.phase"].value == "each uniform within the interval"
    assert found["file_systems.orders.count"].value == "4"
    html = efssim.load(DRAWN)._repr_html_()
    assert "orders[1 to 4]" in html
    assert "orders[2]" not in html


def test_unknown_parameters_of_a_fleet():
    prior = "{uniform: {low: 1 min, high: 5 min}}"
    for path in ("replications.dr.sync.interval", '"replications.dr[*].sync.interval"'):
        scenario = efssim.load(f"{ALIKE}uncertain: {{{path}: {prior}}}\n")
        study = efssim.run_sets(scenario, sets=2, executor="serial")
        assert len(study) == 2
    both = "uncertain: {{replications.dr.sync.interval: {0}, '{1}': {0}}}\n"
    text = ALIKE + both.format(prior, "replications.dr[*].sync.interval")
    assert "is the same parameter as" in refusal(text)[0]
    single = f"{ALIKE}uncertain: {{'replications.dr[2].sync.interval': {prior}}}\n"
    efssim.load(single)
    preset = efssim.load(changed(ALIKE, "{interval: 10 min}", "{preset: efs-unknown}"))
    paths = efssim.run(preset).summary["uncertain"]
    assert "replications.dr.sync.throughput" in paths
    assert not any("[" in path for path in paths)
    own = preset.with_({"replications.dr.sync.preset": "efs"})
    own = own.with_({"replications.dr[2].sync.preset": "efs-unknown"})
    assert "replications.dr[2].sync.throughput" in efssim.run(own).summary["uncertain"]


def test_the_schema_of_editors_takes_fleets():
    from jsonschema import Draft202012Validator

    import efssim.text.yaml.document as document

    validator = Draft202012Validator(efssim.Scenario.model_json_schema())
    for text in (ALIKE, DRAWN, THREE):
        data = document.parse_document(text, "text").data
        assert list(validator.iter_errors(data)) == []
    drawn = "{each: {uniform: {low: 1, high: 2}}}"
    for old, new in (("count: 3", f"count: {drawn}"), ("size: 1 GiB", 'items: {"0": {}}')):
        data = document.parse_document(changed(ALIKE, old, new), "text").data
        assert list(validator.iter_errors(data))
