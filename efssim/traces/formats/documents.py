"""JSON documents of an export, one or several in a file, and the lines of what is in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from json import JSONDecodeError
from typing import NoReturn, TypeAlias

from efssim.json_values import JsonValue
from efssim.traces.formats.content import ExportContent

JsonMapping: TypeAlias = Mapping[str, JsonValue]
Step: TypeAlias = str | int

LONG_NUMBER = "has a number with more digits than are read"
"""Said where Python refuses an integer, of more than 4,300 digits."""
_DECODER = json.JSONDecoder()
_BLANK = " \t\r\n"
_SEPARATORS = _BLANK + ",\x1e"  # some tools join documents by a comma or a record separator


def documents(content: ExportContent) -> Sequence[JsonMapping]:
    """Return the objects of a file: of one document, of a list, or of one after the other.

    Raise TraceErrors where the text is not JSON, or something else than an object.
    """
    try:
        found: list[JsonValue] = [json.loads(content.text)]
    except JSONDecodeError as error:
        if not error.msg.startswith("Extra data"):
            _fail(content, error)
        found = _one_by_one(content)
    except RecursionError:
        content.fail(1, "is JSON nested deeper than any export is")
    except ValueError:
        content.fail(1, LONG_NUMBER)
    flat = [part for one in found for part in (one if isinstance(one, list) else [one])]
    objects = [part for part in flat if isinstance(part, dict)]
    if len(objects) < len(flat) or not flat:
        content.fail(1, "is JSON but no object, such as {…}, or a list of them")
    return objects


def _one_by_one(content: ExportContent) -> list[JsonValue]:
    text, at, found = content.text, 0, []
    while at < len(text):
        if text[at] in _SEPARATORS:
            at += 1
            continue
        try:
            value, at = _DECODER.raw_decode(text, at)
        except JSONDecodeError as error:
            _fail(content, error)
        except RecursionError:
            content.fail(1, "is JSON nested deeper than any export is")
        except ValueError:
            content.fail(1, LONG_NUMBER)
        found.append(value)
    return found


def _fail(content: ExportContent, error: JSONDecodeError) -> NoReturn:
    reason = error.msg[:1].lower() + error.msg[1:]
    content.fail(
        error.lineno,
        f"is not JSON from here: {reason} (column {error.colno}); export the file again",
    )


def line_of(content: ExportContent, path: Sequence[Step]) -> int:
    """Return the line on which the value at a path of a document begins.

    The first step is the number of the document. Where the path leads nowhere it is the line of
    the last value on the way.
    """
    text = content.text
    at = _skip(text, 0)
    first, *steps = path
    if text[at : at + 1] == "[":
        steps = [first, *steps]
    else:
        for _ in range(int(first)):
            at = _skip(text, _DECODER.raw_decode(text, at)[1], _SEPARATORS)
    for step in steps:
        inside = _inside(text, at, step)
        if inside is None:
            break
        at = inside
    return text.count("\n", 0, at) + 1


def _inside(text: str, at: int, step: Step) -> int | None:
    """Return where an entry of the object or list at a position begins; None if there is none."""
    is_object = text[at] == "{"
    if text[at] not in "{[":
        return None
    at, index = _skip(text, at + 1), 0
    while text[at : at + 1] not in ("}", "]", ""):
        key: JsonValue = index
        if is_object:
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, at, _BLANK + ":")
        if key == step:
            return at
        at = _skip(text, _DECODER.raw_decode(text, at)[1], _BLANK + ",")
        index += 1
    return None


def _skip(text: str, at: int, characters: str = _BLANK) -> int:
    while at < len(text) and text[at] in characters:
        at += 1
    return at
