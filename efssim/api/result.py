"""The result of a run: its summary, its tables, its figures. Nothing here prints."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from efssim.api.values import values_by_field
from efssim.errors import ArgumentError
from efssim.runs.moments import seconds_since
from efssim.runs.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False)
class Result(Run):
    """The results of one run.

    Times of the tables are UTC datetimes in microseconds; columns that end in `_s` are seconds,
    `bytes` are bytes. `age` and `pending` are series over time and have an index of times; in the
    other tables a row has several times, or shares one, so they are columns.
    """

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the result of a run."""
        return cls(**values_by_field(run))

    def __repr__(self) -> str:
        return f"<efssim.Result of {self.scenario.name!r}, seed {self.seed}, {self.now_s:g} s>"

    def _repr_html_(self) -> str:
        """Show verdict, lags and violations of every replication in Jupyter."""
        from efssim.report.notebook import result_html

        return result_html(self)

    def write(
        self,
        folder: str | os.PathLike[str],
        *,
        png: bool = False,
        command: str = "",
        tables: str = "csv",
    ) -> None:
        """Write the files that `efssim run --out` writes, with the same bytes.

        The folder may exist. `png` writes each figure as PNG, too; the report says that
        `command` repeats the run; `tables` is the name of their format, one of
        `efssim.extend.table_formats`. All files are written or none. Raise OSError, and
        UnknownNameError for a format that there is not.
        """
        from efssim.report.files.formats import TABLE_FORMATS
        from efssim.report.files.run import write_files

        write_files(self, Path(folder), png, command, TABLE_FORMATS[tables])

    def report_html(self, command: str = "") -> str:
        """Return report.html, the page that `write` writes, as a text."""
        from efssim.report.files.whole_page import page_of

        return page_of(self, command)

    def plot(
        self,
        replication: str | None = None,
        ax: Axes | None = None,
        *,
        between: tuple[Any, Any] | None = None,
    ) -> Axes:
        """Draw the same as `plot_age`; return the Axes."""
        return self.plot_age(replication, ax, between=between)

    def plot_age(
        self,
        replication: str | None = None,
        ax: Axes | None = None,
        *,
        between: tuple[Any, Any] | None = None,
    ) -> Axes:
        """Draw time since last sync over simulated time, with the RPO target; return the Axes.

        Statuses other than ENABLED are bands, disturbances and calls stand above. `between` is
        begin and end of the part drawn, as `age_at` takes times; a change of the limits of the x
        axis draws that part anew, so that every tooth stands where it is. On Axes that have a curve
        already, this one gets a colour of its own, and a legend names both. KeyError as for `age`;
        without `ax` it is a new figure of pyplot's. The same holds for the other plots.
        """
        from efssim.report.figures.run.age import plot_age

        self.require_records()
        return plot_age(self, self.named(replication), ax, self._between(between))

    def plot_pending(
        self,
        replication: str | None = None,
        ax: Axes | None = None,
        *,
        between: tuple[Any, Any] | None = None,
    ) -> Axes:
        """Draw pending bytes over simulated time; return the Axes. `between` as for `plot_age`."""
        from efssim.report.figures.run.pending import plot_pending

        self.require_records()
        return plot_pending(self, self.named(replication), ax, self._between(between))

    def plot_credits(
        self,
        replication: str | None = None,
        ax: Axes | None = None,
        *,
        between: tuple[Any, Any] | None = None,
    ) -> Axes:
        """Draw the burst credits of the source of a replication over time; return the Axes.

        ArgumentError where writes to it do not wait, or its throughput is never bursting. `between`
        as for `plot_age`.
        """
        from efssim.report.figures.run.credits import plot_credits

        return plot_credits(self, self.named(replication), ax, self._between(between))

    def _between(self, times: tuple[Any, Any] | None) -> tuple[float, float] | None:
        if times is None:
            return None
        begin_s, end_s = seconds_since(self.scenario.start, times).tolist()
        if not begin_s < end_s:
            raise ArgumentError("between: begin has to be earlier than end")
        return begin_s, end_s

    def plot_lag(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw how often each lag is longer than x, on logarithmic axes; return the Axes."""
        from efssim.report.figures.run.lag import plot_lag

        return plot_lag(self, self.named(replication), ax)

    def plot_syncs(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw how long syncs took against the bytes that they sent; return the Axes."""
        from efssim.report.figures.run.syncs import plot_syncs

        self.require_records()
        return plot_syncs(self, self.named(replication), ax)

    def plot_fleet(self, fleet: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw how mean, p99 and worst age differ over the items of a fleet; return the Axes.

        `fleet` may be left out where there is only one; KeyError otherwise.
        """
        from efssim.report.figures.run.fleet import plot_fleet

        known = list(self.run_summary.fleets)
        name = known[0] if fleet is None and len(known) == 1 else str(fleet)
        ages = {one: outcome.summary.age for one, outcome in self.items(name).items()}
        return plot_fleet(ages, self.scenario.rpo.target, name, ax)

    def plot_risk(
        self, replication: str | None = None, ax: Axes | None = None, timezone: str = "UTC"
    ) -> Axes:
        """Draw the share of time above the RPO target by weekday and hour; return the Axes."""
        from efssim.report.figures.run.risk import plot_risk

        return plot_risk(self, self.named(replication), timezone, ax)
