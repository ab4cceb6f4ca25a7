"""The numbers of an alarm in a run, as plain data.

Durations in seconds, times in seconds since the scenario's start. An alarm detects a violation if
it is in ALARM at some time from the begin of the violation to its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from efssim.json_values import HIDDEN, moment

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
TOO_OFTEN = 0.05
"""Share of the window in ALARM without a violation from which an alarm tells nothing: who is in
ALARM all the time detects everything. Assumed."""


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """A change of the state of an alarm."""

    time_s: float = field(metadata=moment("time"))
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class DelaySummary:
    """Seconds from when the age passed the target until ALARM, over detected violations."""

    mean: float | None
    p50: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class AlarmSummary:
    """The numbers of an alarm in a run."""

    metric: str
    replication: str | None
    """The replication whose violations it is judged by; None: it watches none."""
    not_evaluated: str | None
    """Why it was not evaluated; None: it was."""
    never: tuple[str, ...]
    """Reasons why it can never fire, whatever happens."""
    blind: tuple[str, ...]
    """Reasons why it never has a data point. If missing data are breaching, it is in ALARM all the
    time then, and detects nothing all the same."""
    cautions: tuple[str, ...]
    """Blind spots, and states that say less than they seem to."""
    fired: int
    """How often it went to ALARM in the window and notified, if need be after a mute or outage."""
    violations: int
    detected: int
    missed: int
    """Violations that ended without it being in ALARM and somebody notified."""
    late: int
    """Of the missed ones, those after whose end it went to ALARM because of them."""
    open_at_end: int
    """Violations that the end of the run cut before the alarm could decide."""
    detection_delay_s: DelaySummary
    false_alarms: int
    """ALARM periods without a violation, and without a time that has no recovery point."""
    false_alarms_per_month: float
    unwarranted_s: float
    """Time in ALARM without a violation to explain it."""
    unwarranted_share: float
    """Of the window."""
    muted: int
    """ALARM periods of which nobody was notified, as they ended while it was muted."""
    region_down: int
    """ALARM periods of which nobody was notified, as its Region was down until they ended."""
    state_s: Mapping[str, float]
    """Time of the window in each state."""
    final_state: str
    transitions: tuple[AlarmChange, ...]
    """All changes of the run, those in the warm-up included."""
    fired_s: tuple[float, ...] = field(metadata=HIDDEN)
    """When it notified in the window."""
    delays_s: tuple[float, ...] = field(metadata=HIDDEN)
    """The delay of each detected violation."""
    untold_s: tuple[tuple[float, float], ...] = field(metadata=HIDDEN)
    """Spans in which it notified nobody, muted or its Region down; in order and apart."""

    @property
    def watches(self) -> bool:
        """Whether it is evaluated, has data, and can fire."""
        return self.not_evaluated is None and not self.never and not self.blind

    @property
    def is_noisy(self) -> bool:
        """Whether it is in ALARM so often that it tells nothing."""
        return self.unwarranted_share > TOO_OFTEN
