"""Findings on trace files, their interpretation and gaps: for people, and for `--check`."""

from __future__ import annotations

from collections.abc import Mapping

from efssim.report.words.lines import wrapped
from efssim.text.quantities import format_duration
from efssim.traces.quality import TraceQuality

Traces = Mapping[str, TraceQuality]
"""By the path of the stream."""


def trace_findings(traces: Traces) -> dict[str, list[str]]:
    """Return interpretation and gaps of the trace of each stream that has one, in sentences."""
    return {stream: [taken_for(found), *found.lines()] for stream, found in traces.items()}


def taken_for(found: TraceQuality) -> str:
    """Return the interpretation of a trace, in words."""
    apart = "" if found.spacing_s is None else f", {format_duration(found.spacing_s)} apart"
    values = {
        None: "each row one write",
        "Sum": "values are totals",
        "counter": "values are readings of a counter",
        "rate per second": "values are rates per second",
        "Average x SampleCount": "values are totals, from Average x SampleCount",
    }[found.statistic]
    if found.format != "csv":
        named = f", metric {found.metric}" if found.metric else ""
        long = "" if found.period_s is None else f", period {format_duration(found.period_s)}"
        values = f"{values}, read as {found.format}{named}{long}"
    rows = f"{found.rows_used:,} of {found.rows:,} rows of {found.file} used"
    return f"{rows}, times are {found.times}{apart}, {values}"


def trace_lines(traces: Traces) -> list[str]:
    """Return the lines about traces of a report."""
    lines = []
    for stream, findings in trace_findings(traces).items():
        for finding in findings:
            lines += wrapped(f"trace of {short_name(stream)}: {finding}.")
    return lines


def short_name(path: str) -> str:
    """Return a stream's path as people say it: file system and stream."""
    return path.removeprefix("file_systems.").replace(".writes.", ".", 1)


def thin_traces(traces: Traces) -> list[str]:
    """Return a sentence for each trace that a verdict should not rest on; under `--check` a fault.

    It covers too little of the run, whose writes it then does not know, or nobody says whether its
    values are bytes.
    """
    thin = [
        f"TRACE TOO THIN: {short_name(stream)} {found.thin_text()}."
        for stream, found in traces.items()
        if found.is_thin
    ]
    assumed = [
        f"TRACE ASSUMED: {short_name(stream)} is taken as `{key}`, which {found.file} does not "
        f"say; write `{key}` if it is so."
        for stream, found in traces.items()
        for key in found.assumed
    ]
    return [*thin, *assumed]


def thin_by_name(studies: Mapping[str, Traces]) -> list[str]:
    """Return `thin_traces` of each study of several, after the name of its scenario."""
    return [f"{name}: {text}" for name, found in studies.items() for text in thin_traces(found)]


def thin_lines(traces: Traces) -> list[str]:
    """Return `thin_traces` as lines of a report."""
    return [line for text in thin_traces(traces) for line in wrapped(text)]
