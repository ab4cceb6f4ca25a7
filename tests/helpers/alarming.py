"""A world whose alarms can be followed by hand, and alarms for it.

A sync of nothing is cut and complete each minute; the sample of a minute falls 30 s into it. The
link fails from 6,000 s to 9,600 s, and no Region does: the cut at 6,000 s does not come, so the age
counts from 5,940 s on, passes 15 minutes at 6,840 s, and falls to 0 at 9,600 s.
"""

from __future__ import annotations

from typing import Any

from efssim import Scenario
from helpers.worlds import scenario

PASSED_S, END_S = 6840.0, 9600.0
"""Begin and end of the violation."""
MINUTE: dict[str, Any] = {
    "metric": "TimeSinceLastSync",
    "statistic": "Maximum",
    "replication": "dr",
    "period": 60,
    "evaluation_periods": 1,
    "threshold": "15 min",
    "comparison": "GreaterThanThreshold",
}
"""Fires at the first sample beyond 15 minutes: that of 6,870 s, evaluated at 6,900 s."""
IN_THE_WILD: dict[str, dict[str, Any]] = {
    "twice": {
        **MINUTE,
        "period": 300,
        "evaluation_periods": 2,
        "threshold": 1200,
        "treat_missing_data": "breaching",
    },
    "one-dimension": {
        "MetricName": "TimeSinceLastSync",
        "Statistic": "Maximum",
        "Dimensions": [{"Name": "FileSystemId", "Value": "fs"}],
        "Period": 300,
        "EvaluationPeriods": 3,
        "Threshold": 900,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    },
    "three-of-five": {
        **MINUTE,
        "threshold": 300,
        "evaluation_periods": 5,
        "datapoints_to_alarm": 3,
    },
}
"""Alarms of public configurations."""


def alarming(alarms: dict[str, Any], duration: str = "4 h", **top: Any) -> Scenario:
    """Return the world with these alarms."""
    given: dict[str, Any] = {
        "events": [{"at": 6000, "link_outage": "us-east-1 -> us-west-2", "for": "1 h"}],
        "cloudwatch": {"phase": 30},
        **top,
    }
    return scenario({}, {"interval": "60 s"}, duration, alarms=alarms, **given)


def changed(**changes: Any) -> dict[str, Any]:
    """Return MINUTE with other settings; None takes one away."""
    merged = {**MINUTE, **changes}
    return {key: value for key, value in merged.items() if value is not None}
