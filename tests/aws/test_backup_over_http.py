"""The way out of ERROR over the port: a backup is found, restored and described."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("boto3")
from helpers.serving import served  # it needs boto3

SCENARIO = """
name: backups
duration: 1 day
file_systems:
  orders: {region: us-east-1, size: 8 GB, backups: {every: 1 day, at: "00:00"}}
events:
  - {at: 2 min, fail: orders}
"""


def test_a_lost_file_system_is_restored(tmp_path: Path) -> None:
    with served(tmp_path, "--step", scenario=SCENARIO) as serving:
        backup, efs = serving.client(service="backup"), serving.client()
        serving.advance("3 min")
        (lost,) = efs.describe_file_systems()["FileSystems"]
        assert lost["LifeCycleState"] == "error"
        pages = backup.get_paginator("list_recovery_points_by_resource")
        (page,) = pages.paginate(ResourceArn=lost["FileSystemArn"])
        (point,) = page["RecoveryPoints"]
        started = backup.start_restore_job(
            RecoveryPointArn=point["RecoveryPointArn"], Metadata={"newFileSystem": "true"}
        )
        serving.advance(40)  # 8 GB at 200 MB/s
        job = backup.describe_restore_job(RestoreJobId=started["RestoreJobId"])
        assert job["Status"] == "COMPLETED"
        identifier = job["CreatedResourceArn"].rpartition("/")[2]
        (found,) = efs.describe_file_systems(FileSystemId=identifier)["FileSystems"]
        assert found["SizeInBytes"]["Value"] == 8 * 10**9
        with pytest.raises(backup.exceptions.ResourceNotFoundException):
            backup.describe_restore_job(RestoreJobId="x")
