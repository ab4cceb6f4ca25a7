"""Write docs/api.md, the reference of the Python API, from docstrings: `python docs/api.py`."""

from __future__ import annotations

import enum
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import efssim
from efssim import extend
from efssim.aws import patched
from efssim.explorer import Explorer

PAGE = Path(__file__).with_name("api.md")
HEAD = (
    "# The Python API\n\n"
    "Made of docstrings by `python docs/api.py`. What `efssim.__all__` and other pages of docs/ "
    "name is a contract; whatever else a class has may change, with a line in the changelog. "
    "Scenarios ([docs/scenario.md](scenario.md)) and the numbers of summaries "
    "([docs/results.md](results.md)) have pages of their own.\n"
)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the page."""
    public = {name: getattr(efssim, name) for name in sorted(efssim.__all__)}
    errors = {name: each for name, each in public.items() if is_error(each)}
    classes = {n: each for n, each in public.items() if inspect.isclass(each) and n not in errors}
    functions = {name: each for name, each in public.items() if inspect.isfunction(each)}
    parts = [
        HEAD,
        "## Functions\n",
        *(function(f"efssim.{name}", each) for name, each in functions.items()),
        function("efssim.aws.patched", patched),
        "## Classes\n",
        *(text for name, each in classes.items() for text in described(f"efssim.{name}", each)),
        *described("efssim.explorer.Explorer", Explorer),
        "## Errors\n",
        *errors_table(errors),
        "\n## Extending\n",
        "`efssim.extend` has the tables that take entries from outside, with what entries are made "
        "of ([docs/extending.md](extending.md)):",
        ", ".join(f"`{name}`" for name in sorted(extend.__all__)) + ".\n",
    ]
    return "\n".join(parts)


def is_error(value: object) -> bool:
    """Whether a public name is an exception."""
    return inspect.isclass(value) and issubclass(value, BaseException)


def prose(value: object) -> str:
    """Return a docstring as Markdown."""
    return textwrap.dedent(inspect.getdoc(value) or "").strip() + "\n"


def signature(name: str, value: Callable[..., object], *, bound: bool = False) -> str:
    """Return a call as one types it, without annotations: names and defaults tell enough."""
    found = inspect.signature(value)
    given = [part.replace(annotation=inspect.Parameter.empty) for part in found.parameters.values()]
    shown = found.replace(parameters=given[bound:], return_annotation=inspect.Signature.empty)
    return f"{name}{shown}"


def function(name: str, value: Callable[..., object], *, bound: bool = False) -> str:
    """Return the entry of a function or method."""
    return f"### `{signature(name, value, bound=bound)}`\n{prose(value)}"


def described(name: str, value: type) -> Iterator[str]:
    """Yield the entries of a class and of what it has."""
    yield f"### `{name}`\n{prose(value)}"
    if not issubclass(value, enum.Enum):
        for key, member in members(value):
            short = f"{name.rpartition('.')[2]}.{key}"
            if isinstance(member, (property, cached_property)):
                yield f"#### `{short}`\n{prose(member)}"
            elif inspect.isfunction(member):
                yield "#" + function(short, member, bound=True)


def members(value: type) -> Iterator[tuple[str, object]]:
    """Yield what a class of efssim has in public, in the order of the source, bases first."""
    seen: dict[str, object] = {}
    for kind in reversed(value.__mro__):
        if kind.__module__.startswith("efssim."):
            seen |= {key: each for key, each in vars(kind).items() if not key.startswith("_")}
    yield from seen.items()


def errors_table(errors: dict[str, type]) -> Iterator[str]:
    """Yield a table of exceptions, and of what each of them also is."""
    yield "| exception | also a | meaning |\n|---|---|---|"
    for name, each in errors.items():
        bases = [base.__name__ for base in each.__bases__]
        meaning = prose(each).strip().partition("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        yield f"| `efssim.{name}` | {', '.join(f'`{base}`' for base in bases)} | {meaning} |"


if __name__ == "__main__":
    main()
