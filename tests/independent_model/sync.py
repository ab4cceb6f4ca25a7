"""One sync in flight: what is left of it, stalled or not, at whatever rate."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    fails: bool = False
    """Whether this attempt fails when what is left of it is over."""
    backoff_s: float = 0.0
    """How long it waits after that."""
    waits: bool = False
    """Whether the attempt has failed; what is left is the wait."""
    failures: list[float] = field(default_factory=list)
    """When attempts failed."""

    def reckon(self, now_s: float) -> None:
        """Take off what was done since it was last reckoned."""
        if self.running:
            done = now_s - self.since_s
            if done > self.before_s and not self.whole_s:
                self.left = 0.0
            self.transfer_s -= max(0.0, done - self.before_s)
            self.before_s = max(0.0, self.before_s - done)
        self.since_s = now_s

    def fail_after(self, share: float, alone_s: float, backoff_s: float) -> None:
        """Let the attempt fail after a share of its time with so long a transfer."""
        work_s = share * (self.before_s + alone_s)
        sent_s = max(0.0, work_s - self.before_s)
        self.before_s = min(self.before_s, work_s)
        self.left = sent_s / alone_s if alone_s else 0.0
        self.transfer_s = self.left * self.whole_s
        self.fails, self.backoff_s = True, backoff_s

    def wait(self, now_s: float) -> None:
        """Begin the wait after a failure."""
        self.failures.append(now_s)
        self.fails, self.waits = False, True
        self.before_s, self.transfer_s, self.left = self.backoff_s, 0.0, 0.0
        self.since_s = now_s
        self.version += 1

    def again(self, now_s: float, before_s: float, whole_s: float) -> None:
        """Begin the next attempt."""
        self.waits, self.left = False, 1.0
        self.before_s, self.transfer_s, self.whole_s = before_s, whole_s, whole_s
        self.since_s = now_s
        self.version += 1

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
    failures: tuple[float, ...] = ()
    """When attempts of it failed."""
