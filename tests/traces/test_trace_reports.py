"""The quality of a trace is data: in every JSON, report and page, and `--check` looks at it."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from helpers.traced import PATH, csv, minutes, write

import efssim
from efssim import cli

KEYS = [
    "file", "format", "times", "statistic", "spacing_s", "rows", "rows_used", "bytes_used",
    "bytes_unused", "periods", "periods_missing", "repeated_rows", "off_grid_rows",
]  # fmt: skip
VARY = "replications.dr.sync.interval"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def efs(*words: str) -> Result:
    return CliRunner().invoke(cli.cli, [*words, *(["--quiet"] if "--quiet" not in words else [])])


def hours(lacking: int, name: str = "s", **keys: Any) -> str:
    """Write a scenario of a day whose trace lacks some of its 24 hours; return its file."""
    rows = [(3600 * k, 1_000_000) for k in range(24) if not 5 <= k < 5 + lacking]
    return str(write(Path(), csv(rows), name=name, period="1 h", **keys))


@pytest.mark.parametrize(
    ("missing", "keys", "code"),
    [(0, {}, 0), (1, {}, 0), (2, {}, 1), (12, {}, 1), (2, {"missing": "zero"}, 0)],
)
def test_check_fails_where_the_trace_is_thin(missing: int, keys: dict[str, str], code: int) -> None:
    """One of 24 periods is 4.2 %, two are 8.3 %. The RPO is met all along."""
    file = hours(missing, **keys)
    done = efs("run", file, "--check")
    assert done.exit_code == code, done.output
    assert efs("run", file).exit_code == 0
    assert "RPO MET" in done.stdout
    assert ("TRACE TOO THIN: src.w covers" in done.stdout) is (code == 1)
    trials = efs("run", file, "--check", "--trials", "3", "--workers", "1")
    # What is drawn at all decides whether three trials tell; here nothing is.
    assert trials.exit_code == code, trials.output
    assert ("TRACE TOO THIN" in trials.stdout) is (code == 1)


def test_thirteen_of_24_hours_are_too_few() -> None:
    done = efs("run", hours(13))
    assert done.exit_code == 2
    assert "has no row for 13 of the run's 24 periods" in done.output


def test_exactly_one_in_twenty_is_not_thin() -> None:
    for missing, is_thin in ((5, False), (6, True)):
        rows = [(60 * k, 1) for k in range(100) if k < 50 or k >= 50 + missing]
        file = write(Path(), csv(rows), duration="100 min", period="1 min")
        (found,) = efssim.run(efssim.load(file)).traces.values()
        assert (found.periods_missing, found.is_thin) == (missing, is_thin)
        assert found.coverage == 1 - missing / 100


def test_every_key_is_always_there() -> None:
    for keys in ({"period": "1 h"}, {}, {"period": "1 h", "counter": True, "repeat": True}):
        file = write(Path(), csv((3600 * k, 9 + k) for k in range(24)), **keys)
        summary = efssim.run(efssim.load(file)).summary
        assert list(summary["traces"]) == [PATH]
        assert list(summary["traces"][PATH]) == KEYS
        assert summary["traces"][PATH]["file"] == "s.csv"
        json.dumps(summary, allow_nan=False)


def test_a_summary_without_traces_says_so() -> None:
    drawn = {"trace": None, "size": 1, "arrivals": {"constant": {"rate": 1}}}
    scenario = efssim.load(hours(0))
    scenario = scenario.with_({f"{PATH}.{key}": value for key, value in drawn.items()})
    assert efssim.run(scenario).summary["traces"] == {}


def test_the_same_data_everywhere() -> None:
    """In the JSON of a run, trials, a comparison, a sweep and a plan, and of files."""
    file, other = hours(2), hours(0, "full")
    run = json.loads(efs("run", file, "--format", "json", "--out", "out").stdout)
    found = run["traces"][PATH]
    assert (found["periods"], found["periods_missing"], found["rows"]) == (24, 2, 22)
    assert json.loads(Path("out/summary.json").read_text(encoding="utf-8")) == run
    study = ("--trials", "2", "--workers", "1", "--format", "json")
    assert json.loads(efs("run", file, *study).stdout)["traces"] == run["traces"]
    (compared,) = json.loads(efs("run", other, file, *study).stdout)["comparisons"]
    assert compared["traces"]["s"] == run["traces"]
    assert compared["traces"]["full"][PATH]["periods_missing"] == 0
    swept = json.loads(efs("sweep", file, "--vary", f"{VARY}=60 s,5 min", *study).stdout)
    assert [point["traces"] for point in swept["points"]] == [run["traces"]] * 2
    planned = efs("plan", file, "--vary", f"{VARY}=60 s..1 h", "--format", "json")
    assert json.loads(planned.stdout)["traces"] == run["traces"]
    assert "/" not in json.dumps(run["traces"])


ALARM = (
    "alarms.late={metric: TimeSinceLastSync, statistic: Maximum, replication: dr, period: 60, "
    "evaluation_periods: 1, threshold: 5 min, comparison: GreaterThanThreshold}"
)
UNSURE = "uncertain={replications.dr.sync.setup: {uniform: {low: 1 s, high: 2 s}}}"
STUDY = ("--trials", "2", "--workers", "1")
REPORTS = {
    "run": ["run", "THIN"],
    "trials": ["run", "THIN", *STUDY],
    "sets": ["run", "THIN", "--set", UNSURE, "--sets", "20", *STUDY],
    "compare": ["run", "FULL", "THIN", *STUDY],
    "sweep": ["sweep", "THIN", "--vary", f"{VARY}=60 s,5 min", "--workers", "1"],
    "plan": ["plan", "THIN", "--vary", f"{VARY}=60 s..1 h", "--workers", "1"],
    "plan over sets": [
        *("plan", "THIN", "--vary", f"{VARY}=60 s..5 min", "--set", UNSURE, "--sets", "20"),
        *("--share-of-sets", "60%", "--trials", "10", "--workers", "1"),
    ],
    "runway": [
        *("plan", "THIN", "--until-missed", "--horizon", "1 month", "--workers", "1"),
        *("--set", "file_systems.src.growth={per: month, factor: 1.05}"),
    ],
    "choose": [
        *("choose", "FULL", "THIN", "--measure", "time_since_last_sync_s.p99", "--best", "least"),
        *("--indifference", "10 s", "--workers", "1"),
    ],
    "drill": ["drill", "THIN", "--trials", "1"],
    "alarms": ["alarms", "THIN", "--set", ALARM],
    "alarms over trials": ["alarms", "THIN", "--set", ALARM, *STUDY],
    "alarms tuned": ["alarms", "THIN", "--set", ALARM, "--tune", *STUDY],
}
"""A command for every kind of report on what is simulated; THIN has a trace that is too thin."""


def asked(kind: str, *more: str) -> Result:
    files = {"THIN": hours(2), "FULL": hours(0, "full")}
    done = efs(*(files.get(word, word) for word in REPORTS[kind]), *more)
    assert done.exit_code == 0, done.output
    return done


def plain(page: str) -> str:
    return " ".join(page.split()).replace("&#39;", "'").replace("&#34;", '"')


def every_value(key: str, data: Any) -> Iterator[Any]:
    """Yield the values of a key, wherever they are in some JSON."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from [value] if name == key else every_value(key, value)
    elif isinstance(data, list):
        for value in data:
            yield from every_value(key, value)


