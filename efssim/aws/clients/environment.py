"""The environment in which boto3 looks for settings: nothing of the user's account gets in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

CREDENTIALS = {"aws_access_key_id": "SIMULATED", "aws_secret_access_key": "SIMULATED"}
"""Without any, botocore would look for some, on the network as well."""

_NO_FILES = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def without_aws_environment(*kept: str) -> Iterator[None]:
    """Hide the variables AWS_* but those that are kept, and the files of settings."""
    found = {key: text for key, text in os.environ.items() if key.startswith("AWS_")}
    hidden = [key for key in found if key not in kept]
    for key in hidden:
        del os.environ[key]
    os.environ.update(_NO_FILES)
    try:
        yield
    finally:
        for key in _NO_FILES:
            os.environ.pop(key, None)
        os.environ.update(found)
