"""From exports to fitted parameters, their back-test, and what to beware of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from efssim.calibration.backtest.backtest import Measurements, backtest
from efssim.calibration.backtest.findings import Backtest, NoBacktest
from efssim.calibration.backtest.parts import covered
from efssim.calibration.contradicted import not_contradicted
from efssim.calibration.data import Fitted, LagSamples, WriteTotals
from efssim.calibration.fit import fit
from efssim.calibration.given.alignment import alignment
from efssim.calibration.given.doubts import assumed_of, missing_rows, without_writes
from efssim.calibration.given.lag import read_lag
from efssim.calibration.given.series import ChosenSeries, Pairs
from efssim.calibration.given.size import size_of
from efssim.calibration.given.writes import read_writes
from efssim.json_values import timestamp
from efssim.text.quantities import format_duration
from efssim.traces.exports import ReadOptions
from efssim.traces.metric import FileRead
from efssim.traces.problems import refuse

_SOURCE = "FileSystemId"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment from which times of exports count."""


@dataclass(frozen=True, slots=True)
class CalibrationRequest:
    """Files with lag and writes, and what is known of the file system besides."""

    lag: tuple[str, ...]
    writes: tuple[str, ...] = ()
    size: str | None = None
    """A size, or a file of StorageBytes."""
    files: int | None = None
    timezone: str | None = None
    file_system: str | None = None
    """Id of the source, where files have several."""


@dataclass(frozen=True, slots=True)
class CalibrationFindings:
    """Timing of a replication as its metrics show it."""

    request: CalibrationRequest
    given: Measurements
    fitted: Fitted
    backtest: Backtest | NoBacktest
    files: tuple[FileRead, ...]
    """All files that were read."""
    notes: tuple[str, ...] = ()
    """Sentences on the files, such as what was taken for what."""
    cautions: tuple[str, ...] = ()
    """Sentences on what may be wrong with the files, or what they cannot tell."""
    size_bytes: int | None = None
    """Size of the source, as the request says it."""

    @property
    def is_fitted(self) -> bool:
        """Whether any parameter was fitted."""
        return self.fitted.is_fitted


def calibrated(request: CalibrationRequest, share: float, seed: int) -> CalibrationFindings:
    """Read the files, fit all of them, and forecast what comes after the first share.

    Raise TraceErrors for files that cannot be read, are no lag or no writes, belong to other file
    systems or times.
    """
    options = ReadOptions(timezone=request.timezone)
    where: Pairs = () if request.file_system is None else ((_SOURCE, request.file_system),)
    lag, lag_files = read_lag(request.lag, options, where)
    source = tuple(pair for pair in lag_files.dimensions if pair[0] == _SOURCE) or where
    size_bytes = size_of(request.size, source)
    writes, chosen = None, [lag_files]
    if request.writes:
        writes, write_files = read_writes(request.writes, options, source)
        chosen.append(write_files)
        _refuse_apart(lag, writes, write_files)
    fitted = fit(lag, writes)
    cautions = list(assumed_of(chosen))
    if writes is not None and fitted.is_fitted:
        cautions += without_writes(writes, lag)
        cautions += _misfits(fitted, writes, chosen[-1])
    gaps = [] if writes is None else list(missing_rows(writes))
    given = Measurements(lag, writes)
    found = _backtest(given, fitted, share, seed)
    return CalibrationFindings(
        request,
        given,
        not_contradicted(fitted, found),
        found,
        tuple(one for part in chosen for one in part.files),
        (*(note for part in chosen for note in part.notes), *gaps),
        tuple(cautions),
        size_bytes,
    )


def _backtest(
    given: Measurements, fitted: Fitted, share: float, seed: int
) -> Backtest | NoBacktest:
    if not fitted.is_fitted:
        return NoBacktest("Nothing was fitted, so there is nothing to forecast with.")
    return backtest(given, fitted, share, seed)


def _refuse_apart(lag: LagSamples, writes: WriteTotals, chosen: ChosenSeries) -> None:
    """Raise TraceErrors for writes that were made at other times than the lag was measured."""
    begin_s, end_s = covered(writes)
    first_s, last_s = float(lag.time_s[0]), float(lag.time_s[-1]) + lag.period_s
    if begin_s >= last_s or end_s <= first_s:
        refuse(
            chosen.name,
            None,
            f"covers {utc_text(begin_s)} to {utc_text(end_s)}, and the lag {utc_text(first_s)} to "
            f"{utc_text(last_s)}: they have no time in common",
        )


def _misfits(fitted: Fitted, writes: WriteTotals, chosen: ChosenSeries) -> Iterator[str]:
    """Yield cautions on writes that do not go with the lag; raise TraceErrors for a shift."""
    found = alignment(fitted, writes)
    if found is None:
        return
    if found.is_shifted:
        length = format_duration(abs(found.shift_s))
        side = "earlier" if found.shift_s < 0 else "later"
        refuse(
            chosen.name,
            None,
            f"syncs go with the writes {length} {side} (they explain "
            f"{100 * found.explained_shifted:.0f} % of how durations vary, and "
            f"{100 * found.explained:.0f} % as they are): one of the files is in local time; "
            "--timezone says of which zone",
        )
    if found.explains_nothing:
        yield (
            f"The writes explain {100 * found.explained:.0f} % of how the durations of syncs vary: "
            "are they those of the same file system?"
        )


def utc_text(time_s: float) -> str:
    """Return a time of an export in minutes."""
    return f"{timestamp(EPOCH, time_s)[:16].replace('T', ' ')}Z"
