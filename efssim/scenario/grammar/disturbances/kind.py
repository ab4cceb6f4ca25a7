"""A kind of disturbance: all facts and words of it in one entry."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from efssim.errors import ArgumentError
from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.grammar.disturbances.effects import Effect, Lose, Pause, Target
from efssim.text.written import Written

E = TypeVar("E", bound=Effect)

_TAKEN = {
    *("at", "call", "every", "expect", "for", "lasts", "parameters", "with"),
    *("entry", "goes_with", "kind", "kinds", "option", "takes", "target"),
}
"""Keys that events and faults of all kinds have, and names of their attributes."""


@dataclass(frozen=True, slots=True)
class Known:
    """The targets that exist."""

    regions: Collection[str]
    enabled_by_default: Callable[[str], bool]
    """Whether AWS enables a Region by default, so that nobody can opt out of it."""
    named: Mapping[Target, Collection[str]]
    """The names of all replications and file systems."""


@dataclass(frozen=True, slots=True)
class Option:
    """A key that goes with some kinds of disturbances only."""

    annotation: Any  # as pydantic takes it
    """The type of its values."""
    description: str
    """A sentence for the JSON Schema."""
    default: Any = None  # of the type above
    """The value unless it is written; None: none."""
    is_required: bool = False
    """Whether the kind needs it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class DisturbanceKind:
    """A kind of disturbance that `events` and `faults` can have.

    The grammar, its checks and its JSON Schema, the simulation, the closed forms, figures and
    reports follow from it.
    """

    name: str
    """The key, whose value is the target."""
    target: Target
    """The kind of its targets."""
    effects: tuple[Effect, ...]
    """Its effects while it lasts, in the order in which they begin."""
    description: str
    """A sentence for the JSON Schema."""
    options: Mapping[str, Option] = field(default_factory=dict)
    """Keys of its own; an option that another kind has as well is the same for both."""
    endless: str | None = None
    """Why it never ends: it then takes no `for`, and a fault of it comes once."""
    needs_for: bool = True
    """Whether a fault of it has to say how long it lasts, where it is not endless."""
    words: str = ""
    """Its name for people; the key without underscores unless it is given."""
    check: Callable[[Written, Known], Iterable[Found]] | None = None
    """Yields further mistakes of an entry, as it was written."""

    def __post_init__(self) -> None:
        """Raise ArgumentError for a name that is no key, and for effects that do not fit."""
        for key in (self.name, *self.options):
            if not key.isidentifier() or key.startswith("_") or _is_taken(key):
                raise ArgumentError(f"'{key}' cannot be a key of a disturbance")
        if self.has(Lose) and self.endless is None:
            raise ArgumentError(f"{self.name}: loses for good, so `endless` has to say why")
        for effect in self.effects:
            if self.target not in effect.targets:
                raise ArgumentError(
                    f"{self.name}: a {self.target.value} cannot have the effect"
                    f" {type(effect).__name__}"
                )

    @property
    def pauses(self) -> bool:
        """Whether replications are paused by it."""
        return self.has(Pause)

    @property
    def names_its_target(self) -> bool:
        """Whether its label has to name the target, even beside the parts that it reached.

        The label on a replication needs neither its name nor that of its only link.
        """
        return self.target not in (Target.LINK, Target.REPLICATION)

    def has(self, effect: type[Effect]) -> bool:
        """Return whether it has an effect of a kind."""
        return self.effect(effect) is not None

    def effect(self, effect: type[E]) -> E | None:
        """Return its effect of a kind, None if it has none."""
        return next((each for each in self.effects if isinstance(each, effect)), None)


def _is_taken(key: str) -> bool:
    return key in _TAKEN or hasattr(Model, key)
