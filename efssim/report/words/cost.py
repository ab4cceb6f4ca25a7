"""Cost in words: for a month of 30 days, by file system and replication."""

from __future__ import annotations

from efssim.lag.cost.summary import CostSummary, FileSystemCost, ReplicationCost
from efssim.report.words.lines import wrapped
from efssim.study.means.cost import CostOfTrials
from efssim.text.digits import grouped
from efssim.text.quantities import format_size

Costs = CostSummary | CostOfTrials

_FEW = 8
"""File systems of which each has its sentence."""
_STANDARD = (
    "Priced as if all of it stayed in Standard (or One Zone) storage; a replica does not inherit "
    "lifecycle rules. What clients read is not priced."
)


def money(amount: float | None, currency: str) -> str:
    """Return an amount for people, such as `77.24 USD`."""
    if amount is None:
        return "not known"
    digits = f"{amount:,.2f}" if amount >= 1 or not amount else grouped(amount, 3)
    return f"{digits} {currency}"


def cost_lines(cost: Costs | None) -> list[str]:
    """Return the sentences on cost as lines of a report; nothing where there are no prices."""
    if cost is None:
        return []
    first, *rest = cost_texts(cost)
    return [*wrapped(first), *(line for text in rest for line in wrapped(f"  {text}", indent=4))]


def cost_texts(cost: Costs | None) -> list[str]:
    """Return the sentences on cost; nothing where there are no prices."""
    if cost is None:
        return []
    parts: list[str] = []
    if len(cost.file_systems) <= _FEW:
        parts += (_system(name, part, cost.currency) for name, part in cost.file_systems.items())
        parts += (_replication(*item, cost.currency) for item in cost.replications.items())
    return [
        _whole(cost),
        *parts,
        f"Prices of {cost.date}: {cost.source}. {_STANDARD}",
    ]


def _whole(cost: Costs) -> str:
    if cost.missing:
        missing = ", ".join(cost.missing)
        return f"Cost: not known, as these prices are missing: {missing}."
    text = f"Cost: {money(cost.per_month, cost.currency)} for a month of 30 days"
    interval = cost.ci95.per_month if isinstance(cost, CostOfTrials) else None
    if interval is not None and interval.high > interval.low:
        low, high = (money(end, cost.currency) for end in interval)
        text += f", {low} to {high} with 95 % confidence"
    return f"{text}."


def _system(name: str, part: FileSystemCost, currency: str) -> str:
    text = f"{name}: {money(part.storage, currency)} to store {format_size(round(part.mean_bytes))}"
    others = {"provisioned throughput": part.throughput, "what clients write": part.requests}
    more = [f"{money(part, currency)} for {kind}" for kind, part in others.items() if part != 0]
    return f"{', '.join([text, *more])}."


def _replication(name: str, part: ReplicationCost, currency: str) -> str:
    sent = format_size(round(part.wire_bytes))
    text = (
        f"{name} adds {money(part.per_month, currency)}: {money(part.storage, currency)} for its "
        f"destination, {money(part.transfer, currency)} for transfers ({sent} in the window)"
    )
    if part.initial_wire_bytes:
        text += f"; its initial sync {money(part.initial_transfer, currency)} once"
    return f"{text}."
