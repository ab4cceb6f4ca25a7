"""Single values as text: in XML, headers, forms, and query strings.

A text that is no value of its shape stays text, and the service refuses it in its own words, but
for times, which are refused here.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Literal, TypeAlias

from botocore.model import Shape

from efssim.aws.protocol.wires.messages import MalformedRequestError

TimeFormat: TypeAlias = Literal["iso8601", "rfc822", "unixTimestamp"]
WHOLE = ("integer", "long", "short", "byte")
BROKEN = ("double", "float")
_WHOLE = re.compile(r"-?\d{1,18}")
_BROKEN = re.compile(r"-?\d{1,300}(\.\d{1,300})?([eE][-+]?\d{1,3})?")
_SECONDS = re.compile(r"-?\d{1,12}(\.\d{1,9})?")
_FLAGS = {"true": True, "false": False}


def text_of(shape: Shape, value: Any, default: TimeFormat) -> str:
    """Return a value as text; `default` is the format of times where the shape names none."""
    if shape.type_name == "timestamp":
        return moment_text(value, time_format(shape, default))
    if shape.type_name == "blob":
        return base64.b64encode(_bytes(value)).decode()
    if shape.type_name == "boolean":
        return "true" if value else "false"
    return str(value)


def value_of(shape: Shape, text: str) -> Any:
    """Return the value that a text is, or the text where it is none of its shape."""
    kind = shape.type_name
    if kind in WHOLE:
        return int(text) if _WHOLE.fullmatch(text) else text
    if kind in BROKEN:
        return float(text) if _BROKEN.fullmatch(text) else text
    if kind == "boolean":
        return _FLAGS.get(text.lower(), text)
    if kind == "timestamp":
        return moment_of(text)
    if kind == "blob":
        return blob_of(text)
    return text


def time_format(shape: Shape, default: TimeFormat) -> TimeFormat:
    """Return the format in which a shape has times."""
    named: str = shape.serialization.get("timestampFormat", default)
    return "unixTimestamp" if named.lower() == "unixtimestamp" else _textual(named)


def _textual(named: str) -> TimeFormat:
    return "rfc822" if named.lower() == "rfc822" else "iso8601"


def moment_text(moment: datetime, form: TimeFormat) -> str:
    """Return a time as text, exact to the microsecond but for rfc822, which has seconds."""
    if form == "unixTimestamp":
        return str(seconds_of(moment))
    utc = moment.astimezone(UTC)
    if form == "rfc822":
        return format_datetime(utc.replace(microsecond=0), usegmt=True)
    exact = "milliseconds" if utc.microsecond % 1000 == 0 else "microseconds"
    return utc.replace(tzinfo=None).isoformat(timespec=exact) + "Z"


def seconds_of(moment: datetime) -> float:
    """Return seconds since 1970 UTC, as AWS sends a time in JSON."""
    return moment.timestamp()


def moment_of(text: str) -> datetime:
    """Return the time that a text is in any of the formats; a bare time is UTC.

    MalformedRequestError for another text: services disagree on more than the formats of the model.
    """
    try:
        if _SECONDS.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC)
        found = parsedate_to_datetime(text) if "," in text else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise MalformedRequestError(f"'{text}' is no time") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def blob_of(text: str) -> bytes | str:
    """Return the bytes that a text is in base 64, or the text."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text


def _bytes(value: bytes | str) -> bytes:
    return value.encode() if isinstance(value, str) else value
