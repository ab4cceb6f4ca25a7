"""Numbers of the summary by their paths, known before anything runs, and their units."""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from efssim.errors import ArgumentError
from efssim.lag.fleets.summary import FleetSummary, ItemSpread
from efssim.lag.kinds.table import LAG_MEASURES
from efssim.lag.summary import (
    AGE,
    AgeSummary,
    LagSummary,
    ReplicationSummary,
    RunSummary,
    WriteLagSummary,
)
from efssim.model.entities.errors import RunError
from efssim.scenario import Scenario
from efssim.scenario.fleets.paths import REPLICATIONS
from efssim.scenario.thresholds import Threshold, threshold
from efssim.text.items import first_meant, fleet_hint
from efssim.text.quantities import (
    format_duration,
    format_size,
    parse_duration,
    parse_size,
)
from efssim.text.quoting import cut
from efssim.text.suggestions import suggest
from efssim.text.yaml.paths import Path, format_path

POOLED = "pooled"
"""First part of the paths of numbers over all trials together."""
FLEETS = "fleets"
"""First part of the paths of numbers over the items of fleets."""
SPREAD_KEYS = tuple(field.name for field in fields(ItemSpread))
_ALONE = (["count"], ["attainment_all"])
"""Numbers of a fleet that are of all items together."""
Kind: TypeAlias = Any
"""A type of a part of a summary, as an annotation says it."""
Unit = Literal["seconds", "bytes", "share", "number"]
_SHARES = (
    "attainment",
    "attainment_all",
    "attainment_while_writable",
    "utilisation",
    "unwarranted_share",
    "share",
)
_COUNTS = ("count", "writes", "open_at_end_writes", "lost_writes", "violations", "completed")


@dataclass(frozen=True, slots=True)
class KnownThreshold:
    """A threshold on a number that there is."""

    text: str
    asked: Threshold
    unit: Unit
    limit: float

    @property
    def replication(self) -> str | None:
        """The replication that it is about; None: it is about the whole."""
        first = self.asked.path[1] if self.asked.path[0] == POOLED else self.asked.path[0]
        return str(first)


_MOST_PLAIN = 2.0
"""The largest share that is taken as written without `%`: per cent are more, utilisations rarely;
chosen."""


def known_thresholds(scenario: Scenario) -> list[KnownThreshold]:
    """Return the thresholds of a scenario; raise RunError for one that is about no number."""
    found = []
    for ordinal, text in enumerate(scenario.thresholds):
        try:
            found.append(_known(text, scenario))
        except ValueError as error:
            raise RunError(("thresholds", ordinal), str(error)) from None
    return found


def _known(text: str, scenario: Scenario) -> KnownThreshold:
    asked = threshold(text)
    require_number(asked.path, scenario)
    unit = unit_of(asked.path)
    limit = parsed(unit, asked.value)
    if unit == "share" and not 0 <= limit <= (math.inf if asked.path[-1] == "utilisation" else 1):
        raise ArgumentError(
            f"{cut(asked.value)} is no value that {format_path(asked.path)} can have"
        )
    return KnownThreshold(text, asked, unit, limit)


def require_number(path: Path, scenario: Scenario) -> None:
    """Raise ArgumentError unless there is a number at a path of a summary."""
    first, *rest = map(str, path)
    if first == POOLED:
        name, *rest = rest or [""]
        _require_name(name, scenario.replications, path)
        kind: Kind = _lag_kinds()
    elif first_meant(first) in scenario.replications:
        kind = ReplicationSummary
    elif first == FLEETS:
        kind, rest = _of_fleet(scenario, rest, path)
    else:
        kind, rest = RunSummary, [first, *rest]
        if fleet_hint(first, scenario.replications):
            raise ArgumentError(f"{format_path(path)}: {fleet_hint(first, scenario.replications)}")
        if first == "replications" and len(rest) > 1:
            _require_name(rest[1], scenario.replications, path)
    _walk(kind, rest, path)


def _of_fleet(scenario: Scenario, rest: list[str], path: Path) -> tuple[Kind, list[str]]:
    """Return the kind that the number of a fleet is in, and its path there; raise ArgumentError."""
    known = [fleet.name for fleet in scenario.fleets if fleet.section == REPLICATIONS]
    name, *inside = rest or [""]
    if name not in known:
        message = f"no fleet of replications '{cut(name)}'{suggest(name, known)}"
        raise ArgumentError(f"{format_path(path)}: {message}")
    if len(inside) > 1 and inside[-1] in SPREAD_KEYS:
        return ReplicationSummary, inside[:-1]
    if inside in _ALONE:
        return FleetSummary, inside
    message = f"a number of a fleet ends in {', '.join(SPREAD_KEYS)}, or is attainment_all"
    raise ArgumentError(f"{format_path(path)}: {message}")


