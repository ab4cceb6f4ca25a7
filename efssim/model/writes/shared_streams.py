"""Streams whose writes many worlds have in common: each is drawn by the first world that asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.writes.cells.law import SmallWrites
from efssim.model.writes.curves.each import each_write
from efssim.model.writes.stream import Stream
from efssim.model.writes.tapes import SharedCells, Take, Tape, TapeReader
from efssim.traces.reading import Trace

Build = Callable[[], list[Stream]]
"""Returns streams whose draws begin anew."""


@dataclass(frozen=True, eq=False)
class SameTrace:
    """A trace, equal to itself only: a file that has changed since is another one."""

    trace: Trace

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameTrace) and other.trace is self.trace

    def __hash__(self) -> int:
        return id(self.trace)


class Taped:
    """The streams that a write stream of a scenario is made of, with what was drawn of each."""

    def __init__(self, build: Build, room: SharedDraws) -> None:
        self._streams = build()
        self._tapes = [Tape(_source(build, k), room) for k in range(len(self._streams))]

    def streams(self, end_s: float) -> list[Stream]:
        """Return the streams for one more world, which ends at a time."""
        pairs = list(zip(self._streams, self._tapes, strict=True))
        for stream, tape in pairs:
            if not isinstance(stream.writes, SmallWrites):
                tape.draw_until(end_s)
        return [_read(stream, TapeReader(tape)) for stream, tape in pairs]


def _source(build: Build, ordinal: int) -> Callable[[], Take]:
    def make() -> Take:
        stream = build()[ordinal]
        writes = stream.writes
        return writes.take if isinstance(writes, SmallWrites) else each_write(stream)

    return make


def _read(stream: Stream, reader: TapeReader) -> Stream:
    writes = stream.writes
    if isinstance(writes, SmallWrites):
        return replace(stream, writes=SharedCells(writes, reader))
    return replace(stream, writes=reader)
