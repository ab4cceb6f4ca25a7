"""Profiles of measurements: the answer that people hold, and the function that reads files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim.api.values import values_by_field
from efssim.errors import ArgumentError, UnknownNameError, UsageError
from efssim.json_values import to_json
from efssim.report.facts.profiles import UNIX_EPOCH, WEEKDAYS
from efssim.scenario.arguments import checked, duration_of
from efssim.text.quantities import parse_size
from efssim.text.suggestions import suggest
from efssim.traces.exports import ReadOptions
from efssim.traces.profile.measured import MeasuredTraces, read_profiles
from efssim.traces.profile.writes import WritesProfile

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Row = Mapping[str, object]


class Traces(MeasuredTraces):
    """Profiles of measured writes and lags. Tables have one row per window or hour of a series."""

    @classmethod
    def of(cls, data: MeasuredTraces) -> Traces:
        """Return profiles with tables and plots."""
        return cls(**values_by_field(data))

    def __repr__(self) -> str:
        names = ", ".join([*(one.name for one in self.writes), *(one.name for one in self.lags)])
        return f"<efssim.Traces of {names}>"

    def _repr_html_(self) -> str:
        """Show totals and cautions in Jupyter."""
        from efssim.report.notebook import traces_html

        return traces_html(self)

    @property
    def writes(self) -> tuple[WritesProfile, ...]:
        """Profile of each series of written bytes."""
        return self.summarised.writes

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content as JSON: what `efssim traces --format json` prints."""
        return to_json(self.summarised, UNIX_EPOCH)

    @property
    def busiest(self) -> pd.DataFrame:
        """The busiest windows: series, window, window_s, bytes, at_most_bytes, begin (UTC)."""
        import pandas as pd

        rows = (
            {
                "series": profile.name,
                "window": one.window,
                "window_s": one.window_s,
                "bytes": one.bytes,
                "at_most_bytes": one.at_most_bytes,
                "begin": one.begin_s,
            }
            for profile in self.writes
            for one in profile.busiest
        )
        columns = ("series", "window", "window_s", "bytes", "at_most_bytes", "begin")
        table = _table(rows, columns)
        table["begin"] = pd.to_datetime(table["begin"].astype(float), unit="s", utc=True)
        return table

    @property
    def dispersion(self) -> pd.DataFrame:
        """The index of dispersion: series, window_s, windows, bytes, writes."""
        rows = (
            {
                "series": profile.name,
                "window_s": one.window_s,
                "windows": one.windows,
                "bytes": one.bytes,
                "writes": one.writes,
            }
            for profile in self.writes
            for one in profile.dispersion
        )
        return _table(rows, ("series", "window_s", "windows", "bytes", "writes"))

    @property
    def daily(self) -> pd.DataFrame:
        """Mean rates by hour of the day: series, hour, bytes_per_s."""
        rows = (
            {"series": profile.name, "hour": hour, "bytes_per_s": mean}
            for profile in self.writes
            for hour, mean in enumerate(profile.clock.daily_bytes_per_s)
        )
        return _table(rows, ("series", "hour", "bytes_per_s"))

    @property
    def weekly(self) -> pd.DataFrame:
        """Mean rates by hour of the week: series, weekday, hour, bytes_per_s."""
        rows = (
            {"series": profile.name, "weekday": name, "hour": hour, "bytes_per_s": mean}
            for profile in self.writes
            for name, day in zip(WEEKDAYS, profile.clock.weekly_bytes_per_s, strict=False)
            for hour, mean in enumerate(day)
        )
        return _table(rows, ("series", "weekday", "hour", "bytes_per_s"))

    @property
    def unique(self) -> pd.DataFrame:
        """Unique bytes per window: series, window_s, windows, written_bytes, unique_bytes,
        fitted_bytes (of the hot set that comes nearest)."""
        columns = ("window_s", "windows", "written_bytes", "unique_bytes", "fitted_bytes")
        return _table(self._unique_rows(), ("series", *columns))

    def _unique_rows(self) -> Iterator[Row]:
        for profile in self.writes:
            fitted = () if profile.hot_set is None else profile.hot_set.fitted_bytes
            for k, one in enumerate(() if profile.unique is None else profile.unique.windows):
                yield {
                    "series": profile.name,
                    "window_s": one.window_s,
                    "windows": one.windows,
                    "written_bytes": one.written_bytes,
                    "unique_bytes": one.unique_bytes,
                    "fitted_bytes": fitted[k] if fitted else None,
                }

    def plot(self, figure: str = "writes", ax: Axes | None = None) -> Axes:
        """Draw a figure: `writes` over time, `dispersion`, `day`, `week` or `unique`.

        Those of the second series begin with `2-`, and so on. Raise UnknownNameError for a figure
        that there is not.
        """
        from efssim.report.figures.measured.pictures import pictures

        found = {picture.stem: picture for picture in pictures(self)}
        if figure not in found:
            known = f"there are {', '.join(found) or 'none'}{suggest(figure, list(found))}"
            raise UnknownNameError(f"no figure {figure!r}: {known}")
        return found[figure].draw(ax)

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Write traces.json, figures, report.html and manifest.json, as `efssim traces --out`.

        Raise OSError, FileExistsError if a file of somebody else is in the way.
        """
        from efssim.report.files.data.traces import write_traces

        write_traces(self, Path(folder))


def _table(rows: Iterable[Row], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))


@checked("read_traces")
def read_traces(
    files: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    timezone: str | None = None,
    statistic: str | None = None,
    metric: str | None = None,
    where: Mapping[str, str] | None = None,
    period: float | str | None = None,
    missing: str | None = None,
    block: int | str = "4 KiB",
) -> Traces:
    """Read measured writes and lags of any format, and profile them.

    `files` are a path, a folder, a pattern, or several of them. `timezone` is an IANA name: of
    times without an offset, and of the hours and days of profiles (UTC unless given). `statistic`
    (`Sum`, `Average` …), `metric` and `period` (seconds, or as `"5 min"`) say it of files that do
    not; `where` has dimensions, such as `{"device": "sda"}`, and the values to read. `missing`
    is `"zero"` where nothing was written in missing periods. `block` is
    the size of the blocks in which unique bytes are counted. Raise TraceErrors for what cannot be
    read or profiled, and ArgumentError, a ValueError, for a malformed value.
    """
    options = ReadOptions(
        timezone=timezone,
        statistic=statistic,
        period_s=None if period is None else duration_of(period),
        metric=metric,
        where=tuple((where or {}).items()),
    )
    if missing not in (None, "zero"):
        raise ArgumentError(f"missing: {missing!r} is not 'zero'")
    found = read_profiles(
        _paths(files),
        options,
        block_bytes=_block(block),
        missing_is_zero=missing == "zero",
    )
    return Traces.of(found)


def _paths(files: object) -> list[str | Path]:
    given = [files] if isinstance(files, str | os.PathLike) else files
    if not isinstance(given, Sequence) or not all(isinstance(f, str | os.PathLike) for f in given):
        raise UsageError("efssim.read_traces: files are a path, or a list of paths")
    return [os.fspath(file) for file in given]


def _block(given: int | str) -> int:
    try:
        size = parse_size(given)
    except ValueError as error:
        raise ArgumentError(f"block: {error}") from None
    if size < 1:
        raise ArgumentError("block: must be above 0")
    return size
