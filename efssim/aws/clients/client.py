"""boto3 clients whose calls a simulation answers in process."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.loaders import Loader

from efssim.aws.clients.environment import CREDENTIALS, without_aws_environment
from efssim.aws.protocol.transport import Transport, without_endpoint_rules
from efssim.aws.world import SimulatedWorld
from efssim.errors import ArgumentError
from efssim.text.suggestions import suggest

SIMULATED = ("account", "backup", "cloudwatch", "efs", "kms", "sts")
"""Services that `Simulation.client` has."""


@cache
def _loader() -> Loader:
    """Return the loader of botocore's data, one for all simulations: the data are constants."""
    return Loader(include_default_search_paths=True)


class Clients:
    """Factory of a simulation's clients, all from one Session: exceptions belong to a Session."""

    def __init__(self, world: SimulatedWorld) -> None:
        self._transport = Transport(world)
        core = botocore.session.Session()
        core.register_component("data_loader", _loader())
        with without_aws_environment():
            self._session = boto3.Session(**CREDENTIALS, botocore_session=core)
        self._session.events.register("creating-client-class", without_endpoint_rules)

    def client(self, service: str, region_name: str | None, **options: Any) -> Any:
        """Return a client; ValueError for a service that is not simulated."""
        if service not in SIMULATED:
            known = ", ".join(SIMULATED)
            hint = suggest(service, SIMULATED)
            raise ArgumentError(f"service '{service}' is not simulated; these are: {known}{hint}")
        options.setdefault("endpoint_url", f"https://{service}.efssim.invalid")
        with without_aws_environment():
            client = self._session.client(service, region_name=region_name, **options)
        self._transport.attach(client)
        return client
