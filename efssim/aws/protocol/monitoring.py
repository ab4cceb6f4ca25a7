"""Responses of other services to a client: answers and errors as botocore's parser returns them.

Protocols differ between services and versions of botocore, so there is no detour over their bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from botocore.awsrequest import AWSResponse

from efssim.aws.world import SimulatedWorld
from efssim.cloudwatch.api import OPERATIONS, CloudWatchError
from efssim.json_values import WireObject, WireValue
from efssim.model.entities.errors import EfsError, NotSimulatedError

_NOT_SIMULATED = 501


def answered(
    world: SimulatedWorld, operation: str, parameters: Mapping[str, WireValue], region: str
) -> tuple[AWSResponse, WireObject]:
    """Answer a call of CloudWatch; its errors are in the response and never raised."""
    if operation not in OPERATIONS:
        message = (
            f"efssim does not simulate {operation} of cloudwatch: only {', '.join(OPERATIONS)}."
        )
        return _response(world, _NOT_SIMULATED, _error("NotImplemented", message))
    try:
        answer = world.cloudwatch.call(operation, parameters, region)
    except CloudWatchError as error:
        return _response(world, error.http_status, _error(error.code, error.message))
    return _response(world, 200, answer)


def of_service(
    world: SimulatedWorld,
    service: str,
    operation: str,
    parameters: Mapping[str, WireValue],
    region: str,
) -> tuple[AWSResponse, WireObject]:
    """Answer a call of a service of the simulated account; its errors are in the response."""
    try:
        answer = world.call(operation, parameters, region=region, service=service)
    except EfsError as error:
        return _response(world, error.http_status, _error(error.code, error.message))
    except NotSimulatedError as error:
        return _response(world, error.status, _error(error.code, str(error)))
    return _response(world, 200, answer)


def _error(code: str, message: str) -> WireObject:
    return {"Error": {"Code": code, "Message": message}}


def _response(
    world: SimulatedWorld, status: int, parsed: WireObject
) -> tuple[AWSResponse, WireObject]:
    headers = {"x-amzn-requestid": world.request_id}
    metadata: WireObject = {
        "RequestId": world.request_id,
        "HTTPStatusCode": status,
        "HTTPHeaders": headers,
    }
    return AWSResponse("", status, headers, None), {**parsed, "ResponseMetadata": metadata}
