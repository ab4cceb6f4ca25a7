"""Reading a year of minutes of each format beside a plain load: `python -m benchmarks.exports`.

The load is what reads the same file without knowing what it holds: `json.load` (of each line, where
lines are documents), `pandas.read_csv` with the file's separator, or `pandas.read_parquet`. Both
take turns; the ratio is between the minima. Files are written into a temporary folder first.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.timing import timed
from efssim.traces.exports import ReadOptions, read_exports

POINTS = 525_600
"""Minutes of a year."""
MOST = 5.0
"""Times the plain load that reading may take."""
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
BEGIN_S = int(BEGIN.timestamp())

LOCAL_TIMES = ReadOptions(timezone="Asia/Tokyo")
"""A zone without summer time, as minutes of a year are written in a row."""

Lines = Iterator[str]
Load = Callable[[Path], object]


@dataclass(frozen=True)
class Year:
    """A year of one format: how it is written, and what loads it without understanding it."""

    name: str
    lines: Callable[[np.ndarray], Lines]
    load: Load
    load_name: str
    options: ReadOptions = LOCAL_TIMES


def moments(layout: str) -> list[str]:
    """Return the begin of each minute, in a layout of strftime."""
    return [(BEGIN + timedelta(minutes=n)).strftime(layout) for n in range(POINTS)]


def metric_data(values: np.ndarray) -> Lines:
    """Yield one result, the latest first, as the command writes it."""
    result = {
        "Id": "w",
        "Label": "DataWriteIOBytes Sum",
        "Timestamps": moments("%Y-%m-%dT%H:%M:%S+00:00")[::-1],
        "Values": values.tolist()[::-1],
        "StatusCode": "Complete",
    }
    yield json.dumps({"MetricDataResults": [result], "Messages": []}, indent=4)


def metric_statistics(values: np.ndarray) -> Lines:
    """Yield the datapoints of a year, as a joined file of many calls has them."""
    times = moments("%Y-%m-%dT%H:%M:%SZ")
    points = [
        {"Timestamp": time, "Sum": value, "Unit": "Bytes"}
        for time, value in zip(times, values.tolist(), strict=True)
    ]
    yield json.dumps({"Label": "DataWriteIOBytes", "Datapoints": points}, indent=4)


def cli_text(values: np.ndarray) -> Lines:
    """Yield `--output text` of get-metric-data."""
    yield "METRICDATARESULTS\tw\tDataWriteIOBytes\tComplete"
    yield from (f"TIMESTAMPS\t{time}" for time in moments("%Y-%m-%dT%H:%M:%S+00:00"))
    yield from (f"VALUES\t{value}" for value in values.tolist())


def cli_table(values: np.ndarray) -> Lines:
    """Yield `--output table` of get-metric-statistics."""
    yield from ("-" * 60, f"|{'GetMetricStatistics':^58}|", f"+{'-' * 10}+{'-' * 47}+")
    yield from (f"|  Label   |  {'DataWriteIOBytes':45}|", f"||{'Datapoints':^56}||")
    yield f"||  {'Sum':16}|  {'Timestamp':24}|  {'Unit':8}||"
    for time, value in zip(moments("%Y-%m-%dT%H:%M:%SZ"), values.tolist(), strict=True):
        yield f"||  {value:<16}|  {time:24}|  {'Bytes':8}||"


def console_csv(values: np.ndarray) -> Lines:
    """Yield a CSV of the console."""
    yield from ("Full label,DataWriteIOBytes", "Label,DataWriteIOBytes Sum", "Unit,Bytes")
    for time, value in zip(moments("%Y/%m/%d %H:%M:%S"), values.tolist(), strict=True):
        yield f"{time},{value}"


def metric_stream(values: np.ndarray) -> Lines:
    """Yield a datapoint a line."""
    for n, value in enumerate(values.tolist()):
        yield (
            '{"metric_stream_name":"efs","account_id":"123456789012","region":"us-east-1",'
            '"namespace":"AWS/EFS","metric_name":"DataWriteIOBytes",'
            '"dimensions":{"FileSystemId":"fs-0123456789abcdef0"},'
            f'"timestamp":{(BEGIN_S + 60 * n) * 1000},'
            f'"value":{{"count":12.0,"sum":{value},"max":{value / 4},"min":512.0}},"unit":"Bytes"}}'
        )


def grafana_raw(values: np.ndarray) -> Lines:
    """Yield a panel's data as they are."""
    yield '"Time","DataWriteIOBytes"'
    yield from (f"{(BEGIN_S + 60 * n) * 1000},{v}" for n, v in enumerate(values.tolist()))


