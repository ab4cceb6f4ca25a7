"""`efssim traces`: what is printed and written, and a scenario that runs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.commands import command
from helpers.installed import efs

import efssim

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def rows(count: int, value: Callable[[int], float], step_s: int = 60, skip: Any = ()) -> str:
    """Return a table of totals per period."""
    lines = (
        f"{BEGIN + timedelta(seconds=step_s * k):%Y-%m-%dT%H:%M:%SZ},{value(k)}"
        for k in range(count)
        if k not in skip
    )
    return "timestamp,value\n" + "\n".join(lines) + "\n"


def daily(k: int) -> float:
    """Return the bytes of a minute: a busy afternoon, and some chance by its number."""
    return round(1e6 * (1.1 + math.sin(2 * math.pi * (k / 1440 - 0.4))) * (1 + 7919 * k % 13))


def data(count: int = 1440 * 9, **changes: Any) -> Path:
    file = Path("w.csv")
    file.write_text(rows(count, daily, **changes), encoding="utf-8")
    return file


def metric_data(**results: tuple[str, list[float]]) -> Path:
    """Write an answer of get-metric-data with one-minute values by Id, each with its label."""
    found = [
        {
            "Id": name,
            "Label": label,
            "Timestamps": [(BEGIN + timedelta(minutes=k)).isoformat() for k in range(len(values))],
            "Values": values,
            "StatusCode": "Complete",
        }
        for name, (label, values) in results.items()
    ]
    file = Path("m.json")
    file.write_text(json.dumps({"MetricDataResults": found, "Messages": []}), encoding="utf-8")
    return file


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_report_of_a_table() -> None:
    done = command("traces", data(), "--period", "1 min", "--timezone", "Europe/Rome")
    assert done.code == 0, done.err
    text = flat(done.out)
    assert "2026-03-02 00:00Z to 2026-03-11 00:00Z (9 days)" in text
    assert "12,960 periods of 1 min, none missing." in text
    assert "STILL GROWING" in text
    assert "by hour (Europe/Rome)" in text
    assert "reproduce: efssim traces w.csv --timezone Europe/Rome --period 60" in text
    assert max(map(len, done.out.splitlines())) <= 80
    again = command(*re.sub(r".*reproduce: efssim ", "", text).split())
    assert again.answer == done.answer


def test_json_has_the_same_numbers() -> None:
    file = data()
    found = json.loads(command("traces", file, "--period", "60", "--format", "json").out)
    assert list(found) == ["files", "writes", "lags", "without_profile"]
    (writes,) = found["writes"]
    values = [daily(k) for k in range(1440 * 9)]
    assert writes["bytes"] == sum(values)
    assert writes["coverage"]["begin"] == "2026-03-02T00:00:00.000000Z"
    minute = writes["busiest"][0]
    assert minute["bytes"] == max(values)
    assert len(writes["clock"]["weekly_bytes_per_s"]) == 7
    assert found == efssim.read_traces(file, period=60).summary
    json.dumps(found, allow_nan=False)


def test_gaps_and_short_traces_are_said() -> None:
    done = command("traces", data(1440 * 3, skip=range(100, 400)), "--period", "1min")
    text = flat(done.out)
    assert "GAPS: 6.944 % of the periods are missing" in text
    assert "the longest gap is 5 h from 2026-03-02 01:40Z" in text
    assert "SHORT: 3 days are covered" in text
    assert "No profile by the weekday: less than 7 days are covered" in text
    zero = command("traces", "w.csv", "--period", "1min", "--missing", "zero", "-o", "s.yaml")
    assert "GAPS" not in zero.out
    assert "They count as without writes." in flat(zero.out)
    assert "missing: zero" in Path("s.yaml").read_text(encoding="utf-8")
    few = command("traces", data(1440 * 8, skip=range(100, 400)), "--period", "1min").out
    assert "GAPS" not in few
    assert "SHORT" not in few


def test_five_minutes_have_no_busiest_minute() -> None:
    Path("w.csv").write_text(rows(288 * 8, daily, 300), encoding="utf-8")
    text = flat(command("traces", "w.csv", "--period", "5 min").out)
    assert "No busiest minute: periods are longer (300 s)." in text


def test_totals_taken_for_single_writes_are_noticed() -> None:
    text = flat(command("traces", data(1440)).out)
    assert "TOTALS? Rows are 1 min apart" in text
    assert "TOTALS?" not in command("traces", data(1440), "--period", "1 min").out


def test_bytes_number_of_writes_and_lag_together() -> None:
    lag = [float(60 + k % 60) for k in range(3000)]
    lag[1234] = 500.0
    file = metric_data(
        w=("DataWriteIOBytes Sum", [1000.0] * 3000),
        n=("DataWriteIOBytes SampleCount", [10.0] * 3000),
        lag=("TimeSinceLastSync Maximum", lag),
        s=("StorageBytes Average", [1e12] * 3000),
    )
    text = flat(command("traces", file).out)
    assert "30,000 writes of 100 B on average" in text
    assert "3,000 samples: p50 1 min 29 s" in text
    assert "max 8 min 20 s at 2026-03-02 20:34Z" in text
    assert "`efssim calibrate --lag` reads this series" in text
    assert "No profile of StorageBytes: is no metric of the bytes of writes." in text


def test_an_average_needs_the_number_of_samples() -> None:
    file = metric_data(
        a=("DataWriteIOBytes Average", [100.0] * 300),
        n=("DataWriteIOBytes SampleCount", [10.0] * 300),
    )
    done = json.loads(command("traces", file, "--format", "json").out)
    assert done["writes"][0]["bytes"] == 300 * 1000
    assert done["writes"][0]["statistic"] == "Average x SampleCount"
    alone = command("traces", metric_data(a=("DataWriteIOBytes Average", [100.0] * 300)))
    assert (alone.code, alone.out) == (2, "")
    assert "SampleCount" in alone.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("none.csv",), "no such file"),
        (("w.csv", "--period", "soon"), "--period"),
        (("w.csv", "--block", "0"), "must be above 0"),
        (("w.csv", "--timezone", "Europe/Roma"), "Europe/Rome"),
        (("w.csv", "--statistic", "Summe"), "Sum"),
        (("w.csv", "w.csv", "-o", "s.yaml"), "a folder or a quoted pattern"),
        ((), "FILE"),
    ],
)
def test_mistakes_are_one_line_and_change_nothing(words: tuple[str, ...], message: str) -> None:
    data(100)
    done = command("traces", *words, "--out", "o")
    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err
    assert [path.name for path in Path().iterdir()] == ["w.csv"]


def test_files_under_out() -> None:
    done = command("traces", data(), "--period", "1min", "--out", "o")
    assert done.code == 0, done.err
    found = sorted(str(path) for path in Path("o").rglob("*") if path.is_file())
    names = ["day", "dispersion", "week", "writes"]
    figures = [f"o/figures/{name}.svg" for name in names]
    assert found == [*figures, "o/manifest.json", "o/report.html", "o/study.md", "o/traces.json"]
    page = Path("o/report.html").read_text(encoding="utf-8")
    assert page.count("<svg ") >= 4
    assert "To be minded" in page
    before = {path: path.read_bytes() for path in Path("o").rglob("*.*")}
    command("traces", data(), "--period", "1min", "--out", "o")
    assert {path: path.read_bytes() for path in Path("o").rglob("*.*")} == before
    Path("o/manifest.json").unlink()
    other = command("traces", data(), "--period", "1min", "--out", "o")
    assert other.code == 2
    assert "name another folder" in other.err


# ---- scenarios ----------------------------------------------------------------------------------


def test_the_scenario_runs_as_it_is() -> None:
    """As a user does it: in a fresh folder, by the installed command."""
    Path("in").mkdir()
    data().rename("in/w.csv")
    made = efs("traces", "in/w.csv", "--period", "1 min", "-o", "out/s.yaml")
    assert made.returncode == 0, made.stderr
    assert "wrote out/s.yaml; next: efssim run out/s.yaml" in made.stderr
    text = Path("out/s.yaml").read_text(encoding="utf-8")
    assert "file: ../in/w.csv, period: 1 min" in text
    assert text.count("assumed") >= 8
    ran = efs("run", "out/s.yaml", "--format", "json", "--quiet")
    assert ran.returncode == 0, ran.stderr
    summary = json.loads(ran.stdout)
    traced = summary["traces"]["file_systems.source.writes.measured"]
    assert (traced["rows_used"], traced["periods_missing"]) == (1440 * 9, 0)
    total = sum(daily(k) for k in range(1440 * 9))
    assert summary["replications"]["dr"]["writes"]["bytes"] == total


def test_a_file_that_exists_is_left_as_it_is() -> None:
    Path("s.yaml").write_text("mine", encoding="utf-8")
    done = command("traces", data(), "--period", "1 min", "-o", "s.yaml", "--out", "o")
    assert done.code == 2
    assert "exists already and is left as it is" in done.err
    assert Path("s.yaml").read_text(encoding="utf-8") == "mine"
    assert not Path("o").exists()


def test_a_trace_with_long_gaps_needs_a_word() -> None:
    """CloudWatch has no sample where nothing was written; a run has to be told so."""
    file = data(1440 * 8, skip=[k for k in range(1440 * 8) if k % 1440 > 500])
    assert command("traces", file, "--period", "1 min", "-o", "s.yaml").code == 0
    assert "missing: zero" in Path("s.yaml").read_text(encoding="utf-8")
    assert efs("run", "s.yaml", "--quiet").returncode == 0


def test_resampled_days_of_the_scenario_run_too() -> None:
    data(1440 * 10)
    command("traces", "w.csv", "--period", "1 min", "-o", "s.yaml")
    stream = "file_systems.source.writes.measured.trace.resample=days"
    ran = efs("run", "s.yaml", "--set", stream, "--set", "duration=20 days", "--check", "--quiet")
    assert ran.returncode == 0, ran.stderr
    assert "10 whole days drawn with replacement" in flat(ran.stdout)


def test_one_of_several_series_is_chosen() -> None:
    lines = []
    for k in range(1500):
        now = BEGIN + timedelta(minutes=k)
        for device, rate in (("sda", 100.0), ("sdb", 7.0)):
            cells = {"metric_stream_name": "s", "namespace": "AWS/EFS", "unit": "Bytes"}
            cells |= {"metric_name": "DataWriteIOBytes", "dimensions": {"FileSystemId": device}}
            value = {"count": 2.0, "sum": rate, "min": 1.0, "max": rate}
            cells |= {"timestamp": round(now.timestamp() * 1000), "value": value}
            lines.append(json.dumps(cells))
    Path("m.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    several = command("traces", "m.ndjson", "-o", "s.yaml")
    assert several.code == 2
    assert "--where chooses one" in several.err
    one = command("traces", "m.ndjson", "--where", "FileSystemId=sdb", "-o", "s.yaml")
    assert one.code == 0, one.err
    assert "--where FileSystemId=sdb" in flat(one.out)
    ran = efs("run", "s.yaml", "--format", "json", "--quiet")
    assert json.loads(ran.stdout)["replications"]["dr"]["writes"]["bytes"] == 1500 * 7
    assert efssim.read_traces("m.ndjson", where={"FileSystemId": "sda"}).writes[0].writes == 3000
    assert command("traces", "m.ndjson", "--where", "sda").code == 2


def test_single_writes_become_a_scenario() -> None:
    """With dates; and with a zero of their own, where one at 0 is there before the run."""
    block_trace(5000)
    assert command("traces", "msr.csv", "-o", "s.yaml").code == 0
    ran = efs("run", "s.yaml", "--format", "json", "--quiet")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["replications"]["dr"]["writes"]["count"] == 5000
    Path("r.csv").write_text("timestamp,value\n0,5\n7.5,10\n99,20\n", encoding="utf-8")
    assert command("traces", "r.csv", "-o", "r.yaml").code == 0
    assert "assumed: the trace has no dates" in Path("r.yaml").read_text(encoding="utf-8")
    ran = efs("run", "r.yaml", "--format", "json", "--quiet")
    assert json.loads(ran.stdout)["replications"]["dr"]["writes"]["bytes"] == 30


def test_a_time_zone_is_left_out_where_times_have_an_offset() -> None:
    words = ("--period", "1 min", "--timezone", "Europe/Rome", "-o", "s.yaml")
    done = command("traces", data(), *words)
    assert done.code == 0, done.err
    assert "timezone" not in Path("s.yaml").read_text(encoding="utf-8")
    Path("s.yaml").unlink()
    local = Path("w.csv").read_text(encoding="utf-8").replace("Z,", ",")
    Path("w.csv").write_text(local, encoding="utf-8")
    done = command("traces", "w.csv", *words)
    # Either a run reads local times as the profile does, or there is no scenario.
    if done.code == 0:
        ran = efs("run", "s.yaml", "--format", "json", "--quiet")
        traced = json.loads(ran.stdout)["traces"]["file_systems.source.writes.measured"]
        assert (traced["bytes_unused"], traced["periods_missing"]) == (0, 0)
    else:
        assert "not written, as no run takes it" in done.err


def test_an_assumed_statistic_stays_assumed() -> None:
    file = metric_data(w=("DataWriteIOBytes", [1000.0] * 3000))
    command("traces", file, "-o", "s.yaml")
    ran = efs("run", "s.yaml", "--check", "--quiet")
    assert ran.returncode == 1
    assert "statistic: Sum" in ran.stdout
    command("traces", file, "--statistic", "Sum", "-o", "t.yaml")
    assert efs("run", "t.yaml", "--check", "--quiet").returncode == 0


def test_a_lag_alone_makes_no_scenario() -> None:
    file = metric_data(lag=("TimeSinceLastSync Maximum", [60.0] * 300))
    done = command("traces", file, "-o", "s.yaml")
    assert done.code == 2
    assert "a scenario replays one series of writes" in done.err
    assert not Path("s.yaml").exists()


# ---- Python -------------------------------------------------------------------------------------


def block_trace(writes: int = 30_000) -> Path:
    """Write a block trace of MSR Cambridge's shape with a hot set of 100 blocks."""
    rng = np.random.default_rng(7)
    ticks = np.sort(rng.uniform(0, 2 * 86_400, writes)) * 1e7 + 134_168_832_000_000_000
    cold = 10**6 + np.arange(writes)
    place = np.where(rng.uniform(size=writes) < 0.75, rng.integers(0, 100, writes), cold) * 4096
    lines = (f"{int(t)},hm,0,Write,{p},4096,9" for t, p in zip(ticks, place, strict=True))
    file = Path("msr.csv")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_a_block_trace_offers_its_hot_set() -> None:
    found = efssim.read_traces(block_trace())
    (profile,) = found.writes
    assert profile.hot_set is not None
    assert profile.hot_set.is_offered
    assert profile.hot_set.size_bytes == pytest.approx(100 * 4096, rel=0.05)
    assert list(found.unique.columns)[:2] == ["series", "window_s"]
    assert (found.unique["unique_bytes"] <= found.unique["written_bytes"]).all()
    text = flat(command("traces", "msr.csv").out)
    assert "hot_set: {size:" in text
    assert f"within {100 * profile.hot_set.largest_error:.1f}".rstrip("0") in text


