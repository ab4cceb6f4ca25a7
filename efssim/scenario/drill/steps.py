"""The steps of a runbook: those it knows itself, named ones with their time, and calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, WithJsonSchema

from efssim.scenario.grammar.base import Model
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Duration, PositiveDuration
from efssim.scenario.operations.names import OperationName
from efssim.scenario.operations.table import OPERATIONS
from efssim.text.suggestions import suggest
from efssim.text.written import Written

DELETE, MOUNT_TARGETS = "delete", "mount_targets"
"""Steps that the runbook knows itself."""

_KEYS = ("call", "with", "region", "retry")
"""Keys of a step besides its name."""


class RunbookStep(Model):
    """A step of the runbook: one of its own, a named one with its time, or a call."""

    name: str = ""
    """Its name; that of the operation where it is a call."""
    lasts: Distribution[Duration] | None = None
    """How long it takes; None: as long as EFS takes."""
    call: OperationName | None = None
    """The operation of the EFS API that it calls."""
    parameters: dict[str, Any] = Field(default_factory=dict, alias="with")
    """With `call`: its parameters, as boto3 takes them; names stand for ids of file systems."""
    region: str | None = None
    """With `call`: where it is made; unless set in the Region of the destination."""
    retry: PositiveDuration | None = None
    """Time after which the step is tried again if it is refused; unless set the drill fails."""

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.name or str(self.call)


class _WrittenStep(NamedTuple):
    """A step as it was written."""

    keys: Written
    names: list[str]


def _read_step(data: object) -> object:
    """Return a step in the keys of its model; ValueError for what is none."""
    if isinstance(data, RunbookStep):
        return data
    if isinstance(data, str):
        if data not in (DELETE, MOUNT_TARGETS):
            raise ValueError(
                f"'{data}' is not `{DELETE}` or `{MOUNT_TARGETS}`"
                f"{suggest(data, (DELETE, MOUNT_TARGETS))}; one of your own has a duration,"
                f" {{{data}: 5 min}}"
            )
        return {"name": data}
    if not isinstance(data, Mapping):
        raise ValueError(
            f"must be `{DELETE}`, `{MOUNT_TARGETS}`, {{NAME: DURATION}} or {{call: …}}"
        )
    if _is_of_model(data):
        return data
    written = _WrittenStep(data, [str(key) for key in data if key not in _KEYS])
    return _call_step(written) if "call" in data else _named_step(written)


def _is_of_model(data: Written) -> bool:
    """Return whether a step is written as its model has it, and not as a scenario."""
    if "lasts" not in data and data.get("name") not in (DELETE, MOUNT_TARGETS):
        return False
    return "name" in data and set(data) <= {"name", "lasts", *_KEYS}


def _call_step(written: _WrittenStep) -> Written:
    if written.names:
        raise ValueError(f"a call has no `{written.names[0]}`{suggest(written.names[0], _KEYS)}")
    _check_parameters(written.keys)
    return written.keys


def _check_parameters(keys: Written) -> None:
    operation, given = OPERATIONS.get(str(keys["call"])), keys.get("with")
    if operation is None or not isinstance(given, Mapping):
        return
    known = tuple(operation.parameters.members)
    for name in given:
        if name not in known:
            hint = suggest(str(name), known) or f" (known are {', '.join(known)})"
            raise ValueError(f"with.{name}: unknown parameter of {keys['call']}{hint}")


def _named_step(written: _WrittenStep) -> Written:
    for key in ("with", "region"):
        if key in written.keys:
            raise ValueError(f"`{key}` goes with `call` only")
    if len(written.names) != 1:
        raise ValueError("needs one name with its duration, such as {dns: 1 min}, or `call`")
    name = written.names[0]
    rest = {key: part for key, part in written.keys.items() if key in _KEYS}
    if name == DELETE:
        if written.keys[name] is not None:
            raise ValueError(f"`{DELETE}` takes as long as `control.deleting` says")
        return {"name": name, **rest}
    if name == MOUNT_TARGETS and written.keys[name] is None:
        return {"name": name, **rest}
    if name != MOUNT_TARGETS and "retry" in rest:
        raise ValueError(f"`retry` goes with steps that EFS may refuse, not with '{name}'")
    if written.keys[name] is None:
        raise ValueError(f"'{name}' needs its duration, such as {{{name}: 5 min}}")
    return {"name": name, "lasts": written.keys[name], **rest}


def always(seconds: float) -> Distribution[Duration]:
    """Return the distribution of a constant."""
    return Distribution[Duration].model_construct(constant=seconds)


_TWO_MINUTES = 120.0
"""Until a mount target is available; measured in tests of a public tool, 123 to 128 s."""


def default_steps() -> tuple[RunbookStep, ...]:
    """Return the steps of a runbook that names none."""
    return (
        RunbookStep.model_construct(name=DELETE),
        RunbookStep.model_construct(name=MOUNT_TARGETS, lasts=always(_TWO_MINUTES)),
    )


_SCHEMA = {
    "type": "array",
    "items": {
        "anyOf": [{"enum": [DELETE, MOUNT_TARGETS]}, {"type": "object", "minProperties": 1}],
        "description": "`delete`, `mount_targets`, {NAME: DURATION} or {call: OPERATION, with: …}.",
    },
}


def name_of(step: object) -> str | None:
    """Return the name of a step as it was written; None of one without."""
    if isinstance(step, str):
        return step
    if isinstance(step, Mapping):
        if _is_of_model(step):
            return str(step["name"])
        names = [str(key) for key in step if key not in _KEYS]
        return names[0] if names else None
    return None


Steps = Annotated[
    tuple[Annotated[RunbookStep, BeforeValidator(_read_step)], ...], WithJsonSchema(_SCHEMA)
]
"""Steps as they are written."""
