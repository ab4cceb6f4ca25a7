"""The account of `account.py` behind real boto3 clients, with the wire beside each call."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from efssim import EfsError
from efssim.aws.clients.client import Clients
from efssim.aws.protocol.parsing import parse
from efssim.aws.protocol.wires.messages import Reply, WireRequest
from efssim.aws.protocol.wires.table import efs_wire
from efssim.aws.world import SimulatedWorld
from efssim.model.kernel.clock import Clock
from helpers.account import HOME, Account

WIRE = efs_wire()
NAMES = {name: xform_name(name) for name in WIRE.model.operation_names}
"""Methods of a client by operation."""
ONCE = Config(retries={"total_max_attempts": 1})
"""So that an injected error comes out as it does at the other door."""


class Door:
    """What clients need of a simulation, for one account at a time; notes what passes it."""

    seed = trial = made = 0

    def __init__(self) -> None:
        self.account: Account | None = None
        self.reply: Reply | None = None
        self.request: dict[str, Any] = {}
        # All of a world that clients of EFS ask for: no call waits, and none asks CloudWatch.
        self._clients = Clients(cast(SimulatedWorld, self))
        self.client = cache(self._client)

    @property
    def request_id(self) -> str:
        return f"request-{self.made}"

    @property
    def env(self) -> Clock:
        return self._known.clock

    def is_answered(self, _service: str, _operation: str) -> bool:
        return False

    def call(self, operation: str, parameters: Any = None, *, region: str) -> dict[str, Any]:
        self.made += 1
        try:
            answer = self._known.api.call(operation, parameters, region)
        except EfsError as error:
            self.reply = WIRE.error(error, self.request_id)
            raise
        self.reply = WIRE.answer(operation, deepcopy(answer), self.request_id)
        return answer

    @property
    def _known(self) -> Account:
        assert self.account is not None
        return self.account

    def _client(self, region: str) -> Any:
        client = self._clients.client("efs", region, config=ONCE)
        client.meta.events.register_first("before-call.efs", self._note)
        return client

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        self.request = params


DOOR = Door()
"""One for all tests: its clients are slow to make."""


def call_over_boto3(account: Account, operation: str, region: str = HOME, **given: Any) -> Any:
    """Make a call with a client; check that the bytes of HTTP say the same, both ways."""
    if operation not in NAMES or (operation == "CreateFileSystem" and "CreationToken" not in given):
        return account.api.call(operation, given, region)  # which boto3 has not, or fills in
    DOOR.account, DOOR.reply = account, None
    model = WIRE.model.operation_model(operation)
    try:
        answer = getattr(DOOR.client(region), NAMES[operation])(**given)
    except (ParamValidationError, OverflowError):
        assert DOOR.reply is None
        return account.api.call(operation, given, region)  # what boto3 does not let through
    except ClientError as error:
        response, status = error.response, error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert parse(latest(), model) == without_attempts(response)
        raised = EfsError(response["Error"]["Code"], response["Error"]["Message"])
        assert raised.http_status == status
        raise raised from None
    assert parse(latest(), model) == without_attempts(answer)
    assert read_back(DOOR.request, region) == (operation, given)
    return {key: part for key, part in answer.items() if key != "ResponseMetadata"}


def latest() -> Reply:
    """Return the reply to the latest call."""
    assert DOOR.reply is not None
    return DOOR.reply


def without_attempts(response: dict[str, Any]) -> dict[str, Any]:
    """Return a response without what the wire does not know: how often the client has tried."""
    metadata = dict(response["ResponseMetadata"])
    assert metadata.pop("RetryAttempts") == 0
    metadata.pop("MaxAttemptsReached", None)  # where a retry was due, of the only attempt
    return {**response, "ResponseMetadata": metadata}


def read_back(request: dict[str, Any], region: str) -> tuple[str, dict[str, Any]]:
    """Return what the wire reads from the request that botocore made of a call."""
    operation, parameters = WIRE.read(as_request(request, region))
    return operation.name, parameters


def as_request(request: dict[str, Any], region: str) -> WireRequest:
    """Return a request of botocore's as the wire takes it."""
    url = urlsplit(request["url"])
    target = f"{url.path}?{url.query}" if url.query else url.path
    return WireRequest(request["method"], target, region, request["body"] or b"")
