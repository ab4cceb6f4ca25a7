"""The files of an export: metrics of a run in the shapes of CloudWatch's exports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from efssim.cloudwatch.export import STATISTICS, ExportedMetric
from efssim.cloudwatch.shapes import DataAnswer
from efssim.json_values import JsonValue
from efssim.report.files.folders import staged
from efssim.report.files.formats import TableFormat
from efssim.report.files.manifest import environment, parameters, write_manifest
from efssim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


def file_names(tables: TableFormat | None = None) -> list[str]:
    """Return the names of the files that an export writes besides its manifest."""
    return [
        *(f"{metric}.json" for metric in STATISTICS),
        *(f"{metric}{tables.suffix}" for metric in STATISTICS if tables is not None),
    ]


def write_export(
    metrics: Sequence[ExportedMetric],
    folder: Path,
    scenario: Scenario,
    about: dict[str, JsonValue],
    tables: TableFormat | None = None,
) -> None:
    """Write one JSON file for each metric, a table if wanted, manifest.json and study.md.

    The folder may exist; `about` has facts for the manifest. All files are written or none; those
    of an earlier result by its manifest go, other files stay. Raise OSError, FileExistsError if one
    of those is in the way.
    """
    with staged(folder) as staging:
        for one in metrics:
            text = answer_json(one.answer)
            (staging / f"{one.metric}.json").write_text(text, encoding="utf-8", newline="\n")
            if tables is not None:
                tables.write(export_table(one), staging / f"{one.metric}{tables.suffix}")
        write_manifest({**environment(), **about, **parameters(scenario)}, staging)


def answer_json(answer: DataAnswer) -> str:
    """Return an answer of GetMetricData as the AWS CLI prints it."""
    return json.dumps(answer, indent=4, default=_time) + "\n"


def _time(value: object) -> str:
    assert isinstance(value, datetime), value  # all else in an answer has a form in JSON
    return value.isoformat()


def export_table(exported: ExportedMetric) -> pd.DataFrame:
    """Return one row per time and dimensions: `timestamp`, dimensions, and each statistic."""
    import pandas as pd

    statistics = list(STATISTICS[exported.metric])
    by_dimensions = {
        one.dimensions: list(_named(exported, one.dimensions)) for one in exported.series
    }
    parts = []
    for dimensions, columns in by_dimensions.items():
        part = pd.concat(columns, axis=1).sort_index().rename_axis("timestamp").reset_index()
        for position, (name, value) in enumerate(dimensions, start=1):
            part.insert(position, name, value)
        parts.append(part)
    if not parts:
        return pd.DataFrame(columns=["timestamp", *statistics])
    return pd.concat(parts, ignore_index=True)


def _named(
    exported: ExportedMetric, dimensions: tuple[tuple[str, str], ...]
) -> Iterator[pd.Series[float]]:
    """Yield the statistics of some dimensions, each indexed by time and named."""
    import pandas as pd

    for one in exported.series:
        if one.dimensions == dimensions:
            naive = [moment.replace(tzinfo=None) for moment in one.result["Timestamps"]]
            # In microseconds: before pandas 3 it would take nanoseconds, which end in 2262.
            times = pd.DatetimeIndex(np.array(naive, dtype="datetime64[us]"), tz="UTC")
            yield pd.Series(one.result["Values"], times, name=one.statistic, dtype=float)
