"""HTML of the displays in notebooks: tables and sentences that inherit the notebook's style.

Everything is escaped here. No colours, so that dark and light themes both suit; no scripts; no ids;
the same content gives the same text.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape


def page(*parts: str) -> str:
    """Return parts in one block; empty ones are left out."""
    return f"<div>{''.join(part for part in parts if part)}</div>"


def sentence(text: str, *, strong: str = "") -> str:
    """Return a paragraph that begins with its most important words, `strong`, in bold."""
    bold = f"<strong>{escape(strong)}</strong> " if strong else ""
    return f"<p>{bold}{escape(text)}</p>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """Return a table, empty where it has no row; the first `words` columns are texts."""
    body = [_row("td", row, words) for row in rows]
    if not body:
        return ""
    head_row = _row("th", head, words)
    return f"<table><thead>{head_row}</thead><tbody>{''.join(body)}</tbody></table>"


def folded(title: str, content: str) -> str:
    """Return content that opens at a click; nothing where there is none."""
    return f"<details><summary>{escape(title)}</summary>{content}</details>" if content else ""


def _row(cell: str, texts: Sequence[str], words: int) -> str:
    sides = ["left"] * words + ["right"] * (len(texts) - words)
    cells = (
        f'<{cell} style="text-align: {side}">{escape(text)}</{cell}>'
        for text, side in zip(texts, sides, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


def script_source(script: str) -> str:
    """Return the name that a page's policy has for a script, given all between its tags.

    A browser runs no other then, whatever gets into the page.
    """
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
