"""The formats of exports that are read: one table, in the order in which they are recognised."""

from __future__ import annotations

from efssim.text.quoting import listed
from efssim.traces.formats.blocks.alibaba import ALIBABA
from efssim.traces.formats.blocks.msr_cambridge import MSR_CAMBRIDGE
from efssim.traces.formats.blocks.tencent import TENCENT
from efssim.traces.formats.cloudwatch.cli_table import CLI_TABLE
from efssim.traces.formats.cloudwatch.cli_text import CLI_TEXT
from efssim.traces.formats.cloudwatch.console_csv import CONSOLE_CSV
from efssim.traces.formats.cloudwatch.metric_data import METRIC_DATA
from efssim.traces.formats.cloudwatch.metric_statistics import METRIC_STATISTICS
from efssim.traces.formats.cloudwatch.metric_stream import METRIC_STREAM
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.parts import ExportFormat
from efssim.traces.formats.tables.parquet import PARQUET
from efssim.traces.formats.tables.plain_csv import PLAIN_CSV
from efssim.traces.formats.tools.grafana import GRAFANA
from efssim.traces.formats.tools.iostat import IOSTAT
from efssim.traces.formats.tools.prometheus import PROMETHEUS
from efssim.traces.formats.tools.sar import SAR

FORMATS: tuple[ExportFormat, ...] = (
    PARQUET,
    METRIC_DATA,
    METRIC_STATISTICS,
    METRIC_STREAM,
    PROMETHEUS,
    CLI_TEXT,
    CLI_TABLE,
    IOSTAT,
    SAR,
    MSR_CAMBRIDGE,
    ALIBABA,
    TENCENT,
    CONSOLE_CSV,
    GRAFANA,
    PLAIN_CSV,
)
"""The first that recognises content is that of a file; the least special one is the last."""


def recognised_format(content: ExportContent) -> ExportFormat | None:
    """Return the format of content; None where it has none of them."""
    return next((one for one in FORMATS if one.recognise(content)), None)


def format_of(content: ExportContent) -> ExportFormat:
    """Return the format of content; raise TraceErrors that list all formats where it has none."""
    found = recognised_format(content)
    if found is None:
        content.fail(None, unknown(content))
    return found


def unknown(content: ExportContent) -> str:
    """Return a line that lists the formats and names the one nearest to content."""
    if not content.data.strip():
        return "is empty"
    names = listed((one.name for one in FORMATS), most=len(FORMATS))
    return f"has no format that is read; the nearest is {nearest(content)}; read are: {names}"


def nearest(content: ExportContent) -> str:
    """Return the name of the format with the largest share of its words in content."""

    def share(one: ExportFormat) -> float:
        return sum(word in content.head for word in one.words) / max(1, len(one.words))

    return max(FORMATS, key=share).name
