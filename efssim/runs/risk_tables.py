"""When a replication is at risk, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from efssim.lag.risk import Risk

if TYPE_CHECKING:
    import pandas as pd

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NAMES = ("by", "at")
COLUMNS = ("defined_s", "attainment", "p99_s", "violation_s")


def risk_table(risk: Risk) -> pd.DataFrame:
    """Return a row for each hour of the day and for each weekday; see `Run.risk`."""
    import pandas as pd

    defined, above = risk.defined_s(), risk.above_s()
    defined_s = np.concatenate((defined.sum(axis=0), defined.sum(axis=1)))
    above_s = np.concatenate((above.sum(axis=0), above.sum(axis=1)))
    at = [*(("hour", hour) for hour in range(24)), *(("weekday", day) for day in WEEKDAYS)]
    p99_s = np.concatenate((risk.p99_by_hour(), risk.p99_by_weekday()))
    # Where no time is defined it is 0 / 0, and stays unknown.
    known = np.where(defined_s > 0, defined_s, np.nan)
    return pd.DataFrame(
        dict(zip(COLUMNS, (defined_s, 1.0 - above_s / known, p99_s, above_s), strict=True)),
        index=pd.MultiIndex.from_tuples(at, names=NAMES),
    )


Cells = dict[str, NDArray[np.float64]]
"""Columns of seconds for each hour of the week."""


def cells_of(risk: Risk) -> Cells:
    """Return the columns of `cell_table`."""
    return {"defined_s": risk.defined_s().ravel(), "violation_s": risk.above_s().ravel()}


def cell_table(cells: Cells) -> pd.DataFrame:
    """Return a row for each hour of the week; see `Run.risk_cells`."""
    import pandas as pd

    index = pd.MultiIndex.from_product([WEEKDAYS, range(24)], names=["weekday", "hour"])
    return pd.DataFrame(cells, index=index)