TOO_THIN = "TRACE TOO THIN: src.w covers 91.6 % of the run's 24 periods"


@pytest.mark.parametrize("kind", REPORTS)
def test_every_report_and_page_says_it(kind: str) -> None:
    """First of all in the text, beside the title of the page, and with its findings on both."""
    done = asked(kind, "--out", "out")
    text, page = plain(done.stdout), plain(Path("out/report.html").read_text(encoding="utf-8"))
    for said in (text, page):
        assert TOO_THIN in said
        assert "22 of 22 rows of s.csv used, times are seconds since start, 1 h apart" in said
        assert "2 periods of the run have no row (taken as no writes)" in said
    assert 'id="traces' in page
    # Whoever reads the head of a page alone reads it, too: the findings are far below.
    assert page.index(TOO_THIN) < page.index('id="traces')


@pytest.mark.parametrize("kind", REPORTS)
def test_every_json_has_it(kind: str) -> None:
    found = json.loads(asked(kind, "--format", "json").stdout)
    qualities = [
        one for traces in every_value("traces", found) for one in every_value(PATH, traces)
    ]
    assert 2 in [one["periods_missing"] for one in qualities]


@pytest.mark.parametrize("kind", ["run", "trials", "drill"])
@pytest.mark.parametrize("form", ["markdown", "junit"])
def test_forms_for_pull_requests_say_it(kind: str, form: str) -> None:
    assert "TRACE TOO THIN: src.w covers" in asked(kind, "--format", form).stdout


def test_drills_do_not_pass_by_it() -> None:
    """The RPO is met by drills of the whole trace and by those of the thin one."""
    for lacking, passes in ((0, True), (2, False)):
        asked_for = "rpo={target: 1 h, attainment: 50 %}"
        words = ("drill", hours(lacking), "--trials", "10", "--set", asked_for)
        found = json.loads(efs(*words, "--format", "json").stdout)
        assert (found["rpo"]["met"], found["passes"]) == (True, passes)
        assert efs(*words, "--check").exit_code == (not passes)


