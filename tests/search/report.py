"""What a search prints."""

from __future__ import annotations

from collections.abc import Iterator

from efssim import Scenario
from search.checks.table import CHECKS
from search.features.table import FEATURES
from search.tally import Tally, leaves

MOST = 12


def lines(tally: Tally, seconds: float, *, whole: bool) -> Iterator[str]:
    """Yield what was searched; `whole` lists every pair that never met and the counts of pairs."""
    refused, failed = sum(tally.refused.values()), len(tally.failures)
    rate = 60 * tally.count / max(seconds, 1e-9)
    yield f"{tally.count:,} scenarios in {seconds / 60:.1f} min, {rate:,.0f} a minute"
    yield f"{tally.passed:,} passed, {refused:,} refused, {failed:,} failed"
    yield "drawn: " + ", ".join(f"{name} {n:,}" for name, n in tally.kinds.most_common())
    yield "checks: " + ", ".join(f"{each.name} {tally.made[each.name]:,}" for each in CHECKS)
    second = tally.made["second model"] / max(tally.count - refused, 1)
    yield f"compared with the second model: {second:.0%}"
    yield from _most("left out", {f"{a}: {b}": n for (a, b), n in tally.skipped.items()}, whole)
    yield from _most("refused", tally.refused, whole)
    yield from _pairs(tally, whole)
    drawn = {key.rsplit(".", 1)[-1] for key in tally.keys}
    never = sorted(leaves(Scenario.model_json_schema()) - drawn)
    yield f"keys of the grammar never drawn: {', '.join(never) or 'none'}"


def _most(title: str, counts: dict[str, int], whole: bool) -> Iterator[str]:
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    for name, count in ranked if whole else ranked[:MOST]:
        yield f"{title} {count:,}: {name}"


def _pairs(tally: Tally, whole: bool) -> Iterator[str]:
    never, count = tally.never_met(), len(FEATURES)
    every = count * (count - 1) // 2
    met = sorted(tally.met.values())
    rare = f", the rarest {met[0]:,} times, half {met[len(met) // 2]:,} times" if met else ""
    yield f"pairs of {count} features that met: {every - len(never):,} of {every:,}{rare}"
    for a, b in never if whole else never[:MOST]:
        yield f"never met: {a} and {b}"
    if whole:
        yield from (f"met {n:,}: {a} and {b}" for (a, b), n in tally.met.most_common())
