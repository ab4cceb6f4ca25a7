"""HTTP around a served simulation, for scripts and tools in other processes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from efssim.aws.port.served import Served, failed, is_own
from efssim.aws.port.sites import Sites
from efssim.aws.protocol.routing import Scope
from efssim.aws.protocol.wires.messages import Reply, WireRequest

BODY_MAX = 2**20
"""Bytes of a request's body at most; EFS's requests are far below."""
_TIMEOUT_S = 30.0
"""A client that sends nothing for so long is hung up on."""
_WITHOUT_BODY = (204, 304)
"""Statuses of replies that have none."""
_BACKLOG = 512
"""Connections that may wait to be accepted; a client that finds no place tries again after 1 s."""


class _Handler(BaseHTTPRequestHandler):
    served: ClassVar[Served]
    sites: ClassVar[Sites]
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.1"  # an answer to HTTP/0.9 would have no head
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
        body = self.rfile.read(length)
        if len(body) < length:
            self._refuse(400, f"the body ends after {len(body):,} of {length:,} bytes")
            return
        scope = Scope.of(self.headers.get("Authorization", ""), self.path)
        own = is_own(self.command, self.path, scope.service)
        if own and (why := self.sites.refusal(self.headers)):
            self._refuse(403, why)
            return
        region = scope.region or self.served.region
        headers = {name.lower(): text for name, text in self.headers.items()}
        request = WireRequest(self.command, self.path, region, body, headers)
        reply, moment = self.served.answer(request, scope.service)
        self._send(reply)
        self.served.tell(f"{moment} {region} {self.command} {self.path} {reply.status}")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # http.server's names

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
        self._send(failed(status, message))
        self.served.tell(f"- - {self.command} {self.path} {status}")

    def _send(self, reply: Reply) -> None:
        # Without a Date: a client compares it with its own clock, and steps are to be the same.
        self.send_response_only(reply.status)
        self.send_header("Server", self.server_version)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        has_body = reply.status not in _WITHOUT_BODY
        if has_body:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body if has_body and self.command != "HEAD" else b"")
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
