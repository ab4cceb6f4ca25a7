"""The hook that answers a client's calls instead of the network, and its retries.

It hooks `before-call`, as botocore's own Stubber does, which leaves out signing, the HTTP library
and real waiting. Clients handle errors by botocore's own code: the parser of errors, and the retry
handler of the client's mode, asked through the event that botocore itself asks it with.
"""

from __future__ import annotations

import asyncio
import random  # noqa: TID251  # the one that botocore uses, to make it reproducible
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from os import getpid
from threading import get_ident
from typing import Any, TypeAlias, TypedDict

from botocore.awsrequest import AWSResponse
from botocore.hooks import first_non_none_response
from botocore.model import OperationModel

from efssim.aws.protocol.parsing import http_response, parse, with_awaited_bodies
from efssim.aws.protocol.wires.calling import call, is_simulated
from efssim.aws.protocol.wires.messages import Reply
from efssim.aws.protocol.wires.table import efs_wire, own_wire
from efssim.aws.protocol.wires.wire import REQUEST_ID
from efssim.aws.world import SimulatedWorld
from efssim.cloudwatch.api import CloudWatchError
from efssim.errors import StateError
from efssim.json_values import WireObject
from efssim.model.entities.errors import EfsError, NotSimulatedError
from efssim.scenario.operations.table import OPERATIONS

GLOBAL_REGION = "us-east-1"
"""The Region for which requests to services without Regions are signed; documented."""
_ATTACHED = "_efssim_transport"
"""Attribute of a client: its answering functions, by event."""

Response: TypeAlias = tuple[AWSResponse, WireObject]
Emit = Callable[..., list[tuple[Any, Any]]]
AsyncEmit = Callable[..., Awaitable[list[tuple[Any, Any]]]]


class RetryContext(TypedDict, total=False):
    """Where botocore keeps which attempt of a call this is."""

    attempt: int


class CallContext(TypedDict, total=False):
    """The context that botocore has for each call, as far as it is used here."""

    efssim_parameters: WireObject
    """Where the parameters of a call wait."""
    client_region: str | None
    """None for a service without Regions, as Route 53, whose client names none."""
    retries: RetryContext


class RetryEvent(TypedDict):
    """The event by which botocore asks its retry handler, with all that belongs to it."""

    event_name: str
    response: Response
    endpoint: None
    operation: OperationModel
    attempts: int
    caught_exception: None
    request_dict: WireObject


class _WithoutEndpointRules:
    """First base of a client class, without the rules of endpoints: they decide nothing here.

    Evaluating them is a fifth of a call's time. A test fails if botocore no longer calls this.
    """

    meta: Any

    def _resolve_endpoint_ruleset(self, *_: Any, **__: Any) -> tuple[str, dict[str, str], None]:
        return self.meta.endpoint_url, {}, None


def without_endpoint_rules(base_classes: list[type], **_: Any) -> None:
    """Leave the rules of endpoints out of a client class that is being made."""
    base_classes.insert(0, _WithoutEndpointRules)


