"""The text report of a run of many replications."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from efssim.lag.summary import WRITE_LAG, ReplicationSummary
from efssim.report.facts.alarms import alarm_lines
from efssim.report.facts.assumptions import assumed_parameters
from efssim.report.facts.timeline import timeline_lines
from efssim.report.text.fleets.tables import spread_lines, worst_lines
from efssim.report.text.parts import heading, joined, reproduce
from efssim.report.verdicts.cautions import cautions_of_run
from efssim.report.verdicts.fleets import (
    Member,
    Numbers,
    are_many,
    least_attained,
    named_by_verdict,
    named_by_warning,
    verdict_of_fleet,
    worst_in_order,
)
from efssim.report.verdicts.objectives import objectives_of_fleet, said_of_run
from efssim.report.verdicts.run import certainty
from efssim.report.verdicts.words import WORDS, colour_of_run, is_too_short, words_of_run
from efssim.report.words.cost import cost_lines
from efssim.report.words.fleets import fleet_texts
from efssim.report.words.lines import counted, wrapped
from efssim.report.words.thresholds import threshold_lines
from efssim.runs.outcome import Outcome
from efssim.runs.run import Run
from efssim.text.quantities import format_size

_ALIKE = 3
"""Kinds of assumptions that are listed."""
FULL = (
    "Every number of each replication: --format json, summary.json and tables of --out DIR; --full"
    " reports each in words."
)


def fleet_report(result: Run, command: str) -> str:
    """Return the report, which sums up all replications; `command` reproduces the run."""
    members = members_of_run(result)
    first = [line for text in fleet_sentences(result, members) for line in wrapped(text, indent=2)]
    parts = [
        heading(result),
        first,
        threshold_lines(result.run_summary.thresholds),
        spread_lines(members),
        worst_lines(members),
        [line for text in _below(result) for line in wrapped(text, indent=2)],
        timeline_lines(result),
        alarm_lines(result),
        cost_lines(result.cost),
        wrapped(certainty(result)),
        reproduce(result, command),
    ]
    return joined(parts)


def members_of_run(result: Run) -> list[Member]:
    """Return the replications of a run with their verdicts and numbers."""
    return members_of(result.outcomes, is_uncertain=bool(result.uncertain))


def members_of(outcomes: Mapping[str, Outcome], *, is_uncertain: bool) -> list[Member]:
    """Return some replications with their verdicts and numbers."""
    return [
        Member(
            name,
            colour_of_run(outcome.summary, is_uncertain=False),
            words_of_run(outcome.summary, is_uncertain=is_uncertain),
            _numbers(outcome.summary),
            tuple(_warnings(outcome)),
        )
        for name, outcome in outcomes.items()
    ]


def sections_of(result: Run) -> list[str]:
    """Return the replications that have a section of a page, in the order of the scenario."""
    if are_many(result.outcomes):
        return worst_in_order(members_of_run(result))
    parts = result.outcomes.items()
    return least_attained({name: outcome.summary.rpo.attainment for name, outcome in parts})


def _numbers(summary: ReplicationSummary) -> Numbers:
    age, pending, syncs = summary.age, summary.pending_bytes, summary.syncs
    attained, lag = summary.rpo.attainment, summary.lags[WRITE_LAG]
    is_stationary = not syncs.diverging
    return {
        "attainment": attained,
        "time above the target": None if attained is None else summary.rpo.violation_s,
        "mean age": age.mean,
        "p99 of the age": age.p99 if is_stationary else None,
        "worst age": age.max,
        "p99 of the write lag": lag.p99 if is_stationary else None,
        "expected loss": pending.mean,
        "worst loss": pending.max,
        "worst loss in time": summary.oldest_pending.max,
        "syncs completed": syncs.completed,
        "mean duration of a sync": syncs.duration_mean_s,
        "utilisation": syncs.utilisation,
    }


def _warnings(outcome: Outcome) -> Iterator[str]:
    """Yield the warnings of a report on the replication alone, in few words."""
    summary = outcome.summary
    if outcome.defined_s is None:
        yield "WITHOUT A COMPLETED INITIAL SYNC"
    if is_too_short(summary):
        yield "MET SO FAR: no sync completed, in a window too short for the age to pass the target"
    if summary.syncs.diverging:
        yield "DIVERGING: more is written than can be sent"
    if summary.source_throughput.limit_bytes_per_s is not None:
        yield "WRITTEN FASTER THAN THE SOURCE COULD TAKE"
    if summary.discarded.first_s is not None:
        yield "DISCARDED: writes on the destination, overwritten when it became one"
    if summary.recovery_point is not None:
        yield "SOURCE LOST"
    if summary.unprotected_s:
        yield "Without any recovery point for a time"
    if summary.final_status != "ENABLED":
        yield f"At the end {summary.final_status or 'gone'}"


def fleet_sentences(result: Run, members: Sequence[Member]) -> list[str]:
    """Return the verdict over all, with the names of those that do not meet it, and warnings."""
    rpo, is_uncertain = result.scenario.rpo, bool(result.uncertain)
    return [
        verdict_of_fleet(members, rpo, WORDS, is_uncertain=is_uncertain),
        *named_by_verdict(members, WORDS),
        *fleet_texts(result.run_summary.fleets),
        *objectives_of_fleet(_objectives(result)),
        *named_by_warning(members),
        *cautions_of_run(result),
    ]


def _objectives(result: Run) -> dict[str, dict[str, bool | None]]:
    return {name: said_of_run(outcome.summary) for name, outcome in result.outcomes.items()}


def _below(result: Run) -> list[str]:
    return [*load_of_fleet(result), *assumed_of_fleet(result), FULL]


def load_of_fleet(result: Run) -> list[str]:
    """Return sentences on all that was written, and on the streams that were drawn in cells."""
    parts = [outcome.summary for outcome in result.outcomes.values()]
    writes, size = sum(part.writes.count for part in parts), _sum_of_bytes(parts)
    sent = format_size(math.fsum(part.syncs.bytes for part in parts))
    dropped = math.fsum(math.fsum(part.writes.dropped_bytes.values()) for part in parts)
    text = f"Load of all: {counted(writes, 'write')} of {size}; {sent} sent."
    if dropped:
        text += f" Dropped, as they could not be made: {format_size(dropped)}."
    found, cells = [text], result.run_summary.cells
    if cells:
        unknown = sum(use.distance_at_most is None for use in cells.values())
        found.append(
            f"{counted(len(cells), 'stream')} drawn in cells of 60 s; `cells` of --format json "
            f"has by how much each may be off, which of {unknown:,} is not known."
        )
    return found


def _sum_of_bytes(parts: Sequence[ReplicationSummary]) -> str:
    return format_size(math.fsum(part.writes.bytes for part in parts))


def assumed_of_fleet(result: Run) -> list[str]:
    """Return a sentence for each set of assumed parameters that replications share."""
    return assumed_sentences(
        ", ".join(f"{key} {text}" for key, text in assumed_parameters(result.scenario, outcome))
        for outcome in result.outcomes.values()
    )


def assumed_sentences(assumed: Iterable[str]) -> list[str]:
    """Return a sentence for each set of assumed parameters, given those of each replication."""
    counts = Counter(assumed)
    total = counts.total()
    counts.pop("", None)
    found = [
        f"Assumed of {'all' if count == total else f'{count:,}'}, as AWS does not publish them: "
        f"{text}."
        for text, count in counts.most_common(_ALIKE)
    ]
    rest = sum(counts.values()) - sum(count for _, count in counts.most_common(_ALIKE))
    if rest:
        found.append(f"Other assumptions of {rest:,} more: `efssim validate --resolved` has them.")
    return found
