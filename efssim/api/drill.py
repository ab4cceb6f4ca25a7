"""Drills as people hold them, and the function that runs them."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING

from efssim.api.values import values_by_field
from efssim.json_values import JsonObject, to_json
from efssim.progress import bar_of_trials, told
from efssim.report.drill.tables import drill_table, timeline_table
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.study.drills.study import DrillProgress, DrillStudy, drilled
from efssim.study.drills.summary import summary_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class Drills(DrillStudy):
    """Drills of a scenario: the loss and the time of each failover, and their distributions."""

    def __repr__(self) -> str:
        partial = ", partial" * self.partial
        return f"<efssim.Drills of {self.scenario.name!r}: {len(self.outcomes)} drills{partial}>"

    def _repr_html_(self) -> str:
        """Show the report in Jupyter."""
        from efssim.report.drill.text import drill_html

        return drill_html(self)

    @cached_property
    def summary(self) -> JsonObject:
        """The content of drills.json; a number that does not exist is None."""
        return to_json(summary_of(self))

    @cached_property
    def drills(self) -> pd.DataFrame:
        """One row for each drill: when the disaster came, what was lost, how long it took."""
        return drill_table(self)

    @cached_property
    def timeline(self) -> pd.DataFrame:
        """One row for each phase of each drill, with its begin and end."""
        return timeline_table(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the phases of the drills, one above the other; return the Axes.

        Without `ax` it is a new figure of pyplot's.
        """
        from efssim.report.drill.figure import plot_phases

        return plot_phases(self, ax)


@checked("drill")
def drill(
    scenario: Scenario,
    trials: int | None = None,
    *,
    seed: int | None = None,
    on_progress: DrillProgress | None = None,
    progress: bool = False,
) -> Drills:
    """Rehearse the disaster of a scenario's `drill`, and return the loss and the time of each.

    A scenario without one has the default: an outage of the Region of the source of its only
    replication, at a random time. Each drill is one trial; unless `trials` says how many, there are
    200 where anything is drawn, else one. `on_progress` is called with how many are complete, of
    how many; `progress` shows a bar of it on standard error. Ctrl-C returns the drills that are
    complete by then, marked as `partial`; KeyboardInterrupt before the first.

    Raise StudyError for a scenario without a replication to fail over or with parameters that are
    not known, and RunError if EFS refuses a part of the scenario.
    """
    bar = bar_of_trials(sys.stderr, "drills") if progress else None
    with told(on_progress, bar) as tell:
        found = drilled(scenario, trials, seed, tell)
    return Drills(**values_by_field(found))
