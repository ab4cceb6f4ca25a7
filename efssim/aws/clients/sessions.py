"""Every AWS client that a script has, answered by a simulation; none reaches the network."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn
from unittest.mock import patch

import boto3
import botocore.session
from boto3.s3 import transfer
from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session

from efssim.aws.clients.async_sessions import async_methods
from efssim.aws.clients.environment import without_aws_environment
from efssim.aws.clients.guests import (
    Guests,
    kept_from_network,
    resolved_endpoint,
    simulated_options,
)
from efssim.aws.protocol.transport import Transport

KEPT = ("AWS_DEFAULT_REGION", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE")
"""Variables that steer a script, and say nothing about its account."""


@contextmanager
def simulated_sessions(transport: Transport) -> Iterator[None]:
    """Answer the clients of all Sessions, the default one included, from a simulation.

    Clients from before are answered as long as this lasts; those that are made meanwhile for good.
    """
    session, guests = botocore.session.Session, Guests(transport.attach, resolved_endpoint)
    create = _creating(session.create_client, transport)
    with ExitStack() as stack:
        stack.callback(guests.leave)
        stack.enter_context(without_aws_environment(*KEPT))
        for owner, name, stand_in in (
            (boto3, "DEFAULT_SESSION", None),
            (session, "create_client", create),
            (session, "get_scoped_config", _empty_profile),
            (BaseClient, "_make_api_call", _calling(BaseClient._make_api_call, guests)),
            (URLLib3Session, "send", _refuse),
            # AWS's common runtime has a network of its own, below botocore.
            (transfer, "_should_use_crt", lambda _: False),
            *async_methods(transport, stack),
        ):
            stack.enter_context(patch.object(owner, name, stand_in))
        yield


def _creating(real: Callable[..., Any], transport: Transport) -> Callable[..., Any]:
    signature = inspect.signature(real)

    def create_client(*arguments: Any, **named: Any) -> Any:
        client = real(**simulated_options(signature.bind(*arguments, **named).arguments))
        transport.attach(client)
        return client

    return create_client


def _calling(real: Callable[..., Any], guests: Guests) -> Callable[..., Any]:
    def make_api_call(client: Any, operation_name: str, api_params: Any) -> Any:
        guests.welcome(client)
        return real(client, operation_name, api_params)

    return make_api_call


def _empty_profile(_session: botocore.session.Session) -> dict[str, str]:
    """Return the settings of a profile: any that a script names exists, and is empty."""
    return {}


def _refuse(_session: URLLib3Session, request: Any) -> NoReturn:
    raise kept_from_network(request.url)
