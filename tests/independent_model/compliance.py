"""The RPO by calendar month (docs/results.md, By calendar month).

What is left out of a month, and what counts then, is not reckoned here.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from independent_model.compare import UNTOLD
from independent_model.replication import Replication
from independent_model.spans import Span, overlap
from independent_model.verdict import Verdict
from independent_model.weights import Ramp
from independent_model.world import World

Json = dict[str, Any]


class Compliance:
    """The compliance of one replication, from its teeth and violations in the window."""

    def __init__(
        self, world: World, of: Replication, teeth: list[Ramp], violations: list[Span]
    ) -> None:
        self.world, self.of, self.teeth, self.violations = world, of, teeth, violations
        self.begin_s, self.end_s = world.scenario.warm_up, world.scenario.duration
        self.unprotected = Verdict(world, of).unprotected()

    def summary(self) -> Json:
        """Return the fields of a replication."""
        spec = self.world.scenario.compliance
        assert spec is not None
        return {
            "timezone": spec.timezone,
            "months": {
                name: self.month(begin_s, end_s, is_part)
                for name, begin_s, end_s, is_part in self.months(spec.timezone)
            },
            "counted": UNTOLD,
            "left_out": UNTOLD,
            "breaches": UNTOLD,
            "breaches_unlisted": 0,
            "achievable_rpo_min": {"all": self.achievable_min(), "counted": UNTOLD},
            "last_sync": self.last_sync(),
        }

    def months(self, zone: str) -> list[tuple[str, float, float, bool]]:
        """Return name, begin and end of the part of each month in the window; whether a part."""
        start = self.world.scenario.start
        local = (start + timedelta(seconds=self.begin_s)).astimezone(ZoneInfo(zone))
        found: list[tuple[str, float, float, bool]] = []
        year, month = local.year, local.month
        while True:
            begin = datetime(year, month, 1, tzinfo=ZoneInfo(zone))
            name, year, month = f"{year}-{month:02}", year + month // 12, month % 12 + 1
            since_s = (begin - start).total_seconds()
            until_s = (datetime(year, month, 1, tzinfo=ZoneInfo(zone)) - start).total_seconds()
            if since_s >= self.end_s:
                return found
            part = max(since_s, self.begin_s), min(until_s, self.end_s)
            found.append((name, *part, part != (since_s, until_s)))

    def month(self, begin_s: float, end_s: float, partial: bool) -> Json:
        """Return what a part of a month has."""
        target = self.world.scenario.rpo
        teeth = [part for tooth in self.teeth for part in tooth.cut(begin_s, end_s)]
        defined_s = math.fsum(tooth.length_s for tooth in teeth)
        parts = [overlap([span], begin_s, end_s) for span in self.violations]
        lengths = [part for part in parts if part > 0]
        unprotected_s = overlap(self.unprotected, begin_s, end_s)
        attainment = 1 - math.fsum(lengths) / defined_s if defined_s else None
        met = None if attainment is None else attainment >= target.attainment
        return {
            "begin": self.world.instant(begin_s),
            "end": self.world.instant(end_s),
            "partial": partial,
            "seconds": end_s - begin_s,
            "defined_s": defined_s,
            "violation_s": math.fsum(lengths),
            "unprotected_s": unprotected_s,
            "attainment": attainment,
            "met": False if unprotected_s else met,
            "violations": len(lengths),
            "longest_s": max(lengths, default=0.0),
            "left_out_s": UNTOLD,
            "counted": UNTOLD,
        }

    def achievable_min(self) -> int | None:
        """Return the smallest target in whole minutes that would have met the objective."""
        defined_s = math.fsum(tooth.length_s for tooth in self.teeth)
        if self.unprotected or not defined_s:
            return None
        minutes = 1
        while self._attainment(60 * minutes) < self.world.scenario.rpo.attainment:
            minutes += 1
        return minutes

    def _attainment(self, target_s: float) -> float:
        within_s = math.fsum(tooth.within(target_s) for tooth in self.teeth)
        return within_s / math.fsum(tooth.length_s for tooth in self.teeth)

    def last_sync(self) -> Json | None:
        """Return the last completed sync."""
        if not self.of.syncs:
            return None
        last = self.of.syncs[-1]
        return {
            "cut": self.world.instant(last.cut_s),
            "completed": self.world.instant(last.completed_s),
            "duration_s": last.completed_s - last.cut_s,
            "bytes": last.bytes,
        }
