"""The part of a page on trace files."""

from __future__ import annotations

from collections.abc import Mapping

from efssim.report.facts.traces import Traces, short_name, thin_traces, trace_findings
from efssim.report.html.study import Block
from efssim.report.html.tables import Column, HtmlTable, number, share, text


def trace_table(traces: Traces) -> HtmlTable:
    """Return the table of the interpretation of each trace and of the rows used."""
    rows = [
        [
            text(short_name(stream)),
            text(found.file),
            text(found.times),
            number(found.rows),
            number(found.rows_used),
            number(found.bytes_used),
            number(found.bytes_unused),
            number(found.periods_missing),
            share(found.coverage),
            number(found.repeated_rows),
            number(found.off_grid_rows),
        ]
        for stream, found in traces.items()
    ]
    counts = ("rows", "rows used", "bytes used", "bytes unused", "periods missing")
    ends = ("periods covered", "repeated rows", "off-grid rows")
    head = [Column("stream"), Column("file"), Column("times")]
    return HtmlTable(
        "What was read of each trace",
        [*head, *(Column(name, True) for name in (*counts, *ends))],
        rows,
    )


def trace_blocks(studies: Mapping[str, Traces]) -> list[Block]:
    """Return a block for each study that has traces; `studies` are by the name of the scenario."""
    return [
        _block(name if len(studies) > 1 else "", traces, ordinal)
        for ordinal, (name, traces) in enumerate(studies.items())
        if traces
    ]


def _block(name: str, traces: Traces, ordinal: int) -> Block:
    said = [
        f"{short_name(stream)}: {'; '.join(found)}."
        for stream, found in trace_findings(traces).items()
    ]
    return Block(
        f"Traces of {name}" if name else "Traces",
        f"traces{ordinal}",
        text=" ".join([*thin_traces(traces), *said]),
        table=trace_table(traces),
    )
