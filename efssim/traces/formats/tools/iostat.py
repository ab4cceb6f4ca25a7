"""Text of `iostat -xt`: reports, each with its time and a table of devices.

The first report is of the time since boot, unless `-y` left it out, which nothing tells; it is
passed over, for the begin of its time is not known either.
"""

from __future__ import annotations

import re
from datetime import datetime

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
from efssim.traces.times import UNIX_EPOCH

_HEAD = re.compile(r"^Device:?[ \t]", re.MULTILINE)
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:?\d\d|Z)?$")

_NO_TIMES = "has no times of its reports; run `iostat -xty 60`, where -t prints them"
_FIRST = "the first report is left out: it is of the time since boot, or of an unknown begin"
_NO_WRITES = "has no column wkB/s of what was written; run `iostat -xt`"


def _recognise(content: ExportContent) -> bool:
    return _HEAD.search(content.head) is not None and "\n" in content.head


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:
    """Return the series; raise TraceErrors. A loop, for reports are many short lines."""
    rates = DeviceRates(content)
    column, header, at, at_of_header, width = "", "", -1, -1, 0
    line_of_local: int | None = None
    for number, line in enumerate(content.text.splitlines(), 1):
        first = line[:1]
        if not first or first == " " or line.startswith(("avg-cpu", "Linux ")):
            at = -1  # a table of devices ends with a blank line
        elif first.isdigit() and (moment := _moment(line)) is not None:
            time_s, is_local = moment
            line_of_local = line_of_local or (number if is_local else None)
            rates.begin_report(time_s, number, is_first=False)
            at = -1
        elif line == header and rates.reports:
            at = at_of_header
        elif line.startswith("Device"):
            names, header = line.split(), line
            column, at = written_column(content, number, names, _NO_WRITES)
            at_of_header, width = at, len(names)
            if not rates.reports:
                content.fail(number, _NO_TIMES)
        elif at >= 0:
            cells = line.split()
            if len(cells) != width:
                content.fail(number, f"has {len(cells)} cells for {width} columns of devices")
            rates.add(cells[0], cells[at], number)
        else:
            _refuse_line(content, number, line)
    if not rates.cells:
        content.fail(None, "has no second report, and the first one is of an unknown begin")
    zone = None
    if line_of_local is not None:
        zone = need_zone(content, line_of_local, zone_of(options, None))
    return ExportPart(rates.series(column, zone), notes=(_FIRST,))


def _refuse_line(content: ExportContent, number: int, line: str) -> None:
    content.fail(number, f"{quoted(line)} is no line of `iostat -xt`; save its output as it is")


def _moment(line: str) -> tuple[float, bool] | None:
    """Return the time of a report and whether it is local; None for another line."""
    text = line.strip()
    if "T" in text and _ISO.match(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        if moment.tzinfo is not None:
            return (moment - UNIX_EPOCH).total_seconds(), False
        text = text.replace("T", " ")
    date, _, time = text.partition(" ")
    day, clock = day_of(date), clock_of(time.strip())
    return None if day is None or clock is None else (day + clock, True)


IOSTAT = ExportFormat(
    name="iostat",
    recognise=_recognise,
    read=_read,
    words=("Device", "avg-cpu", "wkB/s", "Linux", "%util"),
)
