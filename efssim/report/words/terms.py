"""Definitions of the terms of a report: the one place from which reports take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from efssim.lag.kinds.table import LAG_MEASURES
from efssim.lag.summary import AGE

AGE_NAME = LAG_MEASURES[AGE].title
"""The name of the age in every table, figure and heading; in sentences it is the age."""


class Term(NamedTuple):
    """A term with its definition."""

    title: str
    definition: str


_OTHERS: dict[str, Term] = {
    "pending": Term(
        "pending bytes",
        "Bytes written and not yet published by a completed sync, those of a sync in flight "
        "included: what a disaster at that moment would lose.",
    ),
    "lrt": Term(
        "LastReplicatedTimestamp",
        "The cut of the last completed sync: every write up to it is on the destination. Visible "
        "from the completion of that sync on; absent until the initial sync has completed.",
    ),
    "cut": Term(
        "cut",
        "The start of a sync. The sync publishes everything that was written up to its cut.",
    ),
    "sync": Term(
        "sync",
        "One pass of a replication: setup, inventory, comparison of large files and transfer. All "
        "of it becomes visible on the destination at once, when it completes.",
    ),
    "rpo": Term(
        "RPO",
        "Recovery point objective: the age stays at or below the target for at least the objective "
        "share of the time in which it is defined.",
    ),
    "target": Term("RPO target", "The age that is not to be exceeded, from the scenario."),
    "objective": Term(
        "objective", "The share of time with an age within the target that is asked for."
    ),
    "attainment": Term(
        "attainment",
        "Share of the time with a defined age in which the age was at or below the RPO target.",
    ),
    "writable": Term(
        "attainment while writable",
        "Attainment over the part of that time in which the source could be written: an age that "
        "grows while nothing can be written loses nothing.",
    ),
    "unprotected": Term(
        "unprotected",
        "Time in which the source exists and has not failed, and its destination offers no "
        "recovery point: LastReplicatedTimestamp is absent, or there is no configuration. What the "
        "scenario excludes is left out.",
    ),
    "recovery": Term(
        "recovery point",
        "The LastReplicatedTimestamp with which the source was lost: it could not be written when "
        "the configuration was gone, or at the end. What was pending then is lost.",
    ),
    "violation": Term(
        "violation", "A longest possible interval of time in which the age is above the RPO target."
    ),
    "cause": Term(
        "cause",
        "The disturbance that overlaps the violation longest. Without one: what made the longest "
        "sync that the violation waited for take its time, and the disturbance before it, if one "
        "overlaps the time since the last cut that got through. Burst of writes: that sync sent at "
        "least twice the median bytes.",
    ),
    "utilisation": Term(
        "utilisation",
        "Work that arrived in the window, the larger of bytes / throughput and files / file rate, "
        "over the time in which syncs could run. From 100 % on, pending bytes grow without bound. "
        "Setup and inventory are not in it.",
    ),
    "duration": Term(
        "duration of a sync",
        "Time from the cut of a sync to its completion, failed attempts and outages included.",
    ),
    "undefined": Term(
        "undefined age",
        "Before the initial sync has completed, and once the configuration is gone, nothing could "
        "be recovered: that time is in no statistic.",
    ),
    "window": Term(
        "window", "From the start of the scenario plus its warm-up to the end of the run."
    ),
    "exceedance": Term(
        "exceedance", "The share of the weight (time, writes or bytes) with a longer lag than x."
    ),
    "quantile": Term(
        "p50 … p99.9",
        "The smallest value with at least that share of the weight (time, writes or bytes) at or "
        "below it.",
    ),
    "interval": Term(
        "95 % interval",
        "An interval from a procedure that encloses the true value in 95 % of all studies.",
    ),
    "trial": Term("trial", "One run of the scenario with its own, independent random draws."),
    "provenance": Term(
        "provenance",
        "Where a value comes from. scenario: set in the scenario file. measured: fitted to metrics "
        "of a real replication, with its interval. "
        "documented: published by AWS. assumed: a preset of efssim, as AWS does not publish it. "
        "default: a value that stands for nothing set.",
    ),
    "status": Term(
        "status",
        "The status of the destination as EFS reports it: ENABLING, ENABLED, PAUSING, PAUSED, "
        "ERROR, DELETING.",
    ),
    "digest": Term(
        "digest",
        "SHA-256 of everything that happened in the run. The same version, scenario and seed give "
        "the same digest.",
    ),
    "seed": Term("seed", "What all random draws follow from."),
}


class _Terms(Mapping[str, Term]):
    """The lag measures that there are, then all other terms."""

    def __getitem__(self, key: str) -> Term:
        return self._now()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> dict[str, Term]:
        lags = {lag.key: Term(lag.title, lag.definition) for lag in LAG_MEASURES}
        return lags | _OTHERS


TERMS: Mapping[str, Term] = _Terms()
"""By a key that tables, figures and templates name them with."""
