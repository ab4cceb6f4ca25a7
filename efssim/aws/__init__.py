"""boto3 on the simulated clock: `Simulation.client` and `patched`. Needs the extra `aws`.

Nothing here holds state: every response is read from the simulation.
"""

from __future__ import annotations

from efssim.errors import MissingExtraError

try:
    import boto3 as _boto3  # noqa: F401  # a missing package fails here, with its name
except ImportError:
    raise MissingExtraError(
        "boto3 is not installed: pip install '.[aws]' in a checkout of efssim", name="boto3"
    ) from None

from efssim.aws.patch import patched

__all__ = ["patched"]
