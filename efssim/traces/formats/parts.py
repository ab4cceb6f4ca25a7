"""The parts that a reader finds in one file, and the description of a format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.options import ReadOptions
from efssim.traces.metric import Floats, WriteRecords


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """Samples of a series as one file has them: in any order, times several times, NaN for none.

    Parts that agree in all but samples, period and unit are parts of one series. `value` is in
    bytes, seconds or a plain count.
    """

    metric: str | None
    statistic: str | None
    time_s: Floats
    """Begin of each period, seconds since 1970 (UTC)."""
    value: Floats
    unit: str | None = None
    dimensions: tuple[tuple[str, str], ...] = ()
    period_s: float | None = None
    """As the file says it; None: it does not."""
    times: str = "dates"
    """Interpretation of the times."""


@dataclass(frozen=True, slots=True)
class ExportPart:
    """Everything that one file holds."""

    series: tuple[SeriesPart, ...] = ()
    records: tuple[WriteRecords, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences, without the file's name."""
    has_more: bool = False
    """Whether every page of it says that another page follows."""
    passed_over: int = 0
    """Rows that hold no writes, such as reads."""
    times: str = "dates"


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format of exports: how it is recognised, and its reader."""

    name: str
    recognise: Callable[[ExportContent], bool]
    """Whether content has the format; looks at its begin, or for the words that only it has."""
    read: Callable[[ExportContent, ReadOptions], ExportPart]
    """The reader; raises TraceErrors with file and line."""
    words: tuple[str, ...] = field(default=())
    """Words of the format, by which the nearest one to unknown content is found."""
