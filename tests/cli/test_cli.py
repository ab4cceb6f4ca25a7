"""Tests of the command line as a user has it: the installed command in a fresh folder."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from helpers.installed import NONE, SHORT, efs, folder, no_constant, report
from helpers.places import EFSSIM, SCENARIOS

from efssim import cli

__all__ = ["folder"]  # a fixture

PACKAGE = Path(cli.__file__).parents[1]

EVENTFUL = """\
name: eventful
duration: 1 h
regions: {us-west-2: {default: false}}
rpo: {target: 15 min, attainment: 99.9 %}
file_systems:
  orders:
    region: us-east-1
    writes: {app: {arrivals: {constant: {rate: 1 per s}}, size: 1 MiB}}
  other: {region: us-east-1}
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
    control: {deleting: 2 min}
events:
  - {at: 10 min 2 s, opt_out: us-west-2, for: 6 min}
  - {at: 12 min, link_degraded: us-east-1 -> us-west-2, factor: 0.5, for: 1 min}
  - {at: 20 min, call: DeleteReplicationConfiguration, with: {SourceFileSystemId: other}}
  - {at: 31 min, call: DeleteReplicationConfiguration, with: {SourceFileSystemId: orders}}
"""


def summary(*arguments, **variables):
    return json.loads(report("run", *arguments, "--format", "json", **variables))


# Help and imports


def test_help_lists_the_commands():
    text = report("--help")
    commands = [
        *("alarms", "calibrate", "choose", "drill", "estimate", "export", "init", "merge", "plan"),
        *("results", "run", "schema", "serve", "sweep", "traces", "validate"),
    ]
    assert re.findall(r"^  (\w+)  ", text, re.MULTILINE) == commands
    assert report("-h") == text


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["run", "--help"], ["estimate", "--help"]]
)
def test_help_and_version_wait_for_no_heavy_package(arguments):
    code = f"""