def _require_name(name: str, known: Collection[str], path: Path) -> None:
    if first_meant(name) not in known:
        hint = fleet_hint(name, known)
        text = hint or f"no replication '{cut(name)}'{suggest(name, known)}"
        raise ArgumentError(f"{format_path(path)}: {text}")


def _walk(kind: Kind, rest: list[str], path: Path) -> None:
    """Follow keys through the types of a summary; raise ArgumentError where there is no number."""
    for name in rest:
        parts = _parts(kind)
        if parts is None or (isinstance(parts, dict) and name not in parts):
            known = parts if isinstance(parts, dict) else {}
            raise ArgumentError(
                f"{format_path(path)}: no number '{cut(name)}'{suggest(name, known)}"
            )
        kind = parts[name] if isinstance(parts, dict) else parts
    if kind not in (float, int):
        raise ArgumentError(f"{format_path(path)} is no number, but has some: say which")


@cache
def _lag_kinds() -> dict[str, Kind]:
    return {
        each.name: AgeSummary
        if each.name == AGE
        else (WriteLagSummary if each.weight in ("writes", "bytes") else LagSummary)
        for each in LAG_MEASURES
    }


def _parts(kind: Kind) -> Kind:
    """Return the kinds of the parts of a kind by name; one kind for any name; None: no parts."""
    if isinstance(kind, dict):
        return kind
    origin: Kind = get_origin(kind)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _plain(get_args(kind)[1])
    if isinstance(kind, type) and is_dataclass(kind):
        return dict(_fields(kind))
    return None


def _fields(kind: type[Any]) -> Iterator[tuple[str, Kind]]:
    hints = get_type_hints(kind)
    for field in fields(kind):
        if kind is ReplicationSummary and field.name == "lags":
            yield from _lag_kinds().items()
        else:
            yield field.metadata.get("key", field.name), _plain(hints[field.name])


def _plain(kind: Kind) -> Kind:
    """Return a kind without None."""
    origin: Kind = get_origin(kind)
    if origin is Union or origin is types.UnionType:
        (found,) = [part for part in get_args(kind) if part is not types.NoneType]
        return found
    return kind


def unit_of(path: Path) -> Unit:
    """Return the unit of the number at a path, by its name."""
    names = list(map(str, path))
    if names[0] == FLEETS and names[-1] in SPREAD_KEYS:
        names.pop()  # a number of items is in the unit of each
    last = names[-1]
    if last in _SHARES:
        return "share"
    if last in _COUNTS:
        return "number"
    if last.endswith("_s") or any(name.endswith("_s") for name in names[:-1]):
        return "seconds"
    return "bytes" if any(name.endswith("bytes") for name in names) else "number"


def _share(text: str) -> float:
    """Return a share, which may be above 1: a utilisation is."""
    number = text.removesuffix("%")
    try:
        found = _finite(number)
    except ValueError:
        raise ArgumentError(f"{cut(text)} is no share such as `99.9 %` or 0.999") from None
    if number == text and found > _MOST_PLAIN:
        raise ArgumentError(f"{cut(text)} is {100 * found:g} %; did you mean '{cut(text)} %'?")
    return found / 100 if number != text else found


def _number(text: str) -> float:
    try:
        return _finite(text.replace("_", ""))
    except ValueError:
        raise ArgumentError(f"{cut(text)} is no number") from None


def _finite(text: str) -> float:
    """Return a number; raise ValueError for others: everything is below infinity."""
    found = float(text)
    if not math.isfinite(found):
        raise ValueError
    return found


_LIMITS: dict[Unit, Callable[[str], float]] = {
    "seconds": parse_duration,
    "bytes": parse_size,
    "share": _share,
    "number": _number,
}


def parsed(unit: Unit, text: str) -> float:
    """Return a number as it is written, such as `10 min`; raise ValueError for no such number."""
    return _LIMITS[unit](text)


def shown(value: float, unit: Unit) -> str:
    """Return a number in words."""
    if unit == "seconds":
        return format_duration(value)
    if unit == "bytes":
        return format_size(round(value))
    return f"{100 * value:.6g} %" if unit == "share" else f"{value:,.6g}"
