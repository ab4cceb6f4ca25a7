"""Requests and replies as they travel, whatever the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from efssim.errors import EfssimError


@dataclass(frozen=True)
class WireRequest:
    """An HTTP request to a service in a Region; `target` is its path with the query string."""

    method: str
    target: str
    region: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By names in lower case."""

    @property
    def path(self) -> str:
        """The target without its query string."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query string of the target."""
        return self.target.partition("?")[2]


@dataclass(frozen=True)
class Reply:
    """An HTTP reply. It has no Content-Length, which a server adds."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Failure:
    """An error as a client sees it, before a protocol puts it into bytes."""

    code: str
    status: int
    message: str
    members: Mapping[str, str] = field(default_factory=dict)
    """Further members of the error."""


class MalformedRequestError(EfssimError, ValueError):
    """A request that its protocol cannot read, which becomes the service's error for that."""
