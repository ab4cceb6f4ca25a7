"""The write streams of the account: on which file system the writes of each are made, and when.

A stream keeps its name, and with it its draws, wherever its writes are made: moving it changes none
of their times and sizes. On each file system that it comes to it has a curve of its own, of which
one at most makes writes at any time.
"""

from __future__ import annotations

from collections.abc import Callable

from efssim.model.entities.file_system import FileSystemState
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.writes.curves.cells import CellCurve
from efssim.model.writes.curves.each import Curve
from efssim.model.writes.stream import Stream
from efssim.scenario import schema

Build = Callable[[float], list[Stream]]
"""Returns the parts of a stream that begin to write after a time."""


class PlacedStream:
    """A write stream, and the file system on which its writes are made."""

    def __init__(
        self,
        clock: Clock,
        home: FileSystemState,
        spec: schema.WriteStream,
        build: Build,
    ) -> None:
        """Place it on a file system."""
        self.home = self.here = home
        self._clock, self._build = clock, build
        self._is_open = spec.begins <= clock.now and (spec.ends is None or spec.ends > clock.now)
        self._curves: dict[str, list[Curve | CellCurve]] = {}
        self._place(home)
        if spec.begins > clock.now:
            self._at(spec.begins, is_open=True)
        if spec.ends is not None and spec.ends > clock.now:
            self._at(spec.ends, is_open=False)

    def _place(self, file_system: FileSystemState) -> None:
        now = self._clock.now
        journal, parts = file_system.journal, self._build(now)
        if now:
            file_system.life.switches_s.append(now)
        self._curves[file_system.id] = [
            journal.add(part, is_away=not self._is_open) for part in parts
        ]

    def _at(self, time_s: float, *, is_open: bool) -> None:
        """Begin or end to make writes at a time; those of that instant are made before."""

        def change() -> None:
            self._is_open = is_open
            self._turn(is_open)

        # With this turn no sync is planned beyond it in vain.
        self._clock.call_at(time_s, Turn.DISTURBANCE_BEGIN, change)

    def _turn(self, is_made: bool) -> None:
        journal = self.here.journal
        self.here.life.switches_s.append(self._clock.now)
        for curve in self._curves[self.here.id]:
            (journal.call_back if is_made else journal.send_away)(curve)
