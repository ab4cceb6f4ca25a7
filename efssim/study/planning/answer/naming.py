"""Names of the parameter of a plan in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from efssim.study.planning.search import Direction
from efssim.study.varying.space import VariedParameter


@dataclass(frozen=True, slots=True)
class Naming:
    """How a sentence names a parameter: "a sync interval of … for dr", or by its path."""

    noun: str
    """After "every" and "no"."""
    one: str
    """Before a value."""
    subject: str
    """As the subject of a sentence, without a value."""
    tried: str
    """The noun, of those values that were tried."""
    whose: str = ""
    """After a value: whose parameter it is, with a blank before it."""


_NOUNS = {
    ("replications", "sync", "interval"): "sync interval",
    ("replications", "sync", "throughput"): "sync throughput",
    ("replications", "sync", "setup"): "setup time of syncs",
    ("replications", "initial", "throughput"): "throughput of the initial sync",
    ("links", "capacity"): "link capacity",
    ("links", "concurrency"): "number of concurrent syncs",
    ("file_systems", "size"): "size",
}
"""Names of parameters by their keys, without the name of the part of the scenario they are of."""


def by_path(path: str) -> Naming:
    """Name a parameter as the scenario does."""
    return Naming(f"value of {path}", path, path, f"value tried of {path}")


def in_words(parameter: VariedParameter) -> Naming:
    """Name a parameter as people do; by its path where they have no short word for it."""
    keys = tuple(map(str, parameter.segments))
    noun = _NOUNS.get((keys[0], *keys[2:]))
    if noun is None:
        return by_path(parameter.path)
    whose = f" for {keys[1]}"
    return Naming(noun, f"a {noun}", f"the {noun}{whose}", f"{noun} tried", whose)


def bound_text(direction: Direction | None) -> str:
    """Return on which side of an answer values meet the objective."""
    return "at least" if direction == "smallest" else "at most"


def limit_text(direction: Direction | None, value: str) -> str:
    """Return an answer in a few words: "At most 5 min"."""
    return f"{bound_text(direction).capitalize()} {value}"
