"""One sync in flight: what is left of it, stalled or not, at whatever rate."""

from __future__ import annotations

from dataclasses import dataclass

from independent_model.streams import Write


@dataclass(eq=False)
class Sync:
    """A sync that was cut and has not ended."""

    cut_s: float
    initial: bool
    writes: list[Write]
    bytes: int
    files: int
    before_s: float
    """Seconds left of setup, inventory and diff."""
    transfer_s: float
    """Seconds left of the transfer at the present rate."""
    whole_s: float
    """Seconds that the whole transfer would take at the present rate."""
    since_s: float
    """When what is left was reckoned."""
    left: float = 1.0
    """Share of the transfer that is left, while the whole of it takes no time."""
    running: bool = True
    version: int = 0

    def reckon(self, now_s: float) -> None:
        """Take off what was done since it was last reckoned."""
        if self.running:
            done = now_s - self.since_s
            if done > self.before_s and not self.whole_s:
                self.left = 0.0
            self.transfer_s -= max(0.0, done - self.before_s)
            self.before_s = max(0.0, self.before_s - done)
        self.since_s = now_s

    def repace(self, now_s: float, running: bool, whole_s: float) -> bool:
        """Go on stalled or not, and at another rate; return whether that changes anything."""
        if (running, whole_s) == (self.running, self.whole_s):
            return False
        self.reckon(now_s)
        if not self.whole_s:
            self.transfer_s = self.left * whole_s
        elif whole_s != self.whole_s:
            self.left = self.transfer_s / self.whole_s
            self.transfer_s *= whole_s / self.whole_s
        self.running, self.whole_s = running, whole_s
        self.version += 1
        return True


@dataclass(frozen=True)
class Done:
    """A completed sync."""

    cut_s: float
    completed_s: float
    initial: bool
    bytes: int
    files: int
    written: int
    """Bytes as written."""
