"""Unit, type and precision of every number, time and text in the files: one table.

docs/precision.md is made of it. A column or a field has a line by the last part of its dotted name;
a test meets every file with it, and what has no line fails there.
"""

from __future__ import annotations

from typing import NamedTuple


class OutputKind(NamedTuple):
    """A kind of values."""

    unit: str
    text: str
    """How it stands in JSON and CSV."""
    typed: str
    """Its type in Parquet and in tables of pandas."""
    precision: str


_SHORTEST = "number, the shortest that reads back as the same float"

KINDS = {
    "time": OutputKind(
        "UTC",
        "ISO 8601, six decimals, `Z`",
        "timestamp in µs",
        "the time of the clock, to the nearest µs",
    ),
    "duration": OutputKind(
        "s",
        _SHORTEST,
        "double",
        "not rounded; a difference or a sum of times, each to half a step of the clock",
    ),
    "statistic": OutputKind(
        "that of what it is of",
        _SHORTEST,
        "double",
        "not rounded; means, maxima and attainments to 1e-9 of the value or two steps of the clock;"
        " quantiles exact up to 100,000 writes and a million syncs, within 0.8 % beyond",
    ),
    "minutes": OutputKind("min", "whole number", "64-bit integer", "rounded up"),
    "size": OutputKind("bytes", "whole number", "64-bit integer", "exact"),
    "count": OutputKind("1", "whole number", "64-bit integer", "exact"),
    "amount": OutputKind(
        "bytes, bytes/s or GB, as the name says",
        _SHORTEST,
        "double",
        "not rounded; to 1e-9 of the value",
    ),
    "share": OutputKind("1", _SHORTEST, "double", "not rounded; to 1e-9 of the value"),
    "rate": OutputKind(
        "per month or per s", _SHORTEST, "double", "not rounded; to 1e-9 of the value"
    ),
    "money": OutputKind(
        "currency of `prices`", _SHORTEST, "double", "not rounded; 1e-9 of the value"
    ),
    "weight": OutputKind(
        "s, writes or bytes, as `of` of the objective",
        _SHORTEST,
        "double",
        "not rounded; writes and bytes exact up to 2^53",
    ),
    "flag": OutputKind("", "true, false (CSV: `True`, `False`)", "boolean", "exact"),
    "text": OutputKind("", "text", "text or category", "exact"),
    "varied": OutputKind(
        "that of the parameter or the measure, seconds and bytes",
        _SHORTEST,
        "double, or text where values are of several types",
        "not rounded; as the value that was set, or as its measure",
    ),
    "mapping": OutputKind("", "object or list, empty where there is nothing", "-", "exact"),
}
"""The kinds, by name."""

