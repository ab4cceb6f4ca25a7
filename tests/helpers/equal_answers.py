"""Calls of every operation of every service that is simulated, for tests of all doors.

A text that begins with `$` stands for a name of the world of the test, or for a member of an answer
before: `$orders`, `$0.MountTargetId`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from efssim.model.entities.identifiers import ACCOUNT_ID

HOME, AWAY = "us-east-1", "eu-south-1"
KEY = "12345678-1234-1234-1234-123456789012"
SCENARIO = f"""
name: all-doors
duration: 1 day
cloudwatch: {{phase: 0}}
regions: {{{AWAY}: {{opting_in: 100, opting_out: 50}}}}
defaults:
  sync: {{preset: none, interval: 60, setup: 5, throughput: 5 MB/s}}
  control: {{preset: none, enabling: 100, deleting: 90, mount_target: 30}}
file_systems:
  orders:
    region: {HOME}
    size: 8 GB
    backups: {{every: 1 day, at: "00:00"}}
    writes: {{w: {{arrivals: {{constant: {{rate: 1 per s}}}}, size: 10 kB}}}}
  alone: {{region: {HOME}, size: 1 GB}}
replications:
  dr:
    source: orders
    destination: {{region: {AWAY}, kms_key_id: {KEY}}}
    established: true
alarms:
  old: {{metric: TimeSinceLastSync, replication: dr, statistic: Maximum, period: 60,
        evaluation_periods: 1, comparison: GreaterThanThreshold, threshold: 900, region: {HOME}}}
