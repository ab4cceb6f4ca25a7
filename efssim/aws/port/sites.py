"""Who may move a served simulation: clients on this host, and no page of another site.

A browser sends requests to loopback for any page that asks it to, and a name that such a page owns
may resolve to loopback. The headers that a browser sets, and no page can, tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.message import Message
from ipaddress import ip_address
from urllib.parse import urlsplit


class Sites:
    """The hosts whose clients are heard; `hosts` are names beside those of loopback."""

    def __init__(self, hosts: Sequence[str] = ()) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)

    def refusal(self, headers: Message) -> str:
        """Return why a request comes from another site, in words; empty where it does not."""
        host = headers.get("Host", "")
        if not self._is_known(host):
            return f"the request is for the host '{host}', which is not this one"
        origin = headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return f"the request comes from a page of '{origin}'"
        if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            return "the request comes from a page of another site"
        return ""

    def _is_known(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name is not None and (name in self._hosts or is_loopback(name))


def is_loopback(name: str) -> bool:
    """Return whether a name or an address is of loopback, whatever resolves names."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
