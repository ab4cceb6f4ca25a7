"""Names of metrics and statistics, and units, as exports have them."""

from __future__ import annotations

import re

from efssim.traces.formats.options import STATISTICS

WRITE_METRIC = "DataWriteIOBytes"
"""Metric of EFS whose Sum is the bytes written in a period (EFS User Guide, metrics)."""

LAG_METRIC = "TimeSinceLastSync"
"""Metric of EFS: seconds since the last sync (EFS User Guide, metrics)."""

NO_WRITES = (
    LAG_METRIC, "StorageBytes", "PermittedThroughput", "PercentIOLimit", "BurstCreditBalance",
    "ClientConnections", "DataReadIOBytes", "MetadataIOBytes", "MetadataReadIOBytes",
    "MetadataWriteIOBytes", "TotalIOBytes", "MeteredIOBytes",
)  # fmt: skip
"""Other metrics of EFS (EFS User Guide, metrics): none of them holds the bytes of writes alone."""

_KNOWN = (WRITE_METRIC, *NO_WRITES)
_LONGEST_FIRST = tuple(sorted(_KNOWN, key=len, reverse=True))
"""MetadataWriteIOBytes contains the name of another metric."""
_WORDS = {
    word.lower(): statistic
    for statistic in STATISTICS
    for word in (statistic, {"Minimum": "Min", "Maximum": "Max", "Average": "Avg"}.get(statistic))
    if word
}
_FACTORS = {
    "bytes": 1.0, "seconds": 1.0, "count": 1.0, "percent": 1.0, "none": 1.0, "bytes/second": 1.0,
    "milliseconds": 1e-3, "microseconds": 1e-6,
}  # fmt: skip


def metric_of(label: str | None) -> str | None:
    """Return the metric that a label names: a known one in it, or the label itself."""
    if not label:
        return None
    words = re.findall(r"\w+", label)
    exact = next((name for name in _KNOWN if name in words), None)
    return exact or next(filter(None, map(_spelt_with_lines, words)), label)


def _spelt_with_lines(word: str) -> str | None:
    """Return the metric in `aws_efs_data_write_iobytes_sum`, as exporters of Prometheus name it."""
    plain = word.replace("_", "").lower()
    found = (name for name in _LONGEST_FIRST if name.lower() in plain)
    return next(found, None) if "_" in word else None


def statistic_of(text: str | None) -> str | None:
    """Return the statistic that is a word of a label; None where none is, or several are."""
    words = re.findall(r"[A-Za-z]+", text or "")
    found = {_WORDS[word.lower()] for word in words if word.lower() in _WORDS}
    return found.pop() if len(found) == 1 else None


def factor_of_unit(unit: str | None) -> float | None:
    """Return by how much a value in a unit of CloudWatch is multiplied; None: not known.

    CloudWatch does not say whether its kilobyte has 1000 or 1024 bytes, so it is not known.
    """
    return 1.0 if unit is None else _FACTORS.get(unit.lower())


def is_known_metric(name: str) -> bool:
    """Return whether a name is that of a metric of EFS."""
    return name in _KNOWN


def is_unit_of_rate(unit: str | None) -> bool:
    """Return whether values in a unit are per second."""
    return unit is not None and unit.lower().endswith(("/s", "/second"))
