"""The tables that add to efssim from outside: each idea has one, and everything reads it.

`efssim.extend.TABLE.add(entry)` adds an entry; used in a `with` statement, it is gone afterwards.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__: list[str] = []

_HOMES: dict[str, tuple[str, str]] = {}
"""Tables, each with the module that has it and its name there."""


def __getattr__(name: str) -> Any:
    # Imported on first use: the tables belong to all parts of the package.
    if name not in _HOMES:
        raise AttributeError(f"module 'efssim.extend' has no attribute '{name}'")
    module, there = _HOMES[name]
    return getattr(import_module(module), there)


def __dir__() -> list[str]:
    return __all__
