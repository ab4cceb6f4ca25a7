"""The tables of a run. Times are UTC datetimes in microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from efssim.lag.age.rpo import Violation
from efssim.lag.compliance.summary import ComplianceSummary, JudgedTime
from efssim.lag.detection.summary import ALARM, INSUFFICIENT_DATA, OK, AlarmSummary
from efssim.lag.summary import LAG_COLUMNS
from efssim.records.column_types import categories, texts
from efssim.records.run_records import STATUSES
from efssim.records.stored import THROUGHPUT_MODES, Throttled
from efssim.records.timeline import ApiCall, Entry, Occurrence
from efssim.runs.outcome import Outcome, OutcomeRecords
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES
from efssim.scenario.operations.table import OPERATIONS

if TYPE_CHECKING:
    import pandas as pd


def datetimes(start: datetime, time_s: Any) -> pd.Series[pd.Timestamp]:
    """Return times, seconds since `start`, as UTC datetimes; NaN becomes NaT."""
    import pandas as pd

    microseconds = np.rint(np.asarray(time_s, dtype=np.float64) * 1e6)
    offsets = pd.Series(microseconds).astype("Int64" if np.isnan(microseconds).any() else "int64")
    deltas = pd.to_timedelta(offsets, unit="us").astype("timedelta64[us]")
    return pd.Timestamp(start).tz_convert("UTC").as_unit("us") + deltas


def index_of(start: datetime, time_s: Any) -> pd.DatetimeIndex:
    """Return times, seconds since `start`, as an index named `time`."""
    import pandas as pd

    return pd.DatetimeIndex(datetimes(start, time_s), name="time")


def events_table(events: Sequence[Entry], start: datetime, trial: int) -> pd.DataFrame:
    """Return one row per disturbance or API call; see `Run.events`."""
    import pandas as pd

    # Entries that were added and are gone again stay in the tables of runs that had them.
    had = (event.kind for event in events)
    kinds = tuple(dict.fromkeys((*DISTURBANCES.names, *OPERATIONS.names, *had)))
    ends = [np.nan if event.end_s is None else event.end_s for event in events]
    return pd.DataFrame(
        {
            "trial": np.full(len(events), trial, dtype=np.int64),
            "begin": datetimes(start, [event.begin_s for event in events]),
            "end": datetimes(start, ends),
            "kind": pd.Categorical([event.kind for event in events], kinds),
            "target": texts(event.target for event in events),
            "affected": texts("; ".join(event.affected) for event in events),
            "error": texts(e.error if isinstance(e, ApiCall) else "" for e in events),
        }
    )


def joined(names: Sequence[str], tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return tables of replications as one, with their names as its first column."""
    import pandas as pd

    rows = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    whole = pd.concat(tables, ignore_index=True)
    known = pd.CategoricalDtype(list(names))
    whole.insert(0, "replication", pd.Series(pd.Categorical.from_codes(rows, dtype=known)))
    return whole


def syncs_table(outcome: OutcomeRecords, start: datetime, trial: int) -> pd.DataFrame:
    """Return one row per sync of a replication; see `Run.syncs`."""
    import pandas as pd

    columns, ended = _all_syncs(outcome)
    order = columns["cut_s"].argsort(kind="stable")
    columns = {key: column[order] for key, column in columns.items()}
    times = {key: datetimes(start, columns.pop(f"{key}_s")) for key in ("cut", "completed")}
    kinds = pd.Categorical.from_codes(ended[order], dtype=pd.CategoricalDtype([*_ENDED]))
    return pd.DataFrame({"trial": trial, **times, **columns, "outcome": kinds})


def statuses_table(outcome: OutcomeRecords, start: datetime, trial: int) -> pd.DataFrame:
    """Return one row per status of a replication; see `Run.statuses`."""
    import pandas as pd

    changes = outcome.statuses
    return pd.DataFrame(
        {
            "trial": trial,
            "time": datetimes(start, [change.time_s for change in changes]),
            "from": pd.Categorical([change.before for change in changes], STATUSES),
            "to": pd.Categorical([change.after for change in changes], STATUSES),
            "cause": texts(change.cause for change in changes),
        }
    )


