"""The tests of the control plane once more, through real boto3 clients.

Every answer and every error is compared with what botocore's own parser reads from our HTTP reply,
and every request that botocore makes with what we read from it.
"""

from __future__ import annotations

import pytest
import test_access_points
import test_control_plane
import test_create_replication
import test_describe_and_delete_replication
import test_destinations
import test_file_system_operations
import test_kms
import test_mount_targets
import test_parameters
import test_policies_and_tags
import test_update_file_system
from helpers.account import Account
from helpers.doors import call_over_boto3

SUITES = (
    test_access_points,
    test_control_plane,
    test_create_replication,
    test_describe_and_delete_replication,
    test_destinations,
    test_file_system_operations,
    test_kms,
    test_mount_targets,
    test_parameters,
    test_policies_and_tags,
    test_update_file_system,
)


@pytest.fixture(autouse=True)
def _through_boto3(monkeypatch):
    monkeypatch.setattr(Account, "call", call_over_boto3)


def _collect():
    for suite in SUITES:
        for name, member in vars(suite).items():
            if name.startswith("test_") and callable(member):
                yield f"test_{suite.__name__.removeprefix('test_')}__{name}", member


globals().update(_collect())
