"""Ctrl-C during studies: one owner, which ends a study once and loses nothing that is finished.

Wherever Python's own handler raises KeyboardInterrupt it may tear a result that is being taken in,
or be swallowed by a callback. So a study holds Ctrl-C back, notes it, and lets it raise only while
a trial runs here, or asks for it where nothing is half done.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

_PUT_OFF = 2
"""Presses that are put off; one more raises even there, so that no wait holds a user (chosen)."""


class Interrupts:
    """Owner of Ctrl-C: the first is noted, and raised where allowed; the second stops at once.

    Only in the main thread, and only where Python's own handler would raise KeyboardInterrupt:
    code that has set another one decides itself.
    """

    def __init__(self) -> None:
        self.presses = 0
        """How often Ctrl-C came."""
        self._allowed = self._ours = self._is_put_off = False
        self._wake: list[Callable[[], None]] = []
        self._hook: Callable[[sys.UnraisableHookArgs], object] = sys.__unraisablehook__

    def __enter__(self) -> Interrupts:
        if _is_main() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._press)
            # One that a callback swallows is noted here, and nothing to print a traceback for.
            self._hook, sys.unraisablehook = sys.unraisablehook, self._tell_unraisable
            self._ours = True
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            sys.unraisablehook = self._hook

    def _press(self, _: int, __: FrameType | None) -> None:
        self.presses += 1
        if self._raises and not (self._is_put_off and self.presses <= _PUT_OFF):
            raise KeyboardInterrupt
        for wake in self._wake:
            wake()

    def _tell_unraisable(self, swallowed: sys.UnraisableHookArgs) -> None:
        if not issubclass(swallowed.exc_type, KeyboardInterrupt):
            self._hook(swallowed)

    @property
    def _raises(self) -> bool:
        return self._allowed or self.stops_at_once

    @property
    def stops_at_once(self) -> bool:
        """Whether Ctrl-C came again, so that even complete trials are given up."""
        return self.presses > 1

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C came."""
        if self.presses:
            raise KeyboardInterrupt

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Let Ctrl-C raise KeyboardInterrupt inside, also one that came before."""
        before, self._allowed = self._allowed, True
        try:
            self.check()
            yield
        finally:
            self._allowed = before

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold Ctrl-C back inside, and note it, but for blocks of `allowed`."""
        before, self._allowed = self._allowed, False
        try:
            yield
        finally:
            self._allowed = before

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """Put Ctrl-C off to the end of a short block, even where it would raise at once."""
        seen = self.presses
        before, self._is_put_off = self._is_put_off, True
        try:
            yield
        finally:
            self._is_put_off = before
        if self.presses > seen and self._raises and not before:
            raise KeyboardInterrupt

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call a function at Ctrl-C that is held back; it runs in a handler of signals."""
        self._wake.append(wake)
        try:
            yield
        finally:
            self._wake.remove(wake)


@contextmanager
def ctrl_c() -> Iterator[Interrupts]:
    """Yield the owner of Ctrl-C: that of an outer block, else a new one for this block.

    So a plan, its evaluations and the command around them have one owner.
    """
    if (around := _owner()) is not None:
        yield around
        return
    with Interrupts() as made:
        yield made


@contextmanager
def ctrl_c_put_off() -> Iterator[None]:
    """Put Ctrl-C off to the end of a short block, in which an exception would leave half a thing.

    Even the second, but no third; they raise then where they would have raised inside.
    """
    if (around := _owner()) is not None:
        with around.put_off():
            yield
        return
    with Interrupts() as made, made.allowed(), made.put_off():
        yield


def _owner() -> Interrupts | None:
    around = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
    return around if _is_main() and isinstance(around, Interrupts) else None


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
