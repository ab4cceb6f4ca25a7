"""The docstrings of a model's fields, read from its source only for the schema.

pydantic can do the same when a class is made (`use_attribute_docstrings`), but then every command
waits for it, longer than for all the rest of the imports.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


def field_descriptions(model: type) -> dict[str, str]:
    """Return the docstring below each field of a class, those of its bases included."""
    found: dict[str, str] = {}
    for part in reversed(model.__mro__):
        if issubclass(part, BaseModel) and not part.__module__.startswith("pydantic."):
            # The class of a generic with its parameters is that of the generic itself.
            name = part.__name__.partition("[")[0]
            found |= _of_module(part.__module__).get(name, {})
    return found


@cache
def _of_module(module: str) -> dict[str, dict[str, str]]:
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, KeyError):  # a class that somebody added from a session without a file
        return {}
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return {node.name: dict(_of_class(node)) for node in classes}


def _of_class(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(node.body):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)
