"""The functions of `time` and the classes of `datetime`, reading a simulation's clock."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from os import getpid
from threading import get_ident
from types import FrameType
from typing import Any

from efssim.aws.clock.replacing import is_users
from efssim.aws.real_waits import RealWaits
from efssim.aws.world import SimulatedWorld
from efssim.errors import StateError

REAL_TIME: dict[str, Callable[..., Any]] = {
    name: getattr(time, name)
    for name in (
        "sleep",
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "clock_gettime",
        "clock_gettime_ns",
        "gmtime",
        "localtime",
        "ctime",
        "asctime",
        "strftime",
    )
    if hasattr(time, name)  # not all are on every system
}
"""The functions replaced in `time`; `perf_counter` and the clocks of the processor stay real."""

_SIMULATED_CLOCKS = {
    getattr(time, name): kind
    for name, kind in (
        ("CLOCK_REALTIME", "time"),
        ("CLOCK_TAI", "time"),
        ("CLOCK_MONOTONIC", "monotonic"),
        ("CLOCK_MONOTONIC_RAW", "monotonic"),
        ("CLOCK_BOOTTIME", "monotonic"),
        ("CLOCK_UPTIME", "monotonic"),
        ("CLOCK_UPTIME_RAW", "monotonic"),
        ("CLOCK_HIGHRES", "monotonic"),
    )
    if hasattr(time, name)
}
"""The clocks of `clock_gettime` that are simulated; those of processes and threads are not."""

REAL_CLASSES = {"datetime": datetime, "date": date}


class SimulatedTime:
    """Stand-ins for functions of `time`, by their names, in every thread, until `ended`.

    Modules that wait for real things get the real functions, in any thread, as does the code of
    libraries in threads that there were before. The thread that made this lets simulated time pass
    by sleeping; the others read it, and may not sleep.
    """

    def __init__(self, world: SimulatedWorld, waits: RealWaits | None = None) -> None:
        self._world, self.ended = world, False
        self.waits = RealWaits() if waits is None else waits
        self._home = getpid(), get_ident()
        idents = {thread.ident for thread in threading.enumerate()}
        self._before = frozenset(idents - {get_ident()})

    def at_home(self) -> bool:
        """Return whether the calling code is where simulated time passes."""
        return not self.ended and self._home == (getpid(), get_ident())

    def is_real_for(self, caller: FrameType) -> bool:
        """Return whether the code of a frame lives in real time."""
        if self.ended or self.waits.is_caller(caller):
            return True
        known = caller.f_globals
        return self.is_bystander() and not is_users(
            known.get("__name__", ""), known.get("__file__")
        )

    def is_bystander(self) -> bool:
        """Return whether the calling thread was there before, as those of a notebook's kernel."""
        return get_ident() in self._before

    def now(self, zone: tzinfo | None) -> datetime:
        """Return the time in a zone, or without one in that of the machine, as datetime.now."""
        if self.ended:
            return REAL_CLASSES["datetime"].now(zone)  # type: ignore[attr-defined,no-any-return]
        moment = self._world.now.astimezone(zone)
        return moment if zone is not None else moment.replace(tzinfo=None)

    def sleep(self, seconds: Any) -> None:
        """Let simulated time pass; refuse as time.sleep does: negative values, and no numbers."""
        if not self.at_home():
            raise StateError(
                "time.sleep in a second thread or process: inside efssim.aws.patched only the "
                "thread that entered it may sleep, since simulated time passes in one thread"
            )
        self._world.advance(_seconds(seconds))

    # Named and called as the functions of `time` that they stand in for.

    def time(self) -> float:
        return self._world.now.timestamp()

    def time_ns(self) -> int:
        return round(self.time() * 1e6) * 1000

    def monotonic(self) -> float:
        return self._world.elapsed_s

    def monotonic_ns(self) -> int:
        return round(self._world.elapsed_s * 1e9)

    def clock_gettime(self, clock: Any) -> float:
        kind = _SIMULATED_CLOCKS.get(clock)
        return REAL_TIME["clock_gettime"](clock) if kind is None else getattr(self, kind)()  # type: ignore[no-any-return]

    def clock_gettime_ns(self, clock: Any) -> int:
        kind = _SIMULATED_CLOCKS.get(clock)
        if kind is None:
            return REAL_TIME["clock_gettime_ns"](clock)  # type: ignore[no-any-return]
        return getattr(self, f"{kind}_ns")()  # type: ignore[no-any-return]

    def gmtime(self, seconds: float | None = None) -> Any:
        return REAL_TIME["gmtime"](self.time() if seconds is None else seconds)

    def localtime(self, seconds: float | None = None) -> Any:
        return REAL_TIME["localtime"](self.time() if seconds is None else seconds)

    def ctime(self, seconds: float | None = None) -> Any:
        return REAL_TIME["ctime"](self.time() if seconds is None else seconds)

    def asctime(self, when: Any = None) -> Any:
        return REAL_TIME["asctime"](self.localtime() if when is None else when)

    def strftime(self, form: str, when: Any = None) -> Any:
        return REAL_TIME["strftime"](form, self.localtime() if when is None else when)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Return the stand-in of each function of `REAL_TIME`."""
        return {name: SimulatedFunction(self, name) for name in REAL_TIME}

    def classes(self) -> dict[str, type]:
        """Return the stand-in of each class of `REAL_CLASSES`."""
        return {"datetime": _datetime_class(self), "date": _date_class(self)}


class SimulatedFunction:
    """A function of `time` for all callers: simulated, or real for those that wait in real time.

    No Python function, since in a class it would become a method, which those of `time` do not.
    """

    def __init__(self, clock: SimulatedTime, name: str) -> None:
        self._clock, self._real = clock, REAL_TIME[name]
        self._simulated: Callable[..., Any] = getattr(clock, name)
        self.__name__ = self.__qualname__ = name
        self.__module__ = "time"
        self.__doc__ = self._real.__doc__

    def __call__(self, *arguments: Any) -> Any:
        if self._clock.is_real_for(sys._getframe(1)):
            return self._real(*arguments)
        return self._simulated(*arguments)

    def __repr__(self) -> str:
        return f"<simulated function {self.__name__}>"

    def __reduce__(self) -> str:
        return self.__name__  # pickled and copied by its name, as the real one


def is_simulated(function: Any) -> bool:
    """Return whether a function of `time` is one that stands in."""
    return isinstance(function, SimulatedFunction)


def _seconds(given: Any) -> float:
    if not hasattr(given, "__float__") and not hasattr(given, "__index__"):
        name = type(given).__name__
        raise TypeError(f"'{name}' object cannot be interpreted as an integer")
    seconds = float(given)
    if math.isnan(seconds):
        raise ValueError("Invalid value NaN (not a number)")
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    return seconds


class _OfDatetimes(type):
    """Gives a class the instances and subclasses of the real one."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, datetime)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, datetime)


