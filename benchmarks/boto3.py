"""boto3 clients of a simulation beside botocore's own Stubber: `python -m benchmarks.boto3`.

Both answer DescribeReplicationConfigurations in process at the same point of botocore, the Stubber
from a list of canned answers. They take short turns, and the ratio is the median over pairs of
turns, in time of the processor, so that what a busy machine adds counts little. Then a poller every
simulated minute for a simulated week.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import boto3
import botocore
from botocore.stub import Stubber

import efssim
from efssim.aws import patched

TURNS, CALLS = 1000, 20
WANTED_RATIO, WANTED_S = 0.8, 30.0
POLLS = 7 * 24 * 60
HOME = "us-east-1"
SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "failover.yaml"

Call = Callable[[], Any]


def simulation() -> efssim.Simulation:
    """Return an hour of a scenario, with more than a week to go."""
    world = efssim.Simulation(efssim.load(SCENARIO, ["duration=30 days", "events=[]"]))
    world.advance("1 h")
    return world


def stubbed(answer: dict[str, Any], source: str) -> Call:
    """Return a call that the Stubber answers."""
    keys = {"aws_access_key_id": "STUBBED", "aws_secret_access_key": "STUBBED"}
    client = boto3.Session(**keys).client("efs", region_name=HOME)
    stubber = Stubber(client)
    for _ in range(TURNS * CALLS):
        stubber.add_response(
            "describe_replication_configurations", answer, {"FileSystemId": source}
        )
    stubber.activate()
    return lambda: client.describe_replication_configurations(FileSystemId=source)


def simulated(world: efssim.Simulation, source: str) -> Call:
    """Return the same call, answered by a simulation."""
    client = world.client("efs", region_name=HOME)
    return lambda: client.describe_replication_configurations(FileSystemId=source)


def timed(call: Call) -> float:
    """Return the processor's seconds that one of many calls takes."""
    began = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - began) / CALLS


def compare() -> float:
    """Return the calls per second of a simulation over those of the Stubber."""
    world = simulation()
    source = world.file_system_id("primary")
    operation = "DescribeReplicationConfigurations"
    answer = world.call(operation, {"FileSystemId": source}, region=HOME)
    calls = simulated(world, source), stubbed(answer, source)
    turns = [[timed(call) for call in calls] for _ in range(TURNS)]
    ratio = median(stubber_s / ours_s for ours_s, stubber_s in turns)
    ours, stubber = (1 / median(column) for column in zip(*turns, strict=True))
    print(f"botocore {botocore.__version__}, {operation}, calls/s: simulation {ours:,.0f},")
    print(f"  Stubber {stubber:,.0f}, ratio {ratio:.2f} (at least {WANTED_RATIO})")
    return ratio


def poll() -> float:
    """Return the seconds that a week of an ordinary polling loop takes, its client included."""
    world = simulation()
    source = world.file_system_id("primary")
    began = time.perf_counter()
    with patched(world):
        client = boto3.client("efs", region_name=HOME)
        for _ in range(POLLS):
            client.describe_replication_configurations(FileSystemId=source)
            time.sleep(60)  # noqa: TID251  # in simulated time, as a script does
    took_s = time.perf_counter() - began
    print(f"{POLLS:,} polls, one a simulated minute: {took_s:.1f} s (at most {WANTED_S:.0f} s)")
    return took_s


def main() -> int:
    """Print the figures; the exit code is 1 if one misses what is wanted."""
    return int(compare() < WANTED_RATIO or poll() > WANTED_S)


if __name__ == "__main__":
    raise SystemExit(main())
