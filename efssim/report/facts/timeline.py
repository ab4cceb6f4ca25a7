"""The timeline of a run: its disturbances and API calls, and the changes of status by each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from efssim.records.run_records import StatusChange
from efssim.records.timeline import DECLARED, ApiCall, Entry, Occurrence
from efssim.report.words.lines import WIDTH, clock, cut, padded, short, wrapped
from efssim.runs.outcome import Outcome
from efssim.runs.run import Run
from efssim.scenario.grammar.calendars.rates import least_of
from efssim.scenario.grammar.disturbances.effects import Degrade, FailCalls
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES
from efssim.scenario.grammar.network import link_regions
from efssim.text.quantities import format_byte_rate, format_duration

_ITEMS = 12
"""More than this are summed up; of sums there are no more either."""
_REPLICATIONS = 3
"""Effects on more replications than this are counted and not listed."""
_NUMBERS = 6 + 9 + 9 + 1
"""Letters between the first column of the sums and the last."""
_ERROR = 160
"""Letters of an error message at most."""
_BEGINNINGS = {"ENABLING", "PAUSING", "ERROR", "DELETING"}
"""Statuses that something from outside brings about; the others follow from them."""


@dataclass
class Item:
    """An entry with its effects, or the creation of a replication that the scenario declares."""

    begin_s: float
    what: str
    lasted_s: float | None
    """None for an instant."""
    effects: list[str] = field(default_factory=list)
    refusal: str = ""
    """Code and message with which EFS refused a call."""
    entry: Entry | None = None
    """None for the creation of a replication that the scenario declares."""


@dataclass
class Chain:
    """A change of status and those that follow from it, of one replication."""

    name: str
    changes: list[StatusChange]

    @property
    def first(self) -> StatusChange:
        """The change that began it."""
        return self.changes[0]


def timeline_lines(result: Run) -> list[str]:
    """Return the section of the report; nothing if nothing happened."""
    items = timeline_items(result)
    if not items:
        return []
    if len(items) > _ITEMS:
        return _sums(result, items)
    lines = ["What happened (UTC):"]
    for item in items:
        lines += _line(result, item)
    return lines


def _line(result: Run, item: Item) -> list[str]:
    at = clock(result.scenario, item.begin_s)
    lasted = "" if item.lasted_s is None else f" for {format_duration(item.lasted_s)}"
    refused = [f"refused: {item.refusal[:_ERROR]}"] if item.refusal else []
    text = "; ".join([f"{item.what}{lasted}", *refused, *item.effects])
    return wrapped(f"  {at}  {text}", indent=len(at) + 4)


def summed(items: list[Item]) -> list[tuple[str, list[Item]]]:
    """Return the items of each kind and target, the longest in total first."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.what, []).append(item)
    return sorted(groups.items(), key=lambda group: -total_s(group[1]))


def _sums(result: Run, items: list[Item]) -> list[str]:
    """Return a table with a line for each kind and target, the longest in total first."""
    ordered = summed(items)
    rows = [("what", "times", "total", "longest", "at")]
    rows += [(what, *_sum(result, group)) for what, group in ordered[:_ITEMS]]
    wide = WIDTH - len("  ") - _NUMBERS - len(rows[-1][-1])
    return [
        f"What happened (UTC): {len(items):,} events, summed up; events.csv (--out DIR) has each.",
        *(
            f"  {padded(cut(what, wide), wide)}{n:>6}{a:>9}{b:>9} {at}"
            for what, n, a, b, at in rows
        ),
        *([f"  … and {len(ordered) - _ITEMS:,} more"] * (len(ordered) > _ITEMS)),
    ]


def _sum(result: Run, items: list[Item]) -> tuple[str, str, str, str]:
    longest = max(items, key=lambda item: item.lasted_s or 0.0)
    durations = (None, None) if longest.lasted_s is None else (total_s(items), longest.lasted_s)
    total, most = (short(seconds) for seconds in durations)
    return f"{len(items):,}", total, most, clock(result.scenario, longest.begin_s)


def total_s(items: list[Item]) -> float:
    """Return the seconds that items lasted together."""
    return math.fsum(item.lasted_s or 0.0 for item in items)


# --- entries and their effects --------------------------------------------------------------------


def timeline_items(result: Run) -> list[Item]:
    """Return every entry with its effects, and the scenario's replications, in order of time."""
    caused: dict[int, list[Chain]] = {}
    for name in result.outcomes:
        for chain in _chains(result, name):
            caused.setdefault(chain.first.cause_ordinal, []).append(chain)
    items = [
        _item(result, entry, [c for ordinal in entry.ordinals for c in caused.get(ordinal, [])])
        for entry in result.timeline
    ]
    items += [_declared(result, chain) for chain in caused.get(DECLARED, [])]
    return sorted(items, key=lambda item: item.begin_s)


