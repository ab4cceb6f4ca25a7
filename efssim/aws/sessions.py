"""Every boto3 client that a script makes, answered by a simulation; none reaches the network."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn
from unittest.mock import patch

import boto3
import botocore.session
from botocore.httpsession import URLLib3Session

from efssim.aws.environment import CREDENTIALS, without_aws_environment
from efssim.aws.transport import Transport
from efssim.errors import StateError

KEPT = ("AWS_DEFAULT_REGION", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE")
"""Variables that decide what a script does, and nothing about its account."""


@contextmanager
def simulated_sessions(transport: Transport) -> Iterator[None]:
    """Answer the clients of all Sessions, the default one included, from a simulation."""
    session = botocore.session.Session
    create = _creating(session.create_client, transport)
    with ExitStack() as stack:
        stack.enter_context(without_aws_environment(*KEPT))
        for owner, name, stand_in in (
            (boto3, "DEFAULT_SESSION", None),
            (session, "create_client", create),
            (session, "get_scoped_config", _empty_profile),
            (URLLib3Session, "send", _refuse),
        ):
            stack.enter_context(patch.object(owner, name, stand_in))
        yield


def _creating(real: Callable[..., Any], transport: Transport) -> Callable[..., Any]:
    signature = inspect.signature(real)

    def create_client(*arguments: Any, **named: Any) -> Any:
        given = signature.bind(*arguments, **named).arguments
        if given.get("endpoint_url") is None:
            given["endpoint_url"] = f"https://{given['service_name']}.efssim.invalid"
        client = real(**(given | CREDENTIALS | {"aws_session_token": None}))
        transport.attach(client)
        return client

    return create_client


def _empty_profile(_session: botocore.session.Session) -> dict[str, Any]:
    """Return the settings of a profile: any that a script names exists, and is empty."""
    return {}


def _refuse(_session: URLLib3Session, request: Any) -> NoReturn:
    raise StateError(
        f"a request to {request.url} was kept from the network: inside efssim.aws.patched, use "
        "clients that are made inside it"
    )
