"""Put a mutant into a process that has loaded the package already.

A function keeps its identity and gets other code, so whoever imported it runs the mutant. What runs
while a module is imported (constants, classes, defaults) cannot be changed so.
"""

from __future__ import annotations

import gc
import inspect
from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType

_OF_FUNCTION = inspect.CO_OPTIMIZED | inspect.CO_NEWLOCALS
"""Flags of the code of a function, which that of a module or of a class lacks."""
Change = tuple[CodeType, CodeType]
"""The code of a function before and after."""
Key = tuple[str, str, int]
"""File, qualified name and first line of a function."""


def changes(before: str, after: str, file: Path) -> list[Change] | None:
    """Return the outermost functions of a file that differ; None where more than they differs."""
    try:
        codes = (compile(text, str(file), "exec", dont_inherit=True) for text in (before, after))
        return list(_changed(*codes))
    except (_ImportTimeError, SyntaxError):
        return None


class _ImportTimeError(Exception):
    """Code that runs when the module is imported differs."""


def _changed(one: CodeType, other: CodeType) -> Iterator[Change]:
    if _own(one) != _own(other):
        raise _ImportTimeError
    for inner, changed in zip_longest(_inner(one), _inner(other)):
        if inner is None or changed is None:
            raise _ImportTimeError
        if inner.co_flags & _OF_FUNCTION == _OF_FUNCTION:
            if inner != changed:
                yield inner, changed
        else:
            yield from _changed(inner, changed)


def _own(code: CodeType) -> tuple[object, ...]:
    """Return what a code does by itself, without the code inside of it and without its lines."""
    values = [value for value in code.co_consts if not isinstance(value, CodeType)]
    return code.co_code, code.co_names, repr(values), code.co_exceptiontable


def _inner(code: CodeType) -> list[CodeType]:
    return [value for value in code.co_consts if isinstance(value, CodeType)]


class Functions:
    """All functions of a package that are loaded."""

    def __init__(self, package: Path) -> None:
        self._found = defaultdict[Key, list[FunctionType]](list)
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(
                str(package)
            ):
                self._found[_key(each.__code__)].append(each)

    def has(self, change: Change) -> bool:
        """Return whether a function is loaded whose code can be changed so."""
        before, after = change
        found = self._found.get(_key(before), [])
        return before.co_freevars == after.co_freevars and any(f.__code__ == before for f in found)

    def put(self, change: Change) -> None:
        """Change the code of a function, wherever it was imported."""
        before, after = change
        for each in self._found[_key(before)]:
            if each.__code__ == before:
                each.__code__ = after


def _key(code: CodeType) -> Key:
    return code.co_filename, code.co_qualname, code.co_firstlineno
