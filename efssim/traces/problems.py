"""Problems of files of measurements: one each, or all of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from efssim.errors import EfssimError, visible

MAX_BAD_ROWS = 5
"""How many bad rows are reported: one mistake often spoils every row of a file."""


class TraceError(EfssimError, ValueError):
    """One thing wrong with a trace file.

    `line` is the 1-based line of the file, None when the file as a whole is meant.
    """

    def __init__(self, file: str, line: int | None, message: str) -> None:
        self.file = file
        self.line = line
        self.message = message
        super().__init__(file, line, message)  # all that it takes to be pickled

    def __str__(self) -> str:
        at = self.file if self.line is None else f"{self.file}:{self.line}"
        return visible(f"{at}: {self.message}")


class TraceErrors(EfssimError):  # noqa: N818 - a collection of errors
    """Everything found wrong with a trace file: `errors`, never empty, in the order of the lines.

    Of bad rows only the first `MAX_BAD_ROWS` are listed.
    """

    def __init__(self, errors: Sequence[TraceError]) -> None:
        self.errors = list(errors)
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def refuse(file: str, line: int | None, message: str) -> NoReturn:
    """Raise TraceErrors with the one error."""
    raise TraceErrors([TraceError(file, line, message)])
