"""From a YAML file (and overrides) to a Scenario, with a position for every problem."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from efssim.collector import uncollected
from efssim.errors import UsageError
from efssim.scenario.fleets.paths import places_to_set, shown_path
from efssim.scenario.grammar.base import SHARED, located
from efssim.scenario.scenario import Scenario
from efssim.text.yaml.document import Document, document_of, parse_leniently, read_document
from efssim.text.yaml.paths import Path as Place
from efssim.text.yaml.problems import Problem, ScenarioError

Source = str | os.PathLike[str] | Mapping[str, Any]
"""A path, the text of a scenario, or its content as a mapping."""
TEXT, MAPPING = "<text>", "<mapping>"
"""Stand for the file in positions where there is none."""
_LINE_BREAK = re.compile("[\n\r]")


def load(source: Source, overrides: Sequence[str] = ()) -> Scenario:
    """Read and validate a scenario: a file by its path, its text, or its content as a mapping.

    A str with a line break is text, any other a path. Files that a text or a mapping names are
    relative to the working directory. `overrides` are texts `path=value`, applied in order before
    validation. Raise ScenarioError, which lists every problem found, one line each, and UsageError
    for any other argument.
    """
    if isinstance(overrides, str) or not all(isinstance(text, str) for text in overrides):
        raise UsageError('efssim.load: overrides are a list of texts such as ["seed=2"]')
    try:
        with uncollected():
            return _loaded(source, overrides)
    except ScenarioError as error:
        raise ScenarioError(map(_without_line_0, error.problems)) from None


def _without_line_0(problem: Problem) -> Problem:
    """Return a problem of a mapping, which has no lines, without a position."""
    at = problem.position
    nowhere = at is not None and at.line == 0
    return Problem(None, problem.path, problem.message) if nowhere else problem


def _loaded(source: Source, overrides: Sequence[str]) -> Scenario:
    return load_document(*_read(source), overrides)


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


def _read(source: object) -> tuple[Document, Path]:
    """Return a document and the folder that its file names are relative to."""
    if isinstance(source, str) and _LINE_BREAK.search(source):
        return parse_leniently(source, TEXT), Path()
    if isinstance(source, str | os.PathLike):
        return read_document(source), Path(source).parent
    if isinstance(source, Mapping):
        return document_of(source, MAPPING), Path()
    kind = type(source).__name__
    message = f"takes a path, a text or a mapping, not an object of type {kind}"
    raise UsageError(f"efssim.load: {message}")


def _override(document: Document, overrides: Sequence[str]) -> list[Problem]:
    """Apply the overrides in order and return their problems."""
    problems: list[Problem] = []
    for ordinal, text in enumerate(overrides, start=1):
        try:
            document.override(text, ordinal, places_to_set)
        except ScenarioError as error:
            problems += error.problems
    return problems


def validate(document: Document, base: Path) -> Scenario:
    """Validate a document with file names relative to `base`; raise ScenarioError."""
    try:
        return Scenario.model_validate(document.data, context={"base": base, SHARED: {}})
    except ValidationError as error:
        found = {_problem(document, *line) for line in located(error, document.data)}
    raise ScenarioError(sorted(found, key=_reading_order))


def _problem(document: Document, written: Place, shown: Place, message: str) -> Problem:
    shown = shown_path(shown)
    if message.startswith("unknown key"):
        return Problem(document.key_position(written), shown, message)
    return Problem(document.value_position(written), shown, message)


def _reading_order(problem: Problem) -> tuple[bool, int, int, str]:
    position = problem.position
    assert position is not None, "a document knows where everything was written"
    return position.file == "--set", position.line, position.column, str(problem)
