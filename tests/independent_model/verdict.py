"""What a verdict rests on beside the age: time without a recovery point, and what was lost."""

from __future__ import annotations

import math
from typing import Any

from independent_model.replication import Replication
from independent_model.spans import complement, when
from independent_model.streams import Write
from independent_model.world import World

Json = dict[str, Any]


class Verdict:
    """The verdict on one replication."""

    def __init__(self, world: World, replication: Replication) -> None:
        self.world, self.of = world, replication
        self.begin_s, self.end_s = world.scenario.warm_up, world.scenario.duration
        source, destination = replication.source, replication.destination
        self.gone_s = _or(replication.gone_s, math.inf)
        self.first_s = self._first_lrt_s()
        self.source_until_s = _or(source.failed_s, math.inf)
        self.destination_until_s = _or(destination.failed_s, math.inf)

    def _first_lrt_s(self) -> float:
        if self.of.statuses[0][1] == "ENABLED":
            return self.of.created_s
        return self.of.syncs[0].completed_s if self.of.syncs else math.inf

    def summary(self) -> Json:
        """Return the fields of a replication."""
        return {
            "unprotected_s": self.unprotected_s() - self.excluded_s(),
            "recovery_point": self.recovery_point(),
            "not_replicated": self.not_replicated(),
        }

    def of_the_rpo(self, met: bool | None) -> Json:
        """Return the fields of the RPO."""
        protected = not self.summary()["unprotected_s"]
        throughout = met and protected and not self.lost_too_much()
        return {
            "met_throughout": None if met is None else throughout,
            "excluded_s": self.excluded_s(),
        }

    # --- time without a recovery point ----------------------------------------------------------

    def _seconds(self, since_s: float, until_s: float) -> float:
        """Return the seconds of the window in a span, while the source exists."""
        begin_s = max(self.begin_s, self.of.source.created_s, since_s)
        return max(0.0, min(self.end_s, self.source_until_s, until_s) - begin_s)

    def initial_sync_s(self) -> float:
        """Return the seconds from the creation to the first LRT."""
        return self._seconds(self.of.created_s, min(self.first_s, self.gone_s))

    def no_configuration_s(self) -> float:
        """Return the seconds before the creation and after the deletion."""
        return self._seconds(0, self.of.created_s) + self._seconds(self.gone_s, math.inf)

    def unprotected_s(self) -> float:
        """Return the seconds without a recovery point; a failed destination offers none."""
        failed_s = self._seconds(max(self.first_s, self.destination_until_s), self.gone_s)
        return self.initial_sync_s() + self.no_configuration_s() + failed_s

    def unprotected(self) -> list[tuple[float, float]]:
        """Return the spans of the window without a recovery point, but for those left out."""
        rpo, inf = self.world.scenario.rpo, math.inf
        failed_s = max(self.first_s, self.destination_until_s)
        spans = [(failed_s, self.gone_s)]
        if rpo.initial_sync != "excluded":
            spans.append((self.of.created_s, min(self.first_s, self.gone_s)))
        if rpo.after_deletion != "excluded":
            spans += [(0, self.of.created_s), (self.gone_s, inf)]
        begin_s = max(self.begin_s, self.of.source.created_s)
        end_s = min(self.end_s, self.source_until_s)
        inside = [(max(begin_s, a), min(end_s, b)) for a, b in spans]
        return sorted((a, b) for a, b in inside if a < b)

    def excluded_s(self) -> float:
        """Return the seconds of them that the scenario leaves out."""
        rpo = self.world.scenario.rpo
        return self.initial_sync_s() * (rpo.initial_sync == "excluded") + (
            self.no_configuration_s() * (rpo.after_deletion == "excluded")
        )

    # --- loss -----------------------------------------------------------------------------------

    def disaster_s(self) -> float | None:
        """Return when the source could not be written any more when it mattered, if so.

        That is when the configuration was gone, or at the end.
        """
        is_gone = self.gone_s <= self.end_s
        if is_gone and not self.of.down_at_deletion:
            return None
        judged_s = min(self.gone_s, self.end_s)
        for begin_s, until_s in when(self.of.source.down, math.inf):
            # It may come back at the very instant of the deletion, and after it.
            if begin_s <= judged_s < until_s or (is_gone and begin_s <= judged_s == until_s):
                return begin_s
        return None

    def pending(self) -> list[Write]:
        """Return what was pending when the configuration was gone, or at the end."""
        lost = self.of.lost_at_deletion
        return self.of.source.unreplicated() if lost is None else lost

    def recovers(self) -> bool:
        """Whether there is a recovery point when it matters."""
        judged_s = min(self.gone_s, self.end_s)
        return self.of.lrt_s is not None and self.destination_until_s > judged_s

    def recovery_point(self) -> Json | None:
        """Return what a disaster of the source cost."""
        disaster_s = self.disaster_s()
        if disaster_s is None:
            return None
        pending = self.pending()
        oldest_s = min((write.time_s for write in pending), default=disaster_s)
        recovers = self.recovers()
        held = self.of.held_at_deletion
        if held is None:
            held = self.of.source.size_at(self.end_s)
        return {
            "time": self.world.instant(self.of.lrt_s) if recovers else None,
            "lost_bytes": sum(write.bytes for write in pending) if recovers else held,
            "lost_writes": len(pending),
            "lost_s": disaster_s - oldest_s if recovers else None,
            "writable_s": self.writable_s(disaster_s),
        }

    def writable_s(self, disaster_s: float) -> float | None:
        """Return how long it took until the destination could be written."""
        stopped = when(self.of.destination.stopped, math.inf)
        for begin_s, until_s in complement(stopped, math.inf):
            if until_s > disaster_s and begin_s <= self.end_s:
                return max(0.0, begin_s - disaster_s)
        return None

    def lost_too_much(self) -> bool:
        """Whether a disaster cost more than the target allows."""
        found = self.recovery_point()
        if found is None:
            return False
        return found["time"] is None or found["lost_s"] > self.world.scenario.rpo.target

    def not_replicated(self) -> Json | None:
        """Return what was pending when the configuration of a healthy source was gone."""
        lost = self.of.lost_at_deletion
        if lost is None or self.disaster_s() is not None:
            return None
        return {"bytes": sum(write.bytes for write in lost), "writes": len(lost)}


def _or(time_s: float | None, otherwise: float) -> float:
    return otherwise if time_s is None else time_s
