"""The tables of a run. Times are UTC datetimes in microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from efssim.lag.age.rpo import Violation
from efssim.records.column_types import texts
from efssim.records.run_records import STATUSES, Event
from efssim.runs.outcome import Outcome
from efssim.scenario.grammar.events import OPERATIONS, Disturbance

if TYPE_CHECKING:
    import pandas as pd

KINDS = (*Disturbance.kinds, *OPERATIONS)
"""What the column `kind` of events can be."""


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


def events_table(events: Sequence[Event], start: datetime, trial: int) -> pd.DataFrame:
    """Return one row per disturbance or API call; see `Run.events`."""
    import pandas as pd

    ends = [np.nan if event.end_s is None else event.end_s for event in events]
    return pd.DataFrame(
        {
            "trial": np.full(len(events), trial, dtype=np.int64),
            "begin": datetimes(start, [event.begin_s for event in events]),
            "end": datetimes(start, ends),
            "kind": pd.Categorical([event.kind for event in events], KINDS),
            "target": texts(event.target for event in events),
            "affected": texts("; ".join(event.affected) for event in events),
            "error": texts(event.error for event in events),
        }
    )


def syncs_table(name: str, outcome: Outcome, start: datetime, trial: int) -> pd.DataFrame:
    """Return one row per sync of a replication; see `Run.syncs`."""
    import pandas as pd

    columns, ended = _all_syncs(outcome)
    order = columns["cut_s"].argsort(kind="stable")
    columns = {key: column[order] for key, column in columns.items()}
    times = {key: datetimes(start, columns.pop(f"{key}_s")) for key in ("cut", "completed")}
    kinds = pd.Categorical(ended, categories=["completed", "abandoned", "open"])[order]
    return pd.DataFrame({"replication": name, "trial": trial, **times, **columns, "outcome": kinds})


def statuses_table(name: str, outcome: Outcome, start: datetime, trial: int) -> pd.DataFrame:
    """Return one row per status of a replication; see `Run.statuses`."""
    import pandas as pd

    changes = outcome.statuses
    return pd.DataFrame(
        {
            "replication": name,
            "trial": trial,
            "time": datetimes(start, [change.time_s for change in changes]),
            "from": pd.Categorical([change.before for change in changes], STATUSES),
            "to": pd.Categorical([change.after for change in changes], STATUSES),
            "cause": texts(change.cause for change in changes),
        }
    )


def violations_table(
    name: str, outcome: Outcome, start: datetime, trial: int, events: Iterable[Event]
) -> pd.DataFrame:
    """Return one row per violation of the RPO of a replication; see `Run.violations`."""
    import pandas as pd

    found = list(outcome.violations)
    return pd.DataFrame(
        {
            "replication": name,
            "trial": trial,
            "begin": datetimes(start, [violation.begin_s for violation in found]),
            "end": datetimes(start, [violation.end_s for violation in found]),
            "peak_s": np.array([violation.peak_s for violation in found], dtype=np.float64),
            "disturbances": texts(_during(name, found, events)),
        }
    )


def _during(name: str, found: list[Violation], happened: Iterable[Event]) -> list[str]:
    """Return, for each violation, the disturbances of a replication that overlap it."""
    events = [e for e in happened if not e.is_call and name in e.affected]
    begin_s = np.array([event.begin_s for event in events])
    end_s = np.array([np.inf if e.end_s is None else e.end_s for e in events])
    overlaps = (np.flatnonzero((begin_s < v.end_s) & (end_s > v.begin_s)) for v in found)
    return ["; ".join(str(events[k]) for k in overlap) for overlap in overlaps]


def pending_table(outcome: Outcome, start: datetime) -> pd.DataFrame:
    """Return pending bytes over time; see `Run.pending`."""
    import pandas as pd

    if outcome.defined_s is None:
        return pd.DataFrame({"pending_bytes": np.zeros(0, dtype=np.int64)}, index_of(start, []))
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
    return pd.DataFrame({"pending_bytes": size}, index_of(start, time_s))


def age_table(outcome: Outcome, start: datetime) -> pd.DataFrame:
    """Return the sawtooth of time since last sync; see `Run.age`."""
    import pandas as pd

    teeth = outcome.age
    time_s = np.column_stack((teeth.begin_s, teeth.end_s)).ravel()
    age_s = time_s - np.repeat(teeth.origin_s, 2)
    return pd.DataFrame({"age_s": age_s}, index_of(start, time_s))


def lags_table(outcomes: dict[str, Outcome]) -> pd.DataFrame:
    """Return mean, quantiles and maximum of the four lags; see `Run.lags`."""
    import pandas as pd

    keys = ("time_since_last_sync_s", "write_lag_s", "write_lag_by_byte_s", "oldest_pending_s")
    columns = ["mean", "p50", "p90", "p95", "p99", "p99_9", "max"]
    rows = {
        (name, key): [outcome.summary[key][column] for column in columns]
        for name, outcome in outcomes.items()
        for key in keys
    }
    index = pd.MultiIndex.from_tuples(rows, names=["replication", "lag"])
    return pd.DataFrame(rows.values(), index=index, columns=columns, dtype="float64")


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