def test_a_run_sends_the_unique_bytes_of_its_interval() -> None:
    """With the hot set that was fitted, a sync of an hour sends about what an hour touches."""
    command("traces", block_trace(), "-o", "s.yaml")
    unique = efssim.read_traces("msr.csv").unique.set_index("window_s")["unique_bytes"]
    for interval, window_s in (("10 min", 600.0), ("1 h", 3600.0), ("6 h", 21_600.0)):
        change = f"replications.dr.sync={{preset: none, interval: {interval}}}"
        found = efssim.run(efssim.load("s.yaml", overrides=[change]), verify=True)
        sent = found.syncs["bytes"].mean()
        assert sent == pytest.approx(unique[window_s], rel=0.05)


def test_tables_plots_and_files_in_python(tmp_path: Path) -> None:
    found = efssim.read_traces(str(data()), period="1 min", timezone="Europe/Rome")
    assert len(found.daily) == 24
    assert len(found.weekly) == 168
    assert found.busiest["window"].tolist() == ["minute", "15 minutes", "hour", "day"]
    assert found.dispersion["window_s"].tolist()[:3] == [60, 120, 240]
    assert found.unique.empty
    assert "bytes written" in repr(found)
    assert "9 days" in found._repr_html_()
    for figure in ("writes", "dispersion", "day", "week"):
        assert found.plot(figure).get_title(loc="left")
    with pytest.raises(efssim.UnknownNameError, match="did you mean 'week'"):
        found.plot("weeks")
    found.write(tmp_path / "o")
    assert (tmp_path / "o" / "report.html").exists()


def test_mistakes_in_python() -> None:
    data()
    with pytest.raises(efssim.TraceErrors, match="no such file"):
        efssim.read_traces("none.csv")
    with pytest.raises(efssim.ArgumentError, match="block"):
        efssim.read_traces("w.csv", block="0")
    with pytest.raises(efssim.UsageError, match="files are a path"):
        efssim.read_traces(3)  # type: ignore[arg-type]  # as a script may
    with pytest.raises(efssim.TraceErrors):
        efssim.read_traces(["w.csv"], timezone="Mars")
