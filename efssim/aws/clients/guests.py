"""Sessions and clients inside `patched`: the parts that boto3 and aiobotocore share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from efssim.aws.clients.environment import CREDENTIALS
from efssim.aws.protocol.transport import Transport, is_attached
from efssim.errors import StateError


class Guests:
    """Clients that were made before, and are answered by a simulation for a while."""

    def __init__(self, attach: Callable[[Any], None], resolve_endpoint: Callable[..., Any]) -> None:
        """Take `attach`, which answers a client, and the stand-in of its endpoint resolver."""
        self._attach, self._resolve_endpoint = attach, resolve_endpoint
        self._clients: list[Any] = []

    def welcome(self, client: Any) -> None:
        """Answer a client that no simulation answers."""
        if not is_attached(client):
            self._attach(client)
            # Its own may ask for the account, and so for credentials.
            client._resolve_endpoint_ruleset = self._resolve_endpoint
            self._clients.append(client)

    def leave(self) -> None:
        """Detach all of them."""
        for client in self._clients:
            Transport.detach(client)
            del client._resolve_endpoint_ruleset


def resolved_endpoint(*_: Any, **__: Any) -> tuple[str, dict[str, str], None]:
    """Return the endpoint of a client that never reaches one."""
    return "https://efssim.invalid", {}, None


def simulated_options(given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a client: nothing of the user's account, no endpoint of AWS."""
    options = given | CREDENTIALS | {"aws_session_token": None}
    if options.get("endpoint_url") is None:
        options["endpoint_url"] = f"https://{given['service_name']}.efssim.invalid"
    return options


def kept_from_network(url: str) -> StateError:
    """Return the error of a request that would leave."""
    return StateError(
        f"a request to {url} was kept from the network: inside efssim.aws.patched, AWS's libraries "
        "reach the simulation only"
    )
