"""Pages of an answer. A token says after which item the next page begins, so that items that come
and go between two calls make none appear twice and no other be left out.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TypeVar

from efssim.model.entities.errors import EfsError
from efssim.model.entities.identifiers import hex_of

T = TypeVar("T")

PAGE_SIZE = 100
"""Items of a page at most, and unless the call asks for fewer; documented for DescribeFileSystems,
of the other operations only the default is."""

_CHECK_DIGITS = 8


def page(
    items: Mapping[str, T], scope: str, size: int | None, token: str | None, bad_token: str
) -> tuple[list[T], str | None]:
    """Return the items after a token in the order of their keys, and the token of the next page.

    `scope` identifies the list: a token of another list raises EfsError with the code `bad_token`,
    as does one that no answer gave.
    """
    if token is None and len(items) == 1:
        return list(items.values()), None  # as most calls ask for
    after = None if token is None else _key(token, scope, bad_token)
    keys = [key for key in sorted(items) if after is None or key > after]
    shown = keys[: min(size or PAGE_SIZE, PAGE_SIZE)]
    more = len(shown) < len(keys)
    return [items[key] for key in shown], _token(shown[-1], scope) if more else None


def _token(key: str, scope: str) -> str:
    text = hex_of(f"{scope} {key}", _CHECK_DIGITS) + key
    return base64.urlsafe_b64encode(text.encode()).decode()


def _key(token: str, scope: str, bad_token: str) -> str:
    try:
        text = base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    key = text[_CHECK_DIGITS:]
    if not text or _token(key, scope) != token:
        raise EfsError(bad_token, f"'{token}' is not the pagination token of an earlier answer.")
    return key