"""
Call = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """A call, and another one that is refused."""

    given: dict[str, Any]
    refused: dict[str, Any] | None = None
    """None: there is no way in which a client could be refused."""
    before: tuple[Call | int, ...] = ()
    """Calls before it, and seconds that pass."""


FS, ALONE = {"FileSystemId": "$orders"}, {"FileSystemId": "$alone"}
NONE = {"FileSystemId": "fs-0123456789abcdef0"}
TAGS = [{"Key": "team", "Value": "payments = + @ ü"}]
MOUNTED = ("efs", "CreateMountTarget", {**FS, "SubnetId": "subnet-0123456789abcdef0"})
POINTED = ("efs", "CreateAccessPoint", {**FS, "ClientToken": "a", "Tags": TAGS})
POLICY = {"Policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}'}
RULED = ("efs", "PutFileSystemPolicy", {**FS, **POLICY})
NO_MOUNT = {"MountTargetId": "fsmt-0123456789abcdef0"}
LATE = {
    "AlarmName": "late & later",
    "Namespace": "AWS/EFS",
    "MetricName": "TimeSinceLastSync",
    "Dimensions": [
        {"Name": "FileSystemId", "Value": "$orders"},
        {"Name": "DestinationFileSystemId", "Value": "$dr.destination"},
    ],
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 30.5,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "breaching",
    "AlarmDescription": "the replica is <late>",
    "AlarmActions": [f"arn:aws:sns:{HOME}:{ACCOUNT_ID}:page"],
}
WARNED = ("cloudwatch", "PutMetricAlarm", LATE)
METRIC = {key: LATE[key] for key in ("Namespace", "MetricName", "Dimensions")}
SPAN = {"StartTime": "$begin", "EndTime": "$end"}
QUERIES = [
    {
        "Id": "age",
        "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Maximum"},
        "ReturnData": False,
    },
    {"Id": "minutes", "Expression": "FILL(age, 0) / 60", "Label": "minutes"},
    {"Id": "beyond", "Expression": "IF(age > 30, SUM(METRICS()), RATE(age))"},
]
RESTORED = {
    "RecoveryPointArn": f"arn:aws:backup:{HOME}:{ACCOUNT_ID}:recovery-point:"
    "00000000-0000-4000-8000-000000000001",
    "Metadata": {"newFileSystem": "true"},
    "IdempotencyToken": "b",
}
RESTORING = ("backup", "StartRestoreJob", RESTORED)
DATUM = {"MetricName": "m", "Value": 1.5, "Unit": "Seconds", "Timestamp": "$begin"}

CASES: dict[tuple[str, str], Case] = {
    ("efs", "CreateReplicationConfiguration"): Case(
        {"SourceFileSystemId": "$alone", "Destinations": [{"Region": "us-west-2"}]},
        {"SourceFileSystemId": "$orders", "Destinations": [{"Region": "us-west-2"}]},
    ),
    ("efs", "DescribeReplicationConfigurations"): Case(FS, ALONE, before=(200,)),
    ("efs", "DeleteReplicationConfiguration"): Case(
        {"SourceFileSystemId": "$orders"}, {"SourceFileSystemId": "$alone"}
    ),
    ("efs", "CreateFileSystem"): Case(
        {"CreationToken": "new", "Encrypted": True, "Tags": TAGS, "ThroughputMode": "elastic"},
        {"CreationToken": "new", "ThroughputMode": "turbo"},
    ),
    ("efs", "DescribeFileSystems"): Case({"MaxItems": 1}, NONE),
    ("efs", "UpdateFileSystem"): Case({**ALONE, "ThroughputMode": "bursting"}, NONE),
    ("efs", "UpdateFileSystemProtection"): Case(
        {**ALONE, "ReplicationOverwriteProtection": "DISABLED"}, ALONE
    ),
    ("efs", "DeleteFileSystem"): Case(ALONE, FS),
    ("efs", "PutLifecycleConfiguration"): Case(
        {**FS, "LifecyclePolicies": [{"TransitionToIA": "AFTER_30_DAYS"}]},
        {**FS, "LifecyclePolicies": [{"TransitionToIA": "NEVER"}]},
    ),
    ("efs", "DescribeLifecycleConfiguration"): Case(FS, NONE),
    ("efs", "PutBackupPolicy"): Case(
        {**FS, "BackupPolicy": {"Status": "ENABLED"}}, {**FS, "BackupPolicy": {"Status": "x"}}
    ),
    ("efs", "DescribeBackupPolicy"): Case(
        ALONE, NONE, (("efs", "PutBackupPolicy", {**ALONE, "BackupPolicy": {"Status": "ENABLED"}}),)
    ),
    ("efs", "TagResource"): Case(
        {"ResourceId": "$orders", "Tags": TAGS},
        {"ResourceId": "$orders", "Tags": [{"Key": "aws:x", "Value": ""}]},
    ),
    ("efs", "UntagResource"): Case(
        {"ResourceId": "$orders", "TagKeys": ["team", "ü"]},
        {"ResourceId": NONE["FileSystemId"], "TagKeys": ["team"]},
    ),
    ("efs", "ListTagsForResource"): Case(
        {"ResourceId": "$orders"},
        {"ResourceId": NONE["FileSystemId"]},
        (("efs", "TagResource", {"ResourceId": "$orders", "Tags": TAGS}),),
    ),
    ("efs", "CreateTags"): Case({**FS, "Tags": TAGS}, {**NONE, "Tags": TAGS}),
    ("efs", "DescribeTags"): Case(FS, NONE, (("efs", "CreateTags", {**FS, "Tags": TAGS}),)),
    ("efs", "DeleteTags"): Case({**FS, "TagKeys": ["team"]}, {**NONE, "TagKeys": ["team"]}),
    ("efs", "CreateMountTarget"): Case(MOUNTED[2], {**MOUNTED[2], **NONE}),
    ("efs", "DescribeMountTargets"): Case(FS, NO_MOUNT, (MOUNTED, 200)),
    ("efs", "DeleteMountTarget"): Case(
        {"MountTargetId": "$0.MountTargetId"}, NO_MOUNT, (MOUNTED, 200)
    ),
    ("efs", "DescribeMountTargetSecurityGroups"): Case(
        {"MountTargetId": "$0.MountTargetId"}, NO_MOUNT, (MOUNTED, 200)
    ),
    ("efs", "ModifyMountTargetSecurityGroups"): Case(
        {"MountTargetId": "$0.MountTargetId", "SecurityGroups": ["sg-0123456789abcdef0"]},
        {"MountTargetId": "$0.MountTargetId", "SecurityGroups": ["sg-of-nobody-at-all"]},
        (MOUNTED, 200),
    ),
    ("efs", "CreateAccessPoint"): Case(POINTED[2], {**POINTED[2], **NONE}),
    ("efs", "DescribeAccessPoints"): Case(
        FS, {"AccessPointId": "fsap-0123456789abcdef0"}, (POINTED,)
    ),
    ("efs", "DeleteAccessPoint"): Case(
        {"AccessPointId": "$0.AccessPointId"},
        {"AccessPointId": "fsap-0123456789abcdef0"},
        (POINTED,),
    ),
    ("efs", "PutFileSystemPolicy"): Case({**FS, **POLICY}, {**FS, "Policy": "no JSON"}),
    ("efs", "DescribeFileSystemPolicy"): Case(FS, ALONE, (RULED,)),
    ("efs", "DeleteFileSystemPolicy"): Case(FS, NONE, (RULED,)),
    ("efs", "DescribeAccountPreferences"): Case({}),
    ("account", "EnableRegion"): Case({"RegionName": AWAY}, {"RegionName": "mars-1"}),
    ("account", "DisableRegion"): Case({"RegionName": AWAY}, {"RegionName": HOME}),
    ("account", "GetRegionOptStatus"): Case(
        {"RegionName": AWAY},
        {"RegionName": "mars-1"},
        (("account", "DisableRegion", {"RegionName": AWAY}), 20),
    ),
    ("account", "ListRegions"): Case({"MaxResults": 5}, {"NextToken": "nonsense"}),
    ("kms", "DescribeKey"): Case({"KeyId": KEY}, {"KeyId": "nonsense"}),
    ("kms", "DisableKey"): Case({"KeyId": KEY}, {"KeyId": "alias/aws/elasticfilesystem"}),
    ("kms", "EnableKey"): Case(
        {"KeyId": KEY}, {"KeyId": "nonsense"}, (("kms", "DisableKey", {"KeyId": KEY}),)
    ),
    ("sts", "GetCallerIdentity"): Case({}),
    ("backup", "ListRecoveryPointsByResource"): Case(
        {"ResourceArn": f"arn:aws:elasticfilesystem:{HOME}:{ACCOUNT_ID}:file-system/$orders"},
        {"ResourceArn": "arn:aws:none"},
        before=(100,),
    ),
    ("backup", "StartRestoreJob"): Case(
        RESTORED, {**RESTORED, "RecoveryPointArn": "arn:aws:none"}, before=(100,)
    ),
    ("backup", "DescribeRestoreJob"): Case(
        {"RestoreJobId": "$0.RestoreJobId"}, {"RestoreJobId": "none"}, (100, RESTORING, 10)
    ),
    ("cloudwatch", "PutMetricAlarm"): Case(LATE, {**LATE, "DatapointsToAlarm": 4}),
    ("cloudwatch", "DescribeAlarms"): Case(
        {}, {"AlarmNames": ["a"], "AlarmNamePrefix": "a"}, (WARNED, 300)
    ),
    ("cloudwatch", "SetAlarmState"): Case(
        {"AlarmName": "old", "StateValue": "ALARM", "StateReason": "a <test>"},
        {"AlarmName": "none", "StateValue": "ALARM", "StateReason": ""},
    ),
    ("cloudwatch", "DeleteAlarms"): Case({"AlarmNames": ["old"]}, {"AlarmNames": ["none"]}),
    ("cloudwatch", "GetMetricData"): Case(
        {"MetricDataQueries": QUERIES, **SPAN},
        {"MetricDataQueries": [{"Id": "a", "Expression": "ANOMALY(b)"}], **SPAN},
        before=(600,),
    ),
    ("cloudwatch", "GetMetricStatistics"): Case(
        {**METRIC, **SPAN, "Period": 300, "Statistics": ["Average", "Maximum"]},
        {**METRIC, **SPAN, "Period": 61, "Statistics": ["Average"]},
        before=(900,),
    ),
    ("cloudwatch", "ListMetrics"): Case({"Namespace": "AWS/EFS"}, before=(120,)),
    ("cloudwatch", "PutMetricData"): Case(
        {"Namespace": "mine", "MetricData": [DATUM]},
        {"Namespace": "AWS/EFS", "MetricData": [DATUM]},
    ),
}
"""By service and operation."""
