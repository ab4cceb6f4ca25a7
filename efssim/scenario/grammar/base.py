"""The base of every scenario model: frozen, strict, and reporting all its problems at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails, InitErrorDetails, PydanticCustomError

from efssim.scenario.grammar.descriptions import field_descriptions
from efssim.text.quoting import cut
from efssim.text.suggestions import suggest
from efssim.text.written import Written
from efssim.text.yaml.paths import Path as Place

T = TypeVar("T")

SHARED = "shared"
"""Key of a validation's context: a mapping of the parts that were made, by how they are written."""

Found = tuple[tuple[str | int, ...], str]
"""A path, relative to the part that reports it, and the mistake there."""


class _NoGetattr:
    """A `__getattr__` that objects have and their class does not seem to have.

    Completion of `scenario.replications["dr"].sync.` evaluates the beginning, which IPython does
    only where no class has a `__getattr__` that might run code. That of pydantic finds private
    attributes and extras, of which a scenario has neither.
    """

    def __get__(self, instance: object | None, owner: type) -> Callable[[str], Any]:
        if instance is None:
            raise AttributeError("__getattr__")
        return partial(object.__getattribute__, instance)  # raises as it did before


if TYPE_CHECKING:  # it has no public name
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


class _Listed(ModelMetaclass):
    """A class whose `dir` leaves out the names that get in the way of completion.

    pydantic has some thirty public methods, a dozen of them deprecated. IPython completes an object
    by its own `dir` and by that of its class.
    """

    def __dir__(self) -> list[str]:
        """Return special names, few helpers of pydantic, and the properties and methods of ours."""
        own = (vars(part).items() for part in self.__mro__ if part.__module__.startswith("efssim."))
        helpers = {name for items in own for name, value in items if _is_helper(value)}
        known = super().__dir__()
        return [name for name in known if name[0] == "_" or name in helpers | _HELPERS]


_HELPERS = {"model_dump", "model_dump_json", "model_json_schema", "model_validate"}


def _is_helper(value: object) -> bool:
    return isinstance(value, property | FunctionType)


class Model(BaseModel, metaclass=_Listed):
    """A part of a scenario. Unknown keys, keys without a value and misfits are problems."""

    bare: ClassVar[str | None] = None
    """The key that somebody means who writes a single value instead of the mapping."""

    is_shared: ClassVar[bool] = False
    """Whether parts of a file that are written alike become one object: a fleet has thousands."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _report_all(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        made = (info.context or {}).get(SHARED) if cls.is_shared else None
        if made is None or not isinstance(data, Mapping):
            return cls._reported(data, handler)
        alike = cls, repr(data)
        if alike not in made:
            made[alike] = cls._reported(data, handler)
        found: Self = made[alike]
        return found

    @classmethod
    def _reported(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        # A plain "before" validator that raises would hide the problems of the other keys.
        if cls.bare is not None and isinstance(data, str | int | float):
            raise ValueError(f"must be a mapping, such as {{{cls.bare}: {cut(data)}}}")
        if not isinstance(data, Mapping):
            return handler(data)
        grammar = cls.grammar()
        good = {key: part for key, part in data.items() if key in grammar and part is not None}
        problems = [problem(loc, text) for loc, text in cls.misfits(data)]
        return collect(cls.__name__, problems, lambda: handler(good))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        for field in cls.model_fields.values():
            if isinstance(field.default, Model):
                type(field.default).model_rebuild()  # the default's serializer; pydantic 2.11 asks
        whole = handler(core)
        properties = handler.resolve_ref_schema(whole).get("properties", {})
        described = field_descriptions(cls)
        for name, field in cls.model_fields.items():
            key, text = field.alias or name, described.get(name, field.description or "")
            properties[key] = {**properties[key], "description": text}
        return whole

    if not TYPE_CHECKING:  # a checker would allow any attribute
        __getattr__ = _NoGetattr()

    def __dir__(self) -> list[str]:
        """Return the names for completion: the fields, and few helpers besides."""
        return [*type(self).model_fields, *dir(type(self))]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the data as written: the classes of parametrised distributions have no address."""
        return type(self).model_validate, (self.model_dump(by_alias=True, exclude_unset=True),)

    @classmethod
    def grammar(cls) -> list[str]:
        """Return the keys as a scenario has them; `for` and `with` are no names in Python."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        """Yield the mistakes in the keys, alone and together, regardless of their values.

        They are read as written, so that a malformed value hides no misfit.
        """
        grammar = cls.grammar()
        for key, part in data.items():
            if key not in grammar:
                yield (key,), f"unknown key{suggest(str(key), grammar)}"
            elif part is None:
                yield (key,), "has no value"


def problem(loc: tuple[str | int, ...], message: str) -> InitErrorDetails:
    """Return one problem in pydantic's form, at `loc` relative to the model that reports it."""
    # ctx-free templates are taken literally, so braces in a message are safe.
    kind = PydanticCustomError("problem", message)
    return InitErrorDetails(type=kind, loc=loc, input=None)


