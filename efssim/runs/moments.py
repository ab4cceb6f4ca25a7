"""Times that people give to a result: absolute ones, or durations since the scenario's start."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from efssim.errors import ArgumentError
from efssim.text.quantities import parse_duration

Floats = NDArray[np.float64]


def seconds_since(start: datetime, times: Any) -> Floats:
    """Return times as seconds since `start`, shape (times,).

    Each is seconds, a duration such as `"26 h"`, or an absolute time in any form that pandas reads;
    one without a zone is in UTC. Raise ArgumentError for any other value.
    """
    if hasattr(times, "dtype") and np.issubdtype(np.asarray(times).dtype, np.number):
        return np.asarray(times, dtype=np.float64)
    return np.array([_seconds(start, time) for time in times], dtype=np.float64)


def _seconds(start: datetime, time: Any) -> float:
    import pandas as pd

    if isinstance(time, (int, float, np.number)):
        return float(time)
    if isinstance(time, str):
        try:
            return parse_duration(time)
        except ValueError:  # not a duration, so it has to be a time
            pass
    try:
        moment = pd.Timestamp(time)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{time!r:.60} is neither a time nor a duration") from error
    if moment.tzinfo is None:
        moment = moment.tz_localize("UTC")
    return float((moment - pd.Timestamp(start)) / pd.Timedelta(seconds=1))


def periods(start: datetime, window_s: tuple[float, float], every_s: float) -> Floats:
    """Return the edges of periods of `every_s` seconds that cover a window, in seconds.

    They count from midnight (UTC) of the day of `start`, as pandas' `resample` does.
    """
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    offset_s = (start - midnight).total_seconds()
    first, last = ((second + offset_s) / every_s for second in window_s)
    count = np.arange(np.floor(first), max(np.ceil(last), np.floor(first) + 1) + 1)
    return np.asarray(count * every_s - offset_s)
