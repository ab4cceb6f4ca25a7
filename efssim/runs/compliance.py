"""Compliance with the RPO of the replications of a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from efssim.lag.compliance.judged import Compliance, ComplianceTerms, Unprotected
from efssim.lag.compliance.left_out import Replicated
from efssim.lag.compliance.spans import Span
from efssim.lag.compliance.summary import ComplianceSummary, LastSync
from efssim.lag.measures import Measures
from efssim.lag.protection import Exclusions, protection
from efssim.records.run_records import ReplicationRecords
from efssim.runs.outcome import OutcomeRecords
from efssim.scenario import Scenario
from efssim.text.zones import time_zone

if TYPE_CHECKING:
    from efssim.lag.age.rpo import Violations

_SHORTEST_MONTH_S = 28 * 86_400.0
_MANY = 10
"""Replications of which more are summed up; their months are there only where asked for."""


def has_compliance(scenario: Scenario, window_s: Span, *, unasked: bool) -> bool:
    """Return whether a run has months: asked for, or `unasked` where the window is as long as one.

    Not of many replications, which reports sum up.
    """
    if scenario.compliance is not None:
        return True
    is_long = window_s[1] - window_s[0] >= _SHORTEST_MONTH_S
    return unasked and is_long and len(scenario.replications) <= _MANY


def compliance_of(
    scenario: Scenario,
    outcome: OutcomeRecords,
    records: ReplicationRecords,
    measures: Measures,
    *,
    lists: bool,
) -> ComplianceSummary:
    """Return the compliance of a replication, given its outcome and what it was taken from."""
    timezone = "UTC" if scenario.compliance is None else scenario.compliance.timezone
    terms = ComplianceTerms(scenario.rpo.attainment, scenario.start, time_zone(timezone), timezone)
    found = _replicated(scenario, outcome, records, measures.violations)
    judged = Compliance(found, terms, _unprotected(scenario, records))
    # By the scenario, as a run that checks the laws keeps syncs that nobody asked for.
    teeth = outcome.age if lists and scenario.records == "on" else None
    return judged.summary(measures.age_over_time, teeth, _last_sync(measures), lists=lists)


def _replicated(
    scenario: Scenario,
    outcome: OutcomeRecords,
    records: ReplicationRecords,
    violations: Violations,
) -> Replicated:
    begin_s, end_s = violations.spans()
    return Replicated(
        window_s=outcome.window_s,
        created_s=records.created_s,
        defined_s=math.inf if records.defined_s is None else records.defined_s,
        gone_s=math.inf if records.gone is None else records.gone.now_s,
        has_initial_sync=records.begins_with_initial_sync,
        begin_s=begin_s,
        end_s=end_s,
        peak_s=violations.peaks(),
        target_s=scenario.rpo.target,
        disturbances=outcome.disturbances,
    )


def _unprotected(scenario: Scenario, records: ReplicationRecords) -> Unprotected:
    after_deletion = scenario.rpo.after_deletion == "excluded"
    initial_sync = scenario.rpo.initial_sync == "excluded"

    def seconds(span: Span, exclusions: Exclusions) -> float:
        return protection(records, *span, exclusions).unprotected_s

    return Unprotected(
        whole=lambda span: seconds(span, Exclusions(initial_sync, after_deletion)),
        counted=lambda span: seconds(span, Exclusions(True, after_deletion)),
    )


def _last_sync(measures: Measures) -> LastSync | None:
    last = measures.last_sync_s
    if last is None:
        return None
    cut_s, completed_s = last
    return LastSync(cut_s, completed_s, completed_s - cut_s, measures.syncs.last_bytes)
