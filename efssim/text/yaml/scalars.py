"""Scalars by the YAML 1.2 core schema, so that `no` and `12:30` stay texts."""

from __future__ import annotations

import re
from typing import TypeAlias

from efssim.text.quoting import cut
from efssim.text.yaml.limits import MAX_DIGITS

Scalar: TypeAlias = str | int | float | bool | None

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"(true|True|TRUE)|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_BASES = {"0o": 8, "0x": 16}

TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = {
    TAG + "null": _NULL,
    TAG + "bool": _BOOL,
    TAG + "int": _INT,
    TAG + "float": _FLOAT,
}
_TAGS = {*_SCALAR_TAGS, TAG + "str", TAG + "map", TAG + "seq"}


def implicit_tag(text: str) -> str:
    """Return the tag that the core schema gives a plain scalar."""
    for tag, pattern in _SCALAR_TAGS.items():  # integers before the floats that they also are
        if pattern.fullmatch(text):
            return tag
    return TAG + "str"


def scalar(text: str, tag: str) -> Scalar:
    """Return the value of a scalar; raise ValueError with a sentence if it has none."""
    if tag == TAG + "str":
        return text
    pattern = _SCALAR_TAGS.get(tag)
    found = pattern.fullmatch(text) if pattern else None
    if not found:
        raise ValueError(f"{shown_tag(tag)} does not fit this value")
    if pattern is _BOOL:
        return found[1] is not None
    if pattern is _INT:
        return _integer(text)
    if pattern is _FLOAT:  # Python has no dot in `.inf` and `.nan`
        return float(text.replace(".", "") if text[-1].isalpha() else text)
    return None


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number of more than {MAX_DIGITS} digits")
    base = _BASES.get(text[:2])
    return int(text[2:], base) if base else int(text)


def shown_tag(tag: str) -> str:
    return cut("!!" + tag.removeprefix(TAG) if tag.startswith(TAG) else tag)


def check_tag(tag: str) -> None:
    if tag not in _TAGS:
        raise ValueError(f"{shown_tag(tag)}: tags that construct objects are not allowed")
