"""KMS keys: every way to name one leads to one key ARN, the same in every run.

Source: EFS API reference, `KmsKeyId` of CreateFileSystem: key id, key ARN, alias or alias ARN.
Every well-formed key exists and can be used; whether it is disabled is a disturbance's business.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from efssim.model.entities.errors import EfsError
from efssim.model.entities.identifiers import ACCOUNT_ID, hex_of
from efssim.scenario.regions.names import partition

DEFAULT_ALIAS = "alias/aws/elasticfilesystem"
"""Alias of the key that EFS uses by default."""

_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}"
_ALIAS = r"alias/[a-zA-Z0-9/_-]+"
_ARN = re.compile(
    r"arn:(?P<partition>[^:]*):(?P<service>[^:]*):(?P<region>[^:]*):(?P<account>[0-9]{12}):"
    rf"(?:key/(?P<id>{_ID})|(?P<alias>{_ALIAS}))"
)


@lru_cache(256)  # most file systems have the key of the service
def key_arn(key: str | None, region: str) -> str:
    """Return the ARN of a key in a Region; without a key, that of the service's own.

    EfsError (BadRequest) for a malformed key and for one of another Region.
    """
    if key is None:
        key = DEFAULT_ALIAS
    home = f"arn:{partition(region)}:kms:{region}"
    if re.fullmatch(_ID, key):
        return f"{home}:{ACCOUNT_ID}:key/{key}"
    if re.fullmatch(_ALIAS, key):
        return _of_alias(f"{home}:{ACCOUNT_ID}:{key}")
    found = _ARN.fullmatch(key)
    if found is None:
        raise EfsError("BadRequest", f"KmsKeyId: '{key}' is no key id, alias, or ARN of either")
    if not key.startswith(f"{home}:"):
        raise EfsError("BadRequest", f"KmsKeyId: '{key}' is not a KMS key in Region {region}")
    return key if found["id"] else _of_alias(key)


def _of_alias(arn: str) -> str:
    """Return the ARN of the key behind an alias: its id is a hash of the alias's ARN."""
    digits = hex_of(arn, 32)
    cuts = (0, 8, 12, 16, 20, 32)
    identifier = "-".join(digits[a:b] for a, b in pairwise(cuts))
    return f"{arn.rpartition(':')[0]}:key/{identifier}"
