"""Fields of a part of a scenario that follow a table: an optional one for each entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from pydantic import Field
from pydantic.fields import FieldInfo

from efssim.scenario.grammar.base import Model


def optional_field(kind: Any, description: str, default: Any = None) -> FieldInfo:
    """Return a field of a type that is written or has its default."""
    annotation = kind if default is not None else kind | None
    described: FieldInfo = Field(default, description=description)
    return FieldInfo.from_annotated_attribute(annotation, described)


class OptionalFields:
    """The fields of a model that a table gives it; they change as the table does."""

    def __init__(
        self,
        model: type[Model],
        wanted: Callable[[], Mapping[str, FieldInfo]],
        *,
        first: bool = False,
    ) -> None:
        """Give a model the fields that are `wanted`, before or after those of its own.

        It must not have been used yet, nor any that contains it.
        """
        self._model, self._wanted, self._first = model, wanted, first
        self._given: set[str] = set()
        self._give()

    def refresh(self) -> None:
        """Set the fields to those that are wanted now."""
        self._give()
        for part in _built_with(self._model):
            part.model_rebuild(force=True)

    def _give(self) -> None:
        wanted, fields = self._wanted(), self._model.model_fields
        own = {name: field for name, field in fields.items() if name not in self._given}
        for name in sorted(self._given - set(wanted)):
            delattr(self._model, name)
        for name, field in wanted.items():
            # Parts that were read before have no value of their own.
            setattr(self._model, name, field.default)
        fields.clear()
        fields.update({**wanted, **own} if self._first else {**own, **wanted})
        self._given = set(wanted)


def _built_with(model: type[Model]) -> Iterator[type[Model]]:
    """Yield the models whose validators contain that of a model, from it upwards."""
    reached = {model}
    waiting = [part for part in _models(Model) if part is not model]
    found = [model]
    while found:
        yield from (part for part in found if part.__pydantic_complete__)
        found = [part for part in waiting if _has(part, reached)]
        reached |= set(found)
        waiting = [part for part in waiting if part not in reached]


def _models(base: type[Model]) -> Iterator[type[Model]]:
    for part in base.__subclasses__():
        yield part
        yield from _models(part)


def _has(part: type[Model], reached: set[type[Model]]) -> bool:
    """Return whether a model is made from one of some models, by a field or as a base."""
    kinds = (kind for field in part.model_fields.values() for kind in _within(field.annotation))
    return any(kind in reached for kind in (*kinds, *part.__bases__))


def _within(kind: Any) -> Iterator[Any]:
    yield kind
    for part in get_args(kind):
        yield from _within(part)