import sys
from efssim.cli import main
sys.argv = ["efssim", *{arguments!r}]
main()
heavy = {{"pandas", "matplotlib", "scipy", "simpy", "numpy", "pydantic", "yaml", "tqdm"}}
print("heavy:", sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "heavy: []"


@pytest.mark.parametrize("command", ["validate", "run"])
def test_a_scenario_without_files_needs_no_figures_and_no_tables(command):
    code = f"""
import sys
from efssim.cli import main
sys.argv = ["efssim", {command!r}, {str(SCENARIOS / "burst.yaml")!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code
print("heavy:", sorted({{"pandas", "matplotlib", "scipy", "jinja2"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "heavy: []"


def test_version():
    assert re.fullmatch(r"efssim \d+\.\d+\.\d+\S*\n", report("--version"))


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["run", "s.yaml", "--sed", "3"], "--seed"),
        (["run", "s.yaml", "--format", "jsn"], "json"),
        (["run", "s.yaml", "--seed", "-1"], "--seed"),
        (["rnu", "s.yaml"], "run"),
        (["run"], "FILE"),
        ([], "Usage"),
    ],
)
def test_usage_error(folder, arguments, hint):
    done = efs(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


# The report


def test_text_report(folder):
    text = report("run", "s.yaml")
    lines = text.splitlines()
    kept = [line for line in lines if not line.startswith(("reproduce:", "digest:"))]
    assert max(map(len, kept)) <= 80
    assert lines[0] == "efssim: short"
    heading, verdict, table = text.split("\n\n")[:3]
    assert "20 min" not in heading.splitlines()[0]
    assert verdict.startswith("dr: RPO MET (age at most 15 min for 99.9 %)")
    assert table.split()[:7] == ["lag", "mean", "p50", "p90", "p99", "p99_9", "max"]
    assert "Assumed, as AWS does not publish them:" in text
    assert "nan" not in text.lower()


def test_report_names_the_command_that_repeats_it(folder):
    text = report("run", "s.yaml", "--seed", "9", "--set", "rpo.target=5 min")
    assert "\nreproduce: efssim run s.yaml --seed 9 --set 'rpo.target=5 min'\n" in text
    digest = text.split("digest:")[1].strip()
    assert summary("s.yaml", "--seed", "9", "--set", "rpo.target=5 min")["digest"] == digest


def test_long_names_stay_within_80_columns(folder):
    name = "ab-" * 30
    text = SHORT.replace("  dr:", f"  {name}:").replace("name: short", f"name: {name}")
    Path("s.yaml").write_text(text, encoding="utf-8")
    lines = report("run", "s.yaml").splitlines()
    assert all(len(x) <= 80 for x in lines if not x.startswith(("reproduce:", "digest:")))


def test_digest_stays_within_80_columns(folder):
    assert max(len(x) for x in report("run", "s.yaml").splitlines()) <= 80


def test_a_diverging_run_shows_no_percentile(folder):
    text = report("run", "s.yaml", "--set", "replications.dr.sync.throughput=1 KiB/s")
    assert "DIVERGING" in text
    assert "p99_9" not in text
    assert all(len(x) <= 80 for x in text.splitlines()[:-3])


def story(text):
    """Return the section on what happened."""
    (section,) = (part for part in text.split("\n\n") if part.startswith("What happened"))
    return section.splitlines()


def test_report_says_what_happened(folder):
    Path("s.yaml").write_text(EVENTFUL, encoding="utf-8")
    text = report("run", "s.yaml")
    assert max(map(len, text.splitlines())) <= 80
    assert story(text) == [
        "What happened (UTC):",
        "  2026-01-01 00:10:02  opt_out us-west-2 for 6 min; PAUSING, PAUSED 00:11:02,",
        "                       ENABLED 00:16:02, age up to 7 min 9 s",
        "  2026-01-01 00:12:00  link_degraded us-east-1 -> us-west-2 for 1 min; without",
        "                       effect: `links` declares no capacity for it",
        "  2026-01-01 00:20:00  DeleteReplicationConfiguration other; refused:",
        *story(text)[6:8],
        "  2026-01-01 00:31:00  DeleteReplicationConfiguration orders; DELETING, gone",
        "                       00:33:00",
    ]
    assert "ReplicationNotFound" in " ".join(story(text)[6:8])
    plain = " ".join(text.split())
    assert "Status: ENABLED 25 min, PAUSING 1 min, PAUSED 5 min, DELETING 2 min;" in plain
    assert "gone since 2026-01-01 00:33:00, with 178 MiB not replicated." in plain
    assert ", 1 abandoned" in plain
    assert "178 writes (178 MiB) never replicated." in plain


def test_report_sums_up_many_events(folder):
    fault = "faults={wan: {link_outage: us-east-1->us-west-2, every: 1 min, for: 5}}"
    text = report("run", "s.yaml", "--set", fault, "--set", "warm_up=0")
    assert story(text) == [
        "What happened (UTC): 18 events, summed up; events.csv (--out DIR) has each.",
        "  what                               times    total  longest at",
        "  link_outage us-east-1 -> us-west-2    18   90.0 s    5.0 s 2026-01-01 00:01:00",
    ]


def test_report_of_a_new_replication(folder):
    new = ("s.yaml", "--set", "replications.dr.established=false")
    text = report("run", *new, "--set", "file_systems.orders.size=10 GiB")
    plain = " ".join(text.split())
    assert "dr is created; ENABLING, ENABLED 00:05:00, initial sync complete 00:0" in plain
    assert re.search(r"Initial sync: 10\.[0-9] GiB in [0-9 mins.]+; before 2026-01-01 00:0", plain)
    assert "of the time in which it is defined" in plain
    text = report("run", *new, "--set", "file_systems.orders.size=10 TiB")
    assert "\ndr: RPO unknown: no time in the window has a defined age" in text
    assert "No initial sync has completed: LastReplicatedTimestamp is absent" in text
    assert "nan" not in text.lower()
    assert "None" not in text


def test_report_names_the_disturbance_of_a_violation(folder):
    events = "events=[{at: 5 min, link_outage: us-east-1->us-west-2, for: 4 min}]"
    text = report("run", "s.yaml", "--set", events, "--set", "rpo.target=2 min")
    plain = " ".join(text.split())
    assert re.search(
        r"One violation of .* \(from 2026-01-01 00:0\d:\d\d, during link_outage", plain
    )


def test_report_says_what_coalesced_and_what_was_dropped(folder):
    hot = "file_systems.orders.writes.app.hot_set={size: 1 MiB, block: 64 KiB, share: 100 %}"
    outage = "events=[{at: 5 min, region_outage: us-east-1, for: 2 min}]"
    plain = " ".join(report("run", "s.yaml", "--set", hot, "--set", outage).split())
    assert re.search(r"[0-9.]+ [KMG]iB \([0-9.]+ %\) were overwritten before a sync", plain)
    assert re.search(r"Dropped, as they could not be made: [0-9.]+ MiB \(region_outage\)", plain)


def test_json_is_the_summary(folder):
    done = efs("run", "s.yaml", "--format", "json", "--out", "out", "--verify")
    assert done.returncode == 0
    assert done.stdout == Path("out/summary.json").read_text(encoding="utf-8")
    found = json.loads(done.stdout, parse_constant=no_constant)
    assert list(found) == [
        "scenario", "seed", "trials", "window", "replications", "traces", "alarms", "digest",
    ]  # fmt: skip
    assert found["window"] == {
        "start": "2026-01-01T00:01:00.000000Z",
        "end": "2026-01-01T00:20:00.000000Z",
        "seconds": 1140.0,
    }
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", found["digest"])
    assert done.stderr.splitlines() == ["laws 1 to 5 hold", f"wrote out{os.sep}"]


SUMMARY = """
time_since_last_sync_s: mean p50 p90 p95 p99 p99_9 max peak_mean undefined_s
write_lag_s: count mean p50 p90 p95 p99 p99_9 max
write_lag_by_byte_s: mean p50 p90 p95 p99 p99_9 max
oldest_pending_s: mean p50 p90 p95 p99 p99_9 max
pending_bytes: mean max open_at_end open_at_end_writes
writes: count bytes coalesced_bytes dropped_bytes
rpo: target_s attainment objective met violations violation_s longest_s
syncs: completed failed_attempts abandoned bytes duration_mean_s utilisation diverging
"""


def test_summary_has_the_keys_of_the_contract(folder):
    dr = summary("s.yaml")["replications"]["dr"]
    for line in SUMMARY.split("\n")[1:-1]:
        key, columns = line.split(": ")
        assert set(columns.split()) <= set(dr[key]), key
    rest = "initial_sync_s initial_bytes status_s final_status last_replicated_timestamp"
    assert set(rest.split()) <= set(dr)
    assert (dr["initial_sync_s"], dr["initial_bytes"]) == (None, None)
    assert dr["final_status"] == "ENABLED"
    assert dr["last_sync_completed"] > dr["last_replicated_timestamp"]


def test_a_run_in_which_nothing_is_written_has_nulls(folder):
    dr = summary("s.yaml", "--set", "file_systems.orders.writes={}")["replications"]["dr"]
    assert dr["write_lag_s"]["count"] == 0
    assert dr["write_lag_s"]["p99"] is None
    assert dr["time_since_last_sync_s"]["p99"] > 0


def test_a_run_without_a_sync_has_a_report(folder):
    arguments = ("s.yaml", "--set", "replications.dr.sync.interval=2 h")
    dr = summary(*arguments)["replications"]["dr"]
    assert dr["syncs"]["completed"] == 0
    assert "RPO" in report("run", *arguments)


# What EFS refuses


def test_a_call_that_had_to_succeed(folder):
    text = EVENTFUL.replace("other}}", "other}, expect: ok}")
    Path("s.yaml").write_text(text, encoding="utf-8")
    done = efs("run", "s.yaml", "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    line = text.splitlines().index(next(x for x in text.splitlines() if "expect" in x)) + 1
    start = f"s.yaml:{line}:5: events.2: DeleteReplicationConfiguration was expected to succeed: "
    assert done.stderr.startswith(start + "ReplicationNotFound: ")
    assert done.stderr.count("\n") == 1
    assert not Path("out").exists()


@pytest.mark.parametrize("command", ["run", "validate"])
def test_a_replication_that_efs_refuses(folder, command):
    text = SHORT.replace("destination: {region: us-west-2}", "destination: {file_system: orders}")
    Path("s.yaml").write_text(text, encoding="utf-8")
    done = efs(command, "s.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    Path("t.yaml").write_text(SHORT, encoding="utf-8")
    encrypted = "file_systems.open={region: us-west-2, encrypted: false}"
    sets = ["--set", encrypted, "--set", "replications.dr.destination={file_system: open}"]
    done = efs(command, "t.yaml", *sets)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"t.yaml:15:3: replications\.dr: ConflictException: .*\n", done.stderr)


# The files


COLUMNS = {
    "syncs.csv": "replication,trial,cut,completed,bytes,files,attempts,"
    "setup_s,inventory_s,diff_s,transfer_s,repeated_s,outcome",
    "statuses.csv": "replication,trial,time,from,to,cause",
    "events.csv": "trial,begin,end,kind,target,affected,error",
    "violations.csv": "replication,trial,begin,end,peak_s,disturbances",
    "risk.csv": "replication,by,at,defined_s,attainment,p99_s,violation_s",
}
FIGURES = ["age", "lag", "pending", "syncs"]
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def test_files(folder):
    overrides = [
        "rpo.target=30 s",
        "events=[{at: 5 min, link_outage: us-east-1->us-west-2, for: 30}]",
    ]
    sets = [part for text in overrides for part in ("--set", text)]
    report("run", "s.yaml", "--out", "a/b", "--quiet", *sets)
    assert sorted(path.name for path in Path("a/b").iterdir()) == [
        "events.csv",
        "figures",
        "manifest.json",
        "report.html",
        "risk.csv",
        "statuses.csv",
        "study.md",
        "summary.json",
        "syncs.csv",
        "violations.csv",
    ]
    assert [path.name for path in Path("a").iterdir()] == ["b"]
    tables = {}
    for name, columns in COLUMNS.items():
        lines = Path("a/b", name).read_bytes().decode()
        assert "\r" not in lines
        assert lines.splitlines()[0] == columns
        tables[name] = list(csv.DictReader(lines.splitlines()))
        assert tables[name]
        for row in tables[name]:
            times = [row[key] for key in ("cut", "completed", "time", "begin", "end") if key in row]
            assert all(_TIME.fullmatch(text) for text in times if text)
    last = tables["syncs.csv"][-1]
    assert (last["outcome"] == "open") == (last["completed"] == "")
    assert {row["outcome"] for row in tables["syncs.csv"][:-1]} == {"completed"}
    (status,) = tables["statuses.csv"]
    assert list(status.values())[2:] == [
        "2026-01-01T00:00:00.000000Z", "", "ENABLED", "established"
    ]  # fmt: skip
    found = json.loads(Path("a/b/summary.json").read_text())["replications"]["dr"]["rpo"]
    assert found["violations"] == len(tables["violations.csv"])
    assert tables["events.csv"] == [
        {
            "trial": "0",
            "begin": "2026-01-01T00:05:00.000000Z",
            "end": "2026-01-01T00:05:30.000000Z",
            "kind": "link_outage",
            "target": "us-east-1 -> us-west-2",
            "affected": "dr",
            "error": "",
        }
    ]
    during = {row["disturbances"] for row in tables["violations.csv"]}
    assert during == {"", "link_outage us-east-1 -> us-west-2"}


def test_manifest_repeats_the_run(folder):
    report("run", "s.yaml", "--out", "out", "--quiet", "--seed", "5", "--set", "warm_up=2 min")
    text = Path("out/manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text, parse_constant=no_constant)
    assert manifest["seed"] == 5
    assert {"simpy", "numpy", "pandas", "pydantic"} <= set(manifest["packages"])
    provenance = {row["path"]: row["provenance"] for row in manifest["parameters"]}
    assert provenance["warm_up"] == "scenario"
    assert provenance["rpo.target"] == "scenario"
    assert provenance["replications.dr.sync.throughput"] == "assumed"
    assert provenance["seed"] == "default"
    Path("again.yaml").write_text(
        json.dumps(manifest["scenario"], ensure_ascii=False), encoding="utf-8"
    )
    assert summary("again.yaml", "--seed", "5")["digest"] == manifest["digest"]


def test_out_replaces_the_files_of_an_earlier_run_and_keeps_others(folder):
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine")
    report("run", "s.yaml", "--out", "out", "--quiet")
    first = json.loads(Path("out/summary.json").read_text())["digest"]
    report("run", "s.yaml", "--out", "out", "--quiet", "--seed", "2")
    assert json.loads(Path("out/summary.json").read_text())["digest"] != first
    assert Path("out/mine.txt").read_text() == "mine"
    assert len(list(Path("out").iterdir())) == 11
    assert sorted(path.name for path in folder.iterdir()) == ["out", "s.yaml"]


def test_records_off_leaves_out_what_shows_syncs(folder):
    report("run", "s.yaml", "--out", "out", "--quiet")
    whole = json.loads(Path("out/summary.json").read_text())
    report("run", "s.yaml", "--out", "out", "--quiet", "--set", "records=off")
    assert json.loads(Path("out/summary.json").read_text()) == whole
    assert figures("out") == ["dr-lag.svg"]
    assert sorted(path.stem for path in Path("out").glob("*.csv")) == [
        "events",
        "statuses",
        "violations",
    ]


def test_records_off_removes_no_table_of_somebody_else(folder):
    Path("out").mkdir()
    Path("out/syncs.csv").write_text("mine")
    report("run", "s.yaml", "--out", "out", "--quiet", "--set", "records=off")
    assert Path("out/syncs.csv").read_text() == "mine"


def test_out_replaces_the_figures_of_an_earlier_run_and_keeps_others(folder):
    Path("out/figures").mkdir(parents=True)
    Path("out/figures/mine-age.svg").write_text("mine")
    report("run", "s.yaml", "--out", "out", "--quiet", "--png")
    assert figures("out") == [
        *(f"dr-{kind}.{form}" for kind in FIGURES for form in ("png", "svg")),
        "mine-age.svg",
    ]
    Path("s.yaml").write_text(SHORT.replace("  dr:", "  other:"), encoding="utf-8")
    report("run", "s.yaml", "--out", "out", "--quiet")
    assert figures("out") == ["mine-age.svg", *(f"other-{kind}.svg" for kind in FIGURES)]
    assert Path("out/figures/mine-age.svg").read_text() == "mine"


@pytest.mark.parametrize(
    "listed", ['["../../s.yaml"]', '["/etc/hostname", 3, null]', "17", "{", '{"a": 1}']
)
def test_a_manifest_of_somebody_else_removes_nothing(folder, listed):
    Path("out/figures").mkdir(parents=True)
    Path("out/manifest.json").write_text(f'{{"figures": {listed}}}')
    done = efs("run", "s.yaml", "--out", "out", "--quiet")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("out/manifest.json: is of no result of efssim, as no manifest")
    assert Path("s.yaml").exists()
    assert figures("out") == []


@pytest.mark.parametrize("taken", ["figures", "figures/dr-age.svg/below", "events.csv/below"])
def test_nothing_is_written_if_something_is_in_the_way(folder, taken):
    Path("out", taken).parent.mkdir(parents=True)
    Path("out", taken).write_text("mine")
    done = efs("run", "s.yaml", "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"out/\S+: is a f(ile, not a f)?older\n", done.stderr)
    assert [path for path in Path("out").rglob("*") if path.is_file()] == [Path("out", taken)]
    assert sorted(path.name for path in folder.iterdir()) == ["out", "s.yaml"]


# The figures


def figures(out):
    return sorted(path.name for path in Path(out, "figures").iterdir())


def test_figures(folder):
    report("run", "s.yaml", "--out", "one", "--quiet")
    report("run", "s.yaml", "--out", "two", "--quiet", PYTHONHASHSEED="7")
    assert figures("one") == [f"dr-{kind}.svg" for kind in FIGURES]
    assert json.loads(Path("one/manifest.json").read_text())["figures"] == [
        f"dr-{kind}.svg" for kind in ("age", "lag", "syncs", "pending")
    ]
    for file in Path("one/figures").iterdir():
        content = file.read_bytes()
        assert content == Path("two/figures", file.name).read_bytes()
        assert len(content) < 300_000
        assert ElementTree.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
        assert b"<date>" not in content


def test_figures_of_a_long_run_are_small(folder):
    sets = [
        "duration=40 days",
        "file_systems.orders.writes.app.arrivals={poisson: {rate: 1 per min}}",
    ]
    report("run", "s.yaml", "--out", "out", "--quiet", *(y for x in sets for y in ("--set", x)))
    assert Path("out/syncs.csv").read_bytes().count(b"\n") > 50_000
    risk = words("out/figures/dr-risk.svg")  # four weeks and more
    assert {"dr", "hour of the day (UTC)", "Mon", "Sun", "5.71 weeks"} <= set(risk)
    sizes = [file.stat().st_size for file in Path("out/figures").iterdir()]
    assert max(sizes) < 400_000


def words(file):
    """Return the texts of a figure."""
    root = ElementTree.fromstring(Path(file).read_bytes())
    return ["".join(x.itertext()) for x in root.iter("{http://www.w3.org/2000/svg}text")]


def test_figures_have_units_and_say_what_happened(folder):
    Path("s.yaml").write_text(EVENTFUL, encoding="utf-8")
    report("run", "s.yaml", "--out", "out", "--quiet")
    age, lag, syncs, pending = (
        words(f"out/figures/dr-{kind}.svg") for kind in ("age", "lag", "syncs", "pending")
    )
    what = ["opt out us-west-2", "DeleteReplicationConfiguration", "PAUSED", "DELETING", "deleted"]
    assert {"dr", "time since last sync (age)", "RPO", "15 min", *what} <= set(age)
    assert {"dr", "pending bytes (MiB)", "simulated time (UTC)", *what} <= set(pending)
    lags = {"time since last sync (age)", "write lag", "write lag by byte"}
    assert {"share with a longer lag", "0.1 %", "1 min", "RPO 15 min", "objective", *lags} <= set(
        lag
    )
    assert {"bytes sent (MiB)", "sync duration", "4 s"} <= set(syncs)


def test_png(folder):
    report("run", "s.yaml", "--out", "out", "--quiet", "--png")
    assert figures("out") == [f"dr-{kind}.{form}" for kind in FIGURES for form in ("png", "svg")]
    for file in Path("out/figures").glob("*.png"):
        assert file.read_bytes().startswith(b"\x89PNG")
        assert file.stat().st_size < 300_000


def test_png_without_out(folder):
    done = efs("run", "s.yaml", "--png")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--png needs --out" in done.stderr


def test_names_become_file_names(folder):
    name = 'a/b: $x_1$ & <日本> "'
    text = SHORT.replace("  dr:", f"  '{name}':")
    Path("s.yaml").write_text(text, encoding="utf-8")
    report("run", "s.yaml", "--out", "out", "--png", "--quiet")
    assert figures("out") == [
        f"a_b_x_1_-{kind}.{form}" for kind in FIGURES for form in ("png", "svg")
    ]
    assert name in words("out/figures/a_b_x_1_-age.svg")
    assert sorted(path.name for path in folder.iterdir()) == ["out", "s.yaml"]


@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_out_that_is_a_file(folder, out):
    Path("taken").write_text("mine")
    done = efs("run", "s.yaml", "--out", out)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("taken: ")
    assert Path("taken").read_text() == "mine"
    assert sorted(path.name for path in folder.iterdir()) == ["s.yaml", "taken"]


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder nobody can write to")
def test_unwritable_out(folder):
    done = efs("run", "s.yaml", "--out", "/proc/efssim/out")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("/proc/efssim")


def test_scenario_without_replications(folder):
    Path("s.yaml").write_text(NONE, encoding="utf-8")
    text = report("run", "s.yaml", "--out", "out", "--quiet")
    assert "This scenario has no replication" in text
    assert json.loads(Path("out/summary.json").read_text())["replications"] == {}


def test_files_without_replications_have_their_columns(folder):
    Path("s.yaml").write_text(NONE, encoding="utf-8")
    report("run", "s.yaml", "--out", "out", "--quiet")
    for name, columns in COLUMNS.items():
        assert Path("out", name).read_text().splitlines() == [columns]


# Exit codes


def test_check(folder):
    assert efs("run", "s.yaml", "--check").returncode == 0
    missed = efs("run", "s.yaml", "--check", "--set", "rpo.target=10 s", "--out", "out")
    assert missed.returncode == 1
    assert "dr: RPO MISSED (age at most 10 s for 99.9 %)" in missed.stdout
    assert Path("out/summary.json").exists()
    assert efs("run", "s.yaml", "--set", "rpo.target=10 s").returncode == 0


_ABSURD = "file_systems.orders.writes.app.arrivals={constant: {rate: 1e9 per s}}"


def test_absurdly_many_writes_are_refused(folder):
    done = efs("run", "s.yaml", "--set", _ABSURD, "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "s.yaml: about 1,200,000,000,000 writes are expected; --yes runs it all the same\n"
    )
    assert not Path("out").exists()


def test_yes_runs_absurdly_many_writes(folder, monkeypatch):
    from efssim.api import simulation as simulate

    class ReachedError(Exception):
        pass

    def reached(*arguments, **options):
        raise ReachedError

    monkeypatch.setattr(simulate, "run", reached)
    done = CliRunner().invoke(cli.cli, ["run", "s.yaml", "--set", _ABSURD, "--yes"])
    assert isinstance(done.exception, ReachedError)
    done = CliRunner().invoke(cli.cli, ["run", "s.yaml", "--set", _ABSURD])
    assert done.exit_code == 2


def test_more_bytes_than_can_be_counted_are_refused_even_with_yes(folder):
    absurd = "file_systems.orders.writes.w={arrivals: {poisson: {rate: 1e6 per s}}, size: 40 TiB}"
    done = CliRunner().invoke(cli.cli, ["run", "s.yaml", "--set", absurd, "--yes"])
    assert done.exit_code == 2
    assert "EiB are expected, more than can be counted" in done.stderr


def test_a_bug_of_ours_ends_with_3(folder, monkeypatch, capsys):
    from efssim.api import simulation as simulate

    monkeypatch.setattr(simulate, "run", lambda *_, **__: 1 / 0)
    monkeypatch.setattr(sys, "argv", ["efssim", "run", "s.yaml"])
    monkeypatch.delenv("EFSSIM_TRACEBACK", raising=False)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 3
    assert capsys.readouterr().err.startswith("internal error, a bug of efssim: ZeroDivisionError")


def test_interrupt_ends_with_130(folder):
    process = subprocess.Popen(
        [EFSSIM, "run", "s.yaml", "--set", "duration=500 days", "--set", "seed=3", "--out", "out"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with pytest.raises(subprocess.TimeoutExpired):  # by then it simulates
        process.wait(1.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "interrupted"
    assert not Path("out").exists()


@pytest.mark.parametrize("arguments", [["run", "s.yaml"], ["validate", "s.yaml"], ["schema"]])
def test_a_reader_that_goes_away_is_no_error_to_tell(folder, arguments):
    reading, writing = os.pipe()
    os.close(reading)  # gone before the first line, which `| head -1` is only by chance
    done = subprocess.run(
        [EFSSIM, *arguments], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode in (0, 1)


# init, schema, validate


def test_init_and_run(folder):
    text = report("init", "new/project")
    assert "efssim run new/project/scenario.yaml" in text
    assert summary("new/project/scenario.yaml", "--set", "duration=2 h")["scenario"] == "starter"
    assert report("validate", "new/project/scenario.yaml") == "new/project/scenario.yaml: valid\n"


def test_init_does_not_overwrite(folder):
    Path("scenario.yaml").write_text("mine")
    done = efs("init")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "scenario.yaml: exists already and is left as it is\n"
    assert Path("scenario.yaml").read_text() == "mine"
    assert efs("init", "s.yaml").returncode == 2


def fitting(schema, value, root):
    """Whether a value fits a JSON Schema, as far as its structure goes."""
    if not schema:
        return True  # anything does
    if "$ref" in schema:
        return fitting(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return any(fitting(part, value, root) for part in schema[several])
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    if isinstance(value, dict):
        if schema.get("type") != "object" or not set(schema.get("required", ())) <= set(value):
            return False
        others = schema.get("additionalProperties", True)
        known = dict(schema.get("properties", {}))
        for pattern, part in schema.get("patternProperties", {}).items():
            known |= {key: part for key in value if re.search(pattern, key)}
        return all(
            fitting(known[key], part, root)
            if key in known
            else (fitting(others, part, root) if isinstance(others, dict) else others)
            for key, part in value.items()
        )
    if isinstance(value, list):
        items = schema.get("items", {})
        return schema.get("type") == "array" and all(fitting(items, x, root) for x in value)
    if isinstance(value, str):
        return schema.get("type") == "string" and bool(re.search(schema.get("pattern", ""), value))
    kind = "boolean" if isinstance(value, bool) else "number"
    return schema.get("type") == kind or (kind == "number" and schema.get("type") == "integer")


def shipped():
    """Return the content of every scenario that comes with efssim."""
    from efssim.text.yaml.document import read_document

    files = sorted(SCENARIOS.glob("*.yaml"))
    assert files
    return [read_document(file).data for file in [*files, PACKAGE / "scenario" / "starter.yaml"]]


@pytest.mark.parametrize(
    "data",
    [pytest.param(data, id=data["name"]) for data in shipped()],
)
def test_schema_fits_the_shipped_scenarios(data):
    schema = json.loads(report("schema"))
    assert {"name", "duration", "file_systems", "replications"} <= set(schema["properties"])
    assert schema["required"] == ["name", "duration"]
    assert schema["additionalProperties"] is False
    assert fitting(schema, data, schema)
    assert not fitting(schema, {**data, "durration": 1}, schema)
    assert not fitting(schema, {**data, "duration": "10 parsec"}, schema)


def test_schema_fits_bare_quantities_where_times_may_vary():
    schema = json.loads(report("schema"))
    on_off = {"on_off": {"on": "10 min", "off": "1 h", "rate": "1 per s"}}
    stream = {"arrivals": on_off, "size": "1 MiB"}
    data = {
        "name": "bare",
        "duration": 600,
        "file_systems": {"fs": {"region": "us-east-1", "writes": {"app": stream}}},
    }
    assert fitting(schema, data, schema)


DISTURBED = {
    "name": "disturbed",
    "duration": 600,
    "links": {"us-east-1 -> eu-south-1": {"capacity": "10 Gbit/s", "latency": "90 ms"}},
    "file_systems": {"fs": {"availability_zone": "us-east-1a", "encrypted": False}},
    "replications": {"dr": {"source": "fs", "destination": {"region": "eu-south-1"}}},
    "events": [
        {"at": "1 min", "opt_out": "eu-south-1", "for": "5 min"},
        {"at": 5, "call": "DescribeFileSystems", "with": {"MaxItems": 5}, "expect": "ok"},
        {"at": 5, "api_error": "TagResource", "code": "BadRequest", "times": 2},
        {"at": 5, "link_degraded": "us-east-1->eu-south-1", "factor": "10 %"},
    ],
    "faults": {
        "wan": {
            "link_outage": "us-east-1 -> eu-south-1",
            "every": {"exponential": {"mean": "1 h"}},
            "for": "5 s",
        }
    },
    "defaults": {"undocumented": {"automatic_backups": "one_zone_only"}},
}


def test_schema_fits_disturbances():
    from efssim.scenario import Scenario

    schema = json.loads(report("schema"))
    assert Scenario.model_validate(DISTURBED).events[0].lasts == 300
    assert fitting(schema, DISTURBED, schema)
    for old, new in {
        '"for"': '"lasts"',
        '"with"': '"parameters"',
        '"DescribeFileSystems"': '"DescribeFileSystem"',
        '"BadRequest"': '"BadRequst"',
        '"us-east-1->eu-south-1"': '"us-east-1"',
        '"opt_out"': '"opt_outt"',
        '"5 min"': '"5 mn"',
        '"ok"': '"maybe"',
        '"us-east-1a"': '"us-east-1"',
        '"one_zone_only"': '"one_zone"',
        '"automatic_backups"': '"automatic_backup"',
        '"us-east-1 -> eu-south-1": {': '"us-east-1": {',
    }.items():
        text = json.dumps(DISTURBED)
        assert text.count(old) >= 1
        assert not fitting(schema, json.loads(text.replace(old, new)), schema), old


def test_schema_describes_every_key():
    schema = json.loads(report("schema"))
    for part in [schema, *schema["$defs"].values()]:
        for key, value in part.get("properties", {}).items():
            assert "description" in value or "$ref" in value, key


def test_shipped_scenarios_are_valid():
    files = sorted(map(str, SCENARIOS.glob("*.yaml")))
    assert report("validate", *files).splitlines() == [f"{file}: valid" for file in files]


def test_resolved_values_show_their_provenance(folder):
    lines = report("validate", "s.yaml", "--resolved").splitlines()
    found = {re.split(r"\s{2,}", line)[0]: re.split(r"\s{2,}", line)[1:] for line in lines}
    assert found["name"] == ['"short"', "scenario"]
    assert found["seed"] == ["1", "default"]
    assert found["rpo.target"][1] == "scenario"
    assert found["replications.dr.sync.interval"][0] == "1 min"
    assert found["replications.dr.sync.interval"][1].startswith("assumed: ")
    assert found["replications.dr.sync.throughput"][0] == "214 MiB/s"
    assert all(
        re.search("  (scenario|default|assumed|documented|measured)", line) for line in lines
    )


def test_set_changes_a_value(folder):
    text = report("validate", "s.yaml", "--resolved", "--set", "seed=77")
    assert re.search(r"^seed +77 +scenario$", text, re.MULTILINE)


# Determinism


def test_same_numbers_in_every_process(folder):
    results = [report("run", "s.yaml", PYTHONHASHSEED=seed) for seed in ("0", "1", "random")]
    assert results[0] == results[1] == results[2]


def test_seed_changes_the_numbers(folder):
    assert summary("s.yaml", "--seed", "2")["digest"] != summary("s.yaml")["digest"]
    assert summary("s.yaml", "--seed", "1") == summary("s.yaml")


def test_a_stranger_changes_no_number_of_the_first(folder):
    stranger = """
  aaa:
    source: other
    destination: {region: eu-west-1}
    established: true
    sync: {interval: 7 s, setup: {exponential: {mean: 3 s}}}
"""
    system = """
  other:
    region: us-east-1
    writes: {app: {arrivals: {poisson: {rate: 5 per s}}, size: {exponential: {mean: 1 MiB}}}}
"""
    text = SHORT.replace("file_systems:\n", f"file_systems:{system}")
    Path("two.yaml").write_text(text.replace("replications:\n", f"replications:{stranger}"))
    alone, both = summary("s.yaml"), summary("two.yaml")
    assert list(both["replications"]) == ["aaa", "dr"]
    assert both["replications"]["dr"] == alone["replications"]["dr"]
    assert both["digest"] != alone["digest"]


def test_the_order_of_keys_changes_no_number(folder):
    head, systems, replications = re.split(r"(?=^file_systems|^replications)", SHORT, flags=re.M)
    Path("turned.yaml").write_text(replications + systems + head, encoding="utf-8")
    assert summary("turned.yaml") == summary("s.yaml")


def test_verify_changes_no_number(folder):
    plain, verified = efs("run", "s.yaml"), efs("run", "s.yaml", "--verify")
    assert plain.stdout == verified.stdout
    assert verified.stderr == "laws 1 to 5 hold\n"
