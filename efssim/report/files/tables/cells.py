"""Cells of whole columns of numbers and of times, made by compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import to_json

_DAY_US = 86_400_000_000

_FIRST_DAY = int(np.datetime64("1000-01-01", "D").astype(np.int64))
_LAST_DAY = int(np.datetime64("9999-12-31", "D").astype(np.int64))
"""Days of years of four digits."""

_PLAIN = 1e-4, 1e16
"""Sizes from and below which the shortest form of a float has no exponent."""

_PAIRS = np.array([f"{pair:02d}" for pair in range(100)], dtype="S2").view(np.uint16)
"""Two digits as one number."""

_TIME = np.dtype(
    [
        ("day", "S10"),
        ("T", "S1"),
        ("hour", np.uint16),
        ("colon", "S1"),
        ("minute", np.uint16),
        ("colon_2", "S1"),
        ("second", np.uint16),
        ("point", "S1"),
        ("micro", np.uint16, 3),
        ("end", "S2"),
    ]
)
"""A cell of a time as bytes, and the end of its line."""


def number_cells(values: NDArray[Any]) -> str | list[str]:
    """Return the cells of integers, floats (NaN: an empty one) or booleans.

    They are those of `repr`; of values that are all the same there is one.
    """
    first = values[:1]
    # Bits, as zeros of both signs are equal.
    if values.tobytes() == first.tobytes() * len(values):
        return _cell(first.item())
    if values.dtype.kind == "b":
        return [*map(str, values.tolist())]
    cells = to_json(values.tolist()).decode().strip("[]").split(",")
    if values.dtype.kind == "f":
        size = np.abs(values)
        is_plain = (size >= _PLAIN[0]) & (size < _PLAIN[1]) | (size == 0)
        for at in np.flatnonzero(~is_plain).tolist():
            cells[at] = _cell(values.item(at))
    return cells


def _cell(value: float) -> str:
    return "" if value != value else repr(value)


def time_cells(times: NDArray[np.datetime64]) -> list[str]:
    """Return the cells of times in UTC, in microseconds; NaT: an empty one."""
    absent = np.isnat(times)
    if absent.any():
        known = np.where(absent, times[~absent][:1] if not absent.all() else _EPOCH, times)
        cells = time_cells(known)
        for at in np.flatnonzero(absent).tolist():
            cells[at] = ""
        return cells
    microseconds = times.astype("datetime64[us]").view(np.int64)
    day = microseconds // _DAY_US
    first, last = int(day.min()), int(day.max())
    if first < _FIRST_DAY or last > _LAST_DAY or last - first > len(times) + _DAYS:
        return [f"{text}Z" for text in np.datetime_as_string(times, unit="us").tolist()]
    days = np.arange(first, last + 1).astype("datetime64[D]")
    return _in_days(
        microseconds - day * _DAY_US, np.datetime_as_string(days).astype("S10")[day - first]
    )


_EPOCH = np.datetime64(0, "us")
_DAYS = 1000
"""Days for which it is never too much to make a text for each."""


def _in_days(microseconds: NDArray[np.int64], days: NDArray[np.bytes_]) -> list[str]:
    """Return the cells of times of the day, each with the text of its day."""
    second = (microseconds // 1_000_000).astype(np.int32)
    micro = (microseconds - second.astype(np.int64) * 1_000_000).astype(np.int32)
    minute, hundreds = second // 60, micro // 100
    hour, ten_thousands = minute // 60, hundreds // 100
    lines = np.empty(len(days), _TIME)
    lines["day"], lines["T"], lines["point"], lines["end"] = days, b"T", b".", b"Z\n"
    lines["colon"] = lines["colon_2"] = b":"
    lines["hour"], lines["minute"] = _PAIRS[hour], _PAIRS[minute - 60 * hour]
    lines["second"] = _PAIRS[second - 60 * minute]
    lines["micro"][:, 0], lines["micro"][:, 1] = (
        _PAIRS[ten_thousands],
        _PAIRS[hundreds - 100 * ten_thousands],
    )
    lines["micro"][:, 2] = _PAIRS[micro - 100 * hundreds]
    return lines.tobytes().decode("ascii").splitlines()
