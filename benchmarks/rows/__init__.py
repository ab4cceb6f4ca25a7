"""The rows of the table, one file for each subject."""

from benchmarks.rows import (
    cells,
    commands,
    engine,
    fair,
    fleets,
    links,
    shared_worlds,
    trials,
    waits,
)
from benchmarks.rows.row import Limit, Row

SUBJECTS = (engine, commands, cells, fair, shared_worlds, trials, fleets, links, waits)


def all_rows() -> list[Row | Limit]:
    """Return the rows of all subjects, in the order in which they are printed."""
    return [row for subject in SUBJECTS for row in subject.rows()]
