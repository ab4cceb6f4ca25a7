"""Exports as tools write them, and what they hold, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from efssim.traces.exports import ReadOptions, read_exports
from efssim.traces.metric import Exports, MetricSeries, WriteRecords
from efssim.traces.problems import TraceErrors

FIXTURES = Path(__file__).parents[1] / "traces" / "exports"
EPOCH = 1_767_225_600
"""2026-01-01T00:00:00Z in seconds since 1970."""


def read(*names: str, **options: Any) -> Exports:
    """Return everything that some fixtures hold."""
    return read_exports([FIXTURES / name for name in names], ReadOptions(**options))


def refused(*files: str | Path, **options: Any) -> list[str]:
    """Return the lines of a refusal, without the folder of the fixtures."""
    with pytest.raises(TraceErrors) as caught:
        read_exports(files, ReadOptions(**options))
    return [str(error).replace(f"{FIXTURES}/", "") for error in caught.value.errors]


def refused_text(folder: Path, text: str | bytes, **options: Any) -> str:
    """Return the one line that a text is refused with, without the file's folder."""
    file = folder / "f"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    (line,) = refused(file, **options)
    return line.replace(f"{folder}/", "")


def samples(series: MetricSeries) -> list[tuple[float, float]]:
    """Return seconds since the begin of 2026 and values."""
    return list(zip((series.time_s - EPOCH).tolist(), series.value.tolist(), strict=True))


def writes(found: WriteRecords) -> list[tuple[float, int]]:
    """Return seconds since the begin of 2026, or since their own zero, and bytes."""
    zero = 0 if found.is_relative else EPOCH
    return list(zip((found.time_s - zero).tolist(), found.bytes.tolist(), strict=True))


def only(found: Exports) -> MetricSeries:
    """Return the one series of exports."""
    (series,) = found.series
    assert not found.records
    return series
