"""Tests of what a valid scenario means: names, defaults, aliases, and that it survives a dump."""

from __future__ import annotations

import contextlib
import json
import math
import re
import subprocess
import sys

import pytest
from helpers.places import ROOT

import efssim
from efssim.report.facts.assumptions import assumed_parameters
from efssim.scenario import Scenario, ScenarioError
from efssim.scenario.amounts.volume import expected_volume
from efssim.scenario.grammar.events import Event, Fault
from efssim.scenario.grammar.network import link_regions
from efssim.scenario.grammar.presets import CONTROL_PRESETS
from efssim.scenario.grammar.undocumented import CHOICES
from efssim.scenario.operations.error_codes import ERROR_CODES
from efssim.scenario.operations.table import OPERATIONS
from efssim.scenario.schema import Control, Destination, FileSystem, Initial, Link, Region
from efssim.scenario.shown.provenance import resolved

FULL = """\
name: full
duration: 30 days
regions:
  eu-south-1: {opting_in: 20 min, opting_out: 5 min}
  eu-west-1: {default: false, opted_in: false}
  lab-1: {custom: true, availability_zones: {lab-1a: lab1-az1}}
links:
  us-east-1->eu-south-1: {capacity: 10 Gbit/s, latency: 90 ms}
  "  lab-1   ->  us-east-1 ": {}
file_systems:
  orders:
    region: us-east-1
    size: 2 TiB
    files: 4 million
    throughput_mode: provisioned
    provisioned_throughput: 256 MiB/s
    encrypted: false
    id: fs-0123456789abcdef0
    writes:
      oltp:
        arrivals: {poisson: {rate: 40 per s}}
        size: 64 KiB
        hot_set: {size: 10 GiB, block: 64 KiB, share: 80 %}
        in_file: {size: 120 GiB}
  zone: {availability_zone: us-west-2b, region: us-west-2}
  copy: {availability_zone: lab-1a}
replications:
  dr:
    source: orders
    destination: {availability_zone: eu-south-1a, kms_key_id: alias/dr}
    control: {preset: none, enabling: {exponential: {mean: 5 min}}}
    initial: {throughput: none, file_rate: 50 per s, setup: 1 min}
  lab:
    source: zone
    destination: {file_system: copy, region: lab-1}
    established: true
    initial: {differing: 1 GiB}
events:
  - {at: 3 days, opt_out: eu-south-1, for: 6 h}
  - {at: 4 days, opt_out: eu-west-1}
  - {at: 5 days, opt_out: lab-1}
  - {at: 10 days, link_outage: us-east-1    -> eu-south-1, for: 2 h}
  - {at: 11 days, link_degraded: us-east-1->eu-south-1, factor: 10 %, for: 3 h}
  - {at: 12 days, region_outage: us-east-1, for: 40 min}
  - {at: 14 days, kms_key_disabled: dr, for: 1 h}
  - {at: 15 days, permission_lost: lab, for: 1 h}
  - {at: 16 days, api_error: DescribeFileSystems, code: TooManyRequests, times: 3, region: lab-1, for: 1 h}
  - {at: 20 days, fail: orders}
  - {at: 20 days, fail: dr.destination}
  - {at: 21 days, call: DeleteReplicationConfiguration, with: {SourceFileSystemId: orders, DeletionMode: [1, {y: null}]}, region: us-east-1, expect: ok}
  - {at: 30 days, call: DescribeFileSystems}
faults:
  wan: {link_outage: eu-south-1->us-east-1, every: {exponential: {mean: 30 days}}, for: {lognormal: {median: 20 min, sigma: 1}}}
  disk: {fail: zone, every: 300 days}
  api: {api_error: CreateFileSystem, code: ThrottlingException, every: 2 h}
  weak: {link_degraded: us-east-1->eu-south-1, factor: 1, every: 1 h, for: 0 s}
defaults:
  sync: {preset: none, gap: 1 s}
  control: {deleting: 2 min}
  file_system: {creating: 3 s}
  undocumented: {automatic_backups: one_zone_only, protection_disabled_is_read_only: yes}
"""  # noqa: E501 - one line for each event