def collect(title: str, problems: list[InitErrorDetails], validate: Callable[[], T]) -> T:
    """Run `validate` and raise one ValidationError with its problems and those known already."""
    try:
        result = validate()
    except ValidationError as error:
        told = [line["loc"] for line in problems]
        problems = problems + [
            problem(line["loc"], plain_message(line))
            for line in error.errors()
            # A key that was left out because of its own problem is not missing.
            if not (line["type"] == "missing" and line["loc"] in told)
        ]
    if problems:
        # A check that was made of the keys alone may be made again of the whole.
        unique = {(line.get("loc"), str(line["type"])): line for line in problems}
        raise ValidationError.from_exception_data(title, list(unique.values()))
    return result


def plain_message(line: ErrorDetails) -> str:
    """Return a validation error in the words of a scenario's author."""
    if line["type"] == "missing":
        return "is required"
    if line["type"] == "model_type" or line["type"] == "dict_type":
        return "must be a mapping of names to values"
    if line["type"] in ("list_type", "tuple_type"):
        return "must be a list"
    if line["type"] in ("too_short", "too_long"):
        context = line["ctx"]
        wanted = context.get("min_length", context.get("max_length"))
        return f"needs {wanted} values, not {context['actual_length']}"
    if line["type"] == "bool_type":
        return "must be true or false"
    if line["type"] == "string_pattern_mismatch":
        return "takes letters, digits, '.', '_' and '-' only, the first a letter or digit"
    message = line["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return message.replace("valid string", "string")


_OF_FILES = ("alarms",)
"""The section whose entries a file may have, which is not among the data: all of a path helps."""


def located(error: ValidationError, data: object) -> Iterator[tuple[Place, Place, str]]:
    """Yield the problems of data that is not valid, in the words of its author.

    Each has the longest beginning of its path that was written, the path to show, and a message.
    """
    for line in error.errors():
        loc, message = line["loc"], plain_message(line)
        path = _written(data, loc)
        shown = loc[: len(path) + 1] if message == "is required" else path
        yield path, loc if path == _OF_FILES else shown, message


def _written(data: Any, loc: Place) -> Place:
    """Return the longest beginning of a path that the data has."""
    for depth, segment in enumerate(loc):
        try:
            data = data[segment]
        except (KeyError, IndexError, TypeError):  # not there, or not a mapping or list at all
            return loc[:depth]
    return loc


def one_of(model: BaseModel) -> str:
    """Return the name of the only field that is set; raise ValueError unless there is just one."""
    names = [name for name in type(model).model_fields if getattr(model, name) is not None]
    if len(names) != 1:
        known = ", ".join(type(model).model_fields)
        raise ValueError(
            f"needs exactly one of {known}" + (f", not {' and '.join(names)}" * bool(names))
        )
    return names[0]
