"""Replacing objects by others wherever a module has them by name, and putting them back."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any, TypeAlias

StandIn: TypeAlias = Callable[..., Any]
"""A function or a class."""


@contextmanager
def replaced(
    originals: Mapping[ModuleType, Mapping[str, StandIn]],
    stand_ins: Mapping[ModuleType, Mapping[str, StandIn]],
    also: Iterable[ModuleType],
) -> Iterator[None]:
    """Replace names of some modules, and the references to them in users' modules.

    They have them by name, as attributes of classes or as defaults of functions; references
    elsewhere, as in a list or an object, are not found.
    """
    pairs = [
        (original, stand_ins[module][name])
        for module, names in originals.items()
        for name, original in names.items()
    ]
    named = [*originals, *also]
    _swap([*named, *users_modules()], pairs)
    _swap_within([*named, *users_modules()], pairs)
    try:
        yield
    finally:
        # All modules imported meanwhile have them, too.
        back = [(made, original) for original, made in pairs]
        _swap(list(sys.modules.values()), back)
        _swap_within([*named, *users_modules()], back)


def _swap(modules: Iterable[ModuleType], pairs: list[tuple[Any, Any]]) -> None:
    new = {id(old): made for old, made in pairs}
    for module in modules:
        # Some modules are other objects, and some have other things than names in them.
        names = getattr(module, "__dict__", None)
        if not isinstance(names, dict):
            continue
        for name, value in list(names.items()):
            if id(value) in new:
                names[name] = new[id(value)]


def _swap_within(modules: Iterable[ModuleType], pairs: list[tuple[Any, Any]]) -> None:
    """Replace defaults of the functions of modules and attributes of their classes."""
    new = {id(old): made for old, made in pairs}
    for module in modules:
        own = [part for part in vars(module).values() if _module_of(part) == module.__name__]
        for value in own:
            if isinstance(value, FunctionType):
                _swap_defaults(value, new)
            elif isinstance(value, type):
                _swap_attributes(value, new)


def _module_of(value: Any) -> Any:
    return value.__module__ if isinstance(value, FunctionType | type) else None


def _swap_attributes(owner: type, new: Mapping[int, Any]) -> None:
    for name, part in list(vars(owner).items()):
        if id(part) in new:
            type.__setattr__(owner, name, new[id(part)])
        elif isinstance(part, staticmethod | classmethod):
            _swap_wrapped(owner, name, part, new)
        elif isinstance(part, FunctionType):
            _swap_defaults(part, new)


def _swap_wrapped(
    owner: type, name: str, part: staticmethod[..., Any] | classmethod[Any, ..., Any], new: Any
) -> None:
    if id(part.__func__) in new:
        type.__setattr__(owner, name, type(part)(new[id(part.__func__)]))
    elif isinstance(part.__func__, FunctionType):
        _swap_defaults(part.__func__, new)


def _swap_defaults(function: FunctionType, new: Mapping[int, Any]) -> None:
    given, named = function.__defaults__ or (), function.__kwdefaults__ or {}
    if any(id(value) in new for value in given):
        function.__defaults__ = tuple(new.get(id(value), value) for value in given)
    for name, value in named.items():
        if id(value) in new:
            named[name] = new[id(value)]


def users_modules() -> list[ModuleType]:
    """Return the modules that are neither Python's nor installed, nor of this package."""
    return [
        module
        for name, module in list(sys.modules.items())
        if is_users(name, getattr(module, "__file__", None))
    ]


def is_users(name: str, file: str | None) -> bool:
    """Return whether a module is neither Python's nor installed, nor of this package."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top == __name__.partition(".")[0]:
        return name == "__main__"
    return file is not None and not file.startswith(_INSTALLED)


_INSTALLED = tuple(
    {
        path: None  # in order, each once
        for key, path in sysconfig.get_paths().items()
        if key in ("stdlib", "platstdlib", "purelib", "platlib")
    }
)