def alarm_changes_table(
    alarms: Mapping[str, AlarmSummary], start: datetime, trial: int
) -> pd.DataFrame:
    """Return one row per change of the state of an alarm; see `Run.alarm_changes`."""
    import pandas as pd

    found = [(name, change) for name, alarm in alarms.items() for change in alarm.transitions]
    states = (OK, ALARM, INSUFFICIENT_DATA)
    return pd.DataFrame(
        {
            "alarm": categories((name for name, _ in found), alarms),
            "trial": np.full(len(found), trial, dtype=np.int64),
            "time": datetimes(start, [change.time_s for _, change in found]),
            "from": pd.Categorical([change.before for _, change in found], states),
            "to": pd.Categorical([change.after for _, change in found], states),
            "reason": texts(change.reason for _, change in found),
        }
    )


def violations_table(outcome: OutcomeRecords, start: datetime, trial: int) -> pd.DataFrame:
    """Return one row per violation of the RPO of a replication; see `Run.violations`."""
    import pandas as pd

    found = list(outcome.violations)
    return pd.DataFrame(
        {
            "trial": trial,
            "begin": datetimes(start, [violation.begin_s for violation in found]),
            "end": datetimes(start, [violation.end_s for violation in found]),
            "peak_s": np.array([violation.peak_s for violation in found], dtype=np.float64),
            "disturbances": texts(_during(found, outcome.disturbances)),
        }
    )


def compliance_table(found: ComplianceSummary | None, start: datetime, trial: int) -> pd.DataFrame:
    """Return one row per calendar month of a replication; see `Run.compliance`."""
    import pandas as pd

    months = {} if found is None else found.months
    rows = list(months.values())
    span = {
        "trial": np.full(len(rows), trial, dtype=np.int64),
        "month": texts(months),
        "begin": datetimes(start, [row.begin_s for row in rows]),
        "end": datetimes(start, [row.end_s for row in rows]),
        "partial": np.array([row.partial for row in rows], dtype=np.bool_),
        "seconds": np.array([row.seconds for row in rows], dtype=np.float64),
    }
    sums = {
        "violations": np.array([row.violations for row in rows], dtype=np.int64),
        "longest_s": np.array([row.longest_s for row in rows], dtype=np.float64),
        "left_out_s": np.array([row.left_out_s for row in rows], dtype=np.float64),
    }
    whole, counted = _judged(row.whole for row in rows), _judged(row.counted for row in rows)
    parts = (pd.DataFrame(span), whole, pd.DataFrame(sums), counted.add_prefix("counted."))
    return pd.concat(parts, axis=1)


def _judged(found: Iterable[JudgedTime]) -> pd.DataFrame:
    """Return one row for each judged time."""
    import pandas as pd

    columns = [each.name for each in fields(JudgedTime)]
    table = pd.DataFrame([astuple(one) for one in found], columns=columns)
    return table.astype(dict.fromkeys(columns, "float64") | {"met": "boolean"})


def _during(found: list[Violation], disturbances: Sequence[Occurrence]) -> list[str]:
    """Return, for each violation, the disturbances that overlap it."""
    begin_s = np.array([each.begin_s for each in disturbances])
    end_s = np.array([np.inf if each.end_s is None else each.end_s for each in disturbances])
    overlaps = (np.flatnonzero((begin_s < v.end_s) & (end_s > v.begin_s)) for v in found)
    return ["; ".join(str(disturbances[k]) for k in overlap.tolist()) for overlap in overlaps]


def credits_table(
    throttled: Mapping[str, Sequence[Throttled]], start: datetime, trial: int
) -> pd.DataFrame:
    """Return how throttled file systems stand over time; see `Run.credits`."""
    import pandas as pd

    found = [(name, row) for name, rows in throttled.items() for row in rows]
    rows = [row for _, row in found]
    return pd.DataFrame(
        {
            "file_system": categories((name for name, _ in found), throttled),
            "trial": np.full(len(found), trial, dtype=np.int64),
            "time": datetimes(start, [row.time_s for row in rows]),
            "mode": pd.Categorical([row.mode for row in rows], THROUGHPUT_MODES),
            "credits_bytes": np.array([row.credits for row in rows], dtype=np.float64),
            "credits_min_bytes": np.array([row.credits_min for row in rows], dtype=np.float64),
            "permitted_bytes_per_s": np.array([row.permitted for row in rows], dtype=np.float64),
            "waiting_writes": np.array([row.waiting for row in rows], dtype=np.int64),
            "waiting_bytes": np.array([row.waiting_bytes for row in rows], dtype=np.int64),
        }
    )


