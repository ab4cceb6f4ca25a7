"""The write streams of the account: on which file system the writes of each are made, and when.

A stream keeps its name, and with it its draws, wherever its writes are made: moving it changes none
of their times and sizes. On each file system that it comes to it has a curve of its own, of which
one at most makes writes at any time.
"""

from __future__ import annotations

from typing import Protocol

from efssim.model.entities.file_system import FileSystemState
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.writes.curves.cells import CellCurve
from efssim.model.writes.curves.each import Curve
from efssim.model.writes.stream import Stream
from efssim.scenario import schema


class Build(Protocol):
    """Builds the parts of a stream anew, with the same draws each time."""

    def __call__(self, after_s: float, *, is_shared: bool) -> list[Stream]:
        """Return parts that begin to write after a time; see `build_streams`."""


class PlacedStream:
    """A write stream, and the file system on which its writes are made."""

    def __init__(
        self,
        clock: Clock,
        home: FileSystemState,
        spec: schema.WriteStream,
        name: str,
        build: Build,
        *,
        follows: bool,
    ) -> None:
        """Place it at home; `follows` says whether it moves with a failover.

        The name is unique over all file systems.
        """
        self.home = self.here = home
        self.follows = follows
        self.moved_by: int | None = None
        """Ordinal of the cause for which it is elsewhere; None: it is at home."""
        self._clock, self._name, self._build = clock, name, build
        self._is_open = spec.begins <= clock.now and (spec.ends is None or spec.ends > clock.now)
        self._curves: dict[str, list[Curve | CellCurve]] = {}
        self._place()
        if spec.begins > clock.now:
            self._at(spec.begins, is_open=True)
        if spec.ends is not None and spec.ends > clock.now:
            self._at(spec.ends, is_open=False)

    def move(self, target: FileSystemState, ordinal: int) -> None:
        """Make its writes after now on a file system; `ordinal` is that of the cause."""
        self.moved_by = None if target is self.home else ordinal
        if target is self.here:
            return
        self._turn(is_made=False)
        self.here = target
        if target.id in self._curves:
            self._turn(is_made=self._is_open)
        else:
            self._place()

    def _place(self) -> None:
        """Make curves for a file system that it writes to for the first time."""
        now, here = self._clock.now, self.here
        if now:
            here.life.switches_s.append(now)
        is_shared = here is self.home and not here.journal.is_throttled
        parts = self._build(now, is_shared=is_shared)
        self._curves[here.id] = [
            here.journal.add(part, self._name, is_away=not self._is_open) for part in parts
        ]

    def _at(self, time_s: float, *, is_open: bool) -> None:
        """Begin or end to make writes at a time; those of that instant are made before."""

        def change() -> None:
            self._is_open = is_open
            self._turn(is_made=is_open)

        # With this turn no sync is planned beyond it in vain.
        self._clock.call_at(time_s, Turn.DISTURBANCE_BEGIN, change)

    def _turn(self, *, is_made: bool) -> None:
        """Make its writes after now where it is, or make none."""
        journal = self.here.journal
        self.here.life.switches_s.append(self._clock.now)
        for curve in self._curves[self.here.id]:
            (journal.call_back if is_made else journal.send_away)(curve)
