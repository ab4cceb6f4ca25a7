"""Cautions beside the verdict of trials where it would mislead alone, as of a single run."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.report.verdicts.trials import of_trials
from efssim.report.words.lines import counted
from efssim.study.run.trial_set import TrialSet
from efssim.study.trial.not_in_run import not_in_run
from efssim.text.quantities import format_byte_rate, format_duration, format_size


def cautions(name: str, trials: TrialSet) -> list[str]:
    """Return a sentence for each."""
    return [
        *_discarded(name, trials),
        *_too_fast(name, trials),
        *_throttled(name, trials),
        *not_in_run(trials.scenario),
    ]


def _throttled(name: str, trials: TrialSet) -> Iterator[str]:
    parts = of_trials(name, trials)
    known = [part.throttled for part in parts if part.throttled is not None]
    late = [part for part in known if part.writes]
    if late:
        writes = sum(part.writes for part in late)
        mean = format_duration(sum(part.delay_s for part in late) / writes)
        spent = sum(part.credits_min_bytes == 0 for part in known)
        yield (
            f"THROTTLED in {len(late):,} of {counted(len(parts), 'trial')}: writes to the source "
            f"waited for its throughput, {mean} on average, and its burst credits ran out in "
            f"{spent:,}. Lags count from when a write was made."
        )
    waiting = [part.waiting_bytes for part in known if part.waiting_bytes]
    if waiting:
        yield (
            f"STILL WAITING at the end of {len(waiting):,} of {counted(len(parts), 'trial')}: up "
            f"to {format_size(max(waiting))} of writes to the source are wanted and not made. No "
            "lag and no attainment counts them."
        )


def _discarded(name: str, trials: TrialSet) -> Iterator[str]:
    parts = of_trials(name, trials)
    found = [part.discarded for part in parts if part.discarded.writes]
    if found:
        most = max(part.bytes for part in found)
        yield (
            f"DISCARDED in {len(found):,} of {counted(len(parts), 'trial')}: writes made on the "
            f"destination and never replicated were overwritten when it became the destination, at "
            f"most {format_size(most)}."
        )


def _too_fast(name: str, trials: TrialSet) -> Iterator[str]:
    parts = of_trials(name, trials)
    found = [p.source_throughput for p in parts if p.source_throughput.hours_above]
    if found:
        busiest = format_byte_rate(max(part.busiest_hour_bytes_per_s or 0.0 for part in found))
        limit = format_byte_rate(min(part.limit_bytes_per_s or 0.0 for part in found))
        hours = counted(max(part.hours_above for part in found), "hour")
        yield (
            f"WRITTEN FASTER THAN THE SOURCE COULD TAKE in {len(found):,} of "
            f"{counted(len(parts), 'trial')}: up to {hours}, where its throughput mode took "
            f"{limit} at most; the busiest hour has {busiest}. Writes are not throttled here, so "
            f"all of this holds for a source that takes them."
        )
