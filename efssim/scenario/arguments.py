"""Checks of the arguments of public functions: a wrong kind is one sentence, not a traceback."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import wraps
from itertools import chain
from numbers import Integral
from typing import Any, NamedTuple, ParamSpec, TypeVar

from efssim.errors import ArgumentError, UsageError
from efssim.scenario import Scenario
from efssim.text.largest import TRIALS_MAX
from efssim.text.quantities import parse_duration

P = ParamSpec("P")
T = TypeVar("T")


class _Rule(NamedTuple):
    """A rule for an argument."""

    kind: type | tuple[type, ...]
    words: str
    """The kind in words."""
    least: int | None = None
    """Smallest number that makes sense."""
    most: int | None = None
    """Largest one."""


_EXECUTOR = (
    "a concurrent.futures.Executor, such as a ProcessPoolExecutor or those of Dask and MPI; "
    "what only looks like one has futures of its own"
)
_RULES = {
    "scenario": _Rule(Scenario, "a Scenario, as efssim.load reads it"),
    "seed": _Rule(Integral, "a whole number", 0),
    "trial": _Rule(Integral, "a whole number", 0),
    "trials": _Rule(Integral, "a whole number", 1, TRIALS_MAX),
    "sets": _Rule(Integral, "a whole number", 2, TRIALS_MAX),
    "sobol": _Rule(Integral, "a power of 2, as 64", 2, TRIALS_MAX),
    "share_of_sets": _Rule((int, float), "a share such as 0.95"),
    "budget": _Rule(Integral, "a whole number", 1, TRIALS_MAX),
    "workers": _Rule(Integral, "a whole number", 1),
    "precision": _Rule((int, float), "a share such as 0.02"),
    "executor": _Rule((Executor, str), _EXECUTOR),
    "resume": _Rule((str, os.PathLike), "a path"),
    "verify": _Rule(bool, "True or False"),
    "metrics": _Rule(bool, "True or False"),
    "progress": _Rule(bool, "True or False; on_progress takes a function"),
    "one_at_a_time": _Rule(bool, "True or False"),
    "replication": _Rule(str, "a name"),
    "between": _Rule((tuple, list), "two values, (low, high)"),
    "plan.budget": _Rule((int, float, str), "a duration such as '5 min'"),
    "plan_sets.budget": _Rule((int, float, str), "a duration such as '5 min'"),
    "runway.budget": _Rule((int, float, str), "a duration such as '5 min'"),
    "runway.horizon": _Rule((int, str), "months such as '36 months'"),
    "sweep.vary": _Rule(Mapping, "a mapping of paths to values"),
    "event": _Rule(Mapping, "a mapping, as an entry of `events`"),
    "stream": _Rule(Mapping, "a mapping, as an entry of `writes`"),
    "file_system": _Rule(str, "a name or an id"),
    "operation": _Rule(str, "the name of an operation"),
    "parameters": _Rule(Mapping, "a mapping"),
    "region": _Rule(str, "the name of a Region"),
}
"""By the name of the argument, after that of the function where others mean something else."""


def checked(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Check the arguments of a public function, which messages call `efssim.NAME`.

    The function raises UsageError for an argument of another kind and ArgumentError for a number
    below the smallest that makes sense.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        signature = inspect.signature(function)
        arguments = signature.parameters
        names = tuple(arguments)
        rules = {each: _RULES.get(f"{name}.{each}", _RULES.get(each)) for each in names}

        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> T:
            # Scripts call this often: the signature is bound only where the arguments do not fit.
            for argument, value in chain(zip(names, args, strict=False), kwargs.items()):
                rule = rules.get(argument)
                if rule is not None and not (value is None and arguments[argument].default is None):
                    _check(name, argument, rule, value)
            try:
                return function(*args, **kwargs)
            except TypeError:
                _require_fit(name, signature, args, kwargs)
                raise

        return called

    return decorate


def _require_fit(name: str, signature: inspect.Signature, args: Any, kwargs: Any) -> None:
    """Raise UsageError unless a function can be called with some arguments."""
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise UsageError(f"efssim.{name}: {error}") from None


def _check(name: str, argument: str, rule: _Rule, value: object) -> None:
    # True is an integer for Python, and no number of trials for anybody.
    is_flag = isinstance(value, bool) and rule.kind is not bool
    if is_flag or not isinstance(value, rule.kind):
        raise UsageError(f"efssim.{name}: {argument} has to be {rule.words}, not {_shown(value)}")
    if rule.least is not None and isinstance(value, Integral) and value < rule.least:
        raise ArgumentError(f"efssim.{name}: {argument} is at least {rule.least}")
    if rule.most is not None and isinstance(value, Integral) and int(value) > rule.most:
        raise ArgumentError(f"efssim.{name}: {argument} is at most {rule.most:,}")


def _shown(value: object) -> str:
    """Return the value of an argument in few words."""
    kind = type(value).__name__
    if isinstance(value, str | int | float | bool | None):
        text = repr(value)
        return text if len(text) <= 40 else f"a {kind} such as {text[:36]}…"
    return f"an object of type {kind}"


def duration_of(given: object) -> float:
    """Return seconds of an argument that is a duration; raise ArgumentError for anything else."""
    try:
        return parse_duration(given)
    except ValueError as error:
        raise ArgumentError(str(error)) from None
