"""When a replication is at risk, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efssim.lag.risk import Risk

if TYPE_CHECKING:
    import pandas as pd

    from efssim.api.result import Result

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKS_LEAST = 4.0
"""Weeks below which an hour of the week is not drawn (assumed): each was met too few times."""
_WEEK_S = 7 * 86_400.0
_NAMES = ("replication", "by", "at")
_COLUMNS = ("defined_s", "attainment", "p99_s", "violation_s")


def weeks_behind(result: Result, name: str) -> float:
    """Return the weeks of the window, from how many of which each hour of the week is."""
    begin_s, end_s = result.outcomes[name].window_s
    return max(0.0, end_s - begin_s) / _WEEK_S


def risk_note(result: Result, name: str) -> str:
    """Say what a map of the risk rests on: weeks, and whether it is of random faults."""
    note = f"{weeks_behind(result, name):.3g} weeks"
    if result.scenario.faults:
        note += " of one run: random faults are as likely noise as a pattern"
    return note


def risk_table(risk: Risk) -> pd.DataFrame:
    """Return a row for each hour of the day and for each weekday; see `Result.risk`."""
    import pandas as pd

    defined, above = risk.defined_s(), risk.above_s()
    defined_s = np.concatenate((defined.sum(axis=0), defined.sum(axis=1)))
    above_s = np.concatenate((above.sum(axis=0), above.sum(axis=1)))
    at = [*(("hour", hour) for hour in range(24)), *(("weekday", day) for day in WEEKDAYS)]
    p99_s = np.concatenate((risk.p99_by_hour(), risk.p99_by_weekday()))
    # Where no time is defined it is 0 / 0, and stays unknown.
    known = np.where(defined_s > 0, defined_s, np.nan)
    return pd.DataFrame(
        dict(zip(_COLUMNS, (defined_s, 1.0 - above_s / known, p99_s, above_s), strict=True)),
        index=pd.MultiIndex.from_tuples(at, names=_NAMES[1:]),
    )


def cell_table(risk: Risk) -> pd.DataFrame:
    """Return a row for each hour of the week; see `Result.risk_cells`."""
    import pandas as pd

    index = pd.MultiIndex.from_product([WEEKDAYS, range(24)], names=["weekday", "hour"])
    cells = {"defined_s": risk.defined_s().ravel(), "violation_s": risk.above_s().ravel()}
    return pd.DataFrame(cells, index=index)


def risk_of_all(result: Result) -> pd.DataFrame:
    """Return the content of risk.csv: the table of every replication, by the hours of UTC."""
    import pandas as pd

    tables = []
    for name in result.outcomes:
        table = result.risk(name).reset_index()
        table.insert(0, "replication", name)
        tables.append(table)
    # Without a replication the columns still tell what there could have been.
    return pd.concat(tables) if tables else pd.DataFrame(columns=[*_NAMES, *_COLUMNS])
