"""Spans in which an alarm notifies nobody: while it is muted, and while its Region is down.

Its state goes on. What it would have told it tells at the first evaluation after such a span, if
it is in ALARM then, so a span lasts until the full minute at or after its end. Times in seconds
since the scenario's start.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from efssim.cloudwatch.series import MINUTE_S
from efssim.lag.detection.judging import Span
from efssim.records.timeline import Entry, Occurrence
from efssim.scenario.alarms.mute import MuteRule, joined_spans
from efssim.scenario.grammar.disturbances.effects import Silence
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES


def muted_spans(rules: Iterable[MuteRule], start: datetime, until_s: float) -> list[Span]:
    """Return the spans in which rules mute an alarm that is watched until a time, apart."""
    return _until_evaluated(span for rule in rules for span in rule.spans(start, until_s))


def outages_by_region(timeline: Iterable[Entry]) -> dict[str, list[Span]]:
    """Return the spans in which nothing in a Region answers, apart, for each that has some."""
    found: dict[str, list[Span]] = {}
    for entry in timeline:
        kind = DISTURBANCES.get(entry.kind) if isinstance(entry, Occurrence) else None
        if kind is not None and kind.has(Silence):
            end_s = math.inf if entry.end_s is None else entry.end_s
            found.setdefault(entry.target, []).append((entry.begin_s, end_s))
    return {region: _until_evaluated(spans) for region, spans in found.items()}


def evaluated_from(time_s: float) -> float:
    """Return the first evaluation at or after a time: they are at full minutes."""
    return math.ceil(time_s / MINUTE_S) * MINUTE_S if math.isfinite(time_s) else time_s


def _until_evaluated(spans: Iterable[Span]) -> list[Span]:
    return joined_spans([(begin, evaluated_from(end)) for begin, end in spans])
