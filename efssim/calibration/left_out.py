"""Syncs that take no part in the fit, by name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from efssim.calibration.data import LeftOut, LeftOutKind
from efssim.calibration.judged import Found
from efssim.calibration.rows.rows import Flags
from efssim.calibration.rows.written import Written


def left_out_of(found: Found, written: Written | None, origin_s: float) -> list[LeftOut]:
    """Return the syncs that were left out, with absolute times."""
    parts = [*_disturbed(found), *_strays(found), *_in_sum(found, written)]
    return [
        LeftOut(one.begin_s + origin_s, one.end_s + origin_s, one.kind, one.sentence)
        for one in parts
    ]


def _disturbed(found: Found) -> Iterator[LeftOut]:
    rows = found.rows
    for at in np.flatnonzero(found.gap.is_disturbed):
        begin_s, end_s = rows.cut_s[at] + rows.high_s[at], rows.cut_s[at] + rows.spacing_s[at]
        waited_s = end_s - begin_s
        words = f"the next sync was cut {waited_s:.0f} s later than syncs and gap explain"
        yield LeftOut(float(begin_s), float(end_s), LeftOutKind.DISTURBED, words)


def _strays(found: Found) -> Iterator[LeftOut]:
    rows = found.rows
    slope, setup_s = found.estimate.slope.value, found.estimate.setup_s.value
    for at in np.flatnonzero(found.estimate.is_stray & found.used):
        expected_s = setup_s + slope * rows.middle_bytes[at]
        begin_s = rows.cut_s[at]
        seen = np.isfinite(rows.high_s[at])
        end_s = begin_s + (rows.high_s[at] if seen else rows.low_s[at])
        words = f"a sync took over {rows.low_s[at]:.0f} s where {expected_s:.0f} s are expected"
        if expected_s > rows.high_s[at]:
            words = (
                f"a sync took at most {rows.high_s[at]:.0f} s where {expected_s:.0f} s are expected"
            )
        yield LeftOut(float(begin_s), float(end_s), LeftOutKind.DISTURBED, words)


def _in_sum(found: Found, written: Written | None) -> Iterator[LeftOut]:
    rows = found.rows
    known = rows.is_known
    yield from _counted(
        found,
        known & rows.is_edge,
        LeftOutKind.BURST_EDGE,
        "were cut in a minute in which writes begin or end",
    )
    lost = np.isnan(rows.previous_s)
    yield from _counted(found, lost, LeftOutKind.UNSEEN, "may follow a sync that no sample shows")
    if written is not None:
        yield from _counted(
            found, ~known & ~lost, LeftOutKind.MISSING_WRITES, "have no writes in the export"
        )


def _counted(found: Found, which: Flags, kind: LeftOutKind, words: str) -> Iterator[LeftOut]:
    """Yield one entry for all syncs of a kind, of which there may be thousands."""
    if which.any():
        cut_s = found.rows.cut_s[which]
        count = int(which.sum())
        yield LeftOut(float(cut_s.min()), float(cut_s.max()), kind, f"{count} syncs {words}")
