"""A time by which a study is to end, by the real clock."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from efssim.study.errors import OutOfTimeError


class Deadline:
    """So many seconds of real time from now on; no limit by default."""

    def __init__(self, seconds: float | None = None) -> None:
        self._begin_s, self.seconds = perf_counter(), seconds

    @property
    def passed_s(self) -> float:
        """Seconds since it was set."""
        return perf_counter() - self._begin_s

    @property
    def left_s(self) -> float | None:
        """Seconds that are left, at least 0; None without a limit."""
        return None if self.seconds is None else max(0.0, self.seconds - self.passed_s)

    def check(self) -> None:
        """Raise OutOfTimeError if none are left."""
        if self.left_s == 0:
            raise OutOfTimeError

    def allows(self, seconds: float) -> bool:
        """Return whether so many seconds are left."""
        return self.left_s is None or seconds <= self.left_s


def checking(deadline: Deadline | None) -> Callable[[], None] | None:
    """Return the check of a deadline; None where it is none."""
    return None if deadline is None or deadline.seconds is None else deadline.check
