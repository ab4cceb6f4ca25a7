"""Resources that belong to a file system: mount targets and access points."""

from __future__ import annotations

from dataclasses import dataclass, field

from efssim.model.entities.file_system import FileSystemState, LifeCycleState


@dataclass(frozen=True, slots=True)
class SubnetPlace:
    """Where a subnet lies."""

    subnet_id: str
    zone: str
    """Name of its Availability Zone."""
    vpc: str
    """Id of its VPC."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """IP addresses of a mount target."""

    ipv4: str | None
    ipv6: str | None


@dataclass(eq=False)
class MountTarget:
    """A mount target: where the clients of an Availability Zone reach a file system."""

    id: str
    file_system: FileSystemState
    place: SubnetPlace
    zone_id: str | None
    addresses: Addresses
    interface: str
    """Id of its network interface."""
    security_groups: list[str]
    state: LifeCycleState = LifeCycleState.CREATING

    @property
    def region(self) -> str:
        """The Region of its file system."""
        return self.file_system.region


@dataclass(frozen=True, slots=True)
class AccessPointSettings:
    """The entrance of an access point: the user that it stands for, and the directory."""

    client_token: str
    posix_user: dict[str, int | list[int]] | None
    root_directory: dict[str, str | dict[str, int | str]]


@dataclass(eq=False)
class AccessPoint:
    """An access point: an entrance to a directory of a file system."""

    id: str
    arn: str
    file_system: FileSystemState
    settings: AccessPointSettings
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def region(self) -> str:
        """The Region of its file system."""
        return self.file_system.region
