"""Behaviours of EFS on which the documentation is silent or disagrees with itself: one table.

A scenario chooses another alternative under `defaults.undocumented`. The grade says how good the
evidence for the default is: A is documented now, B older documents or observed, C third parties
or inferred, D no evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Undocumented:
    """An undocumented behaviour: efssim's default, the alternatives, and the evidence."""

    default: str
    alternatives: tuple[str, ...]
    """The values beside the default."""
    grade: Literal["A", "B", "C", "D"]
    why: str

    @property
    def values(self) -> tuple[str, ...]:
        """Every value, the default first."""
        return (self.default, *self.alternatives)


CHOICES: dict[str, Undocumented] = {
    "already_in_a_replication": Undocumented(
        "BadRequest",
        ("ConflictException", "ReplicationAlreadyExists"),
        "D",
        "error of a create whose source or destination is in a configuration already",
    ),
    "destination_protected": Undocumented(
        "BadRequest",
        ("ConflictException",),
        "D",
        "error of a create whose existing destination has its overwrite protection enabled",
    ),
    "region_not_opted_in": Undocumented(
        "BadRequest",
        ("ValidationException",),
        "D",
        "error of a create whose destination Region is not opted in, has no EFS or is in another"
        " partition",
    ),
    "delete_member_file_system": Undocumented(
        "FileSystemInUse",
        ("BadRequest",),
        "D",
        "error of deleting a file system of a configuration; the text was observed, not its code",
    ),
    "set_protection_replicating": Undocumented(
        "BadRequest",
        ("ReplicationAlreadyExists",),
        "D",
        "error of a client that sets the overwrite protection to REPLICATING",
    ),
    "malformed_file_system_id": Undocumented(
        "FileSystemNotFound",
        ("BadRequest",),
        "B",
        "error of what is no id of a file system where a call takes one; observed, with its text",
    ),
    "unknown_creation_token": Undocumented(
        "empty",
        ("FileSystemNotFound",),
        "B",
        "answer of DescribeFileSystems to a creation token that no file system has: public clients"
        " take an empty list, one of them the error, too",
    ),
    "automatic_backups": Undocumented(
        "enabled",
        ("one_zone_only",),
        "A",
        "automatic backups of a new destination: the boto3 page of 2023-24 says enabled, today's"
        " user guide One Zone only",
    ),
    "no_backup_policy": Undocumented(
        "DISABLED",
        ("PolicyNotFound",),
        "C",
        "DescribeBackupPolicy of a Regional file system without a policy: third parties disagree,"
        " and the API reference names One Zone alone for PolicyNotFound",
    ),
    "protection_disabled_is_read_only": Undocumented(
        "no",
        ("yes",),
        "A",
        "whether a file system without overwrite protection is read-only before it is replicated"
        ' to: the API reference says so, the user guide only "can be used as destination"',
    ),
    "region_outage": Undocumented(
        "ServiceUnavailable",
        ("InternalServerError",),
        "D",
        "error of a call in a Region under outage",
    ),
    "call_in_region_not_opted_in": Undocumented(
        "UnrecognizedClientException",
        ("AccessDeniedException", "works"),
        "C",
        "answer to a call in a Region that is not opted in",
    ),
    "delete_during_outage_of_other_region": Undocumented(
        "succeeds",
        ("fails",),
        "D",
        "deleting a configuration while the Region of its other side is under outage",
    ),
    "bad_pagination_token": Undocumented(
        "BadRequest",
        ("ValidationException",),
        "D",
        "error of a pagination token that no answer gave",
    ),
}