def test_validate_and_estimate_say_it_too() -> None:
    said = "TRACE TOO THIN: src.w covers 91.6 % of the run's 24 periods"
    checked = CliRunner().invoke(cli.cli, ["validate", hours(2)])
    assert (checked.exit_code, checked.stdout) == (0, "s.yaml: valid\n")
    assert said in checked.stderr
    estimated = CliRunner().invoke(cli.cli, ["estimate", hours(2)])
    assert said in " ".join(estimated.stdout.split())
    for command in ("validate", "estimate"):
        assert "THIN" not in CliRunner().invoke(cli.cli, [command, hours(1)]).output


def test_check_of_several_scenarios_looks_at_each() -> None:
    thin, full = hours(2), hours(0, "full")
    study = ("--trials", "2", "--workers", "1", "--check")
    third = str(write(Path(), csv(minutes()), name="third", period="1 min"))
    assert efs("run", full, third, *study).exit_code == 0
    assert efs("run", full, thin, *study).exit_code == 1
    assert efs("run", thin, full, *study).exit_code == 1


def test_traces_of_streams_that_a_script_adds(tmp_path: Path) -> None:
    scenario = efssim.load(hours(0))
    world = efssim.Simulation(scenario)
    (tmp_path / "more.csv").write_text(csv([(10, 5), (20, 5)]), encoding="utf-8")
    world.write("src", {"trace": {"file": str(tmp_path / "more.csv")}})
    world.advance_to_end()
    result = world.result()
    added = result.summary["traces"]["file_systems.src.writes.added-1"]
    assert (added["file"], added["rows"], added["bytes_used"]) == ("more.csv", 2, 10)
    assert pickle.loads(pickle.dumps(result.traces)) == result.traces


def test_a_result_does_not_need_the_file_any_more() -> None:
    result = efssim.run(efssim.load(hours(2)))
    Path("s.csv").unlink()
    assert result.summary["traces"][PATH]["periods_missing"] == 2


# ---- coverage by hand ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "keys", "duration", "periods", "missing"),
    [
        # Two laps and a half of four minutes of which one is missing.
        ([0, 60, 180], {"repeat": True, "length": "4 min"}, "10 min", 10, 2),
        # Laps that are no whole number of periods: rows at 0, 60, 150, 210, 300, 360, 450, 510.
        ([0, 60], {"repeat": True, "length": "150 s"}, "10 min", 10, 2),
        # The grid is that of the first row: parts of a period at both ends of the run.
        ([-30, 30, 90, 150, 210, 270], {}, "5 min", 6, 0),
        ([-30, 30, 150, 210, 270], {}, "5 min", 6, 1),
        # Rows of one period count once.
        ([0, 60, 60, 60, 120], {}, "3 min", 3, 0),
        # Rows before the run, and long before it, are of no period of the run.
        ([-600, -540, -60, 0, 60], {"missing": "zero"}, "5 min", 5, 3),
        # Nothing before the first row of a repeated trace that begins in the run.
        ([120, 180], {"repeat": True}, "10 min", 10, 2),
    ],
)
def test_periods_by_hand(
    times: list[int], keys: dict[str, Any], duration: str, periods: int, missing: int
) -> None:
    rows = [(time, 1) for time in times]
    file = write(Path(), csv(rows), duration=duration, period="1 min", **keys)
    (found,) = efssim.run(efssim.load(file)).traces.values()
    assert (found.periods, found.periods_missing) == (periods, missing)


def test_many_laps_are_counted_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where laps are too many to count one by one, whole periods stay exact."""
    from efssim.traces import quality as trace_quality

    file = write(Path(), csv([(7, 1), (67, 1), (187, 1)]), duration="1 day", period="1 min",
                 repeat=True, length="5 min")  # fmt: skip
    scenario = efssim.load(file)
    (exact,) = efssim.run(scenario).traces.values()
    monkeypatch.setattr(trace_quality, "_LAPS_COUNTED", 10)
    (quick,) = efssim.run(scenario).traces.values()
    assert (exact.periods, exact.periods_missing) == (quick.periods, quick.periods_missing)


def test_bytes_used_and_unused_are_all_bytes_of_the_file() -> None:
    rows = [(-90, 1), (-30, 2), (30, 4), (90, 8), (150, 16), (210, 32), (270, 64), (330, 128)]
    file = write(Path(), csv(rows), duration="5 min", period="1 min")
    (found,) = efssim.run(efssim.load(file)).traces.values()
    # The row at -90 s ends at -30 s; that at -30 s has half of its minute in the run.
    assert (found.rows, found.rows_used, found.bytes_used, found.bytes_unused) == (8, 6, 126, 129)
