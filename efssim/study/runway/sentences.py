"""The answer of a runway as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from efssim.study.planning.ends import Ends, could_not_miss_text, left_out_text
from efssim.study.runway.cause import MissCause
from efssim.study.runway.findings import ChangeOutcome, MonthOutcome, RunwayFindings
from efssim.study.trial.diverging import so_far, so_far_text, with_divergence

_TERMS = {
    "setup": "the fixed time of a sync",
    "inventory": "the inventory: scanning all files before each sync",
    "diff": "comparing large files",
    "bytes": "bytes: more is written than is sent in time",
    "files": "files: more are changed than are sent in time",
    "link": "the link: its capacity, its share of it, or the wait for a slot",
    "failures": "failed attempts and the waits after them",
    "disturbance": "a disturbance",
}


def answer_text(found: RunwayFindings) -> str:
    """Return the answer in one sentence, without a full stop."""
    whole = f"month 0 to month {found.horizon}"
    if found.outcome == "always":
        so_far_said = " so far" if found.is_so_far else ""
        return f"the objective is met{so_far_said} in every month from {whole}"
    if found.outcome == "never":
        return f"the objective is missed in every month from {whole}"
    if found.first_missed is None:
        return _undecided(found)
    at = found.first_missed
    verb = "is first missed" if found.is_shown else "seems to be first missed"
    text = f"the objective {verb} in {_month(found, at)}{_interval(found)}"
    if found.outcome == "not_monotone":
        again = months_text(found.met_again)
        text = f"{text}, and met again in {again}: there is no single limit"
    return text


def _month(found: RunwayFindings, month: int) -> str:
    return f"month {month} (from {found.start_of(month):%Y-%m-%d} on)"


def _undecided(found: RunwayFindings) -> str:
    last = found.months[-1].month
    text = f"no month up to month {last} was found to miss the objective"
    if found.undecided:
        text = f"{text}, and {months_text(found.undecided)} {_are(found.undecided)} not decided"
    elif last < found.horizon:
        text = f"{text}; later months were not tried"
    return text


def _interval(found: RunwayFindings) -> str:
    """Return the interval in words; nothing where nothing is drawn."""
    if not found.random and found.sets is None:
        return ""
    low, high = found.interval
    sure = f"{100 * found.objective.confidence:g} % interval"
    if low is not None and low == high:
        return f", {sure} month {low} alone"
    first = f"beyond month {found.horizon}" if low is None else f"month {low}"
    last = f"beyond month {found.horizon}" if high is None else f"month {high}"
    return f", {sure} {first} to {last}"


def so_far_texts(found: RunwayFindings) -> list[str]:
    """Return why a longer window may decide otherwise on months, as sentences."""
    return [*_diverging(found), *_left_out(found), *_could_not_miss(found)]


def _diverging(found: RunwayFindings) -> Iterator[str]:
    at = found.diverging_from
    if at is not None:
        yield so_far_text(f"from month {at} on")


def _left_out(found: RunwayFindings) -> Iterator[str]:
    turning = [(month, made) for month, made in _ends(found) if made.left.turns]
    ends = [(month, made) for month, made in turning if made.decide] or turning
    if ends:
        where = f"in {months_text(_months_of(ends))}"
        yield left_out_text(where, [made for _, made in ends], found.objective.of)


def _could_not_miss(found: RunwayFindings) -> Iterator[str]:
    ends = [(month, made) for month, made in _ends(found) if made.could_not_miss]
    if ends:
        yield could_not_miss_text(f"in {months_text(_months_of(ends))}")


def _ends(found: RunwayFindings) -> list[tuple[int, Ends]]:
    """Return the parts that the ends of the runs leave open, by month and parameter set."""
    return [(each.month, made.ends) for each in found.months for made in each.evaluations]


def _months_of(ends: Sequence[tuple[int, Ends]]) -> list[int]:
    return list(dict.fromkeys(month for month, _ in ends))


def cautions_text(found: RunwayFindings) -> tuple[str, ...]:
    """Return the reservations about the months, as sentences."""
    return (*so_far_texts(found), *found.cautions)


def evidence_text(found: RunwayFindings) -> str:
    """Return which months are shown to be met and which are not decided, as sentences."""
    return " ".join(_evidence(found))


def _evidence(found: RunwayFindings) -> Iterator[str]:
    tried = f"{len(found.months)} months"
    if not found.random and found.sets is None:
        yield f"{tried}; nothing in this scenario is random, so each is one trial."
    else:
        sets = "" if found.sets is None else f" at each of {found.sets} parameter sets"
        each = "the same trial" if found.trials == 1 else f"the same {found.trials} trials"
        yield f"{tried}, each with {each}{sets}."
    if found.outcome not in ("always", "never"):
        yield from _decided(found)
    if found.out_of_time:
        yield "The budget of time was spent before all was tried; --budget gives it more."


def _decided(found: RunwayFindings) -> Iterator[str]:
    through = found.met_through
    if through is not None:
        met = "met so far" if any(each.is_so_far for each in found.months[: through + 1]) else "met"
        yield f"Shown to be {met}: up to month {through}."
    if found.undecided:
        months, verb = months_text(found.undecided), _are(found.undecided)
        yield f"Not decided by these trials: {months}, which {verb} not claimed to be met."
        more = [e.more_trials for e in found.months if e.met is None and not e.missed]
        known = [each for each in more if each is not None]
        if known:
            yield f"About {max(known):,} more trials a month would decide those that seem met."


def cause_text(found: RunwayFindings) -> str:
    """Return the cause of the misses, as sentences; nothing without a missed month."""
    cause = found.cause
    if cause is None:
        return ""
    if cause.term is None:
        return "What breaks it: no sync completes in time, or there is no recovery point at all."
    text = f"What breaks it: {_TERMS[cause.term]}{_batch(cause)}."
    whose = "the sync" if cause.syncs == 1 else f"the {cause.syncs:,} syncs"
    took = f"{100 * cause.share:.0f} % of the time of {whose} of {cause.replication}"
    where = f"in the violations of month {cause.month}" + (
        f", in trial {cause.trial}" if found.random else ""
    )
    return f"{text} That took {took} {where}."


def _batch(cause: MissCause) -> str:
    return "" if cause.batch is None else f", written by the batch {cause.batch}"


def change_text(change: ChangeOutcome, found: RunwayFindings) -> str:
    """Return how many months a change buys, in words."""
    at = change.diverging_from
    said = [_bought(change, found)]
    if at is not None:
        said.append(f"diverging from month {at} on")
    if change.hanging:
        said.append(f"met so far in {months_text(change.hanging)}")
    return ", ".join(said)


def _bought(change: ChangeOutcome, found: RunwayFindings) -> str:
    if change.bought is None:
        return f"not missed up to month {found.horizon}"
    if change.bought < 0:
        return f"first missed in month {change.first_missed}, {-change.bought} earlier"
    return f"first missed in month {change.first_missed}"


def bought_text(change: ChangeOutcome) -> str:
    """Return the months that a change buys, as a number with its sign."""
    if change.bought is None:
        return f"{change.at_least} or more"
    return str(change.bought)


def months_text(months: Sequence[int]) -> str:
    """Return months in words, neighbours as a range: `months 3 to 5 and 9`."""
    runs: list[list[int]] = []
    for month in months:
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    *most, last = parts
    listed = f"{', '.join(most)} and {last}" if most else last
    return f"month{'s' * (len(months) > 1)} {listed}"


def _are(months: Sequence[int]) -> str:
    return "are" if len(months) > 1 else "is"


def said_of(made: MonthOutcome) -> str:
    """Return the verdict of a month in a few words."""
    word = {None: "not decided", True: "met", False: "missed"}[made.met]
    if made.falls_behind:
        return with_divergence(word)
    return so_far(word) if made.is_so_far else word


def month_text(made: MonthOutcome, change: str) -> str:
    """Return a month in a few words, as progress shows it."""
    what = f"month {made.month}" + (f" with {change}" if change else "")
    trials = "1 trial" if made.trials == 1 else f"{made.trials} trials"
    return f"{what}: attainment {made.attainment:.5f}, {said_of(made)} ({trials})"