def pending_table(outcome: OutcomeRecords, start: datetime) -> pd.DataFrame:
    """Return pending bytes over time; see `Run.pending`."""
    import pandas as pd

    time_s, size = pending_points(outcome)
    return pd.DataFrame({"pending_bytes": size}, index_of(start, time_s))


def pending_points(outcome: OutcomeRecords) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return times in seconds and pending bytes just before and just after each completion."""
    if outcome.defined_s is None:
        return np.zeros(0), np.zeros(0, dtype=np.int64)
    published = outcome.syncs.ints("published_bytes").cumsum()
    written = outcome.syncs.ints("written_bytes")
    after = written - published
    before = written - np.concatenate(([0], published))[: len(published)]
    size = np.append(np.column_stack((before, after)).ravel(), outcome.pending_bytes)
    time_s = np.append(np.repeat(outcome.syncs.floats("completed_s"), 2), outcome.end_s)
    if outcome.last_replicated_s is None:
        return time_s[1:], size[1:]  # defined from the initial sync on
    return np.append(outcome.defined_s, time_s), np.append(0, size)


def age_table(outcome: OutcomeRecords, start: datetime) -> pd.DataFrame:
    """Return the sawtooth of time since last sync; see `Run.age`."""
    import pandas as pd

    teeth = outcome.age
    time_s = np.column_stack((teeth.begin_s, teeth.end_s)).ravel()
    age_s = time_s - np.repeat(teeth.origin_s, 2)
    return pd.DataFrame({"age_s": age_s}, index_of(start, time_s))


def lags_table(outcomes: dict[str, Outcome]) -> pd.DataFrame:
    """Return mean, quantiles and maximum of the four lags; see `Run.lags`."""
    import pandas as pd

    rows = {
        (name, key): [lag.column(column) for column in LAG_COLUMNS]
        for name, outcome in outcomes.items()
        for key, lag in outcome.summary.lags.items()
    }
    index = pd.MultiIndex.from_tuples(rows, names=["replication", "lag"])
    return pd.DataFrame(rows.values(), index=index, columns=LAG_COLUMNS, dtype="float64")


_ENDED = ("completed", "abandoned", "open")
"""Outcomes of syncs."""


def _all_syncs(outcome: OutcomeRecords) -> tuple[dict[str, NDArray[Any]], NDArray[np.int8]]:
    """Return the columns of completed, abandoned and open syncs, and the code of its outcome."""
    keys = ("cut_s", "completed_s", "bytes", "files", "attempts")
    columns = {key: outcome.syncs[key] for key in keys}
    phases = outcome.sync_phases
    rest = [(s.cut_s, np.nan, s.bytes, s.files, s.attempts) for s in outcome.abandoned]
    counts = [len(outcome.syncs), len(rest), 0]
    still = outcome.open_sync
    if still is not None:
        attempts = still.failed_attempts + 1
        rest.append((still.cut_s, np.nan, still.bytes, still.files, attempts))
        counts[2] = 1
    for key, values in zip(keys, zip(*rest, strict=True), strict=bool(rest)):
        columns[key] = np.append(columns[key], np.array(values, dtype=columns[key].dtype))
    if outcome.waited_s is not None:
        waits = [outcome.waited_s.get(cut_s, 0.0) for cut_s in outcome.syncs["cut_s"].tolist()]
        phases = {"waited_s": np.array(waits, dtype=np.float64), **phases}
    for key, seconds in phases.items():
        columns[key] = np.append(seconds, np.full(len(rest), np.nan))
    return columns, np.repeat(np.arange(3, dtype=np.int8), counts)
