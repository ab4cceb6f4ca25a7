"""One run of a scenario as plain data: its outcomes, its summary and its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from efssim.collector import uncollected
from efssim.errors import ArgumentError, UnknownNameError
from efssim.json_values import to_json
from efssim.lag.age.age_over_time import age_at, age_means
from efssim.lag.cost.summary import CostSummary
from efssim.lag.detection.summary import AlarmSummary
from efssim.lag.hours import hours_between
from efssim.lag.risk import Risk, risk_of
from efssim.lag.summary import RunSummary, WindowSummary
from efssim.records.stored import Throttled
from efssim.records.timeline import Entry
from efssim.runs.fleets.fleets import fleet_summaries
from efssim.runs.moments import periods, seconds_since
from efssim.runs.outcome import Outcome, OutcomeRecords
from efssim.runs.risk_tables import Cells, cell_table, cells_of, risk_table
from efssim.runs.tables import (
    age_table,
    alarm_changes_table,
    compliance_table,
    credits_table,
    events_table,
    index_of,
    joined,
    lags_table,
    pending_table,
    statuses_table,
    syncs_table,
    violations_table,
)
from efssim.runs.thresholds.judged import judged_run
from efssim.runs.thresholds.numbers import known_thresholds
from efssim.scenario import Scenario
from efssim.scenario.arguments import duration_of
from efssim.scenario.fleets.paths import REPLICATIONS
from efssim.scenario.shown.cells_use import streams_in_cells
from efssim.scenario.unknowns.parameters import UncertainParameter, uncertain_parameters
from efssim.text.zones import time_zone
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Run:
    """One run of a scenario.

    Times of the tables are UTC datetimes in microseconds; columns that end in `_s` are seconds,
    `bytes` are bytes. `age` and `pending` are series over time and have an index of times; in the
    other tables a row has several times, or shares one, so they are columns.
    """

    scenario: Scenario
    seed: int
    now_s: float
    outcomes: dict[str, Outcome]
    timeline: tuple[Entry, ...]
    """The disturbances and the API calls, in order of their begins."""
    digest: str
    trial: int = 0
    """Which of the runs of one seed, in the column `trial` of the tables."""
    traces: dict[str, TraceQuality] = field(default_factory=dict)
    """Quality of the traces, by the path of the stream."""
    alarms: dict[str, AlarmSummary] = field(default_factory=dict)
    """How each alarm of the scenario did, by name."""
    cost: CostSummary | None = None
    """Cost for a month; None where the scenario has no prices."""
    throttled: dict[str, tuple[Throttled, ...]] = field(default_factory=dict)
    """How each throttled file system stands over time, up to now, by name."""

    @cached_property
    def entries(self) -> dict[int, Entry]:
        """The entries of the timeline by the ordinals that name them as causes."""
        return {ordinal: entry for entry in self.timeline for ordinal in entry.ordinals}

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json."""
        with uncollected():
            return to_json(self.run_summary, self.scenario.start)

    @property
    def window(self) -> WindowSummary:
        """The window in which everything is measured, up to now."""
        begin_s = min(self.scenario.warm_up, self.now_s)
        return WindowSummary(begin_s, self.now_s, self.now_s - begin_s)

    @cached_property
    def run_summary(self) -> RunSummary:
        """The numbers of summary.json."""
        known = known_thresholds(self.scenario)
        if not known:
            return self._plain_summary
        content = to_json(self._plain_summary, self.scenario.start)
        return replace(self._plain_summary, thresholds=tuple(judged_run(known, content)))

    @cached_property
    def _plain_summary(self) -> RunSummary:
        return RunSummary(
            scenario=self.scenario.name,
            seed=self.seed,
            trials=1,
            window=self.window,
            replications={name: outcome.summary for name, outcome in self.outcomes.items()},
            traces=self.traces,
            alarms=self.alarms,
            digest=self.digest,
            uncertain=tuple(each.path for each in self.uncertain),
            cost=self.cost,
            cells=streams_in_cells(self.scenario),
            fleets=fleet_summaries(
                self.scenario, self.outcomes, (self.window.begin_s, self.window.end_s)
            ),
        )

    @cached_property
    def uncertain(self) -> tuple[UncertainParameter, ...]:
        """Parameters that are not known, of which this run has one value each."""
        return uncertain_parameters(self.scenario)

    def items(self, fleet: str) -> dict[str, Outcome]:
        """Return the outcomes of the items of a fleet by name; KeyError for an unknown one."""
        fleets = {each.name: each for each in self.scenario.fleets if each.section == REPLICATIONS}
        if fleet not in fleets:
            raise UnknownNameError(
                f"name one of the fleets: {', '.join(fleets) or 'there is none'}"
            )
        return {name: self.outcomes[name] for name in fleets[fleet].members}

    @property
    def lags(self) -> pd.DataFrame:
        """Mean, quantiles and maximum of the four lags, one row per replication and lag."""
        return lags_table(self.outcomes)

    @property
    def syncs(self) -> pd.DataFrame:
        """One row per sync: replication, trial, cut, completed, bytes, files, attempts, phases.

        The phases of a completed sync are seconds that add up to its duration: `setup_s`,
        `inventory_s`, `diff_s`, `transfer_s`, and `repeated_s` for failed attempts and the waits
        after them. Time frozen by an outage counts to the phase that it met. Last comes `outcome`.

        This, `age`, `pending` and the plots of them raise ValueError where the scenario says
        `records: off`.
        """
        self.require_records()
        return self._concatenated(syncs_table)

    @property
    def statuses(self) -> pd.DataFrame:
        """One row per status: replication, trial, time, from, to, cause.

        `from` and `to` are categories in the order of a configuration's life; missing where there
        is no configuration.
        """
        return self._concatenated(statuses_table)

    @cached_property
    def events(self) -> pd.DataFrame:
        """One row per disturbance or API call: trial, begin, end, kind, target, affected, error.

        The categories of `kind` are every disturbance and every operation that there is.
        """
        return events_table(self.timeline, self.scenario.start, self.trial)

    @property
    def violations(self) -> pd.DataFrame:
        """One row per violation of the RPO: replication, trial, begin, end, peak_s, disturbances.

        `disturbances` are those that overlap it, joined by semicolons.
        """
        return self._concatenated(violations_table)

    @property
    def compliance(self) -> pd.DataFrame:
        """One row per replication and calendar month, with and without the time left out.

        Columns: replication, trial, month, begin, end, partial, seconds, then defined_s,
        violation_s, unprotected_s, attainment and met; violations, longest_s, left_out_s; and
        those five again as `counted.…`, without what is left out. Without rows where the scenario
        has no `compliance` and the window is shorter than 28 days.
        """
        start = self.scenario.start
        found = [outcome.summary.compliance for outcome in self.outcomes.values()] or [None]
        return joined(
            list(self.outcomes), [compliance_table(one, start, self.trial) for one in found]
        )

    @property
    def alarm_changes(self) -> pd.DataFrame:
        """One row per change of an alarm's state: alarm, trial, time, from, to, reason."""
        return alarm_changes_table(self.alarms, self.scenario.start, self.trial)

    def credits(self, file_system: str | None = None) -> pd.DataFrame:
        """Return how throttled file systems stand over time: all of them, or one.

        One row per whole hour, and for the begin of the window, each change of the throughput mode
        and the end: file_system, trial, time, mode, `credits_bytes` and the fewest since the row
        before (`credits_min_bytes`), `permitted_bytes_per_s` from then on, `waiting_writes` and
        `waiting_bytes`. Credits stand still where the mode is not bursting. KeyError for a file
        system that is not throttled.
        """
        if file_system is not None and file_system not in self.throttled:
            known = ", ".join(self.throttled) or "there is none"
            raise UnknownNameError(f"name a throttled file system: {known}")
        names = list(self.throttled) if file_system is None else [file_system]
        found = {name: self.throttled[name] for name in names}
        return credits_table(found, self.scenario.start, self.trial)

    def pending(self, replication: str | None = None) -> pd.DataFrame:
        """Return pending bytes over time, wherever they are defined.

        Two rows for each completed sync, just before and just after it, indexed by time; column
        `pending_bytes`. In between they only grow. KeyError as for `age`.
        """
        self.require_records()
        return pending_table(self.outcomes[self.named(replication)], self.scenario.start)

    def age(self, replication: str | None = None) -> pd.DataFrame:
        """Return the exact sawtooth of time since last sync in the window.

        Two rows a tooth, its foot and its tip, indexed by time; column `age_s` in seconds. A mean
        of these rows is not a mean over time: `age_mean` is, and `age_at` reads the curve anywhere.
        `replication` may be left out where there is only one; KeyError otherwise.
        """
        self.require_records()
        return age_table(self.outcomes[self.named(replication)], self.scenario.start)

    def age_at(self, times: Any, replication: str | None = None) -> pd.Series[float]:
        """Return the age in seconds at some times, indexed by them; NaN where it is undefined.

        `times` is a list, or an index, of absolute times (without a zone: UTC), of durations since
        the start such as `"26 h"`, or of seconds. At a completion it is the age after it. KeyError
        as for `age`, ValueError for a value that is no time.
        """
        import pandas as pd

        self.require_records()
        start = self.scenario.start
        time_s = seconds_since(start, times)
        age_s = age_at(self.outcomes[self.named(replication)].age, time_s)
        return pd.Series(age_s, index_of(start, time_s), name="age_s")

    def age_mean(self, every: Any, replication: str | None = None) -> pd.Series[float]:
        """Return the mean age in seconds of each period of the window, indexed by its begin.

        `every` is the length of a period: seconds, or a duration such as `"1 h"`. Periods count
        from midnight (UTC) of the day on which the scenario starts. Each mean is the integral of
        the sawtooth over the time of the period in which it is defined; NaN without any. KeyError
        as for `age`, ValueError for a value that is no length.
        """
        import pandas as pd

        self.require_records()
        every_s, start = duration_of(every), self.scenario.start
        if not every_s > 0:
            raise ArgumentError("a period is longer than 0 s")
        outcome = self.outcomes[self.named(replication)]
        edges_s = periods(start, outcome.window_s, every_s)
        return pd.Series(
            age_means(outcome.age, edges_s), index_of(start, edges_s[:-1]), name="age_s"
        )

    def risk(self, replication: str | None = None, timezone: str = "UTC") -> pd.DataFrame:
        """Return when the age is above the RPO target: by hour of the day and by weekday.

        Indexed by `by` (hour or weekday) and `at` (0 to 23, Mon to Sun), by the clock of an IANA
        time zone. Columns: `defined_s`, the seconds of the window with a defined age; `attainment`,
        the share of them at or below the target; `p99_s`, the p99 of the age in them;
        `violation_s`, the seconds above the target. NaN where no time is defined. Nothing is
        sampled: the teeth of the sawtooth are cut at the hours. ValueError for an unknown time
        zone; KeyError as for `age`.
        """
        return risk_table(self._risk(replication, timezone))

    def risk_cells(self, replication: str | None = None, timezone: str = "UTC") -> pd.DataFrame:
        """Return `defined_s` and `violation_s` for each hour of the week.

        168 rows, indexed by `weekday` (Mon to Sun) and `hour`. Those of several runs add up.
        Errors as for `risk`.
        """
        key = self.named(replication), timezone
        if key not in self._risk_cells:
            self._risk_cells[key] = cells_of(self._risk(*key))
        return cell_table(self._risk_cells[key])

    @cached_property
    def _risk_cells(self) -> dict[tuple[str, str], Cells]:
        """Those asked for so far: a report shows them three times."""
        return {}

    def _risk(self, replication: str | None, timezone: str) -> Risk:
        self.require_records()
        outcome, zone = self.outcomes[self.named(replication)], time_zone(timezone)
        hours = hours_between(self.scenario.start, *outcome.window_s, zone)
        return risk_of(outcome.age, hours, self.scenario.rpo.target)

    @property
    def has_records(self) -> bool:
        """Whether syncs were kept, and not the summary alone."""
        return all(outcome.syncs.keep for outcome in self.outcomes.values())

    def require_records(self) -> None:
        """Raise ArgumentError where the scenario says `records: off`."""
        if not self.has_records:
            raise ArgumentError("the scenario says `records: off`, so no sync was kept")

    def named(self, replication: str | None) -> str:
        """Return the name of a replication, which may be left out where there is only one."""
        if replication is None and len(self.outcomes) == 1:
            return next(iter(self.outcomes))
        if replication not in self.outcomes:
            raise UnknownNameError(f"name one of the replications: {', '.join(self.outcomes)}")
        return replication

    def _concatenated(
        self, table: Callable[[OutcomeRecords, datetime, int], pd.DataFrame]
    ) -> pd.DataFrame:
        # Without a replication the table still has its columns.
        outcomes: Mapping[str, OutcomeRecords] = self.outcomes or {"": OutcomeRecords()}
        start = self.scenario.start
        tables = [table(outcome, start, self.trial) for outcome in outcomes.values()]
        return joined(list(self.outcomes), tables)
