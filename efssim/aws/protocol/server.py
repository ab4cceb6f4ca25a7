"""EFS over HTTP: a simulation behind a port, for scripts and tools in other processes.

`/_efssim/…` is not EFS's: it reports and moves simulated time, and begins events.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, cast

from efssim.aws.protocol.sites import Sites
from efssim.aws.protocol.wire import Reply, WireRequest, efs_wire
from efssim.aws.world import SteppedWorld
from efssim.json_values import JsonObject, json_object

BODY_MAX = 2**20
"""Bytes of a request's body at most; EFS's requests are far below."""
PREFIX = "/_efssim/"
_TIMEOUT_S = 30.0
"""A client that sends nothing for so long is hung up on."""
_BACKLOG = 512
"""Connections that may wait to be accepted; a client that finds no place tries again after 1 s."""
_SCOPE = re.compile(
    r"Credential=[^/\s]+/\d{8}/(?P<region>[^/\s]+)/(?P<service>[^/\s]+)/aws4_request"
)
_JSON = {"Content-Type": "application/json"}


class Served:
    """A simulation that one request at a time reaches, and how its time passes.

    `speed` is in simulated seconds per real second; None: time passes by `advance` alone, and the
    answers are the same every time. Simulated time stops at the scenario's end. `tell` gets a line
    for each request.
    """

    def __init__(
        self, world: SteppedWorld, region: str, speed: float | None, tell: Callable[[str], None]
    ) -> None:
        self.world, self.region, self.tell, self._speed = world, region, tell, speed
        self._lock = threading.Lock()
        self._begin_s = time.perf_counter()
        self._wire = efs_wire()

    def answer(self, request: WireRequest) -> tuple[Reply, str]:
        """Answer a request; return the reply and the simulated time of it."""
        with self._lock:
            self._keep_pace()
            if request.target.startswith(PREFIX):
                reply = self._control(request)
            else:
                reply = self._wire.dispatch(self.world, request)
            return reply, _moment(self.world)

    def _keep_pace(self) -> None:
        """Let as much simulated time pass as real time has."""
        if self._speed is None:
            return
        wanted_s = (time.perf_counter() - self._begin_s) * self._speed
        until_s = min(wanted_s, self.world.scenario.duration)
        self.world.advance(max(0.0, until_s - self.world.elapsed_s))

    def _control(self, request: WireRequest) -> Reply:
        action = request.target.removeprefix(PREFIX).partition("?")[0]
        known: dict[tuple[str, str], Callable[[JsonObject], JsonObject]] = {
            ("GET", "now"): lambda _: {},
            ("POST", "advance"): self._advance,
            ("POST", "apply"): self._apply,
            ("GET", "summary"): lambda _: {"summary": self.world.result().summary},
        }
        if (request.method, action) not in known:
            offered = ", ".join(f"{method} {PREFIX}{name}" for method, name in known)
            return _failed(
                404, f"there is no {request.method} {request.target}; there are {offered}"
            )
        try:
            told = known[request.method, action](json_object(request.body))
        except ValueError as error:  # pydantic's included
            return _failed(400, str(error))
        where = {"now": _moment(self.world), "elapsed_s": self.world.elapsed_s}
        return Reply(200, _JSON, json.dumps({**where, **told}).encode())

    def _advance(self, given: JsonObject) -> JsonObject:
        if self._speed is not None:
            raise ValueError("time passes by itself here: --step lets it pass by calls")
        if list(given) != ["duration"]:
            raise ValueError('the body is to be {"duration": "5 min"}, or seconds')
        duration = given["duration"]
        # Any other value is refused where time passes.
        self.world.advance(cast("float | str", duration))
        return {}

    def _apply(self, given: JsonObject) -> JsonObject:
        self.world.apply(given)
        return {}


def _moment(world: SteppedWorld) -> str:
    return world.now.strftime("%Y-%m-%dT%H:%M:%SZ")


def _failed(status: int, message: str) -> Reply:
    return Reply(status, _JSON, json.dumps({"Message": message}).encode())


class _Handler(BaseHTTPRequestHandler):
    served: ClassVar[Served]
    sites: ClassVar[Sites]
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "efssim", ""
    timeout = _TIMEOUT_S
    # Headers and body in one segment: two of them wait for each other's acknowledgement.
    wbufsize = 2**16
    disable_nagle_algorithm = True

    def answer(self) -> None:
        """Read a request whole, answer it, and say so."""
        length = self._length()
        if length is None:
            return
        region, service = self._scope()
        body = self.rfile.read(length)
        if len(body) < length:
            self._refuse(400, f"the body ends after {len(body):,} of {length:,} bytes")
            return
        if self.path.startswith(PREFIX) and (why := self.sites.refusal(self.headers)):
            self._refuse(403, why)
            return
        if service not in ("elasticfilesystem", ""):
            message = f"efssim serves EFS alone, and this request is for '{service}'."
            reply, moment = _failed(501, message), _moment(self.served.world)
        else:
            reply, moment = self.served.answer(WireRequest(self.command, self.path, region, body))
        self._send(reply)
        self.served.tell(f"{moment} {region} {self.command} {self.path} {reply.status}")

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  # http.server's names

    def _length(self) -> int | None:
        """Return the length of the body; None: the request was refused."""
        text = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not text.isascii() or not text.isdigit():
            self._refuse(411, "a request needs a Content-Length")
            return None
        if len(text) > 12 or int(text) > BODY_MAX:
            self._refuse(413, f"a body has at most {BODY_MAX:,} bytes")
            return None
        return int(text)

    def _refuse(self, status: int, message: str) -> None:
        """Send an error and close the connection: the bytes that follow are no request."""
        self.close_connection = True
        self._send(_failed(status, message))
        self.served.tell(f"- - {self.command} {self.path} {status}")

    def _scope(self) -> tuple[str, str]:
        """Return Region and service that a signed request is for; the default ones otherwise."""
        found = _SCOPE.search(self.headers.get("Authorization", ""))
        return (self.served.region, "") if found is None else (found["region"], found["service"])

    def _send(self, reply: Reply) -> None:
        # Without a Date: a client compares it with its own clock, and steps are to be the same.
        self.send_response_only(reply.status)
        self.send_header("Server", self.server_version)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body if reply.status != 204 else b"")
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # http.server's name
        """Log a message of http.server: the complaint about a malformed request."""
        self.served.tell(f"- - {(format % args).encode('ascii', 'backslashreplace').decode()}")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave it to `answer`, which knows the Region and the simulated time."""


class Server(ThreadingHTTPServer):
    """HTTP server of a simulation at an address, for clients that use one of the names of a host.

    `hosts` are its names beside those of loopback.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = _BACKLOG

    def __init__(self, address: tuple[str, int], served: Served, hosts: Sequence[str] = ()) -> None:
        bound = {"served": served, "sites": Sites(hosts)}
        super().__init__(address, type("_Bound", (_Handler,), bound))

    @property
    def url(self) -> str:
        """Where it is."""
        host, port = self.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let clients hang up; anything else is a bug and is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)
