"""Replacing objects by others wherever a module has them by name, and putting them back."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def replaced(
    originals: Mapping[ModuleType, Mapping[str, Any]],
    stand_ins: Mapping[ModuleType, Mapping[str, Any]],
    also: Iterable[ModuleType],
) -> Iterator[None]:
    """Replace names of some modules, and whatever users' modules imported of them by name."""
    pairs = [
        (original, stand_ins[module][name])
        for module, names in originals.items()
        for name, original in names.items()
    ]
    _swap([*originals, *users_modules(), *also], pairs)
    try:
        yield
    finally:
        # What was imported meanwhile has them, too, whoever's it is.
        _swap(list(sys.modules.values()), [(made, original) for original, made in pairs])


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


def users_modules() -> list[ModuleType]:
    """Return the modules that are neither Python's nor installed, nor of this package."""
    return [module for name, module in list(sys.modules.items()) if _is_users(name, module)]


def _is_users(name: str, module: ModuleType) -> bool:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top == __name__.partition(".")[0]:
        return False
    file = getattr(module, "__file__", None)
    return name == "__main__" or (file is not None and not file.startswith(_INSTALLED))


_INSTALLED = tuple(
    {
        path: None  # in order, each once
        for key, path in sysconfig.get_paths().items()
        if key in ("stdlib", "platstdlib", "purelib", "platlib")
    }
)