@pytest.fixture
def full(tmp_path):
    return loaded(tmp_path, FULL)


def loaded(folder, text, *overrides):
    file = folder / "s.yaml"
    file.write_text(text, encoding="utf-8")
    return efssim.load(file, overrides)


def small(**parts):
    """Return a scenario of one established replication, from `fs` to us-west-2."""
    return {
        "name": "small",
        "duration": 600,
        "file_systems": {"fs": {"region": "us-east-1"}},
        "replications": {
            "dr": {"source": "fs", "destination": {"region": "us-west-2"}, "established": True}
        },
    } | parts


# Links


@pytest.mark.parametrize("name", ["a -> b", "a->b", " a  ->\tb\n", "a-> b"])
def test_regions_of_a_link(name):
    assert link_regions(name) == ("a", "b")


@pytest.mark.parametrize("name", ["a", "", "->", "a ->", "-> b", "a -> b -> c", "a > b"])
def test_what_is_no_link(name):
    with pytest.raises(ValueError, match="is not a link such as 'us-east-1 -> eu-south-1'"):
        link_regions(name)


def test_links_have_one_name_everywhere(full):
    link = "us-east-1 -> eu-south-1"
    assert list(full.links) == [link, "lab-1 -> us-east-1"]
    assert [event.target for event in full.events if event.kind.startswith("link")] == [link, link]
    assert full.faults["wan"].target == "eu-south-1 -> us-east-1"


def test_a_link_neither_limits_nor_delays_by_itself():
    assert (Link().capacity, Link().latency) == (math.inf, 0.0)


# Places


@pytest.mark.parametrize(
    ("place", "home"),
    [
        ({"region": "us-east-1"}, "us-east-1"),
        ({"availability_zone": "us-east-1a"}, "us-east-1"),
        ({"region": "us-gov-east-1", "availability_zone": "us-gov-east-1b"}, "us-gov-east-1"),
        ({"availability_zone": "lab-12ab"}, "lab-12"),
    ],
)
def test_home_of_a_file_system(place, home):
    assert FileSystem.model_validate(place).home == home


def test_a_region_is_opted_in_at_once_by_itself():
    region = Region()
    assert (region.opted_in, region.opting_in, region.opting_out) == (True, 0.0, 0.0)
    assert (region.custom, region.default, region.availability_zones) == (False, None, {})


@pytest.mark.parametrize("region", [{"custom": True}, {"custom": True, "default": False}])
def test_a_custom_region_can_be_opted_out_of(region):
    opted_out = {"lab-1": region | {"opted_in": False}}
    event = {"at": 5, "opt_out": "lab-1"}
    scenario = Scenario.model_validate(small(regions=opted_out, events=[event]))
    assert not scenario.regions["lab-1"].opted_in


def test_defaults_of_the_control_plane(full):
    system = FileSystem(region="us-east-1")
    assert (system.throughput_mode, system.provisioned_throughput) == ("bursting", None)
    assert (system.encrypted, system.id) == (True, None)
    assert Destination(region="us-east-1").kms_key_id is None
    replication = full.replications["dr"]
    assert not replication.established
    assert full.replications["lab"].initial == Initial(differing=2**30)
    assert (full.defaults.file_system.creating, full.defaults.file_system.deleting) == (3, 10)


def test_what_is_not_set_comes_from_the_preset(full):
    control = full.replications["dr"].control
    assert control.draw("enabling").expected() == 300
    assert control.draw("pausing").always_zero()
    assert full.replications["lab"].control.draw("pausing").constant == 60
    assert {key: value.value for key, value in CONTROL_PRESETS["efs"].items()} == {
        "enabling": 300,
        "pausing": 60,
        "resuming": 0,
        "deleting": 300,
        "protecting": 0,
        "mount_target": 120,
    }
    assert all(Control(preset="none").draw(key).always_zero() for key in CONTROL_PRESETS["efs"])


