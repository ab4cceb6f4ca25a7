"""A simulation that one request at a time reaches, and its own paths beside those of AWS.

`/_efssim/…`, `/metrics` and `/` report it, move simulated time, and begin events.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from importlib.resources import files
from typing import cast

from efssim.aws.port.metrics import CONTENT_TYPE, metrics_text
from efssim.aws.protocol import routing
from efssim.aws.protocol.wires.messages import Reply, WireRequest
from efssim.aws.world import SteppedWorld
from efssim.errors import EfssimError
from efssim.json_values import JsonObject, json_object, to_json
from efssim.markup import script_source

PREFIX = "/_efssim/"
METRICS = "/metrics"
_JSON = {"Content-Type": "application/json"}
_SCRIPT = re.compile("<script>(.*?)</script>", re.DOTALL)
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src {script}; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Served:
    """A simulation that one request at a time reaches, and how its time passes.

    `make` makes it, and makes it anew at each reset. `speed` is in simulated seconds per real
    second; None: time passes by `advance` alone, and the answers are the same every time. Simulated
    time stops at the scenario's end. `tell` gets a line for each request.
    """

    def __init__(
        self,
        make: Callable[[], SteppedWorld],
        region: str,
        speed: float | None,
        tell: Callable[[str], None],
    ) -> None:
        self.region, self.tell, self._speed, self._make = region, tell, speed, make
        self._lock = threading.Lock()
        self._world = make()
        self._begin_s = time.perf_counter()

    def answer(self, request: WireRequest, signed_for: str) -> tuple[Reply, str]:
        """Answer a request, which may be signed for a service; return also its simulated time."""
        with self._lock:
            self._world.move_to_this_thread()
            self._keep_pace()
            if is_own(request.method, request.target, signed_for):
                reply = self._own(request)
            else:
                reply = routing.answer(self._world, request, signed_for)
            return reply, _moment(self._world)

    def _keep_pace(self) -> None:
        """Let as much simulated time pass as real time has."""
        if self._speed is None:
            return
        wanted_s = (time.perf_counter() - self._begin_s) * self._speed
        until_s = min(wanted_s, self._world.scenario.duration)
        self._world.advance(max(0.0, until_s - self._world.elapsed_s))

    def _own(self, request: WireRequest) -> Reply:
        if request.path == METRICS:
            now, elapsed_s = self._world.now, self._world.elapsed_s
            text = metrics_text(self._world.live(), now, elapsed_s)
            return Reply(200, {"Content-Type": CONTENT_TYPE}, text.encode())
        if request.path == "/":
            return _page()
        return self._control(request)

    def _control(self, request: WireRequest) -> Reply:
        action = request.path.removeprefix(PREFIX)
        known: dict[tuple[str, str], Callable[[JsonObject], JsonObject]] = {
            ("GET", "now"): lambda _: {},
            ("POST", "advance"): self._advance,
            ("POST", "apply"): self._apply,
            ("POST", "reset"): self._reset,
            ("GET", "state"): self._state,
            ("GET", "summary"): lambda _: {"summary": self._world.result().summary},
        }
        if (request.method, action) not in known:
            offered = ", ".join(f"{method} {PREFIX}{name}" for method, name in known)
            return failed(
                404, f"there is no {request.method} {request.target}; there are {offered}"
            )
        try:
            told = known[request.method, action](json_object(request.body))
        except (ValueError, EfssimError) as error:  # pydantic's included
            return failed(400, str(error))
        where = {"now": _moment(self._world), "elapsed_s": self._world.elapsed_s}
        return Reply(200, _JSON, json.dumps({**where, **told}).encode())

    def _advance(self, given: JsonObject) -> JsonObject:
        if self._speed is not None:
            raise ValueError("time passes by itself here: --step lets it pass by calls")
        if list(given) != ["duration"]:
            raise ValueError('the body is to be {"duration": "5 min"}, or seconds')
        duration = given["duration"]
        # Any other value is refused where time passes.
        self._world.advance(cast("float | str", duration))
        return {}

    def _apply(self, given: JsonObject) -> JsonObject:
        self._world.apply(given)
        return {}

    def _reset(self, given: JsonObject) -> JsonObject:
        if given:
            raise ValueError("a reset takes no body")
        self._world = self._make()
        self._begin_s = time.perf_counter()
        return {}

    def _state(self, _given: JsonObject) -> JsonObject:
        state = to_json(self._world.live(), self._world.scenario.start)
        return {**state, "speed": self._speed, "now": _moment(self._world)}


def is_own(method: str, target: str, signed_for: str) -> bool:
    """Return whether a request is for the simulation, and not for a service of AWS."""
    path, _, query = target.partition("?")
    if path.startswith(PREFIX):
        return True
    if signed_for or method != "GET":
        return False
    return path == METRICS or (path == "/" and "Action=" not in query)


def failed(status: int, message: str) -> Reply:
    """Return the refusal of a request that is for no service."""
    return Reply(status, _JSON, json.dumps({"Message": message}).encode())


def _page() -> Reply:
    """Return the live page, and its rules for a browser: nothing runs but its own script."""
    text = files("efssim.aws.port").joinpath("page.html").read_text(encoding="utf-8")
    (script,) = _SCRIPT.findall(text)
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": _POLICY.format(script=script_source(script)),
        "Cache-Control": "no-store",
    }
    return Reply(200, headers, text.encode())


def _moment(world: SteppedWorld) -> str:
    return world.now.strftime("%Y-%m-%dT%H:%M:%SZ")