def grafana_formatted(values: np.ndarray) -> Lines:
    """Yield a panel's formatted data."""
    yield from ("sep=;", '"Time";"DataWriteIOBytes"')
    for time, value in zip(moments("%Y-%m-%d %H:%M:%S"), values.tolist(), strict=True):
        yield f"{time};{value / 1024:.0f} KiB"


def prometheus(values: np.ndarray) -> Lines:
    """Yield an answer of the HTTP API."""
    pairs = [[BEGIN_S + 60 * n, str(value)] for n, value in enumerate(values.tolist())]
    found = {"metric": {"__name__": "DataWriteIOBytes"}, "values": pairs}
    yield json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [found]}})


IOSTAT_NAMES = (
    "Device            r/s     rkB/s   rrqm/s  %rrqm r_await rareq-sz     w/s     wkB/s   wrqm/s"
    "  %wrqm w_await wareq-sz  aqu-sz  %util"
)


def iostat(values: np.ndarray) -> Lines:
    """Yield `iostat -xt 60` of one device."""
    yield from ("Linux 6.1.0 (host) \t01/01/2025 \t_x86_64_\t(4 CPU)", "")
    for time, value in zip(moments("%m/%d/%Y %I:%M:%S %p"), values.tolist(), strict=True):
        yield from (time, IOSTAT_NAMES)
        yield (
            "nvme0n1          0.00      0.00     0.00   0.00    0.50     4.00    2.00"
            f" {value / 61440:9.2f}     0.00   0.00    0.50     4.00    0.00   0.10"
        )
        yield ""


def sar(values: np.ndarray) -> Lines:
    """Yield the daily reports of `sar -d`, one after the other."""
    names = "       DEV       tps     rkB/s     wkB/s   areq-sz    aqu-sz     await     %util"
    for n, value in enumerate(values.tolist()):
        moment = BEGIN + timedelta(minutes=n)
        if n % 1440 == 0:
            yield from (f"Linux 6.1.0 (host) \t{moment:%m/%d/%Y} \t_x86_64_\t(4 CPU)", "")
            yield f"{moment:%I:%M:%S %p}{names}"
            continue
        yield f"{moment:%I:%M:%S %p}       sda      1.00      0.00 {value / 61440:9.2f}" + (
            "      4.00      0.00      0.10      0.10"
        )


def msr_cambridge(values: np.ndarray) -> Lines:
    """Yield a write a minute."""
    zero = (BEGIN_S + 11_644_473_600) * 10**7
    for n, value in enumerate(values.tolist()):
        yield f"{zero + 600_000_000 * n},hm,0,Write,{n * 4096},{value:.0f},26"


def alibaba(values: np.ndarray) -> Lines:
    """Yield a write a minute."""
    for n, value in enumerate(values.tolist()):
        yield f"1,W,{n * 4096},{value:.0f},{(BEGIN_S + 60 * n) * 10**6}"


def tencent(values: np.ndarray) -> Lines:
    """Yield a write a minute."""
    for n, value in enumerate(values.tolist()):
        yield f"{BEGIN_S + 60 * n},{n * 8},{value // 512:.0f},1,1063"


def plain_csv(values: np.ndarray) -> Lines:
    """Yield a header and rows."""
    yield "timestamp,DataWriteIOBytes"
    for time, value in zip(moments("%Y-%m-%dT%H:%M:%SZ"), values.tolist(), strict=True):
        yield f"{time},{value}"


def load_json(file: Path) -> object:
    """Load one document."""
    with file.open(encoding="utf-8") as stream:
        return json.load(stream)


def load_json_lines(file: Path) -> object:
    """Load a document a line."""
    with file.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def table(separator: str = ",", *, columns: int | None = None, skip: int = 0) -> Load:
    """Return the loading of a table; `columns` numbers them where there is no header."""
    names = None if columns is None else list(range(columns))
    # Lines of several kinds below each other have columns of several kinds, so all are texts.
    kind = str if columns is not None and separator not in (",", ";") else None
    return lambda file: pd.read_csv(file, sep=separator, names=names, skiprows=skip, dtype=kind)


