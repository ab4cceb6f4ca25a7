"""Parameters that AWS does not publish, and where each value comes from.

AWS documents an RPO of 15 minutes "for most file systems" and its exception: file systems that
change very frequently and have more than 100 million files or files larger than 100 GB (EFS User
Guide, "Replicating file systems"). It publishes no replication rate and no sync period. The preset
`efs` is derived from those sentences: a sync of 100 million files or of 100 GB that takes 445 s,
after a setup of 5 s, takes 450 s; syncs of 450 s that run back to back reach a peak age of 900 s,
the documented 15 minutes, exactly where the documentation gives them up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

PresetName = Literal["efs", "efs-unknown", "none"]
UNKNOWN: PresetName = "efs-unknown"
"""The values of `efs`, each with a range in which it may be: `efssim.scenario.uncertain.ranges`."""
Provenance = Literal["documented", "measured", "scenario", "assumed", "default"]

_BOUNDARY_SYNC_S = 445.0


@dataclass(frozen=True, slots=True)
class PresetValue:
    """One parameter of a preset: its value in SI units, its provenance and the reason for it."""

    value: float
    provenance: Provenance
    why: str


NO_LIMIT = PresetValue(math.inf, "default", "no limit")
ZERO = PresetValue(0.0, "default", "no time")

SYNC_PRESETS: dict[PresetName, dict[str, PresetValue]] = {
    "efs": {
        "interval": PresetValue(
            60.0, "assumed", 'launch post: "most changes are replicated within a minute"'
        ),
        "gap": PresetValue(0.0, "assumed", "the next sync may start when the last one is complete"),
        "setup": PresetValue(5.0, "assumed", "a sync of nothing takes a few seconds"),
        "throughput": PresetValue(
            100e9 / _BOUNDARY_SYNC_S, "assumed", "100 GB in 445 s, from the documented RPO"
        ),
        "file_rate": PresetValue(2000.0, "assumed", "AWS Backup for EFS, as a proxy"),
        "scan_rate": PresetValue(
            100e6 / _BOUNDARY_SYNC_S,
            "assumed",
            "100 million files in 445 s, from the documented RPO",
        ),
        "diff_rate": PresetValue(
            100e9 / _BOUNDARY_SYNC_S, "assumed", "100 GB in 445 s, from the documented RPO"
        ),
        "failure_probability": PresetValue(0.0, "assumed", "no attempt fails"),
        "backoff": PresetValue(10.0, "assumed", "doubles with each failed attempt"),
        "backoff_max": PresetValue(600.0, "assumed", "bound of the doubling"),
    },
    "none": {
        "interval": ZERO,
        "gap": ZERO,
        "setup": ZERO,
        "throughput": NO_LIMIT,
        "file_rate": NO_LIMIT,
        "scan_rate": NO_LIMIT,
        "diff_rate": NO_LIMIT,
        "failure_probability": ZERO,
        "backoff": ZERO,
        "backoff_max": PresetValue(600.0, "default", "bound of the doubling"),
    },
}

SYNC_PRESETS[UNKNOWN] = SYNC_PRESETS["efs"]

_EMPTY_LOGS = "public acceptance-test logs: about 500 s for enabling and deleting an empty one"

CONTROL_PRESETS: dict[PresetName, dict[str, PresetValue]] = {
    "efs": {
        "enabling": PresetValue(300.0, "assumed", _EMPTY_LOGS),
        "pausing": PresetValue(60.0, "assumed", "no evidence is public"),
        "resuming": PresetValue(0.0, "assumed", "no evidence is public"),
        "deleting": PresetValue(300.0, "assumed", _EMPTY_LOGS),
        "protecting": ZERO,  # public scripts wait for it, and none says for how long
        "mount_target": PresetValue(
            120.0, "measured", "public acceptance-test logs: 123 to 128 s for creating and deleting"
        ),
    },
    "none": dict.fromkeys(
        ("enabling", "pausing", "resuming", "deleting", "protecting", "mount_target"), ZERO
    ),
}

CONTROL_PRESETS[UNKNOWN] = CONTROL_PRESETS["efs"]

_CREATE_LOGS = "public acceptance-test logs: 18 to 30 s for creating and deleting an empty one"

OVERHEAD: dict[PresetName, PresetValue] = {
    "efs": PresetValue(
        12 * 2**20, "documented", "EFS User Guide, replication costs: hidden directories, metadata"
    ),
    "none": PresetValue(0, "default", "nothing"),
}
"""Bytes that EFS keeps for itself on a destination, and meters."""
OVERHEAD[UNKNOWN] = OVERHEAD["efs"]


def overhead_of(preset: PresetName) -> int:
    """Return the bytes that EFS keeps for itself on a destination."""
    return int(OVERHEAD[preset].value)


FILE_SYSTEM_TIMES: dict[str, PresetValue] = {
    "creating": PresetValue(30.0, "assumed", _CREATE_LOGS),
    "deleting": PresetValue(10.0, "assumed", _CREATE_LOGS),
}
