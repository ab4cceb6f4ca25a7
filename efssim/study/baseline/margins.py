"""Margins: how much worse than a baseline a number may be, as `rpo.attainment=0.1%`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from efssim.errors import ArgumentError
from efssim.runs.thresholds.numbers import parsed, require_number, shown, unit_of
from efssim.scenario import Scenario
from efssim.text.quoting import cut
from efssim.text.yaml.paths import Path, format_path, parse_path

_MARGIN = re.compile(r'((?:[^"=]|"(?:[^"\\]|\\.)*")*)=(.*)', re.DOTALL)
_FALLING = ("attainment", "attainment_while_writable")
"""Numbers that are worse where they are smaller."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How much worse a number may be."""

    path: Path
    """Of the number, below a replication."""
    replication: str | None
    """Of which replication; None: of each."""
    falls: bool
    """Whether it is worse where it is smaller."""
    size: float
    is_relative: bool
    """Whether the size is a share of the number of the baseline, and not in its own unit."""

    @property
    def measure(self) -> str:
        """The dotted name of the number, as tables of trials have it."""
        return ".".join(map(str, self.path))

    def worst(self, before: float) -> float:
        """Return the worst number that is still within the margin."""
        size = self.size * abs(before) if self.is_relative else self.size
        return before - size if self.falls else before + size

    @property
    def text(self) -> str:
        """The margin in words."""
        verb = "fall" if self.falls else "rise"
        if not self.size:
            return f"may not {verb}"
        unit = unit_of(self.path)
        size = shown(self.size, "share" if self.is_relative else unit)
        points = " points" if unit == "share" and not self.is_relative else ""
        return f"may {verb} by {size}{points}"


DEFAULTS = (
    Margin(("rpo", "attainment"), None, True, 0.0, False),
    Margin(("time_since_last_sync_s", "p99"), None, False, 0.05, True),
)
"""Attainment may not fall, and the p99 of the age may rise by 5 %."""


def margins_of(texts: Iterable[str], scenario: Scenario) -> tuple[Margin, ...]:
    """Return the margins that were asked for; raise ArgumentError for one of no number."""
    found: list[Margin] = []
    for text in texts:
        one = _margin(text, scenario)
        if any((one.path, one.replication) == (each.path, each.replication) for each in found):
            raise ArgumentError(f"{format_path(one.path)} has two margins")
        found.append(one)
    return tuple(found)


def of_replication(asked: Sequence[Margin], replication: str) -> list[Margin]:
    """Return the margins of a replication: its own before those of each, these before defaults."""
    found: dict[Path, Margin] = {}
    general = [each for each in asked if each.replication is None]
    own = [each for each in asked if each.replication == replication]
    for each in (*DEFAULTS, *general, *own):
        found[each.path] = each
    return list(found.values())


def _margin(text: str, scenario: Scenario) -> Margin:
    parts = _MARGIN.fullmatch(text)
    if parts is None:
        raise ArgumentError(f"{cut(text)} is no margin such as `rpo.attainment=0.1%`")
    path, value = parse_path(parts[1].strip()), parts[2].strip()
    replication = str(path[0]) if str(path[0]) in scenario.replications else None
    below = path if replication is None else path[1:]
    if not below:
        raise ArgumentError(f"{cut(text)} names no number of the replication")
    for name in scenario.replications if replication is None else (replication,):
        require_number((name, *below), scenario)
    sign = value[:1] if value[:1] in ("+", "-") else ""
    falls = sign == "-" if sign else str(below[-1]) in _FALLING
    size, is_relative = _size(value[len(sign) :].strip(), below)
    return Margin(below, replication, falls, size, is_relative)


def _size(text: str, path: Path) -> tuple[float, bool]:
    unit = unit_of(path)
    if unit == "share" or not text.endswith("%"):
        size, is_relative = parsed(unit, text), False
    else:
        size, is_relative = parsed("share", text), True
    if not 0 <= size < float("inf"):
        raise ArgumentError(f"{cut(text)} is no margin: it has to be 0 or more")
    if unit == "share" and size > 1 and path[-1] != "utilisation":
        raise ArgumentError(f"{cut(text)} is no margin: it has to be at most 100 % points")
    return size, is_relative
