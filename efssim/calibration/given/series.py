"""The series of one metric and one replication, chosen from everything that files hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from efssim.text.quoting import listed, quoted
from efssim.traces.exports import ReadOptions, read_exports
from efssim.traces.formats.names import is_known_metric
from efssim.traces.formats.opening import export_files
from efssim.traces.metric import Exports, FileRead, MetricSeries
from efssim.traces.problems import refuse

Pairs = tuple[tuple[str, str], ...]

_OURS = ("manifest.json", "study.md")
"""Of an export by efssim, beside its files."""
_OF_A_QUERY = "Id"
"""Dimension of results of get-metric-data that tells queries apart, and no replications."""


@dataclass(frozen=True, slots=True)
class ChosenSeries:
    """Series of one metric that differ in their statistic only."""

    name: str
    """Of the files, for messages."""
    exports: Exports
    series: tuple[MetricSeries, ...]
    dimensions: Pairs
    notes: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[FileRead, ...]:
        """The files that were read."""
        return self.exports.files

    def statistic(self, name: str) -> MetricSeries | None:
        """Return the series of a statistic; None without one."""
        return next((one for one in self.series if one.statistic == name), None)


def read_files(files: Sequence[str | Path], options: ReadOptions) -> Exports:
    """Read exports as `read_exports` does, without manifest and study.md of one by efssim."""
    named = [
        file
        for given in files
        for file in (
            [one for one in export_files(given) if one.name not in _OURS]
            if Path(given).is_dir()
            else [given]
        )
    ]
    return read_exports(named, options)


def named(files: Sequence[str | Path]) -> str:
    """Return the names of files for a message."""
    return listed(Path(file).name for file in files)


def chosen(name: str, exports: Exports, metric: str, where: Pairs = ()) -> ChosenSeries:
    """Return the series of a metric with some dimensions; raise TraceErrors for none, or several.

    A series whose label is no metric of EFS is taken for it where none has its name.
    """
    found = [one for one in exports.series if one.metric == metric]
    notes: tuple[str, ...] = ()
    if not found:
        found = [one for one in exports.series if not is_known_metric(one.metric or "")]
        labels = dict.fromkeys(one.metric or "without a name" for one in found)
        notes = tuple(f"{quoted(label)} is taken for {metric}" for label in labels)
    if not found:
        others = listed(dict.fromkeys(one.metric for one in exports.series))
        refuse(name, None, f"holds {others or 'single writes'}, and no {metric}")
    groups: dict[Pairs, list[MetricSeries]] = {}
    for one in found:
        pairs = tuple(pair for pair in one.dimensions if pair[0] != _OF_A_QUERY)
        groups.setdefault(pairs, []).append(one)
    kept = {pairs: some for pairs, some in groups.items() if _agrees(pairs, where)}
    if not kept:
        have = listed(_words(pairs) for pairs in groups)
        refuse(name, None, f"has no {metric} of {_words(where)}; it has that of {have}")
    if len(kept) > 1:
        have = listed(_words(pairs) for pairs in kept)
        refuse(name, None, f"has {metric} of {have}; --file-system chooses one by its id")
    ((pairs, series),) = kept.items()
    _refuse_repeated(name, metric, series)
    return ChosenSeries(name, exports, tuple(series), pairs, notes)


def _agrees(pairs: Pairs, where: Pairs) -> bool:
    """Return whether no dimension has another value; one that is not known may have any."""
    known = dict(pairs)
    return all(known.get(key, value) == value for key, value in where)


def _refuse_repeated(name: str, metric: str, series: list[MetricSeries]) -> None:
    statistics = [one.statistic for one in series]
    for statistic in dict.fromkeys(statistics):
        if statistics.count(statistic) > 1:
            queries = listed(
                dict(one.dimensions).get(_OF_A_QUERY, "none")
                for one in series
                if one.statistic == statistic
            )
            refuse(
                name,
                None,
                f"has {metric} {statistic} {statistics.count(statistic)} times (Id {queries}), and "
                "does not say of which file systems; keep one",
            )


def _words(pairs: Pairs) -> str:
    return " ".join(f"{key}={value}" for key, value in pairs) or "no file system that is named"