class Transport:
    """The answerer of clients' calls from a simulation, in one thread: that which made this."""

    def __init__(self, world: SimulatedWorld) -> None:
        self._world, self._wire = world, efs_wire()
        self.move_to_this_thread()

    def move_to_this_thread(self) -> None:
        """Answer calls of this thread from now on, and of no other."""
        self._home = (getpid(), get_ident())

    def attach(self, client: Any) -> None:
        """Answer all calls of a client from now on."""
        emit: Emit = client.meta.events.emit

        def before_call(
            model: OperationModel,
            params: WireObject,
            context: CallContext,
            **_: Any,
        ) -> Response:
            return self._respond(emit, model, params, context)

        self._register(client, before_call)

    def attach_async(self, client: Any) -> None:
        """Answer all calls of a client of aiobotocore from now on."""
        emit: AsyncEmit = client.meta.events.emit

        async def before_call(
            model: OperationModel,
            params: WireObject,
            context: CallContext,
            **_: Any,
        ) -> Response:
            return await self._respond_async(emit, model, params, context)

        self._register(client, before_call)

    def _register(self, client: Any, before_call: Callable[..., Any]) -> None:
        handlers = {"before-parameter-build": self._keep_parameters, "before-call": before_call}
        for event, handler in handlers.items():
            client.meta.events.register_first(event, handler)
        setattr(client, _ATTACHED, handlers)

    @staticmethod
    def detach(client: Any) -> None:
        """Answer a client no longer."""
        for event, handler in vars(client).pop(_ATTACHED).items():
            client.meta.events.unregister(event, handler)

    def _keep_parameters(
        self, params: WireObject, model: OperationModel, context: CallContext, **_: Any
    ) -> None:
        """Keep the parameters as given: `before-call` has only the request made of them."""
        context["efssim_parameters"] = params
        for name in model.idempotent_members:
            # botocore would draw it at random, and no run would be like another.
            params.setdefault(name, f"efssim-{self._world.request_id}")

    def _respond(
        self, emit: Emit, model: OperationModel, request: WireObject, context: CallContext
    ) -> Response:
        """Answer a call, after all retries that the client makes of it."""
        for attempt in count(1):
            response = self._attempt(model, context, attempt)
            if not self._may_retry(response):
                return response
            with self._seeded():
                responses = emit(**_retry_event(model, request, response, attempt))
            delay_s = _delay_s(responses)
            if delay_s is None:
                return response
            self._world.advance(delay_s)
        raise AssertionError("there is always a next attempt")

    async def _respond_async(
        self,
        emit: AsyncEmit,
        model: OperationModel,
        request: WireObject,
        context: CallContext,
    ) -> Response:
        """Answer a call of aiobotocore as `_respond` does; its waits let other tasks go on."""
        for attempt in count(1):
            response = self._attempt(model, context, attempt)
            if not self._may_retry(response):
                return response[0], with_awaited_bodies(response[1])
            # Its retry handlers wait for nothing, so no other task draws meanwhile.
            with self._seeded():
                responses = await emit(**_retry_event(model, request, response, attempt))
            delay_s = _delay_s(responses)
            if delay_s is None:
                return response
            await asyncio.sleep(delay_s)
        raise AssertionError("there is always a next attempt")

    def _may_retry(self, response: Response) -> bool:
        """Return whether a client may retry: not inside a process, where time cannot pass."""
        return response[0].status_code >= 300 and not self._world.env.busy

    def _seeded(self) -> AbstractContextManager[None]:
        return _seeded_random(f"{self._world.seed}/{self._world.trial}/{self._world.request_id}")

    def _require_thread(self) -> None:
        if self._home != (getpid(), get_ident()):
            raise StateError(
                "a simulation answers only the thread that made its first client: "
                "calls from several threads, or processes, have no order in simulated time"
            )

    def _attempt(self, model: OperationModel, context: CallContext, attempt: int) -> Response:
        self._require_thread()
        context.setdefault("retries", {})["attempt"] = attempt
        response = self._answer(model, context)
        metadata = response[1]["ResponseMetadata"]
        assert isinstance(metadata, dict)
        metadata["RetryAttempts"] = attempt - 1
        return response

    def _answer(self, model: OperationModel, context: CallContext) -> Response:
        service, operation = model.service_model.service_name, model.name
        region = context["client_region"] or GLOBAL_REGION
        if service == "efs" and operation in OPERATIONS:
            try:
                answer = self._world.call(operation, context["efssim_parameters"], region=region)
            except EfsError as error:
                return _failed(self._wire.error(error, self._world.request_id), model)
            return self._succeeded(operation, answer)
        try:
            answer = call(self._world, model, context["efssim_parameters"], region)
        except NotSimulatedError as error:
            # Of a service that nobody may have a protocol for: all parsers of errors make the same.
            return _failed(self._wire.error(error, self._world.request_id), model)
        except (EfsError, CloudWatchError) as error:
            wire = own_wire(service)
            return _failed(wire.error(error, self._world.request_id), model, wire.protocol)
        if is_simulated(service, operation):
            return _answered(answer, self._world.request_id)
        wire = own_wire(service)
        reply = wire.answer(operation, answer, self._world.request_id)
        return http_response(reply), parse(reply, model, wire.protocol)

    def _succeeded(self, operation: str, answer: WireObject) -> Response:
        """Return `Wire.answer` as botocore parses it, without the detour over JSON.

        An answer is shaped as botocore's and nobody else has it; tests hold both against the wire.
        """
        status, request_id = self._wire.status(operation), self._world.request_id
        headers = self._wire.headers(operation, request_id)
        answer["ResponseMetadata"] = {
            "RequestId": request_id,
            "HTTPStatusCode": status,
            "HTTPHeaders": headers,
        }
        # Without its headers, which take longer to make than all the rest of it: as the Stubber's.
        return AWSResponse("", status, {}, None), answer


def is_attached(client: Any) -> bool:
    """Return whether a simulation answers a client."""
    return hasattr(client, _ATTACHED)


def _retry_event(
    model: OperationModel, request: WireObject, response: Response, attempt: int
) -> RetryEvent:
    return {
        "event_name": f"needs-retry.{model.service_model.service_id.hyphenize()}.{model.name}",
        "response": response,
        "endpoint": None,
        "operation": model,
        "attempts": attempt,
        "caught_exception": None,
        "request_dict": request,
    }


def _delay_s(responses: list[tuple[Any, Any]]) -> float | None:
    """Return the seconds to wait for before the client's next attempt; None: there is none."""
    delay_s = first_non_none_response(responses)
    return None if delay_s is None or delay_s is False else float(delay_s)


def _answered(answer: WireObject, request_id: str) -> Response:
    """Return an answer of a simulated service, whose protocol depends on the client's version."""
    headers = {REQUEST_ID: request_id}
    metadata: WireObject = {
        "RequestId": request_id,
        "HTTPStatusCode": 200,
        "HTTPHeaders": headers,
    }
    return AWSResponse("", 200, headers, None), {**answer, "ResponseMetadata": metadata}


def _failed(reply: Reply, model: OperationModel, protocol: str = "rest-json") -> Response:
    return http_response(reply), parse(reply, model, protocol)


@contextmanager
def _seeded_random(seed: str) -> Iterator[None]:
    """Seed the generator that botocore draws the jitter of its retries from, for a moment."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
