"""Tests of what a user is told about a mistake: every problem at its place, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.installed import efs
from helpers.places import SCENARIOS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import efssim
from efssim.scenario import ScenarioError
from efssim.text.yaml.limits import MAX_VALUES

FIRST_REPORT = SCENARIOS / "first-report.yaml"

VALID = """\
name: a
duration: 10 min
file_systems:
  orders:
    region: us-east-1
    writes:
      app:
        arrivals: {poisson: {rate: 1 per s}}
        size: 1 MiB
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A fresh current folder, so that messages name files as a user typed them."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(text, *overrides):
    """Return the lines that `load` complains with about `s.yaml` in the current folder."""
    Path("s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        efssim.load("s.yaml", overrides)
    return str(caught.value).splitlines()


def changed(old, new):
    """Return the valid scenario with one passage replaced."""
    assert VALID.count(old) == 1
    return VALID.replace(old, new)


def test_the_valid_scenario_of_these_tests_is_valid(folder):
    Path("s.yaml").write_text(VALID, encoding="utf-8")
    assert efssim.load("s.yaml").name == "a"


MANY = """\
name: many
durration: 10 min
duration: 10 parsec
warm_up: no
seed: 12:30
start: 017
rpo: {target: 15 min, attainment: 120 %}
file_systems:
  orders:
    region: us-eat-1
    size: 64 Kib
    files: 1.5
    throughput_mode: elastik
    encrypted: "no"
    writes:
      oltp:
        arrivals: {poisson: {rate: 1 per s}, constant: {rate: 4 KiB}}
        size: {lognormall: {median: 1 KiB}}
      x: 5
      "y.z":
        arrivals: {poison: {rate: 1 per s}}
        trace: {file: nothing.csv}
replications:
  dr:
    source: oders
    destination: {region: us-west-22}
    established: true
  second: {source: orders, destination: us-west-2, established: false}
  third: {source: orders, destination: {region: eu-west-1}, established: "yes"}
events:
  - {at: 1 min, opt_outt: us-west-2}
  - {at: 1 min, fail: oders, for: 5 min}
  - {at: 1 min, link_degraded: us-east-1 -> eu-wst-1, call: DescribeFileSystem}
faults:
  wan: {link_outage: us-east-1, every: 0 s}
  off: {opt_out: eu-west-1, every: 1 day, for: 1 h}
links: {us-east-1->eu-west-1: {capacity: 1 Gbps}}
regions: {us-west-2: {opted_in: no}, lab-1: {}}
defaults: {undocumented: {region_outtage: x}}
"""


MANY_LINES = """\
s.yaml:2:1: durration: unknown key (did you mean 'duration'?)
s.yaml:3:11: duration: unknown unit 'parsec' (did you mean 'sec'?)
s.yaml:4:10: warm_up: 'no' is not a duration such as '15 min' or '1 h 30 min'
s.yaml:5:7: seed: '12:30' is not a count such as '4 million'
s.yaml:6:8: start: 17 is not a date such as '2026-01-31T12:00:00Z'
s.yaml:7:35: rpo.attainment: '120 %' is above 100 %
s.yaml:10:13: file_systems.orders.region: unknown Region 'us-eat-1' (did you mean 'us-east-1'?)
s.yaml:11:11: file_systems.orders.size: unit 'Kib' may be bits or bytes (write KiB)
s.yaml:12:12: file_systems.orders.files: 1.5 is not a whole number
s.yaml:13:22: file_systems.orders.throughput_mode: must be 'bursting', 'provisioned' or 'elastic'
s.yaml:14:16: file_systems.orders.encrypted: must be true or false
s.yaml:17:63: file_systems.orders.writes.oltp.arrivals.constant.rate: '4 KiB' is a rate of bytes, not of events such as '40 per s'
s.yaml:18:16: file_systems.orders.writes.oltp.size.lognormall: unknown key (did you mean 'lognormal'?)
s.yaml:19:10: file_systems.orders.writes.x: must be a mapping of names to values
s.yaml:21:9: file_systems.orders.writes."y.z": has a trace as well as arrivals or size; a trace says both
s.yaml:21:20: file_systems.orders.writes."y.z".arrivals.poison: unknown key (did you mean 'poisson'?)
s.yaml:22:23: file_systems.orders.writes."y.z".trace.file: no such file
s.yaml:25:13: replications.dr.source: no file system is named 'oders' (did you mean 'orders'?)
s.yaml:26:27: replications.dr.destination.region: unknown Region 'us-west-22' (did you mean 'us-west-2'?)
s.yaml:28:41: replications.second.destination: must be a mapping, such as {region: us-west-2}
s.yaml:29:19: replications.third.source: file system 'orders' is the source of replication 'second' already; a file system can be part of only one replication configuration
s.yaml:29:74: replications.third.established: must be true or false
s.yaml:31:17: events.0.opt_outt: unknown key (did you mean 'opt_out'?)
s.yaml:32:23: events.1.fail: no file system is named 'oders' (did you mean 'orders'?)
s.yaml:32:35: events.1.for: a failed file system does not recover, so `fail` takes no `for`
s.yaml:33:5: events.2: needs exactly one of opt_out, region_outage, link_outage, link_degraded, kms_key_disabled, permission_lost, fail, fence, move_writes, api_error, call, not link_degraded and call
s.yaml:33:32: events.2.link_degraded: unknown Region 'eu-wst-1' (did you mean 'eu-west-1'?)
s.yaml:33:61: events.2.call: unknown operation 'DescribeFileSystem' (did you mean 'DescribeFileSystems'?)
s.yaml:35:8: faults.wan.for: is required
s.yaml:35:22: faults.wan.link_outage: 'us-east-1' is not a link such as 'us-east-1 -> eu-south-1'
s.yaml:35:40: faults.wan.every: must be longer than 0 s on average
s.yaml:36:18: faults.off.opt_out: AWS enables 'eu-west-1' by default, so nobody can opt out of it; `regions: {eu-west-1: {default: false}}` makes it a Region to opt in to
s.yaml:37:42: links."us-east-1->eu-west-1".capacity: unknown unit 'Gbps' (write Gbit/s or GB/s)
s.yaml:38:33: regions.us-west-2.opted_in: must be true or false
s.yaml:38:45: regions.lab-1: unknown Region 'lab-1'; `custom: true` declares a Region that AWS lacks
s.yaml:39:27: defaults.undocumented.region_outtage: unknown key (did you mean 'region_outage'?)
""".splitlines()  # noqa: E501 - the lines as a user sees them


def test_every_problem_of_a_file_at_once(folder):
    # A trace is only looked for where start and duration are known.
    text = MANY.replace("duration: 10 parsec", "duration: 10 min").replace("017", "2026-01-01")
    expected = [line for line in MANY_LINES if ":3:11:" not in line and ":6:8:" not in line]
    assert refusal(text) == expected


def test_a_malformed_duration_hides_only_the_traces(folder):
    assert refusal(MANY) == [line for line in MANY_LINES if ":22:23:" not in line]


@pytest.mark.parametrize("command", [["run"], ["run", "--format", "json"], ["validate"]])
def test_bad_input_ends_with_2_on_stderr_and_writes_nothing(folder, command):
    Path("s.yaml").write_text(MANY, encoding="utf-8")
    out = ["--out", "out"] if "run" in command else []
    done = efs(*command, "s.yaml", *out)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert len(lines) == len(MANY_LINES) - 1
    assert all(line.startswith("s.yaml:") for line in lines)
    assert [path.name for path in folder.iterdir()] == ["s.yaml"]


def test_an_out_folder_that_exists_is_untouched_by_bad_input(folder):
    Path("s.yaml").write_text(changed("1 MiB", "1 Mib"), encoding="utf-8")
    Path("out").mkdir()
    Path("out", "summary.json").write_text("mine", encoding="utf-8")
    assert efs("run", "s.yaml", "--out", "out").returncode == 2
    assert [path.name for path in Path("out").iterdir()] == ["summary.json"]
    assert Path("out", "summary.json").read_text(encoding="utf-8") == "mine"


def test_validate_tells_the_problems_of_all_files(folder):
    Path("s.yaml").write_text(changed("1 MiB", "1 Mib"), encoding="utf-8")
    Path("t.yaml").write_text(changed("10 min", "10 mn"), encoding="utf-8")
    done = efs("validate", "s.yaml", "t.yaml", "absent.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [
        "s.yaml:9:15",
        "t.yaml:2:11",
        "absent.yaml:1:1",
    ]


ONE_PROBLEM = {
    # wrong types
    "file_systems is a list": (
        "name: a\nduration: 1 h\nfile_systems: [1]\n",
        "s.yaml:3:15: file_systems: must be a mapping of names to values",
    ),
    "a name is a number": (
        changed("name: a", "name: 5"),
        "s.yaml:1:7: name: must be a string",
    ),
    "a list for a size": (changed("1 MiB", "[1 MiB]"), "s.yaml:9:15: file_systems.orders."),
    "a truth for a duration": (changed("10 min", "true"), "s.yaml:2:11: duration: "),
    "a key without a value": (
        changed("    region: us-east-1", "    region: us-east-1\n    size:"),
        "s.yaml:6:10: file_systems.orders.size: has no value",
    ),
    "not a mapping": ("- a\n", "s.yaml:1:1: the top level must be a mapping"),
    # missing
    "nothing to write": (
        changed("        size: 1 MiB\n", ""),
        "s.yaml:8:9: file_systems.orders.writes.app: needs arrivals and size, or a trace",
    ),
    "no source": (
        changed("    source: orders\n", ""),
        "s.yaml:12:5: replications.dr.source: is required",
    ),
    # scalars of YAML 1.2
    "no is a word": (changed("region: us-east-1", "region: no"), "unknown Region 'no'"),
    "12:30 is no number": (changed("10 min", "12:30"), "s.yaml:2:11: duration: '12:30' is not"),
    # YAML itself
    "duplicate key": (
        changed("        size: 1 MiB\n", "        size: 1 MiB\n        size: 2 MiB\n"),
        "s.yaml:10:9: file_systems.orders.writes.app.size: duplicate key, first on line 9",
    ),
    "object": (
        changed("1 MiB", "!!python/object/apply:os.system [true]"),
        "s.yaml:9:15: file_systems.orders.writes.app.size: !!python/object/apply:os.system: tags",
    ),
    "tab": (changed("    region", "\tregion"), "s.yaml:5:1: a tab indents"),
    # the parts do not fit
    "no time": (
        changed(
            "established: true",
            "established: true\n    sync: {preset: none, throughput: 1 MiB/s}",
        ),
        "s.yaml:15:11: replications.dr.sync: interval, gap and setup are all zero,"
        " so no time can pass",
    ),
    "no time by the distributions": (
        changed(
            "established: true",
            "established: true\n    sync: {interval: 0, gap: {uniform: {low: 0, high: 0}},"
            " setup: {empirical: {values: [0, 0]}}}",
        ),
        "s.yaml:15:11: replications.dr.sync: interval, gap and setup are all zero",
    ),
    "warm_up": (
        changed("duration: 10 min", "duration: 10 min\nwarm_up: 600 s"),
        "s.yaml:3:10: warm_up: is not shorter than duration, so nothing would be measured",
    ),
    "another partition": (
        changed("us-west-2", "cn-north-1"),
        "s.yaml:13:27: replications.dr.destination.region: Region 'cn-north-1' is in another"
        " partition than the source's 'us-east-1'",
    ),
    "custom Region that AWS has": (
        VALID + "regions: {eu-west-1: {custom: true}}\n",
        "s.yaml:15:31: regions.eu-west-1.custom: 'eu-west-1' is a Region of AWS",
    ),
}


@pytest.mark.parametrize("case", ONE_PROBLEM)
def test_problem(folder, case):
    text, expected = ONE_PROBLEM[case]
    lines = refusal(text)
    assert len(lines) == 1
    assert expected in lines[0]


def test_required_key_without_a_value(folder):
    lines = refusal(changed("    region: us-east-1", "    region:"))
    assert lines == ["s.yaml:5:12: file_systems.orders.region: has no value"]


def test_two_replications_of_one_source(folder):
    second = "  two: {source: orders, destination: {region: eu-west-1}, established: true}\n"
    assert refusal(VALID + second) == [
        "s.yaml:15:17: replications.two.source: file system 'orders' is the source of replication"
        " 'dr' already; a file system can be part of only one replication configuration"
    ]


def test_numbers_of_yaml_1_2_are_numbers(folder):
    text = changed("duration: 10 min", "duration: 1e3\nseed: 017").replace("1 MiB", "1e6")
    Path("s.yaml").write_text(text, encoding="utf-8")
    scenario = efssim.load("s.yaml")
    assert (scenario.duration, scenario.seed) == (1000.0, 17)
    assert scenario.file_systems["orders"].writes["app"].size.constant == 1_000_000


def test_alias_bomb(folder):
    lines = ["a0: &a0 [1, 1]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, 9)]
    (line,) = refusal("\n".join(lines))
    assert line.startswith("s.yaml:6:")
    assert f"more than {MAX_VALUES:,} values, each alias counted" in line


# The grammar of places, replications and disturbances


def with_lines(*lines):
    return VALID + "\n".join(lines) + "\n"


def after(passage, *lines):
    return changed(passage, "\n".join((passage, *lines)))


_STREAM = "        size: 1 MiB"
_FILE_SYSTEM = "    region: us-east-1"
_REPLICATION = "    source: orders"
_DESTINATION = "{region: us-west-2}"
_COPY = "  copy: {region: us-west-2}\nreplications:"


def with_copy(destination, copy="{region: us-west-2}"):
    """Return the valid scenario with a second file system, `copy`, and another destination."""
    text = changed(_DESTINATION, destination)
    return text.replace("replications:", f"  copy: {copy}\nreplications:")


def with_event(event):
    return with_lines(f"events: [{event}]")


def with_fault(fault):
    return with_lines(f"faults: {{f: {fault}}}")


_ANY_KIND = (
    "needs exactly one of opt_out, region_outage, link_outage, link_degraded, kms_key_disabled,"
    " permission_lost, fail, fence, move_writes, api_error"
)
_ALWAYS_ON = (
    "AWS enables '{0}' by default, so nobody can opt out of it;"
    " `regions: {{{0}: {{default: false}}}}` makes it a Region to opt in to"
)
GRAMMAR = {
    # write streams
    "a hot set below one block": (
        after(_STREAM, "        hot_set: {size: 4 KiB, block: 64 KiB}"),
        "10:18: file_systems.orders.writes.app.hot_set: size is below that of one block",
    ),
    "a hot set larger than its file": (
        after(
            _STREAM,
            "        hot_set: {size: 2 MiB, block: 4 KiB}",
            "        in_file: {size: 1 MiB}",
        ),
        "8:9: file_systems.orders.writes.app: hot_set is larger than the file that it lies in",
    ),
    "a file beyond the quota": (
        after(_STREAM, "        in_file: {size: 48 TiB}"),
        "10:25: file_systems.orders.writes.app.in_file.size: is above 47.9 TiB, the largest file"
        " that EFS takes",
    ),
    "a share above all": (
        after(_STREAM, "        hot_set: {size: 1 MiB, block: 4 KiB, share: 80}"),
        "10:53: file_systems.orders.writes.app.hot_set.share: 80 is above 1 (did you mean '80 %'?)",
    ),
    # file systems
    "nowhere": (
        changed("    region: us-east-1\n", ""),
        "5:5: file_systems.orders: needs region or availability_zone",
    ),
    "a zone elsewhere": (
        after(_FILE_SYSTEM, "    availability_zone: us-east-2a"),
        "6:24: file_systems.orders.availability_zone: 'us-east-2a' is not in Region 'us-east-1'",
    ),
    "a zone in no Region": (
        changed(_FILE_SYSTEM, "    availability_zone: us-eat-1a"),
        "5:24: file_systems.orders.availability_zone: unknown Region 'us-eat-1'"
        " (did you mean 'us-east-1'?)",
    ),
    "no zone at all": (
        after(_FILE_SYSTEM, "    availability_zone: us-east-1"),
        "6:24: file_systems.orders.availability_zone: 'us-east-1' is not an Availability Zone"
        " such as 'us-east-1a'",
    ),
    "an unknown throughput mode": (
        after(_FILE_SYSTEM, "    throughput_mode: elastik"),
        "6:22: file_systems.orders.throughput_mode: must be 'bursting', 'provisioned' or 'elastic'",
    ),
    "provisioned without an amount": (
        after(_FILE_SYSTEM, "    throughput_mode: provisioned"),
        "5:5: file_systems.orders.provisioned_throughput: is required",
    ),
    "an amount without provisioned": (
        after(_FILE_SYSTEM, "    provisioned_throughput: 1 MiB/s"),
        "6:29: file_systems.orders.provisioned_throughput: goes with `throughput_mode: provisioned`"
        " only",
    ),
    "provisioned without limit": (
        after(_FILE_SYSTEM, "    throughput_mode: provisioned", "    provisioned_throughput: none"),
        "7:29: file_systems.orders.provisioned_throughput: needs a rate of bytes, not `none`",
    ),
    "encrypted is a word": (
        after(_FILE_SYSTEM, "    encrypted: no"),
        "6:16: file_systems.orders.encrypted: must be true or false",
    ),
    "no id": (
        after(_FILE_SYSTEM, "    id: fs-12345"),
        "6:9: file_systems.orders.id: 'fs-12345' is not an id: `fs-` and 8 to 40 hexadecimal"
        " digits",
    ),
    "one id twice": (
        with_copy(_DESTINATION, "{region: us-east-1, id: fs-12345678}").replace(
            _FILE_SYSTEM + "\n", _FILE_SYSTEM + "\n    id: fs-12345678\n"
        ),
        "11:33: file_systems.copy.id: is the id of file system 'orders' too",
    ),
    "the name of a new destination": (
        changed("replications:", "  dr.destination: {region: us-west-2}\nreplications:"),
        '10:19: file_systems."dr.destination": is the name of the new destination of replication'
        " 'dr'",
    ),
    # destinations
    "a destination nowhere": (
        changed(_DESTINATION, "{kms_key_id: alias/dr}"),
        "13:18: replications.dr.destination: needs region, availability_zone or file_system",
    ),
    "a destination's zone elsewhere": (
        changed(_DESTINATION, "{region: us-west-2, availability_zone: us-west-1a}"),
        "13:57: replications.dr.destination.availability_zone: 'us-west-1a' is not in Region"
        " 'us-west-2'",
    ),
    "a destination's zone in another partition": (
        changed(_DESTINATION, "{availability_zone: cn-north-1a}"),
        "13:38: replications.dr.destination.availability_zone: Region 'cn-north-1' is in another"
        " partition than the source's 'us-east-1'",
    ),
    "an existing destination in another partition": (
        with_copy("{file_system: copy}", "{region: us-gov-east-1}"),
        "14:32: replications.dr.destination.file_system: Region 'us-gov-east-1' is in another"
        " partition than the source's 'us-east-1'",
    ),
    "no such destination": (
        with_copy("{file_system: coppy}"),
        "14:32: replications.dr.destination.file_system: no file system is named 'coppy'"
        " (did you mean 'copy'?)",
    ),
    "the source is the destination": (
        changed(_DESTINATION, "{file_system: orders}"),
        "13:32: replications.dr.destination.file_system: file system 'orders' is the source of"
        " replication 'dr' already; a file system can be part of only one replication"
        " configuration",
    ),
    "a destination that is a source": (
        with_copy("{file_system: copy}")
        + "  two: {source: copy, destination: {region: us-east-2}}\n",
        "16:17: replications.two.source: file system 'copy' is the destination of replication 'dr'"
        " already; a file system can be part of only one replication configuration",
    ),
    "a destination in another Region": (
        with_copy("{file_system: copy, region: eu-west-1}"),
        "14:46: replications.dr.destination.region: file system 'copy' is in 'us-west-2'",
    ),
    "a destination in another zone": (
        with_copy(
            "{file_system: copy, availability_zone: us-west-2b}", "{availability_zone: us-west-2a}"
        ),
        "14:57: replications.dr.destination.availability_zone: file system 'copy' is in"
        " 'us-west-2a'",
    ),
    "a destination in no zone": (
        with_copy("{file_system: copy, availability_zone: us-west-2b}"),
        "14:57: replications.dr.destination.availability_zone: file system 'copy' is not in"
        " 'us-west-2b'",
    ),
    # replications
    "a misspelt delay": (
        after(_REPLICATION, "    control: {enablin: 5 min}"),
        "13:15: replications.dr.control.enablin: unknown key (did you mean 'enabling'?)",
    ),
    "differing without an existing destination": (
        after(_REPLICATION, "    initial: {differing: 1 GiB}"),
        "13:26: replications.dr.initial.differing: goes with `destination.file_system` only",
    ),
    "established is a word": (
        changed("established: true", "established: yes"),
        "14:18: replications.dr.established: must be true or false",
    ),
    # Regions
    "out of a default Region": (
        with_lines("regions: {eu-west-1: {opted_in: false}}"),
        f"15:33: regions.eu-west-1.opted_in: {_ALWAYS_ON.format('eu-west-1')}",
    ),
    "out of a Region of another partition": (
        with_lines("regions: {cn-north-1: {opted_in: false}}"),
        f"15:34: regions.cn-north-1.opted_in: {_ALWAYS_ON.format('cn-north-1')}",
    ),
    "out of a Region that is on by declaration": (
        with_lines("regions: {eu-south-1: {opted_in: false, default: true}}"),
        f"15:34: regions.eu-south-1.opted_in: {_ALWAYS_ON.format('eu-south-1')}",
    ),
    "a zone of another Region": (
        with_lines("regions: {us-east-1: {availability_zones: {us-east-2a: use2-az1}}}"),
        "15:56: regions.us-east-1.availability_zones.us-east-2a: 'us-east-2a' is not in Region"
        " 'us-east-1'",
    ),
    "a malformed zone of a Region": (
        with_lines("regions: {us-east-1: {availability_zones: {a: use1-az1}}}"),
        "15:47: regions.us-east-1.availability_zones.a: 'a' is not an Availability Zone such as"
        " 'us-east-1a'",
    ),
    # links
    "no link": (
        with_lines("links: {us-east-1: {latency: 90 ms}}"),
        "15:20: links.us-east-1: 'us-east-1' is not a link such as 'us-east-1 -> eu-south-1'",
    ),
    "a link to nowhere": (
        with_lines("links: {us-east-1 -> us-wst-2: {latency: 90 ms}}"),
        "15:32: links.\"us-east-1 -> us-wst-2\": unknown Region 'us-wst-2'"
        " (did you mean 'us-west-2'?)",
    ),
    "one link twice": (
        with_lines(
            "links:",
            "  us-east-1 -> us-west-2: {latency: 90 ms}",
            "  us-east-1->us-west-2: {latency: 80 ms}",
        ),
        "17:25: links.\"us-east-1->us-west-2\": is the same link as 'us-east-1 -> us-west-2'",
    ),
    "no capacity at all": (
        with_lines("links: {us-east-1 -> us-west-2: {capacity: 0}}"),
        '15:44: links."us-east-1 -> us-west-2".capacity: 0 is not above 0',
    ),
    # events
    "events are a list": (
        with_lines("events: {at: 5 s, fail: orders}"),
        "15:9: events: must be a list",
    ),
    "nothing happens": (
        with_event("{at: 5 s}"),
        f"15:10: events.0: {_ANY_KIND}, call",
    ),
    "two things happen": (
        with_event("{at: 5 s, fail: orders, region_outage: us-east-1}"),
        f"15:10: events.0: {_ANY_KIND}, call, not region_outage and fail",
    ),
    "a misspelt kind is one problem": (
        with_event("{at: 5 s, regionoutage: us-east-1}"),
        "15:20: events.0.regionoutage: unknown key (did you mean 'region_outage'?)",
    ),
    "no time": (
        with_event("{fail: orders}"),
        "15:10: events.0.at: is required",
    ),
    "a time after the end": (
        with_event("{at: 11 min, fail: orders}"),
        "15:15: events.0.at: is after the end of the run, so it would never happen",
    ),
    "lasts no time": (
        with_event("{at: 5 s, region_outage: us-east-1, for: 0 s}"),
        "15:51: events.0.for: must be greater than 0",
    ),
    "a field's name is not a key": (
        with_event("{at: 5 s, region_outage: us-east-1, lasts: 5 s}"),
        "15:46: events.0.lasts: unknown key",
    ),
    "a parameter's name is not a key": (
        with_event("{at: 5 s, call: DescribeFileSystems, parameters: {}}"),
        "15:47: events.0.parameters: unknown key",
    ),
    "a misspelt for": (
        with_event("{at: 5 s, region_outage: us-east-1, fro: 5 s}"),
        "15:46: events.0.fro: unknown key (did you mean 'for'?)",
    ),
    "out of a default Region later": (
        with_event("{at: 5 s, opt_out: us-west-2}"),
        f"15:29: events.0.opt_out: {_ALWAYS_ON.format('us-west-2')}",
    ),
    "an outage nowhere": (
        with_event("{at: 5 s, region_outage: us-wst-2}"),
        "15:35: events.0.region_outage: unknown Region 'us-wst-2' (did you mean 'us-west-2'?)",
    ),
    "an outage of a link to nowhere": (
        with_event("{at: 5 s, link_outage: us-east-1 -> us-wst-2}"),
        "15:33: events.0.link_outage: unknown Region 'us-wst-2' (did you mean 'us-west-2'?)",
    ),
    "an outage of no link": (
        with_event("{at: 5 s, link_outage: us-east-1 us-west-2}"),
        "15:33: events.0.link_outage: 'us-east-1 us-west-2' is not a link such as"
        " 'us-east-1 -> eu-south-1'",
    ),
    "degraded by nothing": (
        with_event("{at: 5 s, link_degraded: us-east-1 -> us-west-2}"),
        "15:10: events.0.factor: is required",
    ),
    "degraded to nothing": (
        with_event("{at: 5 s, link_degraded: us-east-1 -> us-west-2, factor: 0}"),
        "15:67: events.0.factor: must be greater than 0",
    ),
    "degraded to more": (
        with_event("{at: 5 s, link_degraded: us-east-1 -> us-west-2, factor: 2}"),
        "15:67: events.0.factor: 2 is above 1 (did you mean '2 %'?)",
    ),
    "a factor of an outage": (
        with_event("{at: 5 s, link_outage: us-east-1 -> us-west-2, factor: 0.1}"),
        "15:65: events.0.factor: goes with link_degraded only",
    ),
    "a key of no replication": (
        with_event("{at: 5 s, kms_key_disabled: drr}"),
        "15:38: events.0.kms_key_disabled: no replication is named 'drr' (did you mean 'dr'?)",
    ),
    "a permission of no replication": (
        with_event("{at: 5 s, permission_lost: orders}"),
        "15:37: events.0.permission_lost: no replication is named 'orders'",
    ),
    "no file system fails": (
        with_event("{at: 5 s, fail: order}"),
        "15:26: events.0.fail: no file system is named 'order' (did you mean 'orders'?)",
    ),
    "a failure that ends": (
        with_event("{at: 5 s, fail: orders, for: 5 s}"),
        "15:39: events.0.for: a failed file system does not recover, so `fail` takes no `for`",
    ),
    "an unknown call": (
        with_event("{at: 5 s, call: DeleteReplication}"),
        "15:26: events.0.call: unknown operation 'DeleteReplication'"
        " (did you mean 'DeleteReplicationConfiguration'?)",
    ),
    "a call that ends": (
        with_event("{at: 5 s, call: DescribeFileSystems, for: 5 s}"),
        "15:52: events.0.for: a call has no end, so `call` takes no `for`",
    ),
    "a call with a list": (
        with_event("{at: 5 s, call: DescribeFileSystems, with: [5]}"),
        "15:53: events.0.with: must be a mapping of names to values",
    ),
    "a call in no Region": (
        with_event("{at: 5 s, call: DescribeFileSystems, region: us-eat-1}"),
        "15:55: events.0.region: unknown Region 'us-eat-1' (did you mean 'us-east-1'?)",
    ),
    "an expectation of something else": (
        with_event("{at: 5 s, call: DescribeFileSystems, expect: BadRequest}"),
        "15:55: events.0.expect: must be 'ok'",
    ),
    "parameters of a failure": (
        with_event("{at: 5 s, fail: orders, with: {}}"),
        "15:40: events.0.with: goes with call only",
    ),
    "an expectation of a failure": (
        with_event("{at: 5 s, fail: orders, expect: ok}"),
        "15:42: events.0.expect: goes with call only",
    ),
    "the Region of a failure": (
        with_event("{at: 5 s, fail: orders, region: us-east-1}"),
        "15:42: events.0.region: goes with call and api_error only",
    ),
    "an error of no operation": (
        with_event("{at: 5 s, api_error: DescribeFileSystem, code: BadRequest}"),
        "15:31: events.0.api_error: unknown operation 'DescribeFileSystem'"
        " (did you mean 'DescribeFileSystems'?)",
    ),
    "an error without a code": (
        with_event("{at: 5 s, api_error: DescribeFileSystems}"),
        "15:10: events.0.code: is required",
    ),
    "an unknown code": (
        with_event("{at: 5 s, api_error: DescribeFileSystems, code: BadRequst}"),
        "15:58: events.0.code: unknown error code 'BadRequst' (did you mean 'BadRequest'?)",
    ),
    "an error no times": (
        with_event("{at: 5 s, api_error: TagResource, code: BadRequest, times: 0}"),
        "15:69: events.0.times: must be greater than 0",
    ),
    "a code of a failure": (
        with_event("{at: 5 s, fail: orders, code: BadRequest}"),
        "15:40: events.0.code: goes with api_error only",
    ),
    "times of a failure": (
        with_event("{at: 5 s, fail: orders, times: 2}"),
        "15:41: events.0.times: goes with api_error only",
    ),
    # faults
    "no fault": (
        with_fault("{every: 1 h, for: 5 s}"),
        f"15:13: faults.f: {_ANY_KIND}",
    ),
    "a call at random": (
        with_fault("{call: DescribeFileSystems, every: 1 h}"),
        "15:14: faults.f.call: unknown key",
    ),
    "a time of a fault": (
        with_fault("{fail: orders, at: 5 s, every: 1 h}"),
        "15:28: faults.f.at: unknown key",
    ),
    "how often": (
        with_fault("{region_outage: us-east-1, for: 5 s}"),
        "15:13: faults.f.every: is required",
    ),
    "always": (
        with_fault("{region_outage: us-east-1, every: {uniform: {low: 0, high: 0}}, for: 5 s}"),
        "15:47: faults.f.every: must be longer than 0 s on average",
    ),
    "how long": (
        with_fault("{region_outage: us-east-1, every: 1 h}"),
        "15:13: faults.f.for: is required",
    ),
    "a failure at random that ends": (
        with_fault("{fail: orders, every: 1 h, for: 5 s}"),
        "15:45: faults.f.for: a failed file system does not recover, so `fail` takes no `for`",
    ),
    "out of a default Region at random": (
        with_fault("{opt_out: us-west-2, every: 1 h, for: 5 s}"),
        f"15:23: faults.f.opt_out: {_ALWAYS_ON.format('us-west-2')}",
    ),
    "a link to nowhere at random": (
        with_fault("{link_degraded: us-wst-2 -> us-east-1, factor: 0.5, every: 1 h, for: 5 s}"),
        "15:29: faults.f.link_degraded: unknown Region 'us-wst-2' (did you mean 'us-west-2'?)",
    ),
    "a replication at random": (
        with_fault("{permission_lost: drr, every: 1 h, for: 5 s}"),
        "15:31: faults.f.permission_lost: no replication is named 'drr' (did you mean 'dr'?)",
    ),
    # defaults
    "an unknown choice": (
        with_lines("defaults: {undocumented: {automatic_backup: enabled}}"),
        "15:27: defaults.undocumented.automatic_backup: unknown key"
        " (did you mean 'automatic_backups'?)",
    ),
    "an unknown alternative": (
        with_lines("defaults: {undocumented: {automatic_backups: one_zone}}"),
        "15:46: defaults.undocumented.automatic_backups: 'one_zone' is not one of enabled,"
        " one_zone_only (did you mean 'one_zone_only'?)",
    ),
    "defaults in which no time passes": (
        with_lines("defaults: {sync: {preset: none}}"),
        "15:18: defaults.sync: interval, gap and setup are all zero, so no time can pass",
    ),
    "a misspelt default": (
        with_lines("defaults: {file_system: {createing: 5 s}}"),
        "15:26: defaults.file_system.createing: unknown key (did you mean 'creating'?)",
    ),
}


@pytest.mark.parametrize("case", GRAMMAR)
def test_problem_of_the_grammar(folder, case):
    text, expected = GRAMMAR[case]
    (line,) = refusal(text)
    assert line == f"s.yaml:{expected}"


# Links that several replications share


SHARED = """\
name: shared
duration: 1 day
links: {us-east-1 -> eu-south-1: {capacity: 100 MB/s}}
file_systems:
  a: {region: us-east-1}
  b: {availability_zone: us-east-1a}
  copy: {region: eu-south-1}
replications:
  x: {source: a, destination: {availability_zone: eu-south-1b}, established: true, sync: {throughput: 40 MB/s}}
  y: {source: b, destination: {file_system: copy}, established: true, sync: {throughput: 60 MB/s}}
"""  # noqa: E501 - one line for each replication


@pytest.mark.parametrize("throughput", ["60 MB/s", "61 MB/s", "none"])
def test_replications_may_share_a_link(folder, throughput):
    Path("s.yaml").write_text(SHARED.replace("60 MB/s", throughput), encoding="utf-8")
    assert efssim.load("s.yaml").links["us-east-1 -> eu-south-1"].capacity == 100e6


@pytest.mark.parametrize("weight", ["0", "-1", "1e7", "heavy"])
def test_a_weight_on_a_shared_link_is_a_number_in_bounds(folder, weight):
    text = SHARED.replace("throughput: 40 MB/s", f"throughput: 40 MB/s, weight: {weight}")
    (line,) = refusal(text)
    assert "replications.x.sync.weight" in line


def test_a_link_limits_a_single_replication(folder):
    text = SHARED.replace("100 MB/s", "1 MB/s").replace(
        "a: {region: us-east-1}", "a: {region: us-west-1}"
    )
    Path("s.yaml").write_text(text, encoding="utf-8")
    assert efssim.load("s.yaml").links["us-east-1 -> eu-south-1"].capacity == 1e6


# Traces


TRACED = """\
name: t
duration: 10 min
file_systems:
  fs:
    region: us-east-1
    writes:
      measured:
        trace: {file: w.csv, period: 5 min}
replications:
  dr: {source: fs, destination: {region: us-west-2}, established: true}
"""
_AT = "s.yaml:8:23: file_systems.fs.writes.measured.trace.file: "


def test_missing_trace(folder):
    assert refusal(TRACED) == [f"{_AT}no such file"]


def test_bad_rows_are_all_told_with_their_lines(folder):
    Path("w.csv").write_text("timestamp,value\n0,5\n300,x\nsoon,5\n", encoding="utf-8")
    lines = refusal(TRACED)
    assert [line.startswith(f"{_AT}w.csv:{k}: ") for line, k in zip(lines, (3, 4), strict=True)]
    assert "'x'" in lines[0]
    assert "'soon'" in lines[1]


def test_trace_without_its_column(folder):
    Path("w.csv").write_text("Timestamp,bytes\n0,5\n", encoding="utf-8")
    lines = refusal(TRACED)
    assert all(line.startswith(f"{_AT}w.csv:1: has no column") for line in lines)
    assert "(did you mean 'Timestamp'?)" in lines[0]


def test_trace_that_covers_less_than_the_run(folder):
    Path("w.csv").write_text("timestamp,value\n0,5\n", encoding="utf-8")
    (line,) = refusal(TRACED)
    assert line.startswith(f"{_AT}covers ")
    assert "`repeat: true`" in line
    Path("s.yaml").write_text(TRACED.replace("5 min}", "5 min, repeat: true}"), encoding="utf-8")
    assert efssim.load("s.yaml").duration == 600


def test_trace_beside_a_size(folder):
    Path("w.csv").write_text("timestamp,value\n0,5\n300,5\n", encoding="utf-8")
    assert refusal(TRACED.replace("5 min}", "5 min}\n        size: 1 MiB")) == [
        "s.yaml:8:9: file_systems.fs.writes.measured: has a trace as well as arrivals or size;"
        " a trace says both"
    ]


# Overrides


OVERRIDES = {
    "duration=10 mn": "--set:1:10: duration: unknown unit 'mn'",
    "durration=10 min": "--set:1:1: durration: unknown key (did you mean 'duration'?)",
    "file_systems.orders.sizze=4": (
        "--set:1:21: file_systems.orders.sizze: unknown key (did you mean 'size'?)"
    ),
    "replications.dr.source=ordres": (
        "--set:1:24: replications.dr.source: no file system is named 'ordres'"
        " (did you mean 'orders'?)"
    ),
    "file_systems.orders.region.x=1": (
        "--set:1:28: file_systems.orders.region.x: a single value has no parts to set"
    ),
    "duration": "--set:1:1: expected path=value",
    "=5": "--set:1:1: ",
    "events=[{at: 5 s}]": "--set:1:9: events.0: needs exactly one of opt_out, ",
    "events=[{at: 5 s, fail: order}]": (
        "--set:1:25: events.0.fail: no file system is named 'order' (did you mean 'orders'?)"
    ),
    'links."us-east-1 -> us-west-2".latency=5 B': (
        '--set:1:40: links."us-east-1 -> us-west-2".latency: '
    ),
    "duration={a: 1": "--set:1:15: duration: not YAML: ",
}


@pytest.mark.parametrize("text", OVERRIDES)
def test_override_has_its_own_position(folder, text):
    (line,) = refusal(VALID, text)
    assert line.startswith(OVERRIDES[text])


def test_second_override_is_number_2(folder):
    lines = refusal(changed("1 MiB", "1 Mib"), "seed=5", "warm_up=no")
    assert [line.split(": ")[0] for line in lines] == ["s.yaml:9:15", "--set:2:9"]


def test_override_mends_a_mistake(folder):
    Path("s.yaml").write_text(changed("1 MiB", "1 Mib"), encoding="utf-8")
    assert efssim.load("s.yaml", ["file_systems.orders.writes.app.size=1 MiB"])


# Any text


CHUNKS = [
    *("", "\n", "  ", "- ", ": ", "{", "}", "[", "]", "'", '"', "&a ", "*a", "!!int ", "#", "\t"),
    *("0", "-1", "1e6", "017", "no", "null", "12:30", ".inf", ".nan", "1e300", "é", "%", "?", "|"),
    *("5 min", "64 KiB", "1 per s", "{exponential: {mean: 5 s}}", "none", "true", "false"),
    *("trace: {file: first-report.yaml}", "region: ", "source: orders", "dr", "<<: "),
]


@st.composite
def mutated(draw):
    """Draw the text of the shipped scenario with a few passages deleted, replaced or inserted."""
    text = FIRST_REPORT.read_text(encoding="utf-8").partition("name: ")[2]
    text = f"name: {text}"
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        chunk = draw(st.sampled_from(CHUNKS) | st.text(st.characters(codec="utf-8"), max_size=5))
        text = text[:start] + chunk + text[end:]
    return text


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "s.yaml"


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=mutated())
def test_any_text_is_a_scenario_or_problems_inside_the_file(place, text):
    place.write_text(text, encoding="utf-8", newline="")
    for problem in problems_of(place):
        assert problem.message
        assert len(str(problem).splitlines()) == 1
        at = problem.position
        assert at.file == str(place)
        lines = [*text.splitlines(), ""]  # an unfinished file has its problem after its end
        assert 1 <= at.line <= len(lines)
        assert 1 <= at.column <= len(lines[at.line - 1]) + 1


def problems_of(file):
    """Return the problems of a file, none if it is a Scenario."""
    try:
        assert isinstance(efssim.load(file), efssim.Scenario)
    except ScenarioError as error:
        return error.problems
    return ()


# Values that are legal one by one and too large together


END_OF_TIME = changed("duration: 10 min", "duration: 10 min\nstart: 9999-12-31T23:59:59Z")


def test_a_run_ends_within_the_calendar(folder):
    (line,) = refusal(END_OF_TIME)
    assert line.startswith("s.yaml:2:11: duration: ")


@pytest.mark.parametrize(
    "size",
    ["{lognormal: {median: 1 KiB, sigma: 100}}", "{gamma: {mean: 1 KiB, cv: 1e-200}}"],
)
def test_distribution_beyond_floats_is_refused(folder, size):
    lines = refusal(changed("1 MiB", size))
    assert lines[0].startswith("s.yaml:9:")


def test_a_duplicate_key_hides_no_other_problem(folder):
    text = changed(
        "    region: us-east-1", "    region: us-east-1\n    region: us-east-2\n    fils: 3"
    )
    lines = refusal(text)
    assert lines == [
        "s.yaml:6:5: file_systems.orders.region: duplicate key, first on line 5",
        "s.yaml:7:5: file_systems.orders.fils: unknown key (did you mean 'files'?)",
    ]
