"""The scenario that `efssim traces -o` writes: a trace, and the rest assumed and marked so."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from efssim.scenario.loading import load_document
from efssim.text.yaml.document import parse_bytes
from efssim.text.yaml.problems import Problem, ScenarioError
from efssim.traces.calendar.local_days import DAY_S
from efssim.traces.flaws import exact_duration
from efssim.traces.profile.hot_set import HotSetFit
from efssim.traces.profile.writes import ProfiledWrites

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN = re.compile(r"(\.\./)*[A-Za-z_][A-Za-z0-9_./-]*")
_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "none", "y", "n")
"""Words that YAML, or a scenario, takes for something else."""
_ROUNDING = 1e-9
"""Relative: sums of many fractions in another order."""
_RESAMPLED_LEAST = 9
"""Days from which at least 7 whole ones are there to be drawn."""

_TEXT = """\
# Written by `efssim traces`. Times and bytes are measured; what is marked "assumed" is not in the
# measurements: put in your own values. `efssim validate --resolved` lists every value.
name: {name}
description: {description}
start: {start}
duration: {duration}{duration_note}
seed: 1
rpo: {{target: 15 min, attainment: 99 %}}  # assumed; EFS documents 15 minutes for most file systems

file_systems:
  source:
    region: us-east-1  # assumed
    size: 1 TiB  # assumed: what it holds at the start
    files: 1 million  # assumed
    throughput_mode: elastic  # assumed
    writes:
      measured:
        trace: {trace}
{hot_set}        new_bytes: 100 %  # assumed: all of it adds to the size, nothing is overwritten

replications:
  dr:
    source: source
    destination: {{region: us-west-2}}  # assumed
    established: true  # assumed: the initial sync is long over
    # Interval, setup and rates are those of the preset `efs`, which AWS does not publish: assumed.
    # `efssim calibrate --lag` fits them to TimeSinceLastSync.
"""


def scenario_of(
    found: ProfiledWrites, name: str, file: Path, keys: Mapping[str, str], target: Path
) -> str:
    """Return the text of a scenario that replays the writes of a file, for a place of its own.

    `keys` are further keys of its trace. Raise ScenarioError where no run takes the trace.
    """
    errors: list[ScenarioError] = []
    for chosen in _candidates(keys):
        try:
            _check(found, name, file, chosen)
        except ScenarioError as error:
            errors.append(error)
        else:
            seen = os.path.relpath(file, target.parent)
            return _text(found, name, {"file": _quoted(seen), **chosen})
    raise errors[0]


def _candidates(keys: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the keys of a trace to try: as they are, and as a run may need them."""
    # A time zone is for times without an offset; an export may lack samples without writes.
    without = {key: value for key, value in keys.items() if key != "timezone"}
    plain = [dict(keys), *([without] if without != keys else [])]
    return [*plain, *({**one, "missing": "zero"} for one in plain if "missing" not in one)]


def _check(found: ProfiledWrites, name: str, file: Path, keys: Mapping[str, str]) -> None:
    """Raise ScenarioError where no run takes a trace with these keys, or not all that it holds."""
    # By its full path, as the folder of the scenario may not be there yet.
    text = _text(found, name, {"file": json.dumps(str(file.absolute())), **keys})
    scenario = load_document(parse_bytes(text.encode(), "scenario"), Path())
    trace = scenario.file_systems["source"].writes["measured"].trace
    assert trace is not None, "the text has one"
    quality = trace.read(scenario.start, scenario.duration).quality
    used, measured = quality.bytes_used, found.profile.bytes
    if not found.grid.has_dates:  # what is at the zero is there before the run
        used += quality.bytes_unused
    if abs(used - measured) > 1 + _ROUNDING * measured:
        message = f"a run would use {used:,} of the {round(measured):,} bytes that were measured"
        raise ScenarioError((Problem(None, ("trace",), message),))


def _text(found: ProfiledWrites, name: str, trace: Mapping[str, str]) -> str:
    profile = found.profile
    begin_s, span_s = _run_of(found)
    note = "  # all that was measured"
    if span_s >= _RESAMPLED_LEAST * DAY_S and profile.coverage.begin_s is not None:
        note += "; may be longer with `resample: days` in the trace"
    start = (_UNIX_EPOCH + timedelta(seconds=begin_s)).isoformat().replace("+00:00", "Z")
    if profile.coverage.begin_s is None:
        start = "2026-01-01T00:00:00Z  # assumed: the trace has no dates"
    return _TEXT.format(
        name=_quoted(name),
        description=_quoted(f"Measured: {profile.name}."),
        start=start,
        duration=exact_duration(span_s),
        duration_note=note,
        trace="{" + ", ".join(f"{key}: {value}" for key, value in trace.items()) + "}",
        hot_set=_hot_set(profile.hot_set),
    )


def _run_of(found: ProfiledWrites) -> tuple[float, float]:
    """Return begin and length of the run, in seconds.

    A write at the start is no write of the run, so single writes begin after it; those of a trace
    with a zero of its own count from there.
    """
    coverage, begin_s = found.profile.coverage, found.grid.begin_s
    if not found.grid.has_dates:
        return 0.0, max(1.0, math.ceil(begin_s + coverage.span_s))
    if coverage.period_s is not None:
        return begin_s, coverage.span_s
    whole_s = math.ceil(begin_s) - 1.0
    return whole_s, math.ceil(begin_s + coverage.span_s) - whole_s


def _hot_set(fit: HotSetFit | None) -> str:
    if fit is None or not fit.is_offered:
        return ""
    share = f"{100 * fit.share:.1f}".removesuffix(".0")
    off = f"{100 * fit.largest_error:.1f}"
    return (
        f"        # Fitted to the unique bytes of the trace, at most {off} % off.\n"
        f"        hot_set: {{size: {fit.size_bytes}, block: {fit.block_bytes}, share: {share} %}}\n"
    )


def _quoted(text: str) -> str:
    """Return a text as YAML has it: plain where nothing in it could be taken for something else."""
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if is_plain else json.dumps(text, ensure_ascii=False)
