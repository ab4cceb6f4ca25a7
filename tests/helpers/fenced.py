"""Code blocks of the documentation.

A comment on the line before a block changes how it is run: `<!-- not run: REASON -->`, and
`<!-- first: CODE -->` for names that the block takes from its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helpers.places import ROOT

PAGES = ("README.md", *sorted(f"docs/{file.name}" for file in (ROOT / "docs").glob("*.md")))
_COMMENT = re.compile(r"<!-- (not run|first): (.+) -->")


@dataclass(frozen=True)
class Block:
    """One block, and what stands around it."""

    page: str
    line: int
    """Of its first line of code, from 1 on."""
    language: str
    code: str
    not_run: str = ""
    """Why it cannot be run; empty where it can."""
    first: str = ""
    """Code that runs before it."""
    shown: str = ""
    """The output that the page shows of it."""

    @property
    def name(self) -> str:
        """Page and line, as an editor opens it."""
        return f"{self.page}:{self.line}"


def blocks_of(page: str) -> list[Block]:
    """Return the blocks of a page; a `text` right below another is what that one prints."""
    found: list[Block] = []
    for block, between in _fences(page, Path(ROOT, page).read_text(encoding="utf-8")):
        # A heading or another paragraph between them: it is no output of the block before.
        if (
            block.language == "text"
            and found
            and "\n#" not in between
            and not between.count("\n\n")
        ):
            before = found.pop()
            if not before.shown and before.language != "text":
                found.append(Block(**{**vars(before), "shown": block.code}))
                continue
            found.append(before)
        found.append(block)
    return found


def _fences(page: str, text: str) -> Iterator[tuple[Block, str]]:
    """Yield each block with the text between it and the one before."""
    lines, begin, last = text.splitlines(keepends=True), -1, 0
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if begin < 0:
            begin = number
            continue
        comment = _COMMENT.fullmatch(lines[begin - 1].strip()) if begin else None
        kind, words = (comment[1], comment[2]) if comment else ("", "")
        yield (
            Block(
                page,
                begin + 2,
                lines[begin].strip().removeprefix("```"),
                "".join(lines[begin + 1 : number]),
                not_run=words if kind == "not run" else "",
                first=words if kind == "first" else "",
            ),
            "".join(lines[last:begin]),
        )
        begin, last = -1, number + 1
