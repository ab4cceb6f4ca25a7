"""Mount targets and access points of an account, and how they come and go.

It knows no rule of the API: the control plane decides what may be made, this makes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from efssim.model.entities.attached import (
    AccessPoint,
    AccessPointSettings,
    Addresses,
    MountTarget,
    SubnetPlace,
)
from efssim.model.entities.file_system import FileSystemState, LifeCycleState
from efssim.model.entities.identifiers import access_point_arn, resource_id
from efssim.model.kernel.clock import Clock, Turn


class Attachments:
    """The mount targets and access points of one run, by id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.mount_targets: dict[str, MountTarget] = {}
        self.access_points: dict[str, AccessPoint] = {}
        self.made: Counter[str] = Counter()
        """How many mount targets were ever made, by id of the file system."""
        self._points = 0

    def mount_targets_of(self, file_system: FileSystemState) -> list[MountTarget]:
        """Return the mount targets of a file system, those that are being deleted included."""
        return [part for part in self.mount_targets.values() if part.file_system is file_system]

    def access_points_of(self, file_system: FileSystemState) -> list[AccessPoint]:
        """Return the access points of a file system."""
        return [part for part in self.access_points.values() if part.file_system is file_system]

    def mounted_in(self, subnet_id: str) -> Iterator[MountTarget]:
        """Yield the mount targets in a subnet."""
        return (part for part in self.mount_targets.values() if part.place.subnet_id == subnet_id)

    def create_mount_target(
        self,
        file_system: FileSystemState,
        place: SubnetPlace,
        addresses: Addresses,
        security_groups: list[str],
        zone_id: str | None,
        creating_s: float,
    ) -> MountTarget:
        """Create a mount target, which is available after `creating_s` seconds."""
        name = f"{file_system.id} {place.zone} {self.made[file_system.id]}"
        self.made[file_system.id] += 1
        made = MountTarget(
            resource_id("fsmt", name),
            file_system,
            place,
            zone_id,
            addresses,
            resource_id("eni", name),
            security_groups,
        )
        self.mount_targets[made.id] = made
        if creating_s:
            self._clock.call_at(
                self._clock.now + creating_s, Turn.STATUS, lambda: _become_available(made)
            )
        else:
            _become_available(made)
        return made

    def delete_mount_target(self, mount_target: MountTarget, deleting_s: float) -> None:
        """Begin to delete a mount target, which is gone after `deleting_s` seconds."""

        def gone() -> None:
            del self.mount_targets[mount_target.id]

        mount_target.state = LifeCycleState.DELETING
        self._clock.call_at(self._clock.now + deleting_s, Turn.STATUS, gone)

    def create_access_point(
        self, file_system: FileSystemState, settings: AccessPointSettings, tags: dict[str, str]
    ) -> AccessPoint:
        """Create an access point, which is available at once."""
        self._points += 1
        name = f"{file_system.id} access point {self._points}"
        identifier = resource_id("fsap", name)
        arn = access_point_arn(identifier, file_system.region)
        made = AccessPoint(identifier, arn, file_system, settings, tags)
        self.access_points[made.id] = made
        return made

    def forget(self, file_system: FileSystemState) -> None:
        """Let the access points of a file system go with it."""
        for part in self.access_points_of(file_system):
            del self.access_points[part.id]


def _become_available(made: MountTarget) -> None:
    if made.state is LifeCycleState.CREATING:
        made.state = LifeCycleState.AVAILABLE
