"""Clients of aiobotocore, and so of aioboto3, answered by a simulation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NoReturn

from efssim.aws.clients.guests import (
    Guests,
    kept_from_network,
    resolved_endpoint,
    simulated_options,
)
from efssim.aws.protocol.transport import Transport

_SENDERS = (("httpsession", "AIOHTTPSession"), ("httpxsession", "HttpxSession"))
"""Modules and classes through which aiobotocore reaches the network; older ones lack the second."""


def async_methods(transport: Transport, stack: ExitStack) -> Iterator[tuple[Any, str, Any]]:
    """Yield owner, name and stand-in of the methods to replace in aiobotocore, if it is installed.

    It is imported for that, so that a script which imports it later finds it replaced. Other
    changes to undo go on the stack.
    """
    if find_spec("aiobotocore") is None:
        return
    client: Any = import_module("aiobotocore.client").AioBaseClient
    session: Any = import_module("aiobotocore.session").AioSession
    guests = Guests(transport.attach_async, _resolved_endpoint)
    stack.callback(guests.leave)
    yield session, "_create_client", _creating(session._create_client, transport)
    yield client, "_make_api_call", _calling(client._make_api_call, guests)
    for module, name in _SENDERS:
        if find_spec(f"aiobotocore.{module}") is not None:
            yield getattr(import_module(f"aiobotocore.{module}"), name), "send", _refuse


def _creating(real: Callable[..., Any], transport: Transport) -> Callable[..., Any]:
    signature = inspect.signature(real)

    async def create_client(*arguments: Any, **named: Any) -> Any:
        given = signature.bind(*arguments, **named).arguments
        client = await real(**simulated_options(given))
        transport.attach_async(client)
        return client

    return create_client


def _calling(real: Callable[..., Any], guests: Guests) -> Callable[..., Any]:
    async def make_api_call(client: Any, operation_name: str, api_params: Any) -> Any:
        guests.welcome(client)
        return await real(client, operation_name, api_params)

    return make_api_call


async def _resolved_endpoint(*_: Any, **__: Any) -> tuple[str, dict[str, str], None]:
    return resolved_endpoint()


async def _refuse(_session: Any, request: Any) -> NoReturn:
    raise kept_from_network(request.url)
