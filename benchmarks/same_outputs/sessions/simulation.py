"""A simulation, step by step: calls, disturbances, mistakes, and CloudWatch's view."""

import json
from collections.abc import Callable
from typing import Any

import efssim

HOME, AWAY = "us-east-1", "us-west-2"


def told(title: str, action: Callable[[], object]) -> None:
    """Print what an action returns or raises."""
    try:
        print(title, json.dumps(action(), indent=1, default=str))
    except Exception as error:
        print(title, type(error).__name__, error)


world = efssim.Simulation(efssim.load("scenarios/failover.yaml", ["events=[]"]))


def call(operation: str, region: str = HOME, **given: Any) -> None:
    """Make a call and print what comes of it."""
    told(f"{world.now} {operation}", lambda: world.call(operation, given, region=region))


world.advance("1 h")
source = world.file_system_id("primary")
call("DescribeFileSystems")
call("DescribeReplicationConfigurations", AWAY, FileSystemId=source)
call("CreateFileSystem", CreationToken="new", Encrypted=True, Tags=[{"Key": "a", "Value": "b"}])
call("CreateFileSystem", CreationToken="new")
call("CreateFileSystem", CreationToken="")
call("CreateFileSystem", CreationToken="x", ThroughputMode="fast")
call("DescribeFileSystem")
call("DescribeFileSystems", "nowhere-1")
call("DescribeFileSystems", FileSystemId="fs-0123456789abcdef0")
call("UpdateFileSystem", FileSystemId="primary", ThroughputMode="elastic")
call("PutFileSystemPolicy", FileSystemId="primary", Policy="{}")
call("DescribeFileSystemPolicy", FileSystemId="primary")
call("ListTagsForResource", ResourceId="primary")
call("DeleteFileSystem", FileSystemId="primary")
told("event", lambda: world.apply({"opt_outt": AWAY}))
told("event", lambda: world.apply({"opt_out": HOME, "for": "1 h"}))
told("event", lambda: world.apply({"region_outage": HOME, "for": "2 h"}))
told("past", lambda: world.advance("-1 h"))
call("DescribeFileSystems")
world.advance("10 min")
call("DeleteReplicationConfiguration", AWAY, SourceFileSystemId=source)
world.advance("10 min")
call("DescribeReplicationConfigurations", AWAY, FileSystemId=source)
world.advance("6 h")
query = {
    "Namespace": "AWS/EFS",
    "MetricName": "DataWriteIOBytes",
    "Dimensions": [{"Name": "FileSystemId", "Value": source}],
    "StartTime": "2026-01-01T00:00:00Z",
    "EndTime": "2026-01-01T03:00:00Z",
    "Period": 1800,
    "Statistics": ["Sum", "SampleCount"],
}
ask = world.cloudwatch.call
told("metrics", lambda: ask("ListMetrics", {}, HOME))
told("writes", lambda: ask("GetMetricStatistics", query, HOME))
told("alarm", lambda: ask("PutMetricAlarm", {}, HOME))
told("period", lambda: ask("GetMetricStatistics", {**query, "Period": 7}, HOME))
told("file system", lambda: world.file_system_id("nothing"))
result = world.result()
print(result.summary["digest"], result.events.to_csv(), result.statuses.to_csv())
world.advance("10 h")
print(world.now, world.result().summary["digest"])
