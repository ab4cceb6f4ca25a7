"""Which service speaks which protocols: as botocore's model of it says, and as clients of it do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from botocore.loaders import Loader
from botocore.model import ServiceModel

from efssim.aws.protocol.wires.rest import EfsWire, RestJsonWire, RestXmlWire
from efssim.aws.protocol.wires.rpc import AwsJsonWire, Ec2Wire, QueryWire
from efssim.aws.protocol.wires.wire import Wire


@dataclass(frozen=True)
class Spoken:
    """Protocols of a service beside those of the installed botocore's model."""

    protocols: tuple[str, ...]
    target_prefix: str
    json_version: str


SPOKEN: Mapping[str, Spoken] = {
    "cloudwatch": Spoken(("json", "query"), "GraniteServiceVersion20100801", "1.0"),
}
"""boto3 before 1.42 and the CLI of that time send CloudWatch Query, later ones awsJson 1.0. Models
of either time have the other protocol's names of members, too."""

PROTOCOLS = ("rest-json", "rest-xml", "json", "query", "ec2")
"""Those that are spoken here, as botocore names them; `json` is awsJson 1.0 and 1.1."""

CBOR = "smithy-rpc-v2-cbor"
"""The one of botocore's that is not."""


@cache
def _loader() -> Loader:
    return Loader()


@cache
def service_names() -> frozenset[str]:
    """Return the names of all services that botocore knows."""
    return frozenset(_loader().list_available_services("service-2"))


@cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service, read once: it is a constant of what is installed."""
    return ServiceModel(_loader().load_service_model(service, "service-2"), service)


@cache
def protocols(service: str) -> tuple[str, ...]:
    """Return the protocols of a service that are spoken here, botocore's own first."""
    metadata = service_model(service).metadata
    modelled = (*metadata.get("protocols", ()), metadata["protocol"])
    more = SPOKEN[service].protocols if service in SPOKEN else ()
    # A service that has CBOR alone is answered in process as one that has JSON.
    last = ("json",) if set(modelled) == {CBOR} else ()
    found = dict.fromkeys((*modelled, *more, *last))
    return tuple(name for name in found if name in PROTOCOLS)


@cache
def wire_of(service: str, protocol: str, json_version: str = "") -> Wire:
    """Return a service in one of its protocols; `json_version` is that of a client."""
    model = service_model(service)
    if protocol == "json":
        return AwsJsonWire(model, json_version or model.metadata.get("jsonVersion", "1.1"))
    if service == "efs":
        return EfsWire(model)
    kinds: dict[str, Callable[[ServiceModel], Wire]]
    kinds = {"rest-json": RestJsonWire, "rest-xml": RestXmlWire, "query": QueryWire, "ec2": Ec2Wire}
    return kinds[protocol](model)


def own_wire(service: str) -> Wire:
    """Return a service in the protocol that clients of the installed botocore speak."""
    return wire_of(service, protocols(service)[0])


def efs_wire() -> EfsWire:
    """Return EFS in its protocol."""
    found = wire_of("efs", "rest-json")
    assert isinstance(found, EfsWire)
    return found


def signing_name(service: str) -> str:
    """Return the name by which requests are signed for a service."""
    name: str = service_model(service).signing_name
    return name


def target_prefix(service: str) -> str | None:
    """Return the first part of X-Amz-Target in requests to a service, if it speaks awsJson."""
    if service in SPOKEN:
        return SPOKEN[service].target_prefix
    found: str | None = service_model(service).metadata.get("targetPrefix")
    return found
