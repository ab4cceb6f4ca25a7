"""All checks, in the order in which they are made."""

from __future__ import annotations

from search.checks.alarms import ALARMS
from search.checks.check import Check
from search.checks.dense import DENSE
from search.checks.doors import BOTO3, FILE, HTTP, PYTHON
from search.checks.engine import LAWS, PORTIONS
from search.checks.models import SECOND
from search.checks.studies import CHOICE, COMMANDS, DRILL, PARTS, PLAN, SETS, TRIALS

CHECKS: tuple[Check, ...] = (
    LAWS,
    PORTIONS,
    SECOND,
    ALARMS,
    FILE,
    PYTHON,
    BOTO3,
    HTTP,
    DENSE,
    TRIALS,
    PARTS,
    CHOICE,
    PLAN,
    SETS,
    DRILL,
    COMMANDS,
)
"""The run itself comes first: what it breaks would break the others."""
