"""Problems of a text that a user wrote, each at its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from efssim.errors import EfssimError, capped, concise
from efssim.text.yaml.paths import Path, cut_path

_FILE_MAX = 500
"""Characters of the name of a file in a message: more than most have, and no file is found by; a
name that was too long to be opened is cut."""

_PATH_MAX = 500
"""Characters of a path in a message: above those of every path that a scenario can have but for
long names."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file, or in an argument of the command line; line and column from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake at one place, as one line for the user."""

    position: Position | None
    """None where nothing was written in a file: a change that Python code made."""
    path: Path
    message: str

    def __post_init__(self) -> None:
        """Cut the quotations in the message."""
        object.__setattr__(self, "message", concise(self.message))

    def __str__(self) -> str:
        at = self.position
        place = "" if at is None else f"{capped(at.file, _FILE_MAX)}:{at.line}:{at.column}: "
        where = f"{capped(cut_path(self.path), _PATH_MAX)}: " if self.path else ""
        return f"{place}{where}{self.message}"


class ScenarioError(EfssimError, ValueError):
    """A scenario that cannot be used; `problems` are all that was found, in reading order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))
