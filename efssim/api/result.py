"""The result of a run: its summary, its tables, its figures. Nothing here prints."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from efssim.errors import ArgumentError, UnknownNameError
from efssim.lag.age.age_over_time import age_at, age_means
from efssim.lag.age.rpo import Violation, Violations
from efssim.lag.age.sawtooth import Teeth
from efssim.lag.hours import hours_between
from efssim.lag.risk import Risk, risk_of
from efssim.lag.summary import timestamp
from efssim.lag.weighted.exceedance import Exceedance
from efssim.records.column_types import categories, texts
from efssim.records.columns import Columns
from efssim.records.run_records import (
    STATUSES,
    SYNC_COLUMNS,
    AbandonedSync,
    Event,
    OpenSync,
    StatusChange,
)
from efssim.report.words.moments import periods, seconds_since
from efssim.runs.sync_phases import PhaseRecords, phases_of
from efssim.scenario import Scenario
from efssim.scenario.arguments import duration_of
from efssim.scenario.grammar.events import OPERATIONS, Disturbance
from efssim.scenario.schema import Control, Sync
from efssim.text.zones import time_zone
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

KINDS = (*Disturbance.kinds, *OPERATIONS)
"""What the column `kind` of events can be."""


@dataclass(frozen=True)
class Outcome:
    """What one replication left behind, complete up to the time of the result."""

    source: str = ""
    """Name of the source file system."""
    sync: Sync = field(default_factory=Sync)
    control: Control = field(default_factory=Control)
    syncs: Columns = field(default_factory=lambda: Columns(SYNC_COLUMNS))
    statuses: tuple[StatusChange, ...] = ()
    abandoned: tuple[AbandonedSync, ...] = ()
    open_sync: OpenSync | None = None
    violations: Violations | tuple[()] = ()
    exceedance: dict[str, Exceedance] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    last_replicated_s: float | None = None
    """LastReplicatedTimestamp before the first of `syncs`; None: absent."""
    defined_s: float | None = None
    """When LastReplicatedTimestamp became visible; None: it did not."""
    last_sync_s: tuple[float, float] | None = None
    """Cut and completion of the last of `syncs`; None without one."""
    window_s: tuple[float, float] = (0.0, 0.0)
    """Begin and end of the window."""
    phases: PhaseRecords = field(default_factory=PhaseRecords)
    """What tells the phases of `syncs`."""
    end_s: float = 0.0
    """When the configuration was gone, or now."""
    pending_bytes: int = 0
    """Pending at `end_s`."""
    pending_growth_bytes: int = 0
    """Pending at the end of the window minus pending at its begin."""

    @property  # not kept: five numbers for each sync are more than all that is
    def sync_phases(self) -> dict[str, NDArray[np.float64]]:
        """Seconds in each phase of `syncs`, shape (syncs,), by the names of Phases."""
        return phases_of(self.syncs, self.sync, [s.cut_s for s in self.abandoned], self.phases)

    @cached_property
    def age(self) -> Teeth:
        """Time since last sync in the window, a tooth from each completion on."""
        begin_s, origin_s = self.syncs.floats("completed_s"), self.syncs.floats("cut_s")
        if self.last_replicated_s is not None:
            begin_s = np.append(self.statuses[0].time_s, begin_s)
            origin_s = np.append(self.last_replicated_s, origin_s)
        end_s = np.append(begin_s[1:], self.end_s)[: len(begin_s)]
        return Teeth(begin_s, end_s, origin_s).within(*self.window_s)


@dataclass(frozen=True, repr=False)
class Result:
    """The results of one run.

    Times of the tables are UTC datetimes in microseconds; columns that end in `_s` are seconds,
    `bytes` are bytes. `age` and `pending` are series over time and have an index of times; in the
    other tables a row has several times, or shares one, so they are columns.
    """

    scenario: Scenario
    seed: int
    now_s: float
    outcomes: dict[str, Outcome]
    happened: tuple[Event, ...]
    digest: str
    trial: int = 0
    """Which of the runs of one seed, in the column `trial` of the tables."""
    traces: dict[str, TraceQuality] = field(default_factory=dict)
    """What trace files were taken for and what they lack, by the path of the stream."""

    def __repr__(self) -> str:
        return f"<efssim.Result of {self.scenario.name!r}, seed {self.seed}, {self.now_s:g} s>"

    def _repr_html_(self) -> str:
        """Show verdict, lags and violations of every replication in Jupyter."""
        from efssim.report.notebook import result_html

        return result_html(self)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json."""
        start, begin_s = self.scenario.start, min(self.scenario.warm_up, self.now_s)
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "trials": 1,
            "window": {
                "start": timestamp(start, begin_s),
                "end": timestamp(start, self.now_s),
                "seconds": self.now_s - begin_s,
            },
            "replications": {name: self._replication(name) for name in self.outcomes},
            "traces": {path: found.as_json() for path, found in self.traces.items()},
            "digest": self.digest,
        }

    def _replication(self, name: str) -> dict[str, Any]:
        outcome, start = self.outcomes[name], self.scenario.start
        last_cut_s, completed_s = outcome.last_sync_s or (outcome.last_replicated_s, None)
        lost = outcome.summary["recovery_point"]
        discarded = outcome.summary["discarded"]
        times = {key: timestamp(start, discarded[key]) for key in ("first", "last")}
        throughput = outcome.summary["source_throughput"]
        first_above = timestamp(start, throughput["first_above"])
        return {
            **outcome.summary,
            "recovery_point": lost and {**lost, "time": timestamp(start, lost["time"])},
            "discarded": {**discarded, **times},
            "source_throughput": {**throughput, "first_above": first_above},
            "last_replicated_timestamp": timestamp(start, last_cut_s),
            "last_sync_completed": timestamp(start, completed_s),
        }

    def write(
        self,
        folder: str | os.PathLike[str],
        *,
        png: bool = False,
        command: str = "",
        tables: str = "csv",
    ) -> None:
        """Write the files that `efssim run --out` writes, with the same bytes.

        The folder may exist. `png` writes each figure as PNG, too; `command` is what the report
        says repeats the run; `tables` is the name of their format, one of
        `efssim.extend.table_formats`. All files are written or none. Raise OSError, and
        UnknownNameError for a format that there is not.
        """
        from efssim.report.files.formats import TABLE_FORMATS
        from efssim.report.files.run import write_files

        write_files(self, Path(folder), png, command, TABLE_FORMATS[tables])

    def report_html(self, command: str = "") -> str:
        """Return report.html, the page that `write` writes, as a text."""
        from efssim.report.files.whole_page import page_of

        return page_of(self, command)

    @property
    def lags(self) -> pd.DataFrame:
        """Mean, quantiles and maximum of the four lags, one row per replication and lag."""
        import pandas as pd

        keys = ("time_since_last_sync_s", "write_lag_s", "write_lag_by_byte_s", "oldest_pending_s")
        columns = ["mean", "p50", "p90", "p95", "p99", "p99_9", "max"]
        rows = {
            (name, key): [outcome.summary[key][column] for column in columns]
            for name, outcome in self.outcomes.items()
            for key in keys
        }
        index = pd.MultiIndex.from_tuples(rows, names=["replication", "lag"])
        return pd.DataFrame(rows.values(), index=index, columns=columns, dtype="float64")

    @property
    def syncs(self) -> pd.DataFrame:
        """One row per sync: replication, trial, cut, completed, bytes, files, attempts, phases.

        The phases of a completed sync are seconds that add up to its duration: `setup_s`,
        `inventory_s`, `diff_s`, `transfer_s`, and `repeated_s` for failed attempts and the waits
        after them. What an outage froze counts to the phase that it met. Last comes `outcome`.

        This, `age`, `pending` and the plots of them raise ValueError where the scenario says
        `records: off`.
        """
        self._require_records()
        return self._concatenated(self._sync_table)

    @property
    def statuses(self) -> pd.DataFrame:
        """One row per status: replication, trial, time, from, to, cause.

        `from` and `to` are categories in the order of a configuration's life; missing where there
        is no configuration.
        """
        return self._concatenated(self._status_table)

    @cached_property
    def events(self) -> pd.DataFrame:
        """One row per disturbance or API call: trial, begin, end, kind, target, affected, error.

        The categories of `kind` are every disturbance and every operation that there is.
        """
        import pandas as pd

        found = self.happened
        ends = [np.nan if event.end_s is None else event.end_s for event in found]
        return pd.DataFrame(
            {
                "trial": np.full(len(found), self.trial, dtype=np.int64),
                "begin": self._times([event.begin_s for event in found]),
                "end": self._times(ends),
                "kind": pd.Categorical([event.kind for event in found], KINDS),
                "target": texts(event.target for event in found),
                "affected": texts("; ".join(event.affected) for event in found),
                "error": texts(event.error for event in found),
            }
        )

    @property
    def violations(self) -> pd.DataFrame:
        """One row per violation of the RPO: replication, trial, begin, end, peak_s, disturbances.

        `disturbances` are those that overlap it, joined by semicolons.
        """
        return self._concatenated(self._violation_table)

    def pending(self, replication: str | None = None) -> pd.DataFrame:
        """Return pending bytes over time, wherever they are defined.

        Two rows for each completed sync, just before and just after it, indexed by time; column
        `pending_bytes`. In between they only grow. KeyError as for `age`.
        """
        import pandas as pd

        self._require_records()
        outcome = self.outcomes[self._named(replication)]
        if outcome.defined_s is None:
            empty = pd.DatetimeIndex(self._times([]), name="time")
            return pd.DataFrame({"pending_bytes": np.zeros(0, dtype=np.int64)}, index=empty)
        published = outcome.syncs.ints("published_bytes").cumsum()
        written = outcome.syncs.ints("written_bytes")
        after = written - published
        before = written - np.concatenate(([0], published))[: len(published)]
        size = np.append(np.column_stack((before, after)).ravel(), outcome.pending_bytes)
        time_s = np.append(np.repeat(outcome.syncs.floats("completed_s"), 2), outcome.end_s)
        if outcome.last_replicated_s is None:
            time_s, size = time_s[1:], size[1:]  # defined from the initial sync on
        else:
            time_s, size = np.append(outcome.defined_s, time_s), np.append(0, size)
        index = pd.DatetimeIndex(self._times(time_s), name="time")
        return pd.DataFrame({"pending_bytes": size}, index=index)

    def age(self, replication: str | None = None) -> pd.DataFrame:
        """Return the exact sawtooth of time since last sync in the window.

        Two rows a tooth, its foot and its tip, indexed by time; column `age_s` in seconds. A mean
        of these rows is not a mean over time: `age_mean` is, and `age_at` reads the curve anywhere.
        `replication` may be left out where there is only one; KeyError otherwise.
        """
        import pandas as pd

        self._require_records()
        teeth = self.outcomes[self._named(replication)].age
        time_s = np.column_stack((teeth.begin_s, teeth.end_s)).ravel()
        index = pd.DatetimeIndex(self._times(time_s), name="time")
        return pd.DataFrame({"age_s": time_s - np.repeat(teeth.origin_s, 2)}, index=index)

    def age_at(self, times: Any, replication: str | None = None) -> pd.Series[float]:
        """Return the age in seconds at some times, indexed by them; NaN where it is undefined.

        `times` is a list, or an index, of absolute times (without a zone: UTC), of durations since
        the start such as `"26 h"`, or of seconds. At a completion it is the age after it. KeyError
        as for `age`, ValueError for what is no time.
        """
        import pandas as pd

        self._require_records()
        time_s = seconds_since(self.scenario.start, times)
        age_s = age_at(self.outcomes[self._named(replication)].age, time_s)
        return pd.Series(age_s, pd.DatetimeIndex(self._times(time_s), name="time"), name="age_s")

    def age_mean(self, every: Any, replication: str | None = None) -> pd.Series[float]:
        """Return the mean age in seconds of each period of the window, indexed by its begin.

        `every` is the length of a period: seconds, or a duration such as `"1 h"`. Periods count
        from midnight (UTC) of the day on which the scenario starts. Each mean is the integral of
        the sawtooth over the time of the period in which it is defined; NaN without any. KeyError
        as for `age`, ValueError for what is no length.
        """
        import pandas as pd

        self._require_records()
        every_s = duration_of(every)
        if not every_s > 0:
            raise ArgumentError("a period is longer than 0 s")
        outcome = self.outcomes[self._named(replication)]
        edges_s = periods(self.scenario.start, outcome.window_s, every_s)
        means = age_means(outcome.age, edges_s)
        index = pd.DatetimeIndex(self._times(edges_s[:-1]), name="time")
        return pd.Series(means, index, name="age_s")

    def plot(
        self,
        replication: str | None = None,
        ax: Axes | None = None,
        *,
        between: tuple[Any, Any] | None = None,
    ) -> Axes:
        """Draw what `plot_age` draws; return the Axes."""
        return self.plot_age(replication, ax, between=between)

    def plot_age(
        self,
        replication: str | None = None,
        ax: Axes | None = None,
        *,
        between: tuple[Any, Any] | None = None,
    ) -> Axes:
        """Draw time since last sync over simulated time, with the RPO target; return the Axes.

        Statuses other than ENABLED are bands, disturbances and calls stand above. `between` is
        begin and end of what is drawn, as `age_at` takes times; a change of the limits of the x
        axis draws that part anew, so that every tooth stands where it is. On Axes that have a curve
        already, this one gets a colour of its own, and a legend names both. KeyError as for `age`;
        without `ax` it is a new figure of pyplot's. The same holds for the other plots.
        """
        from efssim.report.figures.run.age import plot_age

        self._require_records()
        return plot_age(self, self._named(replication), ax, self._between(between))

    def plot_pending(
        self,
        replication: str | None = None,
        ax: Axes | None = None,
        *,
        between: tuple[Any, Any] | None = None,
    ) -> Axes:
        """Draw pending bytes over simulated time; return the Axes. `between` as for `plot_age`."""
        from efssim.report.figures.run.pending import plot_pending

        self._require_records()
        return plot_pending(self, self._named(replication), ax, self._between(between))

    def _between(self, times: tuple[Any, Any] | None) -> tuple[float, float] | None:
        if times is None:
            return None
        begin_s, end_s = seconds_since(self.scenario.start, times).tolist()
        if not begin_s < end_s:
            raise ArgumentError("between: begin has to be earlier than end")
        return begin_s, end_s

    def plot_lag(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw how often each lag is longer than x, on logarithmic axes; return the Axes."""
        from efssim.report.figures.run.lag import plot_lag

        return plot_lag(self, self._named(replication), ax)

    def plot_syncs(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw how long syncs took against the bytes that they sent; return the Axes."""
        from efssim.report.figures.run.syncs import plot_syncs

        self._require_records()
        return plot_syncs(self, self._named(replication), ax)

    def risk(self, replication: str | None = None, timezone: str = "UTC") -> pd.DataFrame:
        """Return when the age is above the RPO target: by hour of the day and by weekday.

        Indexed by `by` (hour or weekday) and `at` (0 to 23, Mon to Sun), by the clock of an IANA
        time zone. Columns: `defined_s`, the seconds of the window with a defined age; `attainment`,
        the share of them at or below the target; `p99_s`, the p99 of the age in them;
        `violation_s`, the seconds above the target. NaN where no time is defined. Nothing is
        sampled: the teeth of the sawtooth are cut at the hours. ValueError for an unknown time
        zone; KeyError as for `age`.
        """
        from efssim.report.facts.risk import risk_table

        return risk_table(self._risk(replication, timezone))

    def risk_cells(self, replication: str | None = None, timezone: str = "UTC") -> pd.DataFrame:
        """Return `defined_s` and `violation_s` for each hour of the week.

        168 rows, indexed by `weekday` (Mon to Sun) and `hour`. Those of several runs add up.
        Errors as for `risk`.
        """
        from efssim.report.facts.risk import cell_table

        return cell_table(self._risk(replication, timezone))

    def plot_risk(
        self, replication: str | None = None, ax: Axes | None = None, timezone: str = "UTC"
    ) -> Axes:
        """Draw the share of time above the RPO target by weekday and hour; return the Axes."""
        from efssim.report.figures.run.risk import plot_risk

        return plot_risk(self, self._named(replication), timezone, ax)

    def _risk(self, replication: str | None, timezone: str) -> Risk:
        self._require_records()
        outcome, zone = self.outcomes[self._named(replication)], time_zone(timezone)
        hours = hours_between(self.scenario.start, *outcome.window_s, zone)
        return risk_of(outcome.age, hours, self.scenario.rpo.target)

    @property
    def has_records(self) -> bool:
        """Whether syncs were kept, and not the summary alone."""
        return all(outcome.syncs.keep for outcome in self.outcomes.values())

    def _require_records(self) -> None:
        if not self.has_records:
            raise ArgumentError("the scenario says `records: off`, so no sync was kept")

    def _named(self, replication: str | None) -> str:
        if replication is None and len(self.outcomes) == 1:
            return next(iter(self.outcomes))
        if replication not in self.outcomes:
            raise UnknownNameError(f"name one of the replications: {', '.join(self.outcomes)}")
        return replication

    def _times(self, time_s: Any) -> pd.Series[pd.Timestamp]:
        import pandas as pd

        microseconds = np.rint(np.asarray(time_s, dtype=np.float64) * 1e6)
        offsets = pd.Series(microseconds).astype(
            "Int64" if np.isnan(microseconds).any() else "int64"
        )
        deltas = pd.to_timedelta(offsets, unit="us").astype("timedelta64[us]")
        return pd.Timestamp(self.scenario.start).tz_convert("UTC").as_unit("us") + deltas

    def _sync_table(self, name: str, outcome: Outcome) -> pd.DataFrame:
        import pandas as pd

        columns, ended = _all_syncs(outcome)
        order = columns["cut_s"].argsort(kind="stable")
        columns = {key: column[order] for key, column in columns.items()}
        times = {key: self._times(columns.pop(f"{key}_s")) for key in ("cut", "completed")}
        kinds = pd.Categorical(ended, categories=["completed", "abandoned", "open"])[order]
        return pd.DataFrame(
            {"replication": name, "trial": self.trial, **times, **columns, "outcome": kinds}
        )

    def _status_table(self, name: str, outcome: Outcome) -> pd.DataFrame:
        import pandas as pd

        changes = outcome.statuses
        return pd.DataFrame(
            {
                "replication": name,
                "trial": self.trial,
                "time": self._times([change.time_s for change in changes]),
                "from": pd.Categorical([change.before for change in changes], STATUSES),
                "to": pd.Categorical([change.after for change in changes], STATUSES),
                "cause": texts(change.cause for change in changes),
            }
        )

    def _violation_table(self, name: str, outcome: Outcome) -> pd.DataFrame:
        import pandas as pd

        found = list(outcome.violations)
        return pd.DataFrame(
            {
                "replication": name,
                "trial": self.trial,
                "begin": self._times([violation.begin_s for violation in found]),
                "end": self._times([violation.end_s for violation in found]),
                "peak_s": np.array([violation.peak_s for violation in found], dtype=np.float64),
                "disturbances": texts(self._during(name, found)),
            }
        )

    def _during(self, name: str, found: list[Violation]) -> list[str]:
        """Return, for each violation, the disturbances of a replication that overlap it."""
        events = [e for e in self.happened if not e.is_call and name in e.affected]
        begin_s = np.array([event.begin_s for event in events])
        end_s = np.array([np.inf if e.end_s is None else e.end_s for e in events])
        overlaps = (np.flatnonzero((begin_s < v.end_s) & (end_s > v.begin_s)) for v in found)
        return ["; ".join(str(events[k]) for k in overlap) for overlap in overlaps]

    def _concatenated(self, table: Callable[[str, Outcome], pd.DataFrame]) -> pd.DataFrame:
        import pandas as pd

        tables = [table(name, outcome) for name, outcome in self.outcomes.items()]
        # Without a replication the columns still tell what there could have been.
        joined = pd.concat(tables or [table("", Outcome())], ignore_index=True)
        return joined.assign(replication=categories(joined["replication"], self.outcomes))


def _all_syncs(outcome: Outcome) -> tuple[dict[str, NDArray[Any]], list[str]]:
    """Return the columns of completed, abandoned and open syncs, and the outcome of each."""
    keys = ("cut_s", "completed_s", "bytes", "files", "attempts")
    columns = {key: outcome.syncs[key] for key in keys}
    phases = outcome.sync_phases
    rest = [(s.cut_s, np.nan, s.bytes, s.files, s.attempts) for s in outcome.abandoned]
    ended = ["completed"] * len(outcome.syncs) + ["abandoned"] * len(rest)
    still = outcome.open_sync
    if still is not None:
        attempts = still.failed_attempts + 1
        rest.append((still.cut_s, np.nan, still.bytes, still.files, attempts))
        ended.append("open")
    for key, values in zip(keys, zip(*rest, strict=True), strict=bool(rest)):
        columns[key] = np.append(columns[key], np.array(values, dtype=columns[key].dtype))
    for key, seconds in phases.items():
        columns[key] = np.append(seconds, np.full(len(rest), np.nan))
    return columns, ended
