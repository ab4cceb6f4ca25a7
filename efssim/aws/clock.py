"""The functions of `time` and the classes of `datetime`, reading a simulation's clock."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from threading import get_ident
from typing import Any

from efssim.aws.world import World

REAL_TIME: dict[str, Callable[..., Any]] = {
    name: getattr(time, name)
    for name in (
        "sleep",
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "gmtime",
        "localtime",
        "ctime",
        "asctime",
        "strftime",
    )
}
"""What is replaced in `time`; `perf_counter` measures real time still."""

REAL_CLASSES = {"datetime": datetime, "date": date}


class SimulatedTime:
    """Stands in for functions of `time`, by their names, in the thread that made it.

    Other threads read the real time, as does everybody once this has ended.
    """

    def __init__(self, world: World) -> None:
        self._world, self._thread, self.ended = world, get_ident(), False

    def real(self) -> bool:
        """Whether the calling code lives in real time."""
        return self.ended or get_ident() != self._thread

    def now(self, zone: tzinfo | None) -> datetime:
        """Return the time in a zone, or without one in that of the machine, as datetime.now."""
        if self.real():
            return REAL_CLASSES["datetime"].now(zone)  # type: ignore[attr-defined,no-any-return]
        moment = self._world.now.astimezone(zone)
        return moment if zone is not None else moment.replace(tzinfo=None)

    def sleep(self, seconds: Any) -> None:
        """Let simulated time pass; as time.sleep refuses what is negative or no number."""
        if self.ended:
            REAL_TIME["sleep"](seconds)
        elif self.real():
            raise RuntimeError(
                "time.sleep in a second thread: inside efssim.aws.patched only the thread that "
                "entered it may sleep, since simulated time passes in one thread"
            )
        else:
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
        """Return what stands in for each function of `REAL_TIME`."""
        return {name: self._function(name) for name in REAL_TIME}

    def _function(self, name: str) -> Callable[..., Any]:
        simulated, real = getattr(self, name), REAL_TIME[name]

        def function(*arguments: Any) -> Any:
            # A sleep decides by itself: a second thread's is neither.
            return real(*arguments) if name != "sleep" and self.real() else simulated(*arguments)

        function.__name__ = function.__qualname__ = name
        function.__module__ = __name__
        return function

    def classes(self) -> dict[str, type]:
        """Return what stands in for each class of `REAL_CLASSES`."""
        return {"datetime": _datetime_class(self), "date": _date_class(self)}


def is_simulated(function: Any) -> bool:
    """Whether a function of `time` is one that stands in."""
    return getattr(function, "__module__", None) == __name__


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

    class Simulated(datetime, metaclass=_OfDatetimes):
        """Makes real datetimes, so that nothing else can tell the difference."""

        def __new__(cls, *arguments: Any, **named: Any) -> Any:
            return real.__new__(real if cls is Simulated else cls, *arguments, **named)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return clock.now(tz)

        @classmethod
        def today(cls) -> Any:
            return clock.now(None)

        @classmethod
        def utcnow(cls) -> Any:
            return clock.now(UTC).replace(tzinfo=None)

    return _named_as(real, Simulated)


def _date_class(clock: SimulatedTime) -> type:
    real = date

    class Simulated(date, metaclass=_OfDates):
        """Makes real dates."""

        def __new__(cls, *arguments: Any, **named: Any) -> Any:
            return real.__new__(real if cls is Simulated else cls, *arguments, **named)

        @classmethod
        def today(cls) -> Any:
            return clock.now(None).date()

    return _named_as(real, Simulated)
