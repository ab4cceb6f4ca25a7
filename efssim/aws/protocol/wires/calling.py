"""Calls of services by botocore's names, and their errors as clients see them."""

from __future__ import annotations

from collections.abc import Mapping

from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator

from efssim.aws.protocol.wires.messages import Failure
from efssim.aws.world import Answerer
from efssim.cloudwatch.api import OPERATIONS as WATCHING
from efssim.cloudwatch.api import CloudWatchError
from efssim.errors import EfssimError
from efssim.json_values import WireObject, WireValue
from efssim.model.entities.errors import EfsError, NotSimulatedError
from efssim.model.world.services.table import SERVICES
from efssim.scenario.operations.table import OPERATIONS

SIMULATED = tuple(sorted((*SERVICES, "cloudwatch", "efs")))
"""The services that are simulated, as boto3 names them."""


def is_simulated(service: str, operation: str) -> bool:
    """Return whether the simulation answers an operation itself."""
    if service == "efs":
        return operation in OPERATIONS
    return operation in simulated_operations(service)


def simulated_operations(service: str) -> tuple[str, ...]:
    """Return the operations of a service that the simulation answers itself."""
    if service == "efs":
        return tuple(OPERATIONS.names)
    if service == "cloudwatch":
        return tuple(WATCHING)
    return tuple(SERVICES[service].operations) if service in SERVICES else ()


def call(
    account: Answerer,
    operation: OperationModel,
    parameters: Mapping[str, WireValue],
    region: str,
) -> WireObject:
    """Answer a call; EfsError, CloudWatchError or NotSimulatedError where it is refused."""
    service, name = operation.service_model.service_name, operation.name
    if not is_simulated(service, name):
        if account.is_answered(service, name):
            return account.call(name, parameters, region=region, service=service)
        raise NotSimulatedError(service, name, simulated_operations(service))
    if service == "efs":
        return account.call(name, parameters, region=region)
    return account.call(name, parameters, region=region, service=service)


def problems(value: Mapping[str, WireValue], shape: Shape) -> str:
    """Return the mistakes of a value by botocore's model, in words; empty where it has none."""
    try:
        report = ParamValidator().validate(dict(value), shape)
    except (OverflowError, RuntimeError) as error:  # of times beyond all calendars
        return str(error)
    return "; ".join(report.generate_report().splitlines())


def failure_of(error: EfssimError) -> Failure:
    """Return an error of a call as a client sees it; what cannot be simulated is a 501."""
    if isinstance(error, EfsError):
        return Failure(error.code, error.http_status, error.message, error.members)
    if isinstance(error, CloudWatchError):
        return Failure(error.code, error.http_status, error.message)
    return Failure(NotSimulatedError.code, NotSimulatedError.status, str(error))
