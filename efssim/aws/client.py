"""boto3 clients whose calls a simulation answers in process."""

from __future__ import annotations

from typing import Any

import boto3

from efssim.aws.environment import CREDENTIALS, without_aws_environment
from efssim.aws.transport import Transport, without_endpoint_rules
from efssim.aws.world import World
from efssim.scenario.document import suggest

SIMULATED = ("efs",)
"""Services that `Simulation.client` has."""


class Clients:
    """Makes the clients of one simulation, all from one Session: exceptions belong to a Session."""

    def __init__(self, world: World) -> None:
        self._transport = Transport(world)
        with without_aws_environment():
            self._session = boto3.Session(**CREDENTIALS)
        self._session.events.register("creating-client-class", without_endpoint_rules)

    def client(self, service: str, region_name: str | None, **options: Any) -> Any:
        """Return a client; ValueError for a service that is not simulated."""
        if service not in SIMULATED:
            known = ", ".join(SIMULATED)
            hint = suggest(service, SIMULATED)
            raise ValueError(f"service '{service}' is not simulated; these are: {known}{hint}")
        options.setdefault("endpoint_url", f"https://{service}.efssim.invalid")
        with without_aws_environment():
            client = self._session.client(service, region_name=region_name, **options)
        self._transport.attach(client)
        return client
