"""Keys of KMS: they exist on first mention, and one that is disabled pauses what it encrypts."""

from __future__ import annotations

from collections.abc import Callable

from efssim.model.efs.kms import DEFAULT_ALIAS, key_arn
from efssim.model.entities.errors import EfsError
from efssim.model.world.disturbances import Disturbances
from efssim.scenario.grammar.disturbances.kinds import KEY_DISABLED


class Keys:
    """The keys that calls have disabled, by ARN, each with the function that enables it again."""

    def __init__(self, disturbances: Disturbances) -> None:
        self._disturbances = disturbances
        self._disabled: dict[str, Callable[[], None]] = {}

    def arn(self, key: str, region: str) -> str:
        """Return the ARN of a key of a Region; EfsError for a text that names none."""
        try:
            return key_arn(key, region)
        except EfsError as error:
            code = "InvalidArnException" if key.startswith("arn:") else "NotFoundException"
            raise EfsError(code, error.message) from None

    @staticmethod
    def is_managed(arn: str, region: str) -> bool:
        """Return whether a key is the one that EFS uses by default, which AWS manages."""
        return arn == key_arn(DEFAULT_ALIAS, region)

    def is_enabled(self, arn: str) -> bool:
        """Return whether a key can be used."""
        return arn not in self._disabled

    def disable(self, arn: str, region: str) -> None:
        """Disable a key, which pauses the replications whose source or destination it encrypts."""
        self._require_own(arn, region)
        if self.is_enabled(arn):
            self._disabled[arn] = self._disturbances.begin_kind(KEY_DISABLED, arn)

    def enable(self, arn: str, region: str) -> None:
        """Enable a key again."""
        self._require_own(arn, region)
        if not self.is_enabled(arn):
            self._disabled.pop(arn)()

    def _require_own(self, arn: str, region: str) -> None:
        """Raise EfsError for a key that AWS manages: nobody else changes its state."""
        if self.is_managed(arn, region):
            raise EfsError("AccessDeniedException", f"{arn} is managed by AWS.")
