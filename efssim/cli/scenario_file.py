"""The scenario that a command is given: a file, or `-` for standard input."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from efssim.cli.output import fail

if TYPE_CHECKING:
    from efssim.scenario import Scenario
    from efssim.text.yaml.document import Document

STDIN = "-"
STDIN_NAME = "<stdin>"


class Source:
    """Where a scenario comes from; standard input is read once and kept."""

    def __init__(self, given: str) -> None:
        self.given = given
        """As it was typed."""
        self._content: bytes | None = None

    def __str__(self) -> str:
        return STDIN_NAME if self.is_stdin else str(Path(self.given))

    def __repr__(self) -> str:
        return f"Source({self.given!r})"

    @property
    def is_stdin(self) -> bool:
        """Whether it is standard input; a file of that name is given as `./-`."""
        return self.given == STDIN

    @property
    def folder(self) -> Path:
        """The folder to which names of files in the scenario are relative."""
        return Path() if self.is_stdin else Path(self.given).parent

    def content(self) -> bytes:
        """Return the text as it is read; raise OSError, and ScenarioError for standard input."""
        if not self.is_stdin:
            return Path(self.given).read_bytes()
        if self._content is None:
            self._content = _standard_input()
        return self._content

    def load(self, overrides: Sequence[str] = ()) -> Scenario:
        """Read and validate it; raise ScenarioError."""
        from efssim.scenario.loading import load, load_document

        if self.is_stdin:
            return load_document(self.document(), self.folder, overrides)
        scenario = load(Path(self.given), overrides)
        gc.freeze()  # nothing of it is garbage before the command ends
        return scenario

    def document(self) -> Document:
        """Return it with the positions of everything; raise ScenarioError."""
        from efssim.text.yaml.document import parse_bytes, read_document

        if not self.is_stdin:
            return read_document(Path(self.given))
        return parse_bytes(self.content(), STDIN_NAME)


class KeptSource(Source):
    """A scenario that was read before, under the name that it was given then."""

    def __init__(self, given: str, text: str) -> None:
        super().__init__(given)
        self._content = text.encode()

    def load(self, overrides: Sequence[str] = ()) -> Scenario:
        """Validate it as it was; raise ScenarioError."""
        from efssim.scenario.loading import load_document

        return load_document(self.document(), self.folder, overrides)

    def document(self) -> Document:
        """Return it as it was with the positions of everything; raise ScenarioError."""
        from efssim.text.yaml.document import parse_bytes

        assert self._content is not None
        return parse_bytes(self._content, str(self))


def _standard_input() -> bytes:
    from efssim.text.yaml.limits import MAX_BYTES
    from efssim.text.yaml.problems import Position, Problem, ScenarioError

    reason = f"more than {MAX_BYTES:,} bytes"
    try:
        if sys.stdin is None:
            raise OSError(None, "standard input is closed")
        content = sys.stdin.buffer.read(MAX_BYTES + 1)
        if len(content) <= MAX_BYTES:
            return content
    except OSError as error:
        reason = error.strerror or str(error)
    problem = Problem(Position(STDIN_NAME, 1, 1), (), f"cannot read the scenario: {reason}")
    raise ScenarioError([problem])


class ScenarioFile(click.Path):
    """An argument that names a scenario, which becomes a Source."""

    name = "file"

    def convert(  # type: ignore[override]  # click.Path promises a path, which a Source holds
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Source:
        """Return the source; fail for no name at all."""
        if isinstance(value, Source):
            return value
        given = os.fspath(value)
        if not given:
            self.fail("a scenario file has a name", param, ctx)
        return Source(given)


def once(_: click.Context, __: click.Parameter, sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Return sources; raise click.UsageError if more than one is standard input."""
    if sum(source.is_stdin for source in sources) > 1:
        raise click.UsageError("standard input is one scenario: give - once")
    return sources


def load_all(
    files: tuple[Source, ...], overrides: tuple[str, ...]
) -> list[tuple[Source, Scenario]]:
    """Load scenarios; raise ScenarioError with the problems of all."""
    from efssim.scenario import ScenarioError

    found, problems = [], []
    for file in files:
        try:
            found.append((file, file.load(overrides)))
        except ScenarioError as error:
            problems += list(error.problems)
    if problems:
        raise ScenarioError(tuple(problems))
    names = [scenario.name for _, scenario in found]
    for (file, scenario), before in zip(found, range(len(found)), strict=True):
        if scenario.name in names[:before]:
            fail(f"{file}: name: '{scenario.name}' is the name of another scenario, too")
    return found
