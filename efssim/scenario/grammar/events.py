"""Disturbances and calls: `events` at given times, `faults` at random ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, field_validator
from pydantic.fields import FieldInfo

from efssim.errors import UnknownNameError
from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.disturbances.effects import Target
from efssim.scenario.grammar.disturbances.kind import DisturbanceKind
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES
from efssim.scenario.grammar.network import LinkName
from efssim.scenario.grammar.optional_fields import OptionalFields, optional_field
from efssim.scenario.grammar.types import Duration, Flag, PositiveDuration
from efssim.scenario.operations.names import OperationName
from efssim.scenario.operations.table import OPERATIONS
from efssim.text.items import means_all
from efssim.text.moments import At
from efssim.text.suggestions import suggest
from efssim.text.written import Written

CALL = "call"
"""The key of an event that is a call of the API and no disturbance."""

_TYPES: dict[Target, Any] = {Target.LINK: LinkName, Target.OPERATION: OperationName}
"""Types of the targets of a kind, where that is not just a name."""


CallParameters = Annotated[
    dict[str, Any], WithJsonSchema({"additionalProperties": True, "type": "object"})
]
"""Parameters of a call, as boto3 takes them; the operation says which there are."""


class Disturbance(Model):
    """Base of an event and a fault: exactly one kind, with its target.

    The kinds and the keys that go with some of them are fields that come from their table.
    """

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """Return the keys of which there is exactly one."""
        return DISTURBANCES.names

    @classmethod
    def goes_with(cls) -> dict[str, tuple[str, ...]]:
        """Return the keys that only some kinds have, with those kinds."""
        found: dict[str, tuple[str, ...]] = {}
        for kind in DISTURBANCES:
            for key in kind.options:
                found[key] = (*found.get(key, ()), kind.name)
        return found

    @property
    def kind(self) -> str:
        """The key of its kind."""
        for kind in self.kinds():
            if getattr(self, kind) is not None:
                return kind
        raise UnknownNameError("a disturbance whose kind is no longer in the table of kinds")

    @property
    def target(self) -> str:
        """The name of its target: a Region, link, replication, file system or operation."""
        name: str = getattr(self, self.kind)
        return name

    @property
    def entry(self) -> DisturbanceKind:
        """All that is known of its kind; UnknownNameError for a call, which is no disturbance."""
        return DISTURBANCES[self.kind]

    def option(self, key: str) -> Any:
        """Return the value of a key that goes with its kind, as the entry of the kind has it."""
        return getattr(self, key)

    def takes(self, key: str) -> bool:
        """Return whether a key has a meaning for this kind."""
        return self.kind in self.goes_with().get(key, (self.kind,))

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        chosen = [kind for kind in cls.kinds() if kind in data]
        if len(chosen) == 1:
            yield from cls._misfits_of(chosen[0], data)
        # An unknown key may be a misspelt kind, and has its own problem.
        elif chosen or set(data) <= set(cls.grammar()):
            known = ", ".join(cls.kinds())
            rest = f", not {' and '.join(chosen)}" * bool(chosen)
            yield (), f"needs exactly one of {known}{rest}"

    @classmethod
    def _misfits_of(cls, kind: str, data: Written) -> Iterator[Found]:
        for key, kinds in cls.goes_with().items():
            if key in data and key in cls.grammar() and kind not in kinds:
                known = " and ".join(other for other in kinds if other in cls.kinds())
                yield (key,), f"goes with {known} only"
        entry = DISTURBANCES.get(kind)
        for key, option in entry.options.items() if entry is not None else ():
            if option.is_required and key not in data:
                yield (key,), "is required"
        reason = "a call has no end" if entry is None else entry.endless
        if reason is not None and "for" in data:
            yield ("for",), f"{reason}, so `{kind}` takes no `for`"


class Event(Disturbance):
    """Something that happens at a given time: a disturbance, or a call of the API."""

    at: At
    """When, as time since the start or as a date."""
    lasts: PositiveDuration | None = Field(default=None, alias="for")
    """How long; to the end of the run unless set."""
    call: OperationName | None = None
    """Calls an operation of the EFS API."""
    parameters: CallParameters = Field(default_factory=dict, alias="with")
    """With `call`: its parameters, as boto3 takes them; names stand for ids of file systems."""
    expect: Literal["ok"] | None = None
    """With `call`: `ok` if the call has to succeed."""

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        return (*super().kinds(), CALL)

    @classmethod
    def goes_with(cls) -> dict[str, tuple[str, ...]]:
        found = super().goes_with()
        return {**found, "region": (CALL, *found["region"]), "with": (CALL,), "expect": (CALL,)}

    @classmethod
    def _misfits_of(cls, kind: str, data: Written) -> Iterator[Found]:
        yield from super()._misfits_of(kind, data)
        operation = OPERATIONS.get(str(data.get("call")))
        given = data.get("with")
        if operation is not None and isinstance(given, Mapping):
            known = tuple(operation.parameters.members)
            for name in given:
                if name not in known:
                    hint = suggest(str(name), known) or f" (known are {', '.join(known)})"
                    yield ("with", name), f"unknown parameter of {data['call']}{hint}"


class Disaster(Disturbance):
    """A disturbance that a drill rehearses; the drill says when."""

    lasts: PositiveDuration | None = Field(default=None, alias="for")
    """How long; for good unless set."""


class Fault(Disturbance):
    """A disturbance that comes again and again, at random."""

    every: Distribution[Duration]
    """Time from the end of one to the start of the next; the first from the start of the run."""
    lasts: Distribution[Duration] | None = Field(default=None, alias="for")
    """How long one lasts."""
    each: Flag = False
    """Whether each item of a fleet that is the target, as `orders[*]`, has a fault of its own."""

    @field_validator("every")
    @classmethod
    def _takes_time(cls, value: Distribution[Duration]) -> Distribution[Duration]:
        if value.always_zero():
            raise ValueError("must be longer than 0 s on average")
        return value

    @classmethod
    def _misfits_of(cls, kind: str, data: Written) -> Iterator[Found]:
        yield from super()._misfits_of(kind, data)
        entry = DISTURBANCES[kind]
        target = data.get(kind)
        if data.get("each") is True and not (isinstance(target, str) and means_all(target)):
            yield ("each",), "goes with a target such as `orders[*]`, all items of a fleet"
        if entry.endless is None and entry.needs_for and "for" not in data:
            yield ("for",), "is required"


def _fields() -> dict[str, FieldInfo]:
    """Return the fields of all kinds, then those of the keys that go with some of them."""
    fields = {
        kind.name: optional_field(_TYPES.get(kind.target, str), kind.description)
        for kind in DISTURBANCES
    }
    for kind in DISTURBANCES:
        for key, option in kind.options.items():
            if key not in fields:
                fields[key] = optional_field(option.annotation, option.description, option.default)
    return fields


for _part in (Event, Disaster, Fault):
    DISTURBANCES.on_change(OptionalFields(_part, _fields, first=True).refresh)
