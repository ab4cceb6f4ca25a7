"""Text of `sar -d`: a date on top, and rows with a time of day, a device and its rates.

A row is of the time since the one before; the time of a row of names is where the first begins.
A time of day that falls is of the next day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from efssim.text.quoting import quoted
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart
from efssim.traces.formats.tables.plain_csv import zone_of
from efssim.traces.formats.tools.sysstat import (
    DeviceRates,
    clock_of,
    day_of,
    need_zone,
    written_column,
)

_DAY_S = 86_400
_SET_BACK_S = 3_600
"""By how much a clock is set back at the end of summer; a larger fall is the next day."""
_HEAD = re.compile(r"^\d{1,2}:\d\d:\d\d(?: ?[AP]M)?\s.*\bDEV\b", re.MULTILINE)
_NO_WRITES = "has no column wkB/s or wr_sec/s of what was written; run `sar -d`"


def _recognise(content: ExportContent) -> bool:
    return _HEAD.search(content.head) is not None


@dataclass(slots=True)
class _Clock:
    """The time of rows: the day from the line on top, later ones as times of day fall."""

    day_s: float | None = None
    of_day_s: int | None = None
    """None: no row was read since the line on top."""

    def begin(self, day_s: float) -> None:
        """Begin with the date of a line on top."""
        self.day_s, self.of_day_s = day_s, None

    def moves(self, of_day_s: int) -> bool:
        """Move to a time of day, and return whether it is another one."""
        assert self.day_s is not None, "rows before a date are refused"
        before, self.of_day_s = self.of_day_s, of_day_s
        if before is not None and of_day_s < before - _SET_BACK_S:
            self.day_s += _DAY_S
        return before != of_day_s

    @property
    def now_s(self) -> float:
        """Seconds since 1970 as the clock has them."""
        return (self.day_s or 0.0) + (self.of_day_s or 0)


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:
    """Return the series; raise TraceErrors. A loop, for the time of a row hangs on those above."""
    rates, clock = DeviceRates(content), _Clock()
    column, at, device_at, width, is_first = "", -1, 0, 0, True
    for number, line in enumerate(content.text.splitlines(), 1):
        time, cells = _parts(line)
        if time is None:
            if line.startswith("Linux "):
                clock.begin(_date(content, number, line))
                is_first = True
            elif line.strip() and not line.startswith("Average"):
                _refuse_line(content, number, line)
            continue
        of_day = clock_of(time)
        if of_day is None or clock.day_s is None:
            _refuse_time(content, number, time, clock)
        if "RESTART" in cells:
            is_first, at = True, -1  # what follows is of the time since boot
            clock.of_day_s = None if clock.of_day_s is None else of_day
            continue
        if clock.moves(of_day) or is_first:
            rates.begin_report(clock.now_s, number, is_first=is_first)
            is_first = False
        if "DEV" in cells:
            column, at = written_column(content, number, cells, _NO_WRITES)
            device_at, width = cells.index("DEV"), len(cells)
        elif at < 0 or len(cells) != width:
            content.fail(number, f"has {len(cells)} cells for {width} columns of devices")
        else:
            rates.add(cells[device_at], cells[at], number)
    if not rates.cells:
        content.fail(None, "has no row of a device; run `sar -d -f FILE`")
    zone = need_zone(content, rates.lines[0], zone_of(options, None))
    return ExportPart(rates.series(column, zone))


def _parts(line: str) -> tuple[str | None, list[str]]:
    """Return the time of day of a row, and its other cells; None for another line."""
    cells = line.split()
    if len(cells) < 2 or not line[0].isdigit() or ":" not in cells[0]:
        return None, cells
    if cells[1] in ("AM", "PM"):
        return f"{cells[0]} {cells[1]}", cells[2:]
    return cells[0], cells[1:]


def _date(content: ExportContent, line: int, text: str) -> float:
    """Return the day of a line on top; raise TraceErrors where it has none."""
    found = next((day for word in text.split() if (day := day_of(word)) is not None), None)
    if found is None:
        hint = "run sar with S_TIME_FORMAT=ISO"
        content.fail(line, f"has no date such as 2026-01-31 or 01/31/2026; {hint}")
    return found


def _refuse_time(content: ExportContent, line: int, text: str, clock: _Clock) -> NoReturn:
    if clock.day_s is None:
        content.fail(line, "has no line `Linux …` with the date above it; save all that sar prints")
    content.fail(line, f"time {quoted(text)} is no time of day")


def _refuse_line(content: ExportContent, number: int, line: str) -> NoReturn:
    content.fail(number, f"{quoted(line)} is no line of `sar -d`; save its output as it is")


SAR = ExportFormat(
    name="sar",
    recognise=_recognise,
    read=_read,
    words=("DEV", "tps", "Average:", "Linux", "wkB/s"),
)
