"""Doubts about the files of a calibration: rows that are missing, and what was assumed of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from efssim.calibration.backtest.parts import covered, writes_between
from efssim.calibration.data import LagSamples, WriteTotals
from efssim.calibration.given.series import ChosenSeries
from efssim.traces.quality import THIN


def assumed_of(chosen: Sequence[ChosenSeries]) -> Iterator[str]:
    """Yield a sentence for each key that was assumed of a file."""
    for file in (one for part in chosen for one in part.files):
        for key in file.assumed:
            yield f"{file.file} is taken as `{key}`, which it does not say."


def without_writes(writes: WriteTotals, lag: LagSamples) -> Iterator[str]:
    """Yield that nothing was written, where that is so."""
    inside = writes_between(writes, float(lag.time_s[0]), float(lag.time_s[-1]) + lag.period_s)
    if not inside.bytes.any():
        yield (
            "The file of the writes has none in the time of the lag: what bytes take is then in "
            "the fixed time."
        )


def missing_rows(writes: WriteTotals) -> Iterator[str]:
    """Yield how many periods of a metric have no row, beyond the share that makes a trace thin.

    No caution: CloudWatch has no row of a period without I/O either.
    """
    begin_s, end_s = covered(writes)
    periods = (end_s - begin_s) / writes.period_s
    share = 1 - len(writes.begin_s) / periods if periods > 0 else 0.0
    if writes.is_metric and share > THIN:
        yield (
            f"{100 * share:.0f} % of the periods of the writes have no row and are taken as "
            "without writes: if they had some, the fit takes them for speed."
        )