def test_every_undocumented_choice_has_a_default_and_alternatives(full):
    assert len(CHOICES) == 14
    for choice in CHOICES.values():
        assert choice.alternatives
        assert choice.default not in choice.alternatives
    assert full.defaults.choice("automatic_backups") == "one_zone_only"
    assert full.defaults.choice("protection_disabled_is_read_only") == "yes"
    assert full.defaults.choice("bad_pagination_token") == "BadRequest"


def test_error_codes_are_those_of_botocore():
    loaders = pytest.importorskip("botocore.loaders")
    shapes = loaders.Loader().load_service_model("efs", "service-2")["shapes"]
    for code, status in ERROR_CODES.items():
        assert shapes[code]["error"]["httpStatusCode"] == status


def test_operations_are_those_of_botocore():
    loaders = pytest.importorskip("botocore.loaders")
    assert set(OPERATIONS.names) <= set(
        loaders.Loader().load_service_model("efs", "service-2")["operations"]
    )


# Events and faults


KINDS = {
    "opt_out": "eu-south-1",
    "region_outage": "us-east-1",
    "link_outage": "a -> b",
    "link_degraded": "a -> b",
    "kms_key_disabled": "dr",
    "permission_lost": "dr",
    "fail": "orders",
    "api_error": "TagResource",
}
_NEEDED = {"link_degraded": {"factor": 0.5}, "api_error": {"code": "BadRequest"}}


@pytest.mark.parametrize("kind", [*KINDS, "call"])
def test_kind_and_target_of_an_event(kind):
    target = KINDS.get(kind, "DescribeFileSystems")
    event = Event.model_validate({"at": "1 h", kind: target} | _NEEDED.get(kind, {}))
    assert (event.at, event.kind, event.target, event.lasts) == (3600.0, kind, target, None)


@pytest.mark.parametrize("kind", KINDS)
def test_kind_and_target_of_a_fault(kind):
    lasts = {} if kind == "fail" else {"for": "5 s"}
    fault = Fault.model_validate(
        {"every": "1 h", kind: KINDS[kind]} | lasts | _NEEDED.get(kind, {})
    )
    assert (fault.kind, fault.target) == (kind, KINDS[kind])
    assert fault.every.constant == 3600
    assert (fault.lasts is None) if kind == "fail" else (fault.lasts.constant == 5)


def test_keys_that_are_keywords_in_python():
    event = Event(**{"at": 5, "call": "DescribeFileSystems", "with": {"MaxItems": 5}})
    assert event.parameters == {"MaxItems": 5}
    event = Event(**{"at": 5, "region_outage": "us-east-1", "for": "1 min"})
    assert event.lasts == 60
    assert event.model_dump(by_alias=True, exclude_unset=True) == {
        "at": 5.0,
        "region_outage": "us-east-1",
        "for": 60.0,
    }


def test_an_event_at_the_very_end_is_one():
    event = {"at": "10 min", "fail": "fs"}
    assert Scenario.model_validate(small(events=[event])).events[0].at == 600


def test_details_of_events(full):
    degraded, error, call = full.events[4], full.events[8], full.events[11]
    assert degraded.factor == 0.1
    assert (error.code, error.times, error.region) == ("TooManyRequests", 3, "lab-1")
    assert call.parameters == {"SourceFileSystemId": "orders", "DeletionMode": [1, {"y": None}]}
    assert (call.region, call.expect) == ("us-east-1", "ok")
    assert (full.faults["api"].times, full.faults["api"].lasts) == (1, None)


def test_keys_have_a_meaning_for_their_kinds_only(full):
    outage, call = full.events[5], full.events[11]
    assert [key for key in ("at", "for", "with", "factor", "times") if outage.takes(key)] == [
        "at",
        "for",
    ]
    assert [key for key in ("with", "expect", "region", "code") if call.takes(key)] == [
        "with",
        "expect",
        "region",
    ]


def test_an_override_reaches_into_an_event(tmp_path):
    scenario = loaded(tmp_path, FULL, "events.0.for=1 h", "faults.wan.for=5 s")
    assert scenario.events[0].lasts == 3600
    assert scenario.faults["wan"].lasts.constant == 5


# Dumps


