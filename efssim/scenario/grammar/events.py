"""Disturbances and calls: `events` at given times, `faults` at random ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, WithJsonSchema, field_validator

from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.error_codes import ERROR_CODES
from efssim.scenario.grammar.network import LinkName
from efssim.scenario.grammar.parameter_names import PARAMETER_NAMES
from efssim.scenario.grammar.types import Count, Duration, Fraction, PositiveDuration
from efssim.text.moments import At
from efssim.text.suggestions import suggest

OPERATIONS = (
    "CreateReplicationConfiguration",
    "DescribeReplicationConfigurations",
    "DeleteReplicationConfiguration",
    "CreateFileSystem",
    "DescribeFileSystems",
    "UpdateFileSystem",
    "UpdateFileSystemProtection",
    "DeleteFileSystem",
    "PutLifecycleConfiguration",
    "DescribeLifecycleConfiguration",
    "PutBackupPolicy",
    "DescribeBackupPolicy",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
)
"""The operations of the EFS API that are simulated."""


def _operation(name: str) -> str:
    if name not in OPERATIONS:
        raise ValueError(f"unknown operation '{name}'{suggest(name, OPERATIONS)}")
    return name


def _error_code(code: str) -> str:
    if code not in ERROR_CODES:
        raise ValueError(f"unknown error code '{code}'{suggest(code, ERROR_CODES)}")
    return code


def _words(known: Iterable[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(known)})


# Not Literal: a misspelt name gets a suggestion, not the whole list.
Operation = Annotated[str, AfterValidator(_operation), _words(OPERATIONS)]
ErrorCode = Annotated[str, AfterValidator(_error_code), _words(ERROR_CODES)]


class Disturbance(Model):
    """What an event and a fault have in common: exactly one kind, with its target."""

    kinds: ClassVar[tuple[str, ...]] = (
        "opt_out",
        "region_outage",
        "link_outage",
        "link_degraded",
        "kms_key_disabled",
        "permission_lost",
        "fail",
        "api_error",
    )
    """The keys of which there is exactly one."""
    goes_with: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "factor": ("link_degraded",),
        "code": ("api_error",),
        "times": ("api_error",),
        "region": ("call", "api_error"),
        "with": ("call",),
        "expect": ("call",),
    }
    """Keys that only some kinds have."""
    needs: ClassVar[Mapping[str, str]] = {"link_degraded": "factor", "api_error": "code"}
    """Kinds that require a key of theirs."""
    instant: ClassVar[Mapping[str, str]] = {
        "fail": "a failed file system does not recover",
        "call": "a call has no end",
    }
    """Kinds that take no `for`, each with the reason."""

    opt_out: str | None = None
    """Opts out of a Region; opts in again at the end."""
    region_outage: str | None = None
    """A Region is down: no sync from or to it makes progress, and nothing is written in it."""
    link_outage: LinkName | None = None
    """No transfer over a link makes progress."""
    link_degraded: LinkName | None = None
    """The capacity of a link is multiplied by `factor`."""
    kms_key_disabled: str | None = None
    """The key of a replication is disabled, which pauses it."""
    permission_lost: str | None = None
    """A replication lacks the permission to replicate, which pauses it."""
    fail: str | None = None
    """A file system is lost."""
    api_error: Operation | None = None
    """The next calls of an operation fail with `code`."""
    factor: Annotated[Fraction, Field(gt=0)] | None = None
    """With `link_degraded`: what is left of the capacity."""
    code: ErrorCode | None = None
    """With `api_error`: the error code."""
    times: Annotated[Count, Field(gt=0)] = 1
    """With `api_error`: how many calls fail."""
    region: str | None = None
    """With `call`: where it is made; with `api_error`: the Region in which calls fail."""

    @property
    def kind(self) -> str:
        """The key that says what happens."""
        return next(kind for kind in self.kinds if getattr(self, kind) is not None)

    @property
    def target(self) -> str:
        """What it happens to: a Region, link, replication, file system or operation."""
        name: str = getattr(self, self.kind)
        return name

    def takes(self, key: str) -> bool:
        """Whether a key has a meaning for this kind."""
        return self.kind in self.goes_with.get(key, (self.kind,))

    @classmethod
    def misfits(cls, data: Mapping[str, Any]) -> Iterator[Found]:
        yield from super().misfits(data)
        chosen = [kind for kind in cls.kinds if kind in data]
        if len(chosen) == 1:
            yield from cls._misfits_of(chosen[0], data)
        # An unknown key may be a misspelt kind, and has its own problem.
        elif chosen or set(data) <= set(cls.grammar()):
            known = ", ".join(cls.kinds)
            rest = f", not {' and '.join(chosen)}" * bool(chosen)
            yield (), f"needs exactly one of {known}{rest}"

    @classmethod
    def _misfits_of(cls, kind: str, data: Mapping[str, Any]) -> Iterator[Found]:
        for key, kinds in cls.goes_with.items():
            if key in data and key in cls.grammar() and kind not in kinds:
                known = " and ".join(other for other in kinds if other in cls.kinds)
                yield (key,), f"goes with {known} only"
        if kind in cls.needs and cls.needs[kind] not in data:
            yield (cls.needs[kind],), "is required"
        if kind in cls.instant and "for" in data:
            yield ("for",), f"{cls.instant[kind]}, so `{kind}` takes no `for`"


class Event(Disturbance):
    """Something that happens at a given time: a disturbance, or a call of the API."""

    kinds = (*Disturbance.kinds, "call")

    at: At
    """When, as time since the start or as a date."""
    lasts: PositiveDuration | None = Field(default=None, alias="for")
    """How long; to the end of the run unless set."""
    call: Operation | None = None
    """Calls an operation of the EFS API."""
    parameters: dict[str, Any] = Field(default_factory=dict, alias="with")
    """With `call`: its parameters, as boto3 takes them; names stand for ids of file systems."""
    expect: Literal["ok"] | None = None
    """With `call`: `ok` if the call has to succeed."""

    @classmethod
    def _misfits_of(cls, kind: str, data: Mapping[str, Any]) -> Iterator[Found]:
        yield from super()._misfits_of(kind, data)
        known = PARAMETER_NAMES.get(str(data.get("call")))
        given = data.get("with")
        if known is not None and isinstance(given, Mapping):
            for name in given:
                if name not in known:
                    hint = suggest(str(name), known) or f" (known are {', '.join(known)})"
                    yield ("with", name), f"unknown parameter of {data['call']}{hint}"


class Fault(Disturbance):
    """A disturbance that comes again and again, at random."""

    every: Distribution[Duration]
    """Time from the end of one to the start of the next; the first from the start of the run."""
    lasts: Distribution[Duration] | None = Field(default=None, alias="for")
    """How long one lasts."""

    @field_validator("every")
    @classmethod
    def _takes_time(cls, value: Distribution[Duration]) -> Distribution[Duration]:
        if value.always_zero():
            raise ValueError("must be longer than 0 s on average")
        return value

    @classmethod
    def _misfits_of(cls, kind: str, data: Mapping[str, Any]) -> Iterator[Found]:
        yield from super()._misfits_of(kind, data)
        if kind not in ("fail", "api_error") and "for" not in data:
            yield ("for",), "is required"
