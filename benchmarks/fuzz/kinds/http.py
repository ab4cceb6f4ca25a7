"""Requests to `efssim serve`, in every protocol that it answers and in some that it does not."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from benchmarks.fuzz import hostile, texts, trees
from benchmarks.fuzz.case import Case, Random, chance, pick
from benchmarks.fuzz.kinds import bases

A_SITTING = 20
"""Requests to one server."""
SCENARIO = (
    bases.TINY
    + """\
regions: {eu-south-1: {custom: false}}
events: [{at: 2 min, region_outage: us-west-2, for: 1 min}]
prices: {source: none, date: 2026-01-01, transfer: {us-east-1 -> us-west-2: 0.02}}
"""
)
_IDS = (
    "fs-0123456789abcdef0",
    "orders",
    "dr",
    "TimeSinceLastSync",
    "AWS/EFS",
    "us-west-2",
    "Maximum",
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request, in parts."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def raw(self, random: Random) -> bytes:
        """Return its bytes, now and then with another length than that of the body."""
        length = str(len(self.body))
        if chance(random, 0.06):
            length = pick(random, (*hostile.NUMBERS[:40], "", "5, 5", "0x5", " 5"))
        lines = [f"{self.method} {self.target} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body or chance(random, 0.5):
            lines.append(f"Content-Length: {length}")
        head = "\r\n".join(lines) + "\r\nConnection: close\r\n\r\n"
        return head.encode("utf-8", "surrogatepass") + self.body


@cache
def known() -> tuple[Request, ...]:
    """Return good requests: operations of the services that are simulated, and the own paths."""
    from efssim.aws.protocol.wires.calling import SIMULATED
    from efssim.aws.protocol.wires.table import protocols, service_model

    found = list(_own())
    for service in SIMULATED:
        model = service_model(service)
        for protocol in protocols(service):
            found += [_operation(model, name, protocol) for name in model.operation_names]
    return tuple(found)


def _own() -> Iterator[Request]:
    for path in ("/", "/metrics", "/_efssim/now", "/_efssim/state", "/_efssim/summary"):
        yield Request("GET", path, (), b"")
    kind = (("Content-Type", "application/json"),)
    for body in ('{"duration": "1 min"}', '{"duration": 30}', '{"duration": 1e300}'):
        yield Request("POST", "/_efssim/advance", kind, body.encode())
    for body in (
        '{"region_outage": "us-west-2", "for": "1 min"}',
        '{"kms_key_disabled": "dr", "for": 30}',
        '{"fail": "orders"}',
        '{"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "orders"}}',
        '{"move_writes": "orders", "to": "dr.destination"}',
        '{"api_error": "DescribeFileSystems", "code": "InternalServerError", "times": 1}',
    ):
        yield Request("POST", "/_efssim/apply", kind, body.encode())
    yield Request("POST", "/_efssim/reset", (), b"")
    cbor = (("Smithy-Protocol", "rpc-v2-cbor"), ("Content-Type", "application/cbor"))
    path = "/service/GraniteServiceVersion20100801/operation/ListMetrics"
    yield Request("POST", path, cbor, b"\xa1iNamespacegAWS/EFS")


def _operation(model: Any, name: str, protocol: str) -> Request:
    """Return the request that botocore makes of an operation with values of the right shapes."""
    from botocore.serialize import create_serializer

    from efssim.aws.protocol.wires.table import target_prefix

    model.metadata.setdefault("targetPrefix", target_prefix(model.service_name))
    model.metadata.setdefault("jsonVersion", "1.0")
    operation = model.operation_model(name)
    shape = operation.input_shape
    parameters = {} if shape is None else _example(shape, 0)
    made = create_serializer(protocol, False).serialize_to_request(parameters, operation)
    body = made["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    elif isinstance(body, io.IOBase):
        body = body.read()
    body = body.encode() if isinstance(body, str) else bytes(body or b"")
    query = urlencode(made["query_string"], doseq=True) if made["query_string"] else ""
    target = made["url_path"] + ("?" + query if query else "")
    signed = f"AWS4-HMAC-SHA256 Credential=X/20260101/us-east-1/{model.signing_name}/aws4_request"
    headers = (*made["headers"].items(), ("Authorization", signed))
    return Request(made["method"], target, tuple((str(k), str(v)) for k, v in headers), body)


def _example(shape: Any, depth: int) -> Any:
    """Return a value of a shape of botocore, at most five levels deep."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members.items() if depth < 5 else ()
        few = list(members)[:1] if getattr(shape, "is_tagged_union", False) else members
        return {name: _example(part, depth + 1) for name, part in few}
    if kind == "list":
        return [_example(shape.member, depth + 1)] if depth < 5 else []
    if kind == "map":
        return {"a": _example(shape.value, depth + 1)} if depth < 5 else {}
    plain = {"integer": 60, "long": 60, "float": 1.5, "double": 1.5, "boolean": True}
    if kind in plain:
        return plain[kind]
    if kind == "timestamp":
        return "2026-01-01T00:05:00Z"
    if kind == "blob":
        return b"x"
    enum = getattr(shape, "enum", None)
    return enum[0] if enum else _IDS[len(shape.name) % len(_IDS)]


