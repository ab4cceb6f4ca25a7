"""The jobs of a case: the command line as users call it, and a server with its clients."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import sys
import threading
from pathlib import Path

from benchmarks.fuzz.case import Case

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ?[^\r\n]*\r\n")
_ANSWER_S = 15
"""Seconds that an answer may take: on a busy machine, far above that of any request."""


def command(case: Case) -> int:
    """Run the command as the entry point `efssim` does; return its exit code."""
    from efssim.cli import main

    sys.argv = ["efssim", *case.arguments]
    os.environ["EFSSIM_TRACEBACK"] = "1"
    return _exit_code(main)


def _exit_code(main: object) -> int:
    assert callable(main)
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def sitting(case: Case) -> int:
    """Serve the scenario as `efssim serve` does, send the requests; print what is wrong."""
    from efssim.api.simulation import Simulation
    from efssim.aws.port.served import Served
    from efssim.aws.port.server import Server
    from efssim.scenario.loading import load

    scenario = load(Path("s.yaml"))
    words = case.arguments
    speed = float(words[words.index("--speed") + 1]) if "--speed" in words else None
    served = Served(lambda: Simulation(scenario), "us-east-1", speed, lambda _line: None)
    with Server(("127.0.0.1", 0), served) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = [
            _asked(server.server_address[1], request, speed is None) for request in case.requests
        ]
        server.shutdown()
    print(json.dumps({"statuses": [status for status, _ in found], "faults": _told(found)}))
    return 0


def _told(found: list[tuple[int, str]]) -> list[str]:
    return [f"request {at}: {fault}" for at, (_, fault) in enumerate(found) if fault]


def _asked(port: int, request: bytes, stands: bool) -> tuple[int, str]:
    """Return the status of the answer to a request, and what is wrong with it; empty if nothing is.

    `stands` says that time passes by calls alone: then a refusal leaves the state as it was.
    """
    before = _exchange(port, b"GET /_efssim/state HTTP/1.0\r\n\r\n") if stands else b""
    answer = _exchange(port, request)
    found = _STATUS.match(answer)
    if found is None:
        # To a request without a version of HTTP, or before one is known, http.server answers
        # without a status line.
        is_old = b" HTTP/1." not in request.partition(b"\r\n")[0] or b"<!DOCTYPE" in answer[:20]
        whole = answer or b"\r\n\r\n" in request[:60_000]
        return 0, f"no answer: {answer[:200]!r}" if whole and not is_old else ""
    status, fault = int(found[1]), _wrong(request, answer)
    if not fault and status >= 400 and before:
        after = _exchange(port, b"GET /_efssim/state HTTP/1.0\r\n\r\n")
        if before != after and not _counted(request):
            fault = f"status {status}, and the state is another"
    return status, fault


def _counted(request: bytes) -> bool:
    """Return whether a refusal may be an event: calls that EFS refuses are recorded."""
    return b"/_efssim/" not in request.split(b"\r\n", 1)[0]


def _wrong(request: bytes, answer: bytes) -> str:
    """Return what is wrong with an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    if status == 500 and b"InternalServerError" not in answer:
        return f"status 500: {body[:300]!r}"
    length = re.search(rb"\r\nContent-Length: (\d+)", head)
    is_head = request.startswith(b"HEAD ")
    if is_head:
        body = b""  # what follows is the answer to what followed the request
    if length is not None and body[int(length[1]) :].startswith((b"HTTP/1", b"<!DOCTYPE HTML")):
        body = body[: int(length[1])]  # what followed the request was taken for another
    if length is not None and not is_head and int(length[1]) != len(body):
        return f"a body of {len(body)} bytes with a length of {int(length[1])}"
    if b"application/json" in head and body:
        with contextlib.suppress(UnicodeDecodeError):
            json.loads(body, parse_constant=_refuse)
    return ""


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def _exchange(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_S) as connection:
        with contextlib.suppress(OSError):  # refused before all of it was read
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        parts = []
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                parts.append(part)
    return b"".join(parts)


def run(case: Case) -> int:
    """Run a case: a command, or requests to a server."""
    return sitting(case) if case.requests else command(case)
