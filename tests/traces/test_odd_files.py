"""Inputs that are no regular file of a sane size, and totals that no 64 bits can count."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from helpers.traced import csv, refusal, write

import efssim
from efssim.scenario import ScenarioError
from efssim.text.files import read_regular

DEVICES = ("/dev/zero", "/dev/null")


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    """Return a named pipe that nobody writes to; whoever opens it waits for ever."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return str(path)


def problems(file: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        efssim.load(Path(file))
    return str(caught.value)


def test_a_scenario_is_a_regular_file(tmp_path: Path, pipe: str) -> None:
    for device in DEVICES:
        assert problems(device) == f"{device}:1:1: cannot read the file: is a device, not a file"
    assert "is a pipe, not a file" in problems(pipe)
    assert "Is a directory" in problems(str(tmp_path))


def test_a_trace_is_a_regular_file(tmp_path: Path, pipe: str) -> None:
    (empty := tmp_path / "empty").mkdir()
    kinds = {pipe: "is a pipe", str(empty): "is a folder without files"} | dict.fromkeys(
        DEVICES, "is a device"
    )
    for file, said in kinds.items():
        (message,) = refusal(tmp_path, csv([]), file=file)
        assert message.startswith(said)
        (message,) = refusal(tmp_path, csv([]), file=file, period="1 min", where={"a": "b"})
        assert message.startswith(said)


def test_values_of_a_distribution_are_in_a_regular_file(tmp_path: Path, pipe: str) -> None:
    scenario = efssim.load(write(tmp_path, csv([(60, 5)])))
    for file, said in (
        (pipe, "is a pipe"),
        ("/dev/zero", "is a device"),
        (str(tmp_path), "directory"),
    ):
        with pytest.raises(ScenarioError) as caught:
            scenario.with_({"replications.dr.sync.setup": {"empirical": {"file": file}}})
        assert said in str(caught.value)


def test_files_of_no_sane_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sparse file of a TiB takes no room on the disk and all memory to read."""
    huge = tmp_path / "huge"
    with huge.open("wb") as stream:
        stream.truncate(2**40)
    assert "has 1 TiB; at most 16 MiB are read" in problems(str(huge))
    (message,) = refusal(tmp_path, csv([]), file=str(huge))
    assert message == "has 1 TiB; at most 512 MiB are read"
    small = tmp_path / "small"
    small.write_bytes(b"12345")
    assert read_regular(small, 5) == b"12345"
    with pytest.raises(ValueError, match="has 5 B; at most 4 B are read"):
        read_regular(small, 4)
    # Files of /proc say that they are empty and are not.
    if Path("/proc/self/status").exists():
        with pytest.raises(ValueError, match="has 5 B; at most 4 B"):
            read_regular("/proc/self/status", 4)


def test_a_name_too_long_for_any_file(tmp_path: Path) -> None:
    (message,) = refusal(tmp_path, csv([]), file="x" * 100_000)
    assert message == "cannot be read: File name too long"
    (message,) = refusal(tmp_path, csv([]), file="a\0b")
    assert message.startswith("cannot be read") or "not allowed" in message or "null" in message


# ---- totals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["1e19", "9223372036854775808", "1e300", str(10**25)])
def test_more_bytes_than_64_bits_in_a_trace(tmp_path: Path, value: str) -> None:
    for keys in ({}, {"period": "12 h"}, {"period": "12 h", "unit": "KiB"}):
        (message,) = refusal(tmp_path, csv([(0, 1), (43_200, value)]), **keys)
        assert message.startswith("s.csv:3: bytes ") or f"{tmp_path}/s.csv:3: bytes " in message
    (message,) = refusal(tmp_path, csv([(60, 5), (120, value)]), counter=True)
    assert "more than can be counted" in message or "the largest file that EFS takes" in message


def test_rows_that_add_up_to_too_much(tmp_path: Path) -> None:
    """Each row is a file that EFS takes; 88,000 of them are 2^62 bytes."""
    text = csv((k + 1, 5.2e13) for k in range(90_000))
    (message,) = refusal(tmp_path, text, duration="2 days")
    assert message == "adds up to 4.06 EiB, more than can be counted (4 EiB)"
    rows = csv((k, 5e13) for k in range(1000))
    (message,) = refusal(tmp_path, rows, duration="2 days", repeat=True, length="1000 s")
    assert message.startswith("adds up to 7.49 EiB, ")


def stream(**keys: Any) -> dict[str, Any]:
    return {"arrivals": {"constant": {"rate": "1 per s"}}, "size": "1 KiB", **keys}


def refused(writes: dict[str, Any], **place: Any) -> list[str]:
    """Return paths and messages of a scenario of 100 s with these writes."""
    dr = {"source": "src", "destination": {"region": "us-west-2"}, "established": True}
    try:
        efssim.Scenario.model_validate({
            "name": "t", "duration": 100,
            "file_systems": {"src": {"region": "us-east-1", "writes": writes, **place}},
            "replications": {"dr": dr},
        })  # fmt: skip
    except ValueError as error:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]  # type: ignore[attr-defined]
    return []


def test_counts_that_overflow() -> None:
    at = "file_systems.src.writes"
    many = "more than can be counted"
    (message,) = refused({"w": stream(files=10**18)})
    assert (
        message
        == f"{at}.w.files: up to 210,000,000,000,000,000,000 changed files are expected, {many}"
    )
    # 100 writes expected, and ten standard deviations and ten more: 210 at most.
    assert refused({"w": stream(files=2**62 // 210)}) == []
    assert len(refused({"w": stream(files=2**62 // 209)})) == 1
    (message,) = refused({"w": stream(growth=1e9, size="40 TiB")})
    assert message.startswith(f"{at}.w.size: up to 3814818 EiB are expected, {many}")
    batch = {"batch": {"at": "00:00", "every": "1 day", "writes": 10, "over": 0}}
    (message,) = refused({"w": stream(arrivals=batch, size="40 TiB", growth=2)})
    assert message == (
        f"{at}.w.size: with growth a write has 80 TiB, above 47.9 TiB, the largest file that"
        " EFS takes"
    )
    batch["batch"]["writes"] = 10**16
    (message,) = refused({"w": stream(arrivals=batch)})
    assert message.startswith(f"{at}.w.size: up to 8.88 EiB are expected")
    # Together, where each alone is not too much.
    part = stream(files=2**62 // 210)
    (message,) = refused({"a": part, "b": part, "c": part})
    assert message.startswith(
        f"{at}: up to 14,000,000,000,000,000,000 files are expected with those held"
    )
    (message,) = refused({"w": stream()}, size=2**63 - 1)
    assert message.startswith(f"{at}: up to 8 EiB are expected with those held")
    assert refused({}, size=2**63 - 1) == []


def test_busy_times_count_whole(tmp_path: Path) -> None:
    """A run may lie in the busiest hour of a week, or in one long on time."""
    hours = [24] + [0] * 23
    profile = {"profile": {"rate": "1 per s", "hours": hours}}
    (message,) = refused({"w": stream(arrivals=profile, files=2**62 // 1000)})
    assert "changed files are expected" in message
    bursts = {"on_off": {"on": "1 h", "off": "23 h", "rate": "100 per s"}}
    (message,) = refused({"w": stream(arrivals=bursts, files=2**62 // 1000)})
    assert "changed files are expected" in message


def test_growth_of_a_trace(tmp_path: Path) -> None:
    file = write(tmp_path, csv([(60, 1e9), (120, 1e9)]))
    scenario = efssim.load(file)
    with pytest.raises(ScenarioError) as caught:
        scenario.with_({"file_systems.src.growth": 1e6})
    (problem,) = caught.value.problems
    assert problem.path == ("file_systems", "src", "writes", "w", "trace")
    assert "with growth a write has 909 TiB" in problem.message
