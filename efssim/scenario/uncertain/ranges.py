"""Ranges of the values that AWS does not publish: those of the preset `efs-unknown`.

Each says its source, or that it is assumed. No measured rate or lag of EFS replication is public,
so an end of a range is the closest documented number of a related service, or a number that
contradicts the documented RPO, or an assumption on purpose on the wide side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from efssim.scenario.uncertain.priors import LoguniformPrior, Prior, UniformPrior

_MINUTE = 60.0
_MANY_FILES, _LARGE_FILE_BYTES = 1e8, 1e11
"""The file systems for which AWS does not document the RPO of 15 minutes."""
_RPO_SYNC_S = 895.0
"""A sync that alone takes the documented RPO of 15 minutes, after a setup of 5 s."""
_MB, _GIB = 1e6, 2.0**30


@dataclass(frozen=True, slots=True)
class PresetRange:
    """The range of one value of a preset, in SI units, and where it comes from."""

    prior: Prior
    source: str


SYNC_RANGES: Mapping[str, PresetRange] = {
    "interval": PresetRange(
        LoguniformPrior(15.0, 4 * _MINUTE),
        "assumed: a factor of four about the launch post's minute",
    ),
    "gap": PresetRange(UniformPrior(0.0, _MINUTE), "assumed: no evidence is public"),
    "setup": PresetRange(LoguniformPrior(1.0, _MINUTE), "assumed: no evidence is public"),
    "throughput": PresetRange(
        LoguniformPrior(100 * _MB, _GIB),
        "AWS Backup for EFS before 2025 (100 MB/s) to the Elastic write limit of most Regions "
        "(1 GiB/s), as proxies",
    ),
    "file_rate": PresetRange(
        LoguniformPrior(500.0, 10_000.0),
        "AWS Backup for EFS before 2025 (500 files/s), as a proxy, to five times that of today "
        "(2,000 files/s), assumed",
    ),
    "scan_rate": PresetRange(
        LoguniformPrior(_MANY_FILES / _RPO_SYNC_S, 1e6),
        "100 million files in the documented RPO of 15 minutes, to 1 million files/s, assumed",
    ),
    "diff_rate": PresetRange(
        LoguniformPrior(_LARGE_FILE_BYTES / _RPO_SYNC_S, _GIB),
        "100 GB in the documented RPO of 15 minutes, to the Elastic write limit of most Regions "
        "(1 GiB/s), as a proxy",
    ),
    "failure_probability": PresetRange(UniformPrior(0.0, 0.05), "assumed: no evidence is public"),
    "backoff": PresetRange(LoguniformPrior(1.0, _MINUTE), "assumed: no evidence is public"),
    "backoff_max": PresetRange(
        LoguniformPrior(_MINUTE, 60 * _MINUTE), "assumed: no evidence is public"
    ),
}

_LOGS = "public acceptance-test logs and the waits of public scripts"

CONTROL_RANGES: Mapping[str, PresetRange] = {
    "enabling": PresetRange(LoguniformPrior(2 * _MINUTE, 20 * _MINUTE), _LOGS),
    "pausing": PresetRange(LoguniformPrior(1.0, 10 * _MINUTE), "assumed: no evidence is public"),
    "resuming": PresetRange(UniformPrior(0.0, 10 * _MINUTE), "assumed: no evidence is public"),
    "deleting": PresetRange(LoguniformPrior(2 * _MINUTE, 20 * _MINUTE), _LOGS),
    "protecting": PresetRange(
        UniformPrior(0.0, 15 * _MINUTE), "public scripts wait for it up to 15 minutes"
    ),
    "mount_target": PresetRange(
        LoguniformPrior(_MINUTE, 30 * _MINUTE),
        "public acceptance-test logs, to the 30 minutes for which a public tool waits",
    ),
}

FILE_SYSTEM_RANGES: Mapping[str, PresetRange] = {
    "creating": PresetRange(
        LoguniformPrior(5.0, _MINUTE),
        "public acceptance-test logs: 18 to 30 s for creating and deleting an empty one",
    ),
    "deleting": PresetRange(
        LoguniformPrior(2.0, 0.5 * _MINUTE),
        "public acceptance-test logs: 18 to 30 s for creating and deleting an empty one",
    ),
}
"""Of file systems that API calls make, with `defaults: {control: {preset: efs-unknown}}`."""