class _OfDates(type):
    """Gives a class the instances and subclasses of the real one."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, date)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, date)


def _named_as(real: type, made: type) -> type:
    made.__name__, made.__qualname__, made.__module__ = real.__name__, real.__name__, "datetime"
    return made


def _datetime_class(clock: SimulatedTime) -> type:
    real = datetime

    class SimulatedDatetime(datetime, metaclass=_OfDatetimes):
        """Makes real datetimes, so that nothing else can tell the difference."""

        def __new__(cls, *arguments: Any, **named: Any) -> Any:
            return real.__new__(real if cls is SimulatedDatetime else cls, *arguments, **named)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return clock.now(tz)

        @classmethod
        def today(cls) -> Any:
            return clock.now(None)

        @classmethod
        def utcnow(cls) -> Any:
            return clock.now(UTC).replace(tzinfo=None)

    return _named_as(real, SimulatedDatetime)


def _date_class(clock: SimulatedTime) -> type:
    real = date

    class SimulatedDate(date, metaclass=_OfDates):
        """Makes real dates."""

        def __new__(cls, *arguments: Any, **named: Any) -> Any:
            return real.__new__(real if cls is SimulatedDate else cls, *arguments, **named)

        @classmethod
        def today(cls) -> Any:
            return clock.now(None).date()

    return _named_as(real, SimulatedDate)


def timestamp_methods(clock: SimulatedTime, made: Any) -> dict[str, Any]:
    """Return the stand-ins of the methods of pandas.Timestamp that read a clock."""

    def now(_cls: type, tz: Any = None) -> Any:
        return made(clock.now(None)) if tz is None else made(clock.now(UTC)).tz_convert(tz)

    def utcnow(_cls: type) -> Any:
        return made(clock.now(UTC))

    methods = {"now": now, "today": now, "utcnow": utcnow}
    return {name: classmethod(method) for name, method in methods.items()}
