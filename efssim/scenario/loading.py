"""From a YAML file (and overrides) to a Scenario, with a position for every problem."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from efssim.scenario.base import located
from efssim.scenario.document import Document, Problem, ScenarioError, read_document
from efssim.scenario.document import Path as Place
from efssim.scenario.schema import Scenario


def load(file: str | os.PathLike[str], overrides: Sequence[str] = ()) -> Scenario:
    """Read and validate a scenario file.

    `overrides` are texts `path=value`, applied in order before validation. Raise ScenarioError,
    which lists every problem found, one line each.
    """
    return load_document(read_document(file), Path(file).parent, overrides)


def load_document(document: Document, base: Path, overrides: Sequence[str] = ()) -> Scenario:
    """Validate a document with overrides; file names in it are relative to `base`.

    Raise ScenarioError as `load` does.
    """
    told = [*document.problems, *_override(document, overrides)]
    try:
        scenario = validate(document, base)
    except ScenarioError as error:
        # A value that could not be read is missing from the data; it has its own problem.
        told += [p for p in error.problems if p.path not in {known.path for known in told}]
        raise ScenarioError(sorted(told, key=_reading_order)) from None
    if told:
        raise ScenarioError(sorted(told, key=_reading_order))
    return scenario


def _override(document: Document, overrides: Sequence[str]) -> list[Problem]:
    """Apply the overrides in order and return what is wrong with them."""
    problems: list[Problem] = []
    for ordinal, text in enumerate(overrides, start=1):
        try:
            document.override(text, ordinal)
        except ScenarioError as error:
            problems += error.problems
    return problems


def validate(document: Document, base: Path) -> Scenario:
    """Validate a document whose file names are relative to `base`; raise ScenarioError."""
    try:
        return Scenario.model_validate(document.data, context={"base": base})
    except ValidationError as error:
        found = {_problem(document, *line) for line in located(error, document.data)}
    raise ScenarioError(sorted(found, key=_reading_order))


def _problem(document: Document, written: Place, shown: Place, message: str) -> Problem:
    if message.startswith("unknown key"):
        return Problem(document.key_position(written), shown, message)
    return Problem(document.value_position(written), shown, message)


def _reading_order(problem: Problem) -> tuple[bool, int, int, str]:
    position = problem.position
    assert position is not None, "a document knows where everything was written"
    return position.file == "--set", position.line, position.column, str(problem)