def _chains(result: Run, name: str) -> Iterator[Chain]:
    """Yield the changes of status after the first of an established replication, by beginning."""
    changes: list[StatusChange] = []
    for change in result.outcomes[name].statuses:
        if change.after in _BEGINNINGS:
            changes = [change]
            yield Chain(name, changes)
        else:
            changes.append(change)  # to the chain that has just been yielded


def _item(result: Run, entry: Entry, caused: list[Chain]) -> Item:
    if isinstance(entry, ApiCall):
        effects = _effects(result, entry, caused)
        return Item(entry.begin_s, str(entry), None, effects, entry.error, entry)
    over_s = result.now_s if entry.end_s is None else entry.end_s
    kind = DISTURBANCES.get(entry.kind)
    has_end = kind is None or kind.endless is None
    lasted_s = over_s - entry.begin_s if has_end else None
    effects = [*_rate(entry), *_effects(result, entry, caused)]
    return Item(entry.begin_s, str(entry), lasted_s, effects, entry=entry)


def _rate(entry: Occurrence) -> list[str]:
    """Return the rate that a window of a calendar sets, in a list that is empty without one."""
    if entry.bytes_per_s is None:
        return []
    limited = entry.bytes_per_s < math.inf
    return [f"{format_byte_rate(entry.bytes_per_s)} while it lasts" if limited else "no limit"]


def _declared(result: Run, chain: Chain) -> Item:
    """Return the item of a replication that the scenario itself creates."""
    begin_s = chain.first.time_s
    created = " is created" * (chain.first.after == "ENABLING")
    return Item(begin_s, f"{chain.name}{created}", None, [_statuses(result, chain, begin_s)])


def _effects(result: Run, entry: Entry, caused: list[Chain]) -> list[str]:
    """Return the effects on each replication, or that there were none."""
    hit = set(entry.replications)  # which may be thousands
    reached = [name for name in result.outcomes if name in hit]
    if not reached and isinstance(entry, Occurrence):
        return _on_nothing(result, entry)
    if len(reached) > _REPLICATIONS:
        return [f"reached {len(reached)} replications"]
    effects = []
    for name in reached:
        parts = [_statuses(result, chain, entry.begin_s) for chain in caused if chain.name == name]
        if isinstance(entry, Occurrence):
            parts += _worst_age(result.outcomes[name], entry)
        named = f"{name} " * (len(result.outcomes) > 1)
        effects += [named + ", ".join(parts)] if parts else []
    return effects


def _on_nothing(result: Run, disturbance: Occurrence) -> list[str]:
    kind = DISTURBANCES.get(disturbance.kind)
    if kind is not None and kind.has(FailCalls):  # which waits for calls
        return []
    if kind is not None and kind.has(Degrade) and not _has_capacity(result, disturbance.target):
        return ["without effect: `links` declares no capacity for it"]
    return ["reached no replication"] if not disturbance.affected else []


def _has_capacity(result: Run, link: str) -> bool:
    """Return whether a scenario limits a link."""
    return any(
        link_regions(name) == link_regions(link) and least_of(spec.capacity) < math.inf
        for name, spec in result.scenario.links.items()
    )


def _statuses(result: Run, chain: Chain, since_s: float) -> str:
    """Return the statuses of a chain, each that comes later with its time."""
    steps = [(change.time_s, change.after or "gone") for change in chain.changes]
    outcome = result.outcomes[chain.name]
    if chain.first.after == "ENABLING" and outcome.defined_s is not None:
        steps.append((outcome.defined_s, "initial sync complete"))
    shown = [
        name if time_s == since_s else f"{name} {clock(result.scenario, time_s, since_s)}"
        for time_s, name in sorted(steps, key=lambda step: step[0])
    ]
    return ", ".join(shown)


def _worst_age(outcome: Outcome, disturbance: Occurrence) -> list[str]:
    """Return the largest age until the first sync after a disturbance, if it is known."""
    if not outcome.syncs.keep:
        return []
    teeth = outcome.age
    over_s = math.inf if disturbance.end_s is None else disturbance.end_s
    first = int(teeth.end_s.searchsorted(disturbance.begin_s, "right"))
    last = int(teeth.end_s.searchsorted(over_s, "left")) + 1
    ages = (teeth.end_s - teeth.origin_s)[first:last]
    if not len(ages) or over_s < teeth.begin_s[0]:
        return []
    return [f"age up to {format_duration(float(ages.max()))}"]
