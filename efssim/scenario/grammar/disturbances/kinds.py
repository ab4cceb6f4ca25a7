"""The table of the kinds of disturbances, which everything that depends on a kind reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from efssim.scenario.grammar.base import Found
from efssim.scenario.grammar.disturbances.effects import (
    Degrade,
    FailCalls,
    Fence,
    Lose,
    MoveWrites,
    OptOut,
    Pause,
    Silence,
    Stall,
    StopWrites,
    Target,
)
from efssim.scenario.grammar.disturbances.kind import DisturbanceKind, Known, Option
from efssim.scenario.grammar.types import Count, Flag, Fraction
from efssim.scenario.operations.names import ErrorCode
from efssim.table import Table
from efssim.text.items import counterpart, means_all, meant
from efssim.text.suggestions import suggest
from efssim.text.written import Written, text

FENCE, MOVE_WRITES = "fence", "move_writes"
"""Kinds that runbooks begin, too."""

OPT_OUT, KEY_DISABLED = "opt_out", "kms_key_disabled"
"""Kinds that calls of other services begin, too."""


def _goes_somewhere(entry: Written, known: Known) -> Iterator[Found]:
    """Yield the mistake of a move to a file system that does not exist."""
    to, names = text(entry, "to"), known.named[Target.FILE_SYSTEM]
    source = text(entry, MOVE_WRITES) or ""
    if to is None:
        return
    if means_all(to) and not means_all(source):
        yield ("to",), f"'{to}' stands for all items of a fleet, and '{source}' for none"
        return
    for each in meant(source, names):
        there = counterpart(source, each, to)
        if there not in names:
            yield ("to",), f"no file system is named '{there}'{suggest(there, names)}"
            return


DISTURBANCES: Table[DisturbanceKind] = Table(
    "disturbance",
    (
        DisturbanceKind(
            name=OPT_OUT,
            target=Target.REGION,
            effects=(
                OptOut(),
                Pause(
                    "The account is not opted in to a Region of the replication. Opt in again to"
                    " resume replication."
                ),
            ),
            description="Opts out of a Region; opts in again at the end.",
        ),
        DisturbanceKind(
            name="region_outage",
            target=Target.REGION,
            effects=(Silence(), StopWrites(), Stall()),
            description="A Region is down: no sync from or to it makes progress, and nothing is"
            " written in it.",
        ),
        DisturbanceKind(
            name="link_outage",
            target=Target.LINK,
            effects=(Stall(),),
            description="No transfer over a link makes progress.",
        ),
        DisturbanceKind(
            name="link_degraded",
            target=Target.LINK,
            effects=(Degrade(),),
            description="The capacity of a link is multiplied by `factor`.",
            options={
                "factor": Option(
                    Annotated[Fraction, Field(gt=0)],
                    "With `link_degraded`: what is left of the capacity.",
                    is_required=True,
                ),
            },
        ),
        DisturbanceKind(
            name=KEY_DISABLED,
            target=Target.REPLICATION,
            effects=(
                Pause(
                    "The KMS key of the source or destination file system is disabled. Enable it to"
                    " resume replication."
                ),
            ),
            description="The key of a replication is disabled, which pauses it.",
        ),
        DisturbanceKind(
            name="permission_lost",
            target=Target.REPLICATION,
            effects=(
                Pause(
                    "Amazon EFS lacks a permission that replication needs. Restore the IAM role or"
                    " the file system policy to resume replication."
                ),
            ),
            description="A replication lacks the permission to replicate, which pauses it.",
        ),
        DisturbanceKind(
            name="fail",
            target=Target.FILE_SYSTEM,
            effects=(Lose(),),
            description="A file system is lost.",
            endless="a failed file system does not recover",
        ),
        DisturbanceKind(
            name=FENCE,
            target=Target.FILE_SYSTEM,
            effects=(Fence(),),
            description="Fences a file system: nothing is written to it.",
        ),
        DisturbanceKind(
            name=MOVE_WRITES,
            target=Target.FILE_SYSTEM,
            effects=(MoveWrites(),),
            description="Makes the writes of a file system's streams on the one in `to`; back at"
            " the end.",
            options={
                "to": Option(
                    str,
                    "With `move_writes`: name of the file system that they are made on.",
                    is_required=True,
                ),
                "following": Option(
                    Flag,
                    "With `move_writes`: only streams with `writes_follow: failover`.",
                    default=False,
                ),
            },
            needs_for=False,
            check=_goes_somewhere,
        ),
        DisturbanceKind(
            name="api_error",
            target=Target.OPERATION,
            effects=(FailCalls(),),
            description="The next calls of an operation fail with `code`.",
            needs_for=False,
            options={
                "code": Option(ErrorCode, "With `api_error`: the error code.", is_required=True),
                "times": Option(
                    Annotated[Count, Field(gt=0)], "With `api_error`: how many calls fail.", 1
                ),
                "region": Option(
                    str,
                    "With `call`: where it is made; with `api_error`: the Region in which calls"
                    " fail.",
                ),
            },
        ),
    ),
)
"""In the order of the grammar. The words for pauses are efssim's: AWS documents the
meaning of StatusMessage, and no text."""


def words_of(name: str) -> str:
    """Return a kind of disturbance by its name for people, also one that the table lacks."""
    kind = DISTURBANCES.get(name)
    return (kind and kind.words) or name.replace("_", " ")
