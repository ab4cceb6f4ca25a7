"""The content of an export: unpacked, as bytes and as text."""

from __future__ import annotations

import codecs
import re
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from efssim.traces.problems import refuse

HEAD_BYTES = 65_536
"""Bytes of a file from which its format is recognised; assumed: headers are far shorter."""

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class ExportContent:
    """The content of one file, gzip undone, with the name that messages have for it."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self.data = data

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return Path(self.file).name

    @cached_property
    def head(self) -> str:
        """The begin of the content as text; characters that are none are replaced."""
        data = self.data[:HEAD_BYTES]
        if self.is_utf_16:
            return data[: len(data) // 2 * 2].decode("utf-16", errors="replace")
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")

    @cached_property
    def text(self) -> str:
        """The whole content as text without a byte order mark; raises TraceErrors."""
        # The shell of Windows writes what a command prints as UTF-16, with a mark that says so.
        encoding = "utf-16" if self.is_utf_16 else "utf-8"
        data = self.data.removeprefix(codecs.BOM_UTF8)
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            refuse(self.file, line, "is not UTF-8 text; save the file as UTF-8")

    @property
    def is_utf_16(self) -> bool:
        """Whether a mark at its begin says that it is UTF-16."""
        return self.data.startswith(_UTF_16)

    @property
    def is_json(self) -> bool:
        """Whether it begins as JSON does, with an object or a list."""
        return self.head.lstrip()[:1] in ("{", "[")

    @cached_property
    def first_line(self) -> str:
        """The first line that is not blank, without blanks around it; empty if there is none."""
        found = re.search(r"\S[^\r\n]*", self.head)
        return found[0].rstrip() if found else ""

    def fail(self, line: int | None, message: str) -> NoReturn:
        """Raise TraceErrors with the one error."""
        refuse(self.file, line, message)