def make(random: Random, number: int) -> Case:
    """Return a sitting: a server, and requests to it that are not as they should be."""
    requests = tuple(_spoilt(random, pick(random, _chosen(random))) for _ in range(A_SITTING))
    speed = (
        ("--step",) if chance(random, 0.8) else ("--speed", pick(random, ("1", "1e9", "1e-300")))
    )
    words = ("serve", "s.yaml", "--port", "0", *speed)
    return Case("http", number, {"s.yaml": SCENARIO.encode()}, words, requests=requests)


def _chosen(random: Random) -> tuple[Request, ...]:
    """Return the requests to choose from: the simulation's own and EFS's more often than others."""
    share = random.random()
    if share < 0.3:
        return tuple(_own())
    return (
        tuple(one for one in known() if "elasticfilesystem" in str(one.headers))
        if share < 0.6
        else known()
    )


def _spoilt(random: Random, request: Request) -> bytes:
    for _ in range(pick(random, (0, 1, 1, 2))):
        request = pick(
            random, (_body, _body, _body, _tree, _tree, _tree, _target, _method, _header)
        )(random, request)
    raw = request.raw(random)
    return texts.changed(random, raw)[:200_000] if chance(random, 0.12) else raw


def _body(random: Random, request: Request) -> Request:
    whole = (
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{" * 3000,
        b"[" * 100_000,
        b"1e999",
        b'{"a":NaN}',
        b"\xff",
    )
    body = pick(random, whole) if chance(random, 0.4) else texts.changed(random, request.body)
    return replace(request, body=body[:300_000])


def _tree(random: Random, request: Request) -> Request:
    """Change the parameters: those of JSON as a tree, those of a form as words."""
    try:
        tree = trees.of_yaml(request.body.decode())
        assert tree.entries is not None
    except Exception:  # no JSON: whatever YAML says of it
        return _form(random, request)
    part = trees.changed(random, tree, bases.pool())
    return replace(request, body=_json(part).encode("utf-8", "replace"))


def _json(tree: trees.Tree) -> str:
    if tree.items is not None:
        return "[" + ",".join(map(_json, tree.items)) + "]"
    if tree.entries is not None:
        return "{" + ",".join(f"{_key(key)}:{_json(part)}" for key, part in tree.entries) + "}"
    try:
        json.loads(tree.token)
    except (ValueError, RecursionError):
        return json.dumps(tree.token) if tree.token[:9] != "[" * 9 else tree.token
    return tree.token


def _key(key: str) -> str:
    return key if key.startswith('"') else json.dumps(key)


def _form(random: Random, request: Request) -> Request:
    pairs = [pair.partition("=") for pair in request.body.decode("utf-8", "replace").split("&")]
    at = int(random.integers(len(pairs)))
    given = urlencode({"x": hostile.value(random)[:3000].encode("utf-8", "replace")})[2:]
    index = pick(random, ("0", "-1", "999999999999", "1.1", "x", "9" * 400))
    names = (
        pairs[at][0],
        f"{pairs[at][0]}.member.{index}",
        f"{pairs[at][0]}.1",
        "Action",
        "Version",
    )
    made = [f"{name}={value}" for name, _, value in pairs]
    made[at] = f"{pick(random, names)}={given}"
    return replace(request, body="&".join(made).encode("utf-8", "replace"))


def _target(random: Random, request: Request) -> Request:
    odd: tuple[str, ...] = (
        "/..%2f..%2f",
        "/%00",
        "/%ff",
        "//",
        "/_efssim/",
        "?",
        "*",
        "/" * 3000,
        "/%",
        "/?Action=X",
    )
    odd += ("/2015-02-01/file-systems/%2e%2e", "http://evil/", "/2015-02-01/tags/", "/é", "/\udcff")
    made: tuple[Callable[[], str], ...] = (
        lambda: pick(random, odd),
        lambda: request.target + pick(random, odd),
        lambda: request.target + "?MaxItems=" + hostile.number(random).replace(" ", "+"),
        lambda: request.target + "?Marker=" + pick(random, ("x", "%", "%00", "A" * 5000)),
        lambda: request.target.upper(),
        lambda: request.target[:-3],
    )
    return replace(request, target=pick(random, made)().replace(" ", "%20"))


def _method(random: Random, request: Request) -> Request:
    methods = (
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "TRACE",
        "get",
        "A" * 500,
    )
    return replace(request, method=pick(random, methods))


def _header(random: Random, request: Request) -> Request:
    odd = (
        ("Transfer-Encoding", "chunked"),
        ("Content-Type", pick(random, ("application/cbor", "x", "application/x-amz-json-1.9", ""))),
        (
            "X-Amz-Target",
            pick(random, ("x", ".", "GraniteServiceVersion20100801.Nope", "A" * 9000)),
        ),
        ("Authorization", "AWS4-HMAC-SHA256 Credential=X/20260101/mars-1/efs/aws4_request"),
        ("Authorization", hostile.value(random)[:200].replace("\n", " ")),
        ("Host", pick(random, ("evil.example", "", "127.0.0.1:99999", "[::1", "a" * 5000))),
        ("Origin", "http://evil.example"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Smithy-Protocol", "rpc-v2-cbor"),
        ("X" * 70_000, "y"),
        ("Expect", "100-continue"),
        ("Content-Encoding", "gzip"),
    )
    name, given = pick(random, odd)
    kept = tuple(pair for pair in request.headers if pair[0].lower() != name.lower())
    return replace(request, headers=(*kept, (name, given)))
