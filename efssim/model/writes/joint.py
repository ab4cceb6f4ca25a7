"""The work of the parts of one stream, which are drawn apart but are one for a sync."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import TypeVar

import numpy as np

from efssim.model.writes.change_sets import Work
from efssim.model.writes.stream import Stream

T = TypeVar("T")


def by_stream(items: Iterable[T], stream_of: Callable[[T], Stream]) -> list[list[T]]:
    """Return items in order, the parts of one stream together and other streams by themselves."""
    groups: list[list[T]] = []
    last = None
    for item in items:
        whole = stream_of(item).part_of
        if whole is not None and whole is last:
            groups[-1].append(item)
        else:
            groups.append([item])
        last = whole
    return groups


def joined(works: list[Work], streams: list[Stream]) -> Work:
    """Return the work of all parts of a stream: hot blocks count once, and so does a large file."""
    work, whole = reduce(Work.with_stream, works), streams[0].part_of
    if whole is None:
        return work
    if streams[0].large_file_bytes:  # each part says so, where it has a write
        work = work._replace(
            files=np.maximum.reduce([part.files for part in works]),
            large_file_bytes=np.maximum.reduce([part.large_file_bytes for part in works]),
        )
    if whole.hot is None:
        return work
    hot = [part for part, stream in zip(works, streams, strict=True) if stream.hot is not None]
    dirtied = np.add.reduce([part.bytes for part in hot])
    sent = [whole.sent_bytes(size) for size in dirtied.tolist()]
    return work._replace(bytes=work.bytes - dirtied + np.array(sent, dtype=np.int64))
