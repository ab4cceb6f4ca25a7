"""Reading exports of monitoring tools: files, folders and patterns of any format at once.

Samples of one series are joined over pages and files. A time that occurs several times with the
same value is kept once; with different values it is refused, for nobody can tell which one holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from efssim.text.quoting import quoted
from efssim.text.suggestions import suggest
from efssim.text.zones import time_zone
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.joining import FileOfParts, joined_records, joined_series
from efssim.traces.formats.opening import listed_files, opened
from efssim.traces.formats.options import STATISTICS, ReadOptions
from efssim.traces.formats.table import format_of
from efssim.traces.metric import Exports, FileRead
from efssim.traces.problems import TraceError, TraceErrors, refuse

__all__ = ["ReadOptions", "read_contents", "read_exports"]

T = TypeVar("T")

_DEFAULT = ReadOptions()


def read_exports(files: Sequence[str | Path], options: ReadOptions = _DEFAULT) -> Exports:
    """Return everything that files hold; folders, patterns and `.gz` are taken.

    Raise TraceErrors with every file that cannot be read, and the line.
    """
    check_options(options)
    paths = listed_files(files)
    return _joined(_each(paths, lambda path: _read_one(opened(path), options)), options)


def read_contents(contents: Sequence[ExportContent], options: ReadOptions = _DEFAULT) -> Exports:
    """Return everything that opened files hold, as `read_exports` does."""
    check_options(options)
    return _joined(_each(contents, lambda content: _read_one(content, options)), options)


_LONGEST_S = 366 * 86_400.0
"""Longest period, a year: no monitoring has longer ones, and what it ends at is a date; chosen."""


def check_options(options: ReadOptions) -> None:
    """Raise TraceErrors for a time zone or a statistic that there is not, or no positive period."""
    if options.timezone is not None:
        try:
            time_zone(options.timezone)
        except ValueError as error:
            refuse("timezone", None, str(error))
    if options.statistic is not None and options.statistic not in STATISTICS:
        hint = suggest(options.statistic, STATISTICS)
        refuse("statistic", None, f"{quoted(options.statistic)} is no statistic{hint}")
    if options.period_s is not None and not 0 < options.period_s <= _LONGEST_S:
        refuse("period", None, f"{options.period_s:g} s is no length of a period")


def _each(items: Sequence[T], read: Callable[[T], FileOfParts]) -> list[FileOfParts]:
    """Return all files that could be read; raise TraceErrors with the faults of all others."""
    found, errors = [], list[TraceError]()
    for item in items:
        try:
            found.append(read(item))
        except TraceErrors as failure:
            errors += failure.errors
    if errors:
        raise TraceErrors(errors)
    if not found:
        refuse("files", None, "none is named")
    return found


def _read_one(content: ExportContent, options: ReadOptions) -> FileOfParts:
    kind = format_of(content)
    return FileOfParts(content.file, kind.name, kind.read(content, options))


def _joined(files: list[FileOfParts], options: ReadOptions) -> Exports:
    series = joined_series(files, options)
    records = joined_records(files, options)
    if not series and not records:
        refuse(files[0].file, None, "holds no sample: ask for the span in which there is data")
    _note_missing_pages(files)
    return Exports(series, records, tuple(_files_read(files)))


def _note_missing_pages(files: list[FileOfParts]) -> None:
    """Add a note where the last page of a format is in no file."""
    for name in dict.fromkeys(file.format for file in files):
        same = [file for file in files if file.format == name]
        if all(file.part.has_more for file in same):
            same[-1].notes.append("the last page has a NextToken, so more pages were not saved")


def _files_read(files: list[FileOfParts]) -> Iterator[FileRead]:
    for file in files:
        notes = tuple(dict.fromkeys((*file.part.notes, *file.notes)))
        name, times = Path(file.file).name, file.part.times
        yield FileRead(name, file.format, notes, tuple(file.assumed), times)
