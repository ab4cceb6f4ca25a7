"""Readers that are fuzzed, and what each promises of any input."""

from __future__ import annotations

from collections.abc import Callable

from efssim.errors import EfssimError
from efssim.text import quantities
from efssim.text.yaml.document import parse_bytes
from efssim.text.yaml.paths import format_path, parse_path
from efssim.traces.exports import read_contents
from efssim.traces.formats.content import ExportContent
from efssim.traces.units import named_unit, parse_unit

PARSERS: tuple[Callable[[object], object], ...] = (
    quantities.parse_duration,
    quantities.parse_size,
    quantities.parse_byte_rate,
    quantities.parse_rate,
    quantities.parse_limit,
    quantities.parse_count,
    quantities.parse_fraction,
    quantities.parse_datetime,
)
SUFFIXES = (".csv", ".json", ".jsonl", ".txt", ".tsv", "")


def amounts(data: bytes) -> None:
    """Read a value with a unit by each parser; a duration and a size can be shown."""
    text = data.decode("utf-8", "replace")
    for parse in PARSERS:
        try:
            value = parse(text)
        except ValueError:
            continue
        if parse is quantities.parse_duration:
            assert isinstance(value, float)
            assert value >= 0, text
            quantities.format_duration(value)
        if parse is quantities.parse_size:
            assert isinstance(value, int), text
            quantities.format_size(value)


def units(data: bytes) -> None:
    """Read a unit, and the unit in the name of a column."""
    text = data.decode("utf-8", "replace")
    named_unit(text)
    try:
        parse_unit(text)
    except ValueError:
        return


def documents(data: bytes) -> None:
    """Read a YAML document; each of its keys has a position."""
    try:
        document = parse_bytes(data, "x.yaml")
    except EfssimError:
        return
    assert document.value_position(()).line >= 1


def paths(data: bytes) -> None:
    """Read a path of `--set`; it comes back from its own text."""
    text = data.decode("utf-8", "replace")
    try:
        path = parse_path(text)
    except ValueError:
        return
    assert parse_path(format_path(path)) == path, text


def exports(data: bytes) -> None:
    """Read an export of measurements; the first byte says the suffix of its file."""
    suffix = SUFFIXES[data[0] % len(SUFFIXES)] if data else ""
    try:
        read_contents([ExportContent(f"x{suffix}", data[1:])])
    except EfssimError:
        return


TARGETS = {
    "amounts": amounts,
    "units": units,
    "documents": documents,
    "paths": paths,
    "exports": exports,
}
SEEDS = {
    "amounts": ("1 h 30 min", "12.5 MiB/s", "3 per s", "99.9 %", "2026-01-01T02:00:00Z", "1e6"),
    "units": ("MiB/s", "BytesPerSecond", "write bytes [MB]", "ops/s"),
    "documents": ("a: {b: [1, 2 h], c: &x 1}\nd: *x\n", "- 'it''s'\n- |\n  text\n"),
    "paths": ("replications.dr.sync.interval", "events[0].at", '"a.b"[3].c'),
    "exports": (
        "\x00time,bytes\n2026-01-01T00:00:00Z,100\n2026-01-01T00:01:00Z,200\n",
        '\x01{"Label": "MeteredIOBytes", "Datapoints": [{"Timestamp": "2026-01-01T00:00:00Z", '
        '"Sum": 1.0, "Unit": "Bytes"}]}',
        '\x01{"MetricDataResults": [{"Id": "m", "Label": "x", "Timestamps": '
        '["2026-01-01T00:00:00Z"], "Values": [3.0]}]}',
    ),
}
