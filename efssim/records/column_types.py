"""The types of the columns of all tables, which follow from their names and never from the data.

So a table without rows, or with nothing but missing values, has the types of a full one, and tables
of many runs can be joined and stored under one schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

TIMES = {
    "last_replicated_timestamp",
    "last_sync_completed",
    "time",
    "first",
    "last",
    "first_above",
}
"""Instants: UTC datetimes in microseconds."""
_FLAGS = {"met", "met_throughout", "diverging"}
_WHOLE = {
    "count",
    "bytes",
    "writes",
    "coalesced_bytes",
    "initial_bytes",
    "lost_at_deletion",
    "lost_bytes",
    "lost_writes",
    "not_replicated",
    "open_at_end",
    "open_at_end_writes",
    "violations",
    "completed",
    "failed_attempts",
    "hours_above",
    "abandoned",
    "waiting_bytes",
    "credits_min_bytes",
    "stratum",
}
"""Counts and sizes, by the last part of their names."""
_WHOLE_PATHS = {"pending_bytes.max"}
_WHOLE_MAPS = {"dropped_bytes"}
"""Mappings of which every value is a size."""


def texts(values: Iterable[object]) -> pd.Series[str]:
    """Return a column of texts, also without any row."""
    import pandas as pd

    return pd.Series(list(values), dtype="str")


def categories(values: Iterable[object], known: Iterable[object]) -> Any:
    """Return a column of categories: all known ones, present or not."""
    import pandas as pd

    return pd.Categorical(list(values), categories=list(dict.fromkeys(known)))


def type_of(column: str) -> str:
    """Return the type of a number of a trial by its dotted name: `pending_bytes.max`."""
    parts = column.split(".")
    name, above = parts[-1], parts[-2] if len(parts) > 1 else ""
    if name in TIMES:
        return "datetime64[us, UTC]"
    if name in _FLAGS:
        return "boolean"
    if name in _WHOLE or above in _WHOLE_MAPS or column in _WHOLE_PATHS:
        return "Int64"
    return "float64"
