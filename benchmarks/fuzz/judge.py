"""What may not happen, whatever the input is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from benchmarks.fuzz.apart import CPU_S, HUNG, MEMORY_BYTES
from benchmarks.fuzz.case import Case, Ended

_POSITION = re.compile(r"^(s\.yaml|p\.yaml|--set|standard input|<stdin>)(:\d+:\d+)?: .")
_OF_CLICK = re.compile(r"^(Usage: |Try '|Error: |$|warning: |note: )")
_WARNING = re.compile(r"^\S+:\d+: \w*Warning: |^\w+Warning: ", re.MULTILINE)
_NOT_FINITE = re.compile(r"(?<![\w.'\"/-])(nan|inf|-inf|Infinity)(?![\w.'\"/-])")
_LINE_MAX = 1600
"""Characters of a line of a refusal: long enough for a path and a sentence."""
REFUSED, MISSED, RAN, INTERNAL = 2, 1, 0, 3


def faults(case: Case, ended: Ended) -> Iterator[str]:
    """Yield what is wrong with how a case ended; nothing where all is well."""
    if ended.code in HUNG:
        yield f"HANG: no end after {ended.cpu_s:.1f} s of {CPU_S} s on the processor"
        return
    if "Traceback (most recent call last)" in ended.err or ended.code in (INTERNAL, 70):
        yield f"TRACEBACK: exit {ended.code}: {_last(ended.err)}"
    elif ended.code not in (RAN, MISSED, REFUSED):
        yield f"EXIT {ended.code}: {_last(ended.err)}"
    if ended.peak_bytes > MEMORY_BYTES:
        yield f"MEMORY: {ended.peak_bytes / 2**20:,.0f} MiB"
    if found := _WARNING.search(ended.err):
        yield f"WARNING: {ended.err[found.start() :][:200]!r}"
    yield from ended.faults
    if ended.code == REFUSED:
        yield from _of_refusal(case, ended)
    elif ended.code in (RAN, MISSED) and not case.requests:
        yield from _of_result(case, ended)


def _of_refusal(case: Case, ended: Ended) -> Iterator[str]:
    if ended.changed:
        yield f"DISK: refused, and {', '.join(ended.changed[:5])} changed"
    lines = ended.err.splitlines()
    if not any(line.strip() for line in lines):
        yield "SILENT: exit 2 without a word"
    for line in lines:
        if len(line) > _LINE_MAX:
            yield f"LONG: a line of {len(line)} characters"
        if not line.isprintable():
            yield f"UNPRINTABLE: {line[:200]!r}"
    of_file = [line for line in lines if not _OF_CLICK.match(line)]
    if case.positioned and of_file and not all(map(_POSITION.match, of_file)):
        wrong = next(line for line in of_file if not _POSITION.match(line))
        yield f"POSITION: {wrong[:200]!r}"


def _of_result(case: Case, ended: Ended) -> Iterator[str]:
    if not set(case.files).isdisjoint(ended.changed) and case.kind != "stored":
        yield f"DISK: an input changed: {', '.join(ended.changed[:5])}"
    if case.honest and ended.out not in case.honest:
        yield "TRUSTED: a damaged folder gave another result"
    if "json" in case.arguments:
        try:
            json.loads(ended.out, parse_constant=_not_finite)
        except ValueError as error:
            yield f"JSON: {error}"
    elif any(map(_NOT_FINITE.search, (*case.arguments, *_names(case)))):
        return  # the report repeats them
    elif found := _NOT_FINITE.search(ended.out):
        begin = max(0, found.start() - 60)
        yield f"NOT FINITE: {ended.out[begin : found.end() + 20]!r}"


def _names(case: Case) -> Iterator[str]:
    """Yield the keys of the scenario, which may be names, and texts of JSON files, as ids."""
    for name, data in case.files.items():
        text = data.decode("utf-8", "replace")
        if name == "s.yaml":
            yield from (found[1] for found in re.finditer(r"([\w.\"-]+)\"?:", text))
        elif name.endswith(".json"):
            yield from (found[1] for found in re.finditer(r'"([^"\n]*)"', text))


def _not_finite(constant: str) -> None:
    raise ValueError(f"{constant} in the result")


def _last(text: str) -> str:
    """Return the end of what was said, and of a traceback the innermost line of efssim."""
    lines = [line.strip() for line in text.strip().splitlines()]
    places = [line for line in lines if line.startswith("File ") and "efssim/" in line]
    where = places[-1].rpartition("efssim/")[2] if places else ""
    return f"{lines[-1] if lines else ''} [{where}]"[:400]
