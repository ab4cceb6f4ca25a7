"""Differences that are expected, each with its reason, and what they leave to be explained.

A file of TOML with any number of

    [[difference]]
    output = "run burst / out/report.html"    # as printed; `*` stands for anything
    before = "text that goes"
    after = "text that comes"
    reason = "one sentence"

`before` is replaced by `after` wherever it stands in the earlier output, and then the two outputs
have to be the same. With `only = "before"` or `only = "after"` in their place, an output that just
one of the two has is expected; with `replaced = true`, a file of another format.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any


@dataclass
class Difference:
    """One expected difference."""

    output: str
    reason: str
    before: str = ""
    after: str = ""
    only: str = ""
    replaced: bool = False
    seen: int = 0
    """In how many outputs it was."""

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError(f"{self.output}: a difference needs a reason")
        given = (bool(self.only), bool(self.before), self.replaced)
        if self.only not in ("", "before", "after") or sum(given) != 1:
            raise ValueError(f"{self.output}: give `before` and `after`, `only` or `replaced`")

    def concerns(self, output: str) -> bool:
        """Return whether it is about an output of this name."""
        return fnmatchcase(output, self.output)


def read(file: Path | None) -> list[Difference]:
    """Return the differences of a file, or none."""
    if file is None:
        return []
    content: dict[str, list[dict[str, Any]]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return [Difference(**each) for each in content.get("difference", [])]


def expected(
    output: str, before: bytes | None, differences: Iterable[Difference], after: bytes | None
) -> bytes | None:
    """Return an output as it was before, with what is expected to differ as it is after."""
    for difference in differences:
        if not difference.concerns(output):
            continue
        gone = "before" if after is None else "after" if before is None else ""
        if difference.only:
            if difference.only == gone:
                difference.seen += 1
                return after
        elif difference.replaced:
            difference.seen += 1
            return after
        elif before is not None and difference.before.encode() in before:
            before = before.replace(difference.before.encode(), difference.after.encode())
            difference.seen += 1
    return before