_NAMES = {
    "time": "begin completed cut disaster end first first_above last last_replicated_timestamp "
    "last_sync_completed recovery_point start time timestamp Timestamps",
    "duration": "duration_s above_s_per_month budget_s cell_s defined_s delay_max_s delay_s "
    "detection_delay_mean_s diff_s duration_mean_s excluded_s failback_s initial_sync_s "
    "inventory_s left_out_s longest_s loss_s lost_s peak_s period_s recovery_point_age_s "
    "repeated_s rto_s seconds setup_s spacing_s target_s threshold_s transfer_s "
    "undefined_s unprotected_s unwarranted_s unwritable_s violation_s waited_s writable_s",
    "statistic": "max mean min p5 p50 p90 p95 p99 p99_9 p99_99 p99_s peak_mean",
    "minutes": "minutes",
    "size": "bytes bytes_unused bytes_used coalesced_bytes discarded_bytes dropped_bytes "
    "initial_bytes initial_wire_bytes loss_bytes lost_at_deletion lost_bytes open_at_end "
    "partial_bytes waiting_bytes wire_bytes",
    "count": "abandoned at attempts breaches_unlisted count datapoints_to_alarm detected "
    "discarded_writes drills dropped_after evaluation_periods failed failed_attempts "
    "false_alarms files fired from_writes hours_above late loss_writes lost_writes missed "
    "more_trials muted needed no_recovery_point not_applicable off_grid_rows "
    "failed_back in_alarm_before "
    "open_at_end_writes pairs periods periods_missing region_down repeated_rows rows rows_used "
    "seed set sets sets_diverging sets_met sets_met_throughout sets_missed "
    "sets_too_short sets_undecided stratum trial "
    "trials trials_of_an_observation undetected violations waiting_writes windows "
    "windows_needed writes",
    "amount": "busiest_hour_bytes_per_s credits_bytes credits_min_bytes limit_bytes_per_s "
    "mean_bytes mean_bytes_per_s permitted_bytes_per_s",
    "share": "attainment attainment_all attainment_high attainment_low attainment_while_writable "
    "both confidence diverging_share distance_at_most false_per_month_ci95 objective probability "
    "quantile_error_at_most share share_ci95 share_low share_of_sets skewness "
    "unwarranted_share utilisation variance_saved weight",
    "weight": "within",
    "rate": "false_alarms_per_month false_per_month false_per_month_high violations_per_month",
    "money": "initial_transfer per_month requests storage throughput transfer",
    "flag": "confirmed diverging falls_behind holds is_current met met_throughout on_front "
    "one_at_a_time out_of_time partial passes too_short",
    "text": "affected alarm best blind by candidate cause cautions currency date design "
    "DestinationFileSystemId digest direction distribution disturbances ending error file "
    "file_system FileSystemId final_state final_status format from Id kind Label measure "
    "Messages metric mode month name never not_evaluated notes of outcome path phase "
    "precision reason region replication replications scenario source stage statistic "
    "status StatusCode storage_class StorageClass target text threshold times timezone to "
    "tuning unit vary verdict worst",
    "varied": "Average between ci95 difference high indifference interval limit low Maximum "
    "Minimum SampleCount second setup Sum value Values",
    "mapping": "alarms answer breaches faults holds_on importance left_out long_faults "
    "measure_first missing what_if "
    "not_replicated objectives parameters rto sobol strata traces transitions",
}
"""The last parts of the names of each kind."""

_PATHS = {
    "csv.at": "text",
    "csv.completed": "time",
    "csv.diverging": "share",
    "csv.first": "varied",
    "csv.open_at_end": "count",
    "answer.value": "varied",
    "comparisons.first": "text",
    "comparisons.second": "text",
    "cost.throughput": "money",
    "differences.first": "varied",
    "pending_bytes.max": "size",
    "syncs.completed": "count",
}
"""Names of two meanings, with the part before them: `csv` for a column of a table."""
_MAPS = {
    "status_s": "duration",
    "state_s": "duration",
    "dropped_bytes": "size",
    "failed": "count",
    "final_status": "count",
    "sync": "varied",
    "traces": "mapping",
    "achievable_rpo_min": "minutes",
}
"""Objects whose keys are names that a scenario or the model has, and the kind of their values."""

LINES = {name: kind for kind, names in _NAMES.items() for name in names.split()}
"""The name of the kind of each last part of a name."""


def kind_of(path: str) -> OutputKind:
    """Return the kind of a dotted name in a file, with its table or object before it.

    A column of a table has the name of its file before it, with `.csv`. Raise LookupError for a
    name without a line.
    """
    above, _, name = path.rpartition(".")
    parent = above.rpartition(".")[2]
    key = _PATHS.get(f"{parent}.{name}") or _MAPS.get(parent) or LINES.get(name)
    if key is None:
        raise LookupError(f"{path} has no line in the table of precisions")
    return KINDS[key]


def names_of(kind: str) -> list[str]:
    """Return the names of a kind, in order, for docs/precision.md."""
    maps = [f"{name}.*" for name in _of(_MAPS, kind)]
    return sorted([*_of(LINES, kind), *_of(_PATHS, kind), *maps], key=str.lower)


def _of(lines: dict[str, str], kind: str) -> list[str]:
    return [name for name, found in lines.items() if found == kind]
