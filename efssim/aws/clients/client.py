"""boto3 clients whose calls a simulation answers in process."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.loaders import Loader

from efssim.aws.clients.environment import CREDENTIALS, without_aws_environment
from efssim.aws.protocol.transport import Transport, without_endpoint_rules
from efssim.aws.protocol.wires.calling import SIMULATED
from efssim.aws.world import SimulatedWorld
from efssim.errors import ArgumentError
from efssim.text.suggestions import suggest


@cache
def _loader() -> Loader:
    """Return the loader of botocore's data, one for all simulations: the data are constants."""
    return Loader(include_default_search_paths=True)


class Clients:
    """Factory of a simulation's clients, all from one Session: exceptions belong to a Session."""

    def __init__(self, world: SimulatedWorld) -> None:
        self._world, self._transport = world, Transport(world)
        core = botocore.session.Session()
        core.register_component("data_loader", _loader())
        with without_aws_environment():
            self._session = boto3.Session(**CREDENTIALS, botocore_session=core)
        self._session.events.register("creating-client-class", without_endpoint_rules)

    def move_to_this_thread(self) -> None:
        """Answer calls of this thread from now on, and of no other."""
        self._transport.move_to_this_thread()

    def _known(self) -> tuple[str, ...]:
        """Return the services that are simulated, or that a user answers."""
        return (*SIMULATED, *self._world.answered_services)

    def client(self, service: str, region_name: str | None, **options: Any) -> Any:
        """Return a client; ValueError for a service that is not simulated."""
        known = SIMULATED if service in SIMULATED else self._known()
        if service not in known:
            hint = suggest(service, known)
            named = ", ".join(known)
            raise ArgumentError(f"service '{service}' is not simulated; these are: {named}{hint}")
        options.setdefault("endpoint_url", f"https://{service}.efssim.invalid")
        with without_aws_environment():
            client = self._session.client(service, region_name=region_name, **options)
        self._transport.attach(client)
        return client
