"""A case: files, a command or requests, and what may be said about how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

Random = np.random.Generator
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """Bad input, most of the time: a command on files, or requests to a server of them."""

    kind: str
    number: int
    files: Mapping[str, bytes]
    """Contents by names in the working folder; a name may have folders."""
    arguments: tuple[str, ...]
    """Of `efssim`; of requests those of `serve`."""
    stdin: bytes = b""
    requests: tuple[bytes, ...] = ()
    """What is sent to the server, each over a connection of its own."""
    honest: tuple[str, ...] = ()
    """Texts of which one is printed, if it ends well; empty: any may be."""
    positioned: bool = False
    """Whether a refusal is about a file with positions."""

    @property
    def count(self) -> int:
        """The number of cases that it counts for: each request is one."""
        return max(1, len(self.requests))


@dataclass(frozen=True, slots=True)
class Ended:
    """How a case ended."""

    code: int
    """Exit code; below 0 the signal that ended it."""
    out: str
    err: str
    cpu_s: float
    peak_bytes: int
    changed: tuple[str, ...] = ()
    """Names of files that are not what they were."""
    statuses: tuple[int, ...] = ()
    """Of the replies to the requests."""
    faults: tuple[str, ...] = field(default=())
    """What was found wrong where it ran."""


def random_of(seed: int, ordinal: int, number: int) -> Random:
    """Return the source of every choice in a case of a kind with this ordinal."""
    return np.random.default_rng([seed, ordinal, number])


def pick(random: Random, options: Sequence[T]) -> T:
    """Return one of options, all alike likely."""
    return options[int(random.integers(len(options)))]


def chance(random: Random, share: float) -> bool:
    """Return True with this probability."""
    return bool(random.random() < share)
