"""The size of the source: a number, or the last sample of an export of StorageBytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from efssim.calibration.given.series import Pairs, chosen, named, read_files
from efssim.text.quantities import parse_size
from efssim.traces.exports import ReadOptions
from efssim.traces.metric import Exports
from efssim.traces.problems import refuse

_METRIC = "StorageBytes"
_CLASS, _ALL = "StorageClass", "Total"


def size_of(given: str | None, where: Pairs = ()) -> int | None:
    """Return a size in bytes; that at the end of a file of StorageBytes, of all storage classes.

    Raise TraceErrors for a file without it, or with that of several file systems.
    """
    if given is None or not Path(given).exists():
        return None if given is None else parse_size(given)
    exports = read_files([given], ReadOptions())
    found = chosen(named([given]), _of_all_classes(exports), _METRIC, where)
    series = found.statistic("Average") or found.statistic("Maximum") or found.series[0]
    if not len(series.value):
        refuse(found.name, None, f"holds no {_METRIC}")
    return int(series.value[-1])


def _of_all_classes(exports: Exports) -> Exports:
    """Return exports without the series of single storage classes, where there is the total."""
    total = [one for one in exports.series if dict(one.dimensions).get(_CLASS) == _ALL]
    return replace(exports, series=tuple(total)) if total else exports