JSON, JSON_LINES, CSV = "json.load", "json.loads of each line", "pandas.read_csv"

YEARS = (
    Year("CloudWatch get-metric-data JSON", metric_data, load_json, JSON),
    Year("CloudWatch get-metric-statistics JSON", metric_statistics, load_json, JSON),
    Year("AWS CLI text", cli_text, table("\t", columns=4), CSV),
    Year("AWS CLI table", cli_table, table("|", columns=8), CSV),
    Year("CloudWatch console CSV", console_csv, table(columns=2, skip=3), CSV),
    Year("CloudWatch metric stream", metric_stream, load_json_lines, JSON_LINES),
    Year("Grafana CSV", grafana_raw, table(), CSV),
    Year("Grafana CSV, formatted", grafana_formatted, table(";", skip=1), CSV),
    Year("Prometheus matrix JSON", prometheus, load_json, JSON),
    Year("iostat", iostat, table(r"\s+", columns=16, skip=1), CSV),
    Year("sar", sar, table(r"\s+", columns=12), CSV),
    Year("MSR Cambridge block trace", msr_cambridge, table(columns=7), CSV),
    Year("Alibaba block trace", alibaba, table(columns=5), CSV),
    Year("Tencent block trace", tencent, table(columns=5), CSV),
    Year("csv", plain_csv, table(), CSV),
)


def measured(year: Year, file: Path, pairs: int) -> tuple[float, float]:
    """Return the seconds of reading a year and of the plain load: the least of the pairs."""
    exports = read_exports([file], year.options)
    points = sum(len(series.time_s) for series in exports.series)
    points += sum(len(records.time_s) for records in exports.records)
    of_stream = 4 if year.lines is metric_stream else 1
    assert points >= (POINTS - 366) * of_stream, f"{year.name}: {points} points were read"
    del exports
    reads, loads = [], []
    for _ in range(pairs):
        reads.append(timed(lambda: read_exports([file], year.options)))
        gc.collect()
        loads.append(timed(lambda: year.load(file)))
        gc.collect()
    return min(reads), min(loads)


def write_parquet(file: Path, values: np.ndarray) -> None:
    """Write a year of Parquet."""
    times = pd.date_range(BEGIN, periods=POINTS, freq="min")
    frame = pd.DataFrame({"timestamp": times, "DataWriteIOBytes": values})
    frame.to_parquet(file)


def line_of(name: str, file: Path, seconds: tuple[float, float], load_name: str) -> str:
    """Return a line of the report."""
    read_s, load_s = seconds
    size = file.stat().st_size / 2**20
    verdict = "ok" if read_s <= MOST * load_s else "TOO SLOW"
    return (
        f"{name:40} {size:6.0f} MiB {read_s:7.2f} s {load_s:7.2f} s {read_s / load_s:6.2f} <= "
        f"{MOST:g}  {verdict}  ({load_name})"
    )


def main() -> None:
    """Print the ratio of each format; exit with 1 where one is above the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3, help="reads and loads of each file")
    parser.add_argument("--only", default="", help="formats whose name contains this")
    arguments = parser.parse_args()
    sizes = np.random.default_rng(0).lognormal(13, 2, POINTS)
    values = np.maximum(512.0, np.rint(sizes))
    print(f"{'format':40} {'size':>10} {'read':>9} {'load':>9} ratio")
    slow = False
    with tempfile.TemporaryDirectory() as folder:
        parquet = Year("Parquet", plain_csv, pd.read_parquet, "pandas.read_parquet")
        for year in (*YEARS, parquet):
            if arguments.only not in year.name:
                continue
            file = Path(folder) / "year"
            if year is parquet:
                write_parquet(file, values)
            else:
                with file.open("w", encoding="utf-8") as stream:
                    stream.writelines(f"{line}\n" for line in year.lines(values))
            seconds = measured(year, file, arguments.pairs)
            slow |= seconds[0] > MOST * seconds[1]
            print(line_of(year.name, file, seconds, year.load_name), flush=True)
    sys.exit(int(slow))


if __name__ == "__main__":
    main()
