"""Columns, dates and times that iostat and sar, of sysstat, have in common.

Rates are of the time since the report before. Dates are month/day/year, as the locales C and en_US
have them, or ISO 8601 with S_TIME_FORMAT=ISO (sysstat, iostat(1) and sar(1)).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

import numpy as np

from efssim.text.quoting import quoted
from efssim.traces.formats.cells import NO_ZONE, CellError, local_seconds
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.parts import SeriesPart
from efssim.traces.metric import Floats
from efssim.traces.times import UNIX_EPOCH

BYTES_OF = {
    "wkB/s": 1024.0, "wMB/s": 1024.0**2, "wsec/s": 512.0, "wr_sec/s": 512.0,
    "kB_wrtn/s": 1024.0, "MB_wrtn/s": 1024.0**2, "Blk_wrtn/s": 512.0,
}  # fmt: skip
"""Columns of what was written, and the bytes of a value of 1: kilobytes have 1024 bytes, megabytes
1024^2, sectors and blocks 512 (sysstat, iostat(1) and sar(1))."""

_MOST_KEPT = 86_400
"""Dates and times of day that are not read again: a day has that many seconds."""

_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})$")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)$")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d):(\d\d)(?: ?([AP]M))?$")


def written_column(
    content: ExportContent, line: int, names: Sequence[str], missing: str
) -> tuple[str, int]:
    """Return name and position of the column of writes; raise TraceErrors with `missing`."""
    found = next((name for name in BYTES_OF if name in names), None)
    if found is None:
        content.fail(line, missing)
    return found, names.index(found)


@lru_cache(_MOST_KEPT)
def day_of(text: str) -> float | None:
    """Return the begin of a date as local seconds since 1970; None where it is none."""
    iso, slashes = _ISO.match(text), _SLASHES.match(text)
    if iso is not None:
        year, month, day = map(int, iso.groups())
    elif slashes is not None:
        month, day, year = map(int, slashes.groups())
        year += 2000 if year < 100 else 0
    else:
        return None
    try:
        moment = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return (moment - UNIX_EPOCH).total_seconds()


@lru_cache(_MOST_KEPT)
def clock_of(text: str) -> int | None:
    """Return a time of day, such as `12:00:01 AM`, in seconds; None where it is none."""
    match = _CLOCK.match(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    if match[4] is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4] == "PM" else 0)
    return (hour * 60 + minute) * 60 + second if hour < 24 and minute < 60 else None


@dataclass(slots=True)
class DeviceRates:
    """Rates of devices over the time since the report before, as they are read line by line."""

    content: ExportContent
    reports: list[float] = field(default_factory=list)
    """Time of each report, seconds since 1970 as its clock has them."""
    report_lines: list[int] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """The line of each rate."""
    _of: list[int] = field(default_factory=list)
    """The report of each rate."""
    _has_begin: bool = False

    def begin_report(self, time_s: float, line: int, *, is_first: bool) -> None:
        """Begin a report; of a first one it is not known since when its rates are."""
        self._has_begin = bool(self.reports) and not is_first
        self.reports.append(time_s)
        self.report_lines.append(line)

    def add(self, device: str, cell: str, line: int) -> None:
        """Add the rate of a device; those of a first report are passed over."""
        if self._has_begin:
            self._of.append(len(self.reports) - 1)
            self.devices.append(device)
            self.cells.append(cell)
            self.lines.append(line)

    def series(self, column: str, zone: tzinfo | None) -> tuple[SeriesPart, ...]:
        """Return the bytes that each device wrote, in order of its first line.

        Times are of `zone`; None: their clock has no offset left. Raise TraceErrors.
        """
        rate = _rates(self.content, self.cells, self.lines) * BYTES_OF[column]
        moments = self._moments(zone)
        of = np.array(self._of, dtype=np.int64)
        begins, length = moments[of - 1], moments[of] - moments[of - 1]
        if (length <= 0).any():
            line = self.report_lines[int(of[int((length <= 0).argmax())])]
            self.content.fail(line, "is a report that is no later than the one before it")
        devices = np.array(self.devices)
        names = list(dict.fromkeys(self.devices))
        rows = [np.flatnonzero(devices == name) for name in names]
        return tuple(
            SeriesPart(
                metric=column,
                statistic="Sum",
                time_s=begins[at],
                value=rate[at] * length[at],
                unit="B",
                dimensions=(("device", name),),
                period_s=float(length[at][0]) if len(at) == 1 else None,
            )
            for name, at in zip(names, rows, strict=True)
        )

    def _moments(self, zone: tzinfo | None) -> Floats:
        reports = np.array(self.reports, dtype=np.float64)
        if zone is None:
            return reports
        try:
            return local_seconds(reports, zone)
        except CellError as error:
            self.content.fail(self.report_lines[error.row], error.message)


def _rates(content: ExportContent, cells: Sequence[str], lines: Sequence[int]) -> Floats:
    try:
        found = np.array(list(map(float, _with_points(cells))), dtype=np.float64)
    except ValueError:
        row = next(row for row, cell in enumerate(cells) if not _is_rate(cell))
        hint = "; leave out --human" if cells[row][-1:].isalpha() else ""
        content.fail(lines[row], f"value {quoted(cells[row])} is not a number{hint}")
    wrong = ~np.isfinite(found) | (found < 0)
    if wrong.any():
        row = int(wrong.argmax())
        content.fail(lines[row], f"value {quoted(cells[row])} is no rate of at least 0")
    return found


def _with_points(cells: Sequence[str]) -> Sequence[str]:
    """Return cells with decimal points; other locales write commas, and no thousands."""
    return [cell.replace(",", ".") for cell in cells] if cells and "," in cells[0] else cells


def _is_rate(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def need_zone(content: ExportContent, line: int, zone: tzinfo | None) -> tzinfo:
    """Return the zone of local times; raise TraceErrors with a line of one where none is said."""
    if zone is None:
        text = re.split(r"\s{2,}|\t", content.text.splitlines()[line - 1].strip())[0]
        content.fail(line, f"time {quoted(text)} {NO_ZONE}")
    return zone
