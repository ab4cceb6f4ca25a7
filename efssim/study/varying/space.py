"""Parameters that a study varies, their values, and a scenario with one of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from efssim.scenario import Scenario, ScenarioError
from efssim.scenario.changes import validated, with_number
from efssim.scenario.unknowns.quantity import Quantity, quantity_at
from efssim.study.varying.drawn_as import drawn_so, fixed_drawing, too_many
from efssim.text.bounds import out_of
from efssim.text.written import as_written
from efssim.text.yaml.document import parse_document
from efssim.text.yaml.paths import Path, parse_path
from efssim.text.yaml.problems import Position, Problem

OPTION = "--vary"
"""The option that names a parameter, in positions of problems."""

_MAX_VALUES = 10_000
_RANGE = re.compile(r"(.+?)\s*\.\.\s*(.+?)(?::\s*([0-9]{1,6})\s*(log)?)?", re.DOTALL)
_ASSIGNMENT = re.compile(r'((?:[^"=]|"(?:[^"\\]|\\.)*")*)=(.*)', re.DOTALL)


@dataclass(frozen=True)
class VariedParameter:
    """A path of a scenario, and the quantity there."""

    path: str
    """As on the command line."""
    segments: Path = field(repr=False)
    quantity: Quantity | None = field(repr=False)
    """None: no number, so that values are texts."""
    at: Position = field(repr=False, default=Position(OPTION, 1, 1))
    """Where it was named, for problems."""

    def value(self, given: object) -> Any:
        """Return a value in SI units, or as it is where there is no number.

        Raise ScenarioError for a text or number that is no such quantity.
        """
        if self.quantity is None:
            return _scalar(given) if isinstance(given, str) else given
        try:
            number = self.quantity.parse(given)
        except ValueError as error:
            raise self.problem(str(error)) from None
        limits = self.quantity.bounds
        beyond = None if limits is None else out_of(limits, number)
        if beyond is not None:
            raise self.problem(f"{_quoted(given)} {beyond}")
        return number

    def text(self, value: Any) -> str:
        """Return a value for people."""
        if self.quantity is None or not isinstance(value, int | float):
            return str(value)
        return "none" if value == math.inf else self.quantity.text(value)

    def problem(self, message: str) -> ScenarioError:
        """Return the error of a mistake in the parameter or its values, as one line."""
        return ScenarioError([Problem(self.at, self.segments, message)])


def parameter(path: str, at: Position | None = None) -> VariedParameter:
    """Return the parameter at a path; raise ScenarioError if the path is malformed."""
    at = at or Position(OPTION, 1, 1)
    try:
        segments = parse_path(path)
    except ValueError as error:
        raise ScenarioError([Problem(at, (), str(error))]) from None
    return VariedParameter(path, segments, quantity_at(segments), at)


def with_value(scenario: Scenario, vary: VariedParameter | str, value: object) -> Scenario:
    """Return a scenario with another value at a path, validated as a file is.

    `value` is a value of a file: `"5 min"`, or a number in SI units. Mappings on the
    way are created, as `--set` does. Streams with `drawn: auto` are drawn as in `scenario`. Raise
    ScenarioError, with one line for each problem.
    """
    return with_values(scenario, [(vary, value)])


def without_records(scenario: Scenario) -> Scenario:
    """Return a scenario that keeps no records; itself where alarms need them."""
    return scenario if scenario.alarms else with_value(scenario, "records", "off")


def with_values(
    scenario: Scenario, point: Iterable[tuple[VariedParameter | str, object]]
) -> Scenario:
    """Return a scenario with other values at some paths, as `with_value` does."""
    point, varied = list(point), scenario
    for vary, value in point:
        varied = _written(varied, vary, value)
    fixed = fixed_drawing(scenario, varied)
    if reason := too_many(varied, fixed):
        last = point[-1][0]
        raise (parameter(last) if isinstance(last, str) else last).problem(reason)
    return drawn_so(varied, fixed)


def _written(scenario: Scenario, vary: VariedParameter | str, value: object) -> Scenario:
    chosen = parameter(vary) if isinstance(vary, str) else vary
    wanted = chosen.value(value)
    try:
        data = with_number(as_written(scenario), chosen.segments, wanted)
    except ValueError as error:
        raise chosen.problem(str(error)) from None
    return validated(Scenario, data, chosen.at)


def require_key(scenario: Scenario, vary: VariedParameter) -> None:
    """Raise ScenarioError, with a suggestion, if a path leads to no key of a scenario."""
    if vary.quantity is not None:
        return
    try:
        with_value(scenario, vary, 0)
    except ScenarioError as error:
        unknown = [found for found in error.problems if found.message.startswith("unknown key")]
        if unknown:
            raise ScenarioError(unknown) from None


def parse_assignment(text: str, ordinal: int = 1) -> tuple[VariedParameter, str]:
    """Return the parameter and the values of `path=values`; raise ScenarioError."""
    found = _ASSIGNMENT.fullmatch(text)
    if not found:
        at = Position(OPTION, ordinal, 1)
        raise ScenarioError([Problem(at, (), "expected path=values")])
    named = parameter(found[1].strip(), Position(OPTION, ordinal, 1))
    at = Position(OPTION, ordinal, found.start(2) + 1)
    return VariedParameter(named.path, named.segments, named.quantity, at), found[2].strip()


def values_of(vary: VariedParameter, text: str) -> list[Any]:
    """Return the values of `a,b,c`, `LOW..HIGH:n` or `LOW..HIGH:nlog`; raise ScenarioError."""
    found = _RANGE.fullmatch(text) if ".." in text else None
    if found is None:
        return listed(vary, [part.strip() for part in text.split(",")])
    if found[3] is None:
        raise vary.problem(f"a range needs how many values, as in {text}:5 or {text}:5log")
    low, high = bounds(vary, found[1], found[2])
    return spread(vary, (low, high), int(found[3]), log=found[4] is not None)


def listed(vary: VariedParameter, given: Iterable[object]) -> list[Any]:
    """Return values that were listed, each of them once; raise ScenarioError."""
    values = [vary.value(value) for value in given if value != ""]
    if not values:
        raise vary.problem("needs at least one value")
    if len(set(map(str, values))) < len(values):
        raise vary.problem("has a value twice")
    return values


def range_of(vary: VariedParameter, text: str) -> tuple[float, float]:
    """Return both ends of `LOW..HIGH`; raise ScenarioError."""
    found = _RANGE.fullmatch(text)
    if found is None or found[3] is not None:
        raise vary.problem(f"expected LOW..HIGH, not '{text}'")
    return bounds(vary, found[1], found[2])


def bounds(vary: VariedParameter, low: object, high: object) -> tuple[float, float]:
    """Return both ends of a range in SI units; raise ScenarioError unless low is below high."""
    if vary.quantity is None:
        raise vary.problem("a scenario has no number here, so there is no range")
    ends = vary.value(low), vary.value(high)
    if not all(math.isfinite(end) for end in ends):
        raise vary.problem("a range needs two finite ends")
    if not 0 <= ends[0] < ends[1]:
        raise vary.problem("the low end of a range must be below the high end")
    return float(ends[0]), float(ends[1])


def spread(
    vary: VariedParameter, ends: tuple[float, float], count: int, *, log: bool
) -> list[float]:
    """Return so many values from end to end, evenly or by equal factors; raise ScenarioError."""
    low, high = ends
    if not 2 <= count <= _MAX_VALUES:
        raise vary.problem(f"a range has 2 to {_MAX_VALUES:,} values")
    if log and low == 0:
        raise vary.problem("equal factors need a low end above 0")
    shares = [step / (count - 1) for step in range(count)]
    between = [low * (high / low) ** s if log else low + s * (high - low) for s in shares]
    assert vary.quantity is not None
    inner = [vary.quantity.rounded(value) for value in between[1:-1]]
    return list(dict.fromkeys([low, *inner, high]))


def _quoted(given: object) -> str:
    return f"'{given}'" if isinstance(given, str) else repr(given)


def _scalar(text: str) -> Any:
    """Return a text as YAML reads it; raise ScenarioError if it does not."""
    document = parse_document(f"value: {text}", OPTION)
    return document.data["value"]
