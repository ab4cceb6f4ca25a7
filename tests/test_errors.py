"""Tests of what a user is told about a mistake: every problem at its place, and nothing written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import efssim
from efssim.scenario import ScenarioError
from efssim.scenario.document import MAX_VALUES

EFSSIM = Path(sys.executable).with_name("efssim")
FIRST_REPORT = Path(__file__).parents[1] / "scenarios" / "first-report.yaml"

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


def efs(*arguments, **options):
    return subprocess.run(
        [EFSSIM, *arguments], capture_output=True, text=True, timeout=60, check=False, **options
    )


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
    throughput_mode: elastic
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
events: []
regions: {us-west-2: {opted_in: true}, lab-1: {}}
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
s.yaml:13:5: file_systems.orders.throughput_mode: the EFS control plane is not available in this version of efssim
s.yaml:16:63: file_systems.orders.writes.oltp.arrivals.constant.rate: '4 KiB' is a rate of bytes, not of events such as '40 per s'
s.yaml:17:16: file_systems.orders.writes.oltp.size.lognormall: unknown key (did you mean 'lognormal'?)
s.yaml:18:10: file_systems.orders.writes.x: must be a mapping of names to values
s.yaml:20:20: file_systems.orders.writes."y.z".arrivals.poison: unknown key (did you mean 'poisson'?)
s.yaml:21:23: file_systems.orders.writes."y.z".trace.file: no such file
s.yaml:24:13: replications.dr.source: no file system is named 'oders' (did you mean 'orders'?)
s.yaml:25:27: replications.dr.destination.region: unknown Region 'us-west-22' (did you mean 'us-west-2'?)
s.yaml:27:41: replications.second.destination: must be a mapping of names to values
s.yaml:27:52: replications.second.established: a new replication (its initial sync) is not available in this version of efssim; write `established: true`
s.yaml:28:19: replications.third.source: file system 'orders' is the source of replication 'second' already; a file system can be part of only one replication configuration
s.yaml:28:74: replications.third.established: must be True
s.yaml:29:1: events: scheduling disturbances is not available in this version of efssim
s.yaml:30:23: regions.us-west-2.opted_in: opting in and out of Regions is not available in this version of efssim
s.yaml:30:47: regions.lab-1: unknown Region 'lab-1'; `custom: true` declares a Region that AWS lacks
""".splitlines()  # noqa: E501 - the lines as a user sees them


def test_every_problem_of_a_file_at_once(folder):
    # A trace is only looked for where start and duration are known.
    text = MANY.replace("duration: 10 parsec", "duration: 10 min").replace("017", "2026-01-01")
    expected = [line for line in MANY_LINES if ":3:11:" not in line and ":6:8:" not in line]
    assert refusal(text) == expected


def test_a_malformed_duration_hides_only_the_traces(folder):
    assert refusal(MANY) == [line for line in MANY_LINES if ":21:23:" not in line]


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
    "tab": (changed("    region", "\tregion"), "s.yaml:5:1: not YAML: "),
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


# Later features


def with_key(after, line):
    return changed(after, f"{after}\n{line}")


_STREAM = "        size: 1 MiB"
_FILE_SYSTEM = "    region: us-east-1"
_REPLICATION = "    source: orders"
_DESTINATION = "destination: {region: us-west-2"
LATER = {
    "links": VALID + "links: {us-east-1 -> us-west-2: {capacity: 10 Gbit/s}}\n",
    "events": VALID + "events: []\n",
    "faults": VALID + "faults: {}\n",
    "defaults": VALID + "defaults: {sync: {preset: efs}}\n",
    "regions.us-west-2.opted_in": VALID + "regions: {us-west-2: {opted_in: false}}\n",
    "regions.us-west-2.opting_in": VALID + "regions: {us-west-2: {opting_in: 20 min}}\n",
    "regions.us-west-2.opting_out": VALID + "regions: {us-west-2: {opting_out: 5 min}}\n",
    "regions.us-west-2.default": VALID + "regions: {us-west-2: {default: false}}\n",
    "file_systems.orders.availability_zone": with_key(
        _FILE_SYSTEM, "    availability_zone: us-east-1a"
    ),
    "file_systems.orders.throughput_mode": with_key(_FILE_SYSTEM, "    throughput_mode: elastic"),
    "file_systems.orders.provisioned_throughput": with_key(
        _FILE_SYSTEM, "    provisioned_throughput: 256 MiB/s"
    ),
    "file_systems.orders.encrypted": with_key(_FILE_SYSTEM, "    encrypted: true"),
    "file_systems.orders.id": with_key(_FILE_SYSTEM, "    id: fs-0123456789abcdef0"),
    "file_systems.orders.writes.app.hot_set": with_key(
        _STREAM, "        hot_set: {size: 10 GiB, block: 64 KiB, share: 80 %}"
    ),
    "file_systems.orders.writes.app.in_file": with_key(_STREAM, "        in_file: {size: 1 GiB}"),
    "replications.dr.control": with_key(_REPLICATION, "    control: {enabling: 5 min}"),
    "replications.dr.initial": with_key(_REPLICATION, "    initial: {throughput: 1 MiB/s}"),
    "replications.dr.destination.availability_zone": changed(
        _DESTINATION, f"{_DESTINATION}, availability_zone: us-west-2a"
    ),
    "replications.dr.destination.kms_key_id": changed(
        _DESTINATION, f"{_DESTINATION}, kms_key_id: alias/dr"
    ),
    "replications.dr.destination.file_system": changed(
        _DESTINATION, f"{_DESTINATION}, file_system: copy"
    ),
    "replications.dr.established": changed("established: true", "established: false"),
}


@pytest.mark.parametrize("path", LATER)
def test_key_of_a_later_feature_says_so(folder, path):
    (line,) = refusal(LATER[path])
    position, told, message = line.split(": ", 2)
    assert told == path
    assert "is not available in this version of efssim" in message
    assert "unknown key" not in message
    number, column = map(int, position.split(":")[1:])
    written = LATER[path].splitlines()[number - 1][column - 1 :]
    assert written.startswith(f"{path.rpartition('.')[2]}: ")


def test_a_replication_that_is_not_established_says_what_to_write(folder):
    (line,) = refusal(changed("    established: true\n", ""))
    assert line.startswith("s.yaml:11:3: replications.dr: a new replication (its initial sync)")
    assert line.endswith("write `established: true`")


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
    "events=[]": "--set:1:1: events: scheduling disturbances is not available",
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
