"""When the replications of a run are at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.runs.risk_tables import COLUMNS, NAMES

if TYPE_CHECKING:
    import pandas as pd

    from efssim.runs.run import Run

WEEKS_LEAST = 4.0
"""Weeks below which an hour of the week is not drawn (assumed): each was met too few times."""
_WEEK_S = 7 * 86_400.0


def weeks_behind(result: Run, name: str) -> float:
    """Return the weeks of the window, from how many of which each hour of the week is."""
    begin_s, end_s = result.outcomes[name].window_s
    return max(0.0, end_s - begin_s) / _WEEK_S


def risk_note(result: Run, name: str) -> str:
    """Return a note on the evidence of a risk map: its weeks, and whether faults are random."""
    note = f"{weeks_behind(result, name):.3g} weeks"
    if result.scenario.faults:
        note += " of one run: random faults are as likely noise as a pattern"
    return note


def risk_of_all(result: Run) -> pd.DataFrame:
    """Return the content of risk.csv: the table of every replication, by the hours of UTC."""
    import pandas as pd

    tables = []
    for name in result.outcomes:
        table = result.risk(name).reset_index()
        table.insert(0, "replication", name)
        tables.append(table)
    # Without a replication the table still has its columns.
    return pd.concat(tables) if tables else pd.DataFrame(columns=["replication", *NAMES, *COLUMNS])
