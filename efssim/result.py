"""The result of a run: its summary, its tables, its figure. Nothing here prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from efssim.lag.age import Teeth
from efssim.lag.rpo import Violation
from efssim.lag.summary import timestamp
from efssim.records import SYNC_COLUMNS, Columns, OpenSync, StatusChange
from efssim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Outcome:
    """What one replication left behind, complete up to the time of the result."""

    syncs: Columns
    statuses: tuple[StatusChange, ...]
    open_sync: OpenSync | None
    age: Teeth
    violations: tuple[Violation, ...]
    summary: dict[str, Any]
    last_replicated_s: float | None
    pending_growth_bytes: int

    @classmethod
    def empty(cls) -> Outcome:
        """Return an outcome with empty tables."""
        none = np.zeros(0)
        return cls(Columns(SYNC_COLUMNS), (), None, Teeth(none, none, none), (), {}, None, 0)


@dataclass(frozen=True, repr=False)
class Result:
    """The results of one run.

    Times of the tables are UTC datetimes; columns that end in `_s` are seconds, `bytes` are bytes.
    """

    scenario: Scenario
    seed: int
    now_s: float
    outcomes: dict[str, Outcome]
    digest: str

    def __repr__(self) -> str:
        return f"<efssim.Result of {self.scenario.name!r}, seed {self.seed}, {self.now_s:g} s>"

    def _repr_html_(self) -> str:
        """Show the lags of every replication in Jupyter."""
        table = self.lags.to_html(float_format="{:.4g}".format)
        return f"<p>{_escaped(repr(self))}</p>{table}"

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
            "digest": self.digest,
        }

    def _replication(self, name: str) -> dict[str, Any]:
        outcome, start = self.outcomes[name], self.scenario.start
        synced = len(outcome.syncs) > 0
        last_cut_s = float(outcome.syncs["cut_s"][-1]) if synced else outcome.last_replicated_s
        completed_s = float(outcome.syncs["completed_s"][-1]) if synced else None
        return {
            **outcome.summary,
            "last_replicated_timestamp": timestamp(start, last_cut_s),
            "last_sync_completed": timestamp(start, completed_s),
        }

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
        """One row per sync: replication, trial, cut, completed, bytes, files, attempts, outcome."""
        return self._concatenated(self._sync_table)

    @property
    def statuses(self) -> pd.DataFrame:
        """One row per status: replication, trial, time, from, to, cause."""
        return self._concatenated(self._status_table)

    @property
    def violations(self) -> pd.DataFrame:
        """One row per violation of the RPO: replication, trial, begin, end, peak_s."""
        return self._concatenated(self._violation_table)

    def age(self, replication: str | None = None) -> pd.DataFrame:
        """Return the exact sawtooth of time since last sync in the window.

        Two rows a tooth, its foot and its tip, indexed by time; column `age_s` in seconds.
        `replication` may be left out where there is only one; KeyError otherwise.
        """
        import pandas as pd

        teeth = self.outcomes[self._named(replication)].age
        time_s = np.column_stack((teeth.begin_s, teeth.end_s)).ravel()
        index = pd.DatetimeIndex(self._times(time_s), name="time")
        return pd.DataFrame({"age_s": time_s - np.repeat(teeth.origin_s, 2)}, index=index)

    def plot(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw time since last sync over simulated time, with the RPO target; return the Axes."""
        from efssim.report.figures import plot_age

        name = self._named(replication)
        return plot_age(self.age(name), self.scenario.rpo.target, name, ax)

    def _named(self, replication: str | None) -> str:
        if replication is None and len(self.outcomes) == 1:
            return next(iter(self.outcomes))
        if replication not in self.outcomes:
            raise KeyError(f"name one of the replications: {', '.join(self.outcomes)}")
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

        still = outcome.open_sync
        columns = {key: outcome.syncs[key] for key in ("bytes", "files", "attempts")}
        cut, completed = outcome.syncs.floats("cut_s"), outcome.syncs.floats("completed_s")
        ended = ["completed"] * len(cut)
        if still is not None:
            cut, completed = np.append(cut, still.cut_s), np.append(completed, np.nan)
            last = (still.bytes, still.files, still.failed_attempts + 1)
            columns = {k: np.append(v, x) for (k, v), x in zip(columns.items(), last, strict=True)}
            ended.append("open")
        times = {"cut": self._times(cut), "completed": self._times(completed)}
        kinds = pd.Categorical(ended, categories=["completed", "abandoned", "open"])
        return pd.DataFrame({"replication": name, "trial": 0, **times, **columns, "outcome": kinds})

    def _status_table(self, name: str, outcome: Outcome) -> pd.DataFrame:
        import pandas as pd

        changes = outcome.statuses
        return pd.DataFrame(
            {
                "replication": name,
                "trial": 0,
                "time": self._times([change.time_s for change in changes]),
                "from": [change.before for change in changes],
                "to": [change.after for change in changes],
                "cause": [change.cause for change in changes],
            }
        )

    def _violation_table(self, name: str, outcome: Outcome) -> pd.DataFrame:
        import pandas as pd

        found = outcome.violations
        return pd.DataFrame(
            {
                "replication": name,
                "trial": 0,
                "begin": self._times([violation.begin_s for violation in found]),
                "end": self._times([violation.end_s for violation in found]),
                "peak_s": np.array([violation.peak_s for violation in found], dtype=np.float64),
            }
        )

    def _concatenated(self, table: Callable[[str, Outcome], pd.DataFrame]) -> pd.DataFrame:
        import pandas as pd

        tables = [table(name, outcome) for name, outcome in self.outcomes.items()]
        # Without a replication the columns still tell what there could have been.
        joined = pd.concat(tables or [table("", Outcome.empty())], ignore_index=True)
        return joined.astype({"replication": "category"})


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)
