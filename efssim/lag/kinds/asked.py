"""The measures that a study reads; nothing that is not among them is computed."""

from __future__ import annotations

from dataclasses import dataclass

from efssim.lag.summary import AGE


@dataclass(frozen=True, slots=True)
class Asked:
    """The measures of a run that somebody reads, by their names in the table of lag measures.

    Counts, sums and the RPO are always there: they cost little. A number that nobody asked for is
    missing, and the others are the same to the last bit.
    """

    lags: tuple[str, ...] | None = None
    """Lags whose mean, quantiles and maximum are in the summary; None: those of the whole table."""
    quantiles: bool = True
    """Whether the quantiles of the age are read, beside its mean and maximum."""
    without_quantiles: tuple[str, ...] = ()
    """Other lags over time of which mean and maximum alone are read."""
    pooled: tuple[str, ...] | None = None
    """Lags whose distributions are kept, to be pooled over trials; None: as for `lags`."""
    curves: bool = True
    """Whether the exceedance curve of each of the lags is drawn."""
    pending_mean: bool = True
    """Whether the mean of pending bytes is read, which takes the byte-seconds of each write."""
    pending_max: bool = True
    """Whether the most pending bytes are read, which takes the writes up to each completion."""
    digest: bool = True
    """Whether the digest of the records is read, which takes a hash of every sync."""
    breaches: bool = True
    """Whether the breaches of compliance are listed, and months that nobody asked for are there."""
    rows: bool = True
    """Whether completed syncs can be read back, where the scenario keeps them."""

    def reads(self, lag: str) -> bool:
        """Return whether any number of a lag is read."""
        return self.has_numbers(lag) or self.is_pooled(lag)

    def has_numbers(self, lag: str) -> bool:
        """Return whether mean, quantiles and maximum of a lag are read."""
        return self.lags is None or lag in self.lags

    def is_pooled(self, lag: str) -> bool:
        """Return whether the distribution of a lag is kept."""
        return self.pooled is None or lag in self.pooled


EVERYTHING = Asked()
"""Measures of a run that people hold."""
OF_TRIALS = Asked(curves=False, breaches=False)
"""Measures of a trial that people hold: its curves are those of the pool."""
OF_AGE = Asked(lags=(AGE,), pooled=(AGE,), curves=False, pending_mean=False, breaches=False)
"""Measures of a trial of which the age alone is read, over all trials together."""
