"""The rows of the table, one file for each subject."""

from benchmarks.rows import cells, commands, engine, trials
from benchmarks.rows.row import Row

SUBJECTS = (engine, commands, cells, trials)


def all_rows() -> list[Row]:
    """Return the rows of all subjects, in the order in which they are printed."""
    return [row for subject in SUBJECTS for row in subject.rows()]
