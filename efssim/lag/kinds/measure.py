"""A lag measure: its name, its meaning, and, where it was added, how it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from efssim.lag.kinds.distributions import LagDistribution, WeightedLags
from efssim.records.columns import Block
from efssim.records.pieces import PublishedPieces
from efssim.records.run_records import Publications, needs_each

Weight = Literal["time", "writes", "bytes", "syncs"]


class LagCollector:
    """A collector of the lags of a replication from its records, a block at a time.

    A measure from outside overrides `add_syncs`, `add_writes` or both; with `add_writes` also
    `add_pieces`, unless it cannot do without single writes and refuses streams in cells.
    """

    def __init__(self, begin_s: float) -> None:
        """Measure from `begin_s` on, in seconds since the start of the run."""
        self.begin_s = begin_s
        self.lags = WeightedLags()

    def add_syncs(self, syncs: Block) -> None:
        """Take in completed syncs, in order: columns by name, each of shape (syncs,)."""

    def add_writes(self, writes: Publications) -> None:
        """Take in published writes of one stream, in order of time."""

    def add_pieces(self, pieces: PublishedPieces) -> None:
        """Take in published writes of a stream in cells: spans in which they are evenly spread."""

    def take(self, writes: Publications | PublishedPieces) -> None:
        """Take in published writes of any kind; raise UsageError for pieces it has no use for."""
        if isinstance(writes, Publications):
            self.add_writes(writes)
        elif type(self).add_pieces is LagCollector.add_pieces:
            raise needs_each("an added lag measure")
        else:
            self.add_pieces(writes)

    def distribution(self) -> LagDistribution:
        """Return the distribution of the lags so far."""
        return self.lags.distribution()


@dataclass(frozen=True, slots=True)
class LagMeasure:
    """An entry of the table of lag measures; its numbers are seconds."""

    name: str
    """As in JSON, ending in `_s`: `write_lag_s`."""
    title: str
    """Its name in tables, figures and headings, of at most 26 characters."""
    definition: str
    """Its exact meaning: sentences for the list of terms."""
    weight: Weight
    """The weight of each value."""
    collect: Callable[[float], LagCollector] | None = None
    """Makes its collector, given the begin of the window. None: one of `Measures` itself."""
    term: str = ""
    """Key of its term, made from the name unless set."""
    is_described: bool = True
    """Whether the words that stand for the figure of the lags speak of it."""

    @property
    def key(self) -> str:
        """The key of its term in tables, figures and templates."""
        return self.term or self.name.removesuffix("_s")
