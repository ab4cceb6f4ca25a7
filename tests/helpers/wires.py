"""Values of botocore's shapes, and requests as botocore itself makes them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from botocore.model import OperationModel, Shape
from botocore.serialize import create_serializer

from efssim.aws.protocol.wires.messages import WireRequest
from efssim.aws.protocol.wires.table import target_prefix

MOMENT = datetime(2026, 2, 3, 4, 5, 6, 789000, UTC)
WHOLE = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
TEXTS = ("plain", "a <b> & 'c' \"d\" = 1", "ü \u20ac \U0001f600", "two\nlines", "[1, 2] + %20/x")


def example(shape: Shape, seed: int = 0, inside: tuple[str, ...] = ()) -> Any:
    """Return a value of a shape, which differs by `seed`; a shape inside itself ends at once."""
    if shape.name in inside and shape.type_name in ("structure", "list", "map"):
        return [] if shape.type_name == "list" else {}
    within = (*inside, shape.name)
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, seed, within)
    if kind == "list":
        return [example(shape.member, seed + k, within) for k in (1, 2)]
    if kind == "map":
        keys = [_text(shape.key, seed), _text(shape.key, seed + 1)]
        return {key: example(shape.value, seed + k, within) for k, key in enumerate(keys)}
    return _scalar(shape, seed)


def _structure(shape: Any, seed: int, within: tuple[str, ...]) -> Any:
    if shape.is_document_type:
        return {"a": [1, None, "x"], "b": {"c": 1.5}}
    members = [
        (name, part)
        for name, part in shape.members.items()
        if not part.serialization.get("eventstream")
    ]
    if getattr(shape, "is_tagged_union", False):
        members = [(name, part) for name, part in members if part.name not in within][:1]
    return {name: example(part, seed + k, within) for k, (name, part) in enumerate(members)}


def _scalar(shape: Any, seed: int) -> Any:
    kind, where = shape.type_name, shape.serialization.get("location")
    if kind in ("integer", "long"):
        return 200 if where == "statusCode" else seed + 3
    if kind in ("float", "double"):
        return seed + 0.1
    if kind == "boolean":
        return seed % 2 == 0
    if kind == "blob":
        return bytes(range(seed % 200, seed % 200 + 20))
    if kind == "timestamp":
        form = shape.serialization.get("timestampFormat", "")
        coarse = where in ("header", "headers") or "822" in form
        return WHOLE if coarse else MOMENT
    return _text(shape, seed)


def _text(shape: Any, seed: int) -> str:
    if getattr(shape, "enum", None):
        return str(shape.enum[seed % len(shape.enum)])
    is_attribute = shape.serialization.get("xmlAttribute")
    if is_attribute or shape.serialization.get("location") in ("header", "headers", "uri"):
        return f"plain-{seed}"
    return f"{TEXTS[seed % len(TEXTS)]} {seed}"


def in_whole_seconds(value: Any) -> Any:
    """Return a value without fractions of seconds, which older botocores leave out of requests."""
    if isinstance(value, dict):
        return {key: in_whole_seconds(part) for key, part in value.items()}
    if isinstance(value, list):
        return [in_whole_seconds(part) for part in value]
    return WHOLE if value == MOMENT else value


def streamed_whole(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with what is streamed in it read."""
    return {name: part.read() if hasattr(part, "read") else part for name, part in answer.items()}


def as_request(operation: OperationModel, parameters: Any, protocol: str) -> WireRequest:
    """Return the request that botocore makes of a call in a protocol."""
    metadata = operation.service_model.metadata
    # Models of older versions of botocore have what their own protocol needs.
    metadata.setdefault("targetPrefix", target_prefix(operation.service_model.service_name))
    metadata.setdefault("jsonVersion", "1.0")
    made = create_serializer(protocol, False).serialize_to_request(parameters, operation)
    body = made["body"]
    if isinstance(body, dict):
        body = urlencode(body).encode()
    elif isinstance(body, io.IOBase):
        body = body.read()
    elif isinstance(body, str):
        body = body.encode()
    query = made["query_string"]
    items = query.items() if isinstance(query, dict) else query
    pairs = [(k, each) for k, v in items for each in (v if isinstance(v, list) else [v])]
    path = made["url_path"]
    if pairs:
        path += ("&" if "?" in path else "?") + urlencode(pairs, quote_via=quote)
    headers = {name.lower(): str(text) for name, text in made["headers"].items()}
    return WireRequest(made["method"], path, "us-east-1", bytes(body), headers)
