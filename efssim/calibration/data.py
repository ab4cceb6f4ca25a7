"""Measurements that timing is fitted to, and the fit as plain data.

Times are seconds since 1970 (UTC) or since any other moment, the same for lag and writes: the fit
depends on differences only. Sizes are bytes, rates bytes or files per second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

ParameterName: TypeAlias = Literal["interval", "gap", "setup", "throughput", "file_rate"]


@dataclass(frozen=True, slots=True)
class LagSamples:
    """Samples of TimeSinceLastSync, in order of time. Columns have the shape (samples,).

    NaN stands where a statistic is absent. A minute holds one sample, so that any one statistic
    has all of it; five minutes need least, mean and largest. Periods without a sample are absent.
    """

    time_s: Floats
    """Begin of each period, as the export has it; CloudWatch truncates it to the minute."""
    least: Floats
    """Seconds; so are `mean` and `largest`."""
    mean: Floats
    largest: Floats
    period_s: float


@dataclass(frozen=True, slots=True)
class WriteTotals:
    """Bytes written in each period, in order of time. Columns have the shape (periods,).

    A period without a row, between the first and the last, has no writes.
    """

    begin_s: Floats
    bytes: Floats
    writes: Floats | None
    """Number of writes (SampleCount); None where it is not known."""
    period_s: float
    is_metric: bool = True
    """Whether a period should have a row in any case; single writes have none where none were."""


class Identified(StrEnum):
    """How well the data tell a parameter."""

    YES = "yes"
    """The 95 % interval has a ratio of at most 1.25, or is narrow beside a sync's duration."""
    ROUGHLY = "roughly"
    """Its ratio is at most 2."""
    NO = "no"


@dataclass(frozen=True, slots=True)
class FittedParameter:
    """One parameter of a sync with its 95 % interval: seconds, bytes/s or files/s."""

    name: ParameterName
    """As the key in a scenario's `sync`; `setup` is the fixed time per sync."""
    value: float | None
    """Best estimate; of those that are not identified together, a pair that fits the data.

    None where there are bounds only.
    """
    low: float
    """0 where the data do not bound it below."""
    high: float | None
    """None where the data do not bound it above: for a rate, it may have no limit at all."""
    identified: Identified
    reason: str | None
    """A sentence why the data do not tell it; None if they do."""

    @property
    def stand_in(self) -> float | None:
        """Return a number to simulate with: the value, else a bound; None is no limit.

        Without a value it is the longest interval, no gap, no fixed time or no limit of a rate.
        """
        if self.value is not None:
            return self.value
        return self.low if self.name in ("gap", "setup") else self.high


class LeftOutKind(StrEnum):
    """Why a stretch of time, or a sync, takes no part in the fit."""

    DISTURBED = "pause or outage"
    """Waiting, or work, that no sync explains; the metric cannot say which of both."""
    MISSING_LAG = "missing lag samples"
    MISSING_WRITES = "missing writes"
    """Before or after what the export of the writes covers."""
    UNDECODED = "undecoded samples"
    """Aggregated samples of which more than one course of the lag has the same statistics."""
    FIRST = "first sync"
    """The first sync that is seen: when it was cut follows, but not after which one."""
    UNSEEN = "unseen sync"
    """Syncs before which there may be one that no sample shows, so that bytes are not known."""
    BURST_EDGE = "edge of a burst"
    """Cuts in a minute in which writes begin or end: how much was before the cut is not known."""
    STEPPED_BACK = "cut moved back"
    """The last replicated time moved back, as it does where a replication is made anew."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stretch of time that takes no part in the fit."""

    begin_s: float
    end_s: float
    kind: LeftOutKind
    sentence: str


@dataclass(frozen=True, slots=True)
class DecodedSyncs:
    """Syncs that the samples show, in order of their cuts. Columns have the shape (syncs,).

    Times are as the export has them: the samples were taken `phase` later, and so were the syncs.
    """

    cut_s: Floats
    completed_after_s: Floats
    """Time of the last sample before the sync shows; NaN for the first sync."""
    completed_by_s: Floats
    """Time of the first sample that shows it."""

    def __len__(self) -> int:
        return len(self.cut_s)


NO_SYNCS = DecodedSyncs(np.zeros(0), np.zeros(0), np.zeros(0))


class SetupFamily(StrEnum):
    """Distribution of the fixed time per sync."""

    CONSTANT = "constant"
    NORMAL = "normal"
    GAMMA = "gamma"
    LOGNORMAL = "lognormal"


@dataclass(frozen=True, slots=True)
class SetupNoise:
    """How the fixed time per sync varies; `setup` is its mean."""

    family: SetupFamily = SetupFamily.CONSTANT
    sigma_s: float = 0.0
    """Standard deviation; 0 if constant."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Seconds from the begin of a minute to its sample, which truncated times do not show."""

    value_s: float = 0.0
    low_s: float = 0.0
    high_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """Timing of a replication as its lag and its writes show it."""

    parameters: tuple[FittedParameter, ...]
    """Always interval, gap, setup and throughput, also where nothing was fitted."""
    left_out: tuple[LeftOut, ...] = ()
    """In order of their begins."""
    syncs: DecodedSyncs = field(default=NO_SYNCS)
    """All that the samples show, those left out included."""
    used: int = 0
    """Number of syncs whose duration takes part in the fit."""
    late: int = 0
    """Number of those that delayed the next sync: they tell the gap."""
    median_duration_s: float | None = None
    noise: SetupNoise = field(default=SetupNoise())
    phase: Phase = field(default=Phase())
    resolution_s: float = 0.0
    """Step of the ages: 1 for whole seconds, 0 where they are exact."""
    refusal: str | None = None
    """A sentence why nothing was fitted; None if something was."""

    @property
    def is_fitted(self) -> bool:
        """Whether durations were fitted at all."""
        return self.refusal is None

    def parameter(self, name: ParameterName) -> FittedParameter:
        """Return the parameter of a name, which has to be there."""
        return next(one for one in self.parameters if one.name == name)
