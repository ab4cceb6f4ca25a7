"""Tables of drills: a row for each drill, and one for each phase of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from efssim.runs.drill.outcome import DrillLoss
from efssim.runs.tables import datetimes
from efssim.study.drills.study import DrillStudy
from efssim.study.drills.summary import MEASURES

if TYPE_CHECKING:
    import pandas as pd


def drill_table(study: DrillStudy) -> pd.DataFrame:
    """Return a row for each drill; a number that does not exist is NaN or NA."""
    import pandas as pd

    outcomes, start = study.outcomes, study.scenario.start
    made = pd.DataFrame(
        {
            "trial": [one.trial for one in outcomes],
            "disaster": _times([one.disaster_s for one in outcomes], start),
            "status": pd.array([one.status for one in outcomes], dtype="string"),
            "ending": pd.array([one.ending.value for one in outcomes], dtype="string"),
            "error": pd.array([one.error for one in outcomes], dtype="string"),
            "recovery_point": _times([_point(one.loss) for one in outcomes], start),
        }
    )
    for name, measure in MEASURES.items():
        is_whole = name.endswith(("_bytes", "_writes"))
        # Whole, as a float has no odd byte beyond 8 PiB.
        made[name] = pd.array(
            [measure(one) for one in outcomes], dtype="Int64" if is_whole else "float64"
        )
    return made


def timeline_table(study: DrillStudy) -> pd.DataFrame:
    """Return a row for each phase of each drill; one that did not end has no end."""
    import pandas as pd

    rows = [(one.trial, phase) for one in study.outcomes for phase in one.phases]
    start = study.scenario.start
    return pd.DataFrame(
        {
            "trial": pd.array([trial for trial, _ in rows], dtype="int64"),
            "phase": pd.array([phase.name for _, phase in rows], dtype="string"),
            "begin": _times([phase.begin_s for _, phase in rows], start),
            "end": _times([phase.end_s for _, phase in rows], start),
            "seconds": pd.array([phase.seconds for _, phase in rows], dtype="float64"),
        }
    )


def _point(loss: DrillLoss | None) -> float | None:
    return None if loss is None else loss.recovery_point_s


def _times(seconds: Sequence[float | None], start: datetime) -> pd.Series[pd.Timestamp]:
    """Return times in UTC to the microsecond; NaT where there is none."""
    return datetimes(start, [np.nan if second is None else second for second in seconds])