def test_a_scenario_survives_its_dump(full):
    dumped = full.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert Scenario.model_validate(json.loads(json.dumps(dumped, allow_nan=False))) == full
    text = full.model_dump_json(by_alias=True, exclude_unset=True)
    assert Scenario.model_validate_json(text) == full


def test_the_dump_of_a_scenario_speaks_as_the_scenario_does(full):
    dumped = full.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert dumped["events"][0] == {"at": 259200.0, "opt_out": "eu-south-1", "for": 21600.0}
    assert "with" in dumped["events"][11]
    assert list(dumped["links"]) == ["us-east-1 -> eu-south-1", "lab-1 -> us-east-1"]


def test_models_are_checked_as_what_is_written():
    event = Event(at=700, fail="fss")
    with pytest.raises(ValueError, match=r"(?s)no file system is named 'fss'.*after the end"):
        Scenario.model_validate(small(events=(event,)))
    good = Event(at=5, fail="fs")
    assert Scenario.model_validate(small(events=(good,))).events == (good,)


# Schema


def test_schema_has_the_keys_as_they_are_written():
    parts = Scenario.model_json_schema()["$defs"]
    assert {"at", "for", "with", "call"} <= set(parts["Event"]["properties"])
    assert {"every", "for"} <= set(parts["Fault"]["properties"])
    assert not {"lasts", "parameters"} & set(parts["Event"]["properties"])
    assert parts["Event"]["required"] == ["at"]
    assert "DescribeFileSystems" in json.dumps(parts["Event"]["properties"]["call"])


# Documentation


def test_every_key_is_documented():
    text = (ROOT / "docs" / "scenario.md").read_text(encoding="utf-8")
    parts = Scenario.model_json_schema()["$defs"]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    documented = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", prose))))
    for name, part in parts.items():
        assert not set(part.get("properties", {})) - documented, name
    for name, choice in CHOICES.items():
        values = ", ".join(f"`{value}`" for value in choice.values)
        assert f"| `{name}` | {values} | {choice.grade} | {choice.why} |" in text
    assert all(f"`{operation}`" in text for operation in OPERATIONS.names)


# Provenance


def test_resolved_values_of_the_new_parts(full):
    rows = {row.path: row for row in resolved(full)}
    assert rows["events.0.for"].value == "21600.0"
    assert rows["events.11.with"].value.startswith('{"SourceFileSystemId":"orders"')
    assert "events.0.times" not in rows
    assert rows["faults.api.times"][1:3] == ("1", "default")
    assert rows['links."us-east-1 -> eu-south-1".latency'][1:3] == ("0.09", "scenario")
    assert rows["replications.lab.control.pausing"][1:3] == ("1 min", "assumed")
    assert rows["replications.dr.control.pausing"][1:3] == ("0 s", "default")
    assert rows["replications.dr.initial.throughput"][1:3] == ('"none"', "scenario")
    assert "replications.lab.initial.throughput" not in rows
    assert rows["defaults.file_system.creating"][1:3] == ("3.0", "scenario")
    assert rows["defaults.file_system.deleting"][1:3] == ("10.0", "assumed")
    assert rows["defaults.undocumented.automatic_backups"][1:3] == ("one_zone_only", "scenario")
    assert rows["defaults.undocumented.region_outage"].provenance == "assumed"
    assert len(rows) == len(resolved(full))


def assumed(**parts):
    """Return the names of the assumed parameters that a run of the small scenario uses."""
    scenario = Scenario.model_validate(small(**parts))
    outcome = efssim.run(scenario).outcomes["dr"]
    return {name for name, _ in assumed_parameters(scenario, outcome)}


def test_only_assumptions_that_a_run_uses_are_listed():
    usual = assumed()
    assert usual == {
        "interval",
        "gap",
        "setup",
        "throughput",
        "file_rate",
        "failure_probability",
    }
    with_files = {"fs": {"region": "us-east-1", "files": 5}}
    assert assumed(file_systems=with_files) - usual == {"scan_rate"}
    stream = {
        "arrivals": {"poisson": {"rate": 1}},
        "size": 1,
        "in_file": {"size": "1 GiB"},
    }
    large = {"fs": {"region": "us-east-1", "writes": {"app": stream}}}
    assert assumed(file_systems=large) - usual == {"diff_rate"}


