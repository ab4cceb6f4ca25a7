"""A page that loads itself anew while a command watches: by a script beside it, without network.

A page on a disk may not read other files, but it may run a script that stands beside it. So the
command writes a small one that says which page is the latest, and the page asks for it again and
again. When the command ends, both go.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from efssim.markup import script_source

BESIDE = "efssim-watch.js"
_POLL_MS = 500
_PAGE = "report.html"
_POLICY = re.compile(r"script-src '[^']+'")
_ALLOWED = re.compile(rf"({_POLICY.pattern}) '[^']+' file:")
_BEGIN, _END = "<!-- watched -->", "<!-- /watched -->"
_SCRIPT = """
(() => {{
  const shown = {stamp};
  const bar = document.createElement("p");
  bar.setAttribute("role", "status");
  bar.style.cssText = "position:sticky;bottom:0;margin:0;padding:.7em 1em;white-space:pre-wrap;"
    + "font-family:monospace;background:#8b1a1a;color:#fff";
  window.efssimWatch = (stamp, problem) => {{
    if (stamp !== shown && !problem) location.reload();
    bar.textContent = problem;
    if (problem) document.body.append(bar); else bar.remove();
  }};
  setInterval(() => {{
    const latest = document.createElement("script");
    latest.src = "{beside}?" + Date.now();
    latest.onload = latest.onerror = () => latest.remove();
    document.head.append(latest);
  }}, {poll_ms});
}})();
"""


@dataclass
class LivePage:
    """The page in a folder, and the script beside it."""

    folder: Path
    stamp: str = ""
    """Of the latest page; empty before there is one."""

    def update(self, problem: str = "") -> None:
        """Make the latest page watch for the next, or show a problem on the one that is there.

        Raise OSError.
        """
        page = self.folder / _PAGE
        if not problem and page.is_file():
            text = page.read_text(encoding="utf-8")
            self.stamp = hashlib.sha256(text.encode()).hexdigest()[:16]
            _replace(page, watching(text, self.stamp))
        if self.folder.is_dir():
            call = f"efssimWatch({json.dumps(self.stamp)}, {json.dumps(problem)});\n"
            _replace(self.folder / BESIDE, call)

    def end(self) -> None:
        """Leave the page as a run without watching writes it."""
        with suppress(OSError):
            (self.folder / BESIDE).unlink(missing_ok=True)
            page = self.folder / _PAGE
            if self.stamp:
                _replace(page, still(page.read_text(encoding="utf-8")))


def watching(page: str, stamp: str) -> str:
    """Return a page that loads itself anew where another stamp is the latest."""
    script = _SCRIPT.format(stamp=json.dumps(stamp), beside=BESIDE, poll_ms=_POLL_MS)
    own = f"{script_source(script)} file:"
    head = _POLICY.sub(lambda found: f"{found[0]} {own}", page, count=1)
    at = head.rindex("</body>")
    return f"{head[:at]}{_BEGIN}<script>{script}</script>{_END}\n{head[at:]}"


def still(page: str) -> str:
    """Return the page without that."""
    begin = page.rfind(_BEGIN)
    if begin < 0:
        return page
    end = page.index(_END, begin) + len(_END) + 1
    return _ALLOWED.sub(r"\1", page[:begin] + page[end:], count=1)


def _replace(file: Path, text: str) -> None:
    """Write a file whole, so that a browser never reads a part of it."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(file)
