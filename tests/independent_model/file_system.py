"""A file system: what it holds, who may write to it, and every write that was made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from independent_model.streams import Stream, Write

if TYPE_CHECKING:
    from independent_model.replication import Replication
    from independent_model.throttle import Throttle


READ_ONLY, FENCED = "read_only", "fenced"


@dataclass(eq=False)
class FileSystem:
    """A file system in one Region."""

    name: str
    region: str
    size: int
    files: int
    encrypted: bool = True
    one_zone: bool = False
    created_s: float = 0.0
    since_s: float = 0.0
    """When it held `size` and `files`; later writes add to them."""
    failed_s: float | None = None
    """When it was lost for good."""
    protection: str = "ENABLED"
    stops: list[tuple[object, str]] = field(default_factory=list)
    """What keeps it from being written, in the order in which it began: cause, its name."""
    stopped: list[tuple[float, bool]] = field(default_factory=list)
    """From when on it could not be written, for whatever cause, or could again."""
    down: list[tuple[float, bool]] = field(default_factory=list)
    """The same, but for being read-only or fenced, which is nobody's disaster."""
    writes: list[Write] = field(default_factory=list)
    replication: Replication | None = None
    """The configuration that it is part of."""
    throttle: Throttle | None = None
    """The queue of its writes, if they wait."""
    mode: str = "bursting"
    provisioned: float = 0.0
    """In bytes per second."""
    provisioned_s: float | None = None
    """When it was last switched to provisioned throughput, or its amount was changed."""

    @property
    def failed(self) -> bool:
        """Whether it is lost."""
        return self.failed_s is not None

    def stop(self, cause: object, name: str, now_s: float) -> None:
        """Keep it from being written, and drop what waits."""
        for write in [] if self.throttle is None else self.throttle.drop():
            if self.replication is not None:
                self.replication.drop(now_s, write, name)
        self.stops.append((cause, name))
        self._note(now_s)

    def go_on(self, cause: object, now_s: float) -> None:
        """Let it be written, as far as one cause goes."""
        self.stops = [stop for stop in self.stops if stop[0] is not cause]
        self._note(now_s)

    def _note(self, now_s: float) -> None:
        causes = [name for _, name in self.stops]
        self.stopped.append((now_s, bool(causes)))
        self.down.append((now_s, any(name not in (READ_ONLY, FENCED) for name in causes)))

    def size_at(self, time_s: float) -> int:
        """Return the bytes stored: those at the start and what new writes added."""
        return self.size + sum(
            round(sum(write.bytes for write in writes if not write.hot) * stream.new_bytes)
            for stream, writes in by_stream(self._added(time_s)).items()
        )

    def files_at(self, time_s: float) -> int:
        """Return the files stored."""
        return self.files + sum(
            round(len(writes) * stream.files * stream.new_files)
            for stream, writes in by_stream(self._added(time_s)).items()
        )

    def unreplicated(self) -> list[Write]:
        """Return the writes that are on no destination and were not discarded."""
        return [write for write in self.writes if not write.replicated and not write.discarded]

    def mirror(self, source: FileSystem, cut_s: float, now_s: float) -> None:
        """Become what a source was at a cut."""
        self.size, self.files = source.size_at(cut_s), source.files_at(cut_s)
        self.since_s = now_s

    def _added(self, time_s: float) -> list[Write]:
        return [write for write in self.writes if self.since_s < write.time_s <= time_s]


def by_stream(writes: Iterable[Write]) -> dict[Stream, list[Write]]:
    """Return the writes of each stream."""
    found: dict[Stream, list[Write]] = defaultdict(list)
    for write in writes:
        found[write.stream].append(write)
    return found


def changed_files(writes: Iterable[Write]) -> int:
    """Return how many files a sync of these writes carries: of a large file, one."""
    return sum(
        1 if stream.large_file_bytes is not None else len(group) * stream.files
        for stream, group in by_stream(writes).items()
    )


def large_file_bytes(writes: Iterable[Write]) -> int:
    """Return the sizes of the large files that were touched."""
    return sum(stream.large_file_bytes or 0 for stream in by_stream(writes))


def bytes_to_send(writes: Iterable[Write]) -> int:
    """Return the bytes that a sync sends: of a hot set, the distinct blocks to be expected."""
    return sum(_to_send(stream, group) for stream, group in by_stream(writes).items())


def _to_send(stream: Stream, writes: list[Write]) -> int:
    sent = sum(write.bytes for write in writes if not write.hot)
    n = sum(-(-write.bytes // stream.block_bytes) for write in writes if write.hot)
    if n:
        missed = (1 - 1 / stream.hot_blocks) ** n
        sent += round(stream.block_bytes * stream.hot_blocks * (1 - missed))
    return sent