def test_only_assumptions_of_the_control_plane_that_a_run_uses_are_listed():
    usual = assumed()
    anew = {"dr": {"source": "fs", "destination": {"region": "us-west-2"}}}
    assert assumed(replications=anew) - usual == {"enabling"}
    pauses = [{"at": 5, "kms_key_disabled": "dr"}, {"at": 5, "permission_lost": "dr"}]
    assert all(assumed(events=[pause]) - usual == {"pausing", "resuming"} for pause in pauses)
    soon = [{"at": 590, "permission_lost": "dr"}]  # still PAUSING at the end
    assert assumed(events=soon) - usual == {"pausing"}
    fault = {"f": {"every": 50, "kms_key_disabled": "dr", "for": 5}}
    assert assumed(faults=fault) - usual == {"pausing", "resuming"}
    assert assumed(events=[{"at": 5, "region_outage": "us-east-1"}]) == usual
    delete = {
        "at": 5,
        "call": "DeleteReplicationConfiguration",
        "with": {"SourceFileSystemId": "fs"},
    }
    assert assumed(events=[delete]) - usual == {"deleting"}
    calls = [
        {"at": 5, "call": "CreateFileSystem", "region": "us-east-1"},
        {"at": 5, "call": "DeleteFileSystem", "with": {"FileSystemId": "fs"}},
    ]
    assert assumed(events=calls) - usual == {"file_system.creating", "file_system.deleting"}
    known = {"file_system": {"creating": 5, "deleting": 5}}
    assert assumed(events=calls, defaults=known) == usual


# Everything together


def test_expected_volume_is_that_of_the_sources(full):
    """Of the writes to be drawn: at 40/s only of cells, unless each is."""
    each = full.with_({"defaults.drawn": "each"})
    assert expected_volume(each).writes == 40 * 30 * 86_400
    in_cells = expected_volume(full)
    assert in_cells.bytes == expected_volume(each).bytes
    assert in_cells.writes == 30 * 1440 * 6


def test_validating_imports_nothing_heavy(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(FULL, encoding="utf-8")
    heavy = "{'simpy', 'pandas', 'scipy', 'matplotlib'}"
    code = f"import efssim, sys; efssim.load({str(file)!r}); print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_an_empty_scenario_is_one():
    scenario = Scenario.model_validate({"name": "empty", "duration": 60})
    assert (scenario.events, scenario.faults, scenario.links) == ((), {}, {})
    assert scenario.defaults.undocumented == {}


@pytest.mark.parametrize("bad", [5, True, [], {}, None, ["us-east-1"], {"x": 1}, 1.5, ""])
@pytest.mark.parametrize(
    "path",
    [
        *("regions", "links", "events", "faults", "file_systems", "replications", "defaults"),
        *("regions.lab-1", "regions.lab-1.availability_zones", "regions.lab-1.default"),
        *("file_systems.orders", "file_systems.orders.region", "file_systems.zone.id"),
        *("file_systems.zone.availability_zone", "replications.dr", "replications.dr.source"),
        *("replications.dr.destination", "replications.lab.destination.file_system"),
        *("replications.dr.initial", "replications.dr.initial.throughput", "replications.dr.sync"),
        *("events.0", "events.0.at", "events.0.opt_out", "events.3.link_outage"),
        *("events.4.factor", "events.6.kms_key_disabled", "events.9.fail", "events.11.call"),
        *("events.11.with", "faults.wan", "faults.wan.link_outage", "faults.wan.for"),
        *("defaults.undocumented", "defaults.undocumented.automatic_backups"),
        'links."us-east-1->eu-south-1"',
        'links."us-east-1->eu-south-1".capacity',
    ],
)
def test_a_value_of_any_other_kind_is_no_crash(tmp_path, path, bad):
    with contextlib.suppress(ScenarioError):
        assert isinstance(loaded(tmp_path, FULL, f"{path}={json.dumps(bad)}"), Scenario)
